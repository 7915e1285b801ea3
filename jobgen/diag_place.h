/* SPDX-License-Identifier: MIT */
/* Places and fixes as programs want them: from where to where, and what to put there. */
#ifndef JOBGEN_DIAG_PLACE_H
#define JOBGEN_DIAG_PLACE_H

#include "diag.h"

struct arena;
struct shown_file;

/* What a fix puts where: a FIX_ADD becomes an insertion behind the tag's options, on a line of its
 * own if the comment has such. False: there is nothing that can be put there as it is. */
bool edit_of(struct arena *arena, struct shown_file *file, const struct fix *fix,
             struct location *ret_at, const char **ret_text);

/* The column of `bytes` more, in characters from 1. */
unsigned character_column(struct shown_file *file, struct location at, unsigned bytes);

/* A path as a URI: relative as it is, absolute as file://. */
const char *path_uri(struct arena *arena, const char *path);

#endif
