/* SPDX-License-Identifier: MIT */
/* Logic-less templates in the mustache language, over a tree of values.
 *
 * Known: variables, sections, inverted sections, comments, partials, changed delimiters, dotted
 * names, `.`; in the section of a list also -first and -last. Unlike in mustache, nothing is
 * escaped, and a name that is nowhere in sight is an error. */
#ifndef JOBGEN_TEMPLATE_H
#define JOBGEN_TEMPLATE_H

#include "diag.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct strbuf;

/* A flag, a text, a list, or an object with named members. */
struct template_value;

struct template_value *template_object_new(struct arena *arena);

/* Each name is set once. Texts and names are borrowed; a text that is NULL or empty is false. */
void template_set_flag(struct arena *arena, struct template_value *object, const char *name,
                       bool flag);
void template_set_text(struct arena *arena, struct template_value *object, const char *name,
                       const char *text);
struct template_value *template_set_object(struct arena *arena, struct template_value *object,
                                           const char *name);
struct template_value *template_set_list(struct arena *arena, struct template_value *object,
                                         const char *name);

struct template_value *template_add_object(struct arena *arena, struct template_value *list);
/* An object that was made before. */
void template_add(struct arena *arena, struct template_value *list, struct template_value *object);
void template_add_text(struct arena *arena, struct template_value *list, const char *text);

/* A template as complaints name it. */
struct template_source {
    const char *file;
    const char *text;
    size_t length;
};

/* Where partials are found by name; NULL: there is none. */
struct template_library {
    const struct template_source *(*find)(void *user, const char *name);
    void *user;
};

/* Adds the rendered text to `out`. False: it has complained. */
bool template_render(struct strbuf *out, const struct template_source *source,
                     const struct template_value *root, const struct template_library *library,
                     struct diag_list *diags);

#endif
