/* SPDX-License-Identifier: MIT */
/* All or none: every file that differs is first written beside its place, and only when all of them
 * are complete are they renamed. A file whose content is right already is not touched. */
#include "emit.h"

#include "difference.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 16, FILE_MODE = 0666, FOLDER_MODE = 0777 };

struct written {
    char *path, *temporary; /* temporary NULL: nothing to do */
};

static void complain(struct diag_list *diags, const char *path, const char *what)
{
    diag_error(diags, (struct location){.file = path}, CHECK_FILE, "%s: %s", what, strerror(errno));
}

static char *print(const char *directory, const char *before, const char *name, const char *behind)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "%s/%s%s%s", directory, before, name, behind);
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

/* A new file beside its place, with the mode that any other program's would have. */
static int write_temporary(char *path, const struct emitted *file)
{
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) return -1;
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(fd, FILE_MODE & ~mask); /* the mode of mkostemp is narrower, and does no harm */
    for (size_t done = 0; done < file->length;) {
        ssize_t count = write(fd, file->text + done, file->length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            int failure = errno;
            (void)close(fd);
            (void)unlink(path);
            errno = failure;
            return -1;
        }
        done += (size_t)count;
    }
    if (close(fd) == 0) return 0;
    (void)unlink(path);
    return -1;
}

static int prepare(struct written *written, const struct emitted *file, const char *directory,
                   struct diag_list *diags)
{
    written->path = print(directory, "", file->name, "");
    if (is_same(written->path, file)) return 0;
    char *temporary = print(directory, ".", file->name, ".XXXXXX");
    if (write_temporary(temporary, file) != 0) {
        complain(diags, written->path, "cannot be written");
        free(temporary);
        return -1;
    }
    written->temporary = temporary;
    return 0;
}

static int put_in_place(struct written *written, size_t count, struct diag_list *diags)
{
    struct stat about;
    /* What would make a rename fail is seen before the first one. */
    for (size_t i = 0; i < count; i++)
        if (written[i].temporary && stat(written[i].path, &about) == 0 && S_ISDIR(about.st_mode)) {
            errno = EISDIR;
            complain(diags, written[i].path, "cannot be written");
            return -1;
        }
    for (size_t i = 0; i < count; i++) {
        if (!written[i].temporary) continue;
        if (rename(written[i].temporary, written[i].path) != 0) {
            complain(diags, written[i].path, "cannot be written");
            return -1;
        }
        free(written[i].temporary);
        written[i].temporary = NULL;
    }
    return 0;
}

void emit_compare(const struct emitted *files, size_t count, const char *directory,
                  struct diag_list *diags)
{
    for (size_t i = 0; i < count; i++) {
        char *path = print(directory, "", files[i].name, "");
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
    char *made = NULL;
    int outcome = make_directory(directory, &made);
    if (outcome != 0) complain(diags, directory, "cannot be made");
    for (size_t i = 0; i < count && outcome == 0; i++)
        outcome = prepare(&written[i], &files[i], directory, diags);
    if (outcome == 0) outcome = put_in_place(written, count, diags);
    for (size_t i = 0; i < count; i++) {
        if (written[i].temporary) (void)unlink(written[i].temporary);
        free(written[i].temporary);
        free(written[i].path);
    }
    if (outcome != 0) remove_directories(directory, made);
    free(made);
    return outcome;
}
