/* SPDX-License-Identifier: MIT */
/* WebP: packed, a picture comes back behind a T ** with its size as the result; unpacked, it is the
   result, with its size behind pointers. The library's own functions are the jobs. */
#include "webp_jobs.h"

#include "forms.h"
#include "picture.h"

#include <stdlib.h>
#include <webp/decode.h>
#include <webp/encode.h>

/* @job
 * @in rgb[stride * height]
 * @out *output[return] owned
 */
size_t WebPEncodeRGB(const uint8_t *rgb, int width, int height, int stride, float quality_factor,
                     uint8_t **output);

/* @job
 * @in data[data_size]
 * @out width
 * @out height
 * @out return[*width * *height * 3] owned
 */
uint8_t *WebPDecodeRGB(const uint8_t *data, size_t data_size, int *width, int *height);

CALLS(WebPEncodeRGB, a->rgb, a->width, a->height, a->stride, a->quality_factor, a->output)
CALLS(WebPDecodeRGB, a->data, a->data_size, a->width, a->height)

enum { COUNT = 3, STRIDE = PICTURE_WIDTH * 3 };

static void pictures(enum form form, struct notes *notes)
{
    static unsigned char pixels[COUNT][PICTURE_SIZE];
    uint8_t *packed[COUNT];
    int widths[COUNT], heights[COUNT];
    struct WebPEncodeRGB_args pack[COUNT];
    struct WebPEncodeRGB_result packs[COUNT];
    struct WebPDecodeRGB_args unpack[COUNT];
    struct WebPDecodeRGB_result unpacks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        picture_make(i, pixels[i]);
        pack[i] = (struct WebPEncodeRGB_args){pixels[i], PICTURE_WIDTH - i,     PICTURE_HEIGHT,
                                              STRIDE,    40.5F + 20 * (float)i, &packed[i]};
    }
    WebPEncodeRGB_calls(form, pack, COUNT, packs);
    for (int i = 0; i < COUNT; i++) {
        EXPECT(packs[i].value > 100);
        note(notes, packed[i], packs[i].value);
        /* The last one is cut off: NULL comes back, and no size. */
        widths[i] = heights[i] = 0;
        unpack[i] = (struct WebPDecodeRGB_args){packed[i], i == 2 ? 20 : packs[i].value, &widths[i],
                                                &heights[i]};
    }
    WebPDecodeRGB_calls(form, unpack, COUNT, unpacks);
    EXPECT(unpacks[0].value != NULL && unpacks[2].value == NULL);
    for (int i = 0; i < COUNT; i++) {
        EXPECT(i == 2 || (widths[i] == PICTURE_WIDTH - i && heights[i] == PICTURE_HEIGHT));
        if (i < 2) note(notes, unpacks[i].value, (size_t)(widths[i] * heights[i] * 3));
        free(packed[i]);
        free(unpacks[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {{"pictures", pictures}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
