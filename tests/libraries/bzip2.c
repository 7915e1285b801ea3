/* SPDX-License-Identifier: MIT */
/* bzip2: char * for bytes, not const even where they are only read, and lengths of unsigned int. */
#include "bzip2_jobs.h"

#include "forms.h"
#include "texts.h"

#include <bzlib.h>
#include <string.h>

/* @job
 * @out dest[*destLen] @inout destLen
 * @in source[sourceLen]
 */
int BZ2_bzBuffToBuffCompress(char *dest, unsigned int *destLen, char *source,
                             unsigned int sourceLen, int blockSize100k, int verbosity,
                             int workFactor);

/* @job
 * @out dest[*destLen] @inout destLen
 * @in source[sourceLen]
 */
int BZ2_bzBuffToBuffDecompress(char *dest, unsigned int *destLen, char *source,
                               unsigned int sourceLen, int small, int verbosity);

CALLS(BZ2_bzBuffToBuffCompress, a->dest, a->destLen, a->source, a->sourceLen, a->blockSize100k,
      a->verbosity, a->workFactor)
CALLS(BZ2_bzBuffToBuffDecompress, a->dest, a->destLen, a->source, a->sourceLen, a->small,
      a->verbosity)

enum { ROOM = TEXT_ROOM + 1000 };

static void there_and_back(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM], back[TEXT_COUNT][TEXT_ROOM], packed[TEXT_COUNT][ROOM];
    unsigned lengths[TEXT_COUNT], packed_lengths[TEXT_COUNT], rooms[TEXT_COUNT];
    struct BZ2_bzBuffToBuffCompress_args pack[TEXT_COUNT];
    struct BZ2_bzBuffToBuffCompress_result packs[TEXT_COUNT];
    struct BZ2_bzBuffToBuffDecompress_args unpack[TEXT_COUNT];
    struct BZ2_bzBuffToBuffDecompress_result unpacks[TEXT_COUNT];
    UNSET(packed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        lengths[i] = (unsigned)text_make(i, texts[i]);
        packed_lengths[i] = ROOM;
        rooms[i] = TEXT_ROOM;
        pack[i] = (struct BZ2_bzBuffToBuffCompress_args){
            packed[i], &packed_lengths[i], texts[i], lengths[i], 1 + (int)i, 0, 30};
    }
    BZ2_bzBuffToBuffCompress_calls(form, pack, TEXT_COUNT, packs);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(packs[i].value == BZ_OK);
        NOTE(notes, packed_lengths[i]);
        note(notes, packed[i], packed_lengths[i]);
        unpack[i] = (struct BZ2_bzBuffToBuffDecompress_args){
            back[i], &rooms[i], packed[i], packed_lengths[i], i % 2 == 1, 0};
    }
    BZ2_bzBuffToBuffDecompress_calls(form, unpack, TEXT_COUNT, unpacks);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(unpacks[i].value == BZ_OK);
        EXPECT(rooms[i] == lengths[i] && memcmp(texts[i], back[i], lengths[i]) == 0);
    }
}

int main(void)
{
    static const struct check checks[] = {{"compress and decompress", there_and_back}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
