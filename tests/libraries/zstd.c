/* SPDX-License-Identifier: MIT */
/* Zstandard: bytes behind void *; results that are a length, or an error that only the library can
   tell from one. */
#include "zstd_jobs.h"

#include "forms.h"
#include "texts.h"

#include <zstd.h>

/* @job
 * @out dst size(dstCapacity) used(return)
 * @in src size(srcSize)
 */
size_t ZSTD_compress(void *dst, size_t dstCapacity, const void *src, size_t srcSize,
                     int compressionLevel);

/* @job
 * @out dst size(dstCapacity) used(return)
 * @in src size(compressedSize)
 */
size_t ZSTD_decompress(void *dst, size_t dstCapacity, const void *src, size_t compressedSize);

/* With a dictionary, or without one.
 *
 * @job
 * @out dst size(dstCapacity) used(return)
 * @in src size(srcSize)
 * @in dict size(dictSize) optional
 */
size_t pack_with(void *dst, size_t dstCapacity, const void *src, size_t srcSize, const void *dict,
                 size_t dictSize)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t size = ZSTD_compress_usingDict(context, dst, dstCapacity, src, srcSize, dict,
                                          dict == NULL ? 0 : dictSize, 3);
    ZSTD_freeCCtx(context);
    return size;
}

CALLS(ZSTD_compress, a->dst, a->dstCapacity, a->src, a->srcSize, a->compressionLevel)
CALLS(ZSTD_decompress, a->dst, a->dstCapacity, a->src, a->compressedSize)
CALLS(pack_with, a->dst, a->dstCapacity, a->src, a->srcSize, a->dict, a->dictSize)

enum { ROOM = ZSTD_COMPRESSBOUND(TEXT_ROOM) };

static void there_and_back(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM], back[TEXT_COUNT][TEXT_ROOM], packed[TEXT_COUNT][ROOM];
    struct ZSTD_compress_args pack[TEXT_COUNT];
    struct ZSTD_compress_result packs[TEXT_COUNT];
    struct ZSTD_decompress_args unpack[TEXT_COUNT];
    struct ZSTD_decompress_result unpacks[TEXT_COUNT];
    UNSET(packed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        pack[i] = (struct ZSTD_compress_args){packed[i], ROOM, texts[i], text_make(i, texts[i]),
                                              1 + 4 * (int)i};
    ZSTD_compress_calls(form, pack, TEXT_COUNT, packs);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(!ZSTD_isError(packs[i].value));
        note(notes, packed[i], packs[i].value);
        unpack[i] = (struct ZSTD_decompress_args){back[i], i == 1 ? 100 : TEXT_ROOM, packed[i],
                                                  packs[i].value};
    }
    packed[2][0] ^= 1;
    ZSTD_decompress_calls(form, unpack, TEXT_COUNT, unpacks);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        NOTE(notes, unpacks[i].value);
        EXPECT(ZSTD_isError(unpacks[i].value) == (i == 1 || i == 2));
        EXPECT(i == 1 || i == 2 || memcmp(back[i], texts[i], pack[i].srcSize) == 0);
    }
}

static void dictionaries(enum form form, struct notes *notes)
{
    /* Not side by side: then the library packs otherwise, and in a job they are not. */
    static char text[TEXT_ROOM], dict[5000], packed[2][ROOM];
    size_t length = text_make(0, text);
    memcpy(dict, text, sizeof dict);
    const struct pack_with_args args[2] = {
        {packed[0], ROOM, text + 5000, length - 5000, dict, sizeof dict},
        {packed[1], ROOM, text + 5000, length - 5000, NULL, 5000}};
    struct pack_with_result results[2];
    UNSET(packed, form);
    pack_with_calls(form, args, 2, results);
    EXPECT(results[0].value < results[1].value);
    note(notes, packed[0], results[0].value);
    note(notes, packed[1], results[1].value);
}

int main(void)
{
    static const struct check checks[] = {{"compress and decompress", there_and_back},
                                          {"with and without a dictionary", dictionaries}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
