/* SPDX-License-Identifier: MIT */
/* A job called in each of its forms, and what a test of the language prints: TAP. */
#ifndef LANGUAGE_FORMS_H
#define LANGUAGE_FORMS_H

#include <jobgen/runtime.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum form { PLAIN, LOCAL, REMOTE, ASYNC, FANOUT, FORM_COUNT };

/* The function itself, or a form of its job with these arguments; a jg_status. */
#define CALL(form, name, ret_value, ...)                                                           \
    ((form) == PLAIN    ? (*(ret_value) = name(__VA_ARGS__), JG_OK)                                \
     : (form) == LOCAL  ? name##_local(__VA_ARGS__, ret_value)                                     \
     : (form) == REMOTE ? name##_remote(__VA_ARGS__, ret_value)                                    \
     : (form) == ASYNC  ? name##_await_get(name##_remote_async(__VA_ARGS__), ret_value)            \
                        : FANOUT_OF(name, ret_value, __VA_ARGS__))

/* One item; the members of struct NAME_args stand in the order of the parameters. */
#define FANOUT_OF(name, ret_value, ...)                                                            \
    ({                                                                                             \
        struct name##_args args_ = {__VA_ARGS__};                                                  \
        struct name##_result result_ = {.status = JG_EINTERNAL};                                   \
        jg_status status_ = name##_remote_fanout(&args_, 1, &result_);                             \
        if (status_ == JG_OK) *(ret_value) = result_.value;                                        \
        status_;                                                                                   \
    })

/* A failed expectation is told once and fails the program; the test goes on. */
void expect(bool is_met, const char *what, const char *file, int line);
#define EXPECT(condition) expect(condition, #condition, __FILE__, __LINE__)

/* Whether this thread's last failure says so. */
bool has_cause(const char *part);

/* Runs a test once per form. */
void for_each_form(const char *name, void (*test)(enum form form));
void for_once(const char *name, void (*test)(void));

void test_members(void);
void test_pointers(void);
void test_values(void);

#endif
