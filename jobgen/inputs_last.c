/* SPDX-License-Identifier: MIT */
/* The record of the last good run: whether it still holds, and what it says. */
#include "inputs.h"

#include "arena.h"
#include "inputs_line.h"
#include "strbuf.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_digest(const char *path, struct digest digest)
{
    struct digest now;
    return digest_file(path, &now) && digest_equal(now, digest);
}

/* What a line comes to: it says what is still so; there is something to do; or whatever is kept is
 * of no use either. */
enum verdict { STILL_SO, CHANGED, USELESS };

static enum verdict verdict_of(bool is_so, enum verdict otherwise)
{
    return is_so ? STILL_SO : otherwise;
}

struct check {
    struct arena *arena;
    const struct options *options;
    struct digest base;
};

static bool has_file(const char *at, const char *path, struct digest digest)
{
    return *at && has_digest(path, digest);
}

/* The line is without its end. */
static enum verdict line_check(const struct check *check, const char *line)
{
    struct digest digest;
    const char *at;
    if ((at = inputs_behind(line, "base ")))
        return verdict_of(inputs_take_digest(&at, &digest) && digest_equal(digest, check->base),
                          USELESS);
    if ((at = inputs_behind(line, "key ")))
        return verdict_of(inputs_take_digest(&at, &digest) &&
                              digest_equal(digest, inputs_key(check->options, check->base)),
                          CHANGED);
    if ((at = inputs_behind(line, "read ")))
        return verdict_of(inputs_take_digest(&at, &digest) && has_file(at, at + 1, digest),
                          CHANGED);
    if ((at = inputs_behind(line, "wrote ")))
        return verdict_of(
            inputs_take_digest(&at, &digest) &&
                has_file(at,
                         arena_printf(check->arena, "%s/%s", check->options->output, at + !!*at),
                         digest),
            CHANGED);
    if ((at = inputs_behind(line, "none "))) return verdict_of(access(at, F_OK) != 0, USELESS);
    if ((at = inputs_behind(line, "some "))) return verdict_of(access(at, F_OK) == 0, USELESS);
    if (inputs_behind(line, "tool ")) {
        const char *path = line;
        for (int i = 0; i < 4; i++)
            path += strcspn(path, " ") + 1;
        const char *now = inputs_tool(check->arena, path);
        return verdict_of(now && strncmp(now, line, strlen(line)) == 0 && now[strlen(line)] == '\n',
                          USELESS);
    }
    bool is_kept = inputs_behind(line, "kept ") || inputs_behind(line, "start ");
    return verdict_of(is_kept, USELESS);
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

/* ---- what is kept ---- */

static bool take_size(const char **at, size_t *ret_size)
{
    char *end;
    if (**at != ' ') return false;
    *ret_size = strtoull(++*at, &end, 10);
    bool is_number = end != *at;
    *at = end;
    return is_number;
}

static void take_start(struct inputs_last *last, const char *at)
{
    struct inputs_part part = {0};
    if (!inputs_take_digest(&at, &part.digest) || !take_size(&at, &part.begin) ||
        !take_size(&at, &part.length))
        part.length = SIZE_MAX; /* so that it cannot be read */
    last->starts = memory_grow(last->starts, (last->start_count + 1) * sizeof *last->starts);
    last->starts[last->start_count++] = part;
}

static void take_kept(struct arena *arena, struct inputs_last *last, const char *at)
{
    struct inputs_part *part = arena_alloc(arena, sizeof *part);
    if (!inputs_take_digest(&at, &part->digest) || *at++ != ' ' ||
        !inputs_take_digest(&at, &part->flags) || !take_size(&at, &part->start) ||
        !take_size(&at, &part->begin) || !take_size(&at, &part->length) || *at != ' ')
        return;
    struct table_row *row = table_at(&last->kept, at + 1);
    row->key = arena_strdup(arena, at + 1);
    row->value = part;
}

static void take_digest(struct arena *arena, struct table *table, const char *at)
{
    struct digest *digest = arena_alloc(arena, sizeof *digest);
    if (!inputs_take_digest(&at, digest) || *at != ' ') return;
    struct table_row *row = table_at(table, at + 1);
    row->key = arena_strdup(arena, at + 1);
    row->value = digest;
}

/* Those of files that have changed begin with a zero byte. */
static void take_lines(struct arena *arena, struct inputs_last *last, const char *at,
                       const char *end)
{
    struct strbuf tools = {0};
    for (; at < end; at += strlen(at) + 1) {
        const char *text;
        if (!*at) at++;
        if ((text = inputs_behind(at, "read "))) take_digest(arena, &last->reads, text);
        if ((text = inputs_behind(at, "wrote "))) take_digest(arena, &last->wrote, text);
        if ((text = inputs_behind(at, "start "))) take_start(last, text);
        if ((text = inputs_behind(at, "kept "))) take_kept(arena, last, text);
        if (inputs_behind(at, "tool ")) strbuf_printf(&tools, "%s\n", at);
    }
    last->tools = arena_strndup(arena, tools.text ? tools.text : "", tools.length);
    strbuf_fini(&tools);
}

const struct digest *inputs_unchanged(const struct inputs_last *last, const char *path)
{
    return table_get(&last->reads, path);
}

bool inputs_wrote(const struct inputs_last *last, const char *name, struct digest digest)
{
    const struct digest *wrote = table_get(&last->wrote, name);
    return wrote && digest_equal(*wrote, digest);
}

/* ---- the record ---- */

static void lines_check(struct arena *arena, const struct options *options, struct strbuf *text,
                        struct inputs_last *last)
{
    struct check check = {arena, options, inputs_base(options)};
    const char *end = text->text + text->length;
    bool is_current = true;
    char *at = text->text;
    while (!inputs_behind(at, "depfile ")) {
        char *stop = strchr(at, '\n');
        if (!stop) return;
        *stop = '\0';
        enum verdict verdict = line_check(&check, at);
        if (verdict == USELESS) return;
        if (verdict == CHANGED && inputs_behind(at, "read ")) *at = '\0';
        is_current &= verdict == STILL_SO;
        at = stop + 1;
    }
    if (!is_current) {
        take_lines(arena, last, text->text, at);
        return;
    }
    last->depfile = take_block(arena, &at, end, "depfile ");
    last->said = take_block(arena, &at, end, "said ");
    last->is_current = last->depfile && last->said && at == end;
}

static int record_open(struct arena *arena, const struct options *options)
{
    return open(arena_printf(arena, "%s/%s", options->output, inputs_name(arena, options)),
                O_RDONLY | O_CLOEXEC);
}

void inputs_check(struct arena *arena, const struct options *options, struct inputs_last *ret_last)
{
    struct strbuf lines = {0};
    struct stat about;
    *ret_last = (struct inputs_last){.fd = record_open(arena, options)};
    if (ret_last->fd < 0 || fstat(ret_last->fd, &about) != 0) return;
    if (inputs_read_lines(&lines, ret_last->fd, &ret_last->parts_begin)) {
        ret_last->parts_length = (size_t)about.st_size - ret_last->parts_begin;
        lines_check(arena, options, &lines, ret_last);
    }
    strbuf_fini(&lines);
}

void inputs_last_fini(struct inputs_last *last)
{
    if (last->fd >= 0) (void)close(last->fd); /* only read from */
    table_fini(&last->reads);
    table_fini(&last->kept);
    table_fini(&last->wrote);
    free(last->starts);
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
    struct strbuf lines = {0};
    size_t end;
    const char *tool = protoc ? inputs_tool(arena, protoc) : NULL;
    int fd = record_open(arena, options);
    bool is_so = fd >= 0 && inputs_read_lines(&lines, fd, &end) && tool &&
                 has_line(lines.text, tool) &&
                 has_written(lines.text, arena_printf(arena, "%s.proto", options->name),
                             digest_of(proto, length));
    for (size_t i = 0; i < sizeof ends / sizeof *ends && is_so; i++) {
        const char *name = arena_printf(arena, "%s%s", options->name, ends[i]);
        struct digest now;
        is_so = digest_file(arena_printf(arena, "%s/%s", options->output, name), &now) &&
                has_written(lines.text, name, now);
    }
    if (fd >= 0) (void)close(fd); /* only read from */
    strbuf_fini(&lines);
    return is_so;
}
