/* SPDX-License-Identifier: MIT */
#include "plan_line.h"

#include "arena.h"
#include "phrase.h"
#include "template.h"

#include <stdarg.h>
#include <string.h>

void lines_add(const struct lines *lines, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    template_add_text(lines->arena, lines->list, arena_vprintf(lines->arena, format, args));
    va_end(args);
}

bool param_is_array(const struct param_plan *param)
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

bool param_members_go_in(const struct param_plan *param)
{
    return param->has_members && param->is_in;
}

bool param_members_come_back(const struct param_plan *param)
{
    return param->has_members && ((param->is_out && param->is_pointer) || param->answers_members);
}

const char *lines_pointer(const struct lines *lines, const struct param_plan *param,
                          const char *args)
{
    const char *cast = param->element->is_volatile ? "(void *)" : "";
    return arena_printf(lines->arena, "%s%s%s", cast, args, param->param->stub_name);
}

const char *lines_room(const struct lines *lines, const struct param_plan *param)
{
    return arena_printf(lines->arena, "rooms[%zu]", param->number);
}

const char *lines_structs(const struct lines *lines, const struct param_plan *param,
                          const char *args, const char *records)
{
    return arena_printf(lines->arena, "%s, %s, %s", param->place, args, records);
}

const char *lines_messages(const struct lines *lines, const struct param_plan *param,
                           const char *message, const char *count)
{
    bool is_many = param->kind == PARAM_RECORDS;
    return arena_printf(lines->arena, "%s%s%s, %s", is_many ? "" : "&", message, param->wire,
                        is_many ? count : "1");
}

void lines_put_elements(const struct lines *lines, const struct param_plan *param,
                        const char *message, const char *array, const char *count)
{
    const char *wire = param->wire;
    if (param->record) {
        lines_add(lines, "%s.n_%s = %s;", message, wire, count);
        lines_add(lines, "%s.%s = jgi_put_records(out, &%s, %s, %s);", message, wire,
                  param->record->codec, array, count);
        return;
    }
    const char *sent =
        arena_printf(lines->arena, "jgi_send(out, %s, %s, %s)", param->place, array, count);
    if (is_bytes(param)) {
        lines_add(lines, "%s.%s = jgi_bytes(%s, %s);", message, wire, array, sent);
        return;
    }
    lines_add(lines, "%s.n_%s = %s;", message, wire, sent);
    if (phrase_is_widened(param->element))
        lines_add(lines, "%s.%s = jgi_widen(out, %s, %s, %s.n_%s);", message, wire,
                  phrase_element_kind(param->element), array, message, wire);
    else
        lines_add(lines, "%s.%s = (%s *)%s;", message, wire, phrase_wire_c(param->element), array);
}

const char *lines_unless_null(const struct lines *lines, const struct param_plan *param,
                              const char *args, const char *value, const char *otherwise)
{
    if (!param->param->is_optional) return value;
    return arena_printf(lines->arena, "%s%s != NULL ? %s : %s", args, param->param->stub_name,
                        value, otherwise);
}

const char *lines_put_record(const struct lines *lines, const struct param_plan *param,
                             const char *args)
{
    const char *put = arena_printf(lines->arena, "jgi_put_record(out, &%s, %s)",
                                   param->record->codec, lines_pointer(lines, param, args));
    return lines_unless_null(lines, param, args, put, "NULL");
}

const char *lines_bare(const struct lines *lines, const struct param_plan *param)
{
    return phrase_base(lines->arena, param->element, true);
}

const char *lines_get(const struct lines *lines, const struct param_plan *param,
                      const char *message)
{
    return phrase_get(lines->arena, param->element,
                      arena_printf(lines->arena, "%s->%s", message, param->wire));
}

const char *lines_guard(const struct lines *lines, const struct param_plan *param,
                        const char *message)
{
    if (!param->param->is_optional) return "";
    return arena_printf(lines->arena, "if (%s->%s != NULL) ", message, param->wire);
}

const char *lines_elements(const struct lines *lines, const struct param_plan *param,
                           const char *message)
{
    return arena_printf(lines->arena,
                        is_bytes(param) ? "%s->%s.data, %s->%s.len" : "%s->%s, %s->n_%s", message,
                        param->wire, message, param->wire);
}
