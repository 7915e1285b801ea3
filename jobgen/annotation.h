/* SPDX-License-Identifier: MIT */
/* The annotation language: comments into directives, before any name in them is resolved. */
#ifndef JOBGEN_ANNOTATION_H
#define JOBGEN_ANNOTATION_H

#include "diag.h"
#include "model.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct comment_block;

enum syntax_kind {
    SYNTAX_NUMBER,
    SYNTAX_NAME, /* "return" too */
    SYNTAX_DEREF,
    SYNTAX_MEMBER,
    SYNTAX_NEGATE,
    SYNTAX_PLUS,
    SYNTAX_BINARY
};

/* An expression as written. */
struct syntax {
    enum syntax_kind kind;
    const char *text;
    struct location location;
    uint64_t integer;                  /* SYNTAX_NUMBER */
    const char *name;                  /* SYNTAX_NAME; SYNTAX_MEMBER: the member's */
    bool is_arrow;                     /* SYNTAX_MEMBER */
    char op;                           /* SYNTAX_BINARY */
    const struct syntax *left, *right; /* DEREF, MEMBER, NEGATE, PLUS use left */
};

enum directive_word { WORD_STRING, WORD_OWNED, WORD_OPTIONAL, WORD_SIZE, WORD_USED, WORD_COUNT };

/* "->next" or ".m" behind a name. */
struct place_step {
    const char *name;
    bool is_arrow;
    struct location location; /* of the name */
};

/* One @in, @out or @inout; or a @field, which has no direction and names a member. */
struct directive {
    enum direction direction;
    bool is_field;
    struct location location; /* of the @ word */
    bool has_star;            /* *p: what a T ** receives */
    const char *name;         /* the parameter, or "return" */
    struct location name_location;
    const char *place; /* all of it: "s->next.m" */
    const struct place_step *steps;
    size_t step_count;
    const struct syntax **extents;
    struct location *extent_locations; /* of the brackets */
    size_t extent_count;
    bool has_word[WORD_COUNT];
    struct location word_location[WORD_COUNT];
    const struct syntax *used, *size;
    bool is_broken; /* it did not parse; the name may be NULL */
};

struct annotation {
    bool has_job;
    struct location job_location;         /* of @job */
    struct job_options options;           /* the defaults given, and what @job( ... ) says on top */
    struct location option_locations[32]; /* by option number; line 0: not written */
    const struct directive *directives;
    size_t directive_count;
    const struct directive *fields; /* each @field */
    size_t field_count;
    const char *comment; /* the prose without the directives; NULL: none */
    bool is_broken;      /* something in it did not parse; it has been told */
    bool is_unknown;     /* a directive among it, of which nothing more is known */
};

/* Parses all blocks that belong to one function, as if they were one comment. */
const struct annotation *annotation_parse(struct arena *arena, const struct source *source,
                                          const struct comment_block *blocks, size_t count,
                                          const struct job_options *defaults,
                                          struct diag_list *diags);

#endif
