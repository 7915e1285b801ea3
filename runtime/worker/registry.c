/* SPDX-License-Identifier: MIT */
/* The jobs linked into this program, as the entries of generated code have told them.

   A table sorted by interface hash, made anew when a module comes or goes and then published, so
   that finding takes no lock. Older tables are kept, since somebody may still read them: they are
   as few as the modules. */
#include "registry.h"

#include <stdatomic.h>
#include <stdlib.h>

struct table {
    struct table *older;
    size_t count;
    const struct jgi_job *jobs[];
};

static bool has_lost_some;
static struct table nothing;
static _Atomic(struct table *) current = &nothing;

static struct table *load(void)
{
    return atomic_load_explicit(&current, memory_order_acquire);
}

static size_t place_of(const struct table *table, uint64_t interface_hash)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->jobs[middle]->interface_hash < interface_hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct jgi_job *find(const struct table *table, uint64_t interface_hash)
{
    size_t place = place_of(table, interface_hash);
    if (place == table->count || table->jobs[place]->interface_hash != interface_hash) return NULL;
    return table->jobs[place];
}

static void insert(struct table *table, const struct jgi_job *job)
{
    if (job == NULL || job->abi != JGI_ABI || find(table, job->interface_hash) != NULL) return;
    size_t place = place_of(table, job->interface_hash);
    for (size_t i = table->count++; i > place; i--)
        table->jobs[i] = table->jobs[i - 1];
    table->jobs[place] = job;
}

static bool is_in(const struct jgi_module *module, const struct jgi_job *job)
{
    for (const struct jgi_job *const *at = module->first; at < module->behind; at++)
        if (*at == job) return true;
    return false;
}

/* Publishes all that is known, with the module or without it. */
static void make_table(const struct jgi_module *with, const struct jgi_module *without)
{
    struct table *old = load();
    size_t more = with == NULL ? 0 : (size_t)(with->behind - with->first);
    struct table *table = malloc(sizeof *table + (old->count + more) * sizeof table->jobs[0]);
    if (table == NULL) {
        has_lost_some = true;
        if (without != NULL) atomic_store(&current, &nothing); /* better none than one unloaded */
        return;
    }
    table->older = old;
    table->count = 0;
    for (size_t i = 0; i < old->count; i++)
        if (without == NULL || !is_in(without, old->jobs[i])) insert(table, old->jobs[i]);
    for (size_t i = 0; i < more; i++)
        insert(table, with->first[i]);
    atomic_store_explicit(&current, table, memory_order_release);
}

void jgi_registry_add(const struct jgi_module *module)
{
    make_table(module, NULL);
}

void jgi_registry_remove(const struct jgi_module *module)
{
    make_table(NULL, module);
}

const struct jgi_job *jgi_registry_find(uint64_t interface_hash)
{
    return find(load(), interface_hash);
}

bool jgi_registry_is_whole(void)
{
    return !has_lost_some;
}

size_t jgi_registry_count(void)
{
    return load()->count;
}

const struct jgi_job *jgi_registry_at(size_t index)
{
    return load()->jobs[index];
}
