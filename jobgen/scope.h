/* SPDX-License-Identifier: MIT */
/* The functions that a source defines and the variables that outlive a call of them, told by the
 * tokens alone: for hints, where being unsure must mean saying nothing. */
#ifndef JOBGEN_SCOPE_H
#define JOBGEN_SCOPE_H

#include "code.h"

struct arena;

struct scope_function {
    size_t name, params, body, end; /* tokens: the name, its (, the {, behind the } */
    bool is_static;
    bool is_constructor;             /* runs before main, in the processes of jobs too */
    size_t region_begin, region_end; /* bytes: with the comments around it */
};

struct scope_variable {
    size_t name;     /* token */
    size_t function; /* SCOPE_FILE: of the file */
    bool is_static, is_extern, is_const, is_stream;
    bool has_value; /* an initialiser */
    size_t region_begin, region_end;
};

#define SCOPE_FILE ((size_t)-1)

struct scope {
    struct code code;
    struct scope_function *functions;
    size_t function_count, function_capacity;
    struct scope_variable *variables;
    size_t variable_count, variable_capacity;
};

/* Free with scope_fini. */
void scope_init(struct scope *scope, struct arena *arena, const struct source *source);
void scope_fini(struct scope *scope);

/* Whether the function declares what token `at` names, as a parameter or within its body. */
bool scope_is_local(const struct scope *scope, const struct scope_function *function, size_t at);

/* Whether a word is the name of a member, a tag or a label, and no variable or function. */
bool scope_is_other_name(const struct code *code, size_t at);

/* Whether the variable that is named at `at` is changed there, or may be: its address is taken. */
bool scope_is_write(const struct code *code, size_t at);

#endif
