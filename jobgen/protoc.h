/* SPDX-License-Identifier: MIT */
/* Runs protoc-c. */
#ifndef JOBGEN_PROTOC_H
#define JOBGEN_PROTOC_H

#include "diag.h"

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

struct arena;

/* The program that will be run; NULL: there is none. */
const char *protoc_path(struct arena *arena);

/* Makes STEM.pb-c.h and STEM.pb-c.c of the text of STEM.proto, in a private directory that is gone
 * afterwards. False: it has complained. */
bool protoc_run(const char *stem, const char *proto, size_t length, struct strbuf *ret_header,
                struct strbuf *ret_source, struct diag_list *diags);

#endif
