/* SPDX-License-Identifier: MIT */
/* Member by member, so that packing, alignment and padding never travel. */
#include "plan_record.h"

#include "arena.h"
#include "phrase.h"
#include "template.h"

#include <inttypes.h>
#include <string.h>

struct record_plans record_plans_new(struct arena *arena, struct plan_names *names,
                                     const struct model *model)
{
    struct record_plan *plans = arena_alloc(arena, (model->record_count + 1) * sizeof *plans);
    for (size_t i = 0; i < model->record_count; i++) {
        const struct record *record = model->records[i];
        const char *name = record->tag ? record->tag : record->typedef_name;
        plans[i] = (struct record_plan){
            .record = record,
            .spelling = record->tag ? arena_printf(arena, "struct %s", name) : name,
            .message = plan_names_message(names, arena_printf(arena, "struct_%s", name)),
            .put = plan_names_static(names, arena_printf(arena, "put_%s", name)),
            .get = plan_names_static(names, arena_printf(arena, "get_%s", name)),
            .codec = plan_names_static(names, arena_printf(arena, "%s_record", name))};
    }
    return (struct record_plans){plans, model->record_count};
}

const struct record_plan *record_plan_find(const struct record_plans *plans,
                                           const struct record *record)
{
    for (size_t i = 0; i < plans->count; i++)
        if (plans->plans[i].record == record ||
            strcmp(plans->plans[i].record->usr, record->usr) == 0)
            return &plans->plans[i];
    return NULL;
}

/* ---- one member ---- */

struct member_plan {
    struct arena *arena;
    const struct record_plans *plans;
    const struct record_plan *record;
    const struct field *field;
    const struct type *element;
    const char *wire; /* its name in the message */
    const struct record_plan *inner;
    struct template_value *put, *get;
};

static void member_scalar(const struct member_plan *member)
{
    struct arena *arena = member->arena;
    const char *name = member->field->name;
    const char *from = arena_printf(arena, "from->%s", member->wire);
    template_add_text(arena, member->put,
                      arena_printf(arena, "to->%s = from->%s;", member->wire, name));
    template_add_text(
        arena, member->get,
        arena_printf(arena, "to->%s = %s;", name, phrase_get(arena, member->field->type, from)));
}

/* A member of a packed struct may lie where no pointer to it may point: it goes by a copy. */
static void member_record(const struct member_plan *member)
{
    struct arena *arena = member->arena;
    const char *name = member->field->name, *wire = member->wire;
    const struct record_plan *inner = member->inner;
    bool is_packed = member->record->record->is_packed;
    const char *from = arena_printf(arena, "from->%s", name),
               *to = arena_printf(arena, "to->%s", name);
    if (is_packed) {
        template_add_text(
            arena, member->put,
            arena_printf(arena, "const %s %s = from->%s;", inner->spelling, wire, name));
        template_add_text(arena, member->get,
                          arena_printf(arena, "%s %s = {0};", inner->spelling, wire));
        from = to = wire;
    }
    template_add_text(
        arena, member->put,
        arena_printf(arena, "to->%s = jgi_put_record(out, &%s, &%s);", wire, inner->codec, from));
    template_add_text(arena, member->get,
                      arena_printf(arena, "%s(in, from->%s, &%s);", inner->get, wire, to));
    if (is_packed)
        template_add_text(arena, member->get, arena_printf(arena, "to->%s = %s;", name, wire));
}

static const char *element_size(const struct member_plan *member)
{
    return arena_printf(member->arena, "sizeof(%s)",
                        phrase_base(member->arena, member->element, true));
}

/* Where the array lies; in a packed struct no typed pointer may point there. */
static const char *array_in(const struct member_plan *member, const char *record,
                            const char *qualifier)
{
    struct arena *arena = member->arena;
    const char *name = member->field->name;
    if (!member->record->record->is_packed || member->element->bits == 8)
        return arena_printf(arena, "%s->%s", record, name);
    return arena_printf(arena, "(%schar *)%s + offsetof(%s, %s)", qualifier, record,
                        member->record->spelling, name);
}

static void put_array(const struct member_plan *member, uint64_t count)
{
    struct arena *arena = member->arena;
    const char *wire = member->wire, *from = array_in(member, "from", "const "), *value;
    const char *element = phrase_wire_array(member->element);
    const char *kind = phrase_element_kind(member->element);
    if (strcmp(element, "bytes") == 0) {
        template_add_text(arena, member->put,
                          arena_printf(arena, "to->%s = jgi_bytes(%s, sizeof from->%s);", wire,
                                       from, member->field->name));
        return;
    }
    if (member->element->bits == 16)
        value = arena_printf(arena, "jgi_widen(out, %s, %s, %" PRIu64 ")", kind, from, count);
    else if (member->record->record->is_packed)
        value =
            arena_printf(arena, "jgi_copy(out, %s, sizeof from->%s)", from, member->field->name);
    else
        value = arena_printf(arena, "(%s *)%s", phrase_wire_c(member->element), from);
    template_add_text(arena, member->put,
                      arena_printf(arena, "to->n_%s = %" PRIu64 ";", wire, count));
    template_add_text(arena, member->put, arena_printf(arena, "to->%s = %s;", wire, value));
}

static void put_records(const struct member_plan *member, uint64_t count)
{
    struct arena *arena = member->arena;
    template_add_text(arena, member->put,
                      arena_printf(arena, "to->n_%s = %" PRIu64 ";", member->wire, count));
    template_add_text(arena, member->put,
                      arena_printf(arena, "to->%s = jgi_put_records(out, &%s, %s, %" PRIu64 ");",
                                   member->wire, member->inner->codec,
                                   array_in(member, "from", "const "), count));
}

static void get_array(const struct member_plan *member, uint64_t count)
{
    struct arena *arena = member->arena;
    const char *wire = member->wire, *to = array_in(member, "to", "");
    const char *from = arena_printf(arena, "from->%s, from->n_%s", wire, wire);
    if (member->inner) {
        template_add_text(arena, member->get,
                          arena_printf(arena, "jgi_get_records(in, &%s, %s, %s, %" PRIu64 ");",
                                       member->inner->codec, from, to, count));
        return;
    }
    if (strcmp(phrase_wire_array(member->element), "bytes") == 0)
        from = arena_printf(arena, "from->%s.data, from->%s.len", wire, wire);
    template_add_text(arena, member->get,
                      arena_printf(arena, "jgi_get_array(in, %s, %s, %s, %" PRIu64 ", %s);",
                                   phrase_element_kind(member->element), from, to, count,
                                   element_size(member)));
}

static const char *wire_type(const struct member_plan *member, bool is_array)
{
    if (member->inner) return member->inner->message.proto;
    return is_array ? phrase_wire_array(member->element) : phrase_wire_scalar(member->element);
}

/* "int matrix[2][3]" */
static const char *declaration(struct arena *arena, const struct field *field)
{
    const char *name = field->name;
    for (const struct type *type = field->type; type->kind == TYPE_ARRAY; type = type->element)
        name = arena_printf(arena, "%s[%" PRIu64 "]", name, type->extent->integer);
    return arena_printf(arena, "%s %s", phrase_base(arena, phrase_element(field->type), true),
                        name);
}

static void show_member(const struct member_plan *member, size_t number,
                        struct template_value *shown)
{
    struct arena *arena = member->arena;
    const struct type *type = member->field->type;
    bool is_array = type->kind == TYPE_ARRAY;
    const char *element = wire_type(member, is_array);
    bool is_repeated = is_array && strcmp(element, "bytes") != 0;
    template_set_text(arena, shown, "name", member->field->name);
    template_set_text(arena, shown, "declaration", declaration(arena, member->field));
    template_set_text(arena, shown, "offset",
                      arena_printf(arena, "%" PRIu64, member->field->offset_bits / 8));
    template_set_text(arena, shown, "label", is_repeated ? "repeated" : "required");
    template_set_text(arena, shown, "type", element);
    template_set_text(arena, shown, "wire", member->wire);
    template_set_text(arena, shown, "number", arena_printf(arena, "%zu", number));
    template_set_flag(arena, shown, "is_packed", is_repeated && !member->inner);
    if (!is_array && member->inner)
        member_record(member);
    else if (!is_array)
        member_scalar(member);
    else {
        uint64_t count = phrase_constant_count(type);
        if (member->inner)
            put_records(member, count);
        else
            put_array(member, count);
        get_array(member, count);
    }
}

static const char *attributes(struct arena *arena, const struct record *record)
{
    if (record->is_packed && record->declared_align)
        return arena_printf(arena, "__attribute__((packed, aligned(%" PRIu64 "))) ",
                            record->declared_align);
    if (record->is_packed) return "__attribute__((packed)) ";
    if (!record->declared_align) return "";
    return arena_printf(arena, "__attribute__((aligned(%" PRIu64 "))) ", record->declared_align);
}

static void show_record(struct arena *arena, const struct record_plans *plans,
                        const struct record_plan *plan, struct template_value *shown)
{
    const struct record *record = plan->record;
    template_set_text(arena, shown, "tag", record->tag);
    template_set_text(arena, shown, "spelling", plan->spelling);
    template_set_text(arena, shown, "attributes", attributes(arena, record));
    template_set_text(arena, shown, "size", arena_printf(arena, "%" PRIu64, record->size_bytes));
    template_set_text(arena, shown, "message", plan->message.proto);
    template_set_text(arena, shown, "message_type", plan->message.type);
    template_set_text(arena, shown, "message_prefix", plan->message.prefix);
    template_set_text(arena, shown, "put_name", plan->put);
    template_set_text(arena, shown, "get_name", plan->get);
    template_set_text(arena, shown, "codec", plan->codec);
    struct member_plan member = {.arena = arena, .plans = plans, .record = plan};
    struct template_value *fields = template_set_list(arena, shown, "fields");
    member.put = template_set_list(arena, shown, "put");
    member.get = template_set_list(arena, shown, "get");
    bool uses_in = false, uses_out = false;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        member.field = field;
        member.element = phrase_element(field->type);
        member.inner = member.element->kind == TYPE_RECORD
                           ? record_plan_find(plans, member.element->record)
                           : NULL;
        member.wire = plan_names_member(arena, field->name, i + 1);
        show_member(&member, i + 1, template_add_object(arena, fields));
        bool is_array = field->type->kind == TYPE_ARRAY;
        uses_out |= member.inner != NULL;
        if (is_array)
            uses_out |=
                member.element->bits == 16 || (record->is_packed && member.element->bits > 8);
        uses_in |= member.inner || is_array ||
                   (!is_array && strstr(phrase_get(arena, field->type, ""), "(in"));
    }
    template_set_flag(arena, shown, "uses_out", uses_out);
    template_set_flag(arena, shown, "uses_in", uses_in);
}

void record_plans_show(struct arena *arena, const struct record_plans *plans,
                       struct template_value *list)
{
    for (size_t i = 0; i < plans->count; i++)
        show_record(arena, plans, &plans->plans[i], template_add_object(arena, list));
}
