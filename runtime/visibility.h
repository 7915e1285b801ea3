/* SPDX-License-Identifier: MIT */
/* Included by the build before every source of libjobgen, which is compiled with hidden symbols:
 * what the public headers declare is visible. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* the first header decides it for all */
#endif
#pragma GCC visibility push(default)
#include <jobgen/stub.h>
#pragma GCC visibility pop
