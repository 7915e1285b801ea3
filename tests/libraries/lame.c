/* SPDX-License-Identifier: MIT */
/* LAME: the result is a length or a negative error, and a job may say what is wrong by jg_fail. */
#include "lame_jobs.h"

#include "forms.h"

#include <lame/lame.h>
#include <math.h>

/* mp3 needs room for 1.25 * samples + 7200 bytes. Returns its length.
 *
 * @job
 * @in left[samples]
 * @in right[samples]
 * @out mp3[room] used(return)
 */
int mp3_pack(const short *left, const short *right, int samples, int rate, MPEG_mode mode,
             unsigned char *mp3, int room)
{
    lame_t lame = lame_init();
    lame_set_in_samplerate(lame, rate);
    lame_set_mode(lame, mode);
    lame_set_num_channels(lame, 2);
    lame_set_bWriteVbrTag(lame, 0);
    lame_set_quality(lame, 7);
    if (lame_init_params(lame) < 0) jg_fail("%d Hz is no rate for MP3", rate);
    int size = lame_encode_buffer(lame, (short *)left, (short *)right, samples, mp3, room);
    if (size >= 0) size += lame_encode_flush(lame, mp3 + size, room - size);
    lame_close(lame);
    return size;
}

CALLS(mp3_pack, a->left, a->right, a->samples, a->rate, a->mode, a->mp3, a->room)

enum { COUNT = 3, SAMPLES = 8000, ROOM = SAMPLES * 5 / 4 + 7200 };

/* Two that fit, one without enough room: LAME returns -1. */
static void sounds(enum form form, struct notes *notes)
{
    static short left[SAMPLES], right[SAMPLES];
    static unsigned char mp3[COUNT][ROOM];
    static const MPEG_mode modes[COUNT] = {JOINT_STEREO, MONO, STEREO};
    struct mp3_pack_args args[COUNT];
    struct mp3_pack_result results[COUNT];
    UNSET(mp3, form);
    for (int i = 0; i < SAMPLES; i++) {
        left[i] = (short)(9000 * sin(i * 0.05));
        right[i] = (short)(9000 * sin(i * i * 1e-5));
    }
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct mp3_pack_args){left,
                                         right,
                                         SAMPLES,
                                         22050 * (i + 1) / (i == 2 ? 3 : 1),
                                         modes[i],
                                         mp3[i],
                                         i == 2 ? 100 : ROOM};
    mp3_pack_calls(form, args, COUNT, results);
    EXPECT(results[0].value > 1000 && results[1].value > 1000 && results[2].value < 0);
    for (int i = 0; i < COUNT; i++) {
        NOTE(notes, results[i].value);
        if (i < 2) note(notes, mp3[i], (size_t)results[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {{"sounds", sounds}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
