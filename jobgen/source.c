/* SPDX-License-Identifier: MIT */
/* The files of a run, found again by their real path. */
#include "source.h"

#include "arena.h"
#include "strbuf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct source_set {
    struct arena *arena;
    pthread_mutex_t lock; /* threads share what has been read */
    struct source **sources;
    size_t count, capacity;
};

struct source_set *source_set_new(void)
{
    struct source_set *set = memory_grow(NULL, sizeof *set);
    *set = (struct source_set){.arena = arena_new()};
    (void)pthread_mutex_init(&set->lock, NULL); /* cannot fail here */
    return set;
}

void source_set_free(struct source_set *set)
{
    if (!set) return;
    (void)pthread_mutex_destroy(&set->lock);
    arena_free(set->arena);
    free(set->sources);
    free(set);
}

static void find_lines(struct arena *arena, struct source *source)
{
    size_t count = 1;
    for (size_t i = 0; i < source->length; i++)
        count += source->text[i] == '\n';
    size_t *starts = arena_alloc(arena, count * sizeof *starts);
    size_t line = 1;
    for (size_t i = 0; i < source->length; i++)
        if (source->text[i] == '\n') starts[line++] = i + 1;
    source->line_starts = starts;
    source->line_count = count;
}

static struct source *source_read(struct source_set *set, const char *path, const char *identity)
{
    struct strbuf text = {0};
    if (strbuf_read_file(&text, path) != 0) {
        strbuf_fini(&text);
        return NULL;
    }
    struct source *source = arena_alloc(set->arena, sizeof *source);
    source->path = arena_strdup(set->arena, path);
    source->identity = arena_strdup(set->arena, identity);
    source->text = arena_strndup(set->arena, text.text, text.length);
    source->length = text.length;
    strbuf_fini(&text);
    find_lines(set->arena, source);
    source->tokens = lexer_run(set->arena, source->text, source->length, &source->token_count);
    return source;
}

static struct source *source_find(struct source_set *set, const char *path)
{
    char *identity = realpath(path, NULL);
    if (!identity) return NULL;
    struct source *found = NULL;
    (void)pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->count && !found; i++)
        if (strcmp(set->sources[i]->identity, identity) == 0) found = set->sources[i];
    if (!found) {
        found = source_read(set, path, identity);
        if (found) {
            if (set->count == set->capacity) {
                set->capacity = set->capacity ? set->capacity * 2 : 16;
                set->sources = memory_grow(set->sources, set->capacity * sizeof *set->sources);
            }
            set->sources[set->count++] = found;
        }
    }
    (void)pthread_mutex_unlock(&set->lock);
    free(identity);
    return found;
}

const struct source *source_open(struct source_set *set, const char *path)
{
    return source_find(set, path);
}

const struct source *source_open_given(struct source_set *set, const char *path,
                                       const struct compiler_flags *flags)
{
    struct source *source = source_find(set, path);
    if (source && !source->flags) source->flags = flags;
    return source;
}

const struct source *const *source_list(const struct source_set *set, size_t *ret_count)
{
    *ret_count = set->count;
    return (const struct source *const *)set->sources;
}

size_t source_token_from(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->token_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->tokens[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t source_declaration_begin(const struct source *source, size_t offset)
{
    for (size_t i = source_token_from(source, offset); i > 0; i--) {
        const struct token *token = &source->tokens[i - 1];
        bool is_end = token->kind == TOKEN_PUNCTUATION && strchr(";{}", source->text[token->begin]);
        if (is_end || token->kind == TOKEN_DIRECTIVE) return token->end;
    }
    return 0;
}

unsigned source_line(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (unsigned)low + 1;
}

struct location source_location(const struct source *source, size_t offset, size_t length)
{
    unsigned line = source_line(source, offset);
    return (struct location){.file = source->path,
                             .line = line,
                             .column = (unsigned)(offset - source->line_starts[line - 1]) + 1,
                             .length = (unsigned)length};
}
