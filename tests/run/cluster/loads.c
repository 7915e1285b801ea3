/* SPDX-License-Identifier: MIT */
/* Large, deep, wide and many. */
#define _GNU_SOURCE
#include "program.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20, HANDLES = 10000, THREADS = 8, CALLS = 150 };

static void check_size(uint8_t *bytes, uint64_t size)
{
    uint64_t sum = 0, right = 0, got = 0;
    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i % 251);
        right += i % 251 + 1;
    }
    (void)check_status(grow_remote(bytes, size, &sum), JG_OK, "inout");
    bool is_same = sum == right;
    for (uint64_t i = 0; i < size; i++)
        is_same = is_same && bytes[i] == (uint8_t)(i % 251 + 1);
    (void)check(is_same, "%llu bytes there and back", (unsigned long long)size);
    uint8_t *made = NULL;
    (void)check_status(make_remote(size, &got, &made), JG_OK, "owned");
    is_same = got == size && made != NULL;
    for (uint64_t i = 0; is_same && i < size; i++)
        is_same = made[i] == (uint8_t)(i * 7);
    (void)check(is_same, "%llu bytes owned", (unsigned long long)size);
    free(made);
}

/* The same memory again and again: what a job has written to its arguments no other finds. */
static void check_again(uint8_t *bytes, uint64_t size)
{
    for (int i = 0; i < 12; i++) {
        uint64_t sum = 0;
        int leaves_nothing = i % 4 == 3;
        memset(bytes, i, size);
        jg_status status = i < 6 ? use_up_remote(bytes, size, leaves_nothing, &sum)
                                 : use_up_local(bytes, size, leaves_nothing, &sum);
        (void)check_status(status, JG_OK, "use_up");
        (void)check(sum == (uint64_t)i * size && bytes[size - 1] == i, "%llu bytes, call %d",
                    (unsigned long long)size, i);
    }
}

void do_sizes(char **words)
{
    uint64_t largest = (uint64_t)atol(words[0]) * MIB;
    const uint64_t sizes[] = {1, 4095, 4096, 65535, 65536, 65537, 70000, MIB - 1, MIB + 1, largest};
    uint8_t *bytes = malloc(largest);
    char *text = malloc(MIB), *back = malloc(MIB);
    if (!check(bytes != NULL && text != NULL && back != NULL, "memory")) return;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_size(bytes, sizes[i]);
    check_again(bytes, MIB);
    (void)check_status(turn_remote("", back, MIB), JG_OK, "an empty string");
    (void)check(back[0] == '\0', "an empty string");
    for (int i = 0; i < MIB - 1; i++)
        text[i] = (char)('a' + i % 23);
    text[MIB - 1] = '\0';
    (void)check_status(turn_remote(text, back, MIB), JG_OK, "a long string");
    (void)check(strlen(back) == MIB - 1 && back[0] == text[MIB - 2] && back[MIB - 2] == text[0],
                "a long string");
    printf("peak %ld\n", peak_kib());
    free(bytes);
    free(text);
    free(back);
}

/* COUNT items of MEBIBYTES each: far more than is to be held at once. */
void do_large(char **words)
{
    size_t count = (size_t)atol(words[0]), size = (size_t)atol(words[1]) * MIB;
    struct add_up_args *args = calloc(count, sizeof *args);
    struct add_up_result *results = calloc(count, sizeof *results);
    uint8_t *bytes = malloc(size);
    if (!check(args != NULL && results != NULL && bytes != NULL, "memory")) return;
    memset(bytes, 3, size);
    for (size_t i = 0; i < count; i++)
        args[i] = (struct add_up_args){.bytes = bytes, .size = size - i};
    (void)check_status(add_up_map(NULL, args, count, results), JG_OK, "large arguments");
    for (size_t i = 0; i < count; i++)
        (void)check(results[i].value == 3 * (size - i), "item %zu: %llu", i,
                    (unsigned long long)results[i].value);
    printf("peak %ld\n", peak_kib());
    free(args);
    free(results);
    free(bytes);
}

/* Calls that are over while their arguments of MEBIBYTES travel, by time and by hand: the link to
   the node goes on. */
void do_overdue(char **words)
{
    size_t size = (size_t)atol(words[0]) * MIB;
    uint8_t *bytes = calloc(1, size);
    uint32_t value = 0;
    bool was_late = false;
    if (!check(bytes != NULL, "memory")) return;
    (void)check_status(next_remote(0, &value), JG_OK, "the node is met");
    for (int i = 0; i < 20; i++) {
        const struct jg_options options = {.timeout_ms = 1 + 2 * i};
        add_up_job *late[4];
        for (int j = 0; j < 4; j++)
            late[j] = add_up_start(&options, bytes, size);
        add_up_cancel(late[3]);
        for (int j = 0; j < 3; j++) {
            jg_status status = add_up_await_get(late[j], NULL);
            was_late = was_late || status == JG_ETIMEOUT;
            if (status != JG_ETIMEOUT) (void)check_status(status, JG_OK, "overdue");
        }
        (void)check_status(next_remote(1, &value), JG_OK, "behind it");
    }
    (void)check(was_late, "none was late");
    free(bytes);
}

/* The same by a job, for its own. */
void do_spread(char **words)
{
    uint32_t count = (uint32_t)atol(words[0]), right = 0;
    (void)check_status(spread_local(count, (uint64_t)atol(words[1]) * MIB, &right), JG_OK,
                       "a job's fan-out");
    (void)check(right == count, "%u of %u", right, count);
}

/* One upon the other, and each waiting for several others. */
void do_nested(char **words)
{
    uint32_t value = 0, moves = 0;
    uint32_t depth = (uint32_t)atoi(words[0]), width = (uint32_t)atoi(words[1]);
    (void)check_status(deep_remote(depth, "", &moves, &value), JG_OK, "depth");
    (void)check(value == depth && moves > depth / 3, "depth: %u, moves %u", value, moves);
    /* More at once than the credits of all nodes, and each waits for one on another node. */
    static struct deep_args deeps[300];
    static struct deep_result ends[300];
    static uint32_t all_moves[300];
    for (int i = 0; i < 300; i++)
        deeps[i] = (struct deep_args){.n = 3, .above = "", .ret_moves = &all_moves[i]};
    (void)check_status(deep_remote_fanout(deeps, 300, ends), JG_OK, "many that wait");
    for (int i = 0; i < 300; i++)
        (void)check(ends[i].value == 3, "depth: %u", ends[i].value);
    struct tree_args args[2 * NODES];
    struct tree_result results[2 * NODES];
    for (int i = 0; i < 2 * NODES; i++)
        args[i] = (struct tree_args){.width = width, .height = 2};
    (void)check_status(tree_remote_fanout(args, 2 * NODES, results), JG_OK,
                       "each waits for others");
    for (int i = 0; i < 2 * NODES; i++)
        (void)check(results[i].value == width * width, "leaves: %u", results[i].value);
}

void do_many(char **words)
{
    size_t count = (size_t)atol(words[0]);
    const struct jg_options none = {.fanout = JG_FANOUT_AS_ANNOTATED};
    struct next_args *args = calloc(count, sizeof *args);
    struct next_result *results = calloc(count, sizeof *results);
    if (!check(args != NULL && results != NULL, "memory")) return;
    for (size_t i = 0; i < count; i++)
        args[i].a = (uint32_t)i;
    (void)check_status(next_map(&none, args, count, results), JG_OK, "a long fan-out");
    for (size_t i = 0; i < count; i++)
        if (!check(results[i].status == JG_OK && results[i].value == i + 1, "item %zu", i)) break;
    printf("peak %ld\n", peak_kib());
    free(args);
    free(results);
}

static void *call_often(void *user)
{
    uint32_t base = *(uint32_t *)user, value = 0;
    for (uint32_t i = 0; i < CALLS; i++) {
        next_job *early = next_remote_async(base);
        jg_status status =
            i % 5 == 0 ? next_local(base + i, &value) : next_remote(base + i, &value);
        (void)check(status == JG_OK && value == base + i + 1, "of a thread: %d, %u", (int)status,
                    value);
        if (i % 3 == 0) {
            next_cancel(early);
            continue;
        }
        status = next_await_get(early, &value);
        (void)check(status == JG_OK && value == base + 1, "of a thread: %d, %u", (int)status,
                    value);
    }
    return NULL;
}

/* Many handles, then many threads. */
void do_crowd(char **words)
{
    static next_job *handles[HANDLES];
    pthread_t threads[THREADS];
    uint32_t bases[THREADS], value = 0;
    (void)words;
    for (uint32_t i = 0; i < HANDLES; i++)
        handles[i] = next_remote_async(i);
    for (uint32_t i = HANDLES; i-- > 0;) {
        jg_status status = next_await_get(handles[i], &value);
        if (!check(status == JG_OK && value == i + 1, "handle %u: %d", (unsigned)i, (int)status))
            break;
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        bases[i] = 1000 * i;
        if (pthread_create(&threads[i], NULL, call_often, &bases[i]) != 0) exit(1);
    }
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

/* What jobs print is there before the get returns. */
void do_prints(char **words)
{
    uint32_t count = (uint32_t)atoi(words[0]), lines = (uint32_t)atoi(words[1]);
    struct speak_args args[16];
    struct speak_result results[16];
    (void)check_status(speak_remote(0, lines), JG_OK, "prints");
    tell("= got");
    fprintf(stderr, "= got\n");
    for (uint32_t i = 0; i < count && i < 16; i++)
        args[i] = (struct speak_args){.who = i + 1, .lines = lines};
    (void)check_status(speak_remote_fanout(args, count, results), JG_OK, "fan-out");
    tell("= all");
    fprintf(stderr, "= all\n");
}

/* More is printed than a pipe holds, and nobody reads it yet: calls end all the same. */
void do_unread(char **words)
{
    uint32_t lines = (uint32_t)atoi(words[0]);
    speak_job *loud = speak_remote_async(0, lines);
    speak_job *silent = speak_remote_async(1, 0);
    jg_job *jobs[] = {speak_as_job(loud), speak_as_job(silent)};
    (void)check_status(jg_wait_all(jobs, 2, -1), JG_OK, "jg_wait_all");
    fprintf(stderr, "= ended\n");
    (void)check_status(speak_await_get(loud), JG_OK, "loud");
    (void)check_status(speak_await_get(silent), JG_OK, "silent");
}

/* ---- a fan-out that others meddle with ---- */

struct meddled {
    size_t ended, nodes;
    bool is_told;
};

static size_t count_nodes(void)
{
    struct jg_node *nodes = NULL;
    size_t count = 0;
    (void)check_status(jg_nodes(&nodes, &count), JG_OK, "jg_nodes");
    jg_nodes_free(nodes);
    return count;
}

static void on_pass(size_t done, size_t total, void *user)
{
    struct meddled *meddled = user;
    (void)total;
    if (done >= meddled->ended && !meddled->is_told) {
        meddled->is_told = true;
        tell("some");
        (void)await_line();
        while (count_nodes() < meddled->nodes)
            (void)usleep(1000);
    }
}

static void pass_all(size_t count, const char *gate, struct meddled *meddled)
{
    const struct jg_options options = {.on_progress = meddled == NULL ? NULL : on_pass,
                                       .user = meddled};
    struct pass_args *args = calloc(count, sizeof *args);
    struct pass_result *results = calloc(count, sizeof *results);
    char(*nodes)[NODE_ROOM] = calloc(count, NODE_ROOM);
    if (!check(args != NULL && results != NULL && nodes != NULL, "memory")) return;
    for (size_t i = 0; i < count; i++)
        args[i] = (struct pass_args){.a = (uint32_t)i,
                                     .gate = gate,
                                     .log = in_folder("log"),
                                     .node = nodes[i],
                                     .room = NODE_ROOM};
    jg_status status = pass_map(&options, args, count, results);
    for (size_t i = 0; i < count; i++)
        printf("%zu %d %s\n", i, (int)results[i].status,
               results[i].status == JG_OK ? nodes[i] : "-");
    const struct jg_failure *failure = status == JG_OK ? NULL : jg_last_failure();
    printf("pass: %d %s %s\n", (int)status, failure == NULL ? "-" : failure->node,
           failure == NULL ? "" : failure->cause);
    free(args);
    free(results);
    free(nodes);
}

/* COUNT items that wait at the gate. */
void do_pass(char **words)
{
    pass_all((size_t)atol(words[0]), words[1], NULL);
}

/* COUNT items; after FEW of them it says so and waits for a line, and for so many nodes. */
void do_pass_late(char **words)
{
    struct meddled meddled = {.ended = (size_t)atol(words[1]), .nodes = (size_t)atol(words[2])};
    pass_all((size_t)atol(words[0]), "", &meddled);
}

/* COUNT calls that wait at the gate, and when one has begun one more, with a limit of MILLISECONDS.
 */
void do_behind(char **words)
{
    enum { COUNT_MAX = 128 };
    const struct jg_options limit = {.timeout_ms = atoi(words[2])};
    char node[NODE_ROOM];
    pass_job *calls[COUNT_MAX];
    int count = atoi(words[0]);
    if (!check(count <= COUNT_MAX, "room")) return;
    for (int i = 0; i < count; i++)
        calls[i] = pass_start(NULL, 0, words[1], in_folder("log"), node, sizeof node);
    while (access(in_folder("log"), F_OK) != 0)
        (void)usleep(1000);
    pass_job *late = pass_start(&limit, 0, words[1], in_folder("log"), node, sizeof node);
    jg_status status = pass_await_get(late, NULL);
    printf("late: %d %s\n", (int)status, status == JG_OK ? "" : jg_last_failure()->cause);
    for (int i = 0; i < count; i++)
        pass_cancel(calls[i]);
}

/* COUNT calls of one job, which wait at the gate. */
void do_fan(char **words)
{
    uint32_t count = (uint32_t)atoi(words[0]);
    uint8_t *ends = calloc(count, 1);
    if (!check(ends != NULL, "memory")) return;
    (void)check_status(fan_remote(count, words[1], in_folder("log"), ends), JG_OK, "fan");
    for (uint32_t i = 0; i < count; i++)
        printf("%u %u -\n", (unsigned)i, (unsigned)ends[i]);
    free(ends);
}

/* More processes than the nodes allow, and all of them wait. */
void do_full(char **words)
{
    uint32_t value = 0, moves = 0;
    (void)words;
    (void)check_status(deep_remote(50, "", &moves, &value), JG_EFAILED, "too deep");
    (void)check(strstr(jg_last_failure()->cause, "all processes that there may be wait") != NULL,
                "its cause: %s", jg_last_failure()->cause);
    (void)check_status(deep_remote(3, "", &moves, &value), JG_OK, "after that");
    (void)check(value == 3, "depth: %u", value);
}

void do_build(char **words)
{
    uint32_t value = 0;
    for (int i = 0; i < 60; i++) {
        (void)check_status(build_remote(&value), JG_OK, "build");
        (void)check(value == (uint32_t)atoi(words[0]), "the build that answers is %u", value);
    }
}

void do_threads(char **words)
{
    (void)words;
    for (int i = 0; i < NODES + 1; i++) {
        int count = -1;
        (void)check_status(thread_count_remote(&count), JG_OK, "with threads");
        (void)check(count == 1, "threads of constructors: %d", count);
    }
}
