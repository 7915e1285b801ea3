/* SPDX-License-Identifier: MIT */
/* What comes to control's port: browsers and tools are answered by HTTP, programs get a link.

   Who may read: /healthz any program of this machine, the list of nodes those of the same user and
   root, by whose socket it is. A page that another site's name leads to (a Host that is no name of
   this machine) may be read by scripts of that site, so it is refused. Nothing that comes by HTTP
   changes anything: other methods than GET and HEAD are refused.

   After the answer the connection is closed. Where more of the request may be on its way, the
   visitor is to close first; it is given a second, in which what it still sends is thrown away,
   since a reset would take the answer from it. */
#define _GNU_SOURCE
#include "web.h"

#include "../base/clock.h"
#include "../wire/address.h"
#include "../wire/http.h"
#include "listing.h"
#include "peer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { VISITORS_MAX = 64, HEAD_MS = 10000, LINGER_MS = 1000, BODY_MAX = 64 * 1024 };

struct jgi_web {
    struct jgi_web_config config;
    struct jgi_link visitors; /* owned; the first one goes first */
    unsigned count, port;
};

struct visitor {
    struct jgi_web *web;
    struct jgi_link link;
    struct jgi_stream *stream;
    struct jgi_alarm limit;
    bool is_head;
    bool is_whole; /* its request has come to the end */
    bool is_answered;
};

static struct visitor *visitor_free(struct visitor *visitor)
{
    jgi_loop_clear_alarm(visitor->web->config.loop, &visitor->limit);
    jgi_list_remove(&visitor->link);
    visitor->web->count--;
    free(visitor);
    return NULL;
}

static struct visitor *visitor_close(struct visitor *visitor)
{
    jgi_stream_close(visitor->stream);
    return visitor_free(visitor);
}

static void answer(struct visitor *visitor, const struct jgi_http_response *response)
{
    struct jgi_web *web = visitor->web;
    struct jgi_http_response adapted = *response;
    adapted.is_head = visitor->is_head;
    visitor->is_answered = true;
    if (!jgi_http_add_response(jgi_stream_out(visitor->stream), &adapted)) {
        (void)visitor_close(visitor);
        return;
    }
    if (visitor->is_whole ||
        !jgi_loop_set_alarm(web->config.loop, &visitor->limit, jgi_clock_deadline(LINGER_MS))) {
        jgi_stream_finish(visitor->stream);
        (void)visitor_free(visitor);
        return;
    }
    jgi_stream_flush(visitor->stream);
    jgi_list_remove(&visitor->link);
    jgi_list_add_first(&web->visitors, &visitor->link);
}

/* One line of text, with fields of its own or NULL. */
static void answer_line(struct visitor *visitor, unsigned status, const char *fields,
                        const char *line)
{
    answer(visitor, &(struct jgi_http_response){.status = status,
                                                .type = "text/plain; charset=utf-8",
                                                .fields = fields,
                                                .body = line,
                                                .body_size = strlen(line)});
}

static void refuse(struct visitor *visitor, unsigned status)
{
    static const struct {
        unsigned status;
        const char *fields, *line;
    } rows[] = {
        {400, NULL, "This is no HTTP/1.1 as it is spoken here.\n"},
        {404, NULL, "There are /, /v1/nodes, /healthz, and /v1/link for programs.\n"},
        {405, "Allow: GET, HEAD\r\n", "Nothing is changed by HTTP: GET and HEAD only.\n"},
        {408, NULL, "No request came within 10 s.\n"},
        {411, NULL, "A body needs a Content-Length.\n"},
        {413, NULL, "No body of this size is taken here.\n"},
        {417, NULL, "No expectation is met here.\n"},
        {426, "Upgrade: " JGI_HTTP_LINK_PROTOCOL "\r\n",
         "This is where programs of jobgen link: Upgrade: " JGI_HTTP_LINK_PROTOCOL "\n"},
        {431, NULL, "The head has more than 8 KiB or 64 fields.\n"},
        {501, NULL, "No transfer encoding is understood here.\n"},
        {503, NULL, "Too many are linked already.\n"},
        {505, NULL, "HTTP/1.1 is spoken here.\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status) {
            answer_line(visitor, status, rows[i].fields, rows[i].line);
            return;
        }
}

/* A name that only this machine has: a number, localhost, or what it calls itself. */
static bool is_own_name(struct jgi_http_text text)
{
    char address[JGI_ADDRESS_MAX + 3], host[JGI_HOST_MAX + 1], own[JGI_HOST_MAX + 1];
    unsigned port;
    if (text.size > JGI_ADDRESS_MAX) return false;
    memcpy(address, text.bytes, text.size);
    address[text.size] = '\0';
    if (!jgi_address_split(address, host, &port)) {
        strcat(address, ":0"); /* port 80 is not told */
        if (!jgi_address_split(address, host, &port)) return false;
    }
    size_t size = strlen(host);
    static const char local[] = ".localhost";
    if (jgi_host_is_loopback(host) || jgi_host_is_ipv4(host) || jgi_host_is_ipv6(host)) return true;
    if (size >= sizeof local && strcasecmp(host + size - (sizeof local - 1), local) == 0)
        return true;
    return gethostname(own, sizeof own) == 0 && strcasecmp(host, own) == 0;
}

/* False: told. */
static bool may_read(struct visitor *visitor, const struct jgi_http_head *head)
{
    if (!is_own_name(head->host)) {
        answer_line(visitor, 421, NULL,
                    "This server has another name: write http://localhost and the port.\n");
        return false;
    }
    if (visitor->web->config.is_open_loopback ||
        jgi_peer_is_trusted(jgi_stream_peer(visitor->stream), visitor->web->port))
        return true;
    answer_line(visitor, 403, NULL,
                "Served are programs of the same user only; jobd control --open-loopback serves "
                "all of this machine.\n");
    return false;
}

static void show_nodes(struct visitor *visitor, bool is_page)
{
    struct jgi_directory *directory = jgi_register_directory(visitor->web->config.registry);
    struct jgi_listing listing = {.revision = jgi_directory_revision(directory)};
    struct jgi_buffer text = {0};
    listing.nodes =
        jgi_directory_list(directory, jgi_stream_is_loopback(visitor->stream), &listing.count);
    if (!(is_page ? jgi_listing_html : jgi_listing_json)(&listing, &text)) {
        jgi_buffer_fini(&text);
        (void)visitor_close(visitor);
        return;
    }
    answer(visitor,
           &(struct jgi_http_response){
               .status = 200,
               .type = is_page ? "text/html; charset=utf-8" : "application/json",
               .fields = is_page ? "Content-Security-Policy: default-src 'none'; style-src "
                                   "'unsafe-inline'; frame-ancestors 'none'\r\n"
                                 : NULL,
               .body = jgi_buffer_data(&text),
               .body_size = jgi_buffer_size(&text)});
    jgi_buffer_fini(&text);
}

static void link_up(struct visitor *visitor, const struct jgi_http_head *head,
                    struct jgi_buffer *in)
{
    struct jgi_web *web = visitor->web;
    struct jgi_stream *stream = visitor->stream;
    if (head->origin.bytes != NULL) {
        answer_line(visitor, 403, NULL, "Web pages get no link.\n");
        return;
    }
    if (!head->is_upgrade || head->method != JGI_HTTP_GET) {
        refuse(visitor, 426);
        return;
    }
    if (jgi_register_is_full(web->config.registry)) {
        refuse(visitor, 503);
        return;
    }
    if (!jgi_http_add_switch(jgi_stream_out(stream))) {
        (void)visitor_close(visitor);
        return;
    }
    jgi_buffer_take(in, head->size);
    (void)visitor_free(visitor);
    jgi_stream_flush(stream);
    jgi_register_take(web->config.registry, stream, in);
}

static void serve(struct visitor *visitor, const struct jgi_http_head *head, struct jgi_buffer *in)
{
    if (head->method == JGI_HTTP_POST)
        refuse(visitor, 405);
    else if (jgi_http_is(head->path, "/healthz"))
        answer_line(visitor, 200, NULL, "ok\n");
    else if (jgi_http_is(head->path, JGI_HTTP_LINK_PATH))
        link_up(visitor, head, in);
    else if (!jgi_http_is(head->path, "/") && !jgi_http_is(head->path, "/v1/nodes"))
        refuse(visitor, 404);
    else if (may_read(visitor, head))
        show_nodes(visitor, jgi_http_is(head->path, "/"));
}

static void on_bytes(struct jgi_stream *stream, void *user, struct jgi_buffer *in)
{
    struct visitor *visitor = user;
    if (visitor->is_answered) {
        jgi_buffer_take(in, jgi_buffer_size(in));
        return;
    }
    if (!jgi_stream_is_loopback(stream)) {
        answer_line(visitor, 403, NULL,
                    "Served are programs of the same machine only: there are no credentials, see "
                    "jobd token.\n");
        return;
    }
    struct jgi_http_head head;
    int found = jgi_http_read_request(jgi_buffer_data(in), jgi_buffer_size(in), BODY_MAX, &head);
    if (found < 0) refuse(visitor, (unsigned)-found);
    if (found <= 0) return;
    visitor->is_head = head.method == JGI_HTTP_HEAD;
    visitor->is_whole = jgi_buffer_size(in) == head.size + head.content_length;
    serve(visitor, &head, in);
}

static void on_end(struct jgi_stream *stream, void *user, const char *why)
{
    (void)stream;
    (void)why;
    (void)visitor_free(user);
}

static void on_limit(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct visitor *visitor = JGI_OWNER(alarm, struct visitor, limit);
    (void)loop;
    if (visitor->is_answered)
        (void)visitor_close(visitor);
    else
        refuse(visitor, 408);
}

static const struct jgi_stream_handler handler = {.on_bytes = on_bytes, .on_end = on_end};

struct jgi_web *jgi_web_new(const struct jgi_web_config *config)
{
    struct jgi_web *web = calloc(1, sizeof *web);
    if (web == NULL) return NULL;
    web->config = *config;
    jgi_list_init(&web->visitors);
    return web;
}

static struct visitor *first_visitor(struct jgi_web *web)
{
    return JGI_OWNER(web->visitors.next, struct visitor, link);
}

struct jgi_web *jgi_web_free(struct jgi_web *web)
{
    if (web == NULL) return NULL;
    jgi_loop_lock(web->config.loop);
    while (!jgi_list_is_empty(&web->visitors))
        (void)visitor_close(first_visitor(web));
    jgi_loop_unlock(web->config.loop);
    free(web);
    return NULL;
}

void jgi_web_set_port(struct jgi_web *web, unsigned port)
{
    web->port = port;
}

void jgi_web_take(struct jgi_web *web, struct jgi_stream *stream)
{
    struct visitor *visitor = calloc(1, sizeof *visitor);
    if (visitor == NULL) {
        jgi_stream_close(stream);
        return;
    }
    if (web->count == VISITORS_MAX) (void)visitor_close(first_visitor(web));
    visitor->web = web;
    visitor->stream = stream;
    visitor->limit.on_due = on_limit;
    jgi_list_add_last(&web->visitors, &visitor->link);
    web->count++;
    jgi_stream_set_handler(stream, &handler, visitor);
    if (!jgi_loop_set_alarm(web->config.loop, &visitor->limit, jgi_clock_deadline(HEAD_MS)))
        (void)visitor_close(visitor);
}
