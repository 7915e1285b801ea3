/* SPDX-License-Identifier: MIT */
/* What the parts of the program note as they are set up. */
#ifndef WHOLE_H
#define WHOLE_H

#ifdef __cplusplus
extern "C" {
#endif

enum { NOTED_A = 1, NOTED_B = 2, NOTED_BOTH = 3, NOTED_MAIN = 4 };

void note(int part);

#ifdef __cplusplus
}
#endif
#endif
