/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define BUFFER unsigned char
#define COUNT(type) type count
typedef unsigned long word;
typedef word twice;
typedef const volatile uint32_t reading;
typedef int matrix[2][3];
typedef double (*rows)[4];
enum sign { MINUS = -1, PLUS = 1 };
enum vast { VAST = 0x123456789 };
typedef enum { EVEN, ODD } parity;

/* @job */
twice chains(BUFFER first, COUNT(twice), __typeof__(1.0f) factor, reading at, register int last);

/* @job
 * @in port[2]
 * @in lines[count]
 */
void volatiles(reading *port, volatile int total[3], matrix all, rows lines, int count);

/* @job
 * @inout many[3]
 * @out one
 * @in two
 */
enum sign enums(enum sign *many, enum vast *one, const parity *two, enum vast by_value,
                enum sign rows[2][2]);

/* @job
 * @in a[2]
 */
ssize_t lengths(ssize_t s, off_t o, time_t t, ptrdiff_t p, wchar_t w, const size_t *restrict const a,
                intmax_t m);

/* @job */
int (nested)(int (x), int (y[3]), const int z[const static 2]);
