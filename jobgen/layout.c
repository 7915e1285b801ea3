/* SPDX-License-Identifier: MIT */
/* A line that is too long is broken where the formatter of this project would break it: a list of
 * designated initialisers at each comma, `if (x) return y;` before its body, an assignment behind
 * its =, and else at the last comma of the outermost bracket that fits. */
#include "layout.h"

#include "strbuf.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 100, INDENT = 4, DEPTH_MOST = 32 };

/* The brackets that are open, with the column behind each. */
struct brackets {
    size_t columns[DEPTH_MOST], depth;
};

struct line {
    const char *text;
    size_t length;
    size_t column;            /* where the text begins */
    struct brackets brackets; /* open there */
};

static bool fits(const struct line *line)
{
    return line->column + line->length <= COLUMNS;
}

static void put(struct strbuf *out, const char *text, size_t length, size_t column)
{
    while (length && text[length - 1] == ' ')
        length--;
    for (size_t i = 0; length && i < column; i++)
        strbuf_add_char(out, ' ');
    strbuf_add_bytes(out, text, length);
    strbuf_add_char(out, '\n');
}

/* Goes over one character, or one literal; the offset behind it comes back. */
static size_t step(const struct line *line, size_t at, struct brackets *brackets)
{
    char c = line->text[at];
    if (c == '"' || c == '\'') {
        for (at++; at < line->length && line->text[at] != c; at++)
            at += line->text[at] == '\\';
    } else if (strchr("([{", c) && brackets->depth + 1 < DEPTH_MOST) {
        brackets->columns[++brackets->depth] = line->column + at + 1;
    } else if (strchr(")]}", c) && brackets->depth) {
        brackets->depth--;
    }
    return at + 1;
}

/* Puts the beginning of the line; what is left begins at `column`. */
static void put_head(struct strbuf *out, struct line *line, size_t length, size_t column)
{
    for (size_t i = 0; i < length;)
        i = step(line, i, &line->brackets);
    put(out, line->text, length, line->column);
    while (length < line->length && line->text[length] == ' ')
        length++;
    line->text += length;
    line->length -= length;
    line->column = column;
}

/* A place to break: the length of what stays, and the column of what follows. */
struct place {
    size_t length, column;
    bool is_found;
};

/* The last comma that lies as far out as commas go, and still fits. */
static struct place find_comma(const struct line *line)
{
    struct place best = {0};
    struct brackets brackets = line->brackets;
    size_t best_depth = DEPTH_MOST;
    for (size_t i = 0; i < line->length;) {
        size_t depth = brackets.depth;
        bool is_last = i + 1 == line->length, has_room = line->column + i < COLUMNS;
        bool is_better = has_room ? depth <= best_depth : !best.is_found;
        if (line->text[i] == ',' && !is_last && depth && is_better) {
            best = (struct place){i + 1, brackets.columns[depth], true};
            best_depth = depth;
        }
        i = step(line, i, &brackets);
    }
    return best;
}

/* Behind the first = outside of brackets, if what follows then fits. */
static struct place find_assignment(const struct line *line, size_t indent)
{
    struct brackets brackets = line->brackets;
    for (size_t i = 0; i + 3 < line->length;) {
        if (!brackets.depth && memcmp(line->text + i, " = ", 3) == 0) {
            bool has_room = indent + INDENT + line->length - i - 3 <= COLUMNS;
            return (struct place){i + 2, indent + INDENT, has_room && line->text[i + 3] != '{'};
        }
        i = step(line, i, &brackets);
    }
    return (struct place){0};
}

/* Before an attribute in front of a = that is too far right. */
static struct place find_attribute(const struct line *line, size_t indent)
{
    static const char word[] = " __attribute__";
    for (size_t i = 0; i + sizeof word <= line->length; i++)
        if (memcmp(line->text + i, word, sizeof word - 1) == 0)
            return (struct place){i, indent + INDENT, true};
    return (struct place){0};
}

/* The body of `if (x) return y;` */
static struct place find_body(const struct line *line)
{
    struct brackets brackets = line->brackets;
    size_t depth = brackets.depth;
    if (line->length < 4 || memcmp(line->text, "if (", 4) != 0) return (struct place){0};
    for (size_t i = 0; i < line->length;) {
        i = step(line, i, &brackets);
        if (line->text[i - 1] == ')' && brackets.depth == depth)
            return (struct place){i, line->column + INDENT, i < line->length};
    }
    return (struct place){0};
}

/* The members of `... = {.a = 1, .b = 2}`. */
static struct place find_members(const struct line *line)
{
    struct brackets brackets = line->brackets;
    for (size_t i = 0; i + 1 < line->length && !brackets.depth;) {
        if (line->text[i] == '{' && line->text[i + 1] == '.')
            return (struct place){i + 1, line->column + i + 1, true};
        if (line->text[i] == '(') break;
        if (line->text[i] == '[') /* of a designator */
            while (i + 1 < line->length && line->text[i] != ']')
                i++;
        i = step(line, i, &brackets);
    }
    return (struct place){0};
}

/* All on the next line if they fit there, else each on its own. */
static void put_members(struct strbuf *out, struct line line, const struct place *open,
                        size_t indent)
{
    bool is_designator = *line.text == '[';
    size_t head = is_designator ? open->length - 1 : open->length;
    if (indent + INDENT + line.length - head <= COLUMNS) {
        put_head(out, &line, head, indent + INDENT);
        put(out, line.text, line.length, line.column);
        return;
    }
    struct brackets brackets = {.depth = 0};
    size_t column = open->column;
    for (size_t i = open->length; i < line.length;) {
        if (line.text[i] == ',' && !brackets.depth && i + 1 < line.length) {
            put_head(out, &line, i + 1, column);
            i = 0;
        } else {
            i = step(&line, i, &brackets);
        }
    }
    put(out, line.text, line.length, line.column);
}

static void put_line(struct strbuf *out, struct line line);

static void put_condition(struct strbuf *out, struct line *line, const struct place *body)
{
    struct line head = *line;
    size_t length = body->length;
    head.length = length;
    put_line(out, head);
    while (line->text[length] == ' ')
        length++;
    line->text += length;
    line->length -= length;
    line->column = body->column;
}

static void put_line(struct strbuf *out, struct line line)
{
    size_t indent = line.column;
    while (!fits(&line)) {
        struct place place = find_members(&line);
        if (place.is_found) {
            put_members(out, line, &place, indent);
            return;
        }
        place = find_body(&line);
        if (place.is_found) {
            put_condition(out, &line, &place);
            indent = line.column;
            continue;
        }
        place = find_assignment(&line, indent);
        if (place.is_found && line.column + place.length > COLUMNS)
            place = find_attribute(&line, indent);
        if (!place.is_found) place = find_comma(&line);
        if (!place.is_found) break;
        put_head(out, &line, place.length, place.column);
    }
    put(out, line.text, line.length, line.column);
}

void layout_c(struct strbuf *out, const char *text, size_t length)
{
    bool was_empty = false;
    for (size_t at = 0; at < length;) {
        const char *start = text + at, *end = memchr(start, '\n', length - at);
        size_t size = end ? (size_t)(end - start) : length - at, blanks = 0;
        at += size + 1;
        while (blanks < size && start[blanks] == ' ')
            blanks++;
        bool is_empty = blanks == size;
        struct line line = {.text = start + blanks, .length = size - blanks, .column = blanks};
        if (is_empty && was_empty) continue;
        was_empty = is_empty;
        if (!is_empty && !strchr("#*/", start[blanks]))
            put_line(out, line);
        else
            put(out, line.text, line.length, line.column);
    }
}
