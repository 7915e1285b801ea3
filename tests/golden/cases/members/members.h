/* SPDX-License-Identifier: MIT */
#ifndef MEMBERS_H
#define MEMBERS_H

/* A picture.
 * @field pixels[height][width]
 * @field title string optional
 */
struct picture {
    unsigned short width, height;
    unsigned char *pixels;
    char *title;
};

/* @field pictures[count] */
typedef struct {
    int count;
    struct picture *pictures, cover;
    const char **tags;
} album;

#endif
