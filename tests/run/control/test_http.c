/* SPDX-License-Identifier: MIT */
/* Control's port, as browsers, tools and enemies meet it. */

#include <criterion/criterion.h>

#include "daemon.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SILENT = 300, SERVED = 64, HEAD_MS = 10000 };

#define HOST "Host: localhost\r\n"

static struct t_daemon control;
static char answer[65536];

static void set_up(void)
{
    t_set_up();
    control = t_control_start("127.0.0.1:0", NULL);
}

/* Whatever was done to it, it serves, and ends cleanly. */
static void tear_down(void)
{
    cr_expect_eq(t_get(control.port, "/healthz"), 200);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    t_tear_down();
}

TestSuite(control_http, .init = set_up, .fini = tear_down, .timeout = T_LIMIT_S);

Test(control_http, answers_each_request_properly)
{
    static const struct {
        int status;
        const char *request, *part; /* of the answer */
    } rows[] = {
        {200, "GET /healthz HTTP/1.1\r\n" HOST "\r\n", "\r\n\r\nok\n"},
        {200, "GET /healthz?verbose HTTP/1.1\r\n" HOST "\r\n", "\r\n\r\nok\n"},
        {200, "GET / HTTP/1.1\r\n" HOST "\r\n", "<h1>Nodes</h1>"},
        {200, "GET / HTTP/1.1\r\n" HOST "\r\n", "Content-Type: text/html; charset=utf-8\r\n"},
        {200, "GET /v1/nodes HTTP/1.1\r\n" HOST "\r\n", "\"nodes\""},
        {200, "GET /v1/nodes HTTP/1.1\r\n" HOST "\r\n", "Content-Type: application/json\r\n"},
        {200, "GET /v1/nodes HTTP/1.1\r\n" HOST "\r\n", "Connection: close\r\n"},
        {200, "GET /v1/nodes HTTP/1.1\r\nHost: 127.0.0.1:3030\r\n\r\n", "\"nodes\""},
        {200, "GET /v1/nodes HTTP/1.1\r\nHost: [::1]\r\n\r\n", "\"nodes\""},
        {421, "GET /v1/nodes HTTP/1.1\r\nHost: example.org:3030\r\n\r\n", "http://localhost"},
        {421, "GET / HTTP/1.1\r\nHost: localhost.example.org\r\n\r\n", "http://localhost"},
        {421, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "http://localhost"},
        {404, "GET /x HTTP/1.1\r\n" HOST "\r\n", "/v1/nodes"},
        {404, "GET /healthz/ HTTP/1.1\r\n" HOST "\r\n", "/v1/nodes"},
        {404, "GET /v1/../healthz HTTP/1.1\r\n" HOST "\r\n", "/v1/nodes"},
        {404, "GET /%65 HTTP/1.1\r\n" HOST "\r\n", "/v1/nodes"},
        {405, "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "Allow: GET, HEAD\r\n"},
        {405, "POST /v1/nodes HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
         "Allow: GET, HEAD\r\n"},
        {405, "POST / HTTP/1.1\r\n" HOST "Origin: http://example.org\r\nContent-Length: 0\r\n\r\n",
         "Allow: GET, HEAD\r\n"},
        {405, "DELETE /v1/nodes HTTP/1.1\r\n" HOST "\r\n", "Allow: GET, HEAD\r\n"},
        {405, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "Allow: GET, HEAD\r\n"},
        {411, "POST / HTTP/1.1\r\n" HOST "\r\n", "Content-Length"},
        {413, "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999\r\n\r\n", ""},
        {417, "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n\r\n", ""},
        {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
        {505, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1"},
        {400, "GET / HTTP/1.1\r\n\r\n", ""},
        {400, "GET / HTTP/1.1\n\n", ""},
        {400, "\x16\x03\x01", ""},
        {426, "GET /v1/link HTTP/1.1\r\n" HOST "\r\n", "Upgrade: jobgen/1\r\n"},
        {426, "GET /v1/link HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
         "Upgrade: jobgen/1\r\n"},
        {403,
         "GET /v1/link HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: jobgen/1\r\n"
         "Origin: http://example.org\r\n\r\n",
         "Web pages"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = t_ask(control.port, rows[i].request, answer, sizeof answer);
        cr_expect_eq(status, rows[i].status, "%d for %s", status, rows[i].request);
        cr_expect_not_null(strstr(answer, rows[i].part), "%s", answer);
        const char *body = strstr(answer, "\r\n\r\n"), *length = strstr(answer, "Content-Length:");
        cr_expect(body != NULL && length != NULL && (size_t)atoi(length + 15) == strlen(body + 4),
                  "%s", answer);
    }
}

Test(control_http, answers_head_as_get_without_a_body)
{
    cr_expect_eq(t_ask(control.port, "HEAD / HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer),
                 200);
    cr_expect_not_null(strstr(answer, "Content-Type: text/html"));
    const char *length = strstr(answer, "Content-Length: ");
    cr_expect_gt(atoi(length + 16), 100);
    cr_expect_str_eq(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

Test(control_http, answers_one_request_only)
{
    static const char two[] = "GET /healthz HTTP/1.1\r\n" HOST "\r\n"
                              "GET /healthz HTTP/1.1\r\n" HOST "\r\n";
    int fd = t_connect(control.port);
    t_send(fd, two, sizeof two - 1);
    (void)t_read_all(fd, answer, sizeof answer);
    (void)close(fd);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17), 0);
    cr_expect_null(strstr(answer + 1, "HTTP/1.1"));
}

Test(control_http, refuses_a_head_over_8_KiB_and_the_answer_arrives)
{
    char *request = malloc(200000);
    memset(request, 'a', 200000);
    memcpy(request, "GET /", 5);
    request[199999] = '\0';
    cr_expect_eq(t_ask(control.port, request, answer, sizeof answer), 431);
    free(request);
}

Test(control_http, answers_a_head_that_comes_byte_by_byte)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\n" HOST "\r\n";
    int fd = t_connect(control.port);
    for (size_t i = 0; i < sizeof request - 1; i++)
        t_send(fd, request + i, 1);
    (void)t_read_all(fd, answer, sizeof answer);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17), 0);
    (void)close(fd);
}

Test(control_http, ends_a_trickling_head_after_10_s)
{
    int fd = t_connect(control.port);
    long start_ms = t_now_ms();
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    t_send(fd, "GET /", 5);
    while (poll(&poller, 1, 100) == 0 && t_now_ms() - start_ms < 2 * HEAD_MS)
        t_send(fd, "a", 1);
    long took_ms = t_now_ms() - start_ms;
    (void)t_read_all(fd, answer, sizeof answer);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 408 ", 13), 0, "%s", answer);
    cr_expect_geq(took_ms, HEAD_MS - 100, "%ld ms", took_ms);
    (void)close(fd);
}

/* Soon it has no more than `most` descriptors; each look is after an answer. */
static void expect_fds(size_t most)
{
    long until_ms = t_now_ms() + T_LONG_MS;
    while (t_daemon_fds(&control) > most && t_now_ms() < until_ms)
        cr_assert_eq(t_get(control.port, "/healthz"), 200);
    cr_expect_leq(t_daemon_fds(&control), most);
}

Test(control_http, serves_while_300_are_silent_and_keeps_64)
{
    int fds[SILENT], closed = 0;
    size_t before = t_daemon_fds(&control);
    for (int i = 0; i < SILENT; i++)
        fds[i] = t_connect(control.port);
    cr_expect_eq(t_get(control.port, "/healthz"), 200);
    expect_fds(before + SERVED + 1);
    for (int i = 0; i < SILENT; i++) {
        struct pollfd poller = {.fd = fds[i], .events = POLLIN};
        closed += poll(&poller, 1, 0) == 1;
        (void)close(fds[i]);
    }
    cr_expect_geq(closed, SILENT - SERVED, "%d", closed);
    expect_fds(before);
}

Test(control_http, outlives_garbage)
{
    unsigned seed = 1;
    char garbage[600];
    for (int round = 0; round < 200; round++) {
        int fd = t_connect(control.port);
        size_t size = 1 + (size_t)rand_r(&seed) % sizeof garbage;
        for (size_t i = 0; i < size; i++)
            garbage[i] = (char)rand_r(&seed);
        if (round % 3 == 0) (void)memcpy(garbage, "GET ", 4);
        t_send(fd, garbage, size);
        if (round % 2 == 0) {
            struct linger reset = {.l_onoff = 1};
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        (void)close(fd);
    }
}

Test(control_http, outlives_garbage_on_links)
{
    static const char upgrade[] =
        "GET /v1/link HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: jobgen/1\r\n\r\n";
    unsigned seed = 1;
    for (int round = 0; round < 30; round++) {
        char garbage[64];
        int fd = t_connect(control.port);
        t_send(fd, upgrade, sizeof upgrade - 1);
        char head[sizeof "HTTP/1.1 101"] = "";
        cr_assert_eq(recv(fd, head, sizeof head - 1, MSG_WAITALL), sizeof head - 1);
        cr_assert_str_eq(head, "HTTP/1.1 101");
        for (size_t i = 0; i < sizeof garbage; i++)
            garbage[i] = (char)rand_r(&seed);
        t_send(fd, garbage, sizeof garbage);
        if (round % 2 == 0) {
            (void)t_read_all(fd, answer, sizeof answer);
        }
        (void)close(fd);
    }
}
