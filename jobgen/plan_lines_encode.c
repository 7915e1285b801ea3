/* SPDX-License-Identifier: MIT */
/* The caller's side before a call: arguments are checked, and put into a message. */
#include "plan_lines.h"

#include "arena.h"
#include "plan_line.h"

static void add_check(const struct lines *lines, const char *call)
{
    lines_add(lines, "if (!%s) return jgi_encode_status(out);", call);
}

static void check_one(const struct lines *lines, const struct param_plan *param)
{
    if (param->kind == PARAM_SCALAR || param_is_array(param)) return;
    const char *kind = param->is_given               ? "receiver"
                       : param->kind == PARAM_STRING ? "string"
                                                     : "one";
    add_check(lines, arena_printf(lines->arena, "jgi_check_%s(out, %s, %s)", kind, param->place,
                                  lines_pointer(lines, param, "a->")));
}

static void check_array(const struct lines *lines, const struct param_plan *param)
{
    const char *kind = param->kind == PARAM_STRINGS                ? "strings"
                       : param->kind == PARAM_TEXT && param->is_in ? "text"
                                                                   : "array";
    add_check(lines, arena_printf(lines->arena, "jgi_check_%s(out, %s, %s, %s, &%s)", kind,
                                  param->place, lines_pointer(lines, param, "a->"),
                                  plan_extent(lines->arena, lines->plan, param->param->extents,
                                              param->param->extent_count, MOMENT_CALL),
                                  lines_room(lines, param)));
}

static void check_members(const struct lines *lines, const struct param_plan *param)
{
    bool is_many = param->kind == PARAM_RECORDS;
    if (!param_members_go_in(param)) return;
    add_check(lines,
              arena_printf(lines->arena, "jgi_check_members(out, %s, %s)",
                           lines_structs(lines, param, "a", lines_pointer(lines, param, "a->")),
                           is_many ? lines_room(lines, param) : "1"));
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
        lines_add(&lines, "rooms[%zu] = (size_t)(%s);", plan->count + 1 + i,
                  plan_extent(arena, plan, &plan->notes[i], 1, MOMENT_CALL));
}

static void put_param(const struct lines *lines, const struct param_plan *param)
{
    const char *wire = param->wire, *name = param->param->stub_name;
    if (param->param->is_optional)
        lines_add(lines, "message.%s = a->%s != NULL;", param->is_there, name);
    if (!param->is_in) return;
    switch (param->kind) {
    case PARAM_SCALAR:
        if (param->record)
            lines_add(lines, "message.%s = jgi_put_record(out, &%s, &a->%s);", wire,
                      param->record->codec, name);
        else
            lines_add(lines, "message.%s = a->%s;", wire, name);
        break;
    case PARAM_ONE_SCALAR:
        if (param->record)
            lines_add(lines, "message.%s = %s;", wire, lines_put_record(lines, param, "a->"));
        else
            lines_add(lines, "message.%s = %s;", wire,
                      lines_unless_null(lines, param, "a->",
                                        arena_printf(lines->arena, "*a->%s", name), "0"));
        break;
    case PARAM_RECORD:
    case PARAM_ONE_RECORD:
        lines_add(lines, "message.%s = %s;", wire, lines_put_record(lines, param, "a->"));
        break;
    case PARAM_STRINGS:
        lines_add(lines, "message.n_%s = %s;", wire, lines_room(lines, param));
        lines_add(lines, "message.%s = jgi_put_strings(out, a->%s, %s);", wire, name,
                  lines_room(lines, param));
        break;
    case PARAM_STRING:
        lines_add(lines, "message.%s = jgi_string(%s);", wire, lines_pointer(lines, param, "a->"));
        break;
    case PARAM_TEXT:
        lines_add(lines, "message.%s = jgi_text(%s, %s);", wire, lines_pointer(lines, param, "a->"),
                  lines_room(lines, param));
        break;
    case PARAM_ARRAY:
    case PARAM_RECORDS:
        lines_put_elements(lines, param, "message", lines_pointer(lines, param, "a->"),
                           lines_room(lines, param));
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
        if (param_members_go_in(param))
            lines_add(&lines, "jgi_put_members(out, %s, %s);",
                      lines_structs(&lines, param, "a", lines_pointer(&lines, param, "a->")),
                      lines_messages(&lines, param, "message.", lines_room(&lines, param)));
    }
}
