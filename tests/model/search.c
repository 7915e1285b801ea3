/* SPDX-License-Identifier: MIT */
#include "search.h"

#include "choice.h"
#include "heap.h"

#include <stdio.h>
#include <string.h>

enum { SAVED_MAX = HEAP_SIZE * 9 / 8 + 64, WRITTEN_MAX = 4096 };

/* How a world was reached first. */
struct step {
    uint64_t key;
    uint32_t parent;
    struct choice choice;
};

/* Worlds of one distance, saved one behind the other. */
struct layer {
    uint8_t *bytes;
    size_t size, capacity;
    uint32_t first; /* number of the first world */
    size_t count;
};

struct search {
    const struct config *config;
    const struct rules *rules;
    struct world *world;
    struct step *steps;
    size_t count, capacity, states_max;
    uint32_t *slots; /* 1 + index of a step; 0: free */
    size_t slot_count;
    struct layer here, next;
    struct found found;
};

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 32;
}

static uint64_t key_of(const struct world *world)
{
    static _Alignas(8) uint8_t bytes[WRITTEN_MAX];
    size_t size = world_write(world, bytes);
    uint64_t hash = size;
    while (size % 8 != 0)
        bytes[size++] = 0;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        hash = mix(hash, word);
    }
    return hash;
}

static uint32_t *slot_of(struct search *search, uint64_t key)
{
    size_t at = key & (search->slot_count - 1);
    while (search->slots[at] != 0 && search->steps[search->slots[at] - 1].key != key)
        at = (at + 1) & (search->slot_count - 1);
    return &search->slots[at];
}

static void slots_grow(struct search *search)
{
    if (search->count * 2 < search->slot_count) return;
    search->slot_count = search->slot_count == 0 ? 1 << 16 : search->slot_count * 2;
    search->slots = heap_outside(search->slots, search->slot_count * sizeof *search->slots);
    memset(search->slots, 0, search->slot_count * sizeof *search->slots);
    for (size_t i = 0; i < search->count; i++)
        *slot_of(search, search->steps[i].key) = (uint32_t)i + 1;
}

static void layer_add(struct layer *layer)
{
    if (layer->size + SAVED_MAX > layer->capacity) {
        layer->capacity = layer->capacity * 2 + SAVED_MAX;
        layer->bytes = heap_outside(layer->bytes, layer->capacity);
    }
    uint8_t *at = layer->bytes + layer->size;
    uint64_t size = heap_save(at + 8);
    memcpy(at, &size, 8);
    layer->size += 8 + size;
    layer->count++;
}

/* Notes the world as it stands. False: it is known. */
static bool visit(struct search *search, uint32_t parent, struct choice choice)
{
    slots_grow(search);
    uint64_t key = key_of(search->world);
    uint32_t *slot = slot_of(search, key);
    if (*slot != 0) return false;
    if (search->count == search->capacity) {
        search->capacity = search->capacity == 0 ? 1 << 14 : search->capacity * 2;
        search->steps = heap_outside(search->steps, search->capacity * sizeof *search->steps);
    }
    search->steps[search->count++] = (struct step){.key = key, .parent = parent, .choice = choice};
    *slot = (uint32_t)search->count;
    layer_add(&search->next);
    return true;
}

enum { WAY_MAX = 1000 };

/* The way to a world, again, in words; the last choice comes first. */
static void tell_way(const struct config *config, const struct rules *rules,
                     const struct choice *way, size_t length)
{
    struct world *world = world_start(config, rules);
    for (size_t step = 1; length-- > 0; step++) {
        char text[200];
        choice_describe(world, way[length], text, sizeof text);
        (void)printf("#   %zu. %s\n", step, text);
        choice_apply(world, way[length]);
    }
    if (world->fault != NULL) return;
    (void)printf("#   then nothing else goes wrong:\n");
    world_rest(world, true);
}

static void tell(struct search *search, uint32_t parent, struct choice last)
{
    static struct choice way[WAY_MAX];
    size_t length = 0;
    way[length++] = last;
    for (uint32_t at = parent; at != 0 && length < WAY_MAX; at = search->steps[at].parent)
        way[length++] = search->steps[at].choice;
    (void)printf("# %s: %s\n", search->rules->name, search->found.fault);
    tell_way(search->config, search->rules, way, length);
}

static bool is_over(const struct search *search)
{
    return search->found.fault != NULL || search->found.is_bound_hit;
}

/* The world as it stands: is it new, does it break a rule, does it come to a good rest. */
static void look(struct search *search, uint32_t parent, struct choice choice)
{
    struct world *world = search->world;
    search->found.moves++;
    bool is_new = visit(search, parent, choice);
    if (!is_new && world->fault == NULL) return;
    if (world->fault == NULL) world_rest(world, false);
    search->found.fault = world->fault;
    search->found.is_bound_hit = search->count > search->states_max;
    if (world->fault != NULL) tell(search, parent, choice);
}

static void expand(struct search *search, const uint8_t *saved, uint32_t index)
{
    static struct choice choices[CHOICES_MAX];
    heap_restore(saved);
    size_t count = choice_list(search->world, choices);
    if (count == CHOICES_MAX) search->found.is_bound_hit = true;
    for (size_t i = 0; i < count && !is_over(search); i++) {
        if (i > 0) heap_restore(saved);
        choice_apply(search->world, choices[i]);
        look(search, index, choices[i]);
    }
}

static void expand_layer(struct search *search)
{
    struct layer empty = search->here;
    search->here = search->next;
    search->next = empty;
    search->next.size = search->next.count = 0;
    search->next.first = (uint32_t)search->count;
    const uint8_t *at = search->here.bytes;
    for (size_t i = 0; i < search->here.count && !is_over(search); i++) {
        uint64_t size;
        memcpy(&size, at, 8);
        expand(search, at + 8, search->here.first + (uint32_t)i);
        at += 8 + size;
    }
}

struct found search(const struct config *config, const struct rules *rules, size_t states_max)
{
    struct search search = {.config = config, .rules = rules, .states_max = states_max};
    search.world = world_start(config, rules);
    heap_set_base();
    look(&search, 0, (struct choice){0});
    while (search.next.count > 0 && !is_over(&search)) {
        expand_layer(&search);
        search.found.depth++;
    }
    search.found.states = search.count;
    (void)heap_outside(search.steps, 0);
    (void)heap_outside(search.slots, 0);
    (void)heap_outside(search.here.bytes, 0);
    (void)heap_outside(search.next.bytes, 0);
    return search.found;
}

/* Walks. ------------------------------------------------------------------------------------ */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}

/* One walk, of at most as many steps as `way` has room; the last choice first. */
static size_t walk_once(struct world *world, uint64_t *random, struct choice *way, size_t room)
{
    static struct choice choices[CHOICES_MAX];
    size_t length = 0, steps = next_random(random) % room;
    while (length < steps && world->fault == NULL) {
        size_t count = choice_list(world, choices);
        if (count == 0) break;
        struct choice choice = choices[next_random(random) % count];
        choice_apply(world, choice);
        way[room - ++length] = choice;
    }
    return length;
}

struct found walk(const struct config *config, const struct rules *rules, size_t walks)
{
    enum { STEPS = 120 };
    static struct choice way[STEPS];
    static uint8_t start[SAVED_MAX];
    struct found found = {0};
    uint64_t random = 20240229;
    struct world *world = world_start(config, rules);
    heap_set_base();
    (void)heap_save(start);
    for (size_t i = 0; i < walks && found.fault == NULL; i++) {
        heap_restore(start);
        size_t length = walk_once(world, &random, way, STEPS);
        if (world->fault == NULL) world_rest(world, false);
        found.moves += length;
        found.fault = world->fault;
        if (world->fault == NULL) continue;
        (void)printf("# %s, walk %zu: %s\n", rules->name, i, found.fault);
        tell_way(config, rules, way + STEPS - length, length);
    }
    found.states = found.moves;
    return found;
}
