/* SPDX-License-Identifier: MIT */
/* Heads of a few small numbers, written and read by hand: the same bytes as link.proto's. Most
   frames of a call have such a head, and what goes through all fields that there are takes ten
   times as long. */
#ifndef JOBGEN_WIRE_BRIEF_H
#define JOBGEN_WIRE_BRIEF_H

#include "message.h"

enum { JGI_BRIEF_MAX = 4 * 11 };

/* Bytes written to `to` (JGI_BRIEF_MAX); 0: it has other fields. */
size_t jgi_brief_write(const struct jgi_message *message, uint8_t *to);

/* False: it has other fields, or is no head, or is written as few would write it. */
bool jgi_brief_read(const uint8_t *head, size_t size, struct jgi_message *ret_message);

#endif
