/* SPDX-License-Identifier: MIT */
/* One function per step; each goes through the parameters and says what their kind needs there. */
#include "plan_lines.h"

#include "arena.h"
#include "phrase.h"
#include "template.h"

#include <stdarg.h>
#include <string.h>

struct lines {
    struct arena *arena;
    const struct job_plan *plan;
    struct template_value *list;
};

__attribute__((format(printf, 2, 3))) static void add(const struct lines *lines, const char *format,
                                                      ...)
{
    va_list args;
    va_start(args, format);
    template_add_text(lines->arena, lines->list, arena_vprintf(lines->arena, format, args));
    va_end(args);
}

static bool is_array(const struct param_plan *param)
{
    bool is_many = param->kind == PARAM_ARRAY || param->kind == PARAM_RECORDS ||
                   param->kind == PARAM_TEXT || param->kind == PARAM_STRINGS;
    return is_many && !param->is_given;
}

static bool is_bytes(const struct param_plan *param)
{
    return param->element->kind != TYPE_RECORD &&
           strcmp(phrase_wire_array(param->element), "bytes") == 0;
}

/* The caller's pointer, as the functions of codec.h take it. */
static const char *pointer(const struct lines *lines, const struct param_plan *param,
                           const char *args)
{
    const char *cast = param->element->is_volatile ? "(void *)" : "";
    return arena_printf(lines->arena, "%s%s%s", cast, args, param->param->stub_name);
}

static const char *room(const struct lines *lines, const struct param_plan *param)
{
    return arena_printf(lines->arena, "rooms[%zu]", param->number);
}

/* ---- check ---- */

static void add_check(const struct lines *lines, const char *call)
{
    add(lines, "if (!%s) return jgi_encode_status(out);", call);
}

static void check_one(const struct lines *lines, const struct param_plan *param)
{
    if (param->kind == PARAM_SCALAR || is_array(param)) return;
    const char *kind = param->is_given               ? "receiver"
                       : param->kind == PARAM_STRING ? "string"
                                                     : "one";
    add_check(lines, arena_printf(lines->arena, "jgi_check_%s(out, %s, %s)", kind, param->place,
                                  pointer(lines, param, "a->")));
}

static void check_array(const struct lines *lines, const struct param_plan *param)
{
    const char *kind = param->kind == PARAM_STRINGS                ? "strings"
                       : param->kind == PARAM_TEXT && param->is_in ? "text"
                                                                   : "array";
    add_check(lines, arena_printf(lines->arena, "jgi_check_%s(out, %s, %s, %s, &%s)", kind,
                                  param->place, pointer(lines, param, "a->"),
                                  plan_extent(lines->arena, lines->plan, param->param->extents,
                                              param->param->extent_count, MOMENT_CALL),
                                  room(lines, param)));
}

/* The structs of a parameter that have members, as the functions of member.h take them:
 * "&f_places[1], a, a->m". */
static const char *structs(const struct lines *lines, const struct param_plan *param,
                           const char *args, const char *records)
{
    return arena_printf(lines->arena, "%s, %s, %s", param->place, args, records);
}

/* "&message.m_1, 1", "message.m_1, rooms[1]" */
static const char *messages(const struct lines *lines, const struct param_plan *param,
                            const char *message, const char *count)
{
    bool is_many = param->kind == PARAM_RECORDS;
    return arena_printf(lines->arena, "%s%s%s, %s", is_many ? "" : "&", message, param->wire,
                        is_many ? count : "1");
}

static bool goes_in(const struct param_plan *param)
{
    return param->has_members && param->is_in;
}

static bool comes_back(const struct param_plan *param)
{
    return param->has_members && ((param->is_out && param->is_pointer) || param->answers_members);
}

static void check_members(const struct lines *lines, const struct param_plan *param)
{
    bool is_many = param->kind == PARAM_RECORDS;
    if (!goes_in(param)) return;
    add_check(lines, arena_printf(lines->arena, "jgi_check_members(out, %s, %s)",
                                  structs(lines, param, "a", pointer(lines, param, "a->")),
                                  is_many ? room(lines, param) : "1"));
}

static void check_overlap(const struct lines *lines)
{
    const struct job_plan *plan = lines->plan;
    size_t pointers = 0;
    bool is_written = false;
    for (size_t i = 0; i < plan->count; i++) {
        pointers += plan->params[i].is_pointer;
        is_written |= plan->params[i].is_pointer && plan->params[i].is_out;
        pointers += plan->params[i].has_members ? 2 : 0;
        is_written |= plan->params[i].answers_members;
    }
    if (pointers > 1 && is_written) add_check(lines, "jgi_check_overlap(out)");
}

void plan_lines_check(struct arena *arena, const struct job_plan *plan, struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    for (size_t i = 0; i < plan->count; i++)
        check_one(&lines, &plan->params[i]);
    for (size_t i = 0; i < plan->order_count; i++)
        check_array(&lines, plan->order[i]);
    for (size_t i = 0; i < plan->count; i++)
        check_members(&lines, &plan->params[i]);
    check_overlap(&lines);
    for (size_t i = 0; i < plan->note_count; i++)
        add(&lines, "rooms[%zu] = (size_t)(%s);", plan->count + 1 + i,
            plan_extent(arena, plan, &plan->notes[i], 1, MOMENT_CALL));
}

/* ---- put ---- */

/* The elements of an array, `count` of them. */
static void put_elements(const struct lines *lines, const struct param_plan *param,
                         const char *message, const char *array, const char *count)
{
    const char *wire = param->wire;
    if (param->record) {
        add(lines, "%s.n_%s = %s;", message, wire, count);
        add(lines, "%s.%s = jgi_put_records(out, &%s, %s, %s);", message, wire,
            param->record->codec, array, count);
        return;
    }
    const char *sent =
        arena_printf(lines->arena, "jgi_send(out, %s, %s, %s)", param->place, array, count);
    if (is_bytes(param)) {
        add(lines, "%s.%s = jgi_bytes(%s, %s);", message, wire, array, sent);
        return;
    }
    add(lines, "%s.n_%s = %s;", message, wire, sent);
    if (phrase_is_widened(param->element))
        add(lines, "%s.%s = jgi_widen(out, %s, %s, %s.n_%s);", message, wire,
            phrase_element_kind(param->element), array, message, wire);
    else
        add(lines, "%s.%s = (%s *)%s;", message, wire, phrase_wire_c(param->element), array);
}

/* "a->p != NULL ? value : otherwise", where it may be NULL. */
static const char *unless_null(const struct lines *lines, const struct param_plan *param,
                               const char *args, const char *value, const char *otherwise)
{
    if (!param->param->is_optional) return value;
    return arena_printf(lines->arena, "%s%s != NULL ? %s : %s", args, param->param->stub_name,
                        value, otherwise);
}

static const char *put_record(const struct lines *lines, const struct param_plan *param,
                              const char *args)
{
    const char *put = arena_printf(lines->arena, "jgi_put_record(out, &%s, %s)",
                                   param->record->codec, pointer(lines, param, args));
    return unless_null(lines, param, args, put, "NULL");
}

static void put_param(const struct lines *lines, const struct param_plan *param)
{
    const char *wire = param->wire, *name = param->param->stub_name;
    if (param->param->is_optional) add(lines, "message.%s = a->%s != NULL;", param->is_there, name);
    if (!param->is_in) return;
    switch (param->kind) {
    case PARAM_SCALAR:
        if (param->record)
            add(lines, "message.%s = jgi_put_record(out, &%s, &a->%s);", wire, param->record->codec,
                name);
        else
            add(lines, "message.%s = a->%s;", wire, name);
        break;
    case PARAM_ONE_SCALAR:
        if (param->record)
            add(lines, "message.%s = %s;", wire, put_record(lines, param, "a->"));
        else
            add(lines, "message.%s = %s;", wire,
                unless_null(lines, param, "a->", arena_printf(lines->arena, "*a->%s", name), "0"));
        break;
    case PARAM_RECORD:
    case PARAM_ONE_RECORD:
        add(lines, "message.%s = %s;", wire, put_record(lines, param, "a->"));
        break;
    case PARAM_STRINGS:
        add(lines, "message.n_%s = %s;", wire, room(lines, param));
        add(lines, "message.%s = jgi_put_strings(out, a->%s, %s);", wire, name, room(lines, param));
        break;
    case PARAM_STRING:
        add(lines, "message.%s = jgi_string(%s);", wire, pointer(lines, param, "a->"));
        break;
    case PARAM_TEXT:
        add(lines, "message.%s = jgi_text(%s, %s);", wire, pointer(lines, param, "a->"),
            room(lines, param));
        break;
    case PARAM_ARRAY:
    case PARAM_RECORDS:
        put_elements(lines, param, "message", pointer(lines, param, "a->"), room(lines, param));
        break;
    }
}

void plan_lines_put(struct arena *arena, const struct job_plan *plan, struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    for (size_t i = 0; i < plan->count; i++)
        put_param(&lines, &plan->params[i]);
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (goes_in(param))
            add(&lines, "jgi_put_members(out, %s, %s);",
                structs(&lines, param, "a", pointer(&lines, param, "a->")),
                messages(&lines, param, "message.", room(&lines, param)));
    }
}

/* ---- take ---- */

static const char *bare(const struct lines *lines, const struct param_plan *param)
{
    return phrase_base(lines->arena, param->element, true);
}

static const char *get(const struct lines *lines, const struct param_plan *param,
                       const char *message)
{
    return phrase_get(lines->arena, param->element,
                      arena_printf(lines->arena, "%s->%s", message, param->wire));
}

/* The message says whether the caller has one. */
static const char *if_there(const struct lines *lines, const struct param_plan *param,
                            const char *value)
{
    if (!param->param->is_optional) return value;
    return arena_printf(lines->arena, "message->%s ? %s : NULL", param->is_there, value);
}

/* Before what reads a message that is missing where a NULL was sent. */
static const char *guard(const struct lines *lines, const struct param_plan *param,
                         const char *message)
{
    if (!param->param->is_optional) return "";
    return arena_printf(lines->arena, "if (%s->%s != NULL) ", message, param->wire);
}

/* What a T ** of the job's refers to: the pointer that the job stores. */
static void take_receiver(const struct lines *lines, const struct param_plan *param)
{
    const char *type = phrase_pointee(lines->arena, param->param->type->element, PHRASE_PLAIN);
    add(lines, "%s%s*%s = NULL;", type, phrase_gap(type), param->wire);
    add(lines, "a.%s = %s;", param->param->stub_name,
        if_there(lines, param,
                 arena_printf(lines->arena, "%s&%s",
                              record_is_hidden(param->element->record) ? "(void *)" : "",
                              param->wire)));
}

/* Whether it may fail. */
static bool take_one(const struct lines *lines, const struct param_plan *param)
{
    const char *wire = param->wire, *name = param->param->stub_name;
    if (param->is_given) {
        take_receiver(lines, param);
        return false;
    }
    const char *value = param->record ? "" : get(lines, param, "message");
    switch (param->kind) {
    case PARAM_SCALAR:
        if (param->record)
            add(lines, "%s(in, message->%s, &a.%s);", param->record->get, wire, name);
        else
            add(lines, "a.%s = %s;", name, value);
        return strncmp(value, "jgi_", 4) == 0;
    case PARAM_ONE_SCALAR:
        add(lines, "%s %s = %s;", bare(lines, param), wire, *value && param->is_in ? value : "0");
        if (param->record && param->is_in)
            add(lines, "%s%s(in, message->%s, &%s);", guard(lines, param, "message"),
                param->record->get, wire, wire);
        add(lines, "a.%s = %s;", name,
            if_there(lines, param, arena_printf(lines->arena, "&%s", wire)));
        return param->is_in && strncmp(value, "jgi_", 4) == 0;
    case PARAM_ONE_RECORD:
        if (!param->is_in) {
            add(lines, "a.%s = %s;", name,
                if_there(
                    lines, param,
                    arena_printf(lines->arena, "jgi_new_room(in, %s, 1, NULL)", param->place)));
            return true;
        }
        /* fall through */
    case PARAM_RECORD:
        add(lines, "a.%s = %s;", name,
            if_there(lines, param,
                     arena_printf(lines->arena, "jgi_take_record(in, &%s, message->%s)",
                                  param->record->codec, wire)));
        return true;
    case PARAM_STRING:
        add(lines, "a.%s = %s;", name,
            if_there(lines, param,
                     arena_printf(lines->arena, "jgi_take_string(in, message->%s)", wire)));
        return true;
    case PARAM_STRINGS:
    case PARAM_TEXT:
    case PARAM_ARRAY:
    case PARAM_RECORDS:
        break;
    }
    return false;
}

/* "message->a_1, message->n_a_1" */
static const char *elements(const struct lines *lines, const struct param_plan *param,
                            const char *message)
{
    return arena_printf(lines->arena,
                        is_bytes(param) ? "%s->%s.data, %s->%s.len" : "%s->%s, %s->n_%s", message,
                        param->wire, message, param->wire);
}

static void take_array(const struct lines *lines, const struct param_plan *param)
{
    const char *name = param->param->stub_name;
    const char *extent = plan_extent(lines->arena, lines->plan, param->param->extents,
                                     param->param->extent_count, MOMENT_RUN);
    if (param->param->is_optional)
        extent = arena_printf(lines->arena, "jgi_if(message->%s, %s)", param->is_there, extent);
    if (param->kind == PARAM_STRINGS)
        add(lines, "a.%s = jgi_take_strings(in, %s, message->%s, message->n_%s, %s, &%s);", name,
            param->place, param->wire, param->wire, extent, room(lines, param));
    else if (param->kind == PARAM_TEXT)
        add(lines, "a.%s = jgi_take_text(in, %s, %s, %s, &%s);", name, param->place,
            param->is_in ? arena_printf(lines->arena, "message->%s", param->wire)
                         : "jgi_string(NULL)",
            extent, room(lines, param));
    else if (param->is_in)
        add(lines, "a.%s = jgi_take_array(in, %s, %s, %s, &%s);", name, param->place,
            elements(lines, param, "message"), extent, room(lines, param));
    else
        add(lines, "a.%s = jgi_new_room(in, %s, %s, &%s);", name, param->place, extent,
            room(lines, param));
    if (param->param->is_optional)
        add(lines, "if (!message->%s) a.%s = NULL;", param->is_there, name);
}

static void add_stop(const struct lines *lines)
{
    add(lines, "if (jgi_decode_end(in) != JG_OK) return jgi_decode_end(in);");
}

void plan_lines_take(struct arena *arena, const struct job_plan *plan, struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    bool may_fail = false;
    for (size_t i = 0; i < plan->count; i++)
        may_fail |= take_one(&lines, &plan->params[i]);
    if (may_fail) add_stop(&lines); /* extents may read what was taken */
    for (size_t i = 0; i < plan->order_count; i++)
        take_array(&lines, plan->order[i]);
    if (plan->order_count) add_stop(&lines);
    bool has_members = false;
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (!goes_in(param)) continue;
        has_members = true;
        add(&lines, "jgi_take_members(in, %s, %s);",
            structs(&lines, param, "&a",
                    arena_printf(arena, "(void *)a.%s", param->param->stub_name)),
            messages(&lines, param, "message->", room(&lines, param)));
    }
    if (has_members) add_stop(&lines);
}

const char *plan_lines_call(struct arena *arena, const struct job_plan *plan, const char *callee)
{
    const char *args = "";
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        bool has_shape = param->is_pointer && param->param->type->element->kind == TYPE_ARRAY;
        bool is_void = param->is_given && record_is_hidden(param->element->record); /* void ** */
        args = arena_printf(arena, "%s%s%sa.%s", args, i ? ", " : "",
                            has_shape || is_void          ? "(void *)"
                            : param->kind == PARAM_RECORD ? "*"
                                                          : "",
                            param->param->stub_name);
    }
    const char *call = arena_printf(arena, "%s(%s)", callee, args);
    if (!plan->result) return call;
    return arena_printf(arena, "%s = %s",
                        phrase_result(arena, plan->job->result->type, "value", PHRASE_PLAIN), call);
}

/* ---- answer ---- */

static void answer_given(const struct lines *lines, const struct param_plan *param,
                         const char *value, const char *count)
{
    add(lines, "result.%s = %s != NULL;", param->is_there, value);
    if (param->element->is_volatile) value = arena_printf(lines->arena, "(void *)%s", value);
    if (param->kind == PARAM_STRING) {
        add(lines, "result.%s = jgi_string(%s);", param->wire, value);
        return;
    }
    add(lines, "const size_t %s = jgi_count_owned(out, %s, %s, %s);", count, param->place, value,
        plan_extent(lines->arena, lines->plan, param->param->extents, param->param->extent_count,
                    MOMENT_RUN));
    put_elements(lines, param, "result", value, count);
}

static void answer_param(const struct lines *lines, const struct param_plan *param)
{
    const char *wire = param->wire;
    const char *array = pointer(lines, param, "a.");
    if (!comes_back(param) && (!param->is_out || !param->is_pointer)) return;
    if (param->is_given) {
        answer_given(lines, param, wire, arena_printf(lines->arena, "n_%s", wire));
        return;
    }
    if (param->after_count)
        add(lines, "%s = jgi_count_after(%s, %s);", room(lines, param),
            plan_extent(lines->arena, lines->plan, param->after, param->after_count, MOMENT_RUN),
            room(lines, param));
    switch (param->kind) {
    case PARAM_ONE_SCALAR:
        if (param->record)
            add(lines, "result.%s = jgi_put_record(out, &%s, &%s);", wire, param->record->codec,
                wire);
        else
            add(lines, "result.%s = %s;", wire, wire);
        break;
    case PARAM_ONE_RECORD:
        add(lines, "result.%s = %s;", wire, put_record(lines, param, "a."));
        break;
    case PARAM_TEXT:
        add(lines, "result.%s = jgi_text(%s, %s);", wire, array, room(lines, param));
        break;
    case PARAM_ARRAY:
    case PARAM_RECORDS:
        put_elements(lines, param, "result", array, room(lines, param));
        break;
    case PARAM_RECORD:
        add(lines, "result.%s = jgi_put_record(out, &%s, %s);", wire, param->record->codec, array);
        break;
    case PARAM_SCALAR:
    case PARAM_STRING:
    case PARAM_STRINGS:
        break;
    }
}

static void answer_members(const struct lines *lines)
{
    const struct job_plan *plan = lines->plan;
    const struct param_plan *result = plan->result;
    struct arena *arena = lines->arena;
    const char *value = result && !result->is_pointer ? "&value" : "NULL";
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (!comes_back(param)) continue;
        const char *records = param->is_given ? param->wire : pointer(lines, param, "a.");
        const char *count =
            param->is_given ? arena_printf(arena, "result.n_%s", param->wire) : room(lines, param);
        add(lines, "jgi_answer_members(out, %s, &a, %s, %s, %s);", param->place, value, records,
            messages(lines, param, "result.", count));
    }
    if (result && result->has_members)
        add(lines, "jgi_answer_members(out, %s, %s, NULL, %s, %s);", result->place,
            plan->count ? "&a" : "NULL", result->is_pointer ? "value" : "&value",
            messages(lines, result, "result.", arena_printf(arena, "result.n_%s", result->wire)));
}

static void answer_result(const struct lines *lines, const struct param_plan *result)
{
    if (result->kind == PARAM_SCALAR && !result->record)
        add(lines, "result.%s = value;", result->wire);
    else if (result->kind == PARAM_SCALAR || result->kind == PARAM_RECORD)
        add(lines, "result.%s = jgi_put_record(out, &%s, &value);", result->wire,
            result->record->codec);
    else
        answer_given(lines, result, "value", "count");
}

void plan_lines_answer(struct arena *arena, const struct job_plan *plan,
                       struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    for (size_t i = 0; i < plan->count; i++)
        answer_param(&lines, &plan->params[i]);
    if (plan->result) answer_result(&lines, plan->result);
    answer_members(&lines);
}

/* ---- give ---- */

/* "const int a_1 = result->a_1;" */
static void read_scalar(const struct lines *lines, const struct param_plan *param, const char *name)
{
    if (!param->record) {
        add(lines, "const %s %s = %s;", bare(lines, param), name, get(lines, param, "result"));
        return;
    }
    bool may_miss = param->param->is_optional;
    add(lines, "%s %s%s;", bare(lines, param), name, may_miss ? " = 0" : "");
    add(lines, "%s%s(in, result->%s, &%s);", guard(lines, param, "result"), param->record->get,
        param->wire, name);
}

static void read_scalars(const struct lines *lines)
{
    const struct job_plan *plan = lines->plan;
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (param->kind == PARAM_ONE_SCALAR && param->is_out)
            read_scalar(lines, param, param->wire);
    }
    if (plan->result && plan->result->kind == PARAM_SCALAR)
        read_scalar(lines, plan->result, "value");
}

static void give_records(const struct lines *lines)
{
    const struct job_plan *plan = lines->plan;
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        bool is_one = param->kind == PARAM_ONE_RECORD || param->kind == PARAM_RECORD;
        if (!is_one || (!param->is_out && !comes_back(param))) continue;
        const char *call =
            param->is_out
                ? arena_printf(lines->arena, "jgi_give_record(in, &%s, %s, result->%s);",
                               param->record->codec, pointer(lines, param, "a->"), param->wire)
                : arena_printf(lines->arena, "jgi_take_record(in, &%s, result->%s);",
                               param->record->codec, param->wire);
        if (param->is_read_after || comes_back(param))
            add(lines, "const %s *%s = %s", param->record->spelling, param->wire, call);
        else
            add(lines, "%s", call);
    }
}

static void give_array(const struct lines *lines, const struct param_plan *param)
{
    const char *to = pointer(lines, param, "a->"), *count = room(lines, param);
    if (!param->is_out && !comes_back(param)) return;
    if (!param->is_out) to = "NULL";
    if (param->kind == PARAM_TEXT) {
        add(lines, "jgi_give_text(in, %s, %s, %s, result->%s);", param->place, to, count,
            param->wire);
        return;
    }
    if (param->after_count)
        count = arena_printf(
            lines->arena, "jgi_count_after(%s, %s)",
            plan_extent(lines->arena, lines->plan, param->after, param->after_count, MOMENT_RESULT),
            count);
    const char *call = arena_printf(lines->arena, "jgi_give_array(in, %s, %s, %s, %s);",
                                    param->place, to, count, elements(lines, param, "result"));
    if (comes_back(param))
        add(lines, "const %s *%s = %s", param->record->spelling, param->wire, call);
    else
        add(lines, "%s", call);
}

static void give_members(const struct lines *lines, const struct param_plan *param)
{
    if (!comes_back(param)) return;
    add(lines, "jgi_give_members(in, %s, %s);", structs(lines, param, "a", param->wire),
        messages(lines, param, "result->",
                 arena_printf(lines->arena, "result->n_%s", param->wire)));
}

/* What the job has allocated; nothing is allocated for the caller where `to` is NULL. */
static void give_owned(const struct lines *lines, const struct param_plan *param, const char *to)
{
    const char *wire = param->wire;
    if (param->kind == PARAM_STRING) {
        add(lines, "jgi_give_owned_string(in, %s, result->%s, result->%s);", to, param->is_there,
            wire);
        return;
    }
    const char *call = arena_printf(lines->arena, "jgi_give_owned(in, %s, %s, result->%s, %s, %s);",
                                    param->place, to, param->is_there,
                                    plan_extent(lines->arena, lines->plan, param->param->extents,
                                                param->param->extent_count, MOMENT_RESULT),
                                    elements(lines, param, "result"));
    if (param->has_members)
        add(lines, "const %s *%s = %s", param->record->spelling, wire, call);
    else
        add(lines, "%s", call);
}

static void give_result(const struct lines *lines, const struct param_plan *result)
{
    const char *wire = result->wire;
    bool is_record = result->kind == PARAM_RECORD;
    if (result->has_members && is_record)
        add(lines,
            "const %s *%s = ret_value == NULL ? NULL : jgi_give_record(in, &%s, ret_value, "
            "result->%s);",
            result->record->spelling, wire, result->record->codec, wire);
    else if (is_record)
        add(lines, "(void)jgi_give_record(in, &%s, ret_value, result->%s);", result->record->codec,
            wire);
    else if (result->kind == PARAM_SCALAR)
        add(lines, "jgi_give(in, ret_value, &value, sizeof value);");
    else
        give_owned(lines, result, "ret_value");
    if (result->has_members)
        add(lines, "jgi_give_members(in, %s, %s);",
            structs(lines, result, lines->plan->count ? "a" : "NULL", wire),
            messages(lines, result, "result->", arena_printf(lines->arena, "result->n_%s", wire)));
}

void plan_lines_give(struct arena *arena, const struct job_plan *plan, struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    read_scalars(&lines);
    give_records(&lines);
    for (size_t i = 0; i < plan->count; i++)
        if (is_array(&plan->params[i])) give_array(&lines, &plan->params[i]);
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (param->kind == PARAM_ONE_SCALAR && param->is_out)
            add(&lines, "jgi_give(in, %s, &%s, sizeof %s);", pointer(&lines, param, "a->"),
                param->wire, param->wire);
        if (param->is_given)
            give_owned(&lines, param, arena_printf(arena, "a->%s", param->param->stub_name));
    }
    for (size_t i = 0; i < plan->count; i++)
        give_members(&lines, &plan->params[i]);
    if (plan->result) give_result(&lines, plan->result);
}
