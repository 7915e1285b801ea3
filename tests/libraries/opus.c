/* SPDX-License-Identifier: MIT */
/* Opus: an encoder is a handle, which stays inside the job; a whole piece of sound goes in. */
#include "opus_jobs.h"

#include "forms.h"

#include <math.h>
#include <opus/opus.h>
#include <string.h>

enum { RATE = 48000, FRAME = 960, FRAMES = 20, PACKET_MOST = 1275 };

/* Packs `frames` frames of 20 ms, interleaved. Packet i has sizes[i] bytes; they stand in `packets`
 * one behind the other. Returns the bytes of all, or the library's error, which is negative.
 *
 * @job
 * @in pcm[frames * 960 * channels]
 * @out sizes[frames]
 * @out packets[room] used(return)
 */
opus_int32 sound_pack(const opus_int16 *pcm, int frames, int channels, opus_int32 bitrate,
                      opus_int32 *sizes, unsigned char *packets, opus_int32 room)
{
    int error = OPUS_OK;
    opus_int32 total = 0;
    OpusEncoder *encoder = opus_encoder_create(RATE, channels, OPUS_APPLICATION_AUDIO, &error);
    if (encoder == NULL) return error;
    error = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
    for (int i = 0; i < frames && error == OPUS_OK; i++) {
        sizes[i] =
            opus_encode(encoder, pcm + i * FRAME * channels, FRAME, packets + total, room - total);
        if (sizes[i] < 0) error = sizes[i];
        total += sizes[i];
    }
    opus_encoder_destroy(encoder);
    return error == OPUS_OK ? total : error;
}

/* The other way round, as floats; returns the samples per channel.
 *
 * @job
 * @in sizes[frames]
 * @in packets[length]
 * @out pcm[frames * 960 * channels] used(return * channels)
 */
int sound_unpack(const opus_int32 *sizes, int frames, int channels, const unsigned char *packets,
                 opus_int32 length, float *pcm)
{
    int error = OPUS_OK, total = 0;
    OpusDecoder *decoder = opus_decoder_create(RATE, channels, &error);
    if (decoder == NULL) return error;
    for (int i = 0; i < frames && error >= 0 && sizes[i] <= length; i++) {
        error = opus_decode_float(decoder, packets, sizes[i], pcm + total * channels, FRAME, 0);
        if (error > 0) total += error;
        packets += sizes[i];
        length -= sizes[i];
    }
    opus_decoder_destroy(decoder);
    return error < 0 ? error : total;
}

CALLS(sound_pack, a->pcm, a->frames, a->channels, a->bitrate, a->sizes, a->packets, a->room)
CALLS(sound_unpack, a->sizes, a->frames, a->channels, a->packets, a->length, a->pcm)

enum { COUNT = 3, SAMPLES = FRAMES * FRAME * 2, ROOM = FRAMES * PACKET_MOST };

/* Mono, stereo, and a number of channels that Opus has not. */
static void sounds(enum form form, struct notes *notes)
{
    static opus_int16 pcm[SAMPLES];
    static float back[COUNT][SAMPLES];
    static unsigned char packets[COUNT][ROOM];
    opus_int32 sizes[COUNT][FRAMES];
    struct sound_pack_args pack[COUNT];
    struct sound_pack_result packs[COUNT];
    struct sound_unpack_args unpack[COUNT];
    struct sound_unpack_result unpacks[COUNT];
    UNSET(packets, form);
    UNSET(sizes, form);
    UNSET(back, form);
    for (int i = 0; i < SAMPLES; i++)
        pcm[i] = (opus_int16)(9000 * sin(i * 0.05) + 4000 * sin(i * i * 1e-5));
    for (int i = 0; i < COUNT; i++)
        pack[i] = (struct sound_pack_args){pcm,      i == 2 ? 5 : FRAMES, i + 1, 32000 * (i + 1),
                                           sizes[i], packets[i],          ROOM};
    sound_pack_calls(form, pack, COUNT, packs);
    EXPECT(packs[0].value > 1000 && packs[1].value > packs[0].value);
    EXPECT(packs[2].value == OPUS_BAD_ARG);
    for (int i = 0; i < 2; i++) {
        note(notes, sizes[i], sizeof sizes[i]);
        note(notes, packets[i], (size_t)packs[i].value);
        unpack[i] = (struct sound_unpack_args){sizes[i],   FRAMES,         i + 1,
                                               packets[i], packs[i].value, back[i]};
    }
    sound_unpack_calls(form, unpack, 2, unpacks);
    for (int i = 0; i < 2; i++) {
        EXPECT(unpacks[i].value == FRAMES * FRAME);
        note(notes, back[i], (size_t)(unpacks[i].value * (i + 1)) * sizeof(float));
    }
}

int main(void)
{
    static const struct check checks[] = {{"pieces of sound, packed and unpacked", sounds}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
