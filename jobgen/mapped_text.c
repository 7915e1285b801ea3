/* SPDX-License-Identifier: MIT */
#include "mapped_text.h"

struct location mapped_location(const struct mapped_text *text, size_t begin, size_t end)
{
    size_t first = text->offsets[begin];
    size_t last = end > begin ? text->offsets[end - 1] + 1 : first + 1;
    struct location at = source_location(text->source, first, last > first ? last - first : 1);
    size_t line_end = first;
    while (line_end < text->source->length && text->source->text[line_end] != '\n')
        line_end++;
    if (first + at.length > line_end) at.length = (unsigned)(line_end - first);
    return at;
}
