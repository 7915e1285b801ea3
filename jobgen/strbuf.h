/* SPDX-License-Identifier: MIT */
/* A growing text; always terminated. */
#ifndef JOBGEN_STRBUF_H
#define JOBGEN_STRBUF_H

#include <stddef.h>

struct strbuf {
    char *text; /* NULL until something is added; owned */
    size_t length;
    size_t capacity;
};

void strbuf_fini(struct strbuf *buf);
void strbuf_add(struct strbuf *buf, const char *text);
void strbuf_add_bytes(struct strbuf *buf, const void *bytes, size_t length);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads a whole file; 0, or -1 with errno. */
int strbuf_read_file(struct strbuf *buf, const char *path);

#endif
