/* SPDX-License-Identifier: MIT */
/* How programs come: one of the callers that have a program is asked for it, a few MiB at a time;
   where its link ends another one goes on from what is here. All that wait are told when it is
   here, or will not be, and say START again.

   What goes wrong: what came has another SHA-256 than was told: the next caller begins anew, the
   one that sent it is refused; the disk is full or this machine cannot run it: all are refused. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../wire/digest.h"
#include "../wire/durations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STALL_MS = 4000, AGAIN_MS = 500, UNFIT_MS = 10 * 1000 };

static char *path_of(const struct jgi_node_program *program, const char *suffix)
{
    char *path, hex[2 * JGI_DIGEST_SIZE + 1];
    for (int i = 0; i < JGI_DIGEST_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", program->digest[i]);
    return asprintf(&path, "%s/%s%s", program->server->config.store, hex, suffix) < 0 ? NULL : path;
}

/* Tells it to say START again. */
static void tell(struct jgi_program_use *use)
{
    struct jgi_connection *connection = jgi_server_connection(use->session);
    if (!use->is_waiting || connection == NULL) return;
    use->is_waiting = false;
    (void)jgi_connection_send(connection, &(struct jgi_message){.kind = JGI_MESSAGE_WANT,
                                                                .object = JGI_OBJECT_PROGRAM,
                                                                .program = use->program->digest});
}

static void tell_all(struct jgi_node_program *program)
{
    for (struct jgi_link *at = program->uses.next; at != &program->uses; at = at->next)
        tell(JGI_OWNER(at, struct jgi_program_use, in_program));
}

static void be_unfit(struct jgi_node_program *program, jg_status status, const char *reason)
{
    jgi_shipping_cancel(program);
    program->state = JGI_PROGRAM_UNFIT;
    program->status = status;
    (void)snprintf(program->reason, sizeof program->reason, "%s", reason);
    jgi_server_note(program->server, "program %s is refused: %s", program->name, reason);
    jgi_program_set_limit(program, UNFIT_MS);
    tell_all(program);
}

static void be_ready(struct jgi_node_program *program, char *path)
{
    jgi_loop_clear_alarm(program->server->config.loop, &program->limit);
    program->path = path;
    program->state = JGI_PROGRAM_READY;
    tell_all(program);
}

void jgi_shipping_begin(struct jgi_node_program *program)
{
    struct stat about;
    char *path = path_of(program, "");
    if (path != NULL && stat(path, &about) == 0 && (uint64_t)about.st_size == program->size) {
        be_ready(program, path);
        return;
    }
    free(path);
    path = path_of(program, ".part");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0700);
    free(path);
    if (fd < 0 || fstat(fd, &about) != 0) {
        (void)jgi_fd_close(fd);
        be_unfit(program, JG_EFULL, strerror(errno));
        return;
    }
    uint64_t here = (uint64_t)about.st_size;
    program->incoming = (struct jgi_incoming){
        .object = JGI_OBJECT_PROGRAM, .fd = fd, .size = program->size, .got = here};
    if (here >= program->size) program->incoming.got = 0;
    memcpy(program->incoming.program, program->digest, JGI_DIGEST_SIZE);
    jgi_incoming_resume(&program->incoming);
    program->is_coming = true;
}

void jgi_shipping_cancel(struct jgi_node_program *program)
{
    program->shipper = NULL;
    if (!program->is_coming) return;
    program->is_coming = false;
    program->incoming.fd = jgi_fd_close(program->incoming.fd);
}

static void want(struct jgi_node_program *program)
{
    struct jgi_connection *connection = jgi_server_connection(program->shipper->session);
    jgi_program_set_limit(program, STALL_MS);
    program->moved_ns = jgi_clock_ns();
    if (connection != NULL)
        (void)jgi_incoming_want(&program->incoming, connection, 0); /* else its link has ended */
}

void jgi_shipping_ask(struct jgi_program_use *use)
{
    struct jgi_node_program *program = use->program;
    bool is_under_way =
        program->shipper != NULL &&
        (program->shipper != use || jgi_clock_ns() - program->moved_ns < AGAIN_MS * JGI_MS_NS);
    if (!program->is_coming || is_under_way || use->is_wrong ||
        jgi_server_connection(use->session) == NULL)
        return;
    program->shipper = use;
    use->was_asked = true;
    jgi_incoming_resume(&program->incoming);
    want(program);
}

/* Whoever waits: the one that was asked last comes last. */
static void ask_next(struct jgi_node_program *program)
{
    for (struct jgi_link *at = program->uses.next; at != &program->uses && program->shipper == NULL;
         at = at->next) {
        struct jgi_program_use *use = JGI_OWNER(at, struct jgi_program_use, in_program);
        if (use->is_waiting) jgi_shipping_ask(use);
    }
}

static void drop_shipper(struct jgi_node_program *program)
{
    struct jgi_program_use *use = program->shipper;
    program->shipper = NULL;
    jgi_list_remove(&use->in_program);
    jgi_list_add_last(&program->uses, &use->in_program);
}

void jgi_shipping_stalled(struct jgi_node_program *program)
{
    if (!program->is_coming) return;
    if (program->shipper != NULL) drop_shipper(program);
    ask_next(program);
}

void jgi_shipping_leave(struct jgi_session *session)
{
    for (struct jgi_link *at = session->uses.next; at != &session->uses; at = at->next) {
        struct jgi_program_use *use = JGI_OWNER(at, struct jgi_program_use, in_session);
        use->was_asked = false;
        if (use->program->shipper != use) continue;
        drop_shipper(use->program);
        ask_next(use->program);
    }
}

static void be_wrong(struct jgi_node_program *program)
{
    struct jgi_program_use *use = program->shipper;
    jgi_server_note(program->server, "%s sent a program with another SHA-256 than it had told",
                    use->session->name);
    use->is_wrong = true;
    drop_shipper(program);
    program->incoming.got = 0;
    jgi_incoming_resume(&program->incoming);
    tell(use);
    ask_next(program);
}

/* All is here. */
static void take_whole(struct jgi_node_program *program)
{
    uint8_t digest[JGI_DIGEST_SIZE];
    int fd = program->incoming.fd;
    if (ftruncate(fd, (off_t)program->size) != 0 || !jgi_digest_file(fd, digest)) {
        be_unfit(program, JG_EFULL, strerror(errno));
        return;
    }
    if (memcmp(digest, program->digest, sizeof digest) != 0) {
        be_wrong(program);
        return;
    }
    char *part = path_of(program, ".part"), *path = path_of(program, "");
    jgi_shipping_cancel(program); /* nobody may have it open for writing when it is started */
    if (part != NULL && path != NULL && rename(part, path) == 0) {
        be_ready(program, path);
    } else {
        free(path);
        be_unfit(program, JG_EFULL, strerror(errno));
    }
    free(part);
}

const char *jgi_shipping_piece(struct jgi_session *session, const struct jgi_message *piece)
{
    struct jgi_program_use *use = jgi_program_find_use(session, piece->program);
    if (use == NULL || !use->was_asked) return "it sent a program that nobody asked for";
    struct jgi_node_program *program = use->program;
    if (!program->is_coming || program->shipper != use) return NULL; /* another one was asked */
    int taken = jgi_incoming_take(&program->incoming, piece);
    if (taken < 0 && errno == EPROTO) return "it sent of its program what nobody asked for";
    if (taken < 0)
        be_unfit(program, JG_EFULL, strerror(errno));
    else if (taken > 0)
        take_whole(program);
    else
        want(program);
    return NULL;
}
