/* SPDX-License-Identifier: MIT */
/* FreeType: structs of the library's headers, which lie in a folder of their own and whose comments
 * have words like jobgen's; three arrays of one struct, changed through a pointer to const. */
#include "freetype_jobs.h"

#include "forms.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

/* The library's own functions.
 *
 * @job
 * @inout outline->points[outline->n_points]
 * @in outline->tags[outline->n_points]
 * @in outline->contours[outline->n_contours]
 */
void FT_Outline_Transform(const FT_Outline *outline, const FT_Matrix *matrix);

/* @job
 * @in outline->points[outline->n_points]
 * @in outline->tags[outline->n_points]
 * @in outline->contours[outline->n_contours]
 * @out acbox
 */
void FT_Outline_Get_CBox(const FT_Outline *outline, FT_BBox *acbox);

/* Draws in the bitmap, which has the room; the library's handle is made, and ended, inside.
 *
 * @job
 * @in outline->points[outline->n_points]
 * @in outline->tags[outline->n_points]
 * @in outline->contours[outline->n_contours]
 * @inout bitmap->buffer[bitmap->rows * bitmap->pitch]
 * @in bitmap->palette[1] optional
 */
FT_Error draw(const FT_Outline *outline, FT_Bitmap *bitmap)
{
    FT_Library library;
    FT_Error error = FT_Init_FreeType(&library);
    if (error) return error;
    FT_Outline copy = *outline;
    error = FT_Outline_Get_Bitmap(library, &copy, bitmap);
    (void)FT_Done_FreeType(library);
    return error;
}

CALLS_VOID(FT_Outline_Transform, a->outline, a->matrix)
CALLS_VOID(FT_Outline_Get_CBox, a->outline, a->acbox)
CALLS(draw, a->outline, a->bitmap)

enum { COUNT = 3, POINTS = 7, SIDE = 40 };

/* A square and a triangle, in 64ths of a pixel. The last outline has no contour. */
static void outlines(enum form form, struct notes *notes)
{
    FT_Vector points[COUNT][POINTS];
    FT_Outline outlines[COUNT];
    FT_Bitmap bitmaps[COUNT];
    FT_BBox boxes[COUNT];
    unsigned char pixels[COUNT][SIDE][SIDE] = {0};
    char tags[POINTS] = {1, 1, 1, 1, 1, 0, 1};
    short ends[2] = {3, POINTS - 1};
    FT_Matrix matrix = {0x8000, 0, 0, 0x18000};
    struct FT_Outline_Transform_args transform_args[COUNT];
    struct FT_Outline_Transform_result transform_results[COUNT];
    struct FT_Outline_Get_CBox_args box_args[COUNT];
    struct FT_Outline_Get_CBox_result box_results[COUNT];
    struct draw_args draw_args[COUNT];
    struct draw_result results[COUNT];
    for (int i = 0; i < COUNT; i++) {
        const FT_Vector shape[POINTS] = {
            {64, 64},    {64, 640},   {1280, 640},           {1280, 64},
            {200, 1000}, {900, 1400}, {1900, 1000 + 100 * i}};
        memcpy(points[i], shape, sizeof shape);
        outlines[i] = (FT_Outline){2, POINTS, points[i], tags, ends, 0};
        if (i == COUNT - 1) outlines[i].n_contours = outlines[i].n_points = 0;
        bitmaps[i] = (FT_Bitmap){.rows = SIDE,
                                 .width = SIDE,
                                 .pitch = SIDE,
                                 .buffer = &pixels[i][0][0],
                                 .num_grays = 256,
                                 .pixel_mode = FT_PIXEL_MODE_GRAY};
        transform_args[i] = (struct FT_Outline_Transform_args){&outlines[i], &matrix};
        box_args[i] = (struct FT_Outline_Get_CBox_args){&outlines[i], &boxes[i]};
        draw_args[i] = (struct draw_args){&outlines[i], &bitmaps[i]};
    }
    UNSET(boxes, form);
    FT_Outline_Transform_calls(form, transform_args, COUNT, transform_results);
    FT_Outline_Get_CBox_calls(form, box_args, COUNT, box_results);
    draw_calls(form, draw_args, COUNT, results);
    EXPECT(boxes[0].xMin == 32 && boxes[0].xMax == 950 && boxes[0].yMin == 96);
    EXPECT(pixels[0][SIDE - 8][5] == 255 && pixels[0][0][0] == 0);
    for (int i = 0; i < COUNT; i++) {
        EXPECT(results[i].value == 0 && bitmaps[i].buffer == &pixels[i][0][0]);
        NOTE(notes, points[i]);
        NOTE(notes, boxes[i]);
        NOTE(notes, pixels[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"outlines", outlines}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
