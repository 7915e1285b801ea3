/* SPDX-License-Identifier: MIT */
/* The caller's side after a call: what the answer has is given to the caller. */
#include "plan_lines.h"

#include "arena.h"
#include "plan_line.h"

/* "const int a_1 = result->a_1;" */
static void read_scalar(const struct lines *lines, const struct param_plan *param, const char *name)
{
    if (!param->record) {
        lines_add(lines, "const %s %s = %s;", lines_bare(lines, param), name,
                  lines_get(lines, param, "result"));
        return;
    }
    bool may_miss = param->param->is_optional;
    lines_add(lines, "%s %s%s;", lines_bare(lines, param), name, may_miss ? " = 0" : "");
    lines_add(lines, "%s%s(in, result->%s, &%s);", lines_guard(lines, param, "result"),
              param->record->get, param->wire, name);
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
        if (!is_one || (!param->is_out && !param_members_come_back(param))) continue;
        const char *call =
            param->is_out ? arena_printf(lines->arena, "jgi_give_record(in, &%s, %s, result->%s);",
                                         param->record->codec, lines_pointer(lines, param, "a->"),
                                         param->wire)
                          : arena_printf(lines->arena, "jgi_take_record(in, &%s, result->%s);",
                                         param->record->codec, param->wire);
        if (param->is_read_after || param_members_come_back(param))
            lines_add(lines, "const %s *%s = %s", param->record->spelling, param->wire, call);
        else
            lines_add(lines, "%s", call);
    }
}

static void give_array(const struct lines *lines, const struct param_plan *param)
{
    const char *to = lines_pointer(lines, param, "a->"), *count = lines_room(lines, param);
    if (!param->is_out && !param_members_come_back(param)) return;
    if (!param->is_out) to = "NULL";
    if (param->kind == PARAM_TEXT) {
        lines_add(lines, "jgi_give_text(in, %s, %s, %s, result->%s);", param->place, to, count,
                  param->wire);
        return;
    }
    if (param->after_count)
        count = arena_printf(
            lines->arena, "jgi_count_after(%s, %s)",
            plan_extent(lines->arena, lines->plan, param->after, param->after_count, MOMENT_RESULT),
            count);
    const char *call =
        arena_printf(lines->arena, "jgi_give_array(in, %s, %s, %s, %s);", param->place, to, count,
                     lines_elements(lines, param, "result"));
    if (param_members_come_back(param))
        lines_add(lines, "const %s *%s = %s", param->record->spelling, param->wire, call);
    else
        lines_add(lines, "%s", call);
}

static void give_members(const struct lines *lines, const struct param_plan *param)
{
    if (!param_members_come_back(param)) return;
    lines_add(lines, "jgi_give_members(in, %s, %s);", lines_structs(lines, param, "a", param->wire),
              lines_messages(lines, param, "result->",
                             arena_printf(lines->arena, "result->n_%s", param->wire)));
}

/* What the job has allocated; nothing is allocated for the caller where `to` is NULL. */
static void give_owned(const struct lines *lines, const struct param_plan *param, const char *to)
{
    const char *wire = param->wire;
    if (param->kind == PARAM_STRING) {
        lines_add(lines, "jgi_give_owned_string(in, %s, result->%s, result->%s);", to,
                  param->is_there, wire);
        return;
    }
    const char *call = arena_printf(lines->arena, "jgi_give_owned(in, %s, %s, result->%s, %s, %s);",
                                    param->place, to, param->is_there,
                                    plan_extent(lines->arena, lines->plan, param->param->extents,
                                                param->param->extent_count, MOMENT_RESULT),
                                    lines_elements(lines, param, "result"));
    if (param->has_members)
        lines_add(lines, "const %s *%s = %s", param->record->spelling, wire, call);
    else
        lines_add(lines, "%s", call);
}

static void give_result(const struct lines *lines, const struct param_plan *result)
{
    const char *wire = result->wire;
    bool is_record = result->kind == PARAM_RECORD;
    if (result->has_members && is_record)
        lines_add(lines,
                  "const %s *%s = ret_value == NULL ? NULL : jgi_give_record(in, &%s, ret_value, "
                  "result->%s);",
                  result->record->spelling, wire, result->record->codec, wire);
    else if (is_record)
        lines_add(lines, "(void)jgi_give_record(in, &%s, ret_value, result->%s);",
                  result->record->codec, wire);
    else if (result->kind == PARAM_SCALAR)
        lines_add(lines, "jgi_give(in, ret_value, &value, sizeof value);");
    else
        give_owned(lines, result, "ret_value");
    if (result->has_members)
        lines_add(lines, "jgi_give_members(in, %s, %s);",
                  lines_structs(lines, result, lines->plan->count ? "a" : "NULL", wire),
                  lines_messages(lines, result, "result->",
                                 arena_printf(lines->arena, "result->n_%s", wire)));
}

void plan_lines_give(struct arena *arena, const struct job_plan *plan, struct template_value *list)
{
    struct lines lines = {arena, plan, list};
    read_scalars(&lines);
    give_records(&lines);
    for (size_t i = 0; i < plan->count; i++)
        if (param_is_array(&plan->params[i])) give_array(&lines, &plan->params[i]);
    for (size_t i = 0; i < plan->count; i++) {
        const struct param_plan *param = &plan->params[i];
        if (param->kind == PARAM_ONE_SCALAR && param->is_out)
            lines_add(&lines, "jgi_give(in, %s, &%s, sizeof %s);",
                      lines_pointer(&lines, param, "a->"), param->wire, param->wire);
        if (param->is_given)
            give_owned(&lines, param, arena_printf(arena, "a->%s", param->param->stub_name));
    }
    for (size_t i = 0; i < plan->count; i++)
        give_members(&lines, &plan->params[i]);
    if (plan->result) give_result(&lines, plan->result);
}
