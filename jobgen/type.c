/* SPDX-License-Identifier: MIT */
#include "type.h"

#include "arena.h"

bool type_is_countable(const struct type *type)
{
    return type &&
           (type->kind == TYPE_BOOL || type->kind == TYPE_INTEGER || type->kind == TYPE_ENUM);
}

const struct type *type_element(const struct type *type)
{
    if (type->kind == TYPE_POINTER) return type->element;
    while (type->kind == TYPE_ARRAY)
        type = type->element;
    return type;
}

const struct record *type_record(const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    return type->kind == TYPE_RECORD ? type->record : NULL;
}

bool type_is_byte(const struct type *type)
{
    return type->kind == TYPE_INTEGER && type->bits == 8;
}

bool type_is_double_pointer(const struct type *type)
{
    return type->kind == TYPE_POINTER && type->element->kind == TYPE_POINTER;
}

bool record_has_pointers(const struct record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const struct type *type = record->fields[i].type;
        while (type->kind == TYPE_ARRAY)
            type = type->element;
        if (type->kind == TYPE_POINTER ||
            (type->kind == TYPE_RECORD && record_has_pointers(type->record)))
            return true;
    }
    return false;
}

const char *type_print(struct arena *arena, const struct type *type)
{
    const char *constant = type->is_const ? "const " : "";
    switch (type->kind) {
    case TYPE_VOID:
        return arena_printf(arena, "%svoid", constant);
    case TYPE_BOOL:
    case TYPE_INTEGER:
    case TYPE_FLOATING:
    case TYPE_COMPLEX:
        return arena_printf(arena, "%s%s", constant, type->spelling);
    case TYPE_ENUM:
        return arena_printf(arena, "%senum %s", constant, type->enum_tag ? type->enum_tag : "");
    case TYPE_RECORD:
        return arena_printf(arena, "%s%s", constant, type->record->key);
    case TYPE_POINTER:
        return arena_printf(arena, "%s%s*%s", type_print(arena, type->element),
                            type->element->kind == TYPE_POINTER && !type->element->is_const ? ""
                                                                                            : " ",
                            type->is_const ? "const" : "");
    case TYPE_ARRAY:
        return arena_printf(arena, "%s[%s]", type_print(arena, type->element),
                            type->extent ? type->extent->text : "");
    }
    return "";
}
