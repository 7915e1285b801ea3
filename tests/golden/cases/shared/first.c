/* SPDX-License-Identifier: MIT */
/* What the shared start declares, as type, enumerator and macro. */
#include <netinet/in.h>
#include <stdio.h>
#include <time.h>
#include <stdlib.h> /* the first that is not shared */
#include "jobs.h"

/* @job */
time_t first(struct timespec at);
