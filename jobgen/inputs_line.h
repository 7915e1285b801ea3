/* SPDX-License-Identifier: MIT */
/* One line for each thing, and a digest of all lines in the first: what is torn, edited or foreign
 * is as good as nothing. Behind the lines is what is kept, in parts with digests of their own.
 *
 *     jobgen-inputs DIGEST LENGTH   of the lines
 *     base DIGEST                   jobgen itself, the words given but for the files, where, the
 *                                   environment
 *     key DIGEST                    likewise, with the files and how complaints look
 *     tool SIZE TIME INODE PATH     libclang, protoc-c
 *     read DIGEST PATH
 *     none PATH                     looked for, and not there
 *     some PATH                     asked for, and there
 *     wrote DIGEST NAME
 *     start DIGEST BEGIN LENGTH     what a start gave that sources share, among the parts
 *     kept DIGEST FLAGS START BEGIN LENGTH PATH
 *                                   what a source gave, with a digest of its flags and the number
 *                                   of its start, from 1
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

/* Of all that the command line, the environment and jobgen itself decide; the base is that on which
 * what one source gives depends. */
struct digest inputs_base(const struct options *options);
struct digest inputs_key(const struct options *options, struct digest base);

/* The lines behind the one that has their digest. */
void inputs_put_record(struct strbuf *out, const struct strbuf *lines);

/* The lines as they were written; what is behind them in the file begins at ret_end. False: they
 * are not. */
bool inputs_read_lines(struct strbuf *lines, int fd, size_t *ret_end);

#endif
