/* SPDX-License-Identifier: MIT */
/* Numbers are written seven bits at a time. A text or thing is 0: none; 1: a new one, which
 * follows; or else two more than the number that it got when it was new. */
#include "courier.h"

#include "arena.h"
#include "list.h"
#include "strbuf.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 400, FIRST_SLOTS = 256 };

struct thing {
    const void *address;
    enum courier_kind kind;
};

struct courier {
    struct strbuf *out; /* NULL: it reads */
    struct arena *arena;
    const char *at, *end;
    struct list texts;    /* const char *, by number */
    struct list things;   /* struct thing, by number */
    struct table numbers; /* writing: of texts, one more */
    size_t *slots;        /* writing: of things by address, one more */
    size_t slot_count;
    size_t depth;
    bool is_broken;
};

struct courier *courier_new_writer(struct strbuf *out)
{
    struct courier *courier = memory_grow(NULL, sizeof *courier);
    *courier = (struct courier){.out = out};
    return courier;
}

struct courier *courier_new_reader(struct arena *arena, const char *bytes, size_t length)
{
    struct courier *courier = memory_grow(NULL, sizeof *courier);
    *courier = (struct courier){.arena = arena, .at = bytes, .end = bytes + length};
    return courier;
}

void courier_free(struct courier *courier)
{
    free(courier->texts.items);
    free(courier->things.items);
    table_fini(&courier->numbers);
    free(courier->slots);
    free(courier);
}

bool courier_is_writing(const struct courier *courier)
{
    return courier->out;
}

bool courier_is_broken(const struct courier *courier)
{
    return courier->is_broken;
}

bool courier_is_right(const struct courier *courier)
{
    return !courier->is_broken && courier->at == courier->end;
}

void courier_need(struct courier *courier, bool is_so)
{
    if (is_so) return;
    courier->is_broken = true;
    if (!courier->out) courier->at = courier->end;
}

void courier_enter(struct courier *courier)
{
    courier_need(courier, ++courier->depth < DEPTH_MOST);
}

void courier_leave(struct courier *courier)
{
    courier->depth--;
}

/* ---- numbers ---- */

static void number_write(struct courier *courier, uint64_t number)
{
    char bytes[10];
    size_t count = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[count++] = (char)(number | 0x80);
    bytes[count++] = (char)number;
    strbuf_add_bytes(courier->out, bytes, count);
}

static uint64_t number_read(struct courier *courier)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && courier->at < courier->end; shift += 7) {
        unsigned char byte = (unsigned char)*courier->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return number;
    }
    courier_need(courier, false);
    return 0;
}

void carry_number(struct courier *courier, uint64_t *number)
{
    if (courier->out)
        number_write(courier, *number);
    else
        *number = number_read(courier);
}

/* ---- texts and lists ---- */

static void text_write(struct courier *courier, const char *text)
{
    if (!text) {
        number_write(courier, 0);
        return;
    }
    struct table_row *row = table_at(&courier->numbers, text);
    if (row->value) {
        number_write(courier, (uintptr_t)row->value + 1);
        return;
    }
    LIST_ADD(&courier->texts, const char *) = text;
    row->value = (void *)(uintptr_t)courier->texts.count;
    size_t length = strlen(text);
    number_write(courier, 1);
    number_write(courier, length);
    strbuf_add_bytes(courier->out, text, length + 1);
}

static const char *text_read(struct courier *courier)
{
    uint64_t number = number_read(courier);
    if (number == 0) return NULL;
    if (number > 1) {
        courier_need(courier, number - 2 < courier->texts.count);
        return courier->is_broken ? NULL : LIST_AT(&courier->texts, const char *, number - 2);
    }
    uint64_t length = number_read(courier);
    courier_need(courier, length < (size_t)(courier->end - courier->at) &&
                              memchr(courier->at, '\0', length + 1) == courier->at + length);
    if (courier->is_broken) return NULL;
    const char *text = courier->at;
    courier->at += length + 1;
    LIST_ADD(&courier->texts, const char *) = text;
    return text;
}

void carry_text(struct courier *courier, const char **text)
{
    if (courier->out)
        text_write(courier, *text);
    else
        *text = text_read(courier);
}

void *carry_list(struct courier *courier, const void *list, size_t *count, size_t size_bytes)
{
    CARRY(courier, *count);
    if (courier->out) return (void *)list;
    /* Each takes a byte at least. */
    courier_need(courier, *count <= (size_t)(courier->end - courier->at));
    if (courier->is_broken) *count = 0;
    return arena_alloc(courier->arena, *count * size_bytes);
}

/* ---- things ---- */

/* Where the number of the thing is or belongs. */
static size_t *slot_find(const struct courier *courier, const struct thing *thing)
{
    uint64_t hash = ((uintptr_t)thing->address >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t at = (size_t)(hash >> 20);; at++) {
        size_t *slot = &courier->slots[at & (courier->slot_count - 1)];
        if (!*slot) return slot;
        const struct thing *there = &LIST_AT(&courier->things, struct thing, *slot - 1);
        if (there->address == thing->address && there->kind == thing->kind) return slot;
    }
}

static void slots_grow(struct courier *courier)
{
    if (courier->things.count * 2 < courier->slot_count) return;
    courier->slot_count = courier->slot_count ? courier->slot_count * 2 : FIRST_SLOTS;
    size_t size_bytes = courier->slot_count * sizeof *courier->slots;
    courier->slots = memory_grow(courier->slots, size_bytes);
    memset(courier->slots, 0, size_bytes);
    for (size_t i = 0; i < courier->things.count; i++)
        *slot_find(courier, &LIST_AT(&courier->things, struct thing, i)) = i + 1;
}

void carry_identity(struct courier *courier, enum courier_kind kind, const void *thing)
{
    struct thing made = {thing, kind};
    if (courier->out) slots_grow(courier);
    LIST_ADD(&courier->things, struct thing) = made;
    if (courier->out) *slot_find(courier, &made) = courier->things.count;
}

size_t courier_count(const struct courier *courier, enum courier_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < courier->things.count; i++)
        count += LIST_AT(&courier->things, struct thing, i).kind == kind;
    return count;
}

/* One more than the thing's number; 0: it has none. */
static size_t thing_find(struct courier *courier, enum courier_kind kind, const void *thing)
{
    return courier->slots ? *slot_find(courier, &(struct thing){thing, kind}) : 0;
}

/* NULL: there is none of that number and kind. */
static const void *thing_at(struct courier *courier, enum courier_kind kind, uint64_t number)
{
    bool is_there = number < courier->things.count &&
                    LIST_AT(&courier->things, struct thing, number).kind == kind;
    courier_need(courier, is_there);
    return is_there ? LIST_AT(&courier->things, struct thing, number).address : NULL;
}

void *carry_shared(struct courier *courier, enum courier_kind kind, const void *thing,
                   size_t size_bytes, bool *ret_is_new)
{
    size_t known = courier->out && thing ? thing_find(courier, kind, thing) : 0;
    uint64_t number = !thing ? 0 : known + 1;
    *ret_is_new = false;
    carry_number(courier, &number);
    if (number == 0) return NULL;
    if (number > 1) return (void *)(courier->out ? thing : thing_at(courier, kind, number - 2));
    if (!courier->out) thing = arena_alloc(courier->arena, size_bytes);
    carry_identity(courier, kind, thing);
    *ret_is_new = true;
    return (void *)thing;
}

const void *carry_reference(struct courier *courier, enum courier_kind kind, const void *thing)
{
    uint64_t number = courier->out && thing ? thing_find(courier, kind, thing) : 0;
    if (courier->out) courier_need(courier, !thing || number);
    carry_number(courier, &number);
    if (courier->out || !number) return thing;
    return thing_at(courier, kind, number - 1);
}
