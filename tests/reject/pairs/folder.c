/* SPDX-License-Identifier: MIT */
/* Of a library whose headers lie in a folder of their own, which is given by -I. */
#include <cJSON.h>
/* @job */
int depth(const cJSON *tree);
