/* SPDX-License-Identifier: MIT */
/* A node as its callers see it: real daemons, real sockets, a caller that speaks frames. */
#include "stage.h"

#include "node/server.h"

#include "program_jobs.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(node, .init = set_up, .fini = tear_down);

Test(node, ships_a_program_and_runs_its_jobs)
{
    uint32_t value = 0;
    dial();
    cr_assert_str_not_empty(caller.node);
    cr_assert_geq(caller.credits, 64);
    struct square_args args = {.a = 12};
    cr_assert_eq(t_caller_run(&caller, "square", &args, &value, why), JG_OK, "%s", why);
    cr_assert_eq(value, 144);
    uint64_t shipped = caller.pieces_sent;
    cr_assert_gt(shipped, 0);
    for (uint32_t i = 0; i < 200; i++) {
        struct next_args next = {.a = i};
        cr_assert_eq(t_caller_run(&caller, "next", &next, &value, why), JG_OK, "%s", why);
        cr_assert_eq(value, i + 1);
    }
    struct surroundings_args none = {0};
    cr_assert_eq(t_caller_run(&caller, "surroundings", &none, &value, why), JG_OK, "%s", why);
    cr_assert_eq(value, 0, "jobs see the daemon's variables");
    cr_assert_eq(caller.pieces_sent, shipped, "the program was sent again");
}

Test(node, keeps_programs_over_its_own_end)
{
    uint32_t value = 0;
    struct square_args args = {.a = 3};
    dial();
    cr_assert_eq(t_caller_run(&caller, "square", &args, &value, why), JG_OK, "%s", why);
    cr_assert_eq(t_daemon_end(&node, SIGTERM), 0);
    t_caller_await_end(&caller, JG_EDOWN);
    t_node_start(&node, control.address, NULL);
    uint64_t shipped = caller.pieces_sent;
    dial();
    cr_assert_eq(t_caller_run(&caller, "square", &args, &value, why), JG_OK, "%s", why);
    cr_assert_eq(caller.pieces_sent, shipped);
}

Test(node, tells_failures_with_cause_and_last_output)
{
    struct die_args none = {0};
    dial();
    cr_assert_eq(t_caller_run(&caller, "die", &none, NULL, why), JG_ESIGNAL);
    cr_assert_not_null(strstr(why, "signal 6"), "%s", why);
    cr_assert_str_eq(caller.said[1], "about to end\n");
}

Test(node, carries_large_arguments_and_results)
{
    enum { COUNT = 5 * 1000 * 1000 };
    uint32_t *values = calloc(COUNT, sizeof *values);
    uint64_t total = 0;
    for (uint32_t i = 0; i < COUNT; i++)
        values[i] = i % 1000;
    dial();
    struct sum_args sum = {.values = values, .count = COUNT};
    cr_assert_eq(t_caller_run(&caller, "sum", &sum, &total, why), JG_OK, "%s", why);
    cr_assert_eq(total, (uint64_t)COUNT / 1000 * (999 * 1000 / 2));
    struct fill_args fill = {.values = values, .count = COUNT};
    cr_assert_eq(t_caller_run(&caller, "fill", &fill, NULL, why), JG_OK, "%s", why);
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert_eq(values[i], i);
    free(values);
}

Test(node, sends_all_output_before_the_result)
{
    enum { LINES = 1000 };
    char line[40];
    size_t at = 0;
    struct say_args args = {.count = LINES};
    dial();
    cr_assert_eq(t_caller_run(&caller, "say", &args, NULL, why), JG_OK, "%s", why);
    for (unsigned i = 0; i < LINES; i++) {
        int length = snprintf(line, sizeof line, "line %u\n", i);
        cr_assert_eq(memcmp(caller.said[0] + at, line, (size_t)length), 0);
        at += (size_t)length;
    }
    cr_assert_eq(caller.said_size[0], at);
    cr_assert_gt(caller.said_size[1], 0);
}

Test(node, runs_nested_calls)
{
    uint32_t value = 0;
    struct nested_args args = {.a = 7};
    dial();
    cr_assert_eq(t_caller_run(&caller, "nested", &args, &value, why), JG_OK, "%s", why);
    cr_assert_eq(value, 49);
}

Test(node, asks_again_for_a_program_that_was_damaged)
{
    uint32_t value = 0;
    char name[200], hex[2 * JGI_DIGEST_SIZE + 1];
    struct square_args args = {.a = 3};
    dial();
    cr_assert_eq(t_caller_run(&caller, "square", &args, &value, why), JG_OK, "%s", why);
    cr_assert_eq(t_daemon_end(&node, SIGTERM), 0);
    for (int i = 0; i < JGI_DIGEST_SIZE; i++)
        (void)sprintf(hex + 2 * i, "%02x", caller.program[i]);
    (void)snprintf(name, sizeof name, "%s/%s", t_cluster_store(), hex);
    FILE *file = fopen(name, "r+");
    cr_assert_not_null(file);
    (void)fputs("damaged", file);
    (void)fclose(file);
    t_node_start(&node, control.address, NULL);
    dial();
    cr_assert_eq(t_caller_run(&caller, "square", &args, &value, why), JG_OK, "%s", why);
}

/* Starts this job, which hangs, and gives its worker and zygote. */
static uint64_t start_hanging(const char *job, pid_t *ret_worker, pid_t *ret_zygote)
{
    int worker = 0, zygote = 0;
    caller.said[0][0] = '\0';
    uint64_t number = t_caller_start(&caller, job);
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_ACCEPTED, number));
    t_caller_await_lines(&caller, 0, 1);
    cr_assert_eq(sscanf(caller.said[0], "%d %d", &worker, &zygote), 2, "%s", caller.said[0]);
    *ret_worker = worker;
    *ret_zygote = zygote;
    return number;
}

Test(node, cancels_politely_then_firmly)
{
    static const char *const jobs[] = {"hang", "resist"};
    pid_t worker, zygote;
    dial();
    ship(&caller);
    for (size_t i = 0; i < 2; i++) {
        uint64_t number = start_hanging(jobs[i], &worker, &zygote);
        send_about(&caller, JGI_MESSAGE_ASK, number);
        t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_RUNNING, number));
        send_about(&caller, JGI_MESSAGE_CANCEL, number);
        struct t_frame *result = t_caller_expect(&caller, JGI_MESSAGE_RESULT, number);
        cr_assert_eq(result->message.status, JG_ECANCELLED);
        t_frame_free(result);
        cr_assert(t_is_gone(worker));
        send_about(&caller, JGI_MESSAGE_RELEASE, number);
        t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RELEASED, number));
        send_about(&caller, JGI_MESSAGE_ASK, number);
        t_frame_free(t_caller_await(&caller, JGI_MESSAGE_UNKNOWN, number));
    }
}

/* Its caller knows the limit that it has set, not what was left of it when it came here. */
Test(node, names_the_whole_limit_though_less_was_left)
{
    dial();
    ship(&caller);
    const struct jgi_job *hang = t_job("hang");
    struct jgi_message start = start_of(&caller, 900);
    start.job = hang->interface_hash;
    start.job_name = hang->name;
    start.time_left_ms = 20;
    start.limit_ms = 4321;
    t_caller_send(&caller, &start);
    struct t_frame *result = t_caller_await(&caller, JGI_MESSAGE_RESULT, 900);
    cr_assert_eq(result->message.status, JG_ETIMEOUT);
    cr_assert_not_null(strstr(result->message.text, "4321 ms"), "%s", result->message.text);
    t_frame_free(result);
    send_about(&caller, JGI_MESSAGE_RELEASE, 900);
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RELEASED, 900));
}

Test(node, tells_an_outcome_again_until_it_is_released)
{
    dial();
    ship(&caller);
    uint64_t number = t_caller_start(&caller, "die");
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_ACCEPTED, number));
    for (int i = 0; i < 3; i++)
        t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_RESULT, number));
    send_about(&caller, JGI_MESSAGE_RELEASE, number);
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RELEASED, number));
}

Test(node, resumes_a_session_with_output_and_outcomes)
{
    uint64_t number;
    bool is_in_time;
    dial();
    ship(&caller);
    do {
        number = t_caller_start(&caller, "die");
        t_frame_free(t_caller_await(&caller, JGI_MESSAGE_RESULT, number));
        caller.said_size[1] = 0; /* as if it had not come */
        caller.said[1][0] = '\0';
        is_in_time = t_caller_resume(&caller, node.address);
    } while (!is_in_time);
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_RESULT, number));
    cr_assert_str_eq(caller.said[1], "about to end\n");
    uint64_t session = caller.session;
    t_caller_cut(&caller);
    cr_assert(t_caller_dial(&caller, node.address, 0), "%s", caller.why);
    cr_assert_neq(caller.session, session, "a caller that has declared the node lost begins anew");
    send_about(&caller, JGI_MESSAGE_ASK, number);
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_UNKNOWN, number));
}

Test(node, leaves_nothing_of_a_lost_caller)
{
    pid_t worker, zygote;
    dial();
    ship(&caller);
    (void)start_hanging("resist", &worker, &zygote);
    t_caller_cut(&caller);
    cr_assert(t_is_gone(worker));
    cr_assert_eq(kill(zygote, 0), 0, "its zygote waits for others");
    dial();
    ship(&caller);
}

static unsigned count_scratch(void)
{
    char path[200];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "%s/jobgen/scratch", getenv("XDG_RUNTIME_DIR"));
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    if (directory != NULL) (void)closedir(directory);
    return count;
}

Test(node, leaves_no_process_when_it_is_killed)
{
    pid_t worker, zygote;
    dial();
    ship(&caller);
    (void)start_hanging("resist", &worker, &zygote);
    cr_assert(WIFSIGNALED(t_daemon_end(&node, SIGKILL)));
    cr_assert(t_is_gone(worker));
    cr_assert(t_is_gone(zygote));
    t_caller_await_end(&caller, JG_ENODE);
    cr_assert_gt(count_scratch(), 0);
    t_node_start(&node, control.address, NULL);
    cr_assert_eq(count_scratch(), 0, "the next node sweeps");
    dial();
    ship(&caller);
}

Test(node, cancels_and_tells_when_it_is_told_to_end)
{
    pid_t worker, zygote;
    dial();
    ship(&caller);
    uint64_t number = start_hanging("resist", &worker, &zygote);
    cr_assert_eq(t_daemon_end(&node, SIGTERM), 0, "%s", node.said);
    struct t_frame *result = t_caller_await(&caller, JGI_MESSAGE_RESULT, number);
    cr_assert_eq(result->message.status, JG_ECANCELLED);
    t_frame_free(result);
    t_caller_await_end(&caller, JG_EDOWN);
    cr_assert(t_is_gone(worker));
    cr_assert(t_is_gone(zygote));
    cr_assert_eq(count_scratch(), 0);
    t_node_start(&node, control.address, NULL);
}

Test(node, tells_once_that_an_execution_waits)
{
    struct nested_args args = {.a = 3};
    dial();
    cr_assert_eq(t_caller_run(&caller, "nested", &args, NULL, why), JG_OK, "%s", why);
    cr_assert_eq(caller.waited_count, 1);
}

/* Shipping. --------------------------------------------------------------------------------- */

Test(node, shares_one_transfer_between_callers)
{
    dial();
    begin_shipping(&caller);
    cr_assert(t_caller_dial(&other, node.address, 0), "%s", other.why);
    uint64_t number = t_caller_start(&other, "square");
    t_frame_free(t_caller_expect(&other, JGI_MESSAGE_NEED, number));
    uint64_t at = 0;
    for (; at < caller.program_size; at += JGI_PIECE_SIZE) {
        uint64_t left = caller.program_size - at;
        send_piece(&caller, at, left < JGI_PIECE_SIZE ? (size_t)left : JGI_PIECE_SIZE);
    }
    struct t_frame *told = t_caller_expect(&other, JGI_MESSAGE_WANT, 0);
    cr_assert_eq(told->message.size, 0, "it is asked for what the other one sends");
    t_frame_free(told);
    ship(&other);
    cr_assert_eq(other.pieces_sent, 0);
}

Test(node, goes_on_with_another_caller_where_the_first_was_cut)
{
    dial();
    begin_shipping(&caller);
    cr_assert(t_caller_dial(&other, node.address, 0), "%s", other.why);
    other.is_mute = true;
    uint64_t number = t_caller_start(&other, "square");
    t_frame_free(t_caller_expect(&other, JGI_MESSAGE_NEED, number));
    cr_assert_gt(caller.program_size, 2 * JGI_PIECE_SIZE);
    send_piece(&caller, 0, JGI_PIECE_SIZE);
    send_about(&caller, JGI_MESSAGE_ASK, 1000); /* answered behind the piece */
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_UNKNOWN, 1000));
    other.is_mute = false;
    t_caller_cut(&caller);
    struct t_frame *told = t_caller_expect(&other, JGI_MESSAGE_WANT, 0);
    cr_assert_eq(told->message.size, 0);
    t_frame_free(told);
    cr_assert_gt(other.pieces_sent, 0);
    ship(&other);
}

Test(node, refuses_a_program_that_is_not_what_was_told)
{
    dial();
    caller.program[0] ^= 1;
    struct square_args args = {.a = 1};
    cr_assert_eq(t_caller_run(&caller, "square", &args, NULL, why), JG_EPROTOCOL, "%s", why);
    cr_assert_not_null(strstr(why, "SHA-256"), "%s", why);
    caller.program[0] ^= 1;
    ship(&caller);
}

Test(node, lets_nobody_bar_a_program_by_a_wrong_size)
{
    dial();
    caller.program_size--;
    begin_shipping(&caller);
    send_piece(&caller, 0, JGI_PIECE_SIZE);
    cr_assert(t_caller_dial(&other, node.address, 0), "%s", other.why);
    ship(&other);
    caller.is_mute = false;
    struct square_args args = {.a = 1};
    cr_assert_eq(t_caller_run(&caller, "square", &args, NULL, why), JG_EPROTOCOL, "%s", why);
    ship(&other);
}

Test(node, refuses_a_program_of_another_machine)
{
    char path[200];
    static struct t_caller stranger;
    (void)snprintf(path, sizeof path, "%s/stranger", getenv("XDG_RUNTIME_DIR"));
    FILE *to = fopen(path, "w"), *from = fopen(getenv("PROGRAM"), "r");
    for (int at = 0, byte; (byte = fgetc(from)) != EOF; at++)
        (void)fputc(at == 18 ? byte ^ 0x55 : byte, to); /* e_machine */
    (void)fclose(from);
    (void)fclose(to);
    t_caller_init(&stranger, path);
    cr_assert(t_caller_dial(&stranger, node.address, 0), "%s", stranger.why);
    struct square_args args = {.a = 1};
    cr_assert_eq(t_caller_run(&stranger, "square", &args, NULL, why), JG_EUNSUITABLE, "%s", why);
    t_caller_fini(&stranger);
}

/* Room, and what is not needed. -------------------------------------------------------------- */

Test(node, refuses_arguments_for_which_it_has_no_room)
{
    dial();
    ship(&caller);
    struct jgi_message start = start_of(&caller, 900);
    start.bulk_size = UINT64_C(1) << 50;
    t_caller_send(&caller, &start);
    struct t_frame *refused = t_caller_await(&caller, JGI_MESSAGE_REFUSED, 900);
    cr_assert_eq(refused->message.status, JG_EFULL);
    cr_assert_not_null(strstr(refused->message.text, "room"), "%s", refused->message.text);
    t_frame_free(refused);
}

static struct jgi_message large_start(uint64_t number, uint64_t size)
{
    static struct jgi_segment segment = {.field = 1, .offset = 4096, .size = 4096};
    struct jgi_message start = start_of(&caller, number);
    start.bulk_size = size;
    start.segments = &segment;
    start.segment_count = 1;
    return start;
}

Test(node, lets_large_arguments_wait_for_room)
{
    char text[300], address[80], scratch[200];
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", getenv("XDG_RUNTIME_DIR"));
    struct jgi_loop *loop = jgi_loop_new();
    struct jgi_server *small =
        jgi_server_new(&(struct jgi_server_config){.loop = loop,
                                                   .address = "[::1]:0",
                                                   .secret = &caller.secret,
                                                   .name = "small",
                                                   .slots = 1,
                                                   .workers_max = 8,
                                                   .store = t_cluster_store(),
                                                   .scratch_root = scratch,
                                                   .environment = environ,
                                                   .held_max = 4 << 20},
                       text, sizeof text);
    cr_assert_not_null(small, "%s", text);
    (void)snprintf(address, sizeof address, "%s", jgi_server_address(small));
    cr_assert(t_caller_dial(&caller, address, 0), "%s", caller.why);
    ship(&caller);
    struct jgi_message first = large_start(901, 1536 * 1024);
    struct jgi_message second = large_start(902, 1536 * 1024);
    struct jgi_message never = large_start(903, 3 << 20);
    t_caller_send(&caller, &first);
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_NEED, 901));
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_WANT, 901));
    t_caller_send(&caller, &second);
    t_frame_free(t_caller_expect(&caller, JGI_MESSAGE_NEED, 902));
    t_caller_send(&caller, &never);
    struct t_frame *refused = t_caller_expect(&caller, JGI_MESSAGE_REFUSED, 903);
    cr_assert_eq(refused->message.status, JG_EFULL);
    t_frame_free(refused);
    second.is_nested = true;
    second.number = 904;
    t_caller_send(&caller, &second);
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_REFUSED, 904));
    send_about(&caller, JGI_MESSAGE_RELEASE, 901);
    second.is_nested = false;
    second.number = 902;
    t_caller_send(&caller, &second);
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_WANT, 902));
    (void)jgi_server_free(small);
    t_caller_await_end(&caller, JG_EDOWN);
}

Test(node, ends_the_processes_of_a_program_that_nobody_uses)
{
    char text[300], address[80], scratch[200];
    pid_t worker, zygote;
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", getenv("XDG_RUNTIME_DIR"));
    struct jgi_loop *loop = jgi_loop_new();
    struct jgi_server *server =
        jgi_server_new(&(struct jgi_server_config){.loop = loop,
                                                   .address = "[::1]:0",
                                                   .secret = &caller.secret,
                                                   .name = "short",
                                                   .slots = 1,
                                                   .workers_max = 8,
                                                   .store = t_cluster_store(),
                                                   .scratch_root = scratch,
                                                   .environment = environ,
                                                   .linger_ms = 200},
                       text, sizeof text);
    cr_assert_not_null(server, "%s", text);
    (void)snprintf(address, sizeof address, "%s", jgi_server_address(server));
    cr_assert(t_caller_dial(&caller, address, 0), "%s", caller.why);
    ship(&caller);
    (void)start_hanging("hang", &worker, &zygote);
    t_caller_cut(&caller);
    cr_expect(t_is_gone(zygote));
    cr_assert(t_caller_dial(&caller, address, 0), "%s", caller.why);
    ship(&caller); /* it is started anew */
    (void)jgi_server_free(server);
    t_caller_await_end(&caller, JG_EDOWN);
}

/* The command. ------------------------------------------------------------------------------ */

Test(node, goes_on_without_control)
{
    struct t_daemon lonely;
    dial();
    cr_assert_eq(t_daemon_end(&control, SIGKILL), SIGKILL);
    ship(&caller);
    t_node_start(&lonely, control.address, NULL); /* nobody listens there any more */
    cr_assert_eq(t_daemon_end(&lonely, SIGTERM), 0);
    cr_assert_not_null(strstr(lonely.said, "not there yet"), "%s", lonely.said);
    t_daemon_start(&control,
                   (const char *const[]){"control", "--bind-socket", control.address, NULL});
}

static int end_of(const char *const *words, const char *says)
{
    struct t_daemon daemon;
    t_daemon_start(&daemon, words);
    int status = t_daemon_end(&daemon, 0);
    cr_expect_not_null(strstr(daemon.said, says), "%s", daemon.said);
    return WEXITSTATUS(status);
}

Test(node, ends_with_published_codes)
{
    cr_expect_eq(end_of((const char *const[]){"node", "--slots", "0", NULL}, "--slots"), 2);
    cr_expect_eq(end_of((const char *const[]){"node", "--name", "a b", NULL}, "--name"), 2);
    cr_expect_eq(end_of((const char *const[]){"node", "--tag", "gpu", NULL}, "--tag"), 2);
    static const char *const hosts[] = {"", "a b", "host:x", "host:99999", "host:0", "[::1", ":1"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        cr_expect_eq(
            end_of((const char *const[]){"node", "--advertise", hosts[i], NULL}, "--advertise"), 2);
    static const char *const sizes[] = {"0", "-1", "", "1GB", "G", "9999999999999T", "1.5G", "1e9"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        cr_expect_eq(
            end_of((const char *const[]){"node", "--store-size", sizes[i], NULL}, "--store-size"),
            2);
    cr_expect_eq(end_of((const char *const[]){"node", "--bind-socket", "here", NULL}, "HOST:PORT"),
                 2);
    cr_expect_eq(
        end_of((const char *const[]){"node", "--bind-socket", node.address, NULL}, "listened"),
        111);
    cr_assert_eq(setenv("JOBGEN_CACHE_DIR", "cache", 1), 0);
    cr_expect_eq(end_of((const char *const[]){"node", NULL}, "a path from / on"), 100);
}
