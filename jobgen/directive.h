/* SPDX-License-Identifier: MIT */
/* What a directive says, as text for messages. */
#ifndef JOBGEN_DIRECTIVE_H
#define JOBGEN_DIRECTIVE_H

#include "annotation.h"

/* Where it stands but for its words: "@in name[n]". Of one that runs over lines its first word. */
struct location directive_head(const struct directive *directive);

/* "[r][c]", as written; "" for none. */
const char *directive_extents(struct arena *arena, const struct directive *directive);

#endif
