/* SPDX-License-Identifier: MIT */
typedef struct {
    int a;
} rec;
int broken(unknown_t v);
