/* SPDX-License-Identifier: MIT */
/* A move that the table does not have is refused and changes nothing. */
#include "base/state.h"

#include <criterion/criterion.h>

enum { SHUT, OPEN, LOCKED, STATE_COUNT };

static const struct jgi_state_row door[STATE_COUNT] = {
    [SHUT] = {"shut", JGI_TO(OPEN) | JGI_TO(LOCKED)},
    [OPEN] = {"open", JGI_TO(SHUT)},
    [LOCKED] = {"locked", 0},
};

Test(state, moves_exactly_where_the_table_says)
{
    static const bool may[STATE_COUNT][STATE_COUNT] = {
        [SHUT] = {[OPEN] = true, [LOCKED] = true},
        [OPEN] = {[SHUT] = true},
    };
    for (int from = 0; from < STATE_COUNT; from++)
        for (int to = 0; to < STATE_COUNT; to++) {
            int state = from;
            cr_expect_eq(jgi_state_move(door, &state, to), may[from][to], "%s to %s",
                         door[from].name, door[to].name);
            cr_expect_eq(state, may[from][to] ? to : from, "%s to %s", door[from].name,
                         door[to].name);
        }
}
