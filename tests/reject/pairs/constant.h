/* SPDX-License-Identifier: MIT */
typedef struct { const int x; } constant_point;
