/* SPDX-License-Identifier: MIT */
/* Jobs that bear any struct that is well described. */
#include "member_jobs.h"

#include "members.h"

#include <stdlib.h>
#include <string.h>

/* @job */
int tidy(struct shelf *shelf)
{
    int sum = shelf->label != NULL ? (int)strlen(shelf->label) : 0;
    for (unsigned b = 0; b < shelf->count; b++) {
        struct box *box = &shelf->boxes[b];
        for (unsigned i = 0; i < box->count; i++)
            sum += box->weights[i]++;
        box->name[0] = '!';
        box->is_full[0] = !box->is_full[0];
    }
    if (shelf->left > 0) {
        shelf->at++;
        shelf->left--;
    }
    if (shelf->used == shelf->room && shelf->room < 100) {
        shelf->room = (uint8_t)(2 * shelf->room + 1);
        shelf->notes = realloc(shelf->notes, shelf->room * sizeof *shelf->notes);
    }
    if (shelf->used < shelf->room) shelf->notes[shelf->used++] = sum;
    free(shelf->label);
    shelf->label = strdup("tidy");
    return sum;
}

/* @job
 * @out return.boxes[return.count] owned
 * @out return.boxes->weights[return.boxes->count] owned
 * @out return.boxes->name string owned
 * @out return.boxes->is_full owned
 * @out return.at[return.left] owned
 */
struct shelf build(uint8_t count)
{
    struct shelf shelf = {.count = count, .boxes = calloc(count, sizeof *shelf.boxes), .left = 1};
    shelf.at = calloc(1, 1);
    for (unsigned b = 0; b < count; b++)
        shelf.boxes[b] = (struct box){strdup("box"), 1, calloc(1, 2), calloc(1, 1)};
    return shelf;
}
