/* SPDX-License-Identifier: MIT */
/* Behind @in, @out, @inout and @field stand a place, its extents, and words. */
#include "annotation_directive.h"

#include "annotation_parser.h"
#include "arena.h"
#include "directive.h"
#include "expr.h"
#include "near_miss.h"

#include <string.h>

static const char *const word_names[WORD_COUNT] = {"string", "owned", "optional", "size", "used"};

static bool take_name(struct annotation_parser *parser, struct directive *directive)
{
    parser_skip_spaces(parser);
    directive->has_star = parser_here(parser) == '*';
    if (directive->has_star) {
        parser->at++;
        parser_skip_spaces(parser);
    }
    size_t begin = parser->at;
    if (!byte_is_word(parser_here(parser)) ||
        (parser_here(parser) >= '0' && parser_here(parser) <= '9')) {
        diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                   "expected the name of a parameter, or return");
        return false;
    }
    directive->name = parser_take_word(parser);
    directive->name_location = parser_place(parser, begin);
    return true;
}

static void take_steps(struct annotation_parser *parser, struct directive *directive)
{
    struct place_step *steps = NULL;
    for (;;) {
        size_t step = parser_here(parser) == '.'                                               ? 1
                      : parser_here(parser) == '-' && parser->text.text[parser->at + 1] == '>' ? 2
                                                                                               : 0;
        if (!step || !byte_is_word(parser->text.text[parser->at + step])) break;
        parser->at += step;
        size_t begin = parser->at, count = directive->step_count;
        struct place_step *grown = arena_alloc(parser->arena, (count + 1) * sizeof *grown);
        if (count) memcpy(grown, steps, count * sizeof *grown);
        grown[count].name = parser_take_word(parser);
        grown[count].is_arrow = step == 2;
        grown[count].location = parser_place(parser, begin);
        directive->steps = steps = grown;
        directive->step_count = count + 1;
    }
}

static bool take_extent(struct annotation_parser *parser, struct directive *directive)
{
    size_t begin = parser->at++;
    const struct syntax *syntax =
        expr_parse(parser->arena, &parser->text, &parser->at, parser->diags);
    if (!syntax) return false;
    parser_skip_blanks(parser);
    if (parser_here(parser) != ']') {
        diag_error(parser->diags, parser_place_here(parser), CHECK_EXPRESSION,
                   "expected ']' or an operator (+ - * / %%)");
        return false;
    }
    parser->at++;
    size_t count = directive->extent_count;
    const struct syntax **extents = arena_alloc(parser->arena, (count + 1) * sizeof *extents);
    struct location *locations = arena_alloc(parser->arena, (count + 1) * sizeof *locations);
    if (count) {
        memcpy(extents, directive->extents, count * sizeof *extents);
        memcpy(locations, directive->extent_locations, count * sizeof *locations);
    }
    extents[count] = syntax;
    locations[count] = parser_place(parser, begin);
    directive->extents = extents;
    directive->extent_locations = locations;
    directive->extent_count = count + 1;
    return true;
}

static bool take_argument(struct annotation_parser *parser, const char *word,
                          const struct syntax **ret_syntax)
{
    parser_skip_spaces(parser);
    if (parser_here(parser) != '(') {
        diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                   "expected '(' behind %s, as in %s(n)", word, word);
        return false;
    }
    parser->at++;
    *ret_syntax = expr_parse(parser->arena, &parser->text, &parser->at, parser->diags);
    if (!*ret_syntax) return false;
    parser_skip_blanks(parser);
    if (parser_here(parser) != ')') {
        diag_error(parser->diags, parser_place_here(parser), CHECK_EXPRESSION,
                   "expected ')' or an operator (+ - * / %%)");
        return false;
    }
    parser->at++;
    return true;
}

/* "@in out v": meant as @inout, most likely. */
static bool is_inout(const struct directive *directive)
{
    const char *other = directive->direction == DIRECTION_IN ? "out" : "in";
    for (size_t word = 0; word < WORD_COUNT; word++)
        if (directive->has_word[word]) return false;
    return !directive->is_field && directive->direction != DIRECTION_INOUT &&
           !strcmp(directive->name, other) && !directive->step_count && !directive->extent_count;
}

static bool unknown_word(struct annotation_parser *parser, const struct directive *directive,
                         const char *word, struct location at)
{
    const char *near = near_miss_find(word, word_names, WORD_COUNT);
    if (!near && is_inout(directive)) {
        diag_error(parser->diags, at, CHECK_UNKNOWN_WORD,
                   "'%s' is none of string, owned, optional, size(...), used(...); did you mean "
                   "'@inout %s'?",
                   word, word);
        diag_fixit(parser->diags, directive_head(directive), "@inout");
        return false;
    }
    diag_error(parser->diags, at, CHECK_UNKNOWN_WORD,
               "'%s' is none of string, owned, optional, size(...), used(...)%s%s", word,
               near_miss_phrase(parser->arena, near),
               near ? "" : "; prose goes on a line of its own");
    if (near) diag_fixit(parser->diags, at, near);
    return false;
}

static bool take_directive_word(struct annotation_parser *parser, struct directive *directive)
{
    size_t begin = parser->at;
    const char *name = parser_take_word(parser);
    struct location at = parser_place(parser, begin);
    size_t word = 0;
    while (word < WORD_COUNT && strcmp(word_names[word], name) != 0)
        word++;
    if (word == WORD_COUNT) return unknown_word(parser, directive, name, at);
    if (directive->has_word[word]) {
        diag_error(parser->diags, at, CHECK_DESCRIBED_TWICE, "'%s' is said twice", name);
        return false;
    }
    directive->has_word[word] = true;
    directive->word_location[word] = at;
    if (word == WORD_SIZE) return take_argument(parser, name, &directive->size);
    if (word == WORD_USED) return take_argument(parser, name, &directive->used);
    return true;
}

/* ", cost[columns]": another parameter, or ", cost" at the line's end. */
static bool is_list(const struct annotation_parser *parser)
{
    const char *begin = parser->text.text + parser->at + 1, *at = begin + strspn(begin, " \t*");
    for (begin = at; byte_is_word(*at); at++) {
    }
    bool has_name = at > begin;
    at += strspn(at, " \t");
    return has_name && (!*at || strchr("[,\n", *at));
}

static void refuse_behind(struct annotation_parser *parser, const struct directive *directive,
                          char c)
{
    static const char *const words[] = {"@in", "@out", "@inout"};
    const char *word = directive->is_field ? "@field" : words[directive->direction];
    struct location at = parser_place_here(parser);
    bool is_other = c == ',' && is_list(parser);
    diag_error(parser->diags, at, CHECK_ANNOTATION,
               "expected '[', a word or the end of the line, found '%c'; %s%s", c,
               is_other ? "what is behind it needs its own " : "prose goes on a line of its own",
               is_other ? word : "");
    if (is_other) diag_fixit(parser->diags, at, arena_printf(parser->arena, " %s", word));
}

static bool take_description(struct annotation_parser *parser, struct directive *directive)
{
    if (!take_name(parser, directive)) return false;
    take_steps(parser, directive);
    directive->place = directive->name;
    for (size_t i = 0; i < directive->step_count; i++)
        directive->place =
            arena_printf(parser->arena, "%s%s%s", directive->place,
                         directive->steps[i].is_arrow ? "->" : ".", directive->steps[i].name);
    for (bool has_word = false;;) {
        parser_skip_spaces(parser);
        char c = parser_here(parser);
        if (c == '[' && has_word) {
            diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                       "extents come before words: write %s[...] first", directive->name);
            return false;
        }
        if (c == '[') {
            if (!take_extent(parser, directive)) return false;
        } else if (byte_is_word(c)) {
            has_word = true;
            if (!take_directive_word(parser, directive)) return false;
        } else if (!c || c == '\n' || c == '@') {
            return true;
        } else {
            refuse_behind(parser, directive, c);
            return false;
        }
    }
}

void annotation_take_direction(struct annotation_parser *parser, const char *word,
                               struct location at)
{
    struct directive directive = {.location = at,
                                  .direction = !strcmp(word, "in")    ? DIRECTION_IN
                                               : !strcmp(word, "out") ? DIRECTION_OUT
                                                                      : DIRECTION_INOUT};
    directive.is_broken = !take_description(parser, &directive);
    if (directive.is_broken) parser_break_off(parser);
    if (parser->directive_count == parser->directive_capacity) {
        parser->directive_capacity =
            parser->directive_capacity ? parser->directive_capacity * 2 : 8;
        parser->directives = memory_grow(parser->directives,
                                         parser->directive_capacity * sizeof *parser->directives);
    }
    parser->directives[parser->directive_count++] = directive;
}

void annotation_take_field(struct annotation_parser *parser, struct location at)
{
    struct directive directive = {.location = at, .is_field = true};
    if (!take_description(parser, &directive)) {
        parser_break_off(parser);
        return;
    }
    if (parser->field_count == parser->field_capacity) {
        parser->field_capacity = parser->field_capacity ? parser->field_capacity * 2 : 4;
        parser->fields =
            memory_grow(parser->fields, parser->field_capacity * sizeof *parser->fields);
    }
    parser->fields[parser->field_count++] = directive;
}
