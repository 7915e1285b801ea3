/* SPDX-License-Identifier: MIT */
/* The room that programs have on a node: real daemons, several programs, a disk that is full. */
#include "caller.h"
#include "cluster.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program_jobs.h"

enum { PROGRAMS = 3 };

static struct t_daemon control, node;
static struct t_caller callers[PROGRAMS]; /* each with a program of its own */
static uint64_t program_size;
static char why[200];

/* The program, and a byte more behind it. */
static void make_program(int number, char *ret_path, size_t size)
{
    (void)snprintf(ret_path, size, "%s/program%d", getenv("XDG_RUNTIME_DIR"), number);
    FILE *from = fopen(getenv("PROGRAM"), "re"), *to = fopen(ret_path, "we");
    char some[65536];
    cr_assert(from != NULL && to != NULL);
    for (size_t got; (got = fread(some, 1, sizeof some, from)) > 0;)
        cr_assert_eq(fwrite(some, 1, got, to), got);
    (void)fputc('0' + number, to);
    (void)fclose(from);
    cr_assert_eq(fclose(to), 0);
}

static void set_up(void)
{
    char path[200];
    t_cluster_open();
    t_daemon_start(&control, (const char *const[]){"control", "--bind-socket", "[::1]:0", NULL});
    for (int i = 0; i < PROGRAMS; i++) {
        make_program(i, path, sizeof path);
        t_caller_init(&callers[i], path);
    }
    program_size = callers[0].program_size;
}

static void tear_down(void)
{
    t_cluster_disk(NULL);
    for (int i = 0; i < PROGRAMS; i++)
        t_caller_fini(&callers[i]);
    cr_expect_eq(t_daemon_end(&node, SIGTERM), 0, "%s", node.said);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0, "%s", control.said);
    t_cluster_close();
}

TestSuite(store, .init = set_up, .fini = tear_down);

static void start_node(uint64_t store_size)
{
    char size[32];
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)store_size);
    t_node_start(&node, control.address,
                 (const char *const[]){"--slots", "2", "--store-size", size, NULL});
    for (int i = 0; i < PROGRAMS; i++)
        cr_assert(t_caller_dial(&callers[i], node.address, 0), "%s", callers[i].why);
}

static jg_status run(struct t_caller *caller)
{
    uint32_t value = 0;
    struct square_args args = {.a = 3};
    jg_status status = t_caller_run(caller, "square", &args, &value, why);
    if (status == JG_OK) cr_expect_eq(value, 9);
    return status;
}

static bool is_in_store(const struct t_caller *caller)
{
    char path[300];
    int length = snprintf(path, sizeof path, "/proc/%d/root%s/", (int)node.pid, t_cluster_store());
    for (int i = 0; i < JGI_DIGEST_SIZE; i++)
        length += snprintf(path + length, sizeof path - (size_t)length, "%02x", caller->program[i]);
    return access(path, F_OK) == 0;
}

static unsigned count_in_store(void)
{
    char path[300];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/root%s", (int)node.pid, t_cluster_store());
    DIR *directory = opendir(path);
    cr_assert_not_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(directory);
    return count;
}

/* Says START of this number until it is accepted. */
static void start_until_accepted(struct t_caller *caller)
{
    struct t_frame *frame;
    uint64_t number = t_caller_start(caller, "hang");
    while ((frame = t_caller_next(caller)) != NULL && frame->message.kind != JGI_MESSAGE_ACCEPTED) {
        cr_assert_neq(frame->message.kind, JGI_MESSAGE_REFUSED, "%s", frame->message.text);
        t_frame_free(frame);
        caller->next_number = number;
        cr_assert_eq(t_caller_start(caller, "hang"), number);
    }
    cr_assert_not_null(frame);
    t_frame_free(frame);
}

Test(store, a_program_in_use_stays_and_one_that_is_not_makes_room)
{
    start_node(program_size * 5 / 2);
    cr_assert_eq(run(&callers[0]), JG_OK, "%s", why);
    cr_assert_eq(run(&callers[1]), JG_OK, "%s", why);
    cr_assert_eq(run(&callers[2]), JG_EFULL, "%s", why);
    cr_expect_not_null(strstr(why, "--store-size"), "%s", why);
    cr_expect_eq(count_in_store(), 2);
    cr_assert_eq(t_daemon_end(&node, SIGTERM), 0);
    start_node(program_size * 5 / 2); /* what it refused is looked at again */
    cr_assert_eq(run(&callers[1]), JG_OK, "%s", why);
    cr_assert_eq(run(&callers[0]), JG_OK, "%s", why);
    /* Dialing anew without a session ends what there was of it: nobody uses its program now. */
    t_caller_cut(&callers[0]);
    cr_assert(t_caller_dial(&callers[0], node.address, 0), "%s", callers[0].why);
    start_until_accepted(&callers[2]);
    cr_expect_not(is_in_store(&callers[0]));
    cr_expect(is_in_store(&callers[1]));
    cr_expect(is_in_store(&callers[2]));
    cr_assert_eq(run(&callers[1]), JG_OK, "%s", why);
}

Test(store, a_program_larger_than_the_store_is_refused_and_nothing_of_it_is_left)
{
    start_node(program_size - 1);
    cr_assert_eq(run(&callers[0]), JG_EFULL, "%s", why);
    cr_expect_not_null(strstr(why, "--store-size"), "%s", why);
    cr_expect_eq(count_in_store(), 0);
}

Test(store, a_full_disk_is_told_and_nothing_is_left_half)
{
    char size[32];
    if (geteuid() != 0) cr_skip_test("only root makes small disks");
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)program_size * 3 / 2);
    t_cluster_disk(size);
    start_node(UINT64_C(1) << 30);
    cr_assert_eq(run(&callers[0]), JG_OK, "%s", why);
    cr_assert_eq(run(&callers[1]), JG_EFULL, "%s", why);
    cr_expect_not_null(strstr(why, "No space left on device"), "%s", why);
    cr_expect_eq(count_in_store(), 1);
    cr_expect(is_in_store(&callers[0]));
    cr_assert_eq(run(&callers[0]), JG_OK, "%s", why);
}

Test(store, a_full_disk_takes_what_nobody_uses)
{
    char size[32];
    if (geteuid() != 0) cr_skip_test("only root makes small disks");
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)program_size * 3 / 2);
    t_cluster_disk(size);
    start_node(UINT64_C(1) << 30);
    char path[300];
    (void)snprintf(path, sizeof path, "/proc/%d/root%s/%064d", (int)node.pid, t_cluster_store(), 0);
    FILE *unused = fopen(path, "we"); /* the place of a program that was used before */
    cr_assert_not_null(unused);
    for (uint64_t i = 0; i < program_size; i++)
        (void)fputc(0, unused);
    cr_assert_eq(fclose(unused), 0);
    cr_assert_eq(run(&callers[0]), JG_OK, "%s", why);
    cr_expect_eq(count_in_store(), 1);
    cr_expect(is_in_store(&callers[0]));
}
