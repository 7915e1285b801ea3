/* SPDX-License-Identifier: MIT */
/* Which files a parse has read, and which it has looked for. */
#include "collect_state.h"

#include "arena.h"
#include "read.h"

#include <string.h>

/* The text that stands for all its equals, for as long as the collector. */
static const char *keep_text(struct collector *collector, const char *text)
{
    struct table_row *row = table_at(&collector->texts, text);
    if (!row->value) {
        row->value = arena_strdup(collector->setup.arena, text);
        row->key = row->value;
    }
    return row->value;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* Each __has_include that asks for a file by its name; what asks by a macro is not followed. */
static void find_probes(struct collector *collector, struct seen *seen, const char *text,
                        size_t length)
{
    static const char word[] = "__has_include";
    const char *end = text + length, *at = text;
    while ((at = memmem(at, (size_t)(end - at), word, sizeof word - 1))) {
        at += sizeof word - 1;
        if (end - at > 5 && memcmp(at, "_next", 5) == 0) at += 5;
        at = skip_blanks(at, end);
        if (at == end || *at != '(') continue;
        at = skip_blanks(at + 1, end);
        bool is_named = at < end && (*at == '<' || *at == '"');
        const char *close =
            is_named ? memchr(at + 1, *at == '<' ? '>' : '"', (size_t)(end - at - 1)) : NULL;
        seen->is_unclear |= !close;
        if (!close) continue;
        const char *name = arena_strndup(collector->setup.arena, at + 1, (size_t)(close - at - 1));
        LIST_ADD(&seen->probes, struct lookup) = (struct lookup){seen->file.path, name, NULL};
    }
}

static struct seen *seen_new(struct collector *collector, const struct read_file *file)
{
    struct seen *seen = arena_alloc(collector->setup.arena, sizeof *seen);
    seen->file.path = arena_strdup(collector->setup.arena, file->path);
    seen->is_unclear = !file->text;
    if (!file->text) return seen;
    seen->file.digest = digest_of(file->text, file->length);
    find_probes(collector, seen, file->text, file->length);
    return seen;
}

const char *collect_see_file(struct unit_walk *walk, const struct read_file *file)
{
    struct collector *collector = walk->collector;
    const struct source *source = walk->found->source;
    struct read_file whole = *file;
    if (source && strcmp(source->path, file->path) == 0) { /* its start may have been left out */
        whole.text = source->text;
        whole.length = source->length;
    }
    struct table_row *row = table_at(&collector->seen, file->path);
    if (!row->value) {
        struct seen *made = seen_new(collector, &whole);
        row->value = made;
        row->key = made->file.path;
    }
    const struct seen *seen = row->value;
    LIST_ADD(&walk->found->files, const struct file_seen *) = &seen->file;
    walk->found->is_unclear |= seen->is_unclear;
    for (size_t i = 0; i < seen->probes.count; i++)
        LIST_ADD(&walk->found->lookups, struct lookup) = LIST_AT(&seen->probes, struct lookup, i);
    return seen->file.path;
}

/* NULL: there is none. */
static const char *keep_name(struct unit_walk *walk, CXString string)
{
    const struct libclang *lc = walk->unit.lc;
    const char *text = lc->getCString(string);
    const char *kept = text ? keep_text(walk->collector, text) : NULL;
    lc->disposeString(string);
    return kept;
}

void collect_see_inclusion(struct unit_walk *walk, CXCursor cursor)
{
    const struct libclang *lc = walk->unit.lc;
    struct lookup lookup = {0};
    CXFile from = NULL, found = lc->getIncludedFile(cursor);
    lc->getFileLocation(lc->getCursorLocation(cursor), &from, NULL, NULL, NULL);
    if (from) lookup.from = keep_name(walk, lc->getFileName(from));
    /* A start stands for the first lines of sources, but in no folder of theirs. */
    bool is_start =
        !walk->found->source && lookup.from && read_start_is_main(walk->shared->start, lookup.from);
    if (!lookup.from || is_start) lookup.from = "";
    if (found) lookup.found = keep_name(walk, lc->getFileName(found));
    lookup.name = keep_name(walk, lc->getCursorSpelling(cursor));
    if (lookup.name) LIST_ADD(&walk->found->lookups, struct lookup) = lookup;
}
