/* SPDX-License-Identifier: MIT */
/* All or none: every file that differs is first written beside its place, and only when all of them
 * are complete are they renamed. A file whose content is right already is not touched. */
#include "emit.h"

#include "difference.h"
#include "strbuf.h"
#include "temporary.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 16, FOLDER_MODE = 0777 };

struct written {
    char *path;
    bool is_same; /* nothing to do */
    struct temporary temporary;
};

static void complain(struct diag_list *diags, const char *path, const char *what)
{
    diag_error(diags, (struct location){.file = path}, CHECK_FILE, "%s: %s", what, strerror(errno));
}

static char *path_in(const char *directory, const char *name)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "%s/%s", directory, name);
    return text.text;
}

/* Makes the directory and those above it; notes the highest one made. */
static int make_directory(const char *directory, char **ret_made)
{
    struct stat about;
    char *path = strdup(directory);
    if (!path) return -1;
    for (char *at = path + 1;; at++) {
        if (*at && *at != '/') continue;
        char stop = *at;
        *at = '\0';
        bool is_made = mkdir(path, FOLDER_MODE) == 0;
        if (is_made && !*ret_made) *ret_made = strdup(path);
        if (!is_made && (errno != EEXIST || stat(path, &about) != 0 || !S_ISDIR(about.st_mode))) {
            if (errno == EEXIST) errno = ENOTDIR;
            free(path);
            return -1;
        }
        if (!stop) break;
        *at = stop;
    }
    free(path);
    return 0;
}

/* Those that were made for nothing go again, the innermost first. */
static void remove_directories(const char *directory, char *made)
{
    if (!made) return;
    char *path = strdup(directory);
    while (path && strlen(path) >= strlen(made) && rmdir(path) == 0) {
        char *slash = strrchr(path, '/');
        if (!slash) break;
        *slash = '\0';
    }
    free(path);
}

static bool is_same(const char *path, const struct emitted *file)
{
    struct strbuf text = {0};
    bool is_equal = strbuf_read_file(&text, path) == 0 && text.length == file->length &&
                    (!file->length || memcmp(text.text, file->text, file->length) == 0);
    strbuf_fini(&text);
    return is_equal;
}

static int prepare(struct written *written, const struct emitted *file, const char *directory,
                   struct diag_list *diags)
{
    written->path = path_in(directory, file->name);
    written->is_same = is_same(written->path, file);
    if (written->is_same ||
        temporary_open(&written->temporary, directory, file->name, file->text, file->length) == 0)
        return 0;
    complain(diags, written->path, "cannot be written");
    return -1;
}

static int put_in_place(struct written *written, const struct emitted *files, size_t count,
                        const char *directory, struct diag_list *diags)
{
    struct stat about;
    /* What would make a rename fail is seen before the first one. */
    for (size_t i = 0; i < count; i++) {
        if (written[i].is_same) continue;
        bool is_folder = stat(written[i].path, &about) == 0 && S_ISDIR(about.st_mode);
        if (!is_folder && temporary_link(&written[i].temporary, directory, files[i].name) == 0)
            continue;
        if (is_folder) errno = EISDIR;
        complain(diags, written[i].path, "cannot be written");
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (written[i].is_same || temporary_place(&written[i].temporary, written[i].path) == 0)
            continue;
        complain(diags, written[i].path, "cannot be written");
        return -1;
    }
    return 0;
}

void emit_compare(const struct emitted *files, size_t count, const char *directory,
                  struct diag_list *diags)
{
    for (size_t i = 0; i < count; i++) {
        char *path = path_in(directory, files[i].name);
        if (!is_same(path, &files[i])) {
            if (!difference_show(path, files[i].text, files[i].length))
                complain(diags, path, "how it would change cannot be shown by diff");
            diag_error(diags, (struct location){.file = path}, CHECK_FILE,
                       "this would change: it is not what jobgen makes of the sources now");
        }
        free(path);
    }
}

int emit_write(const struct emitted *files, size_t count, const char *directory,
               struct diag_list *diags)
{
    struct written written[FILES_MOST] = {0};
    const char *names[FILES_MOST];
    for (size_t i = 0; i < count; i++) {
        written[i].temporary.fd = -1;
        names[i] = files[i].name;
    }
    char *made = NULL;
    int outcome = make_directory(directory, &made);
    if (outcome != 0) complain(diags, directory, "cannot be made");
    temporary_sweep(directory, names, count);
    for (size_t i = 0; i < count && outcome == 0; i++)
        outcome = prepare(&written[i], &files[i], directory, diags);
    if (outcome == 0) outcome = put_in_place(written, files, count, directory, diags);
    for (size_t i = 0; i < count; i++) {
        temporary_close(&written[i].temporary);
        free(written[i].path);
    }
    if (outcome != 0) remove_directories(directory, made);
    free(made);
    return outcome;
}
