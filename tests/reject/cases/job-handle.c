/* SPDX-License-Identifier: MIT */
struct other_job;
/* @job */
int f(struct other_job *x);
/* expect 4:25 error job-handle */
