/* SPDX-License-Identifier: MIT */
/* Member by member, with its place and type. */
#include "record.h"

#include <string.h>

static bool types_equal(const struct type *a, const struct type *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == TYPE_RECORD && a->record->is_anonymous && b->record->is_anonymous)
        return record_is_equal(a->record, b->record);
    if (a->kind == TYPE_RECORD) return strcmp(a->record->key, b->record->key) == 0;
    if (a->kind == TYPE_ARRAY)
        return a->extent->integer == b->extent->integer && types_equal(a->element, b->element);
    if (a->kind == TYPE_POINTER) return types_equal(a->element, b->element);
    if (a->kind == TYPE_VOID) return true;
    return strcmp(a->spelling, b->spelling) == 0;
}

static bool members_equal(const struct field *a, const struct field *b)
{
    bool has_name = a->name && b->name;
    return (has_name ? strcmp(a->name, b->name) == 0 : a->name == b->name) &&
           a->offset_bits == b->offset_bits && a->bit_width == b->bit_width &&
           types_equal(a->type, b->type);
}

bool record_is_equal(const struct record *a, const struct record *b)
{
    if (a->member_count != b->member_count || a->size_bytes != b->size_bytes ||
        a->align_bytes != b->align_bytes || a->is_packed != b->is_packed ||
        !a->header != !b->header)
        return false;
    for (size_t i = 0; i < a->member_count; i++)
        if (!members_equal(&a->members[i], &b->members[i])) return false;
    return true;
}
