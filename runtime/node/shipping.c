/* SPDX-License-Identifier: MIT */
/* How programs come: one of the callers that have a program is asked for it, a few MiB at a time;
   where its link ends another one goes on from what is here. All that wait are told when it is
   here, or will not be, and say START again.

   What goes wrong: what came has another SHA-256 than was told: the next caller begins anew, the
   one that sent it is refused; the store or its disk is full or this machine cannot run it: all are
   refused. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../wire/durations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STALL_MS = 4000, AGAIN_MS = 500, UNFIT_MS = 10 * 1000 };

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

static void remove_part(const struct jgi_node_program *program)
{
    char *part = jgi_store_name_part(&program->server->store, program->digest, program->size);
    if (part != NULL) (void)unlink(part);
    free(part);
}

/* It cannot be kept, for this errno; nothing of it is left. */
static void be_without_room(struct jgi_node_program *program, int error)
{
    char reason[JGI_REASON_SIZE];
    remove_part(program);
    (void)snprintf(reason, sizeof reason, "the node cannot keep it: %s (%s)", strerror(error),
                   program->server->store.path);
    be_unfit(program, JG_EFULL, reason);
}

/* Takes the descriptor. */
static void be_ready(struct jgi_node_program *program, const char *path, int *held_fd)
{
    program->path = strdup(path);
    if (program->path == NULL) {
        be_unfit(program, JG_ENOMEM, "the node has no memory for it");
        return;
    }
    jgi_loop_clear_alarm(program->server->config.loop, &program->limit);
    program->held_fd = *held_fd;
    *held_fd = -1;
    program->shipper = NULL;
    program->state = JGI_PROGRAM_READY;
    tell_all(program);
}

/* `fd`: of what came, or of what stands in the store, held; taken. */
static void inspect(struct jgi_node_program *program, int fd, bool is_part)
{
    program->inspection = jgi_inspection_new(program, fd, is_part);
    if (program->inspection == NULL) be_unfit(program, JG_EFULL, "the node cannot look at it");
}

/* What stands in the store under its name and has its size, held; -1: nothing. */
static int hold_whole(const struct jgi_node_program *program)
{
    struct stat about;
    char *path = jgi_store_name(&program->server->store, program->digest);
    int fd = path == NULL ? -1 : jgi_store_hold(path);
    free(path);
    if (fd < 0 || (fstat(fd, &about) == 0 && (uint64_t)about.st_size == program->size)) return fd;
    return jgi_fd_close(fd);
}

/* What those that are coming have yet to bring. */
static uint64_t count_missing(const struct jgi_server *server)
{
    uint64_t missing = 0;
    for (const struct jgi_link *at = server->programs.next; at != &server->programs;
         at = at->next) {
        const struct jgi_node_program *program = JGI_OWNER(at, const struct jgi_node_program, link);
        if (program->is_coming) missing += program->incoming.size - program->incoming.got;
    }
    return missing;
}

/* The store has room for the rest of it, of which `here` has come. False: it is refused, or the
   next START looks again. */
static bool find_room(struct jgi_node_program *program, uint64_t here)
{
    char reason[JGI_REASON_SIZE];
    struct jgi_server *server = program->server;
    uint64_t missing = count_missing(server) + program->size - here;
    if (jgi_store_make_room(&server->store, missing)) return true;
    if (program->size <= server->store.size_max && jgi_programs_end_unused(server)) return false;
    (void)snprintf(reason, sizeof reason,
                   "it has %llu bytes, for which there is no room beside the programs in use: "
                   "programs may take %llu bytes here (jobd node --store-size)",
                   (unsigned long long)program->size, (unsigned long long)server->store.size_max);
    be_unfit(program, JG_EFULL, reason);
    return false;
}

void jgi_shipping_begin(struct jgi_node_program *program)
{
    int whole_fd = hold_whole(program);
    if (whole_fd >= 0) {
        inspect(program, whole_fd, false);
        return;
    }
    uint64_t here = 0;
    char *part = jgi_store_name_part(&program->server->store, program->digest, program->size);
    int fd = part == NULL ? -1 : jgi_store_hold_part(part, &here);
    if (here >= program->size) here = 0;
    if (fd >= 0 && !find_room(program, here)) {
        (void)unlink(part);
        (void)jgi_fd_close(fd);
    } else if (fd >= 0) {
        program->incoming = (struct jgi_incoming){
            .object = JGI_OBJECT_PROGRAM, .fd = fd, .size = program->size, .got = here};
        memcpy(program->incoming.program, program->digest, JGI_DIGEST_SIZE);
        jgi_incoming_resume(&program->incoming);
        program->is_coming = true;
    } else if (errno != EAGAIN) { /* else the next START looks again */
        be_without_room(program, errno);
    }
    free(part);
}

void jgi_shipping_cancel(struct jgi_node_program *program)
{
    program->shipper = NULL;
    jgi_inspection_forget(program->inspection);
    program->inspection = NULL;
    if (!program->is_coming) return;
    program->is_coming = false;
    if (program->incoming.got == 0) remove_part(program); /* there is nothing to go on from */
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

/* The one that sent it is told so, and another one is asked from the beginning on. */
static void be_wrong(struct jgi_node_program *program)
{
    struct jgi_program_use *use = program->shipper;
    if (use != NULL) {
        jgi_server_note(program->server, "%s sent a program with another SHA-256 than it had told",
                        use->session->name);
        use->is_wrong = true;
        drop_shipper(program);
        tell(use);
    }
    jgi_shipping_begin(program);
    ask_next(program);
}

void jgi_shipping_inspected(struct jgi_node_program *program, const char *path, int *held_fd,
                            jg_status status, const char *text)
{
    program->inspection = NULL;
    if (path == NULL)
        be_wrong(program);
    else if (status != JG_OK)
        be_unfit(program, status, text);
    else
        be_ready(program, path, held_fd);
}

/* All is here. */
static void take_whole(struct jgi_node_program *program)
{
    int fd = program->incoming.fd;
    program->is_coming = false;
    program->incoming.fd = -1;
    jgi_loop_clear_alarm(program->server->config.loop, &program->limit);
    inspect(program, fd, true);
}

/* As jgi_incoming_take. Where the disk is full, what nobody uses goes. */
static int take_piece(struct jgi_node_program *program, const struct jgi_message *piece)
{
    int taken = jgi_incoming_take(&program->incoming, piece), error = errno;
    if (taken >= 0 || (error != ENOSPC && error != EDQUOT)) return taken;
    if (jgi_store_shed(&program->server->store, count_missing(program->server)))
        return jgi_incoming_take(&program->incoming, piece);
    errno = error;
    return -1;
}

const char *jgi_shipping_piece(struct jgi_session *session, const struct jgi_message *piece)
{
    struct jgi_program_use *use = jgi_program_find_use(session, piece->program);
    if (use == NULL || !use->was_asked) return "it sent a program that nobody asked for";
    struct jgi_node_program *program = use->program;
    if (!program->is_coming || program->shipper != use) return NULL; /* another one was asked */
    int taken = take_piece(program, piece);
    if (taken < 0 && errno == EPROTO) return "it sent of its program what nobody asked for";
    if (taken < 0)
        be_without_room(program, errno);
    else if (taken > 0)
        take_whole(program);
    else
        want(program);
    return NULL;
}
