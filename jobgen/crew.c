/* SPDX-License-Identifier: MIT */
/* Each thread has a reader and an arena of its own and takes the next source that nobody has; since
 * what it gave is stored under the number of the source, nothing depends on who took it. */
#include "crew.h"

#include "arena.h"
#include "heap.h"
#include "libclang.h"
#include "read.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct member {
    struct crew *crew;
    struct arena *arena;
    struct reader *reader;
    struct collector *collector;
    pthread_t thread;
};

struct crew {
    struct libclang *libclang;
    bool is_ready;
    struct member *members; /* the first is the calling thread */
    size_t member_count;
    const struct crew_task *tasks;
    size_t task_count;
    atomic_size_t next;
    struct collected **found;
};

static void member_init(struct member *member, struct crew *crew, const struct crew_setup *setup)
{
    member->crew = crew;
    member->arena = arena_new();
    member->reader = reader_new(&(struct reader_setup){.arena = member->arena,
                                                       .libclang = setup->libclang,
                                                       .sources = setup->sources,
                                                       .generated = setup->generated,
                                                       .output = setup->options->output});
    member->collector = collector_new(&(struct collector_setup){.arena = member->arena,
                                                                .sources = setup->sources,
                                                                .reader = member->reader,
                                                                .options = setup->options});
}

struct crew *crew_new(const struct crew_setup *setup)
{
    struct crew *crew = memory_grow(NULL, sizeof *crew);
    *crew =
        (struct crew){.libclang = setup->libclang, .member_count = setup->options->thread_count};
    crew->members = memory_grow(NULL, crew->member_count * sizeof *crew->members);
    for (size_t i = 0; i < crew->member_count; i++)
        member_init(&crew->members[i], crew, setup);
    return crew;
}

void crew_free(struct crew *crew)
{
    if (!crew) return;
    for (size_t i = 0; i < crew->member_count; i++) {
        collector_free(crew->members[i].collector);
        reader_free(crew->members[i].reader);
        arena_free(crew->members[i].arena);
    }
    free(crew->members);
    free(crew);
}

static void *work(void *argument)
{
    struct member *member = argument;
    struct crew *crew = member->crew;
    for (size_t i; (i = atomic_fetch_add(&crew->next, 1)) < crew->task_count;)
        crew->found[i] =
            collect_source(member->collector, crew->tasks[i].source, crew->tasks[i].shared);
    return NULL;
}

/* What has to be done before there are threads. */
static void make_ready(struct crew *crew, struct diag_list *diags)
{
    if (crew->is_ready) return;
    heap_prepare(crew->member_count);
    (void)libclang_open(crew->libclang, diags); /* each source is without anything then */
    crew->is_ready = true;
}

struct collected **crew_run(struct crew *crew, const struct crew_task *tasks, size_t count,
                            struct diag_list *diags)
{
    size_t started = 1;
    if (count) make_ready(crew, diags);
    crew->tasks = tasks;
    crew->task_count = count;
    atomic_store(&crew->next, 0);
    crew->found = memory_grow(NULL, (count + 1) * sizeof *crew->found);
    /* Where no thread can be had the others do its part. */
    while (started < crew->member_count && started < count &&
           pthread_create(&crew->members[started].thread, NULL, work, &crew->members[started]) == 0)
        started++;
    (void)work(&crew->members[0]);
    for (size_t i = 1; i < started; i++)
        (void)pthread_join(crew->members[i].thread, NULL);
    return crew->found;
}

struct collector *crew_collector(struct crew *crew)
{
    return crew->members[0].collector;
}

struct reader *crew_reader(struct crew *crew)
{
    return crew->members[0].reader;
}
