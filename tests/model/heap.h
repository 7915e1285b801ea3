/* SPDX-License-Identifier: MIT */
/* One world's memory: everything that the code under test allocates lies in it, at the same address
 * in every state, so that a state is saved and restored by copying. */
#ifndef JOBGEN_TESTS_MODEL_HEAP_H
#define JOBGEN_TESTS_MODEL_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum { HEAP_SIZE = 48 * 1024 };

/* Empties it; what malloc and its kin give from now on, on behalf of the product, is of it.
   Returns its first bytes, zeroed: the world. */
void *heap_start(size_t world_size);

/* From here a fresh copy is described by what differs: an upper bound is HEAP_SIZE * 9 / 8. */
void heap_set_base(void);

/* Into `out`; returns the number of bytes. */
size_t heap_save(uint8_t *out);
void heap_restore(const uint8_t *saved);

/* realloc of memory that is no state, for the search itself; size 0 frees. There is always some. */
void *heap_outside(void *memory, size_t size);

#endif
