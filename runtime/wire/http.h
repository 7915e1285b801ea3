/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 as far as jobgen speaks it: heads of requests and responses, and whole responses.

   Strict: lines end in CR LF, fields are not folded, bodies have one Content-Length. What is not so
   is refused with the status to answer. Reading allocates nothing. */
#ifndef JOBGEN_WIRE_HTTP_H
#define JOBGEN_WIRE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"

enum { JGI_HTTP_HEAD_MAX = 8192, JGI_HTTP_FIELDS_MAX = 64 };

/* Where programs send their upgrade, and to what. */
#define JGI_HTTP_LINK_PATH "/v1/link"
#define JGI_HTTP_LINK_PROTOCOL "jobgen/1"

enum jgi_http_method { JGI_HTTP_GET, JGI_HTTP_HEAD, JGI_HTTP_POST };

/* Part of the bytes that were read; NULL: not there. */
struct jgi_http_text {
    const char *bytes; /* borrowed */
    size_t size;
};

struct jgi_http_head {
    enum jgi_http_method method;      /* of a request */
    unsigned status;                  /* of a response, 100 to 599 */
    struct jgi_http_text path, query; /* of a request, as sent: no escape is resolved */
    struct jgi_http_text host, origin, upgrade;
    bool is_upgrade; /* Connection: Upgrade, and Upgrade: jobgen/1 */
    size_t content_length;
    size_t size; /* bytes of the head; the body is behind it */
};

/* The head at the front of `bytes`. 1: there; 0: not whole yet; else the status to refuse it with,
   negative: 400 (no HTTP), 405 (neither GET, HEAD nor POST), 411 (POST without a length), 413 (body
   over `body_max`), 417 (Expect), 431 (head over 8 KiB or 64 fields), 501 (Transfer-Encoding), 505
   (not HTTP/1.1). */
int jgi_http_read_request(const uint8_t *bytes, size_t size, size_t body_max,
                          struct jgi_http_head *ret_head);

/* The same for what a server answers; negative: not an answer of ours. */
int jgi_http_read_response(const uint8_t *bytes, size_t size, struct jgi_http_head *ret_head);

bool jgi_http_is(struct jgi_http_text text, const char *expected);

struct jgi_http_response {
    unsigned status;
    const char *type;   /* of the body */
    const char *fields; /* further ones, each ended by CR LF; NULL: none */
    const void *body;
    size_t body_size;
    bool is_head; /* the answer to HEAD: all but the body */
};

/* Adds a whole response, after which the connection is closed. False: no memory, nothing added. */
bool jgi_http_add_response(struct jgi_buffer *out, const struct jgi_http_response *response);

/* The request for a link, and the answer that grants it. False: no memory, nothing added. */
bool jgi_http_add_upgrade(struct jgi_buffer *out, const char *host);
bool jgi_http_add_switch(struct jgi_buffer *out);

#endif
