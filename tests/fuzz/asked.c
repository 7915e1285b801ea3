/* SPDX-License-Identifier: MIT */
#include "asked.h"

#include <stdbool.h>
#include <stdint.h>

size_t t_asked, t_asked_most = SIZE_MAX;

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *bytes, size_t size);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static bool ask(size_t count, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(count, size, &all) || all > t_asked_most) return false;
    t_asked += all;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return ask(1, size) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return ask(count, size) ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return ask(1, size) ? __real_realloc(bytes, size) : NULL;
}
