/* SPDX-License-Identifier: MIT */
/* zlib: the library's own functions are the jobs; their prototypes are repeated with an annotation.
 */
#include "zlib_jobs.h"

#include "forms.h"
#include "texts.h"

#include <string.h>
#include <zlib.h>

/* @job
 * @out dest[*destLen] @inout destLen
 * @in source[sourceLen]
 */
int compress2(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen, int level);

/* sourceLen comes back with the bytes that were used.
 *
 * @job
 * @out dest[*destLen] @inout destLen
 * @in source[*sourceLen] @inout sourceLen
 */
int uncompress2(Bytef *dest, uLongf *destLen, const Bytef *source, uLong *sourceLen);

/* @job
 * @in buf[len]
 */
uLong crc32_z(uLong crc, const Bytef *buf, z_size_t len);

CALLS(compress2, a->dest, a->destLen, a->source, a->sourceLen, a->level)
CALLS(uncompress2, a->dest, a->destLen, a->source, a->sourceLen)
CALLS(crc32_z, a->crc, a->buf, a->len)

enum { ROOM = TEXT_ROOM + 200 };

static void there_and_back(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM], back[TEXT_COUNT][TEXT_ROOM];
    static unsigned char packed[TEXT_COUNT][ROOM];
    unsigned long lengths[TEXT_COUNT], packed_lengths[TEXT_COUNT], rooms[TEXT_COUNT];
    struct compress2_args pack[TEXT_COUNT];
    struct uncompress2_args unpack[TEXT_COUNT];
    struct compress2_result packs[TEXT_COUNT];
    struct uncompress2_result unpacks[TEXT_COUNT];
    UNSET(packed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        lengths[i] = text_make(i, texts[i]);
        packed_lengths[i] = ROOM;
        rooms[i] = TEXT_ROOM;
        pack[i] = (struct compress2_args){packed[i], &packed_lengths[i], (Bytef *)texts[i],
                                          lengths[i], (int)i * 3};
        unpack[i] =
            (struct uncompress2_args){(Bytef *)back[i], &rooms[i], packed[i], &packed_lengths[i]};
    }
    compress2_calls(form, pack, TEXT_COUNT, packs);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        NOTE(notes, packed_lengths[i]);
        note(notes, packed[i], packed_lengths[i]);
        EXPECT(packs[i].value == Z_OK);
    }
    uncompress2_calls(form, unpack, TEXT_COUNT, unpacks);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(unpacks[i].value == Z_OK);
        EXPECT(rooms[i] == lengths[i] && memcmp(texts[i], back[i], lengths[i]) == 0);
        NOTE(notes, packed_lengths[i]);
    }
}

/* Where the room is too small zlib says so and leaves the room as it is. */
static void too_small(enum form form, struct notes *notes)
{
    static char text[TEXT_ROOM];
    unsigned char packed[10] = {0};
    unsigned long room = sizeof packed;
    struct compress2_args args = {packed, &room, (Bytef *)text, text_make(2, text), 9};
    struct compress2_result result;
    compress2_calls(form, &args, 1, &result);
    EXPECT(result.value == Z_BUF_ERROR);
    NOTE(notes, result.value);
    NOTE(notes, room);
    note(notes, packed, room);
}

static void sums(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    struct crc32_z_args args[TEXT_COUNT];
    struct crc32_z_result results[TEXT_COUNT];
    for (size_t i = 0; i < TEXT_COUNT; i++)
        args[i] = (struct crc32_z_args){i, (Bytef *)texts[i], text_make(i, texts[i])};
    crc32_z_calls(form, args, TEXT_COUNT, results);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        NOTE(notes, results[i].value);
}

int main(void)
{
    static const struct check checks[] = {
        {"compress2 and uncompress2", there_and_back},
        {"compress2 without room", too_small},
        {"crc32_z", sums},
    };
    return check_all(checks, sizeof checks / sizeof *checks);
}
