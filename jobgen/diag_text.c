/* SPDX-License-Identifier: MIT */
/* Columns are bytes in complaints and characters on the screen: tabs are expanded, wide characters
 * count twice, and what cannot be shown stands as <1B>. */
#include "diag_text.h"

#include "shown_line.h"
#include "utf8.h"

#include <string.h>

enum { TAB_STOP = 8 };

struct printer {
    FILE *stream;
    bool is_coloured;
    struct shown_file file;
};

/* How wide what stands at `at` is if it starts at `column`, and its bytes. */
static size_t piece_width(const char *line, size_t length, size_t at, size_t column,
                          size_t *ret_bytes)
{
    *ret_bytes = 1;
    if (line[at] == '\t') return TAB_STOP - column % TAB_STOP;
    int width = utf8_width(utf8_next(line + at, length - at, ret_bytes));
    return width < 0 ? *ret_bytes * 4 : (size_t)width;
}

/* The screen's column of a byte of the line. */
static size_t column_of(const char *line, size_t length, size_t byte)
{
    size_t column = 0;
    for (size_t at = 0, bytes; at < byte && at < length; at += bytes)
        column += piece_width(line, length, at, column, &bytes);
    return column;
}

static void print_line(FILE *stream, const char *line, size_t length)
{
    size_t column = 0;
    for (size_t at = 0, bytes; at < length; at += bytes) {
        size_t width = piece_width(line, length, at, column, &bytes);
        if (line[at] == '\t')
            (void)fprintf(stream, "%*s", (int)width, "");
        else if (width == bytes * 4)
            for (size_t i = 0; i < bytes; i++)
                (void)fprintf(stream, "<%02X>", (unsigned char)line[at + i]);
        else
            (void)fwrite(line + at, 1, bytes, stream);
        column += width;
    }
    (void)fputc('\n', stream);
}

static void print_fix(const struct printer *printer, const struct complaint *shown,
                      const char *line, size_t length)
{
    const struct fix *fix = &shown->fix;
    bool is_here = shown->at.line == fix->at.line && strcmp(shown->at.file, fix->at.file) == 0;
    if (fix->kind == FIX_NONE || !is_here || !fix->at.column || !*fix->text ||
        strchr(fix->text, '\n'))
        return;
    (void)fprintf(printer->stream, "%*s%s%s%s\n", (int)column_of(line, length, fix->at.column - 1),
                  "", printer->is_coloured ? "\33[0;32m" : "", fix->text,
                  printer->is_coloured ? "\33[0m" : "");
}

static void print_source(struct printer *printer, const struct complaint *shown)
{
    size_t length = 0;
    const char *line = shown_line_find(&printer->file, shown->at, &length);
    if (!line || !shown->at.column) return;
    print_line(printer->stream, line, length);
    size_t begin = shown->at.column - 1, end = begin + shown->at.length;
    if (begin > length) begin = length;
    if (end > length) end = length;
    size_t indent = column_of(line, length, begin);
    size_t width = end > begin ? column_of(line, length, end) - indent : 1;
    (void)fprintf(printer->stream, "%*s%s^", (int)indent, "",
                  printer->is_coloured ? "\33[0;1;32m" : "");
    for (size_t i = 1; i < width; i++)
        (void)fputc('~', printer->stream);
    (void)fputs(printer->is_coloured ? "\33[0m\n" : "\n", printer->stream);
    print_fix(printer, shown, line, length);
}

static void print_place(FILE *stream, struct location at)
{
    if (!at.file)
        (void)fputs("jobgen: ", stream);
    else if (!at.line)
        (void)fprintf(stream, "%s: ", at.file);
    else
        (void)fprintf(stream, "%s:%u:%u: ", at.file, at.line, at.column);
}

static void print_one(struct printer *printer, const struct complaint *shown)
{
    static const char *const words[] = {"note", "warning", "error"};
    static const char *const colours[] = {"\33[0;1;30m", "\33[0;1;35m", "\33[0;1;31m"};
    bool is_note = shown->severity == SEVERITY_NOTE, is_coloured = printer->is_coloured;
    (void)fputs(is_coloured ? "\33[1m" : "", printer->stream);
    print_place(printer->stream, shown->at);
    if (is_coloured)
        (void)fprintf(printer->stream, "%s%s: \33[0m%s%s", colours[shown->severity],
                      words[shown->severity], is_note ? "" : "\33[1m", shown->text);
    else
        (void)fprintf(printer->stream, "%s: %s", words[shown->severity], shown->text);
    if (!is_note) (void)fprintf(printer->stream, " [%s]", check_info(shown->check)->name);
    (void)fputs(is_coloured ? "\33[0m\n" : "\n", printer->stream);
    print_source(printer, shown);
}

/* "1 warning and 2 errors generated." */
static void print_counts(FILE *stream, size_t warnings, size_t errors)
{
    if (warnings) (void)fprintf(stream, "%zu warning%s", warnings, warnings == 1 ? "" : "s");
    if (warnings && errors) (void)fputs(" and ", stream);
    if (errors) (void)fprintf(stream, "%zu error%s", errors, errors == 1 ? "" : "s");
    if (warnings || errors) (void)fputs(" generated.\n", stream);
}

void diag_print(struct diag_list *list, FILE *stream, bool is_coloured)
{
    struct printer printer = {.stream = stream, .is_coloured = is_coloured};
    size_t count, warnings = 0;
    const struct complaint *complaints = diag_sorted(list, &count);
    for (size_t i = 0; i < count; i++) {
        print_one(&printer, &complaints[i]);
        for (size_t n = 0; n < complaints[i].note_count; n++)
            print_one(&printer, &complaints[i].notes[n]);
        warnings += complaints[i].severity == SEVERITY_WARNING;
    }
    print_counts(stream, warnings, count - warnings);
    shown_file_fini(&printer.file);
}
