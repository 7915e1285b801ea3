/* SPDX-License-Identifier: MIT */
/* memcpy for what is larger than the processor's caches: goes past them, where the processor can,
   since lines that are only written need not be read first. */
#ifndef JOBGEN_WIRE_BULK_COPY_H
#define JOBGEN_WIRE_BULK_COPY_H

#include <stddef.h>

void jgi_bulk_copy(void *to, const void *from, size_t size);

#endif
