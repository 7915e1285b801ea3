/* SPDX-License-Identifier: MIT */
/* How many lines a daemon writes about its peers: who misbehaves again and again fills no log. */
#ifndef JOBGEN_BASE_PACE_H
#define JOBGEN_BASE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { JGI_PACE_LINES = 10, JGI_PACE_PERIOD_S = 10 };

struct jgi_pace {
    unsigned lines, left_out; /* in the present period */
    uint64_t since_ns;
};

/* Whether one more line may be written; `ret_left_out`: so many were not in the last period, which
   is to be told first. */
static inline bool jgi_pace_allows(struct jgi_pace *pace, uint64_t now_ns, unsigned *ret_left_out)
{
    *ret_left_out = 0;
    if (now_ns - pace->since_ns >= JGI_PACE_PERIOD_S * UINT64_C(1000000000)) {
        *ret_left_out = pace->left_out;
        *pace = (struct jgi_pace){.since_ns = now_ns};
    }
    bool is_allowed = pace->lines < JGI_PACE_LINES;
    if (is_allowed)
        pace->lines++;
    else
        pace->left_out++;
    return is_allowed;
}

#endif
