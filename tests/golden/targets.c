/* SPDX-License-Identifier: MIT */
/* What has another size or sign on other machines. */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "jobs.h"

struct widths {
    char c;
    char name[4];
    long l;
    unsigned long many[3];
    size_t size;
    double d;
    int64_t wide;
    int32_t narrow;
    long bits : 20;
    enum { SMALL, LARGE = 70000 } kind;
    double _Complex z;
};

/* @job
 * @inout longs[n]
 * @inout chars[n]
 * @out last
 * @in sizes[n]
 */
long f(struct widths w, long *longs, size_t n, unsigned long ul, char *chars, ptrdiff_t p, time_t t,
       int_fast16_t fast, intptr_t address, long *last, const size_t *sizes, struct widths *back,
       char c);

/* @job */
ssize_t g(ssize_t s, off_t o);

/* What has the sign of its machine in messages too stands for itself. */
#ifdef WIDE
/* @job */
wchar_t h(wchar_t w, const wchar_t line[4]);
#endif
