/* SPDX-License-Identifier: MIT */
/* What is held while sources are collected: for the files of collect only. */
#ifndef JOBGEN_COLLECT_STATE_H
#define JOBGEN_COLLECT_STATE_H

#include "collect.h"
#include "libclang.h"
#include "list.h"
#include "table.h"
#include "unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct comment_block;
struct compiler_flags;
struct read_file;
struct read_start;

/* What the generated header brings in any case, so that a source may rely on it. */
extern const char collect_overlay[];

struct skipped_tag {
    const struct source *source;
    size_t offset;
};

struct collected {
    const struct source *source;
    struct diag_list *diags;
    struct record_set *records;
    size_t record_count;
    struct list candidates;        /* struct candidate * */
    struct list uses;              /* struct name_use */
    struct list files;             /* const struct file_seen * */
    struct list lookups;           /* struct lookup */
    struct list texts;             /* const struct source *: what was looked into as text */
    struct list skipped;           /* struct skipped_tag */
    const struct collected *start; /* that of the includes it shares; NULL: none */
    bool is_unclear;               /* it may have looked for more */
    bool has_failed;               /* clang had errors */
    bool is_kept;                  /* of an earlier run, which in the end found no fault with it */
    bool is_lost;                  /* a tag without a function: a body may have swallowed it */
};

struct collected *collected_new(struct arena *arena, const struct options *options,
                                const struct source *source);

/* One start for all the sources that share it. */
struct shared_start {
    const char *text;
    const struct compiler_flags *flags;
    struct read_start *start; /* NULL: it cannot be shared */
    struct collected *found;
    struct list macros; /* struct macro */
};

/* A file that some parse has read, with what it asks for by __has_include. */
struct seen {
    struct file_seen file;
    struct list probes; /* struct lookup */
    bool is_unclear;
};

struct collector {
    struct collector_setup setup;
    struct list starts; /* struct shared_start * */
    struct table seen;  /* struct seen, by path */
    struct table texts; /* each kept once */
};

/* A user file with directives in it, as this unit sees it. */
struct tagged_file {
    const struct source *source;
    CXFile handle;
    const struct comment_block *blocks;
    size_t block_count;
    struct list declarations; /* struct declaration */
    struct list cursors;      /* CXCursor, by declaration */
};

struct macro {
    CXString name;
    const char *text;
    CXCursor cursor;
};

struct unit_walk {
    struct collector *collector;
    struct collected *found;
    struct unit unit;
    struct list tagged;                /* struct tagged_file */
    struct list macros;                /* struct macro */
    const struct shared_start *shared; /* NULL: none; its declarations are not among the unit's */
    bool is_shareable;                 /* while the unit is a start */
};

/* Notes the file, and gives its path as it is kept. */
const char *collect_see_file(struct unit_walk *walk, const struct read_file *file);

/* Makes candidates of the functions that its comments tag. */
void collect_tags(struct unit_walk *walk, struct tagged_file *file);

/* Notes what an #include looks for. */
void collect_see_inclusion(struct unit_walk *walk, CXCursor cursor);

/* The enumerator of that name, seen from the unit's end; `user` is the walk. */
bool collect_find_enumerator(void *user, const char *name, uint64_t *ret_magnitude,
                             bool *ret_is_negative);

/* Whether there is a macro of that name anywhere in the unit; `user` is the walk. */
bool collect_is_any_macro(void *user, const char *name);

/* Whether `name` is an object-like macro where the tag stands. */
bool collect_is_macro_at(struct unit_walk *walk, const struct source *source, size_t offset,
                         const char *name);

#endif
