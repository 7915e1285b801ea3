/* SPDX-License-Identifier: MIT */
/* lz4: the length comes back as the result, negative where the bytes make no sense. */
#include "lz4_jobs.h"

#include "forms.h"
#include "texts.h"

#include <lz4.h>
#include <string.h>

/* @job
 * @in src[srcSize]
 * @out dst[dstCapacity] used(return)
 */
int LZ4_compress_fast(const char *src, char *dst, int srcSize, int dstCapacity, int acceleration);

/* @job
 * @in src[compressedSize]
 * @out dst[dstCapacity] used(return)
 */
int LZ4_decompress_safe(const char *src, char *dst, int compressedSize, int dstCapacity);

CALLS(LZ4_compress_fast, a->src, a->dst, a->srcSize, a->dstCapacity, a->acceleration)
CALLS(LZ4_decompress_safe, a->src, a->dst, a->compressedSize, a->dstCapacity)

enum { ROOM = LZ4_COMPRESSBOUND(TEXT_ROOM) };

static void there_and_back(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM], back[TEXT_COUNT][TEXT_ROOM], packed[TEXT_COUNT][ROOM];
    struct LZ4_compress_fast_args pack[TEXT_COUNT];
    struct LZ4_compress_fast_result packs[TEXT_COUNT];
    struct LZ4_decompress_safe_args unpack[TEXT_COUNT];
    struct LZ4_decompress_safe_result unpacks[TEXT_COUNT];
    UNSET(packed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        pack[i] = (struct LZ4_compress_fast_args){texts[i], packed[i], (int)text_make(i, texts[i]),
                                                  ROOM, 1 + (int)i};
    LZ4_compress_fast_calls(form, pack, TEXT_COUNT, packs);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(packs[i].value > 0);
        note(notes, packed[i], (size_t)packs[i].value);
        unpack[i] =
            (struct LZ4_decompress_safe_args){packed[i], back[i], packs[i].value, TEXT_ROOM};
    }
    LZ4_decompress_safe_calls(form, unpack, TEXT_COUNT, unpacks);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(unpacks[i].value == pack[i].srcSize);
        EXPECT(memcmp(texts[i], back[i], (size_t)pack[i].srcSize) == 0);
    }
}

/* A negative result is a length of 0, and arrives. */
static void nonsense(enum form form, struct notes *notes)
{
    char text[100];
    const struct LZ4_decompress_safe_args args[] = {{"\xff\xff\xff", text, 3, sizeof text},
                                                    {"\xf0", text, 1, sizeof text},
                                                    {"", text, 0, sizeof text}};
    struct LZ4_decompress_safe_result results[3];
    LZ4_decompress_safe_calls(form, args, 3, results);
    for (size_t i = 0; i < 3; i++) {
        EXPECT(results[i].value < 0);
        NOTE(notes, results[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {
        {"compress and decompress", there_and_back},
        {"bytes that make no sense", nonsense},
    };
    return check_all(checks, sizeof checks / sizeof *checks);
}
