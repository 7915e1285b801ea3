/* SPDX-License-Identifier: MIT */
/* What the last good run has read, written and said, in DIR/.NAME.inputs: if nothing of it has
 * changed there is nothing to do. */
#ifndef JOBGEN_INPUTS_H
#define JOBGEN_INPUTS_H

#include "digest.h"
#include "options.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct inputs;
struct strbuf;

/* The file's name within DIR. */
const char *inputs_name(struct arena *arena, const struct options *options);

/* A file that has changed; `effect` is all zero unless it was recorded. */
struct inputs_change {
    const char *path;
    struct digest effect;
};

/* What a run has made beside the files in DIR. */
struct inputs_last {
    const char *depfile; /* its text; "" if none was wanted */
    const char *said;    /* complaints as they were printed */
    /* Of an old run: the record, and what has changed since. */
    const char *record;
    const struct inputs_change *changes;
    size_t change_count;
};

/* Whether the last good run is known, and nothing that it looked for or wrote has changed, nor
 * anything else that it depends on, but for what it read: those are the changes. Without any a run
 * would do what that one did. Reads files, writes none. */
bool inputs_check(struct arena *arena, const struct options *options, struct inputs_last *ret_last);

/* What stands behind `kind` ("job ") in each such line. */
const char *const *inputs_lines(struct arena *arena, const char *record, const char *kind,
                                size_t *ret_count);

/* The record with other digests of what was read, by change. */
void inputs_reprint(const struct inputs_last *last, const struct digest *digests,
                    struct strbuf *out);

/* Whether NAME.pb-c.h and NAME.pb-c.c are what this protoc-c (NULL: none) made of that NAME.proto
 * in the last good run. */
bool inputs_have_messages(struct arena *arena, const struct options *options, const char *protoc,
                          const char *proto, size_t length);

/* The record of this run; its texts live as long as `arena`. */
struct inputs *inputs_new(struct arena *arena, const struct options *options);
void inputs_free(struct inputs *inputs);

void inputs_add_read(struct inputs *inputs, const char *path, struct digest digest);
/* What a source that nothing else includes does to the output; a text that was looked through; a
 * job and the file of its tag. For those who read the record again. */
void inputs_add_effect(struct inputs *inputs, const char *path, struct digest effect);
void inputs_add_text(struct inputs *inputs, const char *path);
void inputs_add_job(struct inputs *inputs, const char *name, const char *file);

void inputs_add_written(struct inputs *inputs, const char *name, const void *text, size_t length);

/* A program or library, known by its size and time. */
void inputs_add_tool(struct inputs *inputs, const char *path);

/* That `name` was looked for by the file `from` ("": the command line) and along the search path.
 * Noted is where it is not, and with `found` NULL where it is. */
void inputs_add_lookup(struct inputs *inputs, const struct compiler_flags *flags, const char *from,
                       const char *name, const char *found);

/* The record cannot be complete: then there is none. */
void inputs_give_up(struct inputs *inputs);

/* False: there is none. */
bool inputs_print(struct inputs *inputs, const struct inputs_last *last, struct strbuf *out);

#endif
