/* SPDX-License-Identifier: MIT */
/* The options of @job( ... ) as one table: a row says what an option takes and where it is kept. */
#include "job_option.h"

#include "arena.h"
#include "strbuf.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_DEFAULT_BYTES = 100 << 20, INTERVAL_DEFAULT_MS = 100, RETRIES_UNSET = -1 };
enum { RETRIES_IDEMPOTENT = 3 };

enum option_kind { OPTION_SIZE, OPTION_COUNT, OPTION_MS, OPTION_WORD, OPTION_YES_NO, OPTION_PATHS };

struct job_option {
    const char *name;
    enum option_kind kind;
    size_t offset;
    const char *const *words; /* OPTION_WORD: what it may be, in the order of its values */
    const char *enforcer;     /* NULL: nothing acts on it yet */
    unsigned least;           /* the smallest number allowed */
};

static const char *const fanout_words[] = {"roundrobin", "random", "leastloaded", NULL};
static const char *const isolation_words[] = {"fresh", "reuse", NULL};

#define AT(field) offsetof(struct job_options, field)
static const struct job_option options_table[] = {
    {"memory", OPTION_SIZE, AT(memory_bytes), NULL, NULL, 1},
    {"fuel", OPTION_COUNT, AT(fuel), NULL, NULL, 1},
    {"fanout", OPTION_WORD, AT(fanout), fanout_words, "chosen by the caller, with nodes", 0},
    {"init_retry_interval_ms", OPTION_MS, AT(init_retry_interval_ms), NULL,
     "kept by the caller, with nodes", 1},
    {"async_init_retry_interval_ms", OPTION_MS, AT(async_init_retry_interval_ms), NULL,
     "kept by the caller, with nodes", 1},
    {"sync_retry_interval_ms", OPTION_MS, AT(sync_retry_interval_ms), NULL,
     "kept by the caller, with nodes", 1},
    {"async_get_retry_interval_ms", OPTION_MS, AT(async_get_retry_interval_ms), NULL,
     "kept by the caller, with nodes", 1},
    {"async_set_retry_interval_ms", OPTION_MS, AT(async_set_retry_interval_ms), NULL,
     "kept by the node", 1},
    {"shutdown_retry_interval_ms", OPTION_MS, AT(shutdown_retry_interval_ms), NULL,
     "kept by the caller, with nodes", 1},
    {"idempotent", OPTION_YES_NO, AT(is_idempotent), NULL, NULL, 0},
    {"retries", OPTION_MS, AT(retries), NULL, NULL, 0},
    {"timeout_ms", OPTION_MS, AT(timeout_ms), NULL, "enforced by the caller", 1},
    {"isolation", OPTION_WORD, AT(is_reuse), isolation_words, "enforced by the pool", 0},
    {"net", OPTION_YES_NO, AT(wants_net), NULL, NULL, 0},
    {"spawn", OPTION_YES_NO, AT(wants_spawn), NULL, NULL, 0},
    {"read", OPTION_PATHS, AT(read), NULL, NULL, 0},
    {"write", OPTION_PATHS, AT(write), NULL, NULL, 0},
};
enum { OPTIONS_COUNT = sizeof options_table / sizeof *options_table };

size_t job_option_count(void)
{
    return OPTIONS_COUNT;
}

const char *job_option_name(size_t option)
{
    return options_table[option].name;
}

const char *job_option_enforcer(size_t option)
{
    const char *enforcer = options_table[option].enforcer;
    return enforcer ? enforcer : "does not act yet";
}

size_t job_option_find(const char *name)
{
    size_t option = 0;
    while (option < OPTIONS_COUNT && strcmp(options_table[option].name, name) != 0)
        option++;
    return option;
}

void job_options_init(struct job_options *options)
{
    *options = (struct job_options){.memory_bytes = MEMORY_DEFAULT_BYTES,
                                    .init_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .async_init_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .sync_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .async_get_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .async_set_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .shutdown_retry_interval_ms = INTERVAL_DEFAULT_MS,
                                    .retries = RETRIES_UNSET};
}

void job_options_settle(struct job_options *options)
{
    if (options->retries == RETRIES_UNSET)
        options->retries = options->is_idempotent ? RETRIES_IDEMPOTENT : 0;
}

static size_t word_find(const char *const *words, const char *word)
{
    size_t at = 0;
    while (words[at] && strcmp(words[at], word) != 0)
        at++;
    return at;
}

static const char *words_print(struct arena *arena, const char *const *words)
{
    const char *text = words[0];
    for (size_t i = 1; words[i]; i++)
        text = arena_printf(arena, "%s%s%s", text, words[i + 1] ? ", " : " or ", words[i]);
    return text;
}

static const char *store_word(struct arena *arena, const struct job_option *option, void *field,
                              const struct option_value *value)
{
    size_t word = value->kind == VALUE_NAME ? word_find(option->words, value->text) : SIZE_MAX;
    if (word == SIZE_MAX || !option->words[word])
        return arena_printf(arena, "takes %s", words_print(arena, option->words));
    if (option->words == isolation_words)
        *(bool *)field = word == 1;
    else
        memcpy(field, &(int){(int)word}, sizeof(int));
    return NULL;
}

static const char *store_yes_no(bool *field, const struct option_value *value)
{
    if (value->kind == VALUE_NONE || (value->kind == VALUE_NAME && !strcmp(value->text, "yes"))) {
        *field = true;
        return NULL;
    }
    if (value->kind == VALUE_NAME && !strcmp(value->text, "no")) {
        *field = false;
        return NULL;
    }
    return "takes yes or no";
}

static const char *store_paths(struct arena *arena, const char **field,
                               const struct option_value *value)
{
    if (value->kind != VALUE_STRING) return "takes directories in quotes, \"/data:/models\"";
    const char *at = value->text;
    do {
        if (*at != '/') return "takes absolute directories, separated by colons";
        at = strchr(at, ':');
    } while (at && *++at);
    *field = arena_strdup(arena, value->text);
    return NULL;
}

static const char *store_number(struct arena *arena, const struct job_option *option, void *field,
                                const struct option_value *value)
{
    if (value->kind == VALUE_NAME && !strcmp(value->text, "none") &&
        (option->kind == OPTION_COUNT || !strcmp(option->name, "timeout_ms"))) {
        if (option->kind == OPTION_COUNT)
            *(uint64_t *)field = 0;
        else
            *(int *)field = 0;
        return NULL;
    }
    if (value->kind != VALUE_INTEGER)
        return option->kind == OPTION_SIZE ? "takes a number of bytes, as in 64M"
                                           : "takes a whole number";
    uint64_t most = option->kind == OPTION_MS ? INT_MAX : INT64_MAX;
    if (value->is_too_large || value->integer > most || value->integer < option->least)
        return arena_printf(arena, "takes %u to %" PRIu64, option->least, most);
    if (option->kind == OPTION_MS)
        *(int *)field = (int)value->integer;
    else
        *(uint64_t *)field = value->integer;
    return NULL;
}

const char *job_option_store(struct arena *arena, struct job_options *options, size_t option,
                             const struct option_value *value)
{
    const struct job_option *row = &options_table[option];
    void *field = (char *)options + row->offset;
    switch (row->kind) {
    case OPTION_WORD:
        return store_word(arena, row, field, value);
    case OPTION_YES_NO:
        return store_yes_no(field, value);
    case OPTION_PATHS:
        return store_paths(arena, field, value);
    case OPTION_SIZE:
    case OPTION_COUNT:
    case OPTION_MS:
        break;
    }
    return store_number(arena, row, field, value);
}

bool option_integer_parse(const char *text, struct option_value *ret_value)
{
    uint64_t number = 0, base = 10;
    bool is_too_large = false;
    const char *at = text;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    } else if (at[0] == '0' && at[1] >= '0' && at[1] <= '9') {
        base = 8;
        at++;
    }
    const char *digits = at;
    for (;; at++) {
        uint64_t digit = *at >= '0' && *at <= '9'   ? (uint64_t)(*at - '0')
                         : *at >= 'a' && *at <= 'f' ? (uint64_t)(*at - 'a' + 10)
                         : *at >= 'A' && *at <= 'F' ? (uint64_t)(*at - 'A' + 10)
                                                    : 16;
        if (digit >= base) break;
        is_too_large |= __builtin_mul_overflow(number, base, &number);
        is_too_large |= __builtin_add_overflow(number, digit, &number);
    }
    if (at == digits) return false;
    unsigned shift = *at == 'K' ? 10 : *at == 'M' ? 20 : *at == 'G' ? 30 : 0;
    if (shift) {
        at++;
        is_too_large |= number > UINT64_MAX >> shift;
        number <<= shift;
    }
    if (*at) return false;
    *ret_value = (struct option_value){
        .kind = VALUE_INTEGER, .is_too_large = is_too_large, .integer = number, .text = text};
    return true;
}

struct option_value option_value_parse(struct arena *arena, const char *text)
{
    struct option_value value = {.kind = VALUE_NAME, .text = text};
    size_t length = strlen(text);
    if (option_integer_parse(text, &value)) return value;
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
        return (struct option_value){.kind = VALUE_STRING,
                                     .text = arena_strndup(arena, text + 1, length - 2)};
    if (text[0] == '/') value.kind = VALUE_STRING;
    return value;
}

static void print_size(struct strbuf *out, uint64_t bytes)
{
    static const char suffixes[] = {'\0', 'K', 'M', 'G'};
    size_t suffix = 0;
    while (suffix < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        suffix++;
    }
    strbuf_printf(out, "%" PRIu64, bytes);
    if (suffix) strbuf_add_char(out, suffixes[suffix]);
}

void job_option_print(struct strbuf *out, size_t option, const struct job_options *options)
{
    const struct job_option *row = &options_table[option];
    const void *field = (const char *)options + row->offset;
    int word = 0;
    switch (row->kind) {
    case OPTION_SIZE:
        print_size(out, *(const uint64_t *)field);
        break;
    case OPTION_COUNT:
        if (*(const uint64_t *)field)
            strbuf_printf(out, "%" PRIu64, *(const uint64_t *)field);
        else
            strbuf_add(out, "none");
        break;
    case OPTION_MS:
        if (*(const int *)field || strcmp(row->name, "timeout_ms") != 0)
            strbuf_printf(out, "%d", *(const int *)field);
        else
            strbuf_add(out, "none");
        break;
    case OPTION_WORD:
        if (row->words == isolation_words)
            word = *(const bool *)field;
        else
            memcpy(&word, field, sizeof word);
        strbuf_add(out, row->words[word]);
        break;
    case OPTION_YES_NO:
        strbuf_add(out, *(const bool *)field ? "yes" : "no");
        break;
    case OPTION_PATHS:
        if (*(const char *const *)field)
            strbuf_printf(out, "\"%s\"", *(const char *const *)field);
        else
            strbuf_add(out, "none");
        break;
    }
}
