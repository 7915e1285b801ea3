/* SPDX-License-Identifier: MIT */
/* Includes are followed as text, through the folder of the file and the folders given. What cannot
 * be followed means: parse. */
#include "prefilter.h"

#include "arena.h"
#include "search.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct prefilter {
    struct arena *arena;
    struct source_set *sources;
    const struct search_folder *folders;
    size_t folder_count;
    const struct generated_header *generated;
    const struct source **seen;
    size_t seen_count, seen_capacity;
    struct prefilter_result result;
};

static bool is_generated_name(const struct generated_header *generated, const char *path)
{
    return strcmp(path_base(path), generated->base) == 0;
}

bool generated_header_is(struct arena *arena, const struct generated_header *generated,
                         const char *path)
{
    if (!is_generated_name(generated, path) || !generated->directory) return false;
    const char *folder = path_folder(arena, path);
    char *real = realpath(*folder ? folder : ".", NULL);
    bool is_same = real && strcmp(real, generated->directory) == 0;
    free(real);
    return is_same;
}

static bool is_seen(struct prefilter *filter, const struct source *source)
{
    for (size_t i = 0; i < filter->seen_count; i++)
        if (filter->seen[i] == source) return true;
    if (filter->seen_count == filter->seen_capacity) {
        filter->seen_capacity = filter->seen_capacity ? filter->seen_capacity * 2 : 16;
        filter->seen = memory_grow(filter->seen, filter->seen_capacity * sizeof *filter->seen);
    }
    filter->seen[filter->seen_count++] = source;
    return false;
}

static const char *resolve(const struct prefilter *filter, const char *folder, const char *name,
                           bool is_quoted)
{
    if (name[0] == '/') return access(name, R_OK) == 0 ? name : NULL;
    if (is_quoted) {
        const char *path = arena_printf(filter->arena, "%s%s", folder, name);
        if (access(path, R_OK) == 0) return path;
    }
    for (size_t i = 0; i < filter->folder_count; i++) {
        const struct search_folder *at = &filter->folders[i];
        if (at->kind == SEARCH_AFTER || (!is_quoted && at->kind != SEARCH_PLAIN)) continue;
        const char *path = arena_printf(filter->arena, "%s/%s", at->path, name);
        if (access(path, R_OK) == 0) return path;
    }
    return NULL;
}

static void follow_source(struct prefilter *filter, const struct source *source);

static bool is_file(const struct prefilter *filter, const char *folder, const char *name)
{
    return access(arena_printf(filter->arena, "%s/%s", folder, name), R_OK) == 0;
}

/* An include that nothing is known of may bring a tag. */
static void follow_unresolved(struct prefilter *filter, const char *name, bool is_quoted)
{
    if (is_quoted && !is_generated_name(filter->generated, name) &&
        !is_file(filter, "/usr/include", name))
        filter->result.needs_parse = true;
}

static void add_spelled(struct prefilter *filter, const char *path)
{
    size_t count = filter->result.spelled_count;
    const char **grown = arena_alloc(filter->arena, (count + 1) * sizeof *grown);
    if (count) memcpy(grown, filter->result.spelled, count * sizeof *grown);
    grown[count] = path;
    filter->result.spelled = grown;
    filter->result.spelled_count = count + 1;
}

/* "gen/jobs.h": every path under which the parser will look for it. */
static void take_spelled(struct prefilter *filter, const char *folder, const char *name)
{
    if (!strchr(name, '/') || !is_generated_name(filter->generated, name)) return;
    add_spelled(filter, arena_printf(filter->arena, "%s%s", folder, name));
    if (folder[0] != '/') add_spelled(filter, arena_printf(filter->arena, "./%s%s", folder, name));
    for (size_t i = 0; i < filter->folder_count; i++)
        add_spelled(filter, arena_printf(filter->arena, "%s/%s", filter->folders[i].path, name));
}

static void follow_include(struct prefilter *filter, const struct source *source, size_t begin,
                           size_t length, char delimiter)
{
    if (!delimiter) {
        filter->result.needs_parse = true;
        return;
    }
    const char *name = arena_strndup(filter->arena, source->text + begin, length);
    const char *folder = path_folder(filter->arena, source->path);
    take_spelled(filter, folder, name);
    const char *path = resolve(filter, folder, name, delimiter == '"');
    if (!path) {
        follow_unresolved(filter, name, delimiter == '"');
        return;
    }
    if (generated_header_is(filter->arena, filter->generated, path)) return;
    filter->result.has_other_header |= strcmp(name, filter->generated->base) == 0;
    const struct source *included = source_open(filter->sources, path);
    if (included)
        follow_source(filter, included);
    else
        filter->result.needs_parse = true;
}

static void follow_source(struct prefilter *filter, const struct source *source)
{
    if (is_seen(filter, source)) return;
    if (memmem(source->text, source->length, "@job", 4)) filter->result.needs_parse = true;
    for (size_t i = 0; i < source->token_count; i++) {
        size_t begin = 0, length = 0;
        char delimiter;
        if (token_include(&source->tokens[i], source->text, &begin, &length, &delimiter))
            follow_include(filter, source, begin, length, delimiter);
    }
}

/* Flags that bring in files of their own. */
static void follow_flags(struct prefilter *filter, const struct compiler_flags *flags)
{
    for (size_t i = 0; i < flags->count; i++) {
        const char *flag = flags->words[i];
        if (flag[0] == '@' || !strcmp(flag, "-imacros")) filter->result.needs_parse = true;
        if (strcmp(flag, "-include") != 0 || i + 1 == flags->count) continue;
        const char *path = resolve(filter, "", flags->words[i + 1], true);
        const struct source *included = path ? source_open(filter->sources, path) : NULL;
        if (included)
            follow_source(filter, included);
        else
            filter->result.needs_parse = true;
    }
}

struct prefilter_result prefilter_run(struct arena *arena, struct source_set *sources,
                                      const struct source *source,
                                      const struct compiler_flags *flags,
                                      const struct generated_header *generated)
{
    struct prefilter filter = {.arena = arena, .sources = sources, .generated = generated};
    filter.folders = search_folders(arena, flags, &filter.folder_count);
    follow_source(&filter, source);
    follow_flags(&filter, flags);
    free(filter.seen);
    return filter.result;
}
