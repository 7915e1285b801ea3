/* SPDX-License-Identifier: MIT */
/* Pools as a node has them: of other programs, sharing slots, with an owner that routes nested
 * calls and ends pools. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "wire/codec.h"
#include "worker/pool_state.h"
#include "worker/registry.h"

#include "first_jobs.h"
#include "second_jobs.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS_MAX = 256, PATIENCE_MS = 60000, END_MS = 30000, HELD_MAX = 8 };

/* One task of the test's own. */
struct call {
    struct jgi_task task;
    const struct jgi_job *job;
    size_t rooms[8];
    bool has_ended;
};

/* What the test's hooks have seen; under its own lock, since a sink is not called under the loop's.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news;
static char said[64 * 1024];
static struct {
    uint64_t audience;
    unsigned number;
} numbers[CALLS_MAX];
static size_t number_count;
static const char *begun[CALLS_MAX];
static size_t begun_count, waited_count, unrouted_count;
static unsigned running, running_most;
static struct jgi_task *routed;

static struct jgi_loop *loop;
static struct jgi_slots slots;
static char root[64], scratch_root[80];
static int fifo_count;

static void tell(void)
{
    (void)pthread_cond_broadcast(&news);
    (void)pthread_mutex_unlock(&lock);
}

static void on_lines(void *user, int stream, const struct jgi_output_source *source,
                     const char *lines, size_t size)
{
    (void)user;
    (void)stream;
    (void)pthread_mutex_lock(&lock);
    for (const char *at = lines; at < lines + size; at = memchr(at, '\n', size) + 1)
        if (strcmp(source->job_name, "says") == 0 && number_count < CALLS_MAX) {
            numbers[number_count].audience = source->audience;
            numbers[number_count++].number = (unsigned)atoi(at);
        }
    size_t length = strlen(said);
    if (length + size < sizeof said) {
        memcpy(said + length, lines, size);
        said[length + size] = '\0';
    }
    tell();
}

static void on_begin(void *user, struct jgi_task *task)
{
    (void)user;
    (void)pthread_mutex_lock(&lock);
    begun[begun_count++ % CALLS_MAX] = task->job_name;
    if (++running > running_most) running_most = running;
    tell();
}

static void on_wait(void *user, struct jgi_task *task)
{
    (void)user;
    (void)task;
    (void)pthread_mutex_lock(&lock);
    waited_count++;
    tell();
}

static bool on_route(void *user, struct jgi_task *task)
{
    (void)user;
    (void)pthread_mutex_lock(&lock);
    routed = task;
    tell();
    return true;
}

static void on_unroute(void *user, struct jgi_task *task, jg_status status)
{
    (void)user;
    (void)pthread_mutex_lock(&lock);
    if (status == JG_ECANCELLED && task == routed) unrouted_count++;
    routed = NULL;
    tell();
}

static void on_end(struct jgi_task *task)
{
    struct call *call = JGI_OWNER(task, struct call, task);
    (void)pthread_mutex_lock(&lock);
    call->has_ended = true;
    if (task->has_begun) running--;
    tell();
}

/* Until the expression is true, under the test's lock. */
#define AWAIT(expression)                                                                          \
    do {                                                                                           \
        struct timespec until = jgi_clock_timespec(jgi_clock_deadline(PATIENCE_MS));               \
        int error = 0;                                                                             \
        (void)pthread_mutex_lock(&lock);                                                           \
        while (!(expression) && error == 0)                                                        \
            error = pthread_cond_timedwait(&news, &lock, &until);                                  \
        (void)pthread_mutex_unlock(&lock);                                                         \
        cr_assert_eq(error, 0, "%s", #expression);                                                 \
    } while (false)

static const struct jgi_job *find(const char *name)
{
    for (size_t i = 0; i < jgi_registry_count(); i++)
        if (strcmp(jgi_registry_at(i)->name, name) == 0) return jgi_registry_at(i);
    cr_assert_fail("no job %s", name);
    return NULL;
}

static void prepare(struct call *call, const char *name, const void *args)
{
    char *text = NULL;
    *call = (struct call){.job = find(name)};
    call->task = (struct jgi_task){.job_name = call->job->name,
                                   .job = call->job->interface_hash,
                                   .is_reuse = call->job->options.is_reuse,
                                   .deadline_ns = JGI_NEVER,
                                   .on_end = on_end};
    cr_assert_eq(jgi_encode_args(call->job, args, call->rooms, &call->task.args, &text), JG_OK);
}

static void start(struct jgi_pool *pool, struct call *call, const char *name, const void *args)
{
    prepare(call, name, args);
    jgi_pool_submit(pool, &call->task);
}

static jg_status status_of(struct call *call)
{
    AWAIT(call->has_ended);
    return call->task.outcome.status;
}

static uint32_t value_of(struct call *call)
{
    uint32_t value = 0;
    char *text = NULL;
    cr_assert_eq(status_of(call), JG_OK, "%s: %s", call->job->name, call->task.outcome.cause);
    cr_assert_eq(
        jgi_decode_result(call->job, &call->task.outcome.result, NULL, call->rooms, &value, &text),
        JG_OK);
    jgi_outcome_fini(&call->task.outcome);
    return value;
}

static struct jgi_pool_config config_of(const char *variable)
{
    static char *arguments[] = {(char *)"program", (char *)"--flag", NULL};
    static char *environment[] = {(char *)"GREETING=hello", NULL};
    return (struct jgi_pool_config){
        .shared = &slots,
        .program = {getenv(variable), arguments, environment, NULL},
        .scratch_root = scratch_root,
        .sink = on_lines,
        .on_begin = on_begin,
        .on_wait = on_wait,
    };
}

static struct jgi_pool *pool_with(const struct jgi_pool_config *config)
{
    struct jgi_pool *pool = jgi_pool_new(loop, config);
    cr_assert_not_null(pool);
    return pool;
}

static struct jgi_pool *pool_of(const char *variable)
{
    struct jgi_pool_config config = config_of(variable);
    return pool_with(&config);
}

static void on_pool_ended(void *user)
{
    (void)pthread_mutex_lock(&lock);
    *(bool *)user = true;
    tell();
}

static void end_pool(struct jgi_pool *pool, jg_status status, const char *cause)
{
    bool has_ended = false;
    jgi_loop_lock(loop);
    jgi_pool_end(pool, status, cause, on_pool_ended, &has_ended);
    jgi_loop_unlock(loop);
    AWAIT(has_ended);
}

static void free_pool(struct jgi_pool *pool)
{
    end_pool(pool, JG_ECANCELLED, "the test is over");
}

/* What a job waits for: a byte. */
static int make_fifo(char *ret_path, size_t size)
{
    (void)snprintf(ret_path, size, "%s/fifo-%d", root, fifo_count++);
    cr_assert_eq(mkfifo(ret_path, 0600), 0);
    int fd = open(ret_path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    return fd;
}

static void release(int fd)
{
    cr_assert_eq(write(fd, "", 1), 1);
}

/* A job that runs until it is released. */
static int hold_slot(struct jgi_pool *pool, struct call *call)
{
    char path[100];
    int fd = make_fifo(path, sizeof path);
    start(pool, call, "hold", &(struct hold_args){path});
    AWAIT(strstr(said, "holds") != NULL);
    return fd;
}

static bool is_empty(const char *path)
{
    DIR *listing = opendir(path);
    int count = 0;
    if (listing == NULL) return true;
    while (readdir(listing) != NULL)
        count++;
    (void)closedir(listing);
    return count == 2;
}

static void set_up(void)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&news, &attributes);
    (void)strcpy(root, "/tmp/jobgen-pools-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    (void)snprintf(scratch_root, sizeof scratch_root, "%s/scratch", root);
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    jgi_slots_init(&slots, 1, 16);
}

static void tear_down(void)
{
    char command[100];
    loop = jgi_loop_free(loop);
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(pools, .init = set_up, .fini = tear_down);

Test(pools, another_program_has_the_directory_environment_arguments_and_name_it_is_given)
{
    struct jgi_pool_config config = config_of("FIRST");
    config.node_name = "cellar";
    struct jgi_pool *pool = pool_with(&config);
    struct call call;
    char expected[200];
    start(pool, &call, "tells", NULL);
    cr_assert_eq(status_of(&call), JG_OK);
    (void)snprintf(expected, sizeof expected, "directory %s/zygote-", scratch_root);
    cr_assert_not_null(strstr(said, expected), "%s", said);
    cr_assert_not_null(strstr(said, "mode 700\n"));
    cr_assert_not_null(strstr(said, "node cellar\n"));
    cr_assert_not_null(strstr(said, "variable hello\nhome -\n"));
    cr_assert_not_null(strstr(said, "arguments program --flag \n"));
    jgi_outcome_fini(&call.task.outcome);
    free_pool(pool);
    cr_assert(is_empty(scratch_root));
}

Test(pools, two_programs_share_one_slot)
{
    struct jgi_pool *first = pool_of("FIRST"), *second = pool_of("SECOND");
    struct call holder, calls[20];
    int fd = hold_slot(first, &holder);
    for (uint32_t i = 0; i < 20; i++) {
        if (i % 2 == 0)
            start(first, &calls[i], "add", &(struct add_args){i, 1});
        else
            start(second, &calls[i], "twice", &(struct twice_args){i});
    }
    cr_assert_eq(begun_count, 1, "nothing runs beside the one that holds the slot");
    release(fd);
    for (uint32_t i = 0; i < 20; i++)
        cr_assert_eq(value_of(&calls[i]), i % 2 == 0 ? i + 1 : 2 * i);
    cr_assert_eq(running_most, 1);
    cr_assert_eq(status_of(&holder), JG_OK);
    free_pool(first);
    free_pool(second);
    cr_assert_eq(slots.busy, 0);
}

static bool has_idle(struct jgi_pool *pool, int source)
{
    jgi_loop_lock(loop);
    bool has = pool->sources[source].idle_count > 0;
    jgi_loop_unlock(loop);
    return has;
}

Test(pools, a_free_slot_goes_to_the_oldest_task_of_any_program)
{
    struct jgi_pool *first = pool_of("FIRST"), *second = pool_of("SECOND");
    struct call holder, twice, add;
    int fd = hold_slot(first, &holder);
    start(second, &twice, "twice", &(struct twice_args){4});
    start(first, &add, "add", &(struct add_args){1, 2});
    while (!has_idle(second, JGI_FRESH)) /* though no slot is free it gets ready */
        (void)sched_yield();
    while (!has_idle(first, JGI_FRESH))
        (void)sched_yield();
    release(fd);
    cr_assert_eq(value_of(&add), 3);
    cr_assert_eq(value_of(&twice), 8);
    cr_assert_str_eq(begun[1], "twice");
    cr_assert_str_eq(begun[2], "add");
    cr_assert_eq(status_of(&holder), JG_OK);
    free_pool(first);
    free_pool(second);
}

Test(pools, an_idle_worker_of_another_program_makes_room)
{
    jgi_slots_init(&slots, 1, 1);
    struct jgi_pool *first = pool_of("FIRST"), *second = pool_of("SECOND");
    struct call call;
    start(second, &call, "twice_again", &(struct twice_again_args){1});
    cr_assert_eq(value_of(&call), 2);
    cr_assert(has_idle(second, JGI_REUSE));
    start(first, &call, "add", &(struct add_args){1, 2});
    cr_assert_eq(value_of(&call), 3);
    start(second, &call, "twice_again", &(struct twice_again_args){3});
    cr_assert_eq(value_of(&call), 6);
    free_pool(first);
    free_pool(second);
}

Test(pools, where_all_processes_of_all_programs_wait_a_nested_call_is_refused)
{
    jgi_slots_init(&slots, 2, 2);
    struct jgi_pool *first = pool_of("FIRST"), *other = pool_of("FIRST");
    struct call calls[2];
    start(first, &calls[0], "calls_add", &(struct calls_add_args){1, 2});
    start(other, &calls[1], "calls_add", &(struct calls_add_args){3, 4});
    uint32_t sums = value_of(&calls[0]) + value_of(&calls[1]);
    cr_assert(sums == 10 || sums == 7 || sums == 3, "%u", sums); /* at most one is refused */
    free_pool(first);
    free_pool(other);
}

Test(pools, a_nested_call_is_routed_to_another_pool)
{
    struct jgi_pool_config here = config_of("FIRST"), there = here;
    here.route = on_route;
    here.unroute = on_unroute;
    there.node_name = "other";
    struct jgi_pool *pool = pool_with(&here), *other = pool_with(&there);
    struct call call, moved;
    start(pool, &call, "calls_add", &(struct calls_add_args){1, 2});
    AWAIT(routed != NULL);
    AWAIT(waited_count == 1);
    cr_assert_eq(routed->parent, &call.task);
    cr_assert_str_eq(routed->job_name, "add");
    cr_assert_eq(routed->where, JG_REMOTE);
    prepare(&moved, "add", &(struct add_args){0, 0});
    jgi_loop_lock(loop);
    jgi_payload_fini(&moved.task.args);
    moved.task.args = routed->args;
    routed->args = JGI_PAYLOAD_INIT;
    moved.task.is_nested = true;
    jgi_pool_submit_locked(other, &moved.task);
    cr_assert_eq(moved.task.state, JGI_TASK_QUEUED, "it waits for the flush");
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
    cr_assert_eq(status_of(&moved), JG_OK);
    jgi_loop_lock(loop);
    jgi_pool_answer(routed, &moved.task.outcome);
    jgi_loop_unlock(loop);
    cr_assert_eq(value_of(&call), 1003);
    cr_assert_eq(unrouted_count, 0);
    free_pool(pool);
    free_pool(other);
}

Test(pools, a_routed_call_that_nobody_wants_is_unrouted)
{
    struct jgi_pool_config config = config_of("FIRST");
    config.route = on_route;
    config.unroute = on_unroute;
    struct jgi_pool *pool = pool_with(&config);
    struct call call;
    char path[100];
    int fd = make_fifo(path, sizeof path);
    start(pool, &call, "changes_its_mind", &(struct changes_its_mind_args){path});
    AWAIT(routed != NULL);
    AWAIT(strstr(said, "holds") != NULL);
    cr_assert_eq(unrouted_count, 0);
    release(fd); /* the job goes on, cancels, and waits again */
    AWAIT(unrouted_count == 1);
    jgi_loop_lock(loop);
    jgi_pool_kill(pool, &call.task, JG_ECANCELLED, "enough");
    jgi_loop_unlock(loop);
    cr_assert_eq(status_of(&call), JG_ECANCELLED);
    jgi_outcome_fini(&call.task.outcome);

    start(pool, &call, "calls_add", &(struct calls_add_args){1, 2});
    AWAIT(routed != NULL);
    jgi_loop_lock(loop);
    jgi_pool_stop(pool, &call.task, JG_ECANCELLED, "its caller has gone");
    jgi_loop_unlock(loop);
    cr_assert_eq(unrouted_count, 2);
    cr_assert_eq(status_of(&call), JG_ECANCELLED);
    jgi_outcome_fini(&call.task.outcome);
    free_pool(pool);
}

/* Descriptors of the processes that hold, and of their zygote. */
static size_t open_held(int *ret_pidfds)
{
    size_t count = 0;
    int pid, zygote = 0;
    (void)pthread_mutex_lock(&lock);
    for (const char *at = said; (at = strstr(at, "holds ")) != NULL; at++) {
        cr_assert_eq(sscanf(at, "holds %d %d", &pid, &zygote), 2);
        ret_pidfds[count++] = (int)syscall(SYS_pidfd_open, pid, 0);
    }
    ret_pidfds[count++] = (int)syscall(SYS_pidfd_open, zygote, 0);
    (void)pthread_mutex_unlock(&lock);
    return count;
}

static unsigned count_held(void)
{
    unsigned count = 0;
    for (const char *at = said; (at = strstr(at, "holds ")) != NULL; at++)
        count++;
    return count;
}

Test(pools, freed_with_jobs_running_it_leaves_no_process_and_no_directory)
{
    enum { COUNT = 3 };
    jgi_slots_init(&slots, COUNT, 16);
    struct jgi_pool *pool = pool_of("FIRST");
    struct call calls[COUNT], queued;
    char path[100];
    int pidfds[HELD_MAX], fd = make_fifo(path, sizeof path);
    for (int i = 0; i < COUNT; i++)
        start(pool, &calls[i], "hold", &(struct hold_args){path});
    start(pool, &queued, "add", &(struct add_args){1, 2});
    AWAIT(count_held() == COUNT);
    size_t count = open_held(pidfds);
    cr_assert(!is_empty(scratch_root));
    end_pool(pool, JG_ENODE, "the node goes");
    for (int i = 0; i < COUNT; i++) {
        cr_assert(calls[i].has_ended);
        cr_assert_eq(calls[i].task.outcome.status, JG_ENODE);
        cr_assert_str_eq(calls[i].task.outcome.cause, "the node goes");
        jgi_outcome_fini(&calls[i].task.outcome);
    }
    cr_assert(queued.has_ended);
    cr_assert_eq(queued.task.outcome.status, JG_ENODE);
    jgi_outcome_fini(&queued.task.outcome);
    for (size_t i = 0; i < count; i++) {
        struct pollfd end = {.fd = pidfds[i], .events = POLLIN};
        cr_assert(pidfds[i] < 0 || poll(&end, 1, END_MS) == 1, "process %zu is left", i);
    }
    cr_assert(is_empty(scratch_root));
    cr_assert_eq(slots.busy, 0);
    cr_assert(jgi_list_is_empty(&slots.pools));
    (void)close(fd);
}

static void *run_blocking(void *argument)
{
    struct call *call = argument;
    jgi_pool_run(call->task.user, &call->task);
    (void)pthread_mutex_lock(&lock);
    call->has_ended = true;
    tell();
    return NULL;
}

Test(pools, freed_under_a_blocking_call_it_gives_that_call_its_end)
{
    struct jgi_pool *pool = pool_of("FIRST");
    struct call call, before;
    pthread_t thread;
    char path[100];
    int fd = make_fifo(path, sizeof path);
    start(pool, &before, "add", &(struct add_args){1, 2}); /* so that workers are idle */
    cr_assert_eq(value_of(&before), 3);
    while (!has_idle(pool, JGI_FRESH))
        (void)sched_yield();
    prepare(&call, "hold", &(struct hold_args){path});
    call.task.user = pool;
    cr_assert_eq(pthread_create(&thread, NULL, run_blocking, &call), 0);
    AWAIT(strstr(said, "holds") != NULL);
    free_pool(pool);
    (void)pthread_join(thread, NULL);
    cr_assert_eq(call.task.outcome.status, JG_ECANCELLED);
    cr_assert_str_eq(call.task.outcome.cause, "the test is over");
    jgi_outcome_fini(&call.task.outcome);
    (void)close(fd);
}

Test(pools, what_is_submitted_after_its_end_fails)
{
    bool has_ended = false;
    struct jgi_pool *pool = pool_of("FIRST");
    struct call before, after;
    start(pool, &before, "add", &(struct add_args){1, 2});
    prepare(&after, "add", &(struct add_args){1, 2});
    cr_assert_eq(value_of(&before), 3);
    jgi_loop_lock(loop);
    jgi_pool_end(pool, JG_ENODE, "the program is not needed", on_pool_ended, &has_ended);
    jgi_pool_submit_locked(pool, &after.task);
    jgi_loop_unlock(loop);
    cr_assert_eq(status_of(&after), JG_ENODE);
    cr_assert_str_eq(after.task.outcome.cause, "the program is not needed");
    jgi_outcome_fini(&after.task.outcome);
    AWAIT(has_ended);
}

Test(pools, one_that_never_started_anything_is_freed)
{
    free_pool(pool_of("FIRST"));
    cr_assert(is_empty(scratch_root));
}

Test(pools, a_program_that_is_not_there_is_named)
{
    struct jgi_pool_config config = config_of("FIRST");
    config.program.path = "/nowhere/program";
    struct jgi_pool *pool = pool_with(&config);
    struct call call;
    start(pool, &call, "add", &(struct add_args){1, 2});
    cr_assert_eq(status_of(&call), JG_EUNSUITABLE);
    cr_assert_not_null(strstr(call.task.outcome.cause, "/nowhere/program"));
    jgi_outcome_fini(&call.task.outcome);
    free_pool(pool);
    cr_assert(is_empty(scratch_root));
}

Test(pools, a_program_without_jobs_of_ours_is_given_up)
{
    struct jgi_pool_config config = config_of("FIRST");
    config.program.path = "/bin/true";
    struct jgi_pool *pool = pool_with(&config);
    struct call call;
    start(pool, &call, "add", &(struct add_args){1, 2});
    cr_assert_eq(status_of(&call), JG_ESIGNAL);
    jgi_outcome_fini(&call.task.outcome);
    free_pool(pool);
    cr_assert(is_empty(scratch_root));
}

Test(pools, no_directory_for_jobs_is_told)
{
    struct jgi_pool_config config = config_of("FIRST");
    config.scratch_root = "/nowhere/scratch";
    struct jgi_pool *pool = pool_with(&config);
    struct call call;
    start(pool, &call, "add", &(struct add_args){1, 2});
    cr_assert_eq(status_of(&call), JG_EUNSUITABLE);
    cr_assert_not_null(strstr(call.task.outcome.cause, "/nowhere/scratch"));
    jgi_outcome_fini(&call.task.outcome);
    free_pool(pool);
}

Test(pools, whatever_tree_jobs_made_is_removed)
{
    struct jgi_pool *pool = pool_of("FIRST");
    struct call call;
    start(pool, &call, "litters", NULL);
    cr_assert_eq(status_of(&call), JG_OK);
    jgi_outcome_fini(&call.task.outcome);
    cr_assert(!is_empty(scratch_root));
    free_pool(pool);
    cr_assert(is_empty(scratch_root));
    cr_assert_eq(access("/", R_OK), 0);
}

Test(pools, a_sweep_removes_what_nobody_holds)
{
    struct jgi_scratch held, left;
    char command[200];
    cr_assert_eq(jgi_scratch_open(scratch_root, &left), 0);
    cr_assert_eq(jgi_scratch_open(scratch_root, &held), 0);
    (void)snprintf(command, sizeof command, "mkdir -p %s/a/b && echo > %s/a/b/c", left.path,
                   left.path);
    cr_assert_eq(system(command), 0);
    jgi_scratch_sweep(scratch_root);
    cr_assert_eq(access(left.path, F_OK), 0, "it is held");
    (void)close(left.lock_fd); /* as the end of a process does */
    jgi_scratch_sweep(scratch_root);
    cr_assert_neq(access(left.path, F_OK), 0);
    cr_assert_eq(access(held.path, F_OK), 0);
    jgi_scratch_close(&held);
    cr_assert(is_empty(scratch_root));
    free(left.path);
}

Test(pools, lines_go_to_whom_they_belong_though_executions_are_sent_ahead)
{
    static struct call calls[CALLS_MAX];
    struct jgi_pool *pool = pool_of("FIRST");
    jgi_loop_lock(loop);
    for (uint32_t i = 0; i < CALLS_MAX; i++) {
        prepare(&calls[i], "says", &(struct says_args){i});
        calls[i].task.audience = 1 + i / 16 % 2;
        jgi_pool_submit_locked(pool, &calls[i].task);
    }
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
    for (uint32_t i = 0; i < CALLS_MAX; i++)
        cr_assert_eq(status_of(&calls[i]), JG_OK);
    cr_assert_eq(number_count, CALLS_MAX);
    for (uint32_t i = 0; i < CALLS_MAX; i++)
        cr_assert_eq(numbers[i].audience, 1 + numbers[i].number / 16 % 2);
    cr_assert_eq(begun_count, CALLS_MAX);
    free_pool(pool);
}

/* All calls of `counts`, one after the other in one process; for `odd` of them with that argument.
 */
static struct jgi_pool *count(struct call *calls, uint32_t odd, const char *fifo)
{
    slots.count = 1;
    struct jgi_pool *pool = pool_of("FIRST");
    jgi_loop_lock(loop);
    for (uint32_t i = 0; i < CALLS_MAX; i++) {
        prepare(&calls[i], "counts", &(struct counts_args){i, i == odd ? fifo : ""});
        jgi_pool_submit_locked(pool, &calls[i].task);
    }
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
    return pool;
}

Test(pools, a_result_does_not_wait_for_the_long_execution_behind_it)
{
    enum { LONG = 200 };
    static struct call calls[CALLS_MAX];
    char path[100];
    int fifo = make_fifo(path, sizeof path);
    struct jgi_pool *pool = count(calls, LONG, path);
    for (uint32_t i = 0; i < LONG; i++)
        cr_assert_eq(value_of(&calls[i]), i);
    cr_assert(!calls[LONG].has_ended);
    cr_assert_eq(write(fifo, "x", 1), 1);
    for (uint32_t i = LONG; i < CALLS_MAX; i++)
        cr_assert_eq(value_of(&calls[i]), i);
    free_pool(pool);
}

Test(pools, a_death_takes_no_result_with_it)
{
    enum { DEADLY = 200 };
    static struct call calls[CALLS_MAX];
    struct jgi_pool *pool = count(calls, DEADLY, "!");
    for (uint32_t i = 0; i < CALLS_MAX; i++)
        if (i != DEADLY) cr_assert_eq(value_of(&calls[i]), i);
    cr_assert_eq(status_of(&calls[DEADLY]), JG_ESIGNAL);
    cr_assert_not_null(calls[DEADLY].task.outcome.last_output);
    cr_assert_not_null(strstr(calls[DEADLY].task.outcome.last_output, "ends at 200"));
    jgi_outcome_fini(&calls[DEADLY].task.outcome);
    free_pool(pool);
}

/* The loop sees the death together with the result before it: what was printed is of both. */
Test(pools, what_the_dying_print_is_kept_though_it_is_read_with_the_result_before)
{
    char text[100];
    struct call call, deadly;
    slots.count = 1;
    struct jgi_pool *pool = pool_of("FIRST");
    for (int i = 0; i < 20; i++) { /* so short that they are sent ahead */
        start(pool, &call, "fills", &(struct fills_args){text});
        cr_assert_eq(status_of(&call), JG_OK);
        jgi_outcome_fini(&call.task.outcome);
        start(pool, &call, "counts", &(struct counts_args){1, ""});
        cr_assert_eq(value_of(&call), 1);
    }
    jgi_loop_lock(loop);
    pid_t pid = JGI_OWNER(pool->workers.next, struct jgi_worker, link)->pid;
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    prepare(&call, "fills", &(struct fills_args){text});
    jgi_pool_submit_locked(pool, &call.task);
    prepare(&deadly, "counts", &(struct counts_args){7, "!"});
    jgi_pool_submit_locked(pool, &deadly.task);
    jgi_loop_flush(loop);
    cr_assert_eq(poll(&end, 1, END_MS), 1);
    (void)close(end.fd);
    jgi_loop_unlock(loop);
    cr_assert_eq(status_of(&call), JG_OK);
    cr_assert_eq(status_of(&deadly), JG_ESIGNAL);
    cr_assert_not_null(deadly.task.outcome.last_output);
    cr_assert_not_null(strstr(deadly.task.outcome.last_output, "ends at 7"));
    jgi_outcome_fini(&call.task.outcome);
    jgi_outcome_fini(&deadly.task.outcome);
    free_pool(pool);
}
