/* SPDX-License-Identifier: MIT */
/* Response files: `@FILE` on the command line. */
#ifndef JOBGEN_RESPONSE_H
#define JOBGEN_RESPONSE_H

struct arena;

/* Puts the words of each `@FILE`, and of those within, in its place. As gcc has it: words stand
 * between blanks, a backslash takes the next byte as it is, quotes of either kind hold blanks
 * together, and an `@FILE` that cannot be read stays as it is. NULL, or what is wrong. */
const char *response_expand(struct arena *arena, int *argc, char ***argv);

#endif
