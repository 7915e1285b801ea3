/* SPDX-License-Identifier: MIT */
/* Heads of HTTP from anybody: read or refused, the same however they are cut, and nothing outside
 * of the bytes is pointed to. The first byte says where they are cut. */
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef int reader(const uint8_t *bytes, size_t size, struct jgi_http_head *ret_head);

static int read_request(const uint8_t *bytes, size_t size, struct jgi_http_head *ret_head)
{
    return jgi_http_read_request(bytes, size, 1000, ret_head);
}

static void check_text(struct jgi_http_text text, const uint8_t *bytes, size_t head_size)
{
    const char *start = (const char *)bytes;
    if (text.bytes == NULL) return;
    if (text.bytes < start || text.bytes + text.size > start + head_size) abort();
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] == '\r' || text.bytes[i] == '\n' || text.bytes[i] == '\0') abort();
}

static void check(reader *read, const uint8_t *bytes, size_t size, size_t cut)
{
    struct jgi_http_head head = {0}, part = {0};
    int found = read(bytes, size, &head), found_in_part = read(bytes, cut, &part);
    if (found_in_part != 0 && found_in_part != found) abort();
    if (found_in_part == 1 && memcmp(&head, &part, sizeof head) != 0) abort();
    if (found < 0 && found > -400) abort();
    if (found == 0 && size >= JGI_HTTP_HEAD_MAX) abort();
    if (found != 1) return;
    if (head.size > size || head.size > JGI_HTTP_HEAD_MAX || head.size < 4) abort();
    if (memcmp(bytes + head.size - 4, "\r\n\r\n", 4) != 0) abort();
    if (read == read_request && head.content_length > 1000) abort();
    const struct jgi_http_text texts[] = {head.path, head.query, head.host, head.origin,
                                          head.upgrade};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(texts[i], bytes, head.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) return 0;
    size_t cut = bytes[0] % size;
    check(read_request, bytes + 1, size - 1, cut);
    check(jgi_http_read_response, bytes + 1, size - 1, cut);
    return 0;
}
