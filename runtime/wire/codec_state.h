/* SPDX-License-Identifier: MIT */
/* What an encoder and a decoder hold while generated code works with them. */
#ifndef JOBGEN_WIRE_CODEC_STATE_H
#define JOBGEN_WIRE_CODEC_STATE_H

#include <jobgen/stub.h>

#include "arena.h"
#include "bulk.h"
#include "payload.h"
#include "rooms.h"

/* What failed first; later failures do nothing. */
struct jgi_trouble {
    jg_status status;
    char *text; /* owned; NULL: no memory for it, or none needed */
};

__attribute__((format(printf, 3, 4))) void
jgi_trouble_set(struct jgi_trouble *trouble, jg_status status, const char *format, ...);

/* Memory of the caller's that a parameter refers to. */
struct jgi_range {
    const struct jgi_place *place;
    const struct jgi_scope *scope; /* of a member; NULL: a parameter */
    uintptr_t begin, end;
};

/* A part of a memfd that is mapped. */
struct jgi_mapping {
    struct jgi_mapping *next;
    void *address;
    size_t size;
    uint64_t offset;
    bool is_borrowed; /* a part of a larger one */
};

/* What an extent has read at the call. */
struct jgi_reading {
    const char *name;
    int64_t value; /* the bits of an unsigned one */
    bool is_unsigned;
};

enum { JGI_READINGS_MAX = 4, JGI_RANGES_FIRST = 8, JGI_GIFTS_FIRST = 8 };

/* malloc'ed: for the caller, or what is of no use any more. */
struct jgi_owned {
    struct jgi_owned *next;
    void *bytes;
};

struct jgi_encoder {
    const struct jgi_job *job;
    struct jgi_trouble trouble;
    struct jgi_payload payload; /* grows here */
    size_t segment_capacity;
    struct jgi_bulk *bulk;     /* the payload's memfd, if it is one that is used again */
    struct jgi_mapping *rooms; /* outputs that lie in the payload's memfd */
    size_t room_bytes;         /* of all of them */
    size_t sent_bytes;         /* of them, in segments */
    struct jgi_reading readings[JGI_READINGS_MAX]; /* since the last check */
    size_t reading_count;
    struct jgi_range *ranges;
    size_t range_count, range_capacity;
    struct jgi_range first_ranges[JGI_RANGES_FIRST];
    struct jgi_rooms own_rooms;     /* of a call's arguments */
    struct jgi_rooms *member_rooms; /* these; of a result those of its arguments */
    struct jgi_owned *unwanted;     /* freed when the message is packed */
    struct jgi_arena arena;
};

/* Bytes that go to the caller when all is checked: from memory, or from the memfd. */
struct jgi_gift {
    void *to;
    const void *from; /* NULL: from the memfd */
    uint64_t offset;
    size_t size;
};

struct jgi_decoder {
    const struct jgi_job *job;
    struct jgi_trouble trouble;
    const struct jgi_payload *payload; /* borrowed */
    uint64_t file_size;                /* of its memfd */
    struct jgi_encoder *out;           /* of a run: the result's */
    struct jgi_mapping *inputs;        /* arrays that lie in the payload's memfd, each by itself */
    struct jgi_view input_view;        /* or all of it; map NULL: not so */
    struct jgi_owned *owned;           /* for the caller; freed if anything fails */
    struct jgi_owned *unwanted;        /* of the caller; freed if nothing does */
    struct jgi_rooms own_rooms;        /* of a run */
    struct jgi_rooms *member_rooms;    /* these; of a result those of its call, or NULL */
    struct jgi_gift *gifts;
    size_t gift_count, gift_capacity;
    struct jgi_gift first_gifts[JGI_GIFTS_FIRST];
    struct jgi_arena arena;
};

void jgi_encoder_init(struct jgi_encoder *out, const struct jgi_job *job);
/* `is_sent`: its payload was taken over. */
void jgi_encoder_fini(struct jgi_encoder *out, bool is_sent);

void jgi_decoder_init(struct jgi_decoder *in, const struct jgi_job *job,
                      const struct jgi_payload *payload);
void jgi_decoder_fini(struct jgi_decoder *in);

/* What failed: memory, or what the other side has sent. */
void jgi_decoder_no_memory(struct jgi_decoder *in);
void jgi_decoder_broken(struct jgi_decoder *in, const char *what);

/* The segment of that field, or NULL; and all of its bytes. */
const struct jgi_segment *jgi_decoder_segment(const struct jgi_decoder *in, uint32_t field);
void jgi_decoder_read(struct jgi_decoder *in, const struct jgi_segment *segment, void *to);

/* A mapped part of the memfd of `out` for an output of that size; NULL: it has no place there, or
 * there is trouble. */
void *jgi_encoder_new_room(struct jgi_encoder *out, size_t size);

/* Memory that a parameter, or a member in `scope`, refers to; false: no memory. */
bool jgi_encoder_note_range(struct jgi_encoder *out, const struct jgi_place *place,
                            const struct jgi_scope *scope, const void *pointer, size_t size);

/* Sets the sentence that refuses a parameter, or a member in `scope`; false comes back. */
bool jgi_encoder_refuse(struct jgi_encoder *out, const struct jgi_place *place,
                        const struct jgi_scope *scope, const char *what);

/* Whether it is a number of elements that memory can hold; else it is refused, with what the extent
 * has read. */
bool jgi_encoder_check_count(struct jgi_encoder *out, const struct jgi_place *place,
                             const struct jgi_scope *scope, int64_t extent, size_t *ret_count);

/* malloc'ed by a job; NULL is allowed. */
void jgi_encoder_free_later(struct jgi_encoder *out, void *memory);

/* What lasts as long as the decoder; NULL: no memory, which is noted. */
void *jgi_decoder_zalloc(struct jgi_decoder *in, size_t size, size_t align);
/* Elements as memory has them, from a message that holds that many. */
void *jgi_decoder_convert(struct jgi_decoder *in, const struct jgi_place *place,
                          const void *elements, size_t count);
/* An array of `count` strings and a NULL. */
void *jgi_decoder_strings(struct jgi_decoder *in, const ProtobufCBinaryData *strings, size_t count);
/* malloc'ed and zeroed, the caller's if nothing fails. */
void *jgi_decoder_own(struct jgi_decoder *in, size_t size, size_t align);
char *jgi_decoder_own_text(struct jgi_decoder *in, ProtobufCBinaryData text);
/* Of the caller; NULL is allowed. */
void jgi_decoder_free_later(struct jgi_decoder *in, void *memory);

/* How many numbers a message has for so many elements. */
static inline size_t jgi_wire_count(enum jgi_element element, size_t count)
{
    return element == JGI_COMPLEX ? 2 * count : count;
}

/* Unmaps and forgets them; they lie in an arena. */
void jgi_mappings_fini(struct jgi_mapping **mappings);

#endif
