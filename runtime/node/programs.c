/* SPDX-License-Identifier: MIT */
/* The programs that sessions use: each has a pool, which shares the node's slots, and stays for a
   minute after its last user. */
#include "server_state.h"

#include "../base/clock.h"
#include "../base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNFIT_MS = 10 * 1000 /* then it is looked at again */
};

static void on_limit(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_node_program *program = JGI_OWNER(alarm, struct jgi_node_program, limit);
    (void)loop;
    if (jgi_list_is_empty(&program->uses))
        (void)jgi_program_free(program, "nobody uses its program");
    else if (program->state == JGI_PROGRAM_COMES)
        jgi_shipping_stalled(program);
    else if (program->state == JGI_PROGRAM_UNFIT)
        program->state = JGI_PROGRAM_COMES; /* the next START begins again */
}

void jgi_program_set_limit(struct jgi_node_program *program, int ms)
{
    if (!jgi_loop_set_alarm(program->server->config.loop, &program->limit, jgi_clock_deadline(ms)))
        jgi_server_note(program->server, "no memory for a time limit");
}

/* Nobody uses it at present. */
static void set_linger(struct jgi_node_program *program)
{
    jgi_program_set_limit(program, (int)program->server->config.linger_ms);
}

static struct jgi_node_program *find(const struct jgi_server *server,
                                     const struct jgi_message *start)
{
    for (struct jgi_link *at = server->programs.next; at != &server->programs; at = at->next) {
        struct jgi_node_program *program = JGI_OWNER(at, struct jgi_node_program, link);
        if (program->size == start->size &&
            memcmp(program->digest, start->program, JGI_DIGEST_SIZE) == 0)
            return program;
    }
    return NULL;
}

static struct jgi_node_program *program_new(struct jgi_session *session,
                                            const struct jgi_message *start)
{
    struct jgi_node_program *program = calloc(1, sizeof *program);
    if (program == NULL) return NULL;
    program->name = strdup(session->name);
    if (program->name == NULL) {
        free(program);
        return NULL;
    }
    program->server = session->server;
    program->size = start->size;
    program->held_fd = -1;
    memcpy(program->digest, start->program, JGI_DIGEST_SIZE);
    program->arguments[0] = program->name;
    program->limit.on_due = on_limit;
    jgi_list_init(&program->uses);
    jgi_list_add_last(&session->server->programs, &program->link);
    session->server->program_count++;
    return program;
}

struct jgi_program_use *jgi_program_find_use(const struct jgi_session *session,
                                             const uint8_t *digest)
{
    for (struct jgi_link *at = session->uses.next; at != &session->uses; at = at->next) {
        struct jgi_program_use *use = JGI_OWNER(at, struct jgi_program_use, in_session);
        if (memcmp(use->program->digest, digest, JGI_DIGEST_SIZE) == 0) return use;
    }
    return NULL;
}

static struct jgi_program_use *use_new(struct jgi_session *session, const struct jgi_message *start)
{
    if (session->use_count == JGI_PROGRAMS_MAX) return NULL;
    struct jgi_node_program *program = find(session->server, start);
    if (program == NULL && session->server->program_count < JGI_PROGRAMS_ALL_MAX)
        program = program_new(session, start);
    struct jgi_program_use *use = program == NULL ? NULL : calloc(1, sizeof *use);
    if (use == NULL) {
        if (program != NULL && jgi_list_is_empty(&program->uses)) /* as after its last user */
            set_linger(program);
        return NULL;
    }
    if (jgi_list_is_empty(&program->uses))
        jgi_loop_clear_alarm(session->server->config.loop, &program->limit);
    use->program = program;
    use->session = session;
    session->use_count++;
    jgi_list_add_last(&program->uses, &use->in_program);
    jgi_list_add_last(&session->uses, &use->in_session);
    return use;
}

struct jgi_program_use *jgi_program_use(struct jgi_session *session,
                                        const struct jgi_message *start)
{
    struct jgi_program_use *use = jgi_program_find_use(session, start->program);
    if (use == NULL) use = use_new(session, start);
    if (use != NULL && use->program->state == JGI_PROGRAM_COMES && !use->program->is_coming &&
        use->program->inspection == NULL)
        jgi_shipping_begin(use->program);
    return use;
}

struct jgi_program_use *jgi_program_use_free(struct jgi_program_use *use)
{
    struct jgi_node_program *program = use->program;
    if (program->server->use_asked == use) program->server->use_asked = NULL;
    if (program->shipper == use) program->shipper = NULL;
    use->session->use_count--;
    jgi_list_remove(&use->in_program);
    jgi_list_remove(&use->in_session);
    free(use);
    if (jgi_list_is_empty(&program->uses)) {
        if (program->state != JGI_PROGRAM_READY)
            (void)jgi_program_free(program, NULL);
        else
            set_linger(program);
    }
    return NULL;
}

/* Nested calls, and where they come from. */

static bool on_route(void *user, struct jgi_task *task)
{
    const struct jgi_node_program *program = user;
    const struct jgi_server_config *config = &program->server->config;
    if (config->route == NULL || program->server->is_stopping) return false;
    return config->route(config->user,
                         &(struct jgi_origin){.program = program->digest,
                                              .size = program->size,
                                              .path = program->path,
                                              .name = program->name},
                         task);
}

static void on_unroute(void *user, struct jgi_task *task, jg_status status)
{
    const struct jgi_node_program *program = user;
    const struct jgi_server_config *config = &program->server->config;
    if (config->unroute != NULL) config->unroute(config->user, task, status);
}

static void on_begin(void *user, struct jgi_task *task)
{
    (void)user;
    jgi_execution_began(task);
}

static void on_wait(void *user, struct jgi_task *task)
{
    (void)user;
    jgi_execution_waits(task);
}

static void on_pool_note(void *user, enum jgi_level level, const char *text)
{
    const struct jgi_node_program *program = user;
    if (level == JGI_LEVEL_ERROR)
        jgi_server_note(program->server, "program %s: %s", program->name, text);
}

struct jgi_pool *jgi_program_pool(struct jgi_node_program *program)
{
    const struct jgi_server_config *config = &program->server->config;
    if (program->pool != NULL) return program->pool;
    program->pool = jgi_pool_new_locked(
        config->loop, &(struct jgi_pool_config){.shared = &program->server->slots,
                                                .program = {.path = program->path,
                                                            .arguments = program->arguments,
                                                            .environment = config->environment},
                                                .scratch_root = config->scratch_root,
                                                .node_name = config->name,
                                                .sink = jgi_printed_sink,
                                                .level = JGI_LEVEL_ERROR,
                                                .note = on_pool_note,
                                                .route = on_route,
                                                .unroute = on_unroute,
                                                .on_begin = on_begin,
                                                .on_wait = on_wait,
                                                .user = program});
    return program->pool;
}

static void forget(void *user)
{
    struct jgi_node_program *program = user;
    struct jgi_server *server = program->server;
    (void)jgi_fd_close(program->held_fd);
    free(program->name);
    free(program->path);
    free(program);
    server->ending_count--;
    (void)pthread_cond_broadcast(&server->has_ended);
}

struct jgi_node_program *jgi_program_free(struct jgi_node_program *program, const char *cause)
{
    struct jgi_pool *pool = program->pool;
    jgi_loop_clear_alarm(program->server->config.loop, &program->limit);
    jgi_list_remove(&program->link);
    program->server->program_count--;
    jgi_shipping_cancel(program);
    program->server->ending_count++;
    if (pool == NULL)
        forget(program);
    else
        jgi_pool_end(pool, JG_ECANCELLED, cause, forget, program);
    return NULL;
}

bool jgi_programs_end_unused(struct jgi_server *server)
{
    bool is_one_ending = server->ending_count > 0;
    for (struct jgi_link *at = server->programs.next, *next; at != &server->programs; at = next) {
        struct jgi_node_program *program = JGI_OWNER(at, struct jgi_node_program, link);
        next = at->next;
        if (!jgi_list_is_empty(&program->uses)) continue;
        (void)jgi_program_free(program, "its room is wanted for another program");
        is_one_ending = true;
    }
    return is_one_ending;
}
