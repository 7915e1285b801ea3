/* SPDX-License-Identifier: MIT */
/* Carries what the model is made of into bytes and out of them: one function for each struct does
 * both, so that they cannot differ. Bytes that are not what was written break the courier: from
 * then on all that it brings is zero. */
#ifndef JOBGEN_COURIER_H
#define JOBGEN_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct courier;
struct strbuf;

struct courier *courier_new_writer(struct strbuf *out);
/* What is read lives in `arena`, and in `bytes`. */
struct courier *courier_new_reader(struct arena *arena, const char *bytes, size_t length);
void courier_free(struct courier *courier);

bool courier_is_writing(const struct courier *courier);

bool courier_is_broken(const struct courier *courier);

/* Whether nothing was wrong; of a reader also, that nothing is left. */
bool courier_is_right(const struct courier *courier);

/* What has to hold of what is carried. */
void courier_need(struct courier *courier, bool is_so);

void carry_number(struct courier *courier, uint64_t *number);

/* NULL allowed; equal texts are carried once. */
void carry_text(struct courier *courier, const char **text);

/* Moves an integer, an enum or a bool of any size. */
#define CARRY(courier, value)                                                                      \
    do {                                                                                           \
        uint64_t carried_number = (uint64_t)(value);                                               \
        carry_number(courier, &carried_number);                                                    \
        if (courier_is_writing(courier)) break;                                                    \
        (value) = (__typeof__(value))carried_number;                                               \
        courier_need(courier, (uint64_t)(value) == carried_number);                                \
    } while (0)

/* An enum whose last constant is that. */
#define CARRY_ENUM(courier, value, last)                                                           \
    do {                                                                                           \
        unsigned carried_enum = (unsigned)(value);                                                 \
        CARRY(courier, carried_enum);                                                              \
        courier_need(courier, carried_enum <= (unsigned)(last));                                   \
        if (!courier_is_writing(courier))                                                          \
            (value) = (__typeof__(value))(carried_enum <= (unsigned)(last) ? carried_enum : 0);    \
    } while (0)

/* `count` things of `size_bytes`, for the caller to carry what is in them: those given, or new
 * ones. */
void *carry_list(struct courier *courier, const void *list, size_t *count, size_t size_bytes);

/* What several may refer to; one kind for each type. */
enum courier_kind { COURIER_TYPE, COURIER_RECORD, COURIER_FIELD, COURIER_EXPR };

/* How many there have been. */
size_t courier_count(const struct courier *courier, enum courier_kind kind);

/* The thing given, NULL allowed, or the one that was carried. The first time `ret_is_new` is set,
 * and its content is to be carried next. */
void *carry_shared(struct courier *courier, enum courier_kind kind, const void *thing,
                   size_t size_bytes, bool *ret_is_new);

/* From here on others may refer to the thing, whose content is carried by the caller. */
void carry_identity(struct courier *courier, enum courier_kind kind, const void *thing);

/* Refers to a thing of which that is known; NULL allowed. */
const void *carry_reference(struct courier *courier, enum courier_kind kind, const void *thing);

/* Around what may hold others of its kind, so that no depth is too much for the stack. */
void courier_enter(struct courier *courier);
void courier_leave(struct courier *courier);

#endif
