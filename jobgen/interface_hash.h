/* SPDX-License-Identifier: MIT */
/* The number by which caller and worker find a job. */
#ifndef JOBGEN_INTERFACE_HASH_H
#define JOBGEN_INTERFACE_HASH_H

#include "model.h"

#include <stdint.h>

struct strbuf;

/* Of the job's name and all that both sides must agree on; not of its parameters' names. */
uint64_t interface_hash(const struct job *job);

/* The same text of one parameter or member, without what is behind its own members. */
void interface_describe(struct strbuf *text, const struct param *param);

#endif
