/* SPDX-License-Identifier: MIT */
/* The sentence of each status. */
#include <jobgen/runtime.h>

#define SENTENCE(name, value, text) [value] = text,

const char *jg_strerror(jg_status status)
{
    static const char *const sentences[JG_STATUS_COUNT] = {JG_STATUS_LIST(SENTENCE)};
    int value = (int)status;
    return value >= 0 && value < JG_STATUS_COUNT ? sentences[value] : "no status of jobgen";
}
