/* SPDX-License-Identifier: MIT */
/* All of this reads the source again: it is done for complaints only. */
#include "diag_place.h"

#include "arena.h"
#include "shown_line.h"
#include "utf8.h"

#include <string.h>

/* Behind the parentheses that begin at `text`, if it begins with some; on one line only. */
static size_t options_length(const char *text, size_t length)
{
    size_t depth = 0;
    bool is_quoted = false;
    for (size_t at = 0; at < length; at++) {
        if (text[at] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && text[at] == '(')
            depth++;
        else if (!is_quoted && text[at] == ')')
            depth--;
        if (!depth) return at ? at + 1 : 0;
    }
    return 0;
}

/* What stands before the tag if nothing but a comment's margin does: " * ", "// ". */
static const char *margin_of(struct arena *arena, const char *line, size_t length)
{
    size_t at = strspn(line, " \t");
    bool is_line_comment = strncmp(line + at, "//", 2) == 0;
    if (!is_line_comment && line[at] != '*') return NULL;
    at += is_line_comment ? 2 : 1;
    at += strspn(line + at, " \t/!<*");
    return at == length ? arena_printf(arena, "\n%.*s", (int)length, line) : NULL;
}

bool edit_of(struct arena *arena, struct shown_file *file, const struct fix *fix,
             struct location *ret_at, const char **ret_text)
{
    *ret_at = fix->at;
    *ret_text = fix->text;
    if (fix->kind == FIX_REPLACE) return true;
    size_t length;
    const char *line = shown_line_find(file, fix->at, &length);
    if (fix->kind != FIX_ADD || !line || fix->at.column + fix->at.length > length + 1) return false;
    size_t tag = fix->at.column - 1, end = tag + fix->at.length;
    const char *margin = margin_of(arena, line, tag);
    if (line[end] == '(' && !options_length(line + end, length - end)) return false;
    end += options_length(line + end, length - end);
    ret_at->column = (unsigned)end + 1;
    ret_at->length = 0;
    *ret_text = arena_printf(arena, "%s%s", margin ? margin : " ", fix->text);
    return true;
}

unsigned character_column(struct shown_file *file, struct location at, unsigned bytes)
{
    size_t length, end = at.column - 1 + bytes;
    const char *line = shown_line_find(file, at, &length);
    if (!line || end > length) return (unsigned)end + 1;
    return (unsigned)utf8_count(line, end) + 1;
}

const char *path_uri(struct arena *arena, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~/";
    struct strbuf uri = {0};
    strbuf_add(&uri, *path == '/' ? "file://" : "");
    for (; *path; path++) {
        if (strchr(plain, *path))
            strbuf_add_char(&uri, *path);
        else
            strbuf_printf(&uri, "%%%02X", (unsigned char)*path);
    }
    const char *text = arena_strdup(arena, uri.text);
    strbuf_fini(&uri);
    return text;
}
