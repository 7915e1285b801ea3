/* SPDX-License-Identifier: MIT */
/* What the last good run has read, written and said, in DIR/.NAME.inputs: if nothing of it has
 * changed there is nothing to do. And what each source gave, so that one whose files are as they
 * were need not be parsed again. */
#ifndef JOBGEN_INPUTS_H
#define JOBGEN_INPUTS_H

#include "digest.h"
#include "options.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct inputs;
struct strbuf;

/* The file's name within DIR. */
const char *inputs_name(struct arena *arena, const struct options *options);

/* What is kept behind the lines of the record. */
struct inputs_part {
    struct digest digest;
    size_t begin, length;
    struct digest flags; /* of a source: with which it was parsed */
    size_t start;        /* likewise: number of the start that it shares, from 1; 0: none */
};

/* The record of the last good run. */
struct inputs_last {
    bool is_current;     /* a run would do what that one did; of that: */
    const char *depfile; /* its text; "" if none was wanted */
    const char *said;    /* complaints as they were printed */
    /* Otherwise: the files that are as they were read then, and what is kept of sources; nothing,
     * if anything else has changed that parsing depends on. */
    struct table reads; /* struct digest, by path */
    struct table kept;  /* struct inputs_part, by path */
    struct inputs_part *starts;
    size_t start_count;
    struct table wrote; /* struct digest, by name, whatever is there now */
    const char *tools;  /* lines */
    int fd;             /* -1: there is no record */
    size_t parts_begin, parts_length;
};

/* Looks whether it still holds. Reads files, writes none, and reads nothing that is kept. */
void inputs_check(struct arena *arena, const struct options *options, struct inputs_last *ret_last);
void inputs_last_fini(struct inputs_last *last);

/* NULL: it has changed, or was not read. */
const struct digest *inputs_unchanged(const struct inputs_last *last, const char *path);

/* Whether the file of that name was made with that content. */
bool inputs_wrote(const struct inputs_last *last, const char *name, struct digest digest);

/* NULL: it is not what was written. */
const char *inputs_read_part(struct arena *arena, const struct inputs_last *last,
                             const struct inputs_part *part);

/* Whether NAME.pb-c.h and NAME.pb-c.c are what this protoc-c (NULL: none) made of that NAME.proto
 * in the last good run. */
bool inputs_have_messages(struct arena *arena, const struct options *options, const char *protoc,
                          const char *proto, size_t length);

/* The record of this run; its texts live as long as `arena`. */
struct inputs *inputs_new(struct arena *arena, const struct options *options);
void inputs_free(struct inputs *inputs);

void inputs_add_read(struct inputs *inputs, const char *path, struct digest digest);
/* To be kept for the next run: what a source gave, parsed with flags of that digest, and before it
 * the start that it shares, whose number is returned. */
void inputs_add_kept(struct inputs *inputs, const char *path, struct digest flags, size_t start,
                     const char *bytes, size_t length);
size_t inputs_add_start(struct inputs *inputs, const char *bytes, size_t length);

void inputs_add_written(struct inputs *inputs, const char *name, const void *text, size_t length);

/* A program or library, known by its size and time. */
void inputs_add_tool(struct inputs *inputs, const char *path);

/* That `name` was looked for by the file `from` ("": the command line) and along the search path.
 * Noted is where it is not, and with `found` NULL where it is. */
void inputs_add_lookup(struct inputs *inputs, const struct compiler_flags *flags, const char *from,
                       const char *name, const char *found);

/* All tools of the last run but the one of that path, which this run has not needed again. */
void inputs_add_tools(struct inputs *inputs, const struct inputs_last *last, const char *but);

/* The record cannot be complete: then there is none. */
void inputs_give_up(struct inputs *inputs);

/* False: there is none. */
bool inputs_print(struct inputs *inputs, const char *depfile, const char *said, struct strbuf *out);

#endif
