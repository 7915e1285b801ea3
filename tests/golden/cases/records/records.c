/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stdint.h>

enum kind { ROUND, SQUARE };
struct point {
    double x, y;
};
typedef struct shape {
    struct point corners[4];
    enum kind kind;
    uint8_t name[16];
    int matrix[2][3];
    struct inner {
        _Bool is_set;
    } inner;
} shape;
struct __attribute__((packed)) tight {
    char a;
    uint32_t b;
};
struct __attribute__((aligned(32))) loose {
    int a;
};
#pragma pack(push, 1)
struct pragma {
    char a;
    double b;
};
#pragma pack(pop)
struct virtual {
    int a;
};

/* @job */
shape move(shape s, const struct point *by, struct point *last);

/* @job
 * @in all[n]
 * @out found[n] used(return)
 */
int search(const shape *all, int n, struct point *found);

/* @job */
const struct tight layouts(struct tight a, struct loose b, struct pragma c);

/* @job
 * @out return owned
 */
struct point *allocate(struct point at);

/* @job */
int cpp(struct virtual v);
