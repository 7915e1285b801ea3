/* SPDX-License-Identifier: MIT */
#ifndef CONSTANT_MEMBER_H
#define CONSTANT_MEMBER_H
struct once { const int a; };
typedef struct { int a; volatile short b[2]; struct once c; } fixed;
#endif
