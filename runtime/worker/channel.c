/* SPDX-License-Identifier: MIT */
/* A worker's end of the socket to its pool: executions come down it, results and nested calls go
   up.

   Threads of a job may call stubs, so the socket is read by whoever waits: the first one reads for
   all (`is_read`), files what comes, and wakes the others; when its own answer is there another
   takes over. The serve loop waits in the same way.
   - The pool's end closes: the owner is gone, the process ends.
   - The job closed, replaced or shut down the descriptor: the process ends by JGI_SIGNAL_BROKEN,
   which the pool knows.
   - The job forked: the child is not the worker; it never touches the socket (pid is compared). */
#define _GNU_SOURCE
#include "channel.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../base/list.h"
#include "entry.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct run_item {
    struct jgi_link link;
    struct jgi_frame_head head;
    struct jgi_payload args;
};

struct call_place {
    struct jgi_channel_call *call; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
};

struct jgi_channel {
    int fd;
    dev_t device;
    ino_t inode;
    pid_t pid;
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool is_read; /* some thread reads, without the lock */
    struct jgi_frame_reader reader;
    struct jgi_buffer out;
    struct jgi_link runs;
    struct call_place *places;
    uint32_t place_count, free_place;
    uint64_t run_number;
    bool has_answered;
    bool has_sent; /* since it began */
    bool is_lent;
    struct jgi_claims *claims;
    bool has_left;    /* results in the claims, of which the pool has not been told */
    uint64_t told_ns; /* when something was sent last */
    char node_name[256];
};

enum { NO_PLACE = UINT32_MAX };

static struct jgi_channel *current;

struct jgi_channel *jgi_channel_current(void)
{
    return current;
}

bool jgi_channel_is_foreign(void)
{
    return current != NULL && current->pid != getpid();
}

const char *jgi_channel_node_name(const struct jgi_channel *channel)
{
    return channel->node_name;
}

static _Noreturn void die_by(int signal_number)
{
    sigset_t set;
    (void)signal(signal_number, SIG_DFL);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, signal_number);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    (void)kill(getpid(), signal_number);
    for (;;)
        (void)pause();
}

static _Noreturn void die_broken(void)
{
    die_by(JGI_SIGNAL_BROKEN);
}

_Noreturn void jgi_worker_die_starved(void)
{
    die_by(JGI_SIGNAL_STARVED);
}

struct jgi_channel *jgi_channel_open(int socket_fd, struct jgi_claims *claims)
{
    static struct jgi_channel channel;
    pthread_condattr_t attributes;
    struct stat status;
    channel = (struct jgi_channel){.fd = socket_fd,
                                   .pid = getpid(),
                                   .free_place = NO_PLACE,
                                   .claims = claims,
                                   .node_name = "local"};
    if (fstat(socket_fd, &status) != 0 || pthread_condattr_init(&attributes) != 0)
        jgi_worker_die_starved();
    channel.device = status.st_dev;
    channel.inode = status.st_ino;
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (pthread_mutex_init(&channel.lock, NULL) != 0 ||
        pthread_cond_init(&channel.news, &attributes) != 0)
        jgi_worker_die_starved();
    jgi_list_init(&channel.runs);
    channel.has_answered = true;
    current = &channel;
    return current;
}

static void check_is_ours(const struct jgi_channel *channel)
{
    struct stat status;
    if (fstat(channel->fd, &status) != 0 || status.st_ino != channel->inode ||
        status.st_dev != channel->device)
        die_broken();
}

/* The owner has gone; or the job has shut the socket down, and then the owner has to know. Locked.
 */
static _Noreturn void end_at_hangup(const struct jgi_channel *channel)
{
    if (!channel->has_answered) die_broken();
    jgi_worker_exit(0);
}

/* Sends `out` whole, `bulk_fd` (-1: none) with its first byte. Locked. */
static void flush_out(struct jgi_channel *channel, int bulk_fd)
{
    struct jgi_buffer *out = &channel->out;
    check_is_ours(channel);
    if (jgi_buffer_size(out) == 0) return;
    channel->has_sent = true;
    channel->has_left = false; /* any frame makes the pool look */
    channel->told_ns = jgi_clock_ns();
    while (jgi_buffer_size(out) > 0) {
        ssize_t sent = jgi_fd_send(channel->fd, jgi_buffer_data(out), jgi_buffer_size(out),
                                   &bulk_fd, bulk_fd >= 0 ? 1 : 0, 0);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) end_at_hangup(channel);
        if (sent < 0) die_broken();
        jgi_buffer_take(out, (size_t)sent);
        bulk_fd = -1;
    }
}

static bool send_frame(struct jgi_channel *channel, struct jgi_frame_head *head,
                       const struct jgi_payload *payload)
{
    if (!jgi_frame_add(&channel->out, head, payload)) return false;
    flush_out(channel, payload == NULL ? -1 : payload->bulk_fd);
    return true;
}

static void file_run(struct jgi_channel *channel, const struct jgi_frame_head *head,
                     const struct jgi_payload *args)
{
    struct run_item *item = malloc(sizeof *item);
    if (item == NULL) jgi_worker_die_starved();
    item->head = *head;
    item->args = *args;
    jgi_list_add_last(&channel->runs, &item->link);
}

static void file_answer(struct jgi_channel *channel, const struct jgi_frame_head *head,
                        struct jgi_payload *payload)
{
    uint32_t index = (uint32_t)head->call;
    struct jgi_channel_call *call =
        index < channel->place_count ? channel->places[index].call : NULL;
    if (call == NULL || call->number != head->call) {
        jgi_payload_fini(payload); /* it was forgotten before the answer came */
        return;
    }
    if (head->status == JG_OK) {
        call->outcome = JGI_OUTCOME_INIT;
        call->outcome.result = *payload;
    } else {
        if (!jgi_outcome_unpack((jg_status)head->status, payload, &call->outcome))
            jgi_outcome_fail(&call->outcome, (jg_status)head->status, "%s", "no more is known");
        jgi_payload_fini(payload);
    }
    call->has_ended = true;
}

static void note_node(struct jgi_channel *channel, struct jgi_payload *payload)
{
    size_t size = payload->message_size;
    if (size >= sizeof channel->node_name) size = sizeof channel->node_name - 1;
    if (size > 0) memcpy(channel->node_name, payload->message, size);
    channel->node_name[size] = '\0';
    jgi_payload_fini(payload);
}

static void file_frames(struct jgi_channel *channel)
{
    struct jgi_frame_head head;
    struct jgi_payload payload;
    int found;
    while ((found = jgi_frame_next(&channel->reader, &head, &payload)) > 0) {
        if (head.kind == JGI_FRAME_RUN)
            file_run(channel, &head, &payload);
        else if (head.kind == JGI_FRAME_NODE)
            note_node(channel, &payload);
        else if (head.kind == JGI_FRAME_ANSWER)
            file_answer(channel, &head, &payload);
        else
            die_broken();
    }
    if (found < 0 && errno == ENOMEM) jgi_worker_die_starved();
    if (found < 0) die_broken();
}

/* Reads once or waits for who reads. Locked before and after. False: the deadline has passed. */
static bool pump(struct jgi_channel *channel, uint64_t deadline_ns)
{
    if (channel->is_read) {
        if (deadline_ns == JGI_NEVER) return pthread_cond_wait(&channel->news, &channel->lock) == 0;
        struct timespec until = jgi_clock_timespec(deadline_ns);
        return pthread_cond_timedwait(&channel->news, &channel->lock, &until) != ETIMEDOUT;
    }
    channel->is_read = true;
    (void)pthread_mutex_unlock(&channel->lock);
    int ready = 1;
    if (deadline_ns != JGI_NEVER) {
        struct pollfd wait = {.fd = channel->fd, .events = POLLIN};
        ready = poll(&wait, 1, jgi_clock_poll_ms(deadline_ns));
    }
    int got = ready <= 0 ? ready : jgi_frame_fill(&channel->reader, channel->fd, 0);
    int error = errno;
    (void)pthread_mutex_lock(&channel->lock);
    channel->is_read = false;
    if (ready > 0 && (got == 0 || (got < 0 && error == ECONNRESET))) end_at_hangup(channel);
    if (ready > 0 && got < 0) {
        if (error == ENOMEM) jgi_worker_die_starved();
        die_broken();
    }
    if (got > 0) file_frames(channel);
    (void)pthread_cond_broadcast(&channel->news);
    return ready != 0;
}

static void tell_left(struct jgi_channel *channel)
{
    struct jgi_frame_head head = {.kind = JGI_FRAME_LEFT};
    if (!send_frame(channel, &head, NULL)) jgi_worker_die_starved();
}

void jgi_channel_next_run(struct jgi_channel *channel, struct jgi_frame_head *ret_head,
                          struct jgi_payload *ret_args)
{
    (void)pthread_mutex_lock(&channel->lock);
    while (jgi_list_is_empty(&channel->runs)) {
        if (channel->has_left) tell_left(channel); /* the pool has taken back what was behind it */
        (void)pump(channel, JGI_NEVER);
    }
    struct run_item *item = JGI_OWNER(channel->runs.next, struct run_item, link);
    jgi_list_remove(&item->link);
    *ret_head = item->head;
    *ret_args = item->args;
    channel->run_number = item->head.call;
    channel->has_answered = channel->has_sent = false;
    (void)pthread_mutex_unlock(&channel->lock);
    free(item);
}

void jgi_channel_answer(struct jgi_channel *channel, uint64_t run_ns,
                        const struct jgi_payload *result, const struct jgi_outcome *failure)
{
    struct jgi_payload told = JGI_PAYLOAD_INIT;
    struct jgi_frame_head head = {.kind = JGI_FRAME_RESULT, .run_ns = run_ns};
    head.status = failure == NULL ? JG_OK : (uint32_t)failure->status;
    if (failure != NULL && jgi_outcome_pack(failure, &told)) result = &told;
    (void)pthread_mutex_lock(&channel->lock);
    if (!channel->has_answered) {
        channel->is_lent = false;
        head.call = channel->run_number;
        if (!send_frame(channel, &head, result)) jgi_worker_die_starved();
        channel->has_answered = true;
    }
    (void)pthread_mutex_unlock(&channel->lock);
    jgi_payload_fini(&told);
}

/* Were frames of its own still on their way, the pool would take them for those of the next one. */
bool jgi_channel_leave(struct jgi_channel *channel, uint32_t place, uint64_t run_ns,
                       const struct jgi_payload *result)
{
    if (channel->claims == NULL || result->bulk_fd >= 0 || result->segment_count > 0 ||
        result->message_size > JGI_LEFT_MAX)
        return false;
    (void)pthread_mutex_lock(&channel->lock);
    bool is_left =
        !jgi_list_is_empty(&channel->runs) && !channel->has_sent && !channel->has_answered;
    if (is_left) {
        check_is_ours(channel); /* else the next one would be blamed */
        channel->has_answered = channel->has_left = true;
        jgi_claim_leave(channel->claims, place, run_ns, result->message, result->message_size);
        if (jgi_clock_ns() - channel->told_ns >= JGI_LEFT_NS) tell_left(channel);
    }
    (void)pthread_mutex_unlock(&channel->lock);
    return is_left;
}

static bool take_place(struct jgi_channel *channel, struct jgi_channel_call *call)
{
    if (channel->free_place == NO_PLACE) {
        uint32_t count = channel->place_count == 0 ? 16 : channel->place_count * 2;
        struct call_place *places = realloc(channel->places, count * sizeof *places);
        if (places == NULL) return false;
        for (uint32_t i = channel->place_count; i < count; i++)
            places[i] = (struct call_place){.next_free = i + 1 < count ? i + 1 : NO_PLACE};
        channel->free_place = channel->place_count;
        channel->places = places;
        channel->place_count = count;
    }
    uint32_t index = channel->free_place;
    struct call_place *place = &channel->places[index];
    channel->free_place = place->next_free;
    place->call = call;
    place->generation++;
    call->number = (uint64_t)place->generation << 32 | index;
    return true;
}

static void leave_place(struct jgi_channel *channel, struct jgi_channel_call *call)
{
    uint32_t index = (uint32_t)call->number;
    channel->places[index].call = NULL;
    channel->places[index].next_free = channel->free_place;
    channel->free_place = index;
    call->is_open = false;
}

/* Adds WAITING or RESUMED to what is sent next; losing it for lack of memory costs a slot's use,
 * nothing else. */
static void add_lending(struct jgi_channel *channel, bool is_lent)
{
    if (channel->is_lent == is_lent) return;
    struct jgi_frame_head head = {.kind = is_lent ? JGI_FRAME_WAITING : JGI_FRAME_RESUMED};
    if (jgi_frame_add(&channel->out, &head, NULL)) channel->is_lent = is_lent;
}

bool jgi_channel_call(struct jgi_channel *channel, struct jgi_channel_call *call,
                      struct jgi_frame_head *head, const struct jgi_payload *args, bool will_wait)
{
    *call = (struct jgi_channel_call){.outcome = JGI_OUTCOME_INIT};
    (void)pthread_mutex_lock(&channel->lock);
    bool is_sent = take_place(channel, call);
    if (is_sent) {
        head->kind = JGI_FRAME_CALL;
        head->call = call->number;
        is_sent = jgi_frame_add(&channel->out, head, args);
        if (!is_sent) leave_place(channel, call);
    }
    if (is_sent) {
        call->is_open = true;
        if (will_wait) add_lending(channel, true);
        flush_out(channel, args->bulk_fd);
    }
    (void)pthread_mutex_unlock(&channel->lock);
    return is_sent;
}

bool jgi_channel_wait(struct jgi_channel *channel, bool (*is_done)(const void *user),
                      const void *user, uint64_t deadline_ns)
{
    (void)pthread_mutex_lock(&channel->lock);
    bool is_now = is_done(user);
    while (!is_now) {
        add_lending(channel, true);
        flush_out(channel, -1);
        bool is_late = !pump(channel, deadline_ns);
        is_now = is_done(user);
        if (is_late) break;
    }
    if (is_now) {
        add_lending(channel, false);
        flush_out(channel, -1);
    }
    (void)pthread_mutex_unlock(&channel->lock);
    return is_now;
}

bool jgi_channel_poll(struct jgi_channel *channel, struct jgi_channel_call *call)
{
    (void)pthread_mutex_lock(&channel->lock);
    if (!call->has_ended && !channel->is_read) (void)pump(channel, 0);
    bool has_ended = call->has_ended;
    add_lending(channel, !has_ended);
    flush_out(channel, -1);
    (void)pthread_mutex_unlock(&channel->lock);
    return has_ended;
}

void jgi_channel_forget(struct jgi_channel *channel, struct jgi_channel_call *call)
{
    (void)pthread_mutex_lock(&channel->lock);
    if (call->is_open) {
        struct jgi_frame_head head = {.kind = JGI_FRAME_CANCEL, .call = call->number};
        bool has_ended = call->has_ended;
        leave_place(channel, call);
        if (!has_ended) {
            (void)jgi_frame_add(&channel->out, &head, NULL);
            add_lending(channel, false);
            flush_out(channel, -1);
        }
    }
    (void)pthread_mutex_unlock(&channel->lock);
    jgi_outcome_fini(&call->outcome);
}
