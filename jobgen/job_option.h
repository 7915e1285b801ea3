/* SPDX-License-Identifier: MIT */
/* The options of @job( ... ): their names, values, defaults. */
#ifndef JOBGEN_JOB_OPTION_H
#define JOBGEN_JOB_OPTION_H

#include "model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct strbuf;

enum option_value_kind { VALUE_NONE, VALUE_INTEGER, VALUE_NAME, VALUE_STRING };

/* A value as written: `64M`, `reuse`, `"/data"`; none means yes. */
struct option_value {
    enum option_value_kind kind;
    bool is_too_large; /* an integer that does not fit 64 bits, suffix applied */
    uint64_t integer;
    const char *text; /* as written; of a string without its quotes */
};

size_t job_option_count(void);
const char *job_option_name(size_t option);

/* What acts on it: "the caller", "the pool"; or "does not act yet". */
const char *job_option_enforcer(size_t option);

/* The option's number by name, or job_option_count(). */
size_t job_option_find(const char *name);

/* The value of `options` as a source would write it: "100M", "none", "yes". */
void job_option_print(struct strbuf *out, size_t option, const struct job_options *options);

/* As documented, nothing written. */
void job_options_init(struct job_options *options);

/* Stores a value; else a sentence in `arena` about what the option takes. NULL: stored. */
const char *job_option_store(struct arena *arena, struct job_options *options, size_t option,
                             const struct option_value *value);

/* Reads `text` (behind the = of --default) as a value. */
struct option_value option_value_parse(struct arena *arena, const char *text);

/* An integer literal of C with an optional K, M, G behind it; false if the text is none. */
bool option_integer_parse(const char *text, struct option_value *ret_value);

/* `retries` follows `idempotent` where it was not written. */
void job_options_settle(struct job_options *options);

#endif
