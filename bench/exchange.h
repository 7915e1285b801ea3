/* SPDX-License-Identifier: MIT */
/* What a bare process says to another one over a stream, whatever the stream is: the same for pipes
   of one machine and for TCP. */
#ifndef JOBGEN_BENCH_EXCHANGE_H
#define JOBGEN_BENCH_EXCHANGE_H

#include <stddef.h>

/* 0 at end of file. */
int read_all(int fd, void *bytes, size_t size);
void write_all(int fd, const void *bytes, size_t size);

/* The other end of each: serves until the end of file. */
void serve_squares(int fd);
void serve_sums(int fd);
void serve_fills(int fd);

/* Of one round over `fd`, which the function above serves. */
double squares_us(int fd);  /* the median of the round trips */
double sums_mib_s(int fd);  /* BULK_BYTES there */
double fills_mib_s(int fd); /* BULK_BYTES back */

#endif
