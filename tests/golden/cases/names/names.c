/* SPDX-License-Identifier: MIT */
#include "calls.h"

#define once once
#define gone gone
#undef gone

/* @job */
int words(int class, int class_, int and_eq, int options, int ret_value, int ret_process,
          int wchar_t_, int once, int gone);

/* @job */
int positions(int, int arg0, int);

/* @job */
int own(int own_start, int own_start_, int own_job, int positions_start);

struct noreturn {
    int at;
};

/* @job */
int goes_on(int noreturn, const struct noreturn *__noreturn__);
