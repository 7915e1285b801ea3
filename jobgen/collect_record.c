/* SPDX-License-Identifier: MIT */
/* Records: their members, their layout checked against the rule, each kept once per tag. */
#include "type.h"
#include "unit.h"

#include "arena.h"
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
    CXCursor definition;
    struct record *record;
    const char *said; /* "struct s", for complaints */
    struct field *fields;
    size_t count, capacity;
};

static bool is_pointer(enum CXTypeKind kind)
{
    return kind == CXType_Pointer || kind == CXType_BlockPointer;
}

/* The record that is looked at now whose definition that is; NULL: none. */
static const struct open_record *open_find(const struct field_list *list, CXCursor definition)
{
    const struct open_record *open = list->subject->open;
    while (open && !list->unit->lc->equalCursors(open->definition, definition))
        open = open->up;
    return open;
}

static const char of_handles[] = "a library's handle stays in its process; make, use and end it "
                                 "in the job, and pass what goes in and comes out";

/* What helps with a struct of the user's own, or with a library's, which is nobody's to change. */
static const char *cure(const struct field_list *list, const char *of_own)
{
    return list->record->is_of_system ? of_handles : of_own;
}

static bool refuse_pointer(struct field_list *list, CXType pointer, bool is_array, const char *name)
{
    struct unit *unit = list->unit;
    const struct libclang *lc = unit->lc;
    CXType pointee = lc->getCanonicalType(lc->getPointeeType(pointer));
    if (pointer.kind == CXType_BlockPointer || pointee.kind == CXType_FunctionProto ||
        pointee.kind == CXType_FunctionNoProto) {
        refuse_type(unit, list->subject, CHECK_FUNCTION_POINTER,
                    "%s, whose member '%s' is a function pointer, which has no meaning in another "
                    "process; %s",
                    list->said, name, cure(list, "use an enum"));
        return true;
    }
    if (is_array) {
        refuse_type(unit, list->subject, CHECK_POINTER_ARRAY,
                    "%s, whose member '%s' is an array of pointers: not supported; use one pointer "
                    "to all elements",
                    list->said, name);
        return true;
    }
    if (pointee.kind == CXType_ConstantArray || pointee.kind == CXType_IncompleteArray) {
        refuse_type(unit, list->subject, CHECK_POINTER_ARRAY,
                    "%s, whose member '%s' is a pointer to arrays: not supported; use a pointer "
                    "to the elements",
                    list->said, name);
        return true;
    }
    while (pointee.kind == CXType_Pointer)
        pointee = lc->getCanonicalType(lc->getPointeeType(pointee));
    if (pointee.kind != CXType_Record) return false;
    const struct open_record *open =
        open_find(list, lc->getCursorDefinition(lc->getTypeDeclaration(pointee)));
    if (!open) return false;
    if (open == list->subject->open)
        refuse_type(unit, list->subject, CHECK_SELF_REFERENCE,
                    "%s, whose member '%s' leads to another of its kind: %s", list->said, name,
                    cure(list, "pass an array with indices instead"));
    else
        refuse_type(unit, list->subject, CHECK_SELF_REFERENCE,
                    "%s, whose member '%s' leads back to %s: %s", list->said, name, open->said,
                    cure(list, "pass an array with indices instead"));
    return true;
}

static const struct type *member_type(struct field_list *list, CXCursor cursor, const char *name)
{
    struct unit *unit = list->unit;
    const struct libclang *lc = unit->lc;
    CXType canonical = lc->getCanonicalType(lc->getCursorType(cursor));
    list->subject->is_in_member = false;
    bool is_array = canonical.kind == CXType_ConstantArray;
    while (canonical.kind == CXType_ConstantArray)
        canonical = lc->getCanonicalType(lc->getArrayElementType(canonical));
    if (is_pointer(canonical.kind) && refuse_pointer(list, canonical, is_array, name)) return NULL;
    if (canonical.kind == CXType_IncompleteArray ||
        (canonical.kind == CXType_ConstantArray && lc->getArraySize(canonical) == 0)) {
        refuse_type(unit, list->subject, CHECK_FLEXIBLE_ARRAY,
                    "%s, whose member '%s' has no fixed size; pass that as a parameter, %s[n], and "
                    "put the struct together in the job",
                    list->said, name, name);
        return NULL;
    }
    list->subject->is_in_member = true;
    return collect_member_type(unit, lc->getCursorType(cursor), list->subject);
}

static void list_add(struct field_list *list, struct field field)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct field *grown = arena_alloc(list->unit->arena, capacity * sizeof *grown);
        if (list->count) memcpy(grown, list->fields, list->count * sizeof *grown);
        list->fields = grown;
        list->capacity = capacity;
    }
    list->fields[list->count++] = field;
}

static void warn_address(const struct field_list *list, const struct field *field)
{
    const struct type *type = type_element(field->type);
    if (!type->spelling ||
        (strcmp(type->spelling, "intptr_t") != 0 && strcmp(type->spelling, "uintptr_t") != 0))
        return;
    diag_warning(list->unit->diags, field->location, CHECK_ADDRESS,
                 "member '%s' of %s is %s: if it holds an address, it has no meaning in another "
                 "process",
                 field->name, list->said, type->spelling);
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData client)
{
    struct field_list *list = client;
    struct unit *unit = list->unit;
    const struct libclang *lc = unit->lc;
    struct field field = {.bit_width = -1};
    struct type_subject *subject = list->subject;
    const struct record *outer = subject->outer;
    const char *holder = subject->member;
    size_t offset;
    field.name = unit_declared_name(unit, cursor);
    (void)unit_position(unit, lc->getCursorLocation(cursor), &offset, &field.location);
    bool is_in_member = subject->is_in_member;
    subject->outer = list->record;
    subject->member = field.name;
    field.type = member_type(list, cursor, field.name ? field.name : "");
    subject->outer = outer;
    subject->member = holder;
    subject->is_in_member = is_in_member;
    if (!field.type) {
        if (field.location.file)
            diag_note(unit->diags, field.location, NULL, "the member is declared here");
        return CXVisit_Break;
    }
    field.location.length = field.name ? (unsigned)strlen(field.name) : 1;
    long long bits = lc->Cursor_getOffsetOfField(cursor);
    field.offset_bits = bits < 0 ? 0 : (uint64_t)bits;
    warn_address(list, &field);
    if (lc->Cursor_isBitField(cursor)) field.bit_width = lc->getFieldDeclBitWidth(cursor);
    list_add(list, field);
    return CXVisit_Continue;
}

static bool is_anonymous_member(const struct field *member)
{
    return !member->name && member->bit_width < 0;
}

/* The members that travel: the named ones, and those of anonymous members. */
static void take_fields(struct unit *unit, struct record *record)
{
    struct field_list list = {.unit = unit};
    for (size_t i = 0; i < record->member_count; i++) {
        const struct field *member = &record->members[i];
        if (member->name) list_add(&list, *member);
        if (!is_anonymous_member(member)) continue;
        const struct record *inner = member->type->record;
        for (size_t f = 0; f < inner->field_count; f++) {
            struct field field = inner->fields[f];
            field.offset_bits += member->offset_bits;
            field.is_packed |= inner->is_packed || member->is_packed;
            list_add(&list, field);
        }
    }
    record->fields = list.fields;
    record->field_count = list.count;
}

static struct record *record_set_find(const struct record_set *set, const char *key)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->records[i]->key, key) == 0) return set->records[i];
    return NULL;
}

static const struct record *record_keep(struct unit *unit, struct record *record,
                                        struct type_subject *subject)
{
    struct record_set *set = unit->records;
    struct record *known = record_set_find(set, record->key);
    if (known && record_is_equal(known, record)) return known;
    if (known) {
        refuse_type(unit, subject, CHECK_RECORD_DIFFERS,
                    "%s, of which jobs know two different definitions; rename one", record->key);
        diag_note(unit->diags, known->location, NULL, "one is here");
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

/* The typedef that a tagless record is known by; NULL: none. */
static const char *typedef_name(const struct unit *unit, CXCursor definition)
{
    const char *name =
        unit_string(unit, unit->lc->getTypeSpelling(unit->lc->getCursorType(definition)));
    return *name && !strpbrk(name, "( :") ? name : NULL;
}

static bool refuse_undefined(struct unit *unit, struct type_subject *subject, const char *tag,
                             bool is_library)
{
    size_t length = strlen(tag);
    if (length > 4 && !strcmp(tag + length - 4, "_job"))
        refuse_type(unit, subject, CHECK_JOB_HANDLE,
                    "struct %s, a handle, which belongs to this process; get the job's result and "
                    "pass that",
                    tag);
    else
        refuse_type(unit, subject, CHECK_OPAQUE_RECORD,
                    "struct %s, whose members are not known here; %s", tag,
                    is_library ? of_handles
                               : "include its definition, or make, use and end it in the job");
    return false;
}

static bool is_record_allowed(struct unit *unit, CXCursor declaration, const char *tag,
                              struct type_subject *subject)
{
    const struct libclang *lc = unit->lc;
    bool is_system = lc->Location_isInSystemHeader(lc->getCursorLocation(declaration));
    if (lc->getCursorKind(declaration) == CXCursor_UnionDecl) {
        refuse_type(unit, subject, CHECK_UNION,
                    "a union, of which nobody knows which member holds; pass a struct with a "
                    "member for each");
        return false;
    }
    if (is_system && tag && (!strcmp(tag, "_IO_FILE") || !strcmp(tag, "__sFILE")))
        return !refuse_type_name(unit, subject, "FILE");
    if (tag && (!strcmp(tag, "__va_list_tag") || !strcmp(tag, "__va_list")))
        return !refuse_type_name(unit, subject, "va_list");
    CXCursor definition = lc->getCursorDefinition(declaration);
    if (lc->Cursor_isNull(definition))
        return refuse_undefined(unit, subject, tag ? tag : "",
                                unit_is_library(unit, lc->getCursorLocation(declaration)));
    if (is_in_parameters(unit, definition, subject->function)) {
        refuse_type(unit, subject, CHECK_RECORD_SCOPE,
                    "%s%s, which is defined in the parameter list, where no caller can see it; "
                    "define it before the function",
                    tag ? "struct " : "a struct", tag ? tag : "");
        return false;
    }
    return true;
}

/* What the record is called; false: it has no name at all, which has been told. */
static bool name_record(struct unit *unit, struct record *record, CXCursor definition,
                        struct type_subject *subject)
{
    const struct record *outer = subject->outer;
    while (outer && outer->is_anonymous) /* whose members are those of the next one */
        outer = outer->outer;
    if (!record->tag) record->typedef_name = typedef_name(unit, definition);
    if (record->tag) {
        record->key = arena_printf(unit->arena, "struct %s", record->tag);
    } else if (record->typedef_name) {
        const struct record *known = record_set_find(unit->records, record->typedef_name);
        record->key = record->typedef_name;
        record->header =
            known ? known->header : collect_header(unit, definition, &record->header_path);
    } else if (outer) {
        record->is_anonymous = !subject->member;
        record->outer = outer;
        record->holder = subject->member;
        record->key =
            arena_printf(unit->arena, "%s.%s", outer->key, subject->member ? subject->member : "");
    } else {
        refuse_type(unit, subject, CHECK_TAGLESS_RECORD,
                    "a struct that nothing names, neither a tag nor a typedef; write struct tag "
                    "{ ... }");
        return false;
    }
    return true;
}

const struct record *collect_record(struct unit *unit, CXCursor declaration,
                                    struct type_subject *subject)
{
    const struct libclang *lc = unit->lc;
    const char *tag = unit_declared_name(unit, declaration);
    if (!is_record_allowed(unit, declaration, tag, subject)) return NULL;
    CXCursor definition = lc->getCursorDefinition(declaration);
    CXType type = lc->getCursorType(definition);
    struct record *record = arena_alloc(unit->arena, sizeof *record);
    size_t offset;
    CXSourceLocation at = lc->getCursorLocation(definition);
    (void)unit_position(unit, at, &offset, &record->location);
    record->is_of_system = unit_is_library(unit, at);
    record->tag = tag;
    if (!name_record(unit, record, definition, subject)) return NULL;
    const char *said = tag || record->typedef_name ? record->key : "a struct without a tag";
    struct field_list list = {
        .unit = unit, .subject = subject, .record = record, .definition = definition, .said = said};
    struct open_record open = {subject->open, definition, said};
    subject->open = &open;
    (void)lc->Type_visitFields(type, visit_field, &list);
    subject->open = open.up;
    if (subject->is_refused) return NULL;
    record->member_count = list.count;
    record->size_bytes = (uint64_t)lc->Type_getSizeOf(type);
    record->align_bytes = (uint64_t)lc->Type_getAlignOf(type);
    if (!collect_layout(record, list.fields)) {
        refuse_type(unit, subject, CHECK_RECORD_LAYOUT,
                    "%s, whose layout cannot be written again; use a plain struct", said);
        return NULL;
    }
    take_fields(unit, record);
    if (!record->field_count) {
        refuse_type(unit, subject, CHECK_EMPTY_RECORD, "%s, which has no members", said);
        return NULL;
    }
    if (record->is_anonymous) return record;
    const struct record *kept = record_keep(unit, record, subject);
    if (kept == record) collect_fields(unit, record, definition);
    return kept;
}
