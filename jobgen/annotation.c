/* SPDX-License-Identifier: MIT */
/* Comments are first cleaned (frames of stars and slashes off, every byte keeping its place in the
 * source), then read line by line: a directive, what runs on behind it, or prose. */
#include "annotation.h"

#include "arena.h"
#include "expr.h"
#include "job_option.h"
#include "near_miss.h"
#include "other_words.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static const char *const word_names[WORD_COUNT] = {"string", "owned", "optional", "size", "used"};

struct annotation_parser {
    struct arena *arena;
    struct diag_list *diags;
    struct mapped_text text;
    size_t at;
    struct annotation *annotation;
    struct directive *directives;
    size_t directive_count, directive_capacity;
    struct directive *fields;
    size_t field_count, field_capacity;
    struct strbuf prose;
};

/* ---- comments without their frames ---- */

static bool is_frame(char c)
{
    return c == '*' || c == '/' || c == '!' || c == '<' || c == ' ' || c == '\t' || c == '\r' ||
           c == '\v' || c == '\f';
}

static size_t frame_skip(const struct source *source, size_t at, size_t end)
{
    while (at < end && is_frame(source->text[at]))
        at++;
    return at;
}

static size_t comment_body_end(const struct source *source, size_t begin, size_t end)
{
    bool is_block = end - begin >= 4 && source->text[begin + 1] == '*' &&
                    source->text[end - 1] == '/' && source->text[end - 2] == '*';
    return is_block ? end - 2 : end;
}

static struct mapped_text comment_clean(struct arena *arena, const struct source *source,
                                        size_t begin, size_t end)
{
    size_t body_end = comment_body_end(source, begin, end);
    char *text = arena_alloc(arena, body_end - begin + 1);
    size_t *offsets = arena_alloc(arena, (body_end - begin + 1) * sizeof *offsets);
    size_t length = 0;
    for (size_t at = frame_skip(source, begin, body_end); at < body_end;) {
        char c = source->text[at];
        bool is_splice = c == '\\' && at + 1 < body_end && source->text[at + 1] == '\n';
        if (is_splice) {
            at += 2;
            continue;
        }
        if (c != '\r') {
            text[length] = c;
            offsets[length++] = at;
        }
        at++;
        if (c == '\n') at = frame_skip(source, at, body_end);
    }
    offsets[length] = body_end;
    return (struct mapped_text){source, text, length, offsets};
}

static bool word_is(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && !byte_is_word(text[length]);
}

static bool is_direction(const char *text)
{
    return word_is(text, "in") || word_is(text, "out") || word_is(text, "inout");
}

static bool is_directive_word(const char *text)
{
    return word_is(text, "job") || is_direction(text) || word_is(text, "field");
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (byte_is_word(text[length]))
        length++;
    return length;
}

static void hint_take(struct annotation_hint *hint, const char *word, size_t offset)
{
    if (word_is(word, "job")) {
        if (!hint->has_job) hint->job_offset = offset;
        hint->has_job = true;
        hint->job_count++;
    } else if (word_is(word, "field")) {
        if (!hint->has_field) hint->field_offset = offset;
        hint->has_field = true;
    } else if (is_direction(word)) {
        if (!hint->has_direction) hint->direction_offset = offset;
        hint->has_direction = true;
    }
}

/* The end of what may be followed by another directive on its line. */
static bool is_directive_at(const struct mapped_text *text, size_t at, bool is_line_start,
                            bool has_directive)
{
    const char *word = text->text + at + 1;
    return text->text[at] == '@' && (is_line_start || has_directive) && is_directive_word(word) &&
           !other_words_have(text, at, word_length(word));
}

struct annotation_hint annotation_scan(const struct source *source, size_t begin, size_t end)
{
    struct annotation_hint hint = {0};
    if (!memchr(source->text + begin, '@', end - begin)) return hint;
    struct arena *arena = arena_new();
    struct mapped_text text = comment_clean(arena, source, begin, end);
    bool is_line_start = true, has_directive = false;
    for (size_t at = 0; at < text.length; at++) {
        char c = text.text[at];
        if (c == '\n') {
            is_line_start = true;
            has_directive = false;
            continue;
        }
        if (is_directive_at(&text, at, is_line_start, has_directive)) {
            hint_take(&hint, text.text + at + 1, text.offsets[at]);
            has_directive = true;
        }
        is_line_start = is_line_start && (c == ' ' || c == '\t');
    }
    arena_free(arena);
    return hint;
}

/* ---- blocks ---- */

static bool is_next_line(const struct source *source, const struct token *before,
                         const struct token *after)
{
    for (size_t at = before->end; at < after->begin; at++)
        if (!strchr(" \t\r\n\v\f", source->text[at])) return false;
    return source_line(source, before->begin) + 1 == source_line(source, after->begin) ||
           source_line(source, before->end) + 1 == source_line(source, after->begin);
}

/* A line comment behind code is about that code: it does not run on into the next line. */
static bool stands_alone(const struct source *source, const struct token *token)
{
    size_t at = token->begin;
    while (at && (source->text[at - 1] == ' ' || source->text[at - 1] == '\t'))
        at--;
    return !at || source->text[at - 1] == '\n';
}

static size_t block_last(const struct source *source, size_t first)
{
    const struct token *tokens = source->tokens;
    size_t last = first;
    if (tokens[first].kind != TOKEN_LINE_COMMENT || tokens[first].in_directive ||
        !stands_alone(source, &tokens[first]))
        return last;
    while (last + 1 < source->token_count && tokens[last + 1].kind == TOKEN_LINE_COMMENT &&
           !tokens[last + 1].in_directive && is_next_line(source, &tokens[last], &tokens[last + 1]))
        last++;
    return last;
}

const struct comment_block *comment_blocks(struct arena *arena, const struct source *source,
                                           size_t *ret_count)
{
    struct comment_block *blocks = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < source->token_count; i++) {
        if (!token_is_comment(&source->tokens[i])) continue;
        size_t last = block_last(source, i);
        struct comment_block block = {source->tokens[i].begin, source->tokens[last].end, i};
        struct annotation_hint hint = annotation_scan(source, block.begin, block.end);
        i = last;
        if (!hint.has_job && !hint.has_direction && !hint.has_field) continue;
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 8;
            blocks = memory_grow(blocks, capacity * sizeof *blocks);
        }
        blocks[count++] = block;
    }
    struct comment_block *kept = arena_alloc(arena, count * sizeof *kept);
    if (count) memcpy(kept, blocks, count * sizeof *kept);
    free(blocks);
    *ret_count = count;
    return kept;
}

/* ---- small steps of the parser ---- */

static char here(const struct annotation_parser *parser)
{
    return parser->text.text[parser->at];
}

static void skip_spaces(struct annotation_parser *parser)
{
    while (here(parser) == ' ' || here(parser) == '\t')
        parser->at++;
}

/* Within parentheses a line's end is a blank. */
static void skip_blanks(struct annotation_parser *parser)
{
    while (here(parser) == ' ' || here(parser) == '\t' || here(parser) == '\n')
        parser->at++;
}

static void skip_line(struct annotation_parser *parser)
{
    while (here(parser) && here(parser) != '\n')
        parser->at++;
}

static struct location place(const struct annotation_parser *parser, size_t begin)
{
    return mapped_location(&parser->text, begin, parser->at > begin ? parser->at : begin + 1);
}

static struct location place_here(const struct annotation_parser *parser)
{
    size_t at = parser->at < parser->text.length ? parser->at : parser->text.length;
    return mapped_location(&parser->text, at, at < parser->text.length ? at + 1 : at);
}

static const char *take_word(struct annotation_parser *parser)
{
    size_t begin = parser->at;
    while (byte_is_word(here(parser)))
        parser->at++;
    return arena_strndup(parser->arena, parser->text.text + begin, parser->at - begin);
}

static void break_off(struct annotation_parser *parser)
{
    parser->annotation->is_broken = true;
    skip_line(parser);
}

/* ---- @job ---- */

static bool take_string(struct annotation_parser *parser, struct option_value *ret_value)
{
    size_t begin = ++parser->at;
    while (here(parser) && here(parser) != '"' && here(parser) != '\n')
        parser->at++;
    if (here(parser) != '"') {
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
    skip_blanks(parser);
    if (here(parser) == '"') return take_string(parser, ret_value);
    size_t begin = parser->at;
    bool is_negative = here(parser) == '-';
    if (is_negative) parser->at++;
    if (!byte_is_word(here(parser))) {
        diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                   "expected a number, a name or a string behind '='");
        return false;
    }
    const char *word = take_word(parser);
    bool is_number = *word >= '0' && *word <= '9';
    *ret_value = (struct option_value){.kind = VALUE_NAME, .text = word};
    if (is_negative || (is_number && !option_integer_parse(word, ret_value))) {
        diag_error(parser->diags, place(parser, begin), CHECK_OPTION_VALUE,
                   is_negative ? "%s%s: no option takes a negative number"
                               : "%s%s: not a number; K, M and G may follow one",
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
    char c = here(parser);
    if (!byte_is_word(c) || (c >= '0' && c <= '9')) {
        diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                   "expected the name of an option or ')'");
        return false;
    }
    const char *name = take_word(parser);
    struct location at = place(parser, begin), value_at = at;
    struct option_value value = {.kind = VALUE_NONE};
    size_t behind = parser->at;
    skip_blanks(parser);
    if (here(parser) == '=') {
        parser->at++;
        skip_blanks(parser);
        size_t value_begin = parser->at;
        if (!take_value(parser, &value)) return false;
        value_at = place(parser, value_begin);
    } else if (here(parser) && here(parser) != ',' && here(parser) != ')') {
        diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                   "expected '=', ',' or ')' behind '%s'", name);
        return false;
    } else {
        parser->at = behind;
    }
    store_option(parser, name, at, &value, value_at);
    return true;
}

static void take_options(struct annotation_parser *parser)
{
    size_t open = parser->at++;
    for (;;) {
        skip_blanks(parser);
        if (here(parser) == ')') {
            parser->at++;
            return;
        }
        if (!here(parser)) {
            diag_error(parser->diags, mapped_location(&parser->text, open, open + 1),
                       CHECK_ANNOTATION, "no ')' follows this '('");
            break;
        }
        if (!take_option(parser)) break;
        skip_blanks(parser);
        if (here(parser) == ',') {
            parser->at++;
        } else if (here(parser) && here(parser) != ')') {
            diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION, "expected ',' or ')'");
            break;
        }
    }
    break_off(parser);
}

static void take_job(struct annotation_parser *parser, struct location at)
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
    skip_spaces(parser);
    if (here(parser) == '(')
        take_options(parser);
    else
        parser->at = behind;
}

/* ---- @in, @out, @inout ---- */

static bool take_name(struct annotation_parser *parser, struct directive *directive)
{
    skip_spaces(parser);
    directive->has_star = here(parser) == '*';
    if (directive->has_star) {
        parser->at++;
        skip_spaces(parser);
    }
    size_t begin = parser->at;
    if (!byte_is_word(here(parser)) || (here(parser) >= '0' && here(parser) <= '9')) {
        diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                   "expected the name of a parameter, or return");
        return false;
    }
    directive->name = take_word(parser);
    directive->name_location = place(parser, begin);
    return true;
}

static void take_steps(struct annotation_parser *parser, struct directive *directive)
{
    struct place_step *steps = NULL;
    for (;;) {
        size_t step = here(parser) == '.'                                               ? 1
                      : here(parser) == '-' && parser->text.text[parser->at + 1] == '>' ? 2
                                                                                        : 0;
        if (!step || !byte_is_word(parser->text.text[parser->at + step])) break;
        parser->at += step;
        size_t begin = parser->at, count = directive->step_count;
        struct place_step *grown = arena_alloc(parser->arena, (count + 1) * sizeof *grown);
        if (count) memcpy(grown, steps, count * sizeof *grown);
        grown[count].name = take_word(parser);
        grown[count].is_arrow = step == 2;
        grown[count].location = place(parser, begin);
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
    skip_blanks(parser);
    if (here(parser) != ']') {
        diag_error(parser->diags, place_here(parser), CHECK_EXPRESSION,
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
    locations[count] = place(parser, begin);
    directive->extents = extents;
    directive->extent_locations = locations;
    directive->extent_count = count + 1;
    return true;
}

static bool take_argument(struct annotation_parser *parser, const char *word,
                          const struct syntax **ret_syntax)
{
    skip_spaces(parser);
    if (here(parser) != '(') {
        diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                   "expected '(' behind %s, as in %s(n)", word, word);
        return false;
    }
    parser->at++;
    *ret_syntax = expr_parse(parser->arena, &parser->text, &parser->at, parser->diags);
    if (!*ret_syntax) return false;
    skip_blanks(parser);
    if (here(parser) != ')') {
        diag_error(parser->diags, place_here(parser), CHECK_EXPRESSION,
                   "expected ')' or an operator (+ - * / %%)");
        return false;
    }
    parser->at++;
    return true;
}

static bool unknown_word(struct annotation_parser *parser, const char *word, struct location at)
{
    const char *near = near_miss_find(word, word_names, WORD_COUNT);
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
    const char *name = take_word(parser);
    struct location at = place(parser, begin);
    size_t word = 0;
    while (word < WORD_COUNT && strcmp(word_names[word], name) != 0)
        word++;
    if (word == WORD_COUNT) return unknown_word(parser, name, at);
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
        skip_spaces(parser);
        char c = here(parser);
        if (c == '[' && has_word) {
            diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
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
            diag_error(parser->diags, place_here(parser), CHECK_ANNOTATION,
                       "expected '[', a word or the end of the line, found '%c'; prose goes on a "
                       "line of its own",
                       c);
            return false;
        }
    }
}

static void take_direction(struct annotation_parser *parser, const char *word, struct location at)
{
    struct directive directive = {.location = at,
                                  .direction = !strcmp(word, "in")    ? DIRECTION_IN
                                               : !strcmp(word, "out") ? DIRECTION_OUT
                                                                      : DIRECTION_INOUT};
    if (!take_description(parser, &directive)) {
        break_off(parser);
        return;
    }
    if (parser->directive_count == parser->directive_capacity) {
        parser->directive_capacity =
            parser->directive_capacity ? parser->directive_capacity * 2 : 8;
        parser->directives = memory_grow(parser->directives,
                                         parser->directive_capacity * sizeof *parser->directives);
    }
    parser->directives[parser->directive_count++] = directive;
}

static void take_field(struct annotation_parser *parser, struct location at)
{
    struct directive directive = {.location = at, .is_field = true};
    if (!take_description(parser, &directive)) {
        break_off(parser);
        return;
    }
    if (parser->field_count == parser->field_capacity) {
        parser->field_capacity = parser->field_capacity ? parser->field_capacity * 2 : 4;
        parser->fields =
            memory_grow(parser->fields, parser->field_capacity * sizeof *parser->fields);
    }
    parser->fields[parser->field_count++] = directive;
}

/* ---- lines ---- */

static bool looks_like_option(const char *text)
{
    while (byte_is_word(*text))
        text++;
    while (*text == ' ' || *text == '\t')
        text++;
    return *text == '=';
}

/* Text behind a directive on its line. */
static void take_trailing(struct annotation_parser *parser)
{
    size_t begin = parser->at;
    const char *text = parser->text.text + begin;
    bool is_option = looks_like_option(text);
    size_t end = begin;
    skip_line(parser);
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

/* @inot: meant as a directive, most likely; @note, @param and their like are left alone. */
static void check_near_directive(struct annotation_parser *parser)
{
    static const char *const names[] = {"inout", "out", "field"};
    size_t begin = parser->at + 1, end = begin + word_length(parser->text.text + begin);
    const char *word = arena_strndup(parser->arena, parser->text.text + begin, end - begin);
    const char *near = end - begin >= 3 ? near_miss_find(word, names, 3) : NULL;
    if (!near || other_words_have(&parser->text, begin - 1, end - begin)) return;
    struct location at = mapped_location(&parser->text, begin - 1, end);
    diag_error(parser->diags, at, CHECK_UNKNOWN_DIRECTIVE,
               "unknown directive '@%s'; did you mean '@%s'?", word, near);
    diag_fixit(parser->diags, at, arena_printf(parser->arena, "@%s", near));
    parser->annotation->is_broken = true;
}

static void take_prose(struct annotation_parser *parser)
{
    if (here(parser) == '@') check_near_directive(parser);
    size_t begin = parser->at;
    skip_line(parser);
    size_t end = parser->at;
    while (end > begin && (parser->text.text[end - 1] == ' ' || parser->text.text[end - 1] == '\t'))
        end--;
    strbuf_add_bytes(&parser->prose, parser->text.text + begin, end - begin);
}

static void take_directive(struct annotation_parser *parser)
{
    size_t begin = parser->at++;
    const char *word = take_word(parser);
    struct location at = place(parser, begin);
    if (!strcmp(word, "job"))
        take_job(parser, at);
    else if (!strcmp(word, "field"))
        take_field(parser, at);
    else
        take_direction(parser, word, at);
}

static void parse_block(struct annotation_parser *parser)
{
    bool is_line_start = true, has_directive = false;
    parser->at = 0;
    while (here(parser)) {
        skip_spaces(parser);
        if (here(parser) == '\n') {
            parser->at++;
            if (parser->prose.length && !has_directive) strbuf_add_char(&parser->prose, '\n');
            is_line_start = true;
            has_directive = false;
        } else if (is_directive_at(&parser->text, parser->at, is_line_start, has_directive)) {
            take_directive(parser);
            is_line_start = false;
            has_directive = true;
        } else if (here(parser) && has_directive) {
            take_trailing(parser);
        } else if (here(parser)) {
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
