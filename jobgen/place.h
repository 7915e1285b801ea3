/* SPDX-License-Identifier: MIT */
/* Which declaration a comment belongs to: every tag gets a function or a reason why not. */
#ifndef JOBGEN_PLACE_H
#define JOBGEN_PLACE_H

#include "comment.h"
#include "source.h"

struct arena;

enum declaration_kind { DECLARATION_FUNCTION, DECLARATION_RECORD, DECLARATION_OTHER };

/* A declaration at the top level of one file; offsets of its first byte, its name, its end. */
struct declaration {
    enum declaration_kind kind;
    bool is_struct;
    size_t begin, name, end;
    const char *what; /* "a type", "a variable" */
    const char *spelling;
};

struct byte_range {
    size_t begin, end;
};

/* What is known of one file after parsing; both lists sorted by their begin. */
struct file_outline {
    const struct source *source;
    const struct declaration *declarations;
    size_t declaration_count;
    const struct byte_range *skipped; /* left out by the preprocessor */
    size_t skipped_count;
};

enum placement_outcome { PLACED, PLACED_SKIPPED, PLACED_NOWHERE };

struct placement {
    enum placement_outcome outcome;
    size_t declaration;  /* PLACED: the function */
    const char *trouble; /* PLACED_NOWHERE: a sentence */
    bool may_be_lost;    /* a body whose braces do not balance may have swallowed the function */
    bool is_unbalanced;  /* they do not balance behind the declaration before the tag */
};

struct placement place_find(struct arena *arena, const struct file_outline *outline,
                            const struct comment_block *block, size_t tag_offset);

/* Whether the definition of a struct comes next: of one within another, where the comment stands in
 * one; else of one, or of a declaration that holds one. */
bool place_is_before_struct(const struct file_outline *outline, const struct comment_block *block);

#endif
