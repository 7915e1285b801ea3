/* SPDX-License-Identifier: MIT */
/* One line for each thing, and a digest of all lines in the first: what is torn, edited or foreign
 * is as good as nothing.
 *
 *     jobgen-inputs DIGEST
 *     key DIGEST                    jobgen itself, the words given, where, the environment
 *     tool SIZE TIME INODE PATH     libclang, protoc-c
 *     read DIGEST PATH
 *     none PATH                     looked for, and not there
 *     some PATH                     asked for, and there
 *     wrote DIGEST NAME
 *     alone DIGEST PATH             what a source does to the output, if no other one includes it
 *     text PATH                     a source or header that was looked through
 *     job NAME PATH                 and the file of its tag
 *     depfile LENGTH                that many bytes follow
 *     said LENGTH                   likewise
 *
 * What changes while a run reads it must not be taken for what was read: digests are of the bytes
 * that the parser had, and a file that came into the search path meanwhile spoils the record. */
#include "inputs.h"

#include "arena.h"
#include "search.h"
#include "strbuf.h"
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char title[] = "jobgen-inputs";

/* What clang, protoc-c or the loader read from the environment, and how complaints look. */
static const char *const variables[] = {
    "CPATH",         "C_INCLUDE_PATH",       "SDKROOT",      "SOURCE_DATE_EPOCH", "PATH",
    "COMPILER_PATH", "GCC_EXEC_PREFIX",      "LIBRARY_PATH", "JOBGEN_LIBCLANG",   "LD_LIBRARY_PATH",
    "CCC_ADD_ARGS",  "CCC_OVERRIDE_OPTIONS", "NO_COLOR",
};

struct looked {
    const struct compiler_flags *flags;
    const char *from, *name, *found;
};

struct inputs {
    struct arena *arena;
    const struct options *options;
    struct timespec begin;
    struct table reads;  /* path: struct digest */
    struct table looks;  /* struct looked */
    struct table states; /* path: "none" or "some" */
    struct table system; /* folders that headers were found in beyond those of the flags */
    struct strbuf lines; /* tools, what was written, sources, jobs */
    bool is_given_up;
};

const char *inputs_name(struct arena *arena, const struct options *options)
{
    return arena_printf(arena, ".%s.inputs", options->name);
}

/* ---- lines ---- */

static void put_digest(struct strbuf *out, const char *kind, struct digest digest, const char *name)
{
    strbuf_printf(out, "%s %016" PRIx64 "%016" PRIx64 "%s%s\n", kind, digest.high, digest.low,
                  *name ? " " : "", name);
}

/* ` SIZE TIME INODE PATH` */
static const char *print_tool(struct arena *arena, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) return NULL;
    return arena_printf(arena, "tool %jd %jd.%09ld %ju %s\n", (intmax_t)about.st_size,
                        (intmax_t)about.st_mtim.tv_sec, about.st_mtim.tv_nsec,
                        (uintmax_t)about.st_ino, path);
}

/* ---- the key ---- */

/* How many threads there are, and whether files are only compared, changes nothing. */
static bool is_beside(const char *const *words, size_t at)
{
    return strncmp(words[at], "-j", 2) == 0 || strcmp(words[at], "--check") == 0 ||
           (at && strcmp(words[at - 1], "-j") == 0);
}

static struct digest key_of(const struct options *options)
{
    struct strbuf text = {0};
    struct digest program = {0};
    char *here = getcwd(NULL, 0);
    (void)digest_file("/proc/self/exe", &program); /* then it is not told apart from others */
    put_digest(&text, JOBGEN_VERSION, program, here ? here : "");
    free(here);
    bool is_ours = true;
    for (size_t i = 1; i < options->word_count; i++) {
        is_ours &= strcmp(options->words[i], "--") != 0;
        if (is_ours && is_beside(options->words, i)) continue;
        strbuf_add_bytes(&text, options->words[i], strlen(options->words[i]) + 1);
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        strbuf_printf(&text, "\n%s%c%s", variables[i], value ? '=' : ' ', value ? value : "");
    }
    strbuf_add_char(&text, isatty(STDERR_FILENO) ? 'c' : 'p');
    struct digest key = digest_of(text.text, text.length);
    strbuf_fini(&text);
    return key;
}

/* ---- whether it still holds ---- */

static bool take_digest(const char **at, struct digest *ret_digest)
{
    char *end;
    char half[17] = {0};
    if (strlen(*at) < 32) return false;
    memcpy(half, *at, 16);
    ret_digest->high = strtoull(half, &end, 16);
    if (*end) return false;
    memcpy(half, *at + 16, 16);
    ret_digest->low = strtoull(half, &end, 16);
    *at += 32;
    return !*end;
}

static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);
    return strncmp(line, word, length) == 0 ? line + length : NULL;
}

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
    if ((at = behind(line, "key ")))
        return take_digest(&at, &digest) && digest_equal(digest, key_of(options));
    if ((at = behind(line, "read ")))
        return take_digest(&at, &digest) && *at && has_digest(at + 1, digest);
    if ((at = behind(line, "wrote ")))
        return take_digest(&at, &digest) && *at &&
               has_digest(arena_printf(arena, "%s/%s", options->output, at + 1), digest);
    if ((at = behind(line, "none "))) return access(at, F_OK) != 0;
    if ((at = behind(line, "some "))) return access(at, F_OK) == 0;
    if (behind(line, "alone ") || behind(line, "text ") || behind(line, "job ")) return true;
    if (behind(line, "tool ")) {
        const char *path = line;
        for (int i = 0; i < 4; i++)
            path += strcspn(path, " ") + 1;
        const char *now = print_tool(arena, path);
        return now && strncmp(now, line, strlen(line)) == 0 && now[strlen(line)] == '\n';
    }
    return false;
}

/* `depfile LENGTH` and that many bytes; moves behind them. */
static const char *take_block(struct arena *arena, char **at, const char *end, const char *word)
{
    const char *number = behind(*at, word);
    char *begin;
    if (!number) return NULL;
    unsigned long length = strtoul(number, &begin, 10);
    if (*begin++ != '\n' || length > (size_t)(end - begin)) return NULL;
    *at = begin + length;
    return arena_strndup(arena, begin, length);
}

/* The record as it was written, without its first line; NULL: it is not. */
static char *whole_record(const struct strbuf *text)
{
    struct digest digest;
    const char *head = text->text ? behind(text->text, title) : NULL;
    if (!head || *head++ != ' ' || !take_digest(&head, &digest) || *head++ != '\n') return NULL;
    size_t before = (size_t)(head - text->text);
    bool is_whole = digest_equal(digest, digest_of(head, text->length - before));
    return is_whole ? text->text + before : NULL;
}

const char *const *inputs_lines(struct arena *arena, const char *record, const char *kind,
                                size_t *ret_count)
{
    size_t count = 0, room = 1;
    for (const char *at = record; (at = strchr(at, '\n')); at++)
        room++;
    const char **lines = arena_alloc(arena, room * sizeof *lines);
    for (const char *at = record, *text; at && !behind(at, "depfile ");) {
        size_t length = strcspn(at, "\n");
        if ((text = behind(at, kind)))
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
            if (take_digest(&at, &effect) && *at && strcmp(at + 1, change->path) == 0)
                change->effect = effect;
        }
}

static bool is_text_true(struct arena *arena, const struct options *options, struct strbuf *text,
                         struct inputs_last *ret_last)
{
    const char *end = text->text + text->length;
    char *at = whole_record(text);
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
            if (!behind(at, "read ") || strlen(at) < strlen("read ") + 32 + 2) return false;
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
    put_digest(&line, "wrote", digest, name);
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
    const char *tool = protoc ? print_tool(arena, protoc) : NULL;
    const char *record = strbuf_read_file(&text, path) == 0 ? whole_record(&text) : NULL;
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

/* ---- the record ---- */

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

void inputs_add_effect(struct inputs *inputs, const char *path, struct digest effect)
{
    put_digest(&inputs->lines, "alone", effect, path);
}

void inputs_add_text(struct inputs *inputs, const char *path)
{
    strbuf_printf(&inputs->lines, "text %s\n", path);
}

void inputs_add_job(struct inputs *inputs, const char *name, const char *file)
{
    strbuf_printf(&inputs->lines, "job %s %s\n", name, file);
}

void inputs_add_written(struct inputs *inputs, const char *name, const void *text, size_t length)
{
    put_digest(&inputs->lines, "wrote", digest_of(text, length), name);
}

void inputs_add_tool(struct inputs *inputs, const char *path)
{
    const char *line = path ? print_tool(inputs->arena, path) : NULL;
    if (line)
        strbuf_add(&inputs->lines, line);
    else
        inputs_give_up(inputs);
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
    const char *end = behind(path_base(path), inputs->options->name);
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

/* ---- where a file was looked for ---- */

static const char *plain(const char *path)
{
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    return path;
}

static bool is_younger(const struct inputs *inputs, const struct stat *about)
{
    if (about->st_ctim.tv_sec != inputs->begin.tv_sec)
        return about->st_ctim.tv_sec > inputs->begin.tv_sec;
    return about->st_ctim.tv_nsec >= inputs->begin.tv_nsec;
}

static bool is_output(const struct inputs *inputs, const struct stat *about, const char *path)
{
    struct stat output;
    const char *ours =
        arena_printf(inputs->arena, "%s/%s", inputs->options->output, path_base(path));
    return stat(ours, &output) == 0 && output.st_ino == about->st_ino &&
           output.st_dev == about->st_dev;
}

/* False: it is what was found, so nothing behind it was asked. */
static bool look(struct inputs *inputs, const struct looked *looked, const char *folder,
                 const char *between)
{
    const char *path = arena_printf(inputs->arena, "%s%s%s", folder, between, looked->name);
    if (looked->found && strcmp(plain(path), plain(looked->found)) == 0) return false;
    struct table_row *row = table_at(&inputs->states, path);
    if (row->value) return true;
    struct stat about;
    bool is_there = stat(path, &about) == 0;
    if (is_there && is_younger(inputs, &about) && !is_output(inputs, &about, path))
        inputs_give_up(inputs);
    row->value = is_there ? (looked->found ? "" : "some") : "none";
    return true;
}

static bool look_in_list(struct inputs *inputs, const struct looked *looked, const char *variable)
{
    const char *list = getenv(variable);
    for (size_t length; list && *list; list += length + (list[length] == ':')) {
        length = strcspn(list, ":");
        const char *folder = length ? arena_strndup(inputs->arena, list, length) : ".";
        if (!look(inputs, looked, folder, "/")) return false;
    }
    return true;
}

static bool look_in_flags(struct inputs *inputs, const struct looked *looked, enum search_kind kind)
{
    size_t count;
    const struct search_folder *folders = search_folders(inputs->arena, looked->flags, &count);
    for (size_t i = 0; i < count; i++)
        if (folders[i].kind == kind && !look(inputs, looked, folders[i].path, "/")) return false;
    return true;
}

/* The order among these is the compiler's own. */
static void look_in_system(struct inputs *inputs, const struct looked *looked)
{
    for (size_t i = 0; i < inputs->system.capacity; i++)
        if (inputs->system.rows[i].key) (void)look(inputs, looked, inputs->system.rows[i].key, "/");
}

static void look_everywhere(struct inputs *inputs, const struct looked *looked)
{
    if (looked->name[0] == '/') {
        (void)look(inputs, looked, "", "");
        return;
    }
    if (!look(inputs, looked, path_folder(inputs->arena, looked->from), "")) return;
    if (!look_in_flags(inputs, looked, SEARCH_QUOTE) ||
        !look_in_flags(inputs, looked, SEARCH_PLAIN) || !look_in_list(inputs, looked, "CPATH") ||
        !look_in_flags(inputs, looked, SEARCH_SYSTEM) ||
        !look_in_list(inputs, looked, "C_INCLUDE_PATH"))
        return;
    look_in_system(inputs, looked);
    (void)look_in_flags(inputs, looked, SEARCH_AFTER);
}

/* Folders that may come to have what none has yet. */
static void add_usual_folders(struct inputs *inputs, const struct compiler_flags *flags)
{
    static const char *const options[] = {"--sysroot=", "--sysroot", "-isysroot"};
    (void)table_at(&inputs->system, "/usr/local/include");
    for (size_t i = 0; i < flags->count; i++) {
        const char *root = NULL;
        for (size_t k = 0; k < sizeof options / sizeof *options && !root; k++)
            root = flag_value(flags, &i, options[k]);
        if (!root) continue;
        (void)table_at(&inputs->system, arena_printf(inputs->arena, "%s/usr/local/include", root));
        (void)table_at(&inputs->system, arena_printf(inputs->arena, "%s/usr/include", root));
    }
}

/* ---- printing ---- */

static void put_record(struct strbuf *out, const struct strbuf *lines)
{
    put_digest(out, title, digest_of(lines->text, lines->length), "");
    strbuf_add_bytes(out, lines->text, lines->length);
}

/* The index of the change that the line is about; all of them: none. */
static size_t change_find(const struct inputs_last *last, const char *line, size_t length)
{
    size_t i = 0;
    for (const char *at = behind(line, "read "); at && i < last->change_count; i++) {
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
    while (!behind(at, "depfile ")) {
        size_t length = strcspn(at, "\n"), change = change_find(last, at, length);
        if (change < last->change_count)
            put_digest(&lines, "read", digests[change], last->changes[change].path);
        else
            strbuf_add_bytes(&lines, at, length + 1);
        at += length + 1;
    }
    strbuf_add(&lines, at);
    put_record(out, &lines);
    strbuf_fini(&lines);
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
    put_digest(out, "key", key_of(inputs->options), "");
    strbuf_add(out, inputs->lines.text ? inputs->lines.text : "");
    rows_sort(&inputs->reads);
    for (size_t i = 0; i < inputs->reads.count; i++)
        put_digest(out, "read", *(struct digest *)inputs->reads.rows[i].value,
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

bool inputs_print(struct inputs *inputs, const struct inputs_last *last, struct strbuf *out)
{
    for (size_t i = 0; i < inputs->looks.capacity; i++)
        if (inputs->looks.rows[i].key) {
            const struct looked *looked = inputs->looks.rows[i].value;
            if (!flags_are_followed(looked->flags)) inputs_give_up(inputs);
            add_usual_folders(inputs, looked->flags);
        }
    for (size_t i = 0; i < inputs->looks.capacity && !inputs->is_given_up; i++)
        if (inputs->looks.rows[i].key) look_everywhere(inputs, inputs->looks.rows[i].value);
    if (inputs->is_given_up || has_odd_path(&inputs->reads) || has_odd_path(&inputs->states))
        return false;
    struct strbuf lines = {0};
    put_lines(inputs, &lines);
    strbuf_printf(&lines, "depfile %zu\n%s", strlen(last->depfile), last->depfile);
    strbuf_printf(&lines, "said %zu\n%s", strlen(last->said), last->said);
    put_record(out, &lines);
    strbuf_fini(&lines);
    return true;
}
