/* SPDX-License-Identifier: MIT */
/* The jobs linked into this program, as the entries of generated code have told them. */
#include "registry.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct jgi_job **jobs; /* sorted by interface hash */
static size_t job_count;

static size_t place_of(uint64_t interface_hash)
{
    size_t low = 0, high = job_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (jobs[middle]->interface_hash < interface_hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_one(const struct jgi_job *job)
{
    size_t place = place_of(job->interface_hash);
    if (job->abi != JGI_ABI) return; /* its calls are told so by JG_EMISMATCH */
    if (place < job_count && jobs[place]->interface_hash == job->interface_hash) return;
    const struct jgi_job **more = realloc(jobs, (job_count + 1) * sizeof *jobs);
    if (more == NULL) return; /* then it is not known, and said to be so when it is called */
    jobs = more;
    for (size_t i = job_count++; i > place; i--)
        jobs[i] = jobs[i - 1];
    jobs[place] = job;
}

void jgi_registry_add(const struct jgi_job *const *first, const struct jgi_job *const *behind)
{
    (void)pthread_mutex_lock(&lock);
    for (; first < behind; first++)
        if (*first != NULL) add_one(*first);
    (void)pthread_mutex_unlock(&lock);
}

const struct jgi_job *jgi_registry_find(uint64_t interface_hash)
{
    (void)pthread_mutex_lock(&lock);
    size_t place = place_of(interface_hash);
    const struct jgi_job *job =
        place < job_count && jobs[place]->interface_hash == interface_hash ? jobs[place] : NULL;
    (void)pthread_mutex_unlock(&lock);
    return job;
}

size_t jgi_registry_count(void)
{
    return job_count;
}

const struct jgi_job *jgi_registry_at(size_t index)
{
    return jobs[index];
}
