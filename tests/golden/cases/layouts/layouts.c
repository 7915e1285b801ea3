/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stdint.h>

enum wide { WIDE = 0x100000000 };

struct bits {
    unsigned low : 3;
    int : 2;
    int sign : 5;
    _Bool is_set : 1;
    enum wide wide : 40;
    char letter : 7;
    unsigned : 0;
    uint8_t whole : 8;
};

struct nested {
    int first;
    struct {
        short second;
        struct {
            uint16_t third[2][3][4];
            unsigned fourth : 9;
        };
    };
    struct {
        struct {
            _Bool is_deep;
        } inner;
    } own[2];
    struct {
        struct {
            int last;
        } tail;
    };
};

struct mixed {
    char a;
    int b __attribute__((aligned(16)));
    char c;
    int d __attribute__((packed));
    struct {
        char e;
        uint64_t f;
        uint32_t g[2];
    } __attribute__((packed));
};

#pragma pack(push, 2)
struct half {
    char a;
    double b;
    struct bits c;
};
#pragma pack(pop)

/* @job */
struct bits bits(const struct bits *from);

/* @job */
int nested(struct nested value);

/* @job */
void mixed(struct mixed *value, struct half half);
