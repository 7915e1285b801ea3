/* SPDX-License-Identifier: MIT */
/* Member by member, with its place and type. */
#include "record.h"

#include <string.h>

static bool types_equal(const struct type *a, const struct type *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == TYPE_RECORD) return strcmp(a->record->usr, b->record->usr) == 0;
    if (a->kind == TYPE_ARRAY)
        return a->extent->integer == b->extent->integer && types_equal(a->element, b->element);
    return strcmp(a->spelling, b->spelling) == 0;
}

bool record_is_equal(const struct record *a, const struct record *b)
{
    if (a->field_count != b->field_count || a->size_bytes != b->size_bytes ||
        a->align_bytes != b->align_bytes || a->is_packed != b->is_packed)
        return false;
    for (size_t i = 0; i < a->field_count; i++)
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
            a->fields[i].offset_bits != b->fields[i].offset_bits ||
            !types_equal(a->fields[i].type, b->fields[i].type))
            return false;
    return true;
}
