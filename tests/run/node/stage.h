/* SPDX-License-Identifier: MIT */
/* What tests of a node begin with: control, the node, and two callers that have the program. */
#ifndef JOBGEN_TESTS_NODE_STAGE_H
#define JOBGEN_TESTS_NODE_STAGE_H

#include "../port.h"
#include "caller.h"
#include "cluster.h"

#include "program_jobs.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct t_daemon control, node;
static struct t_caller caller, other;
static char why[200];

static inline void set_up(void)
{
    char address[40];
    t_cluster_open();
    t_port_find("[::1]", address, sizeof address);
    t_daemon_start(&control, (const char *const[]){"control", "--bind-socket", address, NULL});
    t_node_start(&node, control.address, (const char *const[]){"--slots", "2", NULL});
    t_caller_init(&caller, getenv("PROGRAM"));
    t_caller_init(&other, getenv("PROGRAM"));
}

static inline void tear_down(void)
{
    t_caller_fini(&caller);
    t_caller_fini(&other);
    cr_expect_eq(t_daemon_end(&node, SIGTERM), 0, "%s", node.said);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0, "%s", control.said);
    t_cluster_close();
}

static inline void dial(void)
{
    cr_assert(t_caller_dial(&caller, node.address, 0), "%s", caller.why);
}

static inline void send_about(struct t_caller *of, enum jgi_message_kind kind, uint64_t number)
{
    t_caller_send(of, &(struct jgi_message){.kind = kind, .number = number, .floor = 1});
}

/* Has the program shipped by a call that ends. */
static inline void ship(struct t_caller *of)
{
    struct square_args args = {.a = 1};
    cr_assert_eq(t_caller_run(of, "square", &args, NULL, why), JG_OK, "%s", why);
}

static inline struct jgi_message start_of(const struct t_caller *of, uint64_t number)
{
    const struct jgi_job *job = t_job("square");
    return (struct jgi_message){.kind = JGI_MESSAGE_START,
                                .number = number,
                                .floor = 1,
                                .program = of->program,
                                .size = of->program_size,
                                .job = job->interface_hash,
                                .job_name = job->name};
}

/* The program is asked for and some of it is sent. */
static inline void begin_shipping(struct t_caller *of)
{
    of->is_mute = true;
    uint64_t number = t_caller_start(of, "square");
    t_frame_free(t_caller_expect(of, JGI_MESSAGE_NEED, number));
}

static inline void send_piece(struct t_caller *of, uint64_t offset, size_t size)
{
    uint8_t *bytes = malloc(size);
    cr_assert_eq(pread(of->program_fd, bytes, size, (off_t)offset), (ssize_t)size);
    t_caller_send(of, &(struct jgi_message){.kind = JGI_MESSAGE_PIECE,
                                            .object = JGI_OBJECT_PROGRAM,
                                            .program = of->program,
                                            .offset = offset,
                                            .body = bytes,
                                            .body_size = size});
    free(bytes);
}

#endif
