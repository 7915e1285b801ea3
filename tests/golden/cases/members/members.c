/* SPDX-License-Identifier: MIT */
#include "members.h"

#include "jobs.h"

#include <stdint.h>

/* @job */
long brightness(const struct picture *picture);

/* @job */
void invert(struct picture *picture);

/* @job
 * @in all->tags[tag_count] string
 * @in all->pictures->title string
 */
int count_words(const album *all, int tag_count);

/* @job
 * @out return.pixels[return.width * return.height] owned
 * @out return.title string owned
 */
struct picture crop(struct picture picture, unsigned short width);

struct buffer {
    void *data;
    size_t size;
    double *results;
    struct { int16_t *shorts; } inner[2];
};

/* @job
 * @inout buffers[n]
 * @in buffers->data size(buffers->size)
 * @out buffers->results[*room] used(return - 1)
 * @inout buffers->inner->shorts[buffers->size / 2] optional
 * @in room
 */
int work(struct buffer *buffers, int n, const int64_t *room);

/* @job
 * @out *found[*count] owned
 * @out count
 * @out *found->data[*count] owned
 * @out found->results owned
 * @out found->inner->shorts[found->size] owned
 */
void find(struct buffer **found, int *count);

struct note {
    unsigned char *text;
    const uint8_t **words;
    int count;
};

/* @job
 * @in note->text string
 * @in note->words[note->count] string
 */
int read_note(const struct note *note);
