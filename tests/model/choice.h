/* SPDX-License-Identifier: MIT */
/* What may happen next in a world. */
#ifndef JOBGEN_TESTS_MODEL_CHOICE_H
#define JOBGEN_TESTS_MODEL_CHOICE_H

#include "world.h"

enum { CHOICES_MAX = 400 };

struct choice {
    uint8_t kind, node, index, answer;
};

/* All that may happen now. Returns how many. */
size_t choice_list(const struct world *world, struct choice *choices);

void choice_apply(struct world *world, struct choice choice);

/* In words, before it is applied. */
void choice_describe(const struct world *world, struct choice choice, char *out, size_t size);

/* Lets the world come to rest with nothing going wrong any more, and looks whether anything is
   left: world->fault says what. `is_told`: the frames are printed. */
void world_rest(struct world *world, bool is_told);

#endif
