/* SPDX-License-Identifier: MIT */
/* What a decoder asks malloc, calloc and realloc for; the program is linked with --wrap. Under the
 * sanitizers, too, memory that is not there is NULL. */
#ifndef TESTS_FUZZ_ASKED_H
#define TESTS_FUZZ_ASKED_H

#include <stddef.h>

extern size_t t_asked;      /* bytes, since it was last set to 0 */
extern size_t t_asked_most; /* of one piece; larger ones are not there */

#endif
