/* SPDX-License-Identifier: MIT */
/* libsamplerate: one struct has the buffers, their lengths, and what of them was used. */
#include "samplerate_jobs.h"

#include "forms.h"

#include <math.h>
#include <samplerate.h>

/* The library's own function.
 *
 * @job
 * @in data->data_in[data->input_frames * channels]
 * @out data->data_out[data->output_frames * channels] used(data->output_frames_gen * channels)
 */
int src_simple(SRC_DATA *data, int converter_type, int channels);

CALLS(src_simple, a->data, a->converter_type, a->channels)

enum { COUNT = 4, FRAMES = 600, OUTPUT_FRAMES = 700, CHANNELS = 2 };

/* Three converters; one of them with more to give than there is room. The last is none. */
static void conversions(enum form form, struct notes *notes)
{
    static const int converters[COUNT] = {SRC_LINEAR, SRC_SINC_FASTEST, SRC_ZERO_ORDER_HOLD, 99};
    static const double ratios[COUNT] = {1.1, 0.5, 3, 1};
    float in[FRAMES * CHANNELS], out[COUNT][OUTPUT_FRAMES * CHANNELS];
    SRC_DATA data[COUNT];
    struct src_simple_args args[COUNT];
    struct src_simple_result results[COUNT];
    UNSET(out, form);
    for (int i = 0; i < FRAMES * CHANNELS; i++)
        in[i] = sinf(0.02F * (float)i);
    for (int i = 0; i < COUNT; i++) {
        data[i] = (SRC_DATA){.data_in = in,
                             .data_out = out[i],
                             .input_frames = FRAMES,
                             .output_frames = OUTPUT_FRAMES,
                             .end_of_input = 1,
                             .src_ratio = ratios[i]};
        args[i] = (struct src_simple_args){&data[i], converters[i], CHANNELS - i % 2};
    }
    src_simple_calls(form, args, COUNT, results);
    EXPECT(data[0].output_frames_gen > FRAMES && data[1].output_frames_gen < FRAMES);
    EXPECT(data[2].output_frames_gen == OUTPUT_FRAMES && data[2].input_frames_used < FRAMES);
    for (int i = 0; i < COUNT; i++) {
        EXPECT((results[i].value == 0) == (i < 3));
        EXPECT(data[i].data_in == in && data[i].data_out == out[i]);
        NOTE(notes, results[i].value);
        NOTE(notes, data[i].input_frames_used);
        NOTE(notes, data[i].output_frames_gen);
        note(notes, out[i], (size_t)(data[i].output_frames_gen * args[i].channels) * sizeof(float));
    }
}

int main(void)
{
    static const struct check checks[] = {{"conversions", conversions}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
