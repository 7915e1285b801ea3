/* SPDX-License-Identifier: MIT */
/* What changes while a run reads it must not be taken for what was read: digests are of the bytes
 * that the parser had, and a file that came into the search path meanwhile spoils the record. */
#include "inputs.h"

#include "arena.h"
#include "inputs_line.h"
#include "inputs_state.h"
#include "search.h"

#include <stdlib.h>
#include <string.h>

const char *inputs_name(struct arena *arena, const struct options *options)
{
    return arena_printf(arena, ".%s.inputs", options->name);
}

struct inputs *inputs_new(struct arena *arena, const struct options *options)
{
    struct inputs *inputs = memory_grow(NULL, sizeof *inputs);
    *inputs = (struct inputs){.arena = arena, .options = options};
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &inputs->begin); /* the one of files */
    return inputs;
}

void inputs_free(struct inputs *inputs)
{
    if (!inputs) return;
    table_fini(&inputs->reads);
    table_fini(&inputs->looks);
    table_fini(&inputs->states);
    table_fini(&inputs->system);
    strbuf_fini(&inputs->lines);
    strbuf_fini(&inputs->parts);
    free(inputs->starts);
    free(inputs);
}

void inputs_give_up(struct inputs *inputs)
{
    inputs->is_given_up = true;
}

void inputs_add_read(struct inputs *inputs, const char *path, struct digest digest)
{
    struct table_row *row = table_at(&inputs->reads, path);
    if (!row->value) {
        struct digest *kept = row->value = arena_alloc(inputs->arena, sizeof *kept);
        row->key = arena_strdup(inputs->arena, path);
        *kept = digest;
    }
    /* It changed between two readings. */
    if (!digest_equal(*(struct digest *)row->value, digest)) inputs_give_up(inputs);
}

void inputs_add_kept(struct inputs *inputs, const char *path, struct digest flags, size_t start,
                     const char *bytes, size_t length)
{
    if (strchr(path, '\n')) return;
    inputs_put_digest(&inputs->lines, "kept", digest_of(bytes, length), "");
    inputs->lines.text[--inputs->lines.length] = '\0'; /* the line goes on */
    inputs_put_digest(
        &inputs->lines, "", flags,
        arena_printf(inputs->arena, "%zu %zu %zu %s", start, inputs->parts.length, length, path));
    strbuf_add_bytes(&inputs->parts, bytes, length);
}

size_t inputs_add_start(struct inputs *inputs, const char *bytes, size_t length)
{
    struct digest digest = digest_of(bytes, length);
    for (size_t i = 0; i < inputs->start_count; i++)
        if (digest_equal(inputs->starts[i], digest)) return i + 1;
    size_t number = ++inputs->start_count;
    inputs->starts = memory_grow(inputs->starts, number * sizeof *inputs->starts);
    inputs->starts[number - 1] = digest;
    inputs_put_digest(&inputs->lines, "start", digest,
                      arena_printf(inputs->arena, "%zu %zu", inputs->parts.length, length));
    strbuf_add_bytes(&inputs->parts, bytes, length);
    return number;
}

void inputs_add_written(struct inputs *inputs, const char *name, const void *text, size_t length)
{
    inputs_put_digest(&inputs->lines, "wrote", digest_of(text, length), name);
}

void inputs_add_tool(struct inputs *inputs, const char *path)
{
    const char *line = path ? inputs_tool(inputs->arena, path) : NULL;
    if (line)
        strbuf_add(&inputs->lines, line);
    else
        inputs_give_up(inputs);
}

void inputs_add_tools(struct inputs *inputs, const struct inputs_last *last, const char *but)
{
    const char *known = but ? inputs_tool(inputs->arena, but) : NULL;
    for (const char *at = last->tools; at && *at;) {
        size_t length = strcspn(at, "\n") + 1;
        if (!known || strncmp(at, known, length) != 0) strbuf_add_bytes(&inputs->lines, at, length);
        at += length;
    }
}

/* The folder in which `name` was found, if it is none of the flags'. */
static void note_system(struct inputs *inputs, const char *name, const char *found)
{
    size_t length = strlen(name), whole = strlen(found);
    if (whole <= length + 1 || found[0] != '/' || strcmp(found + whole - length, name) != 0) return;
    const char *folder = arena_strndup(inputs->arena, found, whole - length - 1);
    (void)table_at(&inputs->system, folder);
}

/* It is put before the parser wherever it is looked for. */
static bool is_generated(const struct inputs *inputs, const char *path)
{
    const char *end = inputs_behind(path_base(path), inputs->options->name);
    return end && strcmp(end, ".h") == 0;
}

void inputs_add_lookup(struct inputs *inputs, const struct compiler_flags *flags, const char *from,
                       const char *name, const char *found)
{
    const char *key = arena_printf(inputs->arena, "%p %s\n%s", (const void *)flags, from, name);
    struct table_row *row = table_at(&inputs->looks, key);
    if (row->value) return;
    struct looked *looked = row->value = arena_alloc(inputs->arena, sizeof *looked);
    *looked = (struct looked){flags, from, name, found};
    if (found && !is_generated(inputs, found)) note_system(inputs, name, found);
}

static int row_compare(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    if (!a->key || !b->key) return !a->key - !b->key;
    return strcmp(a->key, b->key);
}

/* Sorts the rows, after which the table is only a list. */
static void rows_sort(struct table *table)
{
    if (table->count) qsort(table->rows, table->capacity, sizeof *table->rows, row_compare);
}

static void put_lines(struct inputs *inputs, struct strbuf *out)
{
    struct digest base = inputs_base(inputs->options);
    inputs_put_digest(out, "base", base, "");
    inputs_put_digest(out, "key", inputs_key(inputs->options, base), "");
    strbuf_add(out, inputs->lines.text ? inputs->lines.text : "");
    rows_sort(&inputs->reads);
    for (size_t i = 0; i < inputs->reads.count; i++)
        inputs_put_digest(out, "read", *(struct digest *)inputs->reads.rows[i].value,
                          inputs->reads.rows[i].key);
    rows_sort(&inputs->states);
    for (size_t i = 0; i < inputs->states.count; i++) {
        const char *state = inputs->states.rows[i].value;
        if (*state) strbuf_printf(out, "%s %s\n", state, inputs->states.rows[i].key);
    }
}

/* A line's end in a path would be taken for the line's. */
static bool has_odd_path(const struct table *table)
{
    for (size_t i = 0; i < table->capacity; i++)
        if (table->rows[i].key && strchr(table->rows[i].key, '\n')) return true;
    return false;
}

bool inputs_print(struct inputs *inputs, const char *depfile, const char *said, struct strbuf *out)
{
    for (size_t i = 0; i < inputs->looks.capacity; i++)
        if (inputs->looks.rows[i].key) {
            const struct looked *looked = inputs->looks.rows[i].value;
            if (!flags_are_followed(looked->flags)) inputs_give_up(inputs);
            inputs_add_usual_folders(inputs, looked->flags);
        }
    for (size_t i = 0; i < inputs->looks.capacity && !inputs->is_given_up; i++)
        if (inputs->looks.rows[i].key) inputs_look(inputs, inputs->looks.rows[i].value);
    if (inputs->is_given_up || has_odd_path(&inputs->reads) || has_odd_path(&inputs->states))
        return false;
    struct strbuf lines = {0};
    put_lines(inputs, &lines);
    strbuf_printf(&lines, "depfile %zu\n%s", strlen(depfile), depfile);
    strbuf_printf(&lines, "said %zu\n%s", strlen(said), said);
    inputs_put_record(out, &lines);
    strbuf_add_bytes(out, inputs->parts.text, inputs->parts.length);
    strbuf_fini(&lines);
    return true;
}
