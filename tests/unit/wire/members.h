/* SPDX-License-Identifier: MIT */
#ifndef TEST_MEMBERS_H
#define TEST_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* @field name[4] string
 * @field weights[count]
 * @field is_full
 */
struct box {
    char *name;
    uint8_t count;
    int16_t *weights;
    bool *is_full;
};

/* @field boxes[count]
 * @field at[left]
 * @field notes[room] used(used) owned
 * @field label string owned optional
 */
struct shelf {
    uint8_t count, left, used, room;
    struct box *boxes;
    const uint8_t *at;
    int *notes;
    char *label;
};

#endif
