/* SPDX-License-Identifier: MIT */
/* A thread that looks at a program which has come, since that takes as long as its file is large:
   whether it is what was told, so that it may stand in the store, and whether it can run here. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/fd.h"
#include "../base/thread.h"
#include "../wire/digest.h"
#include "suitable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct jgi_inspection {
    struct jgi_server *server;
    struct jgi_node_program *program; /* NULL: nobody wants to know any more */
    int fd;                           /* of the part that came, then of the program, held */
    bool is_part;
    uint64_t size;
    uint8_t digest[JGI_DIGEST_SIZE];
    char *part, *path; /* owned */
    bool is_wrong;
    jg_status status;
    char text[JGI_REASON_SIZE];
};

static void inspection_free(struct jgi_inspection *inspection)
{
    (void)jgi_fd_close(inspection->fd);
    free(inspection->part);
    free(inspection->path);
    free(inspection);
}

static bool fail(struct jgi_inspection *inspection)
{
    inspection->status = JG_EFULL;
    (void)snprintf(inspection->text, sizeof inspection->text, "the node cannot keep it: %s (%s)",
                   strerror(errno), inspection->server->store.path);
    if (inspection->is_part) (void)unlink(inspection->part);
    return false;
}

/* From the part's descriptor to one of the program in its place, with never a moment in which
   nobody holds it; what is open for writing cannot be started. */
static bool place(struct jgi_inspection *inspection)
{
    if (rename(inspection->part, inspection->path) != 0) return false;
    inspection->is_part = false;
    (void)flock(inspection->fd, LOCK_SH); /* it is locked alone: cannot fail */
    int held_fd = jgi_store_hold(inspection->path);
    if (held_fd < 0) return false;
    (void)jgi_fd_close(inspection->fd);
    inspection->fd = held_fd;
    return true;
}

/* It is what was told; a part goes to its place then. */
static bool keep(struct jgi_inspection *inspection)
{
    uint8_t digest[JGI_DIGEST_SIZE];
    bool is_part = inspection->is_part;
    if ((is_part && ftruncate(inspection->fd, (off_t)inspection->size) != 0) ||
        !jgi_digest_file(inspection->fd, digest))
        return fail(inspection);
    if (memcmp(digest, inspection->digest, sizeof digest) != 0) {
        (void)unlink(is_part ? inspection->part : inspection->path); /* it comes anew */
        inspection->is_wrong = true;
        return false;
    }
    return !is_part || place(inspection) || fail(inspection);
}

static void *inspect(void *argument)
{
    struct jgi_inspection *inspection = argument;
    struct jgi_server *server = inspection->server;
    struct jgi_loop *loop = server->config.loop;
    if (keep(inspection))
        inspection->status =
            jgi_suitable(inspection->path, inspection->text, sizeof inspection->text);
    jgi_loop_lock(loop);
    if (inspection->program != NULL)
        jgi_shipping_inspected(inspection->program, inspection->is_wrong ? NULL : inspection->path,
                               &inspection->fd, inspection->status, inspection->text);
    inspection_free(inspection);
    server->ending_count--;
    (void)pthread_cond_broadcast(&server->has_ended);
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
    return NULL;
}

struct jgi_inspection *jgi_inspection_new(struct jgi_node_program *program, int fd, bool is_part)
{
    struct jgi_inspection *inspection = calloc(1, sizeof *inspection);
    if (inspection == NULL) {
        (void)jgi_fd_close(fd);
        return NULL;
    }
    inspection->server = program->server;
    inspection->program = program;
    inspection->fd = fd;
    inspection->is_part = is_part;
    inspection->size = program->size;
    memcpy(inspection->digest, program->digest, JGI_DIGEST_SIZE);
    inspection->part = jgi_store_name_part(&program->server->store, program->digest, program->size);
    inspection->path = jgi_store_name(&program->server->store, program->digest);
    if (inspection->part == NULL || inspection->path == NULL ||
        jgi_thread_start(NULL, inspect, inspection) != 0) {
        inspection_free(inspection);
        return NULL;
    }
    program->server->ending_count++;
    return inspection;
}

void jgi_inspection_forget(struct jgi_inspection *inspection)
{
    if (inspection != NULL) inspection->program = NULL;
}
