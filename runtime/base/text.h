/* SPDX-License-Identifier: MIT */
/* Text that others chose, on its way to a terminal or a log. */
#ifndef JOBGEN_BASE_TEXT_H
#define JOBGEN_BASE_TEXT_H

#include <stdbool.h>

/* It has nothing that moves a cursor, begins a line or commands a terminal: no control characters,
   those of Unicode above 127 among them. Any other bytes may be there. */
bool jgi_text_is_tame(const char *text);

/* Makes it so: each byte of a control character becomes a question mark. */
void jgi_text_tame(char *text);

#endif
