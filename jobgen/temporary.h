/* SPDX-License-Identifier: MIT */
/* A file that is written beside its place and put there when it is complete. On the way it has the
 * name .FILE.XXXXXX, or none. Who is killed may leave it behind; a later run removes it, but none
 * of a run that lives. */
#ifndef JOBGEN_TEMPORARY_H
#define JOBGEN_TEMPORARY_H

#include <stddef.h>

struct temporary {
    int fd;     /* -1: there is none */
    char *path; /* NULL: it has no name yet, and goes with its process */
};

/* Makes one with those contents for the file `name` in `directory`; -1 with errno. */
int temporary_open(struct temporary *file, const char *directory, const char *name,
                   const char *text, size_t length);

/* Gives it a name, if it has none, so that it can be put in place; -1 with errno. */
int temporary_link(struct temporary *file, const char *directory, const char *name);

/* Renames it to `path`, in place of what is there; -1 with errno. */
int temporary_place(struct temporary *file, const char *path);

/* Removes it, unless it has been put in place. */
void temporary_close(struct temporary *file);

/* Removes what runs that were killed left in `directory` for files of these names. */
void temporary_sweep(const char *directory, const char *const *names, size_t count);

#endif
