/* SPDX-License-Identifier: MIT */
/* What the jobs of the codec's tests work on. */
#ifndef CODEC_JOBS_H
#define CODEC_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mood { CALM = -3, MERRY = 7 };
enum vast { NEAR, FAR = 0x123456789 };

struct point {
    double x, y;
};

struct shape {
    struct point corners[3];
    enum mood mood;
    char name[9];
    int16_t steps[2][2];
    uint16_t marks[3];
    bool flags[5];
    struct inner {
        bool is_set;
        signed char tiny;
        unsigned short small;
    } inner;
    long long wide[2];
};

struct __attribute__((packed)) tight {
    char a;
    uint32_t b[2];
    struct inner c;
    uint16_t d[3];
    struct point e[2];
    double f;
};

struct buffer {
    int len, cap;
};

struct loose {
    _Alignas(32) char a;
};

#endif
