/* SPDX-License-Identifier: MIT */
/* The state of the parser of annotations, and its small steps; for annotation*.c only. */
#ifndef JOBGEN_ANNOTATION_PARSER_H
#define JOBGEN_ANNOTATION_PARSER_H

#include "annotation.h"
#include "mapped_text.h"
#include "strbuf.h"

struct annotation_parser {
    struct arena *arena;
    struct diag_list *diags;
    struct mapped_text text; /* of the comment that is read */
    size_t at;               /* in it */
    struct annotation *annotation;
    /* What becomes the lists of the annotation; on the heap. */
    struct directive *directives;
    size_t directive_count, directive_capacity;
    struct directive *fields;
    size_t field_count, field_capacity;
    struct strbuf prose;
};

/* The next byte; 0 at the end. */
char parser_here(const struct annotation_parser *parser);

void parser_skip_spaces(struct annotation_parser *parser);

/* Within parentheses a line's end is a blank. */
void parser_skip_blanks(struct annotation_parser *parser);

/* Up to the line's end. */
void parser_skip_line(struct annotation_parser *parser);

/* From `begin` to where the parser is, one byte at least. */
struct location parser_place(const struct annotation_parser *parser, size_t begin);

/* The next byte. */
struct location parser_place_here(const struct annotation_parser *parser);

/* A word, which may be empty. */
const char *parser_take_word(struct annotation_parser *parser);

/* Gives up the rest of the line, but not a directive that begins it; what is wrong has been told.
 */
void parser_break_off(struct annotation_parser *parser);

#endif
