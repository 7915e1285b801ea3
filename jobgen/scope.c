/* SPDX-License-Identifier: MIT */
/* Declarations at the top are walked one by one, to their ; or the end of their body. A declarator
 * that cannot be made out is left out. */
#include "scope.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const attribute_words[] = {"__attribute__", "__attribute", "__declspec",
                                              "_Alignas",      "alignas",     "__asm__",
                                              "asm",           "__asm",       "__extension__"};

static const char *const qualifier_words[] = {
    "volatile",  "register", "inline", "__inline",      "restrict", "__restrict",
    "_Noreturn", "noreturn", "auto",   "_Thread_local", "__thread", "thread_local"};

static const char *const record_words[] = {"struct", "union", "enum"};

struct scope_reader {
    struct scope *scope;
    size_t region; /* byte behind the last declaration and its line */
    size_t function;
};

static bool is_attribute(const struct code *code, size_t at)
{
    return code_is_one_of(code, at, attribute_words, COUNT(attribute_words));
}

/* The end of the line on which a token ends, where a comment may say something of it. */
static size_t line_end(const struct code *code, size_t at)
{
    const struct source *source = code->source;
    size_t end = at < code->count ? code->tokens[at].end : source->length;
    return end + strcspn(source->text + end, "\n");
}

static void *list_grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) return items;
    *capacity = *capacity ? *capacity * 2 : 16;
    return memory_grow(items, *capacity * item_bytes);
}

/* ---- variables ---- */

/* What has been seen of a declaration of variables. */
struct declaration_state {
    bool is_static, is_extern, is_stream_type; /* of all declarators */
    bool has_type, has_const;
    bool has_name, is_no_variable, has_value; /* of the declarator looked at */
    size_t name, stars;
    bool has_pointer_const;
};

static void declarator_finish(struct scope_reader *reader, struct declaration_state *state,
                              size_t last)
{
    struct scope *scope = reader->scope;
    if (state->has_name && state->has_type && !state->is_no_variable) {
        scope->variables = list_grow(scope->variables, scope->variable_count,
                                     &scope->variable_capacity, sizeof *scope->variables);
        scope->variables[scope->variable_count++] = (struct scope_variable){
            .name = state->name,
            .function = reader->function,
            .is_static = state->is_static,
            .is_extern = state->is_extern,
            .is_const = state->stars ? state->has_pointer_const : state->has_const,
            .is_stream = state->is_stream_type && state->stars == 1,
            .has_value = state->has_value,
            .region_begin = reader->region,
            .region_end = line_end(&scope->code, last)};
    }
    *state = (struct declaration_state){.is_static = state->is_static,
                                        .is_extern = state->is_extern,
                                        .is_stream_type = state->is_stream_type,
                                        .has_type = true,
                                        .has_const = state->has_const};
}

/* Behind struct, the tag and the members. */
static size_t skip_record(const struct code *code, size_t at)
{
    at++;
    if (is_attribute(code, at) && code_char(code, at + 1) == '(')
        at = code_skip_group(code, at + 1);
    if (code_has_word(code, at)) at++;
    return code_char(code, at) == '{' ? code_skip_group(code, at) : at;
}

static size_t take_word(const struct code *code, struct declaration_state *state, size_t at)
{
    if (code_is_one_of(code, at, record_words, COUNT(record_words))) {
        state->has_type = true;
        return skip_record(code, at);
    }
    if (is_attribute(code, at))
        return code_char(code, at + 1) == '(' ? code_skip_group(code, at + 1) : at + 1;
    if (code_is_word(code, at, "static"))
        state->is_static = true;
    else if (code_is_word(code, at, "extern"))
        state->is_extern = true;
    else if (code_is_word(code, at, "const"))
        *(state->stars ? &state->has_pointer_const : &state->has_const) = true;
    else if (!code_is_one_of(code, at, qualifier_words, COUNT(qualifier_words))) {
        state->has_type |= state->has_name;
        state->is_stream_type |= code_is_word(code, at, "FILE");
        state->has_name = true;
        state->name = at;
    }
    return at + 1;
}

/* A ( within a declarator: a pointer to a function, or no variable at all. */
static size_t take_parenthesis(const struct code *code, struct declaration_state *state, size_t at)
{
    if (code_char(code, at + 1) == '*' && code_has_word(code, at + 2)) {
        state->has_type |= state->has_name;
        state->has_name = true;
        state->name = at + 2;
        state->stars = 2;
        at = code_skip_group(code, at);
        return code_char(code, at) == '(' ? code_skip_group(code, at) : at;
    }
    state->is_no_variable = true;
    return code_skip_group(code, at);
}

static size_t skip_value(const struct code *code, size_t at, size_t end)
{
    while (at < end && code_char(code, at) != ',') {
        char c = code_char(code, at);
        at = c == '(' || c == '[' || c == '{' ? code_skip_group(code, at) : at + 1;
    }
    return at;
}

/* The declaration in [at, end), behind which stands a semicolon. */
static void take_variables(struct scope_reader *reader, size_t at, size_t end)
{
    const struct code *code = &reader->scope->code;
    struct declaration_state state = {0};
    if (code_is_word(code, at, "typedef") || code_is_word(code, at, "_Static_assert") ||
        code_is_word(code, at, "static_assert"))
        return;
    while (at < end) {
        char c = code_char(code, at);
        if (code_has_word(code, at)) {
            at = take_word(code, &state, at);
        } else if (c == '(') {
            at = take_parenthesis(code, &state, at);
        } else if (c == '[' || c == '{') {
            at = code_skip_group(code, at);
        } else if (c == '=') {
            state.has_value = true;
            at = skip_value(code, at + 1, end);
        } else if (c == ',') {
            declarator_finish(reader, &state, end);
            at++;
        } else {
            if (c == '*') {
                state.stars++;
                state.has_pointer_const = false;
            }
            at++;
        }
    }
    declarator_finish(reader, &state, end);
}

/* ---- functions ---- */

static void take_statics(struct scope_reader *reader, const struct scope_function *function)
{
    const struct code *code = &reader->scope->code;
    reader->function = reader->scope->function_count - 1;
    for (size_t at = function->body; at < function->end; at++) {
        if (!code_is_word(code, at, "static")) continue;
        size_t end = at;
        while (end < function->end && code_char(code, end) != ';')
            end = strchr("([{", code_char(code, end)) && code_char(code, end)
                      ? code_skip_group(code, end)
                      : end + 1;
        reader->region = function->region_begin;
        take_variables(reader, at, end);
        at = end;
    }
    reader->function = SCOPE_FILE;
}

static size_t take_function(struct scope_reader *reader, size_t begin, size_t params, size_t body)
{
    struct scope *scope = reader->scope;
    size_t end = code_skip_group(&scope->code, body);
    struct scope_function function = {.name = params - 1,
                                      .params = params,
                                      .body = body,
                                      .end = end,
                                      .region_begin = reader->region,
                                      .region_end = line_end(&scope->code, end - 1)};
    for (size_t at = begin; at < params; at++) {
        function.is_static |= code_is_word(&scope->code, at, "static");
        function.is_constructor |= code_is_word(&scope->code, at, "constructor") ||
                                   code_is_word(&scope->code, at, "__constructor__");
    }
    scope->functions = list_grow(scope->functions, scope->function_count, &scope->function_capacity,
                                 sizeof *scope->functions);
    scope->functions[scope->function_count++] = function;
    take_statics(reader, &function);
    reader->region = function.region_end;
    return end;
}

static bool has_record_word(const struct code *code, size_t begin, size_t end)
{
    for (; begin < end; begin++)
        if (code_is_one_of(code, begin, record_words, COUNT(record_words))) return true;
    return false;
}

/* One declaration or definition; behind it. */
static size_t take_top(struct scope_reader *reader, size_t begin)
{
    const struct code *code = &reader->scope->code;
    size_t params = 0, at = begin;
    bool has_value = false;
    while (at < code->count) {
        char c = code_char(code, at);
        if (c == ';') {
            take_variables(reader, begin, at);
            reader->region = line_end(code, at);
            return at + 1;
        }
        if (c == '}' || (c == '{' && code_is_word(code, begin, "extern") && at == begin + 2 &&
                         code->tokens[at - 1].kind == TOKEN_STRING))
            return at + 1;
        if (c == '{' && !has_value && params) return take_function(reader, begin, params, at);
        if (c == '{' && !has_value && !has_record_word(code, begin, at))
            return code_skip_group(code, at);
        if (c == '(' && !has_value && at > begin && code_has_word(code, at - 1) &&
            !is_attribute(code, at - 1))
            params = at;
        has_value |= c == '=';
        at = c == '(' || c == '[' || c == '{' ? code_skip_group(code, at) : at + 1;
    }
    return at;
}

void scope_init(struct scope *scope, struct arena *arena, const struct source *source)
{
    *scope = (struct scope){.code = code_read(arena, source)};
    struct scope_reader reader = {.scope = scope, .function = SCOPE_FILE};
    for (size_t at = 0; at < scope->code.count;)
        at = take_top(&reader, at);
}

void scope_fini(struct scope *scope)
{
    free(scope->functions);
    free(scope->variables);
}

/* ---- uses ---- */

static const char *const statement_words[] = {"return", "else", "case", "goto", "sizeof", "do"};

/* Whether a declaration begins at a token: two words, or a word, stars and a word. */
static bool is_declaration_start(const struct code *code, size_t at)
{
    if (!code_has_word(code, at) ||
        code_is_one_of(code, at, statement_words, COUNT(statement_words)) ||
        (code_char(code, at - 1) == '(' && !code_is_word(code, at - 2, "for")))
        return false;
    size_t next = at + 1;
    while (code_char(code, next) == '*')
        next++;
    return code_has_word(code, next);
}

/* The first token of the statement, or of the part of a for, that a token stands in. */
static size_t statement_start(const struct code *code, size_t from, size_t at)
{
    size_t depth = 0;
    while (at > from) {
        char c = code_char(code, at - 1);
        if (c == ')' || c == ']' || c == '}') {
            if (c == '}' && !depth) break;
            depth++;
        } else if (c == '(' || c == '[' || c == '{') {
            if (!depth) break;
            depth--;
        } else if (c == ';' && !depth) {
            break;
        }
        at--;
    }
    return at;
}

static bool is_declarator(const struct code *code, const struct scope_function *function, size_t at)
{
    char after = code_char(code, at + 1);
    if (!after || !strchr("=;,)[:", after)) return false;
    size_t before = at - 1;
    while (code_char(code, before) == '*' || code_is_word(code, before, "const") ||
           code_is_word(code, before, "restrict"))
        before--;
    bool is_pointer = before != at - 1;
    if (code_has_word(code, before) &&
        !code_is_one_of(code, before, statement_words, COUNT(statement_words)))
        return !is_pointer || at < function->body ||
               is_declaration_start(code, statement_start(code, function->params, at));
    return code_char(code, before) == ',' && at > function->body &&
           is_declaration_start(code, statement_start(code, function->body, at));
}

bool scope_is_local(const struct scope *scope, const struct scope_function *function, size_t at)
{
    for (size_t i = function->params + 1; i < function->end; i++)
        if (code_is_same_word(&scope->code, i, at) && is_declarator(&scope->code, function, i))
            return true;
    return false;
}

bool scope_is_other_name(const struct code *code, size_t at)
{
    if (!at) return false;
    return code_char(code, at - 1) == '.' || (at > 1 && code_is_pair(code, at - 2, '-', '>')) ||
           code_is_one_of(code, at - 1, record_words, COUNT(record_words)) ||
           code_is_word(code, at - 1, "goto");
}

/* Behind what follows a variable to name a part of it. */
static size_t skip_parts(const struct code *code, size_t at)
{
    for (;;) {
        if (code_char(code, at) == '[')
            at = code_skip_group(code, at);
        else if (code_char(code, at) == '.' && code_has_word(code, at + 1))
            at += 2;
        else if (code_is_pair(code, at, '-', '>') && code_has_word(code, at + 2))
            at += 3;
        else
            return at;
    }
}

static bool is_assignment(const struct code *code, size_t at)
{
    if (code_is_pair(code, at, '=', '=')) return false;
    if (code_char(code, at) == '=') return true;
    if (code_is_pair(code, at, '+', '+') || code_is_pair(code, at, '-', '-')) return true;
    for (const char *operator= "+-*/%&|^"; *operator; operator++)
        if (code_is_pair(code, at, *operator, '=')) return true;
    return (code_is_pair(code, at, '<', '<') || code_is_pair(code, at, '>', '>')) &&
           code_char(code, at + 2) == '=';
}

/* What writes into its first argument. */
static const char *const writers[] = {"memset", "memcpy",  "memmove", "strcpy",
                                      "strcat", "strncpy", "sprintf", "snprintf",
                                      "fgets",  "fread",   "qsort"};

static bool is_operand_end(const struct code *code, size_t at)
{
    char c = code_char(code, at);
    return c == ')' || c == ']' || (!c && !code_is_word(code, at, "return"));
}

bool scope_is_write(const struct code *code, size_t at)
{
    if (at < 2) return false;
    if (is_assignment(code, skip_parts(code, at + 1))) return true;
    if (code_is_pair(code, at - 2, '+', '+') || code_is_pair(code, at - 2, '-', '-')) return true;
    if (code_char(code, at - 1) == '&')
        return !is_operand_end(code, at - 2) && !code_is_pair(code, at - 2, '&', '&');
    return code_char(code, at - 1) == '(' && code_is_one_of(code, at - 2, writers, COUNT(writers));
}
