/* SPDX-License-Identifier: MIT */
/* Does not say where `part` comes from. */
typedef struct { part p; } whole;
struct outer { whole w; };
