/* SPDX-License-Identifier: MIT */
/* A node: the links of callers in front of pools. docs/wire.md says what is spoken. */
#ifndef JOBGEN_NODE_SERVER_H
#define JOBGEN_NODE_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "../base/loop.h"
#include "../wire/secret.h"
#include "../worker/output.h"
#include "../worker/task.h"

struct jgi_server;

/* The program whose job makes a nested call; all borrowed. */
struct jgi_origin {
    const uint8_t *program; /* JGI_DIGEST_SIZE */
    uint64_t size;          /* of its file */
    const char *path, *name;
};

struct jgi_server_config {
    struct jgi_loop *loop;
    const char *address;             /* to listen at, "[::]:3031" */
    const struct jgi_secret *secret; /* borrowed; NULL: nobody proves anything */
    const char *name;                /* borrowed; of the node */
    unsigned slots, workers_max;
    const char *store;        /* borrowed; directory for programs */
    uint64_t store_max;       /* bytes of them; 0: jgi_store_default */
    const char *scratch_root; /* borrowed; where jobs write */
    char *const *environment; /* borrowed; of zygotes */
    uint64_t held_max;        /* bytes of arguments, and of results, in memory at once; 0: half of
                                 the machine's memory. One caller may use half of them. */
    unsigned linger_ms;       /* a program's processes stay after its last user; 0: a minute */
    /* All called locked; NULL: nobody wants it. */
    void (*on_note)(void *user, const char *line); /* a peer misbehaved, a program was refused */
    void (*on_load)(void *user);                   /* jgi_server_busy may be another */
    /* As the hooks of a pool. */
    bool (*route)(void *user, const struct jgi_origin *origin, struct jgi_task *task);
    void (*unroute)(void *user, struct jgi_task *task, jg_status status);
    void *user;
};

/* Unlocked. Serves from now on. NULL with a sentence in `ret_text`, and errno as of
   jgi_listener_new. */
struct jgi_server *jgi_server_new(const struct jgi_server_config *config, char *ret_text,
                                  size_t text_size);
/* Where it listens, with the port really taken; lives as long as the server. */
const char *jgi_server_address(const struct jgi_server *server);
unsigned jgi_server_port(const struct jgi_server *server);

/* 64 random bits, other ones at each start. */
uint64_t jgi_server_incarnation(const struct jgi_server *server);

/* Locked. Slots held. */
unsigned jgi_server_busy(const struct jgi_server *server);

/* Locked or not. What a nested call of one of its executions has printed on another node. */
void jgi_server_print(struct jgi_server *server, int stream, const struct jgi_output_source *source,
                      const char *lines, size_t size);

/* Unlocked. Cancels what runs, tells the callers, and ends. NULL allowed. */
struct jgi_server *jgi_server_free(struct jgi_server *server);

#endif
