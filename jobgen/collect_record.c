/* SPDX-License-Identifier: MIT */
/* Records: their members, their layout checked against the rule, each kept once per tag. */
#include "unit.h"

#include "arena.h"
#include "describe.h"
#include "record.h"

#include <string.h>

struct record_set {
    struct arena *arena;
    struct record **records;
    size_t count;
};

struct record_set *record_set_new(struct arena *arena)
{
    struct record_set *set = arena_alloc(arena, sizeof *set);
    set->arena = arena;
    return set;
}

size_t record_set_count(const struct record_set *set)
{
    return set->count;
}

struct field_list {
    struct unit *unit;
    struct type_subject *subject;
    const char *tag;
    struct field *fields;
    size_t count, capacity;
};

static bool is_pointer_or_function(enum CXTypeKind kind)
{
    return kind == CXType_Pointer || kind == CXType_BlockPointer;
}

static const struct type *member_type(struct field_list *list, CXCursor cursor, const char *name)
{
    struct unit *unit = list->unit;
    const struct libclang *lc = unit->lc;
    CXType canonical = lc->getCanonicalType(lc->getCursorType(cursor));
    while (canonical.kind == CXType_ConstantArray)
        canonical = lc->getCanonicalType(lc->getArrayElementType(canonical));
    if (lc->Cursor_isBitField(cursor)) {
        refuse_type(unit, list->subject, CHECK_BIT_FIELD,
                    "struct %s, whose member '%s' is a bit-field: not supported yet; use a whole "
                    "integer",
                    list->tag, name ? name : "");
        return NULL;
    }
    if (!name) {
        refuse_type(unit, list->subject, CHECK_ANONYMOUS_MEMBER,
                    "struct %s, which has an anonymous member: not supported yet; give it a name "
                    "and a tag",
                    list->tag);
        return NULL;
    }
    if (is_pointer_or_function(canonical.kind)) {
        CXType pointee = lc->getCanonicalType(lc->getPointeeType(canonical));
        bool is_function = canonical.kind == CXType_BlockPointer ||
                           pointee.kind == CXType_FunctionProto ||
                           pointee.kind == CXType_FunctionNoProto;
        bool is_self =
            pointee.kind == CXType_Record &&
            !strcmp(list->tag,
                    unit_string(unit, lc->getCursorSpelling(lc->getTypeDeclaration(pointee))));
        refuse_type(unit, list->subject,
                    is_function ? CHECK_FUNCTION_POINTER
                    : is_self   ? CHECK_SELF_REFERENCE
                                : CHECK_POINTER_MEMBER,
                    is_function ? "struct %s, whose member '%s' is a function pointer, which has "
                                  "no meaning in another process; use an enum"
                    : is_self
                        ? "struct %s, whose member '%s' leads to another of its kind: pass an "
                          "array with indices instead"
                        : "struct %s, whose member '%s' is a pointer: not supported yet; "
                          "pass what it points to as a parameter",
                    list->tag, name);
        return NULL;
    }
    if (canonical.kind == CXType_IncompleteArray ||
        (canonical.kind == CXType_ConstantArray && lc->getArraySize(canonical) == 0)) {
        refuse_type(unit, list->subject, CHECK_FLEXIBLE_ARRAY,
                    "struct %s, whose member '%s' has no fixed size; pass it as an array parameter",
                    list->tag, name);
        return NULL;
    }
    return collect_member_type(unit, lc->getCursorType(cursor), list->subject);
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData client)
{
    struct field_list *list = client;
    struct unit *unit = list->unit;
    const struct libclang *lc = unit->lc;
    struct field field = {.bit_width = -1};
    size_t offset;
    field.name = unit_declared_name(unit, cursor);
    (void)unit_position(unit, lc->getCursorLocation(cursor), &offset, &field.location);
    field.type = member_type(list, cursor, field.name);
    if (!field.type) {
        if (field.location.file)
            diag_note(unit->diags, field.location, NULL, "the member is declared here");
        return CXVisit_Break;
    }
    field.location.length = (unsigned)strlen(field.name);
    long long bits = lc->Cursor_getOffsetOfField(cursor);
    field.offset_bits = bits < 0 ? 0 : (uint64_t)bits;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct field *grown = arena_alloc(unit->arena, capacity * sizeof *grown);
        if (list->count) memcpy(grown, list->fields, list->count * sizeof *grown);
        list->fields = grown;
        list->capacity = capacity;
    }
    list->fields[list->count++] = field;
    return CXVisit_Continue;
}

static uint64_t type_size(const struct type *type)
{
    if (type->kind == TYPE_ARRAY) return type->extent->integer * type_size(type->element);
    return type->kind == TYPE_RECORD ? type->record->size_bytes : type->bits / 8;
}

static uint64_t type_align(const struct type *type)
{
    while (type->kind == TYPE_ARRAY)
        type = type->element;
    return type->kind == TYPE_RECORD ? type->record->align_bytes : type->bits / 8;
}

static uint64_t round_up(uint64_t value, uint64_t align)
{
    return align ? (value + align - 1) / align * align : value;
}

/* Whether laying the fields out by the rule gives what the compiler has. */
static bool is_layout(const struct record *record, bool is_packed, uint64_t *ret_align)
{
    uint64_t at = 0, align = 1;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        uint64_t field_align = is_packed ? 1 : type_align(field->type);
        if (field_align > align) align = field_align;
        at = round_up(at, field_align);
        if (at * 8 != field->offset_bits) return false;
        at += type_size(field->type);
    }
    *ret_align = align;
    uint64_t whole = record->align_bytes > align ? record->align_bytes : align;
    return record->align_bytes >= align && round_up(at, whole) == record->size_bytes;
}

static bool record_layout(struct unit *unit, struct record *record, struct type_subject *subject)
{
    uint64_t align = 1;
    if (!is_layout(record, false, &align)) {
        record->is_packed = true;
        if (!is_layout(record, true, &align)) {
            refuse_type(unit, subject, CHECK_RECORD_LAYOUT,
                        "struct %s, whose layout cannot be written again (alignment of single "
                        "members, or #pragma pack); use a plain struct",
                        record->tag);
            return false;
        }
    }
    record->declared_align = record->align_bytes > align ? record->align_bytes : 0;
    return true;
}

static const struct record *record_keep(struct unit *unit, struct record *record,
                                        struct type_subject *subject)
{
    struct record_set *set = unit->records;
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->records[i]->tag, record->tag) != 0) continue;
        if (record_is_equal(set->records[i], record)) return set->records[i];
        refuse_type(unit, subject, CHECK_RECORD_DIFFERS,
                    "struct %s, of which jobs know two different definitions; rename one",
                    record->tag);
        diag_note(unit->diags, set->records[i]->location, NULL, "one is here");
        diag_note(unit->diags, record->location, NULL, "the other is here");
        return NULL;
    }
    struct record **grown = arena_alloc(unit->arena, (set->count + 1) * sizeof *grown);
    if (set->count) memcpy(grown, set->records, set->count * sizeof *grown);
    grown[set->count++] = record;
    set->records = grown;
    return record;
}

/* A record whose definition stands in the parameter list is no use to any caller. */
static bool is_in_parameters(const struct unit *unit, CXCursor record, CXCursor function)
{
    const struct libclang *lc = unit->lc;
    size_t at, name, end;
    const char *file = unit_position(unit, lc->getCursorLocation(record), &at, NULL);
    const char *other = unit_position(unit, lc->getCursorLocation(function), &name, NULL);
    (void)unit_position(unit, lc->getRangeEnd(lc->getCursorExtent(function)), &end, NULL);
    return file && other && !strcmp(file, other) && at > name && at < end;
}

const struct record *collect_record(struct unit *unit, CXCursor declaration,
                                    struct type_subject *subject)
{
    const struct libclang *lc = unit->lc;
    const char *tag = unit_declared_name(unit, declaration);
    bool is_system = lc->Location_isInSystemHeader(lc->getCursorLocation(declaration));
    if (lc->getCursorKind(declaration) == CXCursor_UnionDecl) {
        refuse_type(unit, subject, CHECK_UNION,
                    "a union, of which nobody knows which member holds; pass a struct with a "
                    "member for each");
        return NULL;
    }
    if (!tag || lc->Cursor_isAnonymous(declaration)) {
        refuse_type(unit, subject, CHECK_TAGLESS_RECORD,
                    "a struct without a tag: not supported yet; write struct tag { ... }");
        return NULL;
    }
    if (is_system && (!strcmp(tag, "_IO_FILE") || !strcmp(tag, "__sFILE"))) {
        (void)refuse_type_name(unit, subject, "FILE");
        return NULL;
    }
    if (!strcmp(tag, "__va_list_tag") || !strcmp(tag, "__va_list")) {
        (void)refuse_type_name(unit, subject, "va_list");
        return NULL;
    }
    CXCursor definition = lc->getCursorDefinition(declaration);
    if (lc->Cursor_isNull(definition)) {
        size_t length = strlen(tag);
        bool is_handle = length > 4 && !strcmp(tag + length - 4, "_job");
        refuse_type(unit, subject, is_handle ? CHECK_JOB_HANDLE : CHECK_OPAQUE_RECORD,
                    is_handle ? "struct %s, a handle, which belongs to this process; get the "
                                "job's result and pass that"
                              : "struct %s, whose members are not known here; include its "
                                "definition or pass its contents",
                    tag);
        return NULL;
    }
    if (is_in_parameters(unit, definition, subject->function)) {
        refuse_type(unit, subject, CHECK_RECORD_SCOPE,
                    "struct %s, which is defined in the parameter list, where no caller can see "
                    "it; define it before the function",
                    tag);
        return NULL;
    }
    struct record *record = arena_alloc(unit->arena, sizeof *record);
    struct field_list list = {.unit = unit, .subject = subject, .tag = tag};
    CXType type = lc->getCursorType(definition);
    size_t offset;
    (void)unit_position(unit, lc->getCursorLocation(definition), &offset, &record->location);
    (void)lc->Type_visitFields(type, visit_field, &list);
    if (subject->is_refused) return NULL;
    record->tag = tag;
    record->usr = unit_string(unit, lc->getCursorUSR(definition));
    record->fields = list.fields;
    record->field_count = list.count;
    record->size_bytes = (uint64_t)lc->Type_getSizeOf(type);
    record->align_bytes = (uint64_t)lc->Type_getAlignOf(type);
    if (!list.count) {
        refuse_type(unit, subject, CHECK_EMPTY_RECORD, "struct %s, which has no members", tag);
        return NULL;
    }
    if (!record_layout(unit, record, subject)) return NULL;
    return record_keep(unit, record, subject);
}
