/* SPDX-License-Identifier: MIT */
/* A growing text, doubled as it fills. */
#include "strbuf.h"

#include "arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void reserve(struct strbuf *buf, size_t more)
{
    size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity) return;
    size_t capacity = buf->capacity ? buf->capacity : 128;
    while (capacity < needed)
        capacity *= 2;
    buf->text = memory_grow(buf->text, capacity);
    buf->capacity = capacity;
}

/* So that nothing large is copied while it grows. */
static void reserve_exactly(struct strbuf *buf, size_t more)
{
    size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity) return;
    buf->text = memory_grow(buf->text, needed);
    buf->capacity = needed;
}

void strbuf_fini(struct strbuf *buf)
{
    free(buf->text);
    *buf = (struct strbuf){0};
}

void strbuf_add(struct strbuf *buf, const char *text)
{
    strbuf_add_bytes(buf, text, strlen(text));
}

void strbuf_add_bytes(struct strbuf *buf, const void *bytes, size_t length)
{
    reserve(buf, length);
    if (length) memcpy(buf->text + buf->length, bytes, length);
    buf->length += length;
    buf->text[buf->length] = '\0';
}

void strbuf_add_char(struct strbuf *buf, char c)
{
    strbuf_add_bytes(buf, &c, 1);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length > 0) {
        reserve(buf, (size_t)length);
        (void)vsnprintf(buf->text + buf->length, (size_t)length + 1, format, args); /* measured */
        buf->length += (size_t)length;
    }
    va_end(args);
}

int strbuf_read_file(struct strbuf *buf, const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (!file) return -1;
    char chunk[16384];
    size_t got;
    struct stat about;
    if (fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode))
        reserve_exactly(buf, (size_t)about.st_size);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        strbuf_add_bytes(buf, chunk, got);
    int error = ferror(file) ? (errno ? errno : EIO) : 0;
    (void)fclose(file); /* only read from */
    if (error) {
        errno = error;
        return -1;
    }
    strbuf_add_bytes(buf, "", 0);
    return 0;
}
