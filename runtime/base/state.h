/* SPDX-License-Identifier: MIT */
/* States as tables: each kind of thing has rows with a name and the moves it allows, checked at
 * every move. */
#ifndef JOBGEN_BASE_STATE_H
#define JOBGEN_BASE_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct jgi_state_row {
    const char *name;
    uint32_t moves; /* bit n: may go to state n */
};

#define JGI_TO(state) (1u << (state))

/* Moves; false, and no move, where the table has none: a fault of the runtime itself, which the
 * caller reports. */
static inline bool jgi_state_move(const struct jgi_state_row *rows, int *state, int to)
{
    if ((rows[*state].moves & JGI_TO(to)) == 0) return false;
    *state = to;
    return true;
}

#endif
