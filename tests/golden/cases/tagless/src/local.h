/* SPDX-License-Identifier: MIT */
#ifndef LOCAL_H
#define LOCAL_H

typedef struct {
    int level;
} local;

#endif
