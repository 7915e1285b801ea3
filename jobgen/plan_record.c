/* SPDX-License-Identifier: MIT */
/* Member by member, so that packing, alignment and padding never travel. */
#include "plan_record.h"

#include "arena.h"
#include "names.h"
#include "phrase.h"
#include "template.h"
#include "type.h"

#include <inttypes.h>
#include <string.h>

/* "point"; of a struct that only a member of it has: "shape_inner". */
static const char *name_of(struct arena *arena, const struct record *record)
{
    if (record->tag) return record->tag;
    if (record->typedef_name) return record->typedef_name;
    return arena_printf(arena, "%s_%s", name_of(arena, record->outer), record->holder);
}

static struct record_plan plan_new(struct arena *arena, struct plan_names *names, const char *name,
                                   const char *message)
{
    return (struct record_plan){
        .name = name,
        .message = plan_names_message(names, message),
        .put = plan_names_static(names, arena_printf(arena, "put_%s", name)),
        .get = plan_names_static(names, arena_printf(arena, "get_%s", name)),
        .codec = plan_names_static(names, arena_printf(arena, "%s_record", name))};
}

/* ---- complex numbers: messages of two parts ---- */

static void find_complex(const struct type *type, const struct type *found[2])
{
    if (type->kind == TYPE_COMPLEX) found[type->bits == 64 ? 0 : 1] = type;
}

static void plan_complex(struct arena *arena, struct plan_names *names, const struct model *model,
                         struct record_plans *plans)
{
    const struct type *found[2] = {NULL, NULL};
    for (size_t i = 0; i < model->job_count; i++) {
        const struct job *job = &model->jobs[i];
        find_complex(job->result->type, found);
        for (size_t p = 0; p < job->param_count; p++) {
            const struct param *param = &job->params[p];
            bool is_one = param->type->kind == TYPE_POINTER && !param->extent_count;
            find_complex(is_one ? param->type->element : param->type, found);
        }
    }
    for (size_t i = 0; i < model->record_count; i++)
        for (size_t f = 0; f < model->records[i]->field_count; f++)
            find_complex(model->records[i]->fields[f].type, found);
    for (size_t i = 0; i < 2; i++) {
        if (!found[i]) continue;
        const char *name = phrase_wire_scalar(found[i]);
        struct record_plan *plan = &plans->plans[plans->count++];
        *plan = plan_new(arena, names, name, name);
        plan->complex = found[i];
        plan->spelling = found[i]->spelling;
    }
}

/* ---- all ---- */

/* What parameters have, and members by value; pointers among members lead to tables, unless there
 * is nothing to put into one. */
static void find_used(struct record_plans *plans, const struct type *type, bool is_member)
{
    const struct record *record = type_record(type);
    bool is_behind = is_member && type->kind == TYPE_POINTER;
    if (!record || (is_behind && record_has_pointers(record))) return;
    for (size_t i = 0; i < plans->count; i++)
        if (plans->plans[i].record && strcmp(plans->plans[i].record->key, record->key) == 0)
            plans->plans[i].is_codec_used = true;
}

static void find_all_used(struct record_plans *plans, const struct model *model)
{
    for (size_t i = 0; i < model->job_count; i++) {
        const struct job *job = &model->jobs[i];
        find_used(plans, job->result->type, false);
        for (size_t p = 0; p < job->param_count; p++)
            find_used(plans, job->params[p].type, false);
    }
    for (size_t i = 0; i < model->record_count; i++)
        for (size_t f = 0; f < model->records[i]->field_count; f++)
            find_used(plans, model->records[i]->fields[f].type, true);
}

/* Of a tagless one `own_name`, which it sets. */
static const char *spelling_of(struct arena *arena, struct plan_names *names,
                               const struct record *record, const char *name)
{
    if (record->tag) return arena_printf(arena, "struct %s", name);
    const char *own = !record->typedef_name ? plan_names_static(names, name)
                      : name_is_local(name)
                          ? plan_names_static(names, arena_printf(arena, "%s_type", name))
                          : name;
    ((struct record *)record)->own_name = own; /* ours to change */
    return own;
}

struct record_plans record_plans_new(struct arena *arena, struct plan_names *names,
                                     const struct model *model)
{
    struct record_plans plans = {
        .plans = arena_alloc(arena, (model->record_count + 2) * sizeof *plans.plans)};
    plan_complex(arena, names, model, &plans);
    for (size_t i = 0; i < model->record_count; i++) {
        const struct record *record = model->records[i];
        const char *name = name_of(arena, record);
        struct record_plan *plan = &plans.plans[plans.count++];
        *plan = plan_new(arena, names, name, arena_printf(arena, "struct_%s", name));
        plan->record = record;
        plan->spelling = spelling_of(arena, names, record, name);
    }
    find_all_used(&plans, model);
    return plans;
}

const struct record_plan *record_plan_find(const struct record_plans *plans,
                                           const struct record *record)
{
    for (size_t i = 0; i < plans->count; i++)
        if (plans->plans[i].record == record ||
            (plans->plans[i].record && strcmp(plans->plans[i].record->key, record->key) == 0))
            return &plans->plans[i];
    return NULL;
}

const struct record_plan *record_plan_of(const struct record_plans *plans, const struct type *type)
{
    if (type->kind == TYPE_RECORD) return record_plan_find(plans, type->record);
    for (size_t i = 0; type->kind == TYPE_COMPLEX && i < plans->count; i++)
        if (plans->plans[i].complex && plans->plans[i].complex->bits == type->bits)
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
    int width = member->field->bit_width;
    template_add_text(arena, member->get,
                      arena_printf(arena, "to->%s = %s;", name,
                                   width < 0
                                       ? phrase_get(arena, member->field->type, from)
                                       : phrase_get_bits(arena, member->field->type, width, from)));
}

/* Whether it may lie where no pointer of its type may point. */
static bool is_packed(const struct member_plan *member)
{
    return member->record->record->is_packed || member->field->is_packed;
}

/* A member of a packed struct may lie where no pointer to it may point: it goes by a copy. */
static void member_record(const struct member_plan *member)
{
    struct arena *arena = member->arena;
    const char *name = member->field->name, *wire = member->wire;
    const struct record_plan *inner = member->inner;
    bool is_moved = is_packed(member);
    const char *from = arena_printf(arena, "from->%s", name),
               *to = arena_printf(arena, "to->%s", name);
    if (is_moved) {
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
    if (is_moved)
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
    if (!is_packed(member) || member->element->bits == 8)
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
    if (phrase_is_widened(member->element))
        value = arena_printf(arena, "jgi_widen(out, %s, %s, %" PRIu64 ")", kind, from, count);
    else if (is_packed(member))
        value =
            arena_printf(arena, "jgi_copy(out, %s, sizeof from->%s)", from, member->field->name);
    else
        value = arena_printf(arena, "(%s *)%s", phrase_wire_c(member->element), from);
    uint64_t numbers = member->element->kind == TYPE_COMPLEX ? 2 * count : count;
    template_add_text(arena, member->put,
                      arena_printf(arena, "to->n_%s = %" PRIu64 ";", wire, numbers));
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

const char *member_wire(const struct type *type)
{
    const struct type *element = phrase_element(type);
    if (element->kind == TYPE_VOID || element->is_plain_char) return "bytes";
    return element->kind == TYPE_RECORD ? "" : phrase_wire_array(element);
}

const char *member_at(struct arena *arena, const struct record *record, size_t number)
{
    const char *name = arena_printf(arena, "at_%s", record->fields[number - 1].name);
    return plan_names_member(arena, name, record->field_count + number);
}

/* What a pointer refers to, which plan_member.c fills in, and where it led. */
static void show_pointer(const struct member_plan *member, size_t number,
                         struct template_value *fields)
{
    struct arena *arena = member->arena;
    struct template_value *shown = template_add_object(arena, fields);
    const struct record *record = member->record->record;
    bool is_strings = member->field->type->element->kind == TYPE_POINTER;
    const char *type =
        member->inner ? member->inner->message.proto : member_wire(member->field->type);
    bool is_repeated = is_strings || strcmp(type, "bytes") != 0;
    template_set_text(arena, shown, "label", is_repeated ? "repeated" : "required");
    template_set_text(arena, shown, "type", type);
    template_set_text(arena, shown, "wire", member->wire);
    template_set_text(arena, shown, "number", arena_printf(arena, "%zu", number));
    template_set_flag(arena, shown, "is_packed", is_repeated && !is_strings && !member->inner);
    shown = template_add_object(arena, fields);
    template_set_text(arena, shown, "label", "required");
    template_set_text(arena, shown, "type", "uint64");
    template_set_text(arena, shown, "wire", member_at(arena, record, number));
    template_set_text(arena, shown, "number",
                      arena_printf(arena, "%zu", record->field_count + number));
    template_set_flag(arena, shown, "is_packed", false);
}

static const char *wire_type(const struct member_plan *member, bool is_array)
{
    if (member->inner) return member->inner->message.proto;
    return is_array ? phrase_wire_array(member->element) : phrase_wire_scalar(member->element);
}

static void show_member(const struct member_plan *member, size_t number,
                        struct template_value *shown)
{
    struct arena *arena = member->arena;
    const struct type *type = member->field->type;
    bool is_array = type->kind == TYPE_ARRAY;
    const char *element = wire_type(member, is_array);
    bool is_repeated = is_array && strcmp(element, "bytes") != 0;
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

static void show_names(struct arena *arena, const struct record_plan *plan,
                       struct template_value *shown)
{
    template_set_text(arena, shown, "spelling", plan->spelling);
    template_set_text(arena, shown, "message", plan->message.proto);
    template_set_text(arena, shown, "message_type", plan->message.type);
    template_set_text(arena, shown, "message_prefix", plan->message.prefix);
    template_set_text(arena, shown, "put_name", plan->put);
    template_set_text(arena, shown, "get_name", plan->get);
    template_set_text(arena, shown, "codec", plan->codec);
    template_set_flag(arena, shown, "is_codec_used", plan->complex || plan->is_codec_used);
}

static void show_complex(struct arena *arena, const struct record_plan *plan,
                         struct template_value *shown)
{
    static const char *const parts[] = {"re_1", "im_2"};
    struct template_value *fields = template_set_list(arena, shown, "fields");
    for (size_t i = 0; i < 2; i++) {
        struct template_value *field = template_add_object(arena, fields);
        template_set_text(arena, field, "label", "required");
        template_set_text(arena, field, "type", phrase_wire_array(plan->complex));
        template_set_text(arena, field, "wire", parts[i]);
        template_set_text(arena, field, "number", i ? "2" : "1");
        template_set_flag(arena, field, "is_packed", false);
    }
    struct template_value *put = template_set_list(arena, shown, "put");
    struct template_value *get = template_set_list(arena, shown, "get");
    template_add_text(arena, put, "to->re_1 = __real__ *from;");
    template_add_text(arena, put, "to->im_2 = __imag__ *from;");
    template_add_text(arena, get, "__real__ *to = from->re_1;");
    template_add_text(arena, get, "__imag__ *to = from->im_2;");
    template_set_flag(arena, shown, "uses_out", false);
    template_set_flag(arena, shown, "uses_in", false);
    template_set_flag(arena, shown, "has_bits", false);
    template_set_flag(arena, shown, "has_values", true);
}

static bool uses_decoder(struct arena *arena, const struct field *field)
{
    const char *text = field->bit_width < 0
                           ? phrase_get(arena, field->type, "")
                           : phrase_get_bits(arena, field->type, field->bit_width, "");
    return strstr(text, "(in") != NULL;
}

static void show_record(struct arena *arena, const struct record_plans *plans,
                        const struct record_plan *plan, struct template_value *shown)
{
    const struct record *record = plan->record;
    struct member_plan member = {.arena = arena, .plans = plans, .record = plan};
    struct template_value *fields = template_set_list(arena, shown, "fields");
    member.put = template_set_list(arena, shown, "put");
    member.get = template_set_list(arena, shown, "get");
    bool uses_in = false, uses_out = false, has_bits = false, has_values = false;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        member.field = field;
        member.element = phrase_element(field->type);
        bool is_array = field->type->kind == TYPE_ARRAY;
        bool is_pointer = field->type->kind == TYPE_POINTER;
        bool is_numbers = (is_array || is_pointer) && member.element->kind == TYPE_COMPLEX;
        member.inner = is_numbers ? NULL : record_plan_of(plans, member.element);
        member.wire = plan_names_member(arena, field->name, i + 1);
        if (is_pointer) {
            show_pointer(&member, i + 1, fields);
            continue;
        }
        has_values = true;
        show_member(&member, i + 1, template_add_object(arena, fields));
        uses_out |= member.inner != NULL;
        if (is_array)
            uses_out |= phrase_is_widened(member.element) ||
                        (is_packed(&member) && member.element->bits > 8);
        has_bits |= field->bit_width >= 0;
        uses_in |= member.inner || is_array || uses_decoder(arena, field);
    }
    template_set_flag(arena, shown, "uses_out", uses_out);
    template_set_flag(arena, shown, "uses_in", uses_in);
    template_set_flag(arena, shown, "has_bits", has_bits);
    template_set_flag(arena, shown, "has_values", has_values);
}

void record_plans_show(struct arena *arena, const struct record_plans *plans,
                       struct template_value *root)
{
    record_definitions_show(arena, plans, root);
    struct template_value *list = template_set_list(arena, root, "records");
    for (size_t i = 0; i < plans->count; i++) {
        const struct record_plan *plan = &plans->plans[i];
        struct template_value *shown = template_add_object(arena, list);
        show_names(arena, plan, shown);
        if (plan->complex)
            show_complex(arena, plan, shown);
        else
            show_record(arena, plans, plan, shown);
    }
}
