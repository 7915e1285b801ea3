/* SPDX-License-Identifier: MIT */
/* The worker's side: arguments are taken out of a message, the job is called, and what comes out of
 * it is put into the answer. */
#include "plan_lines.h"

#include "arena.h"
#include "phrase.h"
#include "plan_line.h"

#include <string.h>

/* The message says whether the caller has one. */
static const char *if_there(const struct lines *lines, const struct param_plan *param,
                            const char *value)
{
    if (!param->param->is_optional) return value;
    return arena_printf(lines->arena, "message->%s ? %s : NULL", param->is_there, value);
}

/* What a T ** of the job's refers to: the pointer that the job stores. */
static void take_receiver(const struct lines *lines, const struct param_plan *param)
{
    const char *type = phrase_pointee(lines->arena, param->param->type->element, PHRASE_PLAIN);
    lines_add(lines, "%s%s*%s = NULL;", type, phrase_gap(type), param->wire);
    lines_add(lines, "a.%s = %s;", param->param->stub_name,
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
    const char *value = param->record ? "" : lines_get(lines, param, "message");
    switch (param->kind) {
    case PARAM_SCALAR:
        if (param->record)
            lines_add(lines, "%s(in, message->%s, &a.%s);", param->record->get, wire, name);
        else
            lines_add(lines, "a.%s = %s;", name, value);
        return strncmp(value, "jgi_", 4) == 0;
    case PARAM_ONE_SCALAR:
        lines_add(lines, "%s %s = %s;", lines_bare(lines, param), wire,
                  *value && param->is_in ? value : "0");
        if (param->record && param->is_in)
            lines_add(lines, "%s%s(in, message->%s, &%s);", lines_guard(lines, param, "message"),
                      param->record->get, wire, wire);
        lines_add(lines, "a.%s = %s;", name,
                  if_there(lines, param, arena_printf(lines->arena, "&%s", wire)));
        return param->is_in && strncmp(value, "jgi_", 4) == 0;
    case PARAM_ONE_RECORD:
        if (!param->is_in) {
            lines_add(lines, "a.%s = %s;", name,
                      if_there(lines, param,
                               arena_printf(lines->arena, "jgi_new_room(in, %s, 1, NULL)",
                                            param->place)));
            return true;
        }
        /* fall through */
    case PARAM_RECORD:
        lines_add(lines, "a.%s = %s;", name,
                  if_there(lines, param,
                           arena_printf(lines->arena, "jgi_take_record(in, &%s, message->%s)",
                                        param->record->codec, wire)));
        return true;
    case PARAM_STRING:
        lines_add(lines, "a.%s = %s;", name,
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

static void take_array(const struct lines *lines, const struct param_plan *param)
{
    const char *name = param->param->stub_name;
    const char *extent = plan_extent(lines->arena, lines->plan, param->param->extents,
                                     param->param->extent_count, MOMENT_RUN);
    if (param->param->is_optional)
        extent = arena_printf(lines->arena, "jgi_if(message->%s, %s)", param->is_there, extent);
    if (param->kind == PARAM_STRINGS)
        lines_add(lines, "a.%s = jgi_take_strings(in, %s, message->%s, message->n_%s, %s, &%s);",
                  name, param->place, param->wire, param->wire, extent, lines_room(lines, param));
    else if (param->kind == PARAM_TEXT)
        lines_add(lines, "a.%s = jgi_take_text(in, %s, %s, %s, &%s);", name, param->place,
                  param->is_in ? arena_printf(lines->arena, "message->%s", param->wire)
                               : "jgi_string(NULL)",
                  extent, lines_room(lines, param));
    else if (param->is_in)
        lines_add(lines, "a.%s = jgi_take_array(in, %s, %s, %s, &%s);", name, param->place,
                  lines_elements(lines, param, "message"), extent, lines_room(lines, param));
    else
        lines_add(lines, "a.%s = jgi_new_room(in, %s, %s, &%s);", name, param->place, extent,
                  lines_room(lines, param));
    if (param->param->is_optional)
        lines_add(lines, "if (!message->%s) a.%s = NULL;", param->is_there, name);
}

static void add_stop(const struct lines *lines)
{
    lines_add(lines, "if (jgi_decode_end(in) != JG_OK) return jgi_decode_end(in);");
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
        if (!param_members_go_in(param)) continue;
        has_members = true;
        lines_add(&lines, "jgi_take_members(in, %s, %s);",
                  lines_structs(&lines, param, "&a",
                                arena_printf(arena, "(void *)a.%s", param->param->stub_name)),
                  lines_messages(&lines, param, "message->", lines_room(&lines, param)));
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

static void answer_given(const struct lines *lines, const struct param_plan *param,
                         const char *value, const char *count)
{
    lines_add(lines, "result.%s = %s != NULL;", param->is_there, value);
    if (param->element->is_volatile) value = arena_printf(lines->arena, "(void *)%s", value);
    if (param->kind == PARAM_STRING) {
        lines_add(lines, "result.%s = jgi_string(%s);", param->wire, value);
        return;
    }
    lines_add(lines, "const size_t %s = jgi_count_owned(out, %s, %s, %s);", count, param->place,
              value,
              plan_extent(lines->arena, lines->plan, param->param->extents,
                          param->param->extent_count, MOMENT_RUN));
    lines_put_elements(lines, param, "result", value, count);
}

static void answer_param(const struct lines *lines, const struct param_plan *param)
{
    const char *wire = param->wire;
    const char *array = lines_pointer(lines, param, "a.");
    if (!param_members_come_back(param) && (!param->is_out || !param->is_pointer)) return;
    if (param->is_given) {
        answer_given(lines, param, wire, arena_printf(lines->arena, "n_%s", wire));
        return;
    }
    if (param->after_count)
        lines_add(
            lines, "%s = jgi_count_after(%s, %s);", lines_room(lines, param),
            plan_extent(lines->arena, lines->plan, param->after, param->after_count, MOMENT_RUN),
            lines_room(lines, param));
    switch (param->kind) {
    case PARAM_ONE_SCALAR:
        if (param->record)
            lines_add(lines, "result.%s = jgi_put_record(out, &%s, &%s);", wire,
                      param->record->codec, wire);
        else
            lines_add(lines, "result.%s = %s;", wire, wire);
        break;
    case PARAM_ONE_RECORD:
        lines_add(lines, "result.%s = %s;", wire, lines_put_record(lines, param, "a."));
        break;
    case PARAM_TEXT:
        lines_add(lines, "result.%s = jgi_text(%s, %s);", wire, array, lines_room(lines, param));
        break;
    case PARAM_ARRAY:
    case PARAM_RECORDS:
        lines_put_elements(lines, param, "result", array, lines_room(lines, param));
        break;
    case PARAM_RECORD:
        lines_add(lines, "result.%s = jgi_put_record(out, &%s, %s);", wire, param->record->codec,
                  array);
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
        if (!param_members_come_back(param)) continue;
        const char *records = param->is_given ? param->wire : lines_pointer(lines, param, "a.");
        const char *count = param->is_given ? arena_printf(arena, "result.n_%s", param->wire)
                                            : lines_room(lines, param);
        lines_add(lines, "jgi_answer_members(out, %s, &a, %s, %s, %s);", param->place, value,
                  records, lines_messages(lines, param, "result.", count));
    }
    if (result && result->has_members)
        lines_add(lines, "jgi_answer_members(out, %s, %s, NULL, %s, %s);", result->place,
                  plan->count ? "&a" : "NULL", result->is_pointer ? "value" : "&value",
                  lines_messages(lines, result, "result.",
                                 arena_printf(arena, "result.n_%s", result->wire)));
}

static void answer_result(const struct lines *lines, const struct param_plan *result)
{
    if (result->kind == PARAM_SCALAR && !result->record)
        lines_add(lines, "result.%s = value;", result->wire);
    else if (result->kind == PARAM_SCALAR || result->kind == PARAM_RECORD)
        lines_add(lines, "result.%s = jgi_put_record(out, &%s, &value);", result->wire,
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
