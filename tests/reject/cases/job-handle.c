/* SPDX-License-Identifier: MIT */
#include "jobs.h"
struct other_job;
/* @job */
int f(struct other_job *x);
/* @job */
int g(f_job *x);
/* expect 5:25 error job-handle */
/* expect 7:5 error job-handle */
