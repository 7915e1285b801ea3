/* SPDX-License-Identifier: MIT */
/* One line for each thing, and a digest of all lines in the first: what is torn, edited or foreign
 * is as good as nothing.
 *
 *     jobgen-inputs DIGEST
 *     key DIGEST                    jobgen itself, the words given, where, the environment
 *     tool SIZE TIME INODE PATH     libclang, protoc-c
 *     read DIGEST PATH
 *     none PATH                     looked for, and not there
 *     some PATH                     asked for, and there
 *     wrote DIGEST NAME
 *     alone DIGEST PATH             what a source does to the output, if no other one includes it
 *     text PATH                     a source or header that was looked through
 *     job NAME PATH                 and the file of its tag
 *     depfile LENGTH                that many bytes follow
 *     said LENGTH                   likewise */
#ifndef JOBGEN_INPUTS_LINE_H
#define JOBGEN_INPUTS_LINE_H

#include "digest.h"
#include "options.h"

#include <stdbool.h>

struct arena;
struct strbuf;

/* What follows `word` at the start of the line; NULL: it is not there. */
const char *inputs_behind(const char *line, const char *word);

/* A line of that kind; `name` may be "". */
void inputs_put_digest(struct strbuf *out, const char *kind, struct digest digest,
                       const char *name);

/* Moves behind the digest; false: there is none. */
bool inputs_take_digest(const char **at, struct digest *ret_digest);

/* The line of a tool, with its end; NULL: it is not there. */
const char *inputs_tool(struct arena *arena, const char *path);

/* Of all that the command line, the environment and jobgen itself decide. */
struct digest inputs_key(const struct options *options);

/* The lines behind the one that has their digest. */
void inputs_put_record(struct strbuf *out, const struct strbuf *lines);

/* The record as it was written, without its first line; NULL: it is not. */
char *inputs_whole(const struct strbuf *text);

#endif
