/* SPDX-License-Identifier: MIT */
/* Brotli: C99's array parameters say all extents, so that only the directions are to be said; and a
   library that may be called by its own name is declared by its own header. */
#include "brotli_jobs.h"

#include "forms.h"
#include "texts.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <string.h>

/* @job
 * @out encoded_buffer
 * @inout encoded_size
 */
BROTLI_BOOL BrotliEncoderCompress(int quality, int lgwin, BrotliEncoderMode mode, size_t input_size,
                                  const uint8_t input_buffer[input_size], size_t *encoded_size,
                                  uint8_t encoded_buffer[*encoded_size]);

/* @job
 * @out decoded_buffer
 * @inout decoded_size
 */
BrotliDecoderResult BrotliDecoderDecompress(size_t encoded_size,
                                            const uint8_t encoded_buffer[encoded_size],
                                            size_t *decoded_size,
                                            uint8_t decoded_buffer[*decoded_size]);

CALLS(BrotliEncoderCompress, a->quality, a->lgwin, a->mode, a->input_size, a->input_buffer,
      a->encoded_size, a->encoded_buffer)
CALLS(BrotliDecoderDecompress, a->encoded_size, a->encoded_buffer, a->decoded_size,
      a->decoded_buffer)

enum { ROOM = TEXT_ROOM + 1000 };

static void there_and_back(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    static uint8_t packed[TEXT_COUNT][ROOM], back[TEXT_COUNT][TEXT_ROOM];
    size_t packed_sizes[TEXT_COUNT], sizes[TEXT_COUNT];
    struct BrotliEncoderCompress_args pack[TEXT_COUNT];
    struct BrotliEncoderCompress_result packs[TEXT_COUNT];
    struct BrotliDecoderDecompress_args unpack[TEXT_COUNT];
    struct BrotliDecoderDecompress_result unpacks[TEXT_COUNT];
    UNSET(packed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        size_t length = text_make(i, texts[i]);
        packed_sizes[i] = ROOM;
        sizes[i] = TEXT_ROOM;
        pack[i] = (struct BrotliEncoderCompress_args){
            1 + 2 * (int)i, BROTLI_DEFAULT_WINDOW, i == 0 ? BROTLI_MODE_TEXT : BROTLI_MODE_FONT,
            length,         (uint8_t *)texts[i],   &packed_sizes[i],
            packed[i]};
    }
    BrotliEncoderCompress_calls(form, pack, TEXT_COUNT, packs);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(packs[i].value == BROTLI_TRUE);
        note(notes, packed[i], packed_sizes[i]);
        if (i == 2) packed[i][50] ^= 0xff;
        unpack[i] =
            (struct BrotliDecoderDecompress_args){packed_sizes[i], packed[i], &sizes[i], back[i]};
    }
    BrotliDecoderDecompress_calls(form, unpack, TEXT_COUNT, unpacks);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        NOTE(notes, unpacks[i].value);
        NOTE(notes, sizes[i]);
        note(notes, back[i], sizes[i]);
        EXPECT(i == 2 || unpacks[i].value == BROTLI_DECODER_RESULT_SUCCESS);
        EXPECT(i == 2 || sizes[i] == pack[i].input_size);
        EXPECT(i == 2 || memcmp(back[i], texts[i], sizes[i]) == 0);
    }
}

int main(void)
{
    static const struct check checks[] = {{"compress and decompress", there_and_back}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
