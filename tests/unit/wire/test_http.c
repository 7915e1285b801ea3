/* SPDX-License-Identifier: MIT */
/* Heads that are read, each that is refused with its reason, and what is written. */
#include <criterion/criterion.h>

#include "wire/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 1000 };

#define HOST "Host: localhost:3030\r\n"

struct row {
    const char *why;
    int expected;
    const char *head;
    size_t size; /* 0: strlen */
};

/* Reads bytes that end where the memory ends, so that a read behind them is seen by sanitizers. */
static int read_exactly(const char *bytes, size_t size, struct jgi_http_head *ret_head)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    cr_assert_not_null(copy);
    memcpy(copy, bytes, size);
    int found = jgi_http_read_request(copy, size, BODY_MAX, ret_head);
    free(copy);
    return found;
}

static const struct row requests[] = {
    {"the least", 1, "GET / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"an empty host is one", 1, "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
    {"HEAD", 1, "HEAD / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"POST with its length", 1, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n", 0},
    {"POST of nothing", 1, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 0},
    {"GET may say that it has no body", 1, "GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
     0},
    {"names of fields in any case", 1, "GET / HTTP/1.1\r\nhOST:x\r\n\r\n", 0},
    {"a tab and old text in a value", 1, "GET / HTTP/1.1\r\nHost: x\r\nA: b\t\xe9\r\n\r\n", 0},
    {"more behind the head", 1, "GET / HTTP/1.1\r\n" HOST "\r\n\0\xff", 42},
    {"unknown fields", 1, "GET / HTTP/1.1\r\nAccept: */*\r\n" HOST "DNT: 1\r\n\r\n", 0},

    {"nothing", 0, "", 0},
    {"part of a line", 0, "GET / HT", 0},
    {"no line feed yet", 0, "GET / HTTP/1.1\r", 0},
    {"no end yet", 0, "GET / HTTP/1.1\r\n" HOST, 0},
    {"half an end", 0, "GET / HTTP/1.1\r\n" HOST "\r", 0},

    {"TLS", -400, "\x16\x03\x01\x02\x00\x01", 6},
    {"frames", -400, "\x10\x00\x00\x00\x0c\x00\x00\x00", 8},
    {"an empty line first", -400, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"a line feed alone", -400, "GET / HTTP/1.1\n" HOST "\r\n", 0},
    {"a carriage return alone", -400, "GET / HTTP/1.1\r\nA: b\rc\r\n" HOST "\r\n", 0},
    {"NUL in the target", -400, "GET /\0 HTTP/1.1\r\n" HOST "\r\n", 41},
    {"NUL in a value", -400, "GET / HTTP/1.1\r\nHost: x\0\r\n\r\n", 28},
    {"NUL in a name", -400, "GET / HTTP/1.1\r\nHo\0st: x\r\n\r\n", 28},
    {"DEL in a value", -400, "GET / HTTP/1.1\r\nHost: \x7f\r\n\r\n", 0},
    {"an escape in a value", -400, "GET / HTTP/1.1\r\nHost: \x1b[0m\r\n\r\n", 0},
    {"no version (HTTP/0.9)", -400, "GET /\r\n", 0},
    {"no method", -400, " / HTTP/1.1\r\n", 0},
    {"a method that is no word", -400, "GE(T / HTTP/1.1\r\n", 0},
    {"two spaces", -400, "GET  / HTTP/1.1\r\n", 0},
    {"a space behind the version", -400, "GET / HTTP/1.1 \r\n", 0},
    {"a version in small letters", -400, "GET / http/1.1\r\n", 0},
    {"no target", -400, "GET  HTTP/1.1\r\n", 0},
    {"a proxy's target", -400, "GET http://x/ HTTP/1.1\r\n" HOST "\r\n", 0},
    {"a target that is no path", -400, "GET x HTTP/1.1\r\n" HOST "\r\n", 0},
    {"a fragment", -400, "GET /#x HTTP/1.1\r\n" HOST "\r\n", 0},
    {"a tab in the target", -400, "GET /\tx HTTP/1.1\r\n" HOST "\r\n", 0},
    {"a byte over 127 in the target", -400, "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n", 0},
    {"no host", -400, "GET / HTTP/1.1\r\n\r\n", 0},
    {"two hosts", -400, "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 0},
    {"a folded field", -400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", 0},
    {"a folded first field", -400, "GET / HTTP/1.1\r\n " HOST "\r\n", 0},
    {"a space before the colon", -400, "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 0},
    {"no colon", -400, "GET / HTTP/1.1\r\nHost\r\n\r\n", 0},
    {"a field without a name", -400, "GET / HTTP/1.1\r\n: x\r\n\r\n", 0},
    {"two lengths", -400,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 0},
    {"a list of lengths", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n", 0},
    {"a length with a sign", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n", 0},
    {"a negative length", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 0},
    {"a length in hexadecimal", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\n", 0},
    {"a length with a space", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1 0\r\n\r\n", 0},
    {"an empty length", -400, "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 0},
    {"a body of GET", -400, "GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 0},
    {"a body of HEAD", -400, "HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 0},
    {"two origins", -400, "GET / HTTP/1.1\r\n" HOST "Origin: a\r\nOrigin: b\r\n\r\n", 0},
    {"two upgrades", -400, "GET / HTTP/1.1\r\n" HOST "Upgrade: a\r\nUpgrade: b\r\n\r\n", 0},

    {"another method", -405, "DELETE / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"no method of anybody", -405, "get / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"all of a server", -405, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0},
    {"no length", -411, "POST / HTTP/1.1\r\n" HOST "\r\n", 0},
    {"too long a body", -413, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 0},
    {"a length of no number", -413,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", 0},
    {"a length that would wrap", -413,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n", 0},
    {"an expectation", -417, "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n\r\n", 0},
    {"chunks", -501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 0},
    {"chunks beside a length", -501,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 0},
    {"chunks of GET", -501, "GET / HTTP/1.1\r\n" HOST "transfer-encoding:x\r\n\r\n", 0},
    {"HTTP/1.0", -505, "GET / HTTP/1.0\r\n\r\n", 0},
    {"HTTP/2", -505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0},
};

Test(http_request, is_read_or_refused_for_its_reason)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct row *row = &requests[i];
        struct jgi_http_head head = {0};
        int found = read_exactly(row->head, row->size == 0 ? strlen(row->head) : row->size, &head);
        cr_expect_eq(found, row->expected, "%s: %d", row->why, found);
    }
}

Test(http_request, is_the_same_however_it_is_cut)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct row *row = &requests[i];
        size_t size = row->size == 0 ? strlen(row->head) : row->size, at = 0;
        struct jgi_http_head head;
        int found = 0;
        while (found == 0 && at <= size)
            found = read_exactly(row->head, at++, &head);
        cr_expect_eq(found, row->expected, "%s: %d after %zu bytes", row->why, found, at - 1);
    }
}

Test(http_request, tells_its_parts)
{
    static const char text[] = "POST /v1/x%65?a=/?b HTTP/1.1\r\nHost: \t [::1]:3030 \r\n"
                               "Origin: null\r\nContent-Length: 7\r\n\r\nbody...";
    struct jgi_http_head head;
    cr_assert_eq(jgi_http_read_request((const uint8_t *)text, sizeof text - 1, 7, &head), 1);
    cr_expect_eq(head.method, JGI_HTTP_POST);
    cr_expect(jgi_http_is(head.path, "/v1/x%65"));
    cr_expect(jgi_http_is(head.query, "a=/?b"));
    cr_expect(jgi_http_is(head.host, "[::1]:3030"));
    cr_expect(jgi_http_is(head.origin, "null"));
    cr_expect_null(head.upgrade.bytes);
    cr_expect_not(head.is_upgrade);
    cr_expect_eq(head.content_length, 7);
    cr_expect_str_eq(text + head.size, "body...");
}

Test(http_request, asks_for_a_link_by_both_fields)
{
    static const struct {
        const char *fields;
        bool is_upgrade;
    } rows[] = {
        {"Connection: Upgrade\r\nUpgrade: jobgen/1\r\n", true},
        {"Upgrade: jobgen/1\r\nconnection: keep-alive , UPGRADE\r\n", true},
        {"Connection: close\r\nConnection: upgrade\r\nUpgrade: jobgen/1\r\n", true},
        {"Upgrade: jobgen/1\r\n", false},
        {"Connection: Upgrade\r\n", false},
        {"Connection: Upgrades\r\nUpgrade: jobgen/1\r\n", false},
        {"Connection: Upgrade\r\nUpgrade: jobgen/2\r\n", false},
        {"Connection: Upgrade\r\nUpgrade: websocket\r\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct jgi_http_head head;
        int size =
            snprintf(text, sizeof text, "GET /v1/link HTTP/1.1\r\n" HOST "%s\r\n", rows[i].fields);
        cr_assert_eq(read_exactly(text, (size_t)size, &head), 1);
        cr_expect_eq(head.is_upgrade, rows[i].is_upgrade, "%s", rows[i].fields);
    }
}

/* A head of `size` bytes, whole or not. */
static void fill(char *text, size_t size, bool is_whole)
{
    static const char start[] = "GET / HTTP/1.1\r\n" HOST "A: ";
    memset(text, 'a', size);
    memcpy(text, start, sizeof start - 1);
    if (is_whole) memcpy(text + size - 4, "\r\n\r\n", 4);
}

Test(http_request, has_a_head_of_8_KiB_at_most)
{
    char text[JGI_HTTP_HEAD_MAX + 100];
    struct jgi_http_head head;
    fill(text, JGI_HTTP_HEAD_MAX, true);
    cr_expect_eq(read_exactly(text, JGI_HTTP_HEAD_MAX, &head), 1);
    cr_expect_eq(head.size, JGI_HTTP_HEAD_MAX);
    cr_expect_eq(read_exactly(text, JGI_HTTP_HEAD_MAX - 1, &head), 0);
    fill(text, JGI_HTTP_HEAD_MAX + 1, true);
    cr_expect_eq(read_exactly(text, JGI_HTTP_HEAD_MAX + 1, &head), -431);
    fill(text, sizeof text, false);
    cr_expect_eq(read_exactly(text, JGI_HTTP_HEAD_MAX, &head), -431);
}

Test(http_request, has_64_fields_at_most)
{
    char text[2000] = "GET / HTTP/1.1\r\n" HOST;
    struct jgi_http_head head;
    for (int i = 1; i < JGI_HTTP_FIELDS_MAX; i++)
        strcat(text, "A: b\r\n");
    char whole[2100];
    (void)snprintf(whole, sizeof whole, "%s\r\n", text);
    cr_expect_eq(read_exactly(whole, strlen(whole), &head), 1);
    (void)snprintf(whole, sizeof whole, "%sA: b\r\n\r\n", text);
    cr_expect_eq(read_exactly(whole, strlen(whole), &head), -431);
}

Test(http_response, is_read_or_refused_for_its_reason)
{
    static const struct row rows[] = {
        {"a switch", 101, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: jobgen/1\r\n\r\n", 0},
        {"no reason", 403, "HTTP/1.1 403 \r\nContent-Length: 3\r\n\r\n", 0},
        {"no space either", 200, "HTTP/1.1 200\r\n\r\n", 0},
        {"half", 0, "HTTP/1.1 200 OK\r\n", 0},
        {"another version", -505, "HTTP/1.0 200 OK\r\n\r\n", 0},
        {"not HTTP", -400, "SSH-2.0-OpenSSH_9.2p1\r\n", 0},
        {"a greeting", -400, "\x10\x00\x00\x00", 4},
        {"no number", -400, "HTTP/1.1 2x0 OK\r\n\r\n", 0},
        {"too short", -400, "HTTP/1.1 20 OK\r\n\r\n", 0},
        {"too long", -400, "HTTP/1.1 2000 OK\r\n\r\n", 0},
        {"no such class", -400, "HTTP/1.1 600 OK\r\n\r\n", 0},
        {"chunks", -501, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 0},
        {"two lengths", -400, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
         0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jgi_http_head head = {0};
        size_t size = rows[i].size == 0 ? strlen(rows[i].head) : rows[i].size;
        int found = jgi_http_read_response((const uint8_t *)rows[i].head, size, &head);
        cr_expect_eq(found == 1 ? (int)head.status : found, rows[i].expected, "%s: %d", rows[i].why,
                     found);
    }
}

Test(http_writer, writes_what_the_reader_reads)
{
    struct jgi_buffer out = {0};
    struct jgi_http_head head;
    struct jgi_http_response response = {.status = 405,
                                         .type = "text/plain",
                                         .fields = "Allow: GET\r\n",
                                         .body = "no\n",
                                         .body_size = 3};
    cr_assert(jgi_http_add_response(&out, &response));
    cr_assert_eq(jgi_http_read_response(jgi_buffer_data(&out), jgi_buffer_size(&out), &head), 1);
    cr_expect_eq(head.status, 405);
    cr_expect_eq(head.content_length, 3);
    cr_expect_eq(jgi_buffer_size(&out), head.size + 3);
    cr_expect_arr_eq(jgi_buffer_data(&out) + head.size, "no\n", 3);
    jgi_buffer_take(&out, jgi_buffer_size(&out));

    response.is_head = true;
    cr_assert(jgi_http_add_response(&out, &response));
    cr_assert_eq(jgi_http_read_response(jgi_buffer_data(&out), jgi_buffer_size(&out), &head), 1);
    cr_expect_eq(head.content_length, 3, "HEAD tells the length that GET has");
    cr_expect_eq(jgi_buffer_size(&out), head.size);
    jgi_buffer_take(&out, jgi_buffer_size(&out));

    cr_assert(jgi_http_add_upgrade(&out, "[::1]:3030"));
    cr_assert_eq(jgi_http_read_request(jgi_buffer_data(&out), jgi_buffer_size(&out), 0, &head), 1);
    cr_expect(head.is_upgrade);
    cr_expect(jgi_http_is(head.path, "/v1/link"));
    cr_expect(jgi_http_is(head.host, "[::1]:3030"));
    jgi_buffer_take(&out, jgi_buffer_size(&out));

    cr_assert(jgi_http_add_switch(&out));
    cr_assert_eq(jgi_http_read_response(jgi_buffer_data(&out), jgi_buffer_size(&out), &head), 1);
    cr_expect_eq(head.status, 101);
    cr_expect(head.is_upgrade);
    jgi_buffer_fini(&out);
}
