/* SPDX-License-Identifier: MIT */
/* From the checked model to the five files: plan, render, protoc-c, write if changed. */
#ifndef JOBGEN_EMIT_H
#define JOBGEN_EMIT_H

#include "diag.h"
#include "model.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* The text of one file to be written: NAME.h, NAME.c, NAME.proto, NAME.pb-c.h, NAME.pb-c.c. */
struct emitted {
    const char *name; /* without the directory */
    const char *text; /* ends with a zero byte */
    size_t length;
};

struct emit_setup {
    struct arena *arena;   /* of names and complaints */
    const char *templates; /* NULL: the embedded ones */
    /* Whether `messages` has what protoc-c makes of that text already. */
    bool (*has_messages)(void *user, const char *proto, size_t length);
    void *user;
    const char *messages; /* a directory */
};

/* Renders all files in memory (protoc-c, if it has to run, in a private temporary directory). On
 * trouble a complaint in `diags` and NULL. Needs a model without complaints. */
const struct emitted *emit_render(const struct emit_setup *setup, const struct model *model,
                                  struct diag_list *diags, size_t *ret_count);

/* Frees the texts that emit_render gave; none, if that was NULL. */
void emit_free(const struct emitted *files, size_t count);

/* Shows on standard output how the files in `directory` differ; a complaint for each that does. */
void emit_compare(const struct emitted *files, size_t count, const char *directory,
                  struct diag_list *diags);

/* Writes the files whose content differs into `directory` (made if missing), each by a temporary
 * and rename; all or none. */
int emit_write(const struct emitted *files, size_t count, const char *directory,
               struct diag_list *diags);

#endif
