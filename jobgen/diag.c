/* SPDX-License-Identifier: MIT */
/* Complaints as they come, with their notes behind them; sorted when they are asked for. */
#include "diag.h"

#include "arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* One complaint, or one note, as it was added. */
struct added {
    struct complaint complaint;
    size_t notes_begin, order;
};

struct added_list {
    struct added *items;
    size_t count, capacity;
};

struct diag_list {
    struct arena *arena;
    struct added_list complaints, notes;
    struct check_choices choices;
    bool has_errors, has_clang_errors;
    bool is_last_off; /* the complaint added last was: its notes go with it */
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
    free(list->complaints.items);
    free(list->notes.items);
    free(list);
}

static struct location location_copy(struct diag_list *list, struct location at)
{
    if (at.file) at.file = arena_strdup(list->arena, at.file);
    return at;
}

static struct added *add(struct added_list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = memory_grow(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->count] = (struct added){.order = list->count};
    return &list->items[list->count++];
}

static void add_complaint(struct diag_list *list, enum severity severity, struct location at,
                          enum check_name check, const char *format, va_list args)
{
    assert(check_info(check)->severity == severity);
    severity = check_severity(&list->choices, check);
    list->is_last_off = severity == SEVERITY_NOTE;
    if (list->is_last_off) return;
    struct added *added = add(&list->complaints);
    added->notes_begin = list->notes.count;
    added->complaint = (struct complaint){.severity = severity,
                                          .check = check,
                                          .at = location_copy(list, at),
                                          .text = arena_vprintf(list->arena, format, args)};
    list->has_errors |= severity == SEVERITY_ERROR;
    list->has_clang_errors |= check == CHECK_CLANG;
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

void diag_doubt(struct diag_list *list)
{
    if (list->is_last_off || !list->complaints.count) return;
    list->complaints.items[list->complaints.count - 1].complaint.is_doubtful = true;
}

static struct fix fix_new(struct diag_list *list, enum fix_kind kind, struct location at,
                          const char *text)
{
    return (struct fix){kind, location_copy(list, at), arena_strdup(list->arena, text)};
}

void diag_fixit(struct diag_list *list, struct location at, const char *text)
{
    if (list->is_last_off || !list->complaints.count) return;
    struct complaint *last = &list->complaints.items[list->complaints.count - 1].complaint;
    last->fix = fix_new(list, FIX_REPLACE, at, text);
}

static void add_note(struct diag_list *list, struct location at, enum fix_kind kind,
                     const char *fixit, const char *format, va_list args)
{
    if (list->is_last_off || !list->complaints.count) return;
    struct complaint *last = &list->complaints.items[list->complaints.count - 1].complaint;
    struct complaint *note = &add(&list->notes)->complaint;
    *note = (struct complaint){.severity = SEVERITY_NOTE,
                               .check = last->check,
                               .at = location_copy(list, at),
                               .text = arena_vprintf(list->arena, format, args)};
    if (fixit) note->fix = fix_new(list, kind, at, fixit);
    last->note_count++;
}

void diag_note(struct diag_list *list, struct location at, const char *fixit, const char *format,
               ...)
{
    va_list args;
    va_start(args, format);
    add_note(list, at, FIX_REPLACE, fixit, format, args);
    va_end(args);
}

void diag_note_fix(struct diag_list *list, struct location at, enum fix_kind kind,
                   const char *fixit, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_note(list, at, kind, fixit, format, args);
    va_end(args);
}

static struct complaint complaint_copy(struct diag_list *list, const struct complaint *complaint)
{
    struct complaint copy = *complaint;
    copy.at = location_copy(list, copy.at);
    copy.text = arena_strdup(list->arena, copy.text);
    if (copy.fix.kind != FIX_NONE)
        copy.fix = fix_new(list, copy.fix.kind, copy.fix.at, copy.fix.text);
    return copy;
}

void diag_add(struct diag_list *list, const struct complaint *complaint)
{
    struct added *added = add(&list->complaints);
    added->notes_begin = list->notes.count;
    added->complaint = complaint_copy(list, complaint);
    for (size_t i = 0; i < complaint->note_count; i++)
        add(&list->notes)->complaint = complaint_copy(list, &complaint->notes[i]);
    list->has_errors |= complaint->severity == SEVERITY_ERROR;
    list->has_clang_errors |= complaint->check == CHECK_CLANG;
}

struct complaint diag_at(const struct diag_list *list, struct arena *arena, size_t index)
{
    const struct added *added = &list->complaints.items[index];
    struct complaint complaint = added->complaint;
    struct complaint *notes = arena_alloc(arena, complaint.note_count * sizeof *notes);
    for (size_t i = 0; i < complaint.note_count; i++)
        notes[i] = list->notes.items[added->notes_begin + i].complaint;
    complaint.notes = notes;
    return complaint;
}

void diag_append(struct diag_list *list, const struct diag_list *more)
{
    for (size_t i = 0; i < more->complaints.count; i++) {
        struct complaint complaint = diag_at(more, list->arena, i);
        diag_add(list, &complaint);
    }
}

bool diag_has_errors(const struct diag_list *list)
{
    return list->has_errors;
}

size_t diag_count(const struct diag_list *list)
{
    return list->complaints.count;
}

/* ---- in order ---- */

static int text_compare(const char *a, const char *b)
{
    return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int number_compare(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int place_compare(const struct location *a, const struct location *b)
{
    int by_file = text_compare(a->file, b->file);
    if (by_file) return by_file;
    return a->line != b->line ? number_compare(a->line, b->line)
                              : number_compare(a->column, b->column);
}

static int added_compare(const void *left, const void *right)
{
    const struct added *a = left, *b = right;
    int by_place = place_compare(&a->complaint.at, &b->complaint.at);
    return by_place ? by_place : number_compare(a->order, b->order);
}

/* The same complaint twice (a header seen from two sources) is told once. */
static bool is_repeated(const struct complaint *sorted, size_t count,
                        const struct complaint *complaint)
{
    while (count-- && place_compare(&sorted[count].at, &complaint->at) == 0)
        if (sorted[count].check == complaint->check &&
            strcmp(sorted[count].text, complaint->text) == 0)
            return true;
    return false;
}

static bool has_clang_error_in(const struct diag_list *list, const char *file)
{
    for (size_t i = 0; i < list->complaints.count; i++) {
        const struct complaint *at = &list->complaints.items[i].complaint;
        if (at->check == CHECK_CLANG && text_compare(at->at.file, file) == 0) return true;
    }
    return false;
}

/* What clang does not know is incomplete or an int to us, braces that do not balance hide
 * functions, and a broken header cannot be included; its own words say it better. */
static bool is_consequence(const struct diag_list *list, const struct complaint *complaint)
{
    if (!list->has_clang_errors) return false;
    return complaint->check == CHECK_DECLARATION || complaint->check == CHECK_OPAQUE_RECORD ||
           complaint->check == CHECK_TAGLESS_HEADER ||
           (complaint->is_doubtful && has_clang_error_in(list, complaint->at.file));
}

const struct complaint *diag_sorted(struct diag_list *list, size_t *ret_count)
{
    size_t count = list->complaints.count, kept = 0;
    struct complaint *sorted = arena_alloc(list->arena, count * sizeof *sorted);
    struct complaint *notes = arena_alloc(list->arena, list->notes.count * sizeof *notes);
    struct added *order = memory_grow(NULL, count * sizeof *order);
    for (size_t i = 0; i < list->notes.count; i++)
        notes[i] = list->notes.items[i].complaint;
    if (count) memcpy(order, list->complaints.items, count * sizeof *order);
    qsort(order, count, sizeof *order, added_compare);
    for (size_t i = 0; i < count; i++) {
        struct complaint *complaint = &order[i].complaint;
        if (is_consequence(list, complaint)) continue;
        if (is_repeated(sorted, kept, complaint)) continue;
        complaint->notes = notes + order[i].notes_begin;
        sorted[kept++] = *complaint;
    }
    free(order);
    *ret_count = kept;
    return sorted;
}
