/* SPDX-License-Identifier: MIT */
/* Fields 1 to 4 of a head: kind, number, floor, status; each a tag and a varint. */
#include "brief.h"

#include <string.h>

enum { KIND = 1, NUMBER, FLOOR, STATUS, FIELDS };

/* Nothing but those fields is set. */
static bool is_brief(const struct jgi_message *message)
{
    static const struct jgi_message none;
    struct jgi_message others = *message;
    others.kind = none.kind;
    others.number = others.floor = others.status = 0;
    others.body = NULL;
    others.body_size = 0;
    return memcmp(&others, &none, sizeof none) == 0; /* padding may differ: then it is not brief */
}

static size_t put(uint8_t *to, unsigned field, uint64_t value)
{
    size_t size = 0;
    if (value == 0) return 0;
    to[size++] = (uint8_t)(field << 3);
    for (; value >= 0x80; value >>= 7)
        to[size++] = (uint8_t)(value | 0x80);
    to[size++] = (uint8_t)value;
    return size;
}

size_t jgi_brief_write(const struct jgi_message *message, uint8_t *to)
{
    if (!is_brief(message)) return 0;
    size_t size = put(to, KIND, message->kind);
    size += put(to + size, NUMBER, message->number);
    size += put(to + size, FLOOR, message->floor);
    return size + put(to + size, STATUS, message->status);
}

bool jgi_brief_read(const uint8_t *head, size_t size, struct jgi_message *ret_message)
{
    uint64_t values[FIELDS] = {0};
    for (size_t at = 0; at < size;) {
        unsigned tag = head[at++], field = tag >> 3;
        uint64_t value = 0;
        unsigned shift = 0;
        if (field < KIND || field >= FIELDS || (tag & 7) != 0) return false;
        for (;; shift += 7) {
            if (at == size || shift > 56) return false; /* none that large is usual */
            value |= (uint64_t)(head[at] & 0x7f) << shift;
            if (head[at++] < 0x80) break;
        }
        values[field] = value;
    }
    if (values[KIND] == JGI_MESSAGE_NONE || values[KIND] >= JGI_MESSAGE_KIND_COUNT ||
        values[STATUS] > UINT32_MAX)
        return false;
    *ret_message = (struct jgi_message){.kind = (enum jgi_message_kind)values[KIND],
                                        .number = values[NUMBER],
                                        .floor = values[FLOOR],
                                        .status = (uint32_t)values[STATUS]};
    return true;
}
