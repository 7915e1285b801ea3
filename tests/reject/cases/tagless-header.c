/* SPDX-License-Identifier: MIT */
#include "jobs.h"
typedef struct { int level; } part;
#include "tagless-header.h"
/* @job */
int f(whole x);
/* Not to be named by callers: no header is needed.
 * @job */
int g(struct outer x);
#include "tagless-cycle.h"
/* @job */
int h(const cycle *x);
/* expect 6:13 error tagless-header */
/* expect 12:20 error tagless-header */
