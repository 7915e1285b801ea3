/* SPDX-License-Identifier: MIT */
/* Every form, every option, and waits. */
#include "program.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ITEMS = 12, PATIENCE_MS = 90000 };

static void check_value(jg_status status, const uint32_t *value, uint32_t right, const char *what)
{
    (void)check_status(status, JG_OK, what);
    (void)check(*value == right, "%s: %u where %u is right", what, *value, right);
}

void do_forms(char **words)
{
    char node[NODE_ROOM] = "", other[NODE_ROOM] = "";
    const struct jg_options here = {.where = JG_LOCAL}, there = {.where = JG_REMOTE};
    uint32_t value = 0;
    (void)words;
    check_value(where_local(1, node, sizeof node, &value), &value, 2, "local");
    (void)check(strcmp(node, "local") == 0, "local runs on %s", node);
    check_value(where_remote(2, node, sizeof node, &value), &value, 3, "remote");
    int at = node_index(node);
    (void)check(at >= 0, "remote runs on %s", node);
    check_value(where_remote(3, other, sizeof other, &value), &value, 4, "remote");
    (void)check(node_index(other) == (at + 1) % NODES, "the next call runs on %s after %s", other,
                node);
    where_job *a = where_local_async(4, node, sizeof node);
    where_job *b = where_remote_async(5, other, sizeof other);
    check_value(where_await_get(a, &value), &value, 5, "local_async");
    (void)check(strcmp(node, "local") == 0, "local_async runs on %s", node);
    (void)check_status(jg_wait_all((jg_job *[]){where_as_job(b)}, 1, PATIENCE_MS), JG_OK, "wait");
    check_value(where_try_get(b, &value), &value, 6, "remote_async, try_get");
    (void)check(node_index(other) == (at + 2) % NODES, "remote_async runs on %s", other);
    check_value(where_await_get(where_start(NULL, 6, node, sizeof node), &value), &value, 7,
                "start without options");
    (void)check(node_index(node) == at, "start runs on %s", node);
    check_value(where_await_get(where_start(&here, 7, node, sizeof node), &value), &value, 8,
                "start, local");
    (void)check(strcmp(node, "local") == 0, "start, local, runs on %s", node);
    check_value(where_await_get(where_start(&there, 8, node, sizeof node), &value), &value, 9,
                "start, remote");
    (void)check(node_index(node) >= 0, "start, remote, runs on %s", node);
    (void)check_status(nothing_remote(), JG_OK, "without a value");
    (void)check_status(nothing_await_get(nothing_remote_async()), JG_OK, "without a value, async");
    (void)check_status(nothing_remote_fanout(NULL, 3, (struct nothing_result[3]){{JG_OK}}), JG_OK,
                       "without a value, fan-out");
    (void)check_status(square_remote(3, NULL), JG_OK, "the value not wanted");
    (void)check_status(square_await_get(NULL, &value), JG_ENOMEM, "a get on NULL");
    (void)check_status(square_try_get(NULL, &value), JG_ENOMEM, "a try_get on NULL");
    square_cancel(NULL);
}

/* Each item's node is told. */
static jg_status map_where(const struct jg_options *options, size_t count, int *ret_nodes)
{
    static char nodes[ITEMS * 5][NODE_ROOM];
    struct where_args args[ITEMS * 5];
    struct where_result results[ITEMS * 5];
    for (uint32_t i = 0; i < count; i++)
        args[i] = (struct where_args){.a = i, .node = nodes[i], .room = NODE_ROOM};
    jg_status status = options == NULL ? where_remote_fanout(args, count, results)
                                       : where_map(options, args, count, results);
    (void)check_status(status, JG_OK, "fan-out");
    for (uint32_t i = 0; i < count; i++) {
        ret_nodes[i] = node_index(nodes[i]);
        (void)check(results[i].status == JG_OK && results[i].value == i + 1, "item %u is its own",
                    (unsigned)i);
    }
    return status;
}

static void check_around(const int *nodes, size_t count, const char *what)
{
    for (size_t i = 1; i < count; i++)
        (void)check(nodes[i] == (nodes[i - 1] + 1) % NODES, "%s: item %zu runs on n%d after n%d",
                    what, i, nodes[i] + 1, nodes[i - 1] + 1);
}

static void check_random(void)
{
    int nodes[ITEMS * 5], seen[NODES] = {0}, repeats = 0;
    const struct jg_options options = {.fanout = JG_RANDOM};
    (void)map_where(&options, ITEMS * 5, nodes);
    for (int i = 0; i < ITEMS * 5; i++) {
        if (!check(nodes[i] >= 0, "random: item %d runs on a node", i)) return;
        seen[nodes[i]]++;
        if (i > 0) repeats += nodes[i] != (nodes[i - 1] + 1) % NODES;
    }
    (void)check(seen[0] > 0 && seen[1] > 0 && seen[2] > 0 && repeats > 0,
                "random: %d %d %d, out of order %d", seen[0], seen[1], seen[2], repeats);
}

/* A node that has something to do gets nothing as long as others are free. */
static void check_least_loaded(void)
{
    char node[NODE_ROOM];
    int nodes[ITEMS], fifo = make_fifo("busy");
    struct worker worker;
    const struct jg_options options = {.fanout = JG_LEASTLOADED, .window = 1};
    stay_job *busy = stay_remote_async(in_folder("busy"));
    if (!read_worker(fifo, &worker)) return;
    (void)map_where(&options, ITEMS, nodes);
    for (int i = 0; i < ITEMS; i++)
        (void)check(nodes[i] >= 0 && nodes[i] != node_index(worker.node),
                    "leastloaded: item %d runs on n%d, which is busy", i, nodes[i] + 1);
    for (uint32_t i = 0; i < ITEMS; i++) {
        (void)check_status(where_free_remote(i, node, sizeof node, NULL), JG_OK, "leastloaded");
        (void)check(strcmp(node, worker.node) != 0, "leastloaded as annotated: %s is busy", node);
    }
    stay_cancel(busy);
    (void)check(is_gone(worker.pid), "the cancelled job has ended");
    (void)close(fifo);
}

/* False: too slow for this limit, so that an item is late that would have failed. */
static bool check_limit(int limit_ms)
{
    const struct jg_options limit = {.timeout_ms = limit_ms};
    const char *paths[] = {in_folder("stays"), "/nowhere", in_folder("stays"), "/nowhere",
                           in_folder("stays")};
    struct stay_args args[5];
    struct stay_result results[5];
    char told[16];
    for (int i = 0; i < 5; i++)
        args[i].fifo = paths[i];
    (void)check_status(stay_map(&limit, args, 5, results), JG_ETIMEOUT, "a fan-out with limits");
    (void)snprintf(told, sizeof told, " %d ms", limit_ms);
    (void)check(strstr(jg_last_failure()->cause, told) != NULL, "its cause is the first's: %s",
                jg_last_failure()->cause);
    bool is_late = results[1].status == JG_ETIMEOUT || results[3].status == JG_ETIMEOUT;
    if (is_late && limit_ms < LIMIT_MAX_MS) return false;
    for (int i = 0; i < 5; i++)
        (void)check_status(results[i].status, i % 2 == 0 ? JG_ETIMEOUT : JG_EFAILED, "an item");
    return true;
}

/* Of each item; what fails does not keep the others from running. */
static void check_time_limits(void)
{
    int fifo = make_fifo("stays");
    for (int limit_ms = 300; !check_limit(limit_ms);)
        limit_ms *= 4;
    struct worker worker;
    struct jg_options none = {.timeout_ms = -1};
    square_job *job = square_start(&none, 5);
    (void)check_status(square_await_get(job, NULL), JG_OK, "without a limit");
    /* Those that told of themselves are gone. */
    (void)fcntl(fifo, F_SETFL, O_NONBLOCK);
    while (read(fifo, &worker, sizeof worker) == (ssize_t)sizeof worker)
        (void)check(is_gone(worker.pid), "a job that is over its limit has ended");
    (void)close(fifo);
}

void do_maps(char **words)
{
    const struct jg_options window = {.window = 2}, here = {.where = JG_LOCAL};
    const struct jg_options around = {.fanout = JG_ROUNDROBIN};
    struct square_args args[2] = {{1}, {2}};
    struct square_result results[2];
    int nodes[ITEMS];
    (void)words;
    (void)check_status(square_remote_fanout(NULL, 0, NULL), JG_OK, "no items");
    (void)check_status(map_where(NULL, ITEMS, nodes), JG_OK, "fan-out");
    check_around(nodes, ITEMS, "fan-out");
    (void)check_status(map_where(&window, ITEMS, nodes), JG_OK, "window");
    check_around(nodes, ITEMS, "with a window");
    (void)check_status(map_where(&around, ITEMS, nodes), JG_OK, "roundrobin");
    check_around(nodes, ITEMS, "roundrobin");
    (void)check_status(map_where(&here, ITEMS, nodes), JG_OK, "here");
    (void)check(nodes[0] == -1 && nodes[ITEMS - 1] == -1, "with where = JG_LOCAL it runs here");
    (void)check_status(square_map(NULL, args, 2, results), JG_OK, "without options");
    (void)check(results[1].value == 4, "without options: %u", results[1].value);
    check_random();
    check_least_loaded();
    check_time_limits();
}

/* ---- callbacks ---- */

struct watch {
    pthread_t thread;
    size_t results, progress, total, first;
    int gate; /* opened by the first that ends */
    bool is_tested;
};

static void on_result(size_t index, jg_status status, void *user)
{
    struct watch *watch = user;
    uint32_t value = 0;
    if (watch->results++ == 0) {
        watch->first = index;
        watch->gate = open("gate", O_RDWR | O_CLOEXEC); /* which waits for nobody */
    }
    (void)check(pthread_equal(pthread_self(), watch->thread), "on_result: the calling thread");
    if (status != JG_OK) {
        char own[32];
        (void)snprintf(own, sizeof own, "no log /%zu/", index);
        (void)check(strstr(jg_last_failure()->cause, own) != NULL,
                    "on_result of item %zu: the last failure is its own, not '%s'", index,
                    jg_last_failure()->cause);
    }
    if (index % 2 == 0) check_value(square_remote(9, &value), &value, 81, "a stub in on_result");
    if (index % 2 == 1) (void)check_status(die_remote(DIE_FAIL, NULL), JG_EFAILED, "on_result");
}

static void on_progress(size_t done, size_t total, void *user)
{
    struct watch *watch = user;
    (void)check(done == ++watch->progress, "on_progress: %zu of %zu", done, total);
    (void)check(pthread_equal(pthread_self(), watch->thread), "on_progress: the calling thread");
    watch->total = total;
}

/* The first item ends only when another has been told; some fail, with a cause that names them. */
static void check_callbacks(int window)
{
    static char nodes[ITEMS][NODE_ROOM];
    char logs[ITEMS][32];
    struct watch watch = {.thread = pthread_self(), .gate = -1};
    const struct jg_options options = {.timeout_ms = PATIENCE_MS,
                                       .window = window,
                                       .on_result = on_result,
                                       .on_progress = on_progress,
                                       .user = &watch};
    struct pass_args args[ITEMS];
    struct pass_result results[ITEMS];
    const char *gate = in_folder("gate"), *log = in_folder("log");
    (void)close(make_fifo("gate"));
    for (uint32_t i = 0; i < ITEMS; i++) {
        (void)snprintf(logs[i], sizeof logs[i], "/%u/", (unsigned)i);
        args[i] = (struct pass_args){.a = i,
                                     .gate = i == 0 ? gate : "",
                                     .log = i == 5 || i == 8 ? logs[i] : log,
                                     .node = nodes[i],
                                     .room = NODE_ROOM};
    }
    jg_status status = pass_map(&options, args, ITEMS, results);
    (void)check_status(status, JG_EFAILED, "a fan-out with callbacks");
    (void)check(strcmp(jg_last_failure()->job, "pass") == 0 &&
                    strstr(jg_last_failure()->cause, "no log /5/") != NULL,
                "the last failure is that of the lowest index, not '%s'", jg_last_failure()->text);
    (void)check(watch.first != 0, "on_result comes as items end");
    (void)check(watch.results == ITEMS && watch.progress == ITEMS && watch.total == ITEMS,
                "callbacks: %zu results, %zu of %zu", watch.results, watch.progress, watch.total);
    for (uint32_t i = 0; i < ITEMS; i++) {
        bool is_bad = i == 5 || i == 8;
        (void)check_status(results[i].status, is_bad ? JG_EFAILED : JG_OK, "an item");
        (void)check(is_bad || results[i].value == i + 1, "item %u is its own", (unsigned)i);
    }
    (void)close(watch.gate);
    (void)unlink("gate");
}

static void on_result_in_order(size_t index, jg_status status, void *user)
{
    size_t *expected = user;
    (void)check(status == JG_OK && index == (*expected)++, "window 1: item %zu", index);
}

void do_callbacks(char **words)
{
    size_t expected = 0;
    const struct jg_options one = {.window = 1, .on_result = on_result_in_order, .user = &expected};
    int nodes[ITEMS];
    (void)words;
    check_callbacks(0);
    check_callbacks(2);
    (void)map_where(&one, ITEMS, nodes);
    (void)check(expected == ITEMS, "window 1: %zu results", expected);
}

/* ---- waits ---- */

void do_waits(char **words)
{
    int gate = make_fifo("gate"), fifo = make_fifo("stays");
    struct worker worker;
    char node[NODE_ROOM];
    uint32_t value = 0;
    size_t index = 99;
    (void)words;
    (void)close(gate);
    stay_job *a = stay_local_async(in_folder("stays")), *b = stay_remote_async(in_folder("stays"));
    (void)(read_worker(fifo, &worker) && read_worker(fifo, &worker));
    pass_job *c = pass_remote_async(1, in_folder("gate"), in_folder("log"), node, sizeof node);
    jg_job *jobs[] = {stay_as_job(a), NULL, stay_as_job(b), pass_as_job(c)};
    (void)check_status(jg_wait_any(jobs, 4, 0, &index), JG_ETIMEOUT, "a look at what runs");
    (void)check_status(jg_wait_any(jobs, 4, 50, &index), JG_ETIMEOUT, "a wait for what runs");
    (void)check_status(pass_try_get(c, &value), JG_PENDING, "try_get of what runs");
    gate = open("gate", O_RDWR | O_CLOEXEC);
    (void)check_status(jg_wait_any(jobs, 4, PATIENCE_MS, &index), JG_OK, "wait_any");
    (void)check(index == 3, "wait_any: %zu", index);
    (void)check_status(jg_wait_all(jobs, 4, 50), JG_ETIMEOUT, "wait_all of what runs");
    (void)check_status(pass_try_get(c, &value), JG_OK, "try_get");
    stay_cancel(a);
    stay_cancel(b);
    square_job *d = square_local_async(3), *e = square_remote_async(4);
    jg_job *all[] = {square_as_job(d), square_as_job(e), NULL};
    (void)check_status(jg_wait_all(all, 3, PATIENCE_MS), JG_OK, "wait_all");
    check_value(square_try_get(d, &value), &value, 9, "local");
    check_value(square_try_get(e, &value), &value, 16, "remote");
    (void)check_status(jg_wait_all((jg_job *[]){NULL}, 1, -1), JG_EARGS, "nothing but NULL");
    (void)close(gate);
    (void)close(fifo);
}
