/* SPDX-License-Identifier: MIT */
/* Where the compiler looks for what is included. */
#ifndef JOBGEN_SEARCH_H
#define JOBGEN_SEARCH_H

#include "options.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum search_kind { SEARCH_QUOTE, SEARCH_PLAIN, SEARCH_SYSTEM, SEARCH_AFTER };

/* A folder of -iquote, -I, -isystem or -idirafter. */
struct search_folder {
    const char *path;
    enum search_kind kind;
};

/* The value of an option that may be joined or stand in the next word, to which `*at` is moved
 * then. NULL: it is another option. */
const char *flag_value(const struct compiler_flags *flags, size_t *at, const char *name);

/* Whether a flag does no more than define, warn, tune, or name folders to search: any other may
 * write files, or bring in some, for each parse. */
bool flag_is_harmless(const char *flag);

/* Whether all flags are known not to bring in files by other ways than #include and the search
 * path. */
bool flags_are_followed(const struct compiler_flags *flags);

/* In the order of the flags. */
const struct search_folder *search_folders(struct arena *arena, const struct compiler_flags *flags,
                                           size_t *ret_count);

/* Whether a folder of -I, -iquote or -isystem has that file as `name`. */
bool search_folders_have(struct arena *arena, const struct compiler_flags *flags, const char *name,
                         const char *path);

/* The folder part of a path, with its slash; "" for a bare name. */
const char *path_folder(struct arena *arena, const char *path);
const char *path_base(const char *path);

#endif
