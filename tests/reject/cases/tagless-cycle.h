/* SPDX-License-Identifier: MIT */
#ifndef TAGLESS_CYCLE_H
#define TAGLESS_CYCLE_H
#include "jobs.h"
typedef struct { int a; } cycle;
#endif
