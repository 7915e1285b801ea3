/* SPDX-License-Identifier: MIT */
/* One file at a time: complaints come sorted by file. */
#include "shown_line.h"

#include <string.h>

void shown_file_fini(struct shown_file *file)
{
    strbuf_fini(&file->text);
    file->path = NULL;
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

const char *shown_line_find(struct shown_file *file, struct location at, size_t *ret_length)
{
    if (!at.file || !at.line) return NULL;
    if (!file->path || strcmp(file->path, at.file) != 0) {
        shown_file_fini(file);
        if (strbuf_read_file(&file->text, at.file) != 0) strbuf_fini(&file->text);
        file->path = at.file;
    }
    const char *line = file->text.text ? line_find(file->text.text, at.line) : NULL;
    if (!line) return NULL;
    size_t length = strcspn(line, "\n");
    while (length && line[length - 1] == '\r')
        length--;
    *ret_length = length;
    return line;
}
