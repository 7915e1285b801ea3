/* SPDX-License-Identifier: MIT */
#include "gen/jobs.h"
#include "lib/lib.h"

static later_job *handle; /* known once the header is there */
static const struct later_args again[] = {{1}, {2}};

/* @job */
int later(int a);

int defined(int a) { return handle ? a : later_local(again[a].a, &a); }
