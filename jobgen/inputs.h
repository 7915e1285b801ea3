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

/* What a run has made beside the files in DIR. */
struct inputs_last {
    const char *depfile; /* its text; "" if none was wanted */
    const char *said;    /* complaints as they were printed */
};

/* Whether a run would do what the last good one did: nothing that it read, looked for or wrote has
 * changed, nor anything else that it depends on. Reads files, writes none. */
bool inputs_are_current(struct arena *arena, const struct options *options,
                        struct inputs_last *ret_last);

/* Whether NAME.pb-c.h and NAME.pb-c.c are what this protoc-c (NULL: none) made of that NAME.proto
 * in the last good run. */
bool inputs_have_messages(struct arena *arena, const struct options *options, const char *protoc,
                          const char *proto, size_t length);

/* The record of this run; its texts live as long as `arena`. */
struct inputs *inputs_new(struct arena *arena, const struct options *options);
void inputs_free(struct inputs *inputs);

void inputs_add_read(struct inputs *inputs, const char *path, struct digest digest);
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
