/* SPDX-License-Identifier: MIT */
/* The jobs that the tests of a cluster call, and nothing of who calls them. */
#define _GNU_SOURCE
#include "program.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef BUILD
#define BUILD 1
#endif

/* @job */
uint32_t square(uint32_t a)
{
    return a * a;
}

/* @job(isolation = reuse) */
uint32_t next(uint32_t a)
{
    return a + 1;
}

/* Which of the builds of this program it is.
 *
 * @job
 */
uint32_t build(void)
{
    return BUILD;
}

/* @job */
void nothing(void)
{
}

/* @job
 * @out node[room] string
 */
uint32_t where(uint32_t a, char *node, size_t room)
{
    (void)snprintf(node, room, "%s", jg_node_name());
    return a + 1;
}

/* @job(fanout = leastloaded, isolation = reuse)
 * @out node[room] string
 */
uint32_t where_free(uint32_t a, char *node, size_t room)
{
    return where(a, node, room);
}

/* Goes down until there is no stack any more. */
static int overflow(volatile char *above)
{
    static volatile bool is_deep; /* never */
    if (is_deep) return 0;
    volatile char room[4096];
    room[0] = above == NULL ? 1 : above[0];
    return overflow(room) + room[0];
}

/* @job */
int die(int how)
{
    /* jobgen: no-warn calls-exit, uses-signals: that is what is tried */
    fprintf(stderr, "last words\n");
    switch (how) {
    case DIE_EXIT:
        exit(3);
    case DIE_EXIT_AT_ONCE:
        _exit(4);
    case DIE_ABORT:
        (void)signal(SIGABRT, SIG_DFL);
        abort();
    case DIE_SIGNAL:
        (void)kill(getpid(), SIGKILL);
        break;
    case DIE_OVERFLOW:
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would report and abort */
        return overflow(NULL);
    case DIE_FAIL:
        jg_fail("asked to, %d", how);
    default:
        break;
    }
    return how;
}

/* Tells its process and its node by the FIFO, and stays.
 *
 * @job
 * @in fifo string
 */
void stay(const char *fifo)
{
    struct worker worker = {.pid = getpid()};
    (void)snprintf(worker.node, sizeof worker.node, "%s", jg_node_name());
    int fd = open(fifo, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, &worker, sizeof worker) != (ssize_t)sizeof worker) jg_fail("no FIFO");
    (void)close(fd);
    for (;;)
        (void)pause();
}

/* The same, but a polite end does not end it.
 *
 * @job
 * @in fifo string
 */
void resist(const char *fifo)
{
    /* jobgen: no-warn uses-signals: that is what is tried */
    (void)signal(SIGTERM, SIG_IGN);
    stay(fifo);
}

/* Says so, and ends when somebody opens the FIFO to write; "" ends at once. What runs is noted in
 * the log, one line for each.
 *
 * @job
 * @in gate string
 * @in log string
 * @out node[room] string
 */
uint32_t pass(uint32_t a, const char *gate, const char *log, char *node, size_t room)
{
    char line[100];
    int length = snprintf(line, sizeof line, "%u %s\n", (unsigned)a, jg_node_name());
    int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length) jg_fail("no log %s", log);
    (void)close(fd);
    if (gate[0] != '\0' && open(gate, O_RDONLY | O_CLOEXEC) < 0) jg_fail("no gate %s", gate);
    return where(a, node, room);
}

/* Calls `pass` so often, and gives how each of those ended.
 *
 * @job
 * @in gate string
 * @in log string
 * @out ends[count]
 */
void fan(uint32_t count, const char *gate, const char *log, uint8_t *ends)
{
    struct pass_args *args = calloc(count, sizeof *args);
    struct pass_result *results = calloc(count, sizeof *results);
    char node[64];
    if (args == NULL || results == NULL) jg_fail("no memory");
    if (pass(count, "", log, node, sizeof node) == 0) return; /* the log has its node */
    for (uint32_t i = 0; i < count; i++)
        args[i] = (struct pass_args){.a = i, .gate = gate, .log = log, .node = node, .room = 64};
    (void)pass_remote_fanout(args, count, results); /* each status is looked at */
    for (uint32_t i = 0; i < count; i++)
        ends[i] = (uint8_t)results[i].status;
    free(args);
    free(results);
}

/* Each byte grows by one.
 *
 * @job
 * @inout bytes[size]
 */
uint64_t grow(uint8_t *bytes, uint64_t size)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size; i++)
        sum += ++bytes[i];
    return sum;
}

/* @job
 * @in bytes[size]
 */
uint64_t add_up(const uint8_t *bytes, uint64_t size)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

/* Leaves nothing of its arguments if it is told so.
 *
 * @job(isolation = reuse)
 * @in bytes[size]
 */
uint64_t use_up(uint8_t *bytes, uint64_t size, int leaves_nothing)
{
    uint64_t sum = add_up(bytes, size);
    if (leaves_nothing) memset(bytes, 0xee, size);
    return sum;
}

/* A job's own fan-out of large arguments: how many were added up rightly. */
/* @job */
uint32_t spread(uint32_t count, uint64_t size)
{
    struct add_up_args *args = calloc(count, sizeof *args);
    struct add_up_result *results = calloc(count, sizeof *results);
    uint8_t *bytes = calloc(1, size);
    uint32_t right = 0;
    if (args != NULL && results != NULL && bytes != NULL) {
        memset(bytes, 3, size);
        for (uint32_t i = 0; i < count; i++)
            args[i] = (struct add_up_args){.bytes = bytes, .size = size};
        (void)add_up_map(&(struct jg_options){.where = JG_LOCAL}, args, count, results);
        for (uint32_t i = 0; i < count; i++)
            right += results[i].status == JG_OK && results[i].value == 3 * size;
    }
    free(args);
    free(results);
    free(bytes);
    return right;
}

/* @job
 * @out ret_size
 * @out return[*ret_size] owned
 */
uint8_t *make(uint64_t size, uint64_t *ret_size)
{
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) jg_fail("no memory");
    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7);
    *ret_size = size;
    return bytes;
}

/* @job
 * @in text string
 * @out back[room] string
 */
void turn(const char *text, char *back, size_t room)
{
    size_t length = strlen(text);
    if (length >= room) jg_fail("no room");
    for (size_t i = 0; i < length; i++)
        back[i] = text[length - 1 - i];
    back[length] = '\0';
}

/* How many jobs stand one upon the other, and how often the node changed from one to the next.
 *
 * @job
 * @in above string
 * @out ret_moves
 */
uint32_t deep(uint32_t n, const char *above, uint32_t *ret_moves)
{
    uint32_t below = 0, moves = 0;
    if (n > 1 && deep_remote(n - 1, jg_node_name(), &moves, &below) != JG_OK)
        jg_fail("%s", jg_last_failure()->cause);
    *ret_moves = moves + (strcmp(above, jg_node_name()) != 0);
    return below + 1;
}

/* The leaves of a tree in which each waits for all that are below it.
 *
 * @job
 */
uint32_t tree(uint32_t width, uint32_t height)
{
    struct tree_args args[16] = {{0}};
    struct tree_result results[16];
    uint32_t leaves = 0;
    if (height == 0 || width > 16) return 1;
    for (uint32_t i = 0; i < width; i++)
        args[i] = (struct tree_args){.width = width, .height = height - 1};
    if (tree_remote_fanout(args, width, results) != JG_OK) jg_fail("%s", jg_last_failure()->cause);
    for (uint32_t i = 0; i < width; i++)
        leaves += results[i].value;
    return leaves;
}

/* What a job that calls others is told about them.
 *
 * @job
 * @out cause[room] string
 */
int ask_of(int how, char *cause, size_t room)
{
    jg_status status = die_remote(how, NULL);
    (void)snprintf(cause, room, "%s: %s", jg_last_failure()->node, jg_last_failure()->cause);
    return (int)status;
}

/* @job */
void speak(uint32_t who, uint32_t lines)
{
    for (uint32_t i = 0; i < lines; i++) {
        printf("out %u %u\n", (unsigned)who, (unsigned)i);
        fprintf(stderr, "err %u %u\n", (unsigned)who, (unsigned)i);
    }
    printf("end %u", (unsigned)who);
}

static int threads; /* that constructors have started */

static void *rest(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

/* Only in the build for it: nodes do not hand on the environment. */
__attribute__((constructor)) static void set_up(void)
{
    pthread_t thread;
    if (BUILD == 3 && pthread_create(&thread, NULL, rest, NULL) == 0) threads++;
}

/* @job */
int thread_count(void)
{
    return threads;
}
