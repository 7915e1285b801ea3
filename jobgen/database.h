/* SPDX-License-Identifier: MIT */
/* compile_commands.json: how each file is compiled. */
#ifndef JOBGEN_DATABASE_H
#define JOBGEN_DATABASE_H

#include "diag.h"
#include "options.h"

struct arena;
struct database;
struct libclang;

/* Reads FOLDER/compile_commands.json. NULL: it has complained. */
struct database *database_open(struct arena *arena, struct libclang *libclang, const char *folder,
                               struct diag_list *diags);

/* The flags of the index-th entry for exactly this file, followed by `given`; paths in them are
 * made absolute. NULL: there are no more. */
const struct compiler_flags *database_flags(const struct database *database, const char *path,
                                            size_t index, const struct compiler_flags *given);

#endif
