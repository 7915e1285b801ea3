/* SPDX-License-Identifier: MIT */
/* Complaints of a run: collected with place and check name, sorted, printed once. */
#ifndef JOBGEN_DIAG_H
#define JOBGEN_DIAG_H

#include "check_list.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diag_list;

/* A place in a source; line 0: no place within the file; file NULL: the command line. Columns are
 * bytes from 1. */
struct location {
    const char *file; /* as the user spelled it; lives as long as the model */
    unsigned line, column;
    unsigned length; /* bytes to underline; 0 and 1: a caret only */
};

/* What to write: instead of what is there; behind the tag that is there, as a directive of its own;
 * or as a pattern, in which names are still to be put. */
enum fix_kind { FIX_NONE, FIX_REPLACE, FIX_ADD, FIX_SKETCH };

struct fix {
    enum fix_kind kind;
    struct location at;
    const char *text;
};

/* A complaint or one of its notes. */
struct complaint {
    enum severity severity;
    enum check_name check; /* of a note: its complaint's */
    struct location at;
    const char *text;
    bool is_doubtful; /* to be told only if clang finds no error in that file */
    struct fix fix;
    const struct complaint *notes;
    size_t note_count;
};

/* `choices` (NULL: none) are copied. */
struct diag_list *diag_new(const struct check_choices *choices);
void diag_free(struct diag_list *list);

/* `check` must be listed with that severity; what the user chose may leave the complaint out, with
 * its notes, or change a warning into an error. */
void diag_error(struct diag_list *list, struct location at, enum check_name check,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_warning(struct diag_list *list, struct location at, enum check_name check,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The complaint added last follows from broken C, if clang finds an error in that file, which is
 * then told alone. */
void diag_doubt(struct diag_list *list);

/* What to write where the complaint added last is, or near it: `text` instead of `at`. */
void diag_fixit(struct diag_list *list, struct location at, const char *text);

/* Belongs to the complaint added last; `fixit` (may be NULL): what to write instead of `at`. */
void diag_note(struct diag_list *list, struct location at, const char *fixit, const char *format,
               ...) __attribute__((format(printf, 4, 5)));
/* The same with a fix of another kind. */
void diag_note_fix(struct diag_list *list, struct location at, enum fix_kind kind,
                   const char *fixit, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds the complaints of `more`. */
void diag_append(struct diag_list *list, const struct diag_list *more);

/* The complaint of that number, as it was added, with its notes in `arena`. */
struct complaint diag_at(const struct diag_list *list, struct arena *arena, size_t index);

/* Adds one that another list had. */
void diag_add(struct diag_list *list, const struct complaint *complaint);

bool diag_has_errors(const struct diag_list *list);

/* Errors and warnings so far: whether something complained between two moments. */
size_t diag_count(const struct diag_list *list);

/* All of them, sorted by place, each once, and without those that merely follow from an error of
 * clang's. They live as long as the list, and until the next complaint. */
const struct complaint *diag_sorted(struct diag_list *list, size_t *ret_count);

#endif
