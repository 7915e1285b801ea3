/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#define DECLARE(name) int name(int a)
#define EXPORT __attribute__((visibility("default")))
#define COUNT unsigned

/* @job */
DECLARE(whole);

/* @job */
EXPORT COUNT part(COUNT a);

extern /* @job */ int between(int a);

/* @job */
#ifdef NOT_DEFINED
int choice(long a);
#else
int choice(int a);
#endif

/* @job */ struct pair { int a, b; } defined_here(void) {
    return (struct pair){1, 2};
}

/* @job */ int left(int a); /* @job */ int right(int a);

/* @job */ __attribute__((noinline)) int attribute(int a) { return a; }

/* @job */
;
int after(int a);

/* @job */ /* @in v[n] */
/* and prose */
int gathered(const int *v, int n);
