/* SPDX-License-Identifier: MIT */
/* @job and what stands in its parentheses. */
#include "annotation_job.h"

#include "annotation_parser.h"
#include "arena.h"
#include "job_option.h"
#include "near_miss.h"

#include <string.h>

static bool take_string(struct annotation_parser *parser, struct option_value *ret_value)
{
    size_t begin = ++parser->at;
    while (parser_here(parser) && parser_here(parser) != '"' && parser_here(parser) != '\n')
        parser->at++;
    if (parser_here(parser) != '"') {
        diag_error(parser->diags, mapped_location(&parser->text, begin - 1, begin),
                   CHECK_ANNOTATION, "a string without its closing quote");
        return false;
    }
    *ret_value = (struct option_value){
        .kind = VALUE_STRING,
        .text = arena_strndup(parser->arena, parser->text.text + begin, parser->at - begin)};
    parser->at++;
    return true;
}

static bool take_value(struct annotation_parser *parser, struct option_value *ret_value)
{
    parser_skip_blanks(parser);
    if (parser_here(parser) == '"') return take_string(parser, ret_value);
    size_t begin = parser->at;
    bool is_negative = parser_here(parser) == '-';
    if (is_negative) parser->at++;
    if (!byte_is_word(parser_here(parser))) {
        diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                   "expected a number, a name or a string behind '='");
        return false;
    }
    const char *word = parser_take_word(parser);
    bool is_number = *word >= '0' && *word <= '9';
    *ret_value = (struct option_value){.kind = VALUE_NAME, .text = word};
    if (is_negative || (is_number && !option_integer_parse(word, ret_value))) {
        diag_error(
            parser->diags, parser_place(parser, begin), CHECK_OPTION_VALUE,
            is_negative
                ? "%s%s: no option takes a negative number"
                : "%s%s: not a number; K, M and G may follow one, but no unit (times are in ms)",
            is_negative ? "-" : "", word);
        return false;
    }
    return true;
}

static void store_option(struct annotation_parser *parser, const char *name, struct location at,
                         const struct option_value *value, struct location value_at)
{
    struct annotation *annotation = parser->annotation;
    size_t option = job_option_find(name);
    if (option == job_option_count()) {
        const char *near = near_miss_of_options(parser->arena, name);
        diag_error(parser->diags, at, CHECK_UNKNOWN_OPTION, "@job has no option '%s'%s", name,
                   near_miss_phrase(parser->arena, near));
        if (near) diag_fixit(parser->diags, at, near);
        annotation->is_broken = true;
        return;
    }
    if (annotation->option_locations[option].line) {
        diag_error(parser->diags, at, CHECK_OPTION_TWICE, "option '%s' is given twice", name);
        diag_note(parser->diags, annotation->option_locations[option], NULL, "it is first here");
        annotation->is_broken = true;
        return;
    }
    annotation->option_locations[option] = at;
    const char *complaint = job_option_store(parser->arena, &annotation->options, option, value);
    if (complaint) {
        diag_error(parser->diags, value_at, CHECK_OPTION_VALUE, "option '%s' %s", name, complaint);
        annotation->is_broken = true;
    }
}

static bool take_option(struct annotation_parser *parser)
{
    size_t begin = parser->at;
    char c = parser_here(parser);
    if (!byte_is_word(c) || (c >= '0' && c <= '9')) {
        diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                   "expected the name of an option or ')'");
        return false;
    }
    const char *name = parser_take_word(parser);
    struct location at = parser_place(parser, begin), value_at = at;
    struct option_value value = {.kind = VALUE_NONE};
    size_t behind = parser->at;
    parser_skip_blanks(parser);
    if (parser_here(parser) == '=') {
        parser->at++;
        parser_skip_blanks(parser);
        size_t value_begin = parser->at;
        if (!take_value(parser, &value)) return false;
        value_at = parser_place(parser, value_begin);
    } else if (parser_here(parser) && parser_here(parser) != ',' && parser_here(parser) != ')') {
        diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                   "expected '=', ',' or ')' behind '%s'", name);
        return false;
    } else {
        parser->at = behind;
    }
    store_option(parser, name, at, &value, value_at);
    return true;
}

static bool is_end(const struct annotation_parser *parser)
{
    return parser_here(parser) == ',' || parser_here(parser) == ')';
}

/* What cannot be read, so that the options behind it are looked at. False: it is not known where it
 * ends. */
static bool skip_option(struct annotation_parser *parser)
{
    while (parser_here(parser) && !is_end(parser) && !strchr("\"\n", parser_here(parser)))
        parser->at++;
    return is_end(parser);
}

static void take_options(struct annotation_parser *parser)
{
    size_t open = parser->at++;
    for (;;) {
        parser_skip_blanks(parser);
        if (parser_here(parser) == ')') {
            parser->at++;
            return;
        }
        if (!parser_here(parser)) {
            diag_error(parser->diags, mapped_location(&parser->text, open, open + 1),
                       CHECK_ANNOTATION, "no ')' follows this '('");
            break;
        }
        bool is_good = take_option(parser);
        if (is_good) parser_skip_blanks(parser);
        if (is_good && parser_here(parser) && !is_end(parser)) {
            diag_error(parser->diags, parser_place_here(parser), CHECK_ANNOTATION,
                       "expected ',' or ')'");
            is_good = false;
        }
        if (!is_good) parser->annotation->is_broken = true;
        if (!is_good && !skip_option(parser)) break;
        if (parser_here(parser) == ',') parser->at++;
    }
    parser_break_off(parser);
}

void annotation_take_job(struct annotation_parser *parser, struct location at)
{
    struct annotation *annotation = parser->annotation;
    if (annotation->has_job) {
        diag_error(parser->diags, at, CHECK_TAG_TWICE, "this function is tagged already");
        diag_note(parser->diags, annotation->job_location, NULL, "the first tag is here");
        annotation->is_broken = true;
    } else {
        annotation->has_job = true;
        annotation->job_location = at;
    }
    size_t behind = parser->at;
    parser_skip_spaces(parser);
    if (parser_here(parser) == '(')
        take_options(parser);
    else
        parser->at = behind;
}
