/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stddef.h>
#include <stdint.h>
#include <time.h>

typedef unsigned short small;
typedef small smaller;
enum sign { MINUS = -1, PLUS = 1 };
enum wide { FAR = 0x100000000 };
typedef enum { ON, OFF } toggle;

/** Every integer there is.
 * @job
 */
int integers(char a, signed char b, unsigned char c, short d, unsigned short e, int f, unsigned g,
             long h, unsigned long i, long long j, unsigned long long k);

/* @job */
double floats(float a, double b);

/* @job */
_Bool booleans(bool a, _Bool b);

/* @job */
enum sign enums(enum sign a, enum wide b, toggle c);

/* @job */
uint64_t standard(int8_t a, uint_least16_t b, int_fast32_t c, size_t d, ptrdiff_t e, wchar_t f,
                  uintmax_t g);

/* @job */
time_t resolved(time_t a, smaller b, __typeof__(a) c, const volatile int d);

/* @job */
void nothing(void);

/* @job */
long unnamed(int, double, int arg1);
