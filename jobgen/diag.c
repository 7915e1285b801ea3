/* SPDX-License-Identifier: MIT */
/* Complaints in clang's look: the line, the source, the caret, what to write, the notes. */
#include "diag.h"

#include "arena.h"
#include "strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAB_STOP = 8 };

struct complaint {
    enum severity severity;
    struct location at;
    const char *check; /* NULL: a note */
    const char *text, *fixit;
    size_t notes_begin, notes_end; /* of a complaint that is no note: its notes */
    size_t order;
};

struct diag_list {
    struct arena *arena;
    struct complaint *complaints, *notes;
    size_t count, capacity, note_count, note_capacity;
    struct check_choices choices;
    bool has_errors;
    bool is_last_off; /* the complaint added last was: its notes go with it */
};

/* The file whose lines were shown last. */
struct shown_file {
    const char *path;
    struct strbuf text;
};

struct diag_list *diag_new(const struct check_choices *choices)
{
    struct diag_list *list = memory_grow(NULL, sizeof *list);
    *list = (struct diag_list){.arena = arena_new()};
    if (choices) list->choices = *choices;
    return list;
}

void diag_free(struct diag_list *list)
{
    if (!list) return;
    arena_free(list->arena);
    free(list->complaints);
    free(list->notes);
    free(list);
}

static void add(struct complaint **list, size_t *count, size_t *capacity, struct complaint added)
{
    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 16;
        *list = memory_grow(*list, *capacity * sizeof **list);
    }
    added.order = *count;
    (*list)[(*count)++] = added;
}

static void add_complaint(struct diag_list *list, enum severity severity, struct location at,
                          enum check_name check, const char *format, va_list args)
{
    assert(check_info(check)->severity == severity);
    severity = check_severity(&list->choices, check);
    list->is_last_off = severity == SEVERITY_NOTE;
    if (list->is_last_off) return;
    struct complaint added = {.severity = severity,
                              .at = at,
                              .check = check_info(check)->name,
                              .text = arena_vprintf(list->arena, format, args),
                              .notes_begin = list->note_count,
                              .notes_end = list->note_count};
    if (at.file) added.at.file = arena_strdup(list->arena, at.file);
    add(&list->complaints, &list->count, &list->capacity, added);
    list->has_errors |= severity == SEVERITY_ERROR;
}

void diag_error(struct diag_list *list, struct location at, enum check_name check,
                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_complaint(list, SEVERITY_ERROR, at, check, format, args);
    va_end(args);
}

void diag_warning(struct diag_list *list, struct location at, enum check_name check,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_complaint(list, SEVERITY_WARNING, at, check, format, args);
    va_end(args);
}

void diag_note(struct diag_list *list, struct location at, const char *fixit, const char *format,
               ...)
{
    if (list->is_last_off) return;
    va_list args;
    va_start(args, format);
    struct complaint added = {.severity = SEVERITY_NOTE,
                              .at = at,
                              .fixit = fixit ? arena_strdup(list->arena, fixit) : NULL,
                              .text = arena_vprintf(list->arena, format, args)};
    va_end(args);
    if (at.file) added.at.file = arena_strdup(list->arena, at.file);
    add(&list->notes, &list->note_count, &list->note_capacity, added);
    if (list->count) list->complaints[list->count - 1].notes_end = list->note_count;
}

static int text_compare(const char *a, const char *b)
{
    return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static bool is_told(const struct diag_list *list, const struct complaint *complaint)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct complaint *other = &list->complaints[i];
        if (other->at.line == complaint->at.line && other->at.column == complaint->at.column &&
            other->check == complaint->check &&
            text_compare(other->at.file, complaint->at.file) == 0 &&
            strcmp(other->text, complaint->text) == 0)
            return true;
    }
    return false;
}

static struct complaint complaint_copy(struct arena *arena, const struct complaint *complaint)
{
    struct complaint copy = *complaint;
    copy.text = arena_strdup(arena, copy.text);
    if (copy.at.file) copy.at.file = arena_strdup(arena, copy.at.file);
    if (copy.fixit) copy.fixit = arena_strdup(arena, copy.fixit);
    return copy;
}

void diag_append(struct diag_list *list, const struct diag_list *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct complaint *complaint = &more->complaints[i];
        if (is_told(list, complaint)) continue;
        struct complaint copy = complaint_copy(list->arena, complaint);
        copy.notes_begin = list->note_count;
        for (size_t n = complaint->notes_begin; n < complaint->notes_end; n++)
            add(&list->notes, &list->note_count, &list->note_capacity,
                complaint_copy(list->arena, &more->notes[n]));
        copy.notes_end = list->note_count;
        add(&list->complaints, &list->count, &list->capacity, copy);
    }
    list->has_errors |= more->has_errors;
}

bool diag_has_errors(const struct diag_list *list)
{
    return list->has_errors;
}

size_t diag_count(const struct diag_list *list)
{
    return list->count;
}

static int place_compare(const struct complaint *a, const struct complaint *b)
{
    int by_file = text_compare(a->at.file, b->at.file);
    if (by_file) return by_file;
    if (a->at.line != b->at.line) return a->at.line < b->at.line ? -1 : 1;
    if (a->at.column != b->at.column) return a->at.column < b->at.column ? -1 : 1;
    return 0;
}

static int complaint_compare(const void *left, const void *right)
{
    const struct complaint *a = left, *b = right;
    int by_place = place_compare(a, b);
    return by_place ? by_place : a->order < b->order ? -1 : a->order > b->order;
}

static const char *line_find(const char *text, unsigned line)
{
    for (unsigned at = 1; at < line; at++) {
        text = strchr(text, '\n');
        if (!text) return NULL;
        text++;
    }
    return text;
}

static const char *line_of(struct shown_file *file, struct location at, size_t *ret_length)
{
    if (!at.file || !at.line) return NULL;
    if (!file->path || strcmp(file->path, at.file) != 0) {
        strbuf_fini(&file->text);
        file->path = at.file;
        if (strbuf_read_file(&file->text, at.file) != 0) strbuf_fini(&file->text);
    }
    const char *line = file->text.text ? line_find(file->text.text, at.line) : NULL;
    if (!line) return NULL;
    size_t length = strcspn(line, "\n");
    while (length && line[length - 1] == '\r')
        length--;
    *ret_length = length;
    return line;
}

static bool is_continuation_byte(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* How wide the first `bytes` of a line are on the screen, with tabs expanded. */
static size_t width_of(const char *line, size_t bytes)
{
    size_t width = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (line[i] == '\t')
            width += TAB_STOP - width % TAB_STOP;
        else if (!is_continuation_byte(line[i]))
            width++;
    }
    return width;
}

static void print_expanded(FILE *stream, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\t')
            (void)fprintf(stream, "%*s", (int)(TAB_STOP - width_of(line, i) % TAB_STOP), "");
        else
            (void)fputc(line[i], stream);
    }
    (void)fputc('\n', stream);
}

static void print_source(FILE *stream, struct shown_file *file, const struct complaint *shown,
                         bool is_coloured)
{
    size_t length = 0;
    const char *line = line_of(file, shown->at, &length);
    if (!line) return;
    print_expanded(stream, line, length);
    size_t column = shown->at.column ? shown->at.column - 1 : 0;
    if (column > length) column = length;
    size_t end = column + (shown->at.length ? shown->at.length : 1);
    if (end > length) end = length > column ? length : column + 1;
    size_t indent = width_of(line, column);
    size_t width = end > length ? 1 : width_of(line, end) - indent;
    (void)fprintf(stream, "%*s%s^", (int)indent, "", is_coloured ? "\33[0;1;32m" : "");
    for (size_t i = 1; i < width; i++)
        (void)fputc('~', stream);
    (void)fputs(is_coloured ? "\33[0m\n" : "\n", stream);
    if (shown->fixit)
        (void)fprintf(stream, "%*s%s%s%s\n", (int)indent, "", is_coloured ? "\33[0;32m" : "",
                      shown->fixit, is_coloured ? "\33[0m" : "");
}

static void print_one(FILE *stream, struct shown_file *file, const struct complaint *shown,
                      bool is_coloured)
{
    static const char *const word[] = {"note", "warning", "error"};
    static const char *const colour[] = {"\33[0;1;30m", "\33[0;1;35m", "\33[0;1;31m"};
    (void)fputs(is_coloured ? "\33[1m" : "", stream);
    if (!shown->at.file)
        (void)fputs("jobgen: ", stream);
    else if (!shown->at.line)
        (void)fprintf(stream, "%s: ", shown->at.file);
    else
        (void)fprintf(stream, "%s:%u:%u: ", shown->at.file, shown->at.line, shown->at.column);
    if (is_coloured)
        (void)fprintf(stream, "%s%s:\33[0m\33[1m %s", colour[shown->severity],
                      word[shown->severity], shown->text);
    else
        (void)fprintf(stream, "%s: %s", word[shown->severity], shown->text);
    if (shown->check) (void)fprintf(stream, " [%s]", shown->check);
    (void)fputs(is_coloured ? "\33[0m\n" : "\n", stream);
    print_source(stream, file, shown, is_coloured);
}

/* The same complaint twice (a header seen from two sources) is told once. */
static bool is_repeated(const struct complaint *a, const struct complaint *b)
{
    return place_compare(a, b) == 0 && text_compare(a->text, b->text) == 0 &&
           text_compare(a->check, b->check) == 0;
}

void diag_print(const struct diag_list *list, FILE *stream)
{
    bool is_coloured = isatty(fileno(stream)) && !getenv("NO_COLOR");
    struct shown_file file = {0};
    struct complaint *sorted = memory_grow(NULL, list->count * sizeof *sorted);
    if (list->count) memcpy(sorted, list->complaints, list->count * sizeof *sorted);
    qsort(sorted, list->count, sizeof *sorted, complaint_compare);
    for (size_t i = 0; i < list->count; i++) {
        if (i && is_repeated(&sorted[i - 1], &sorted[i])) continue;
        print_one(stream, &file, &sorted[i], is_coloured);
        for (size_t n = sorted[i].notes_begin; n < sorted[i].notes_end; n++)
            print_one(stream, &file, &list->notes[n], is_coloured);
    }
    free(sorted);
    strbuf_fini(&file.text);
}
