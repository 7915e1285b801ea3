/* SPDX-License-Identifier: MIT */
/* A line that is too long is broken where the formatter of this project would break it: a list of
 * designated initialisers at each comma, `if (x) return y;` before its body, an assignment behind
 * its =, and else at the last comma of the outermost bracket that fits. */
#include "layout.h"

#include "strbuf.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 100, INDENT = 4, DEPTH_MOST = 32 };

struct line {
    const char *text;
    size_t length;
    size_t column; /* where the text begins */
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

/* Behind a literal that begins at `at`. */
static size_t skip_literal(const struct line *line, size_t at)
{
    char quote = line->text[at++];
    while (at < line->length && line->text[at] != quote)
        at += line->text[at] == '\\' ? 2 : 1;
    return at;
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
    size_t columns[DEPTH_MOST] = {0}, depth = 0, best_depth = DEPTH_MOST;
    for (size_t i = 0; i < line->length; i++) {
        char c = line->text[i];
        if (c == '"' || c == '\'') {
            i = skip_literal(line, i);
        } else if (strchr("([{", c) && depth + 1 < DEPTH_MOST) {
            columns[++depth] = line->column + i + 1;
        } else if (strchr(")]}", c) && depth) {
            depth--;
        } else if (c == ',' && depth && depth <= best_depth &&
                   (depth < best_depth || line->column + i < COLUMNS)) {
            best = (struct place){i + 1, columns[depth], true};
            best_depth = depth;
        }
    }
    return best;
}

/* Behind the first = outside of brackets. */
static struct place find_assignment(const struct line *line, size_t indent)
{
    size_t depth = 0;
    for (size_t i = 0; i + 2 < line->length; i++) {
        char c = line->text[i];
        if (c == '"' || c == '\'') i = skip_literal(line, i);
        depth += strchr("([{", c) != NULL;
        depth -= depth && strchr(")]}", c);
        if (!depth && memcmp(line->text + i, " = ", 3) == 0)
            return (struct place){i + 2, indent + INDENT, line->text[i + 3] != '{'};
    }
    return (struct place){0};
}

/* `{.a = 1, .b = 2}` at the end of the line, with the column of its first member. */
static struct place find_members(const struct line *line)
{
    for (size_t i = 0; i + 1 < line->length; i++) {
        if (line->text[i] == '(') break;
        if (line->text[i] == '{' && line->text[i + 1] == '.')
            return (struct place){i + 1, line->column + i + 1, true};
    }
    return (struct place){0};
}

static void put_members(struct strbuf *out, const struct line *line, const struct place *open)
{
    size_t start = 0, column = line->column, depth = 0;
    for (size_t i = open->length; i < line->length; i++) {
        char c = line->text[i];
        if (c == '"' || c == '\'') i = skip_literal(line, i);
        depth += strchr("([{", c) != NULL;
        if (c == ',' && !depth) {
            put(out, line->text + start, i + 1 - start, column);
            start = i + 2;
            column = open->column;
        }
        if (depth && strchr(")]}", c)) depth--;
        else if (strchr(")]}", c)) break;
    }
    put(out, line->text + start, line->length - start, column);
}

static void put_line(struct strbuf *out, struct line line, size_t indent)
{
    const char *body = "return ";
    for (;;) {
        if (fits(&line)) break;
        struct place members = find_members(&line);
        if (members.is_found) {
            put_members(out, &line, &members);
            return;
        }
        if (strncmp(line.text, "if (", 4) == 0) {
            const char *at = line.text + line.length - strlen(body);
            while (at > line.text && strncmp(at, body, strlen(body)) != 0)
                at--;
            if (at > line.text) {
                size_t length = (size_t)(at - line.text);
                struct line head = {line.text, length - 1, line.column};
                put_line(out, head, indent);
                line = (struct line){at, line.length - length, line.column + INDENT};
                continue;
            }
        }
        struct place place = find_assignment(&line, indent);
        struct line rest = {line.text + place.length + 1, line.length - place.length - 1,
                            place.column};
        if (!place.is_found || !fits(&rest)) place = find_comma(&line);
        if (!place.is_found) break;
        put(out, line.text, place.length, line.column);
        size_t next = place.length;
        while (next < line.length && line.text[next] == ' ')
            next++;
        line = (struct line){line.text + next, line.length - next, place.column};
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
        bool is_code = !is_empty && !strchr("#*/", start[blanks]);
        struct line line = {start + blanks, size - blanks, blanks};
        if (is_empty && was_empty) continue;
        was_empty = is_empty;
        if (is_code)
            put_line(out, line, blanks);
        else
            put(out, line.text, line.length, line.column);
    }
}
