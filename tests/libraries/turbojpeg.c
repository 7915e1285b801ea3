/* SPDX-License-Identifier: MIT */
/* libjpeg-turbo: the library allocates what it packs, and stores it behind a T **. */
#include "turbojpeg_jobs.h"

#include "forms.h"
#include "picture.h"

#include <stdlib.h>
#include <turbojpeg.h>

/* As tjCompress2; the handle is made, and ended, inside. tjAlloc is malloc, so that free() does for
 * what comes back.
 *
 * @job
 * @in srcBuf[pitch * height]
 * @out *jpegBuf[*jpegSize] owned
 * @out jpegSize
 */
int jpeg_pack(const unsigned char *srcBuf, int width, int pitch, int height, int pixelFormat,
              unsigned char **jpegBuf, unsigned long *jpegSize, int jpegSubsamp, int jpegQual,
              int flags)
{
    tjhandle handle = tjInitCompress();
    *jpegBuf = NULL;
    *jpegSize = 0;
    int result = tjCompress2(handle, srcBuf, width, pitch, height, pixelFormat, jpegBuf, jpegSize,
                             jpegSubsamp, jpegQual, flags);
    (void)tjDestroy(handle);
    return result;
}

/* @job
 * @in jpegBuf[jpegSize]
 * @out *pixels[*width * *height * 3] owned
 * @out width
 * @out height
 */
int jpeg_unpack(const unsigned char *jpegBuf, unsigned long jpegSize, unsigned char **pixels,
                int *width, int *height)
{
    tjhandle handle = tjInitDecompress();
    int subsampling = 0, colours = 0, result = -1;
    *pixels = NULL;
    *width = *height = 0;
    if (tjDecompressHeader3(handle, jpegBuf, jpegSize, width, height, &subsampling, &colours) == 0)
        *pixels = malloc((size_t)*width * (size_t)*height * 3);
    if (*pixels != NULL)
        result = tjDecompress2(handle, jpegBuf, jpegSize, *pixels, *width, 0, *height, TJPF_RGB, 0);
    (void)tjDestroy(handle);
    return result;
}

CALLS(jpeg_pack, a->srcBuf, a->width, a->pitch, a->height, a->pixelFormat, a->jpegBuf, a->jpegSize,
      a->jpegSubsamp, a->jpegQual, a->flags)
CALLS(jpeg_unpack, a->jpegBuf, a->jpegSize, a->pixels, a->width, a->height)

enum { COUNT = 4, PITCH = PICTURE_WIDTH * 3 };

/* Three kinds of JPEG, and a picture without height, which the library refuses. */
static void pictures(enum form form, struct notes *notes)
{
    static const int subsamplings[COUNT] = {TJSAMP_444, TJSAMP_420, TJSAMP_GRAY, TJSAMP_444};
    static unsigned char pixels[COUNT][PICTURE_SIZE];
    unsigned char *packed[COUNT], *back[COUNT];
    unsigned long sizes[COUNT];
    int widths[COUNT], heights[COUNT];
    struct jpeg_pack_args pack[COUNT];
    struct jpeg_pack_result packs[COUNT];
    struct jpeg_unpack_args unpack[COUNT];
    struct jpeg_unpack_result unpacks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        picture_make(i, pixels[i]);
        pack[i] = (struct jpeg_pack_args){pixels[i],   PICTURE_WIDTH - i,
                                          PITCH,       i < 3 ? PICTURE_HEIGHT : 0,
                                          TJPF_RGB,    &packed[i],
                                          &sizes[i],   subsamplings[i],
                                          50 + 15 * i, i == 2 ? TJFLAG_BOTTOMUP : 0};
    }
    jpeg_pack_calls(form, pack, COUNT, packs);
    EXPECT(packs[0].value == 0 && packs[3].value == -1 && packed[3] == NULL);
    for (int i = 0; i < COUNT; i++) {
        NOTE(notes, packs[i].value);
        note(notes, packed[i], sizes[i]);
        unpack[i] =
            (struct jpeg_unpack_args){packed[i], sizes[i], &back[i], &widths[i], &heights[i]};
    }
    jpeg_unpack_calls(form, unpack, COUNT, unpacks);
    for (int i = 0; i < COUNT; i++) {
        EXPECT(unpacks[i].value == (i < 3 ? 0 : -1));
        EXPECT(i == 3 || (widths[i] == PICTURE_WIDTH - i && heights[i] == PICTURE_HEIGHT));
        note(notes, back[i], (size_t)(widths[i] * heights[i] * 3));
        free(packed[i]);
        free(back[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"pictures", pictures}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
