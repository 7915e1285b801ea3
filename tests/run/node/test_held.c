/* SPDX-License-Identifier: MIT */
/* What a node holds for callers that never have enough is bounded: a server that may hold little,
   and a caller that releases nothing. */
#include "caller.h"
#include "cluster.h"

#include "node/server.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program_jobs.h"

enum { HELD_MAX = 8 << 20, OF_CALLER = HELD_MAX / 2, PRINTED_MAX = HELD_MAX / 64 };

static struct jgi_loop *loop;
static struct jgi_server *server;
static struct t_caller caller;
static char why[200];

static void set_up(void)
{
    static char scratch[200];
    char text[300], store[300];
    t_cluster_open();
    (void)snprintf(store, sizeof store, "%s", t_cluster_store());
    *strrchr(store, '/') = '\0';
    (void)mkdir(store, 0700); /* it may be there */
    (void)mkdir(t_cluster_store(), 0700);
    t_caller_init(&caller, getenv("PROGRAM"));
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", getenv("XDG_RUNTIME_DIR"));
    loop = jgi_loop_new();
    server = jgi_server_new(&(struct jgi_server_config){.loop = loop,
                                                        .address = "[::1]:0",
                                                        .secret = &caller.secret,
                                                        .name = "small",
                                                        .slots = 2,
                                                        .workers_max = 8,
                                                        .store = t_cluster_store(),
                                                        .scratch_root = scratch,
                                                        .environment = environ,
                                                        .held_max = HELD_MAX},
                            text, sizeof text);
    cr_assert_not_null(server, "%s", text);
}

static void tear_down(void)
{
    t_caller_fini(&caller);
    (void)jgi_server_free(server);
    t_cluster_close();
}

TestSuite(held, .init = set_up, .fini = tear_down);

static void dial(uint64_t session)
{
    cr_assert(t_caller_dial(&caller, jgi_server_address(server), session), "%s", caller.why);
}

Test(held, results_that_nobody_releases_are_bounded)
{
    enum { COUNT = 15000, TIMES = 2 * OF_CALLER / COUNT / 4 };
    static uint32_t values[COUNT];
    struct fill_args fill = {.values = values, .count = COUNT};
    unsigned kept = 0, refused = 0;
    dial(0);
    caller.is_greedy = true;
    for (int i = 0; i < TIMES; i++) {
        jg_status status = t_caller_run(&caller, "fill", &fill, NULL, why);
        kept += status == JG_OK;
        refused += status == JG_EFULL;
        cr_assert(status == JG_OK || status == JG_EFULL, "%s", why);
    }
    cr_assert_eq(kept + refused, TIMES);
    cr_expect_gt(kept, 0);
    cr_expect_leq(kept * sizeof values, OF_CALLER + sizeof values);
    cr_expect_gt(refused, 0);
    t_caller_send(&caller, &(struct jgi_message){.kind = JGI_MESSAGE_RELEASE, .number = 1});
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RELEASED, 1));
    caller.is_greedy = false;
    cr_expect_eq(t_caller_run(&caller, "fill", &fill, NULL, why), JG_OK, "%s", why);
}

Test(held, lines_that_may_have_to_be_sent_again_are_bounded)
{
    enum { TIMES = 20 };
    struct say_args say = {.count = 2000};
    dial(0);
    caller.is_greedy = true;
    do {
        caller.output_bytes = 0;
        for (int i = 0; i < TIMES; i++)
            cr_assert_eq(t_caller_run(&caller, "say", &say, NULL, why), JG_OK, "%s", why);
        cr_assert_gt(caller.output_bytes, 2 * PRINTED_MAX);
        caller.output_bytes = 0;
    } while (!t_caller_resume(&caller, jgi_server_address(server)));
    /* what is kept came before */
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RESULT, caller.next_number - 1));
    cr_expect_gt(caller.output_bytes, 0);
    cr_expect_leq(caller.output_bytes, PRINTED_MAX);
}

static unsigned count_in_store(void)
{
    unsigned count = 0;
    DIR *directory = opendir(t_cluster_store());
    cr_assert_not_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(directory);
    return count;
}

/* Programs that nobody has. */
static void begin_programs(unsigned lot)
{
    enum { LOT = 10 };
    caller.is_mute = true;
    if (caller.connection != NULL) t_caller_cut(&caller);
    caller.incarnation++; /* a caller of its own */
    caller.dial_count = 0;
    dial(0);
    for (unsigned i = 0; i < LOT; i++) {
        caller.program[0] = (uint8_t)lot;
        caller.program[1] = (uint8_t)i;
        uint64_t number = t_caller_start(&caller, "hang");
        t_frame_free(t_caller_await(&caller, JGI_MESSAGE_NEED, number));
    }
}

Test(held, programs_that_never_came_leave_nothing_in_the_store)
{
    for (unsigned lot = 0; lot < 3; lot++)
        begin_programs(lot);
    cr_expect_gt(count_in_store(), 0);
    t_caller_cut(&caller);
    server = jgi_server_free(server);
    cr_expect_eq(count_in_store(), 0);
}
