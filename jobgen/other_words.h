/* SPDX-License-Identifier: MIT */
/* Words that look like directives, and are those of other tools that read the same comments. */
#ifndef JOBGEN_OTHER_WORDS_H
#define JOBGEN_OTHER_WORDS_H

#include "mapped_text.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether "@WORD", `length` bytes behind the @ at `at` of a comment, is another tool's:
 * - "@in: text" of gtk-doc and kernel-doc, if what the comment stands before has an `in`;
 * - "@inout:" of FreeType, alone in its line, in a comment without @job;
 * - HeaderDoc's "@field name text", in a comment that has HeaderDoc's @abstract or @discussion. */
bool other_words_have(const struct mapped_text *comment, size_t at, size_t length);

#endif
