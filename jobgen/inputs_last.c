/* SPDX-License-Identifier: MIT */
/* The record of the last good run: whether it still holds, and what it says. */
#include "inputs.h"

#include "arena.h"
#include "inputs_line.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_digest(const char *path, struct digest digest)
{
    struct digest now;
    return digest_file(path, &now) && digest_equal(now, digest);
}

/* The line, without its end, says what is still so. */
static bool is_line_true(struct arena *arena, const struct options *options, const char *line)
{
    struct digest digest;
    const char *at;
    if ((at = inputs_behind(line, "key ")))
        return inputs_take_digest(&at, &digest) && digest_equal(digest, inputs_key(options));
    if ((at = inputs_behind(line, "read ")))
        return inputs_take_digest(&at, &digest) && *at && has_digest(at + 1, digest);
    if ((at = inputs_behind(line, "wrote ")))
        return inputs_take_digest(&at, &digest) && *at &&
               has_digest(arena_printf(arena, "%s/%s", options->output, at + 1), digest);
    if ((at = inputs_behind(line, "none "))) return access(at, F_OK) != 0;
    if ((at = inputs_behind(line, "some "))) return access(at, F_OK) == 0;
    if (inputs_behind(line, "alone ") || inputs_behind(line, "text ") ||
        inputs_behind(line, "job "))
        return true;
    if (inputs_behind(line, "tool ")) {
        const char *path = line;
        for (int i = 0; i < 4; i++)
            path += strcspn(path, " ") + 1;
        const char *now = inputs_tool(arena, path);
        return now && strncmp(now, line, strlen(line)) == 0 && now[strlen(line)] == '\n';
    }
    return false;
}

/* `depfile LENGTH` and that many bytes; moves behind them. */
static const char *take_block(struct arena *arena, char **at, const char *end, const char *word)
{
    const char *number = inputs_behind(*at, word);
    char *begin;
    if (!number) return NULL;
    unsigned long length = strtoul(number, &begin, 10);
    if (*begin++ != '\n' || length > (size_t)(end - begin)) return NULL;
    *at = begin + length;
    return arena_strndup(arena, begin, length);
}

const char *const *inputs_lines(struct arena *arena, const char *record, const char *kind,
                                size_t *ret_count)
{
    size_t count = 0, room = 1;
    for (const char *at = record; (at = strchr(at, '\n')); at++)
        room++;
    const char **lines = arena_alloc(arena, room * sizeof *lines);
    for (const char *at = record, *text; at && !inputs_behind(at, "depfile ");) {
        size_t length = strcspn(at, "\n");
        if ((text = inputs_behind(at, kind)))
            lines[count++] = arena_strndup(arena, text, length - strlen(kind));
        at = at[length] ? at + length + 1 : NULL;
    }
    *ret_count = count;
    return lines;
}

/* `read` lines that are not true are changes. */
static void take_change(struct arena *arena, struct inputs_last *last, const char *line)
{
    struct inputs_change *grown = arena_alloc(arena, (last->change_count + 1) * sizeof *grown);
    if (last->change_count) memcpy(grown, last->changes, last->change_count * sizeof *grown);
    grown[last->change_count++].path = arena_strdup(arena, line + strlen("read ") + 32 + 1);
    last->changes = grown;
}

/* What each of the changed files did. */
static void find_effects(struct arena *arena, struct inputs_last *last)
{
    size_t count;
    const char *const *lines = inputs_lines(arena, last->record, "alone ", &count);
    for (size_t i = 0; i < last->change_count; i++)
        for (size_t k = 0; k < count; k++) {
            const char *at = lines[k];
            struct digest effect;
            struct inputs_change *change = (struct inputs_change *)&last->changes[i];
            if (inputs_take_digest(&at, &effect) && *at && strcmp(at + 1, change->path) == 0)
                change->effect = effect;
        }
}

static bool is_text_true(struct arena *arena, const struct options *options, struct strbuf *text,
                         struct inputs_last *ret_last)
{
    const char *end = text->text + text->length;
    char *at = inputs_whole(text);
    if (at) ret_last->record = arena_strndup(arena, at, (size_t)(end - at));
    while (at) {
        if ((ret_last->depfile = take_block(arena, &at, end, "depfile "))) {
            ret_last->said = take_block(arena, &at, end, "said ");
            find_effects(arena, ret_last);
            return ret_last->said && at == end;
        }
        char *stop = strchr(at, '\n');
        if (!stop) return false;
        *stop = '\0';
        if (!is_line_true(arena, options, at)) {
            if (!inputs_behind(at, "read ") || strlen(at) < strlen("read ") + 32 + 2) return false;
            take_change(arena, ret_last, at);
        }
        at = stop + 1;
    }
    return false;
}

bool inputs_check(struct arena *arena, const struct options *options, struct inputs_last *ret_last)
{
    struct strbuf text = {0};
    *ret_last = (struct inputs_last){0};
    const char *path = arena_printf(arena, "%s/%s", options->output, inputs_name(arena, options));
    bool is_current =
        strbuf_read_file(&text, path) == 0 && is_text_true(arena, options, &text, ret_last);
    strbuf_fini(&text);
    return is_current;
}

/* Whether the record has the line. */
static bool has_line(const char *record, const char *line)
{
    size_t length = strlen(line);
    for (const char *at = record; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, line, length) == 0) return true;
    }
    return false;
}

static bool has_written(const char *record, const char *name, struct digest digest)
{
    struct strbuf line = {0};
    inputs_put_digest(&line, "wrote", digest, name);
    bool is_there = has_line(record, line.text);
    strbuf_fini(&line);
    return is_there;
}

bool inputs_have_messages(struct arena *arena, const struct options *options, const char *protoc,
                          const char *proto, size_t length)
{
    static const char *const ends[] = {".pb-c.h", ".pb-c.c"};
    struct strbuf text = {0};
    const char *path = arena_printf(arena, "%s/%s", options->output, inputs_name(arena, options));
    const char *tool = protoc ? inputs_tool(arena, protoc) : NULL;
    const char *record = strbuf_read_file(&text, path) == 0 ? inputs_whole(&text) : NULL;
    bool is_so = record && tool && has_line(record, tool) &&
                 has_written(record, arena_printf(arena, "%s.proto", options->name),
                             digest_of(proto, length));
    for (size_t i = 0; i < sizeof ends / sizeof *ends && is_so; i++) {
        const char *name = arena_printf(arena, "%s%s", options->name, ends[i]);
        struct digest now;
        is_so = digest_file(arena_printf(arena, "%s/%s", options->output, name), &now) &&
                has_written(record, name, now);
    }
    strbuf_fini(&text);
    return is_so;
}

/* The index of the change that the line is about; all of them: none. */
static size_t change_find(const struct inputs_last *last, const char *line, size_t length)
{
    size_t i = 0;
    for (const char *at = inputs_behind(line, "read "); at && i < last->change_count; i++) {
        size_t path = strlen(last->changes[i].path);
        if (length == strlen("read ") + 32 + 1 + path &&
            memcmp(at + 32 + 1, last->changes[i].path, path) == 0)
            return i;
    }
    return last->change_count;
}

void inputs_reprint(const struct inputs_last *last, const struct digest *digests,
                    struct strbuf *out)
{
    struct strbuf lines = {0};
    const char *at = last->record;
    while (!inputs_behind(at, "depfile ")) {
        size_t length = strcspn(at, "\n"), change = change_find(last, at, length);
        if (change < last->change_count)
            inputs_put_digest(&lines, "read", digests[change], last->changes[change].path);
        else
            strbuf_add_bytes(&lines, at, length + 1);
        at += length + 1;
    }
    strbuf_add(&lines, at);
    inputs_put_record(out, &lines);
    strbuf_fini(&lines);
}
