/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "resolve.h"

#include "../base/thread.h"
#include "address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct question {
    struct jgi_loop *loop;
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    void (*on_resolved)(void *user, const struct jgi_resolved *resolved);
    void *user;
    struct jgi_resolved resolved;
};

static void append(struct jgi_resolved *resolved, const char *address)
{
    if (resolved->count == JGI_RESOLVED_MAX) return;
    (void)snprintf(resolved->addresses[resolved->count++], sizeof resolved->addresses[0], "%.63s",
                   address);
}

static void add(struct question *question, const struct addrinfo *one)
{
    char host[64], address[JGI_ADDRESS_MAX + 1];
    if (getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return;
    jgi_address_join(host, question->port, address);
    append(&question->resolved, address);
}

/* Whether the machine has the address: ::1 is not everywhere. */
static bool is_here(const struct addrinfo *one)
{
    int fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is = fd >= 0 && bind(fd, one->ai_addr, one->ai_addrlen) == 0;
    if (fd >= 0) (void)close(fd);
    return is;
}

/* The loopback address of the other family: /etc/hosts often has one alone. */
static void add_loopback(struct question *question)
{
    static const char *const hosts[] = {"127.0.0.1", "::1"};
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct jgi_resolved *resolved = &question->resolved;
    for (size_t i = 0; i < 2; i++) {
        struct addrinfo *found;
        char address[JGI_ADDRESS_MAX + 1];
        bool is_known = false;
        jgi_address_join(hosts[i], question->port, address);
        for (size_t at = 0; at < resolved->count; at++)
            is_known = is_known || strcmp(resolved->addresses[at], address) == 0;
        if (is_known || getaddrinfo(hosts[i], NULL, &hints, &found) != 0) continue;
        if (is_here(found)) append(resolved, address);
        freeaddrinfo(found);
    }
}

static void *answer(void *argument)
{
    struct question *question = argument;
    struct jgi_loop *loop = question->loop;
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int error = getaddrinfo(question->host, NULL, &hints, &found);
    for (const struct addrinfo *one = found; error == 0 && one != NULL; one = one->ai_next)
        add(question, one);
    if (strcasecmp(question->host, "localhost") == 0) add_loopback(question);
    question->resolved.why = error != 0 ? gai_strerror(error) : "its name has no address";
    if (error == 0) freeaddrinfo(found);
    jgi_loop_lock(loop);
    question->on_resolved(question->user, &question->resolved);
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
    free(question);
    return NULL;
}

bool jgi_resolve(struct jgi_loop *loop, const char *address,
                 void (*on_resolved)(void *user, const struct jgi_resolved *resolved), void *user)
{
    struct question *question = calloc(1, sizeof *question);
    if (question == NULL) return false;
    question->loop = loop;
    question->on_resolved = on_resolved;
    question->user = user;
    if (jgi_address_split(address, question->host, &question->port) &&
        jgi_thread_start(NULL, answer, question) == 0)
        return true;
    free(question);
    return false;
}
