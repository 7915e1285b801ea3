/* SPDX-License-Identifier: MIT */
#include "lib/lib.h"

/* @job(timeout_ms = 100) */
int defined(int a);
