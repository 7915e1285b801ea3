/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 as far as jobgen speaks it: heads of requests and responses, and whole responses.

   A head is read from its first byte each time more has come, until it is whole; it is at most 8
   KiB long and must be whole within seconds, so that this costs less than keeping a place. A line
   is judged as soon as it ends, so that bytes that are no HTTP are refused at once. */
#define _GNU_SOURCE
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { FIXED_MAX = 512, LENGTH_DIGITS_MAX = 18 };

/* What is left of the bytes, and the line just taken from them. */
struct reader {
    const char *at, *end;
    struct jgi_http_text line;
};

static bool is_token_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte));
}

/* May stand in a line: no control byte but the tab. */
static bool is_line_byte(char byte)
{
    return byte == '\t' || ((unsigned char)byte >= ' ' && byte != 0x7f);
}

/* 1: a line; 0: it has not ended yet; -400. */
static int next_line(struct reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && is_line_byte(*at))
        at++;
    if (at == reader->end) return 0;
    if (*at != '\r') return -400;
    if (at + 1 == reader->end) return 0;
    if (at[1] != '\n') return -400;
    reader->line = (struct jgi_http_text){.bytes = reader->at, .size = (size_t)(at - reader->at)};
    reader->at = at + 2;
    return 1;
}

bool jgi_http_is(struct jgi_http_text text, const char *expected)
{
    return text.bytes != NULL && text.size == strlen(expected) &&
           memcmp(text.bytes, expected, text.size) == 0;
}

static bool is_like(struct jgi_http_text text, const char *expected)
{
    return text.size == strlen(expected) && strncasecmp(text.bytes, expected, text.size) == 0;
}

static struct jgi_http_text trim(struct jgi_http_text text)
{
    while (text.size > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
        text.bytes++;
        text.size--;
    }
    while (text.size > 0 && (text.bytes[text.size - 1] == ' ' || text.bytes[text.size - 1] == '\t'))
        text.size--;
    return text;
}

/* Takes what stands before `separator`, or all, from the front of `rest`. */
static struct jgi_http_text take_until(struct jgi_http_text *rest, char separator)
{
    const char *found = memchr(rest->bytes, separator, rest->size);
    size_t size = found == NULL ? rest->size : (size_t)(found - rest->bytes);
    struct jgi_http_text taken = {.bytes = rest->bytes, .size = size};
    size_t gone = found == NULL ? size : size + 1;
    rest->bytes += gone;
    rest->size -= gone;
    return taken;
}

static int read_version(struct jgi_http_text version)
{
    if (jgi_http_is(version, "HTTP/1.1")) return 1;
    bool is_version = version.size == 8 && memcmp(version.bytes, "HTTP/", 5) == 0;
    return is_version ? -505 : -400;
}

static int read_method(struct jgi_http_text method, enum jgi_http_method *ret_method)
{
    static const char *const names[] = {"GET", "HEAD", "POST"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (jgi_http_is(method, names[i])) {
            *ret_method = (enum jgi_http_method)i;
            return 1;
        }
    for (size_t i = 0; i < method.size; i++)
        if (!is_token_byte(method.bytes[i])) return -400;
    return method.size == 0 ? -400 : -405;
}

/* A path of this server, with or without a query: printable and without a fragment. */
static bool read_target(struct jgi_http_text target, struct jgi_http_head *head)
{
    if (target.size == 0 || *target.bytes != '/') return false;
    for (size_t i = 0; i < target.size; i++)
        if (target.bytes[i] <= ' ' || target.bytes[i] == 0x7f || target.bytes[i] == '#')
            return false;
    bool has_query = memchr(target.bytes, '?', target.size) != NULL;
    head->path = take_until(&target, '?');
    if (has_query) head->query = target;
    return true;
}

static int read_request_line(struct jgi_http_text line, struct jgi_http_head *head)
{
    struct jgi_http_text method = take_until(&line, ' '), target = take_until(&line, ' ');
    int found = read_version(line);
    if (found == -400) return -400;
    int method_found = read_method(method, &head->method);
    if (method_found == -400) return -400;
    if (found < 0) return found;
    if (method_found < 0) return method_found;
    return read_target(target, head) ? 1 : -400;
}

static int read_status_line(struct jgi_http_text line, struct jgi_http_head *head)
{
    int found = read_version(take_until(&line, ' '));
    if (found < 0) return found;
    struct jgi_http_text status = take_until(&line, ' ');
    if (status.size != 3 || *status.bytes < '1' || *status.bytes > '5') return -400;
    for (size_t i = 0; i < status.size; i++) {
        if (status.bytes[i] < '0' || status.bytes[i] > '9') return -400;
        head->status = head->status * 10 + (unsigned)(status.bytes[i] - '0');
    }
    return 1;
}

/* Of fields that may stand once only. */
static bool set_once(struct jgi_http_text *field, struct jgi_http_text value)
{
    if (field->bytes != NULL) return false;
    *field = value;
    return true;
}

static int read_length(struct jgi_http_text value, struct jgi_http_head *head)
{
    if (value.size == 0) return -400;
    for (size_t i = 0; i < value.size; i++)
        if (value.bytes[i] < '0' || value.bytes[i] > '9') return -400;
    if (value.size > LENGTH_DIGITS_MAX) return -413;
    for (size_t i = 0; i < value.size; i++)
        head->content_length = head->content_length * 10 + (size_t)(value.bytes[i] - '0');
    return 1;
}

static bool has_upgrade_option(struct jgi_http_text value)
{
    while (value.size > 0)
        if (is_like(trim(take_until(&value, ',')), "upgrade")) return true;
    return false;
}

/* What is gathered while fields are read and does not stand in the head. */
struct fields {
    struct jgi_http_text length;
    bool has_upgrade_option;
    unsigned count;
};

static int read_field(struct jgi_http_text line, struct jgi_http_head *head, struct fields *fields)
{
    struct jgi_http_text value = line, name = take_until(&value, ':');
    if (name.size == 0 || name.size == line.size) return -400;
    for (size_t i = 0; i < name.size; i++)
        if (!is_token_byte(name.bytes[i])) return -400; /* a folded line begins with a space */
    value = trim(value);
    bool is_good = true;
    if (is_like(name, "transfer-encoding")) return -501;
    if (is_like(name, "expect")) return -417;
    if (is_like(name, "content-length"))
        return set_once(&fields->length, value) ? read_length(value, head) : -400;
    if (is_like(name, "host"))
        is_good = set_once(&head->host, value);
    else if (is_like(name, "origin"))
        is_good = set_once(&head->origin, value);
    else if (is_like(name, "upgrade"))
        is_good = set_once(&head->upgrade, value);
    else if (is_like(name, "connection"))
        fields->has_upgrade_option |= has_upgrade_option(value);
    return is_good ? 1 : -400;
}

static int read_fields(struct reader *reader, struct jgi_http_head *head, struct fields *fields)
{
    int found;
    while ((found = next_line(reader)) == 1 && reader->line.size > 0) {
        if (fields->count++ == JGI_HTTP_FIELDS_MAX) return -431;
        found = read_field(reader->line, head, fields);
        if (found != 1) return found;
    }
    return found;
}

/* Reads with `read_first_line`; 1, 0 or the refusal. */
static int read_head(const uint8_t *bytes, size_t size, struct jgi_http_head *head,
                     struct fields *fields,
                     int (*read_first_line)(struct jgi_http_text line, struct jgi_http_head *head))
{
    bool is_full = size >= JGI_HTTP_HEAD_MAX;
    const char *start = (const char *)bytes;
    struct reader reader = {.at = start, .end = start + (is_full ? JGI_HTTP_HEAD_MAX : size)};
    int found = size == 0 ? 0 : next_line(&reader);
    if (found == 1) found = read_first_line(reader.line, head);
    if (found == 1) found = read_fields(&reader, head, fields);
    if (found == 0 && is_full) return -431;
    if (found != 1) return found;
    head->size = (size_t)(reader.at - start);
    head->is_upgrade =
        fields->has_upgrade_option && jgi_http_is(head->upgrade, JGI_HTTP_LINK_PROTOCOL);
    return 1;
}

int jgi_http_read_request(const uint8_t *bytes, size_t size, size_t body_max,
                          struct jgi_http_head *ret_head)
{
    struct jgi_http_head head = {0};
    struct fields fields = {0};
    int found = read_head(bytes, size, &head, &fields, read_request_line);
    if (found != 1) return found;
    if (head.host.bytes == NULL) return -400;
    if (head.method == JGI_HTTP_POST && fields.length.bytes == NULL) return -411;
    if (head.method != JGI_HTTP_POST && head.content_length > 0) return -400;
    if (head.content_length > body_max) return -413;
    *ret_head = head;
    return 1;
}

int jgi_http_read_response(const uint8_t *bytes, size_t size, struct jgi_http_head *ret_head)
{
    struct jgi_http_head head = {0};
    struct fields fields = {0};
    int found = read_head(bytes, size, &head, &fields, read_status_line);
    if (found == 1) *ret_head = head;
    return found;
}

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {426, "Upgrade Required"},
        {431, "Request Header Fields Too Large"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "Unknown";
}

bool jgi_http_add_response(struct jgi_buffer *out, const struct jgi_http_response *response)
{
    char fixed[FIXED_MAX], date[40];
    struct tm utc;
    time_t now = time(NULL);
    (void)gmtime_r(&now, &utc); /* of any time the kernel has */
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc); /* always 29 bytes */
    int size = snprintf(fixed, sizeof fixed,
                        "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n"
                        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                        "Content-Type: %s\r\nContent-Length: %zu\r\n",
                        response->status, reason_of(response->status), date, response->type,
                        response->body_size);
    if (size < 0 || (size_t)size >= sizeof fixed) return false;
    const char *fields = response->fields == NULL ? "" : response->fields;
    size_t body_size = response->is_head ? 0 : response->body_size;
    if (jgi_buffer_reserve(out, (size_t)size + strlen(fields) + 2 + body_size) == NULL)
        return false;
    return jgi_buffer_add(out, fixed, (size_t)size) &&
           jgi_buffer_add(out, fields, strlen(fields)) && jgi_buffer_add(out, "\r\n", 2) &&
           jgi_buffer_add(out, response->body, body_size);
}

bool jgi_http_add_upgrade(struct jgi_buffer *out, const char *host)
{
    char request[FIXED_MAX];
    int size = snprintf(request, sizeof request,
                        "GET " JGI_HTTP_LINK_PATH " HTTP/1.1\r\nHost: %s\r\n"
                        "Connection: Upgrade\r\nUpgrade: " JGI_HTTP_LINK_PROTOCOL "\r\n\r\n",
                        host);
    return size > 0 && (size_t)size < sizeof request && jgi_buffer_add(out, request, (size_t)size);
}

bool jgi_http_add_switch(struct jgi_buffer *out)
{
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                 "Upgrade: " JGI_HTTP_LINK_PROTOCOL "\r\n\r\n";
    return jgi_buffer_add(out, answer, sizeof answer - 1);
}
