/* SPDX-License-Identifier: MIT */
/* Its jobs as the model has them, and, so that nothing is missed which that does not say, all
 * comments with an @ and the signatures as they are written. */
#include "effect.h"

#include "arena.h"
#include "collection.h"
#include "dump.h"
#include "search.h"
#include "source.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static void print_jobs(struct arena *arena, const struct options *options, struct collected *found,
                       struct strbuf *out)
{
    struct collection alone = {.arena = arena,
                               .diags = diag_new(&options->checks),
                               .name = options->name,
                               .found = &found,
                               .count = 1};
    struct model model;
    collection_merge(&alone, &model);
    dump_model(out, &model);
    diag_free(alone.diags);
}

void effect_print_jobs(const struct options *options, struct collected *found, struct strbuf *out)
{
    struct arena *arena = arena_new();
    print_jobs(arena, options, found, out);
    arena_free(arena);
}

struct line_list {
    struct arena *arena;
    const struct source *source;
    const char *generated; /* NAME.h */
    const char **lines;
    size_t count, capacity;
};

static void line_add(struct line_list *list, const char *line)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 512;
        list->lines = memory_grow(list->lines, list->capacity * sizeof *list->lines);
    }
    list->lines[list->count++] = line;
}

static void take_file(const struct file_seen *file, void *user)
{
    struct line_list *list = user;
    line_add(list, arena_printf(list->arena, "file %s\n", file->path));
}

static void take_lookup(const struct lookup *lookup, void *user)
{
    struct line_list *list = user;
    /* The start of a source may have been read for others too. */
    const char *from = strcmp(lookup->from, list->source->path) == 0 ? "" : lookup->from;
    /* Where the generated header is put before the parser says nothing of the source. */
    bool is_ours = lookup->found && strcmp(path_base(lookup->found), list->generated) == 0;
    line_add(list, arena_printf(list->arena, "lookup %s %s %s\n", is_ours ? "" : from, lookup->name,
                                lookup->found && !is_ours ? lookup->found : ""));
}

static void take_name(const char *name, void *user)
{
    struct line_list *list = user;
    line_add(list, arena_printf(list->arena, "name %s\n", name));
}

static int line_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Each comment with an @, to the next { or ; behind it. */
static void put_annotations(struct strbuf *out, const struct source *source)
{
    bool is_wanted = false;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        const char *text = source->text + token->begin;
        if (token_is_comment(token) && memchr(text, '@', token->end - token->begin))
            is_wanted = true;
        if (is_wanted) {
            strbuf_add_bytes(out, text, token->end - token->begin);
            strbuf_add_char(out, ' ');
        }
        if (token->kind == TOKEN_PUNCTUATION && (*text == '{' || *text == ';')) is_wanted = false;
    }
}

struct digest effect_of(const struct options *options, struct collected *found)
{
    struct arena *arena = arena_new();
    struct line_list list = {.arena = arena,
                             .source = collected_source(found),
                             .generated = arena_printf(arena, "%s.h", options->name)};
    struct strbuf text = {0};
    struct collected_visitor visitor = {
        .file = take_file, .lookup = take_lookup, .name = take_name, .user = &list};
    collected_visit(found, &visitor);
    if (list.count) qsort(list.lines, list.count, sizeof *list.lines, line_compare);
    for (size_t i = 0; i < list.count; i++)
        if (!i || strcmp(list.lines[i - 1], list.lines[i]) != 0) strbuf_add(&text, list.lines[i]);
    print_jobs(arena, options, found, &text);
    put_annotations(&text, list.source);
    struct digest effect = digest_of(text.text, text.length);
    strbuf_fini(&text);
    free(list.lines);
    arena_free(arena);
    return effect;
}
