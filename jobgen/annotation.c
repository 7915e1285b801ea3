/* SPDX-License-Identifier: MIT */
/* Comments are read line by line: a directive, what runs on behind it, or prose. */
#include "annotation.h"

#include "annotation_directive.h"
#include "annotation_job.h"
#include "annotation_parser.h"
#include "arena.h"
#include "comment.h"
#include "job_option.h"
#include "near_miss.h"
#include "other_words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool looks_like_option(const char *text)
{
    while (byte_is_word(*text))
        text++;
    while (*text == ' ' || *text == '\t')
        text++;
    return *text == '=';
}

static const char *near_name(const char *word)
{
    static const char *const names[] = {"inout", "out", "field", "in"};
    for (size_t i = 0; i < 4; i++)
        if (strcasecmp(word, names[i]) == 0) return names[i];
    return strlen(word) >= 3 ? near_miss_find(word, names, 3) : NULL;
}

/* @inot: meant as a directive, most likely; @note, @param and their like are left alone. True:
 * told. */
static bool check_near_directive(struct annotation_parser *parser)
{
    size_t begin = parser->at++;
    const char *word = parser_take_word(parser);
    struct location at = parser_place(parser, begin);
    parser->at = begin;
    const char *near = near_name(word);
    if (!near || other_words_have(&parser->text, begin, strlen(word))) return false;
    diag_error(parser->diags, at, CHECK_UNKNOWN_DIRECTIVE,
               "unknown directive '@%s'; did you mean '@%s'?", word, near);
    diag_fixit(parser->diags, at, arena_printf(parser->arena, "@%s", near));
    parser->annotation->is_broken = parser->annotation->is_unknown = true;
    return true;
}

/* Text behind a directive on its line. */
static void take_trailing(struct annotation_parser *parser)
{
    if (parser_here(parser) == '@' && check_near_directive(parser)) {
        parser_skip_line(parser);
        return;
    }
    size_t begin = parser->at;
    const char *text = parser->text.text + begin;
    bool is_option = looks_like_option(text);
    size_t end = begin;
    parser_skip_line(parser);
    end = parser->at;
    while (end > begin && (parser->text.text[end - 1] == ' ' || parser->text.text[end - 1] == '\t'))
        end--;
    struct location at = mapped_location(&parser->text, begin, end);
    if (is_option) {
        diag_error(parser->diags, at, CHECK_TRAILING_OPTION,
                   "options stand in parentheses: @job(%.*s)", (int)(end - begin), text);
        diag_fixit(parser->diags, at,
                   arena_printf(parser->arena, "(%.*s)", (int)(end - begin), text));
        parser->annotation->is_broken = true;
    } else {
        diag_warning(parser->diags, at, CHECK_TRAILING_TEXT,
                     "text behind a directive is not read; prose goes on a line of its own");
    }
}

static void take_prose(struct annotation_parser *parser)
{
    if (parser_here(parser) == '@') (void)check_near_directive(parser);
    size_t begin = parser->at;
    parser_skip_line(parser);
    size_t end = parser->at;
    while (end > begin && (parser->text.text[end - 1] == ' ' || parser->text.text[end - 1] == '\t'))
        end--;
    strbuf_add_bytes(&parser->prose, parser->text.text + begin, end - begin);
}

static void take_directive(struct annotation_parser *parser)
{
    size_t begin = parser->at++;
    const char *word = parser_take_word(parser);
    struct location at = parser_place(parser, begin);
    if (!strcmp(word, "job"))
        annotation_take_job(parser, at);
    else if (!strcmp(word, "field"))
        annotation_take_field(parser, at);
    else
        annotation_take_direction(parser, word, at);
}

static void parse_block(struct annotation_parser *parser)
{
    bool is_line_start = true, has_directive = false;
    parser->at = 0;
    while (parser_here(parser)) {
        parser_skip_spaces(parser);
        if (parser_here(parser) == '\n') {
            parser->at++;
            if (parser->prose.length && !has_directive) strbuf_add_char(&parser->prose, '\n');
            is_line_start = true;
            has_directive = false;
        } else if (comment_has_directive_at(&parser->text, parser->at, is_line_start,
                                            has_directive)) {
            take_directive(parser);
            is_line_start = false;
            has_directive = true;
        } else if (parser_here(parser) && has_directive) {
            take_trailing(parser);
        } else if (parser_here(parser)) {
            take_prose(parser);
        }
    }
}

static const char *prose_finish(struct annotation_parser *parser)
{
    struct strbuf *prose = &parser->prose;
    while (prose->length && strchr(" \t\n", prose->text[prose->length - 1]))
        prose->length--;
    const char *text =
        prose->length ? arena_strndup(parser->arena, prose->text, prose->length) : NULL;
    strbuf_fini(prose);
    return text;
}

static void lists_finish(struct annotation_parser *parser)
{
    struct annotation *annotation = parser->annotation;
    size_t size = parser->directive_count * sizeof *parser->directives;
    struct directive *directives = arena_alloc(parser->arena, size);
    if (size) memcpy(directives, parser->directives, size);
    free(parser->directives);
    annotation->directives = directives;
    annotation->directive_count = parser->directive_count;
    size = parser->field_count * sizeof *parser->fields;
    struct directive *fields = arena_alloc(parser->arena, size);
    if (size) memcpy(fields, parser->fields, size);
    free(parser->fields);
    annotation->fields = fields;
    annotation->field_count = parser->field_count;
}

const struct annotation *annotation_parse(struct arena *arena, const struct source *source,
                                          const struct comment_block *blocks, size_t count,
                                          const struct job_options *defaults,
                                          struct diag_list *diags)
{
    struct annotation_parser parser = {.arena = arena, .diags = diags};
    parser.annotation = arena_alloc(arena, sizeof *parser.annotation);
    parser.annotation->options = *defaults;
    for (size_t i = 0; i < count; i++) {
        parser.text = comment_clean(arena, source, blocks[i].begin, blocks[i].end);
        if (parser.prose.length) strbuf_add_char(&parser.prose, '\n');
        parse_block(&parser);
    }
    job_options_settle(&parser.annotation->options);
    parser.annotation->comment = prose_finish(&parser);
    lists_finish(&parser);
    return parser.annotation;
}
