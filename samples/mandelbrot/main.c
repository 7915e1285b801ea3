/* SPDX-License-Identifier: MIT */
/* The Mandelbrot set as a PNG: bands of rows, each computed by a job. --plain computes them here,
 * one after the other, and gives the same file. */
#include "jobs.h"

#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 640, HEIGHT = 480, BAND_ROWS = 24, BANDS = HEIGHT / BAND_ROWS, STEPS_MAX = 255 };

/* Which part of the plane a picture shows. */
struct view {
    double left, top;
    double pixel; /* the width and height of one */
};

/* How many steps the point takes to escape, at most STEPS_MAX. */
static unsigned char steps(double x, double y)
{
    double re = 0, im = 0;
    unsigned step = 0;
    while (step < STEPS_MAX && re * re + im * im <= 4) {
        double next = re * re - im * im + x;
        im = 2 * re * im + y;
        re = next;
        step++;
    }
    return (unsigned char)step;
}

/* The rows of a picture from `first` on.
 *
 * @job
 * @out pixels
 */
void band(struct view view, size_t first, size_t rows, size_t width,
          unsigned char pixels[rows][width])
{
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < width; column++)
            pixels[row][column] = steps(view.left + (double)column * view.pixel,
                                        view.top - (double)(first + row) * view.pixel);
}

static const struct view whole = {.left = -2.3, .top = 1.2, .pixel = 0.005};

static void draw_plain(unsigned char pixels[HEIGHT][WIDTH])
{
    for (size_t i = 0; i < BANDS; i++)
        band(whole, i * BAND_ROWS, BAND_ROWS, WIDTH, &pixels[i * BAND_ROWS]);
}

static bool draw(unsigned char pixels[HEIGHT][WIDTH])
{
    struct band_args args[BANDS];
    struct band_result results[BANDS];
    for (size_t i = 0; i < BANDS; i++)
        args[i] = (struct band_args){.view = &whole,
                                     .first = i * BAND_ROWS,
                                     .rows = BAND_ROWS,
                                     .width = WIDTH,
                                     .pixels = pixels[i * BAND_ROWS]};
    if (band_remote_fanout(args, BANDS, results) == JG_OK) return true;
    const struct jg_failure *failure = jg_last_failure();
    (void)fprintf(stderr, "mandelbrot: %s\n", failure ? failure->text : "no memory");
    return false;
}

static bool write_png(const char *path, unsigned char pixels[HEIGHT][WIDTH])
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_GRAY};
    if (png_image_write_to_file(&image, path, 0, pixels, 0, NULL)) return true;
    (void)fprintf(stderr, "mandelbrot: %s: %s\n", path, image.message);
    return false;
}

int main(int argc, char **argv)
{
    static unsigned char pixels[HEIGHT][WIDTH];
    bool is_plain = argc == 3 && strcmp(argv[1], "--plain") == 0;
    if (argc != (is_plain ? 3 : 2) || argv[argc - 1][0] == '-') {
        (void)fputs("usage: mandelbrot [--plain] FILE.png\n", stderr);
        return 2;
    }
    if (is_plain)
        draw_plain(pixels);
    else if (!draw(pixels))
        return 1;
    return write_png(argv[argc - 1], pixels) ? 0 : 1;
}
