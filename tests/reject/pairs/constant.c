/* SPDX-License-Identifier: MIT */
#include "constant.h"
/* @job */
int constant_job(const constant_point *p);
