/* SPDX-License-Identifier: MIT */
/* libpng: its simplified interface, behind functions of pictures in memory. */
#include "png_jobs.h"

#include "forms.h"

#include <png.h>
#include <stdlib.h>

struct picture {
    uint32_t width;
    uint32_t height;
    uint32_t colours;
    uint32_t warning_or_error;
    char message[64];
};

/* As png_image_write_to_memory: *size is the room for `memory`, then the length; if the room does
 * not do, it is what is needed, and the result is 0. Rows come bottom first if stride is negative.
 *
 * @job
 * @in pixels[width * height * 3]
 * @out memory[*size] @inout size
 * @out said
 */
int picture_pack(const unsigned char *pixels, uint32_t width, uint32_t height, int32_t stride,
                 unsigned char *memory, size_t *size, struct picture *said)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
    int is_good = png_image_write_to_memory(&image, memory, size, 0, pixels, stride, NULL);
    *said = (struct picture){width, height, image.colormap_entries, image.warning_or_error, ""};
    memcpy(said->message, image.message, sizeof said->message);
    return is_good;
}

/* A picture of grey values, NULL where `png` is none; *said tells its size and what is wrong.
 *
 * @job
 * @in png[size]
 * @out return[said->width * said->height] owned
 * @out said
 */
unsigned char *picture_unpack(const unsigned char *png, size_t size, struct picture *said)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    unsigned char *pixels = NULL;
    if (png_image_begin_read_from_memory(&image, png, size)) {
        image.format = PNG_FORMAT_GRAY;
        pixels = malloc(PNG_IMAGE_SIZE(image));
        if (!png_image_finish_read(&image, NULL, pixels, 0, NULL)) {
            free(pixels);
            pixels = NULL;
        }
    }
    *said = (struct picture){image.width, image.height, 0, image.warning_or_error, ""};
    if (pixels == NULL) said->width = said->height = 0;
    memcpy(said->message, image.message, sizeof said->message);
    return pixels;
}

CALLS(picture_pack, a->pixels, a->width, a->height, a->stride, a->memory, a->size, a->said)
CALLS(picture_unpack, a->png, a->size, a->said)

enum { COUNT = 3, WIDTH = 60, HEIGHT = 40, ROOM = WIDTH * HEIGHT * 3 + 1000 };

/* Top first, bottom first, and one that the room does not do for. */
static void pictures(enum form form, struct notes *notes)
{
    static unsigned char pixels[WIDTH * HEIGHT * 3], packed[COUNT][ROOM];
    size_t sizes[COUNT];
    struct picture said[2 * COUNT];
    struct picture_pack_args pack[COUNT];
    struct picture_pack_result packs[COUNT];
    struct picture_unpack_args unpack[COUNT];
    struct picture_unpack_result unpacks[COUNT];
    UNSET(packed, form);
    UNSET(said, form);
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (unsigned char)(i * i / 50);
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i == 2 ? 70 : ROOM;
        pack[i] = (struct picture_pack_args){
            pixels,    WIDTH,   HEIGHT - (uint32_t)i, i == 1 ? -WIDTH * 3 : 0, packed[i],
            &sizes[i], &said[i]};
    }
    picture_pack_calls(form, pack, COUNT, packs);
    EXPECT(packs[0].value == 1 && packs[1].value == 1 && packs[2].value == 0 && sizes[2] > 70);
    for (size_t i = 0; i < COUNT; i++) {
        NOTE(notes, said[i]);
        NOTE(notes, sizes[i]);
        if (i < 2) note(notes, packed[i], sizes[i]);
        unpack[i] =
            (struct picture_unpack_args){packed[i], i < 2 ? sizes[i] : 10, &said[COUNT + i]};
    }
    picture_unpack_calls(form, unpack, COUNT, unpacks);
    EXPECT(unpacks[0].value != NULL && unpacks[2].value == NULL);
    for (size_t i = 0; i < COUNT; i++) {
        NOTE(notes, said[COUNT + i]);
        note(notes, unpacks[i].value, said[COUNT + i].width * said[COUNT + i].height);
        free(unpacks[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {{"pictures", pictures}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
