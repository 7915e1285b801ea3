/* SPDX-License-Identifier: MIT */
/* Of many sources few have changed, and in none of them what matters: bodies, mostly. */
#ifndef JOBGEN_SHORTCUT_H
#define JOBGEN_SHORTCUT_H

#include "crew.h"
#include "inputs.h"
#include "options.h"
#include "prefilter.h"
#include "source.h"

#include <stdbool.h>

struct arena;
struct diag_list;
struct strbuf;

struct shortcut {
    struct arena *arena;
    const struct options *options;
    struct source_set *sources;
    const struct generated_header *generated;
    struct crew *crew;
    struct diag_list *diags; /* if nothing can be parsed */
};

/* Reads the sources that have changed. True: the files of the last run are right, it had no
 * complaints and there are none now; the record for the next run is in `ret_record`. False: nothing
 * is known; all sources have to be read. */
bool shortcut_take(const struct shortcut *shortcut, const struct inputs_last *last,
                   struct strbuf *ret_record);

#endif
