/* SPDX-License-Identifier: MIT */
/* What generated encode, run and decode functions are written with. Only generated code includes
 * it, through stub.h.
 *
 * A call goes four ways: the caller checks its arguments (check), and puts them into a message
 * (send, put); the worker takes them out (take), runs the function and sends what it gave; the
 * caller gives it to the outputs (give). The first thing that fails is remembered, later ones do
 * nothing, and *_end and jgi_encode tell it: so generated code runs straight on. */
#ifndef JOBGEN_CODEC_H
#define JOBGEN_CODEC_H

#include <protobuf-c/protobuf-c.h>

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jgi_encoder; /* one payload being written */
struct jgi_decoder; /* one payload being read */

/* ---- extents: integers that know when they have none of their size ---- */

/* What an expression gives that does not fit, or has no value. */
#define JGI_NO_NUMBER INT64_MIN

static inline int64_t jgi_unsigned(uint64_t value)
{
    return value > (uint64_t)INT64_MAX ? JGI_NO_NUMBER : (int64_t)value;
}

static inline int64_t jgi_add(int64_t a, int64_t b)
{
    int64_t sum;
    bool is_over = __builtin_add_overflow(a, b, &sum);
    return is_over || a == JGI_NO_NUMBER || b == JGI_NO_NUMBER ? JGI_NO_NUMBER : sum;
}

static inline int64_t jgi_subtract(int64_t a, int64_t b)
{
    int64_t difference;
    bool is_over = __builtin_sub_overflow(a, b, &difference);
    return is_over || a == JGI_NO_NUMBER || b == JGI_NO_NUMBER ? JGI_NO_NUMBER : difference;
}

static inline int64_t jgi_multiply(int64_t a, int64_t b)
{
    int64_t product;
    bool is_over = __builtin_mul_overflow(a, b, &product);
    return is_over || a == JGI_NO_NUMBER || b == JGI_NO_NUMBER ? JGI_NO_NUMBER : product;
}

static inline int64_t jgi_divide(int64_t a, int64_t b)
{
    return a == JGI_NO_NUMBER || b == JGI_NO_NUMBER || b == 0 ? JGI_NO_NUMBER : a / b;
}

static inline int64_t jgi_remainder(int64_t a, int64_t b)
{
    return a == JGI_NO_NUMBER || b == JGI_NO_NUMBER || b == 0 ? JGI_NO_NUMBER : a % b;
}

/* The elements of two dimensions; the first negative one, if any. */
static inline int64_t jgi_area(int64_t rows, int64_t columns)
{
    int64_t product;
    if (rows < 0 || columns < 0) return rows < 0 ? rows : columns;
    return __builtin_mul_overflow(rows, columns, &product) ? JGI_NO_NUMBER : product;
}

/* None where a NULL was allowed and given. */
static inline int64_t jgi_if(bool is_there, int64_t extent)
{
    return is_there ? extent : 0;
}

/* The elements that come back of an array with that room. */
static inline size_t jgi_count_after(int64_t extent, size_t room)
{
    if (extent == JGI_NO_NUMBER) return room;
    return extent < 0 ? 0 : (uint64_t)extent > room ? room : (size_t)extent;
}

/* ---- what parameters refer to ---- */

/* Elements in memory and in the message: alike, or changed on the way. */
enum jgi_element {
    JGI_PLAIN,   /* the same bytes */
    JGI_BOOL,    /* the same bytes, 0 or 1 */
    JGI_INT16,   /* int32_t in the message */
    JGI_UINT16,  /* uint32_t in the message */
    JGI_INT32,   /* int64_t in the message: a long of 32 bits */
    JGI_UINT32,  /* uint64_t in the message */
    JGI_COMPLEX, /* two numbers in the message */
    JGI_RECORD   /* a message each */
};

struct jgi_member;

/* How a struct becomes a message, and back; `members`: those that refer to memory, which the two
 * functions leave alone. */
struct jgi_record {
    size_t size, align, message_size;
    void (*put)(struct jgi_encoder *out, const void *record, void *message);
    void (*get)(struct jgi_decoder *in, const void *message, void *record);
    const struct jgi_member *members;
    size_t member_count;
};

/* A pointer among the parameters, or an owned result. */
struct jgi_place {
    const char *name;   /* as in the source */
    const char *extent; /* as written; NULL: one element, or a string */
    size_t element_size;
    uint32_t field; /* its number in the messages */
    enum jgi_element element;
    bool is_written;                 /* by the job */
    bool is_optional;                /* NULL is allowed */
    bool is_here;                    /* a struct by value */
    const struct jgi_record *record; /* JGI_RECORD */
};

/* ---- check: the caller's arguments; false: JG_EARGS, and the sentence is made ---- */

bool jgi_check_one(struct jgi_encoder *out, const struct jgi_place *place, const void *pointer);
bool jgi_check_string(struct jgi_encoder *out, const struct jgi_place *place, const void *text);
bool jgi_check_array(struct jgi_encoder *out, const struct jgi_place *place, const void *array,
                     int64_t extent, size_t *ret_count);
/* An array that holds a string already. */
bool jgi_check_text(struct jgi_encoder *out, const struct jgi_place *place, const void *text,
                    int64_t extent, size_t *ret_room);
/* An array of strings, none of them NULL. */
bool jgi_check_strings(struct jgi_encoder *out, const struct jgi_place *place, const void *strings,
                       int64_t extent, size_t *ret_count);
/* A T ** that receives what the job allocates. */
bool jgi_check_receiver(struct jgi_encoder *out, const struct jgi_place *place, const void *to);
/* After all others: no two of them overlap if the job writes one. */
bool jgi_check_overlap(struct jgi_encoder *out);

/* What an extent reads, kept for the sentence of the next check; the value comes back. */
int64_t jgi_read(struct jgi_encoder *out, const char *name, int64_t value);
int64_t jgi_read_unsigned(struct jgi_encoder *out, const char *name, uint64_t value);

/* ---- send, put: into a message ---- */

/* Large arrays go beside the message; what is left for the message to hold comes back: as many as
 * elements, or for complex ones twice as many. */
size_t jgi_send(struct jgi_encoder *out, const struct jgi_place *place, const void *array,
                size_t count);
/* The elements as the message has them; here and below members of packed structs may be anywhere.
 */
void *jgi_widen(struct jgi_encoder *out, enum jgi_element element, const void *array, size_t count);
void *jgi_put_record(struct jgi_encoder *out, const struct jgi_record *record, const void *from);
/* The messages of an array, in an array of pointers. */
void *jgi_put_records(struct jgi_encoder *out, const struct jgi_record *record, const void *from,
                      size_t count);
ProtobufCBinaryData *jgi_put_strings(struct jgi_encoder *out, const void *strings, size_t count);
/* A copy that lasts as long as `out`. */
void *jgi_copy(struct jgi_encoder *out, const void *bytes, size_t size);

/* NULL as if empty. */
ProtobufCBinaryData jgi_string(const void *text);
/* A string that ends at its NUL, or at the end of its room. */
ProtobufCBinaryData jgi_text(const void *text, size_t room);

static inline ProtobufCBinaryData jgi_bytes(const void *bytes, size_t size)
{
    ProtobufCBinaryData data;
    data.len = size;
    data.data = (uint8_t *)bytes;
    return data;
}

/* The last step of encode and of run: packs the message, or tells what failed before. */
jg_status jgi_encode(struct jgi_encoder *out, const ProtobufCMessage *message);
jg_status jgi_encode_status(const struct jgi_encoder *out);

/* ---- take: out of a message; the memory lasts until the run's end ---- */

/* The message, or NULL; then jgi_decode_end tells why. */
void *jgi_decode(struct jgi_decoder *in, const ProtobufCMessageDescriptor *descriptor);

int8_t jgi_int8(struct jgi_decoder *in, int32_t value);
uint8_t jgi_uint8(struct jgi_decoder *in, uint32_t value);
int16_t jgi_int16(struct jgi_decoder *in, int32_t value);
uint16_t jgi_uint16(struct jgi_decoder *in, uint32_t value);
int32_t jgi_int32(struct jgi_decoder *in, int64_t value);
uint32_t jgi_uint32(struct jgi_decoder *in, uint64_t value);
char jgi_char(struct jgi_decoder *in, int32_t value);
/* What a bit-field of that width can hold. */
int64_t jgi_signed_bits(struct jgi_decoder *in, int64_t value, unsigned width);
uint64_t jgi_unsigned_bits(struct jgi_decoder *in, uint64_t value, unsigned width);
int64_t jgi_char_bits(struct jgi_decoder *in, int64_t value, unsigned width);

void *jgi_take_string(struct jgi_decoder *in, ProtobufCBinaryData text);
/* Behind the last one stands a NULL. */
void *jgi_take_strings(struct jgi_decoder *in, const struct jgi_place *place,
                       const ProtobufCBinaryData *strings, size_t count, int64_t extent,
                       size_t *ret_count);
void *jgi_take_text(struct jgi_decoder *in, const struct jgi_place *place, ProtobufCBinaryData text,
                    int64_t extent, size_t *ret_room);
/* `elements`: of JGI_RECORD the array of pointers to messages. */
void *jgi_take_array(struct jgi_decoder *in, const struct jgi_place *place, const void *elements,
                     size_t count, int64_t extent, size_t *ret_count);
void *jgi_take_record(struct jgi_decoder *in, const struct jgi_record *record, const void *message);

/* Members of records. */
void jgi_get_array(struct jgi_decoder *in, enum jgi_element element, const void *elements,
                   size_t count, void *to, size_t to_count, size_t size);
void jgi_get_records(struct jgi_decoder *in, const struct jgi_record *record, const void *messages,
                     size_t count, void *to, size_t to_count);

/* ---- run: what the function needs and gives beyond its arguments ---- */

/* Zeroed memory for an output; `ret_count` may be NULL. */
void *jgi_new_room(struct jgi_decoder *in, const struct jgi_place *place, int64_t extent,
                   size_t *ret_count);
/* The elements of an owned result; none behind NULL. */
size_t jgi_count_owned(struct jgi_encoder *out, const struct jgi_place *place, const void *pointer,
                       int64_t extent);

/* Generated code includes no header of the system's that could define a struct of the user's. */
void jgi_free(void *owned);

/* ---- give: to the caller, once all is checked, by jgi_decode_end ---- */

void jgi_give(struct jgi_decoder *in, void *to, const void *from, size_t size);
void jgi_give_text(struct jgi_decoder *in, const struct jgi_place *place, void *to, size_t room,
                   ProtobufCBinaryData text);
/* Of structs what is given comes back, or NULL. */
const void *jgi_give_array(struct jgi_decoder *in, const struct jgi_place *place, void *to,
                           size_t expected, const void *elements, size_t count);
/* What is given comes back, or NULL; there is no message where `to` is NULL. */
const void *jgi_give_record(struct jgi_decoder *in, const struct jgi_record *record, void *to,
                            const void *message);
/* `ret_value`: where the pointer goes; NULL: not wanted. The memory comes back, or NULL. */
void *jgi_give_owned(struct jgi_decoder *in, const struct jgi_place *place, void *ret_value,
                     bool is_there, int64_t extent, const void *elements, size_t count);
void jgi_give_owned_string(struct jgi_decoder *in, void *ret_value, bool is_there,
                           ProtobufCBinaryData text);

/* JG_OK, and everything is given; or what failed, and nothing is. */
jg_status jgi_decode_end(struct jgi_decoder *in);

#ifdef __cplusplus
}
#endif
#endif
