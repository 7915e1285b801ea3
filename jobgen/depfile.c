/* SPDX-License-Identifier: MIT */
/* One rule, one file per line. */
#include "depfile.h"

#include "arena.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static void put_escaped(struct strbuf *out, const char *path)
{
    for (; *path; path++) {
        if (*path == ' ' || *path == '#')
            strbuf_add_char(out, '\\');
        else if (*path == '$')
            strbuf_add_char(out, '$');
        strbuf_add_char(out, *path);
    }
}

/* "./a.c" and "a.c" are one file. */
static const char *plain(const char *path)
{
    while (path[0] == '.' && path[1] == '/' && path[2] && path[2] != '/')
        path += 2;
    return path;
}

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void depfile_print(struct strbuf *out, const char *target, const char *const *files, size_t count)
{
    const char **sorted = memory_grow(NULL, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = plain(files[i]);
    if (count) qsort(sorted, count, sizeof *sorted, path_compare);
    put_escaped(out, target);
    strbuf_add_char(out, ':');
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(sorted[i - 1], sorted[i]) == 0) continue;
        strbuf_add(out, " \\\n  ");
        put_escaped(out, sorted[i]);
    }
    strbuf_add_char(out, '\n');
    free(sorted);
}
