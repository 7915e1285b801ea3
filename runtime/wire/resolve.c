/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "resolve.h"

#include "../base/thread.h"
#include "address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct question {
    struct jgi_loop *loop;
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    void (*on_resolved)(void *user, const struct jgi_resolved *resolved);
    void *user;
    struct jgi_resolved resolved;
};

static void add(struct question *question, const struct addrinfo *one)
{
    char host[64], address[JGI_ADDRESS_MAX + 1];
    struct jgi_resolved *resolved = &question->resolved;
    if (resolved->count == JGI_RESOLVED_MAX ||
        getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return;
    jgi_address_join(host, question->port, address);
    (void)snprintf(resolved->addresses[resolved->count++], sizeof resolved->addresses[0], "%.63s",
                   address);
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
