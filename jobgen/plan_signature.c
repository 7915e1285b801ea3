/* SPDX-License-Identifier: MIT */
/* A job's signatures: of its stubs, in all forms, and of the structs with its arguments and value.
 */
#include "plan_signature.h"

#include "arena.h"
#include "names.h"
#include "plan_job.h"
#include "template.h"

#include <string.h>

const char *plan_params_phrase(struct plan *plan, const struct job *job, enum phrase_place place)
{
    const char *text = "";
    for (size_t i = 0; i < job->param_count; i++)
        text = arena_printf(plan->arena, "%s%s%s", text, i ? ", " : "",
                            phrase_param(plan->arena, job, &job->params[i], place));
    return text;
}

/* `name` in the header, unless the job's stubs have a type of that name, which it would hide. */
static const char *free_name(struct plan *plan, const struct job *job, enum phrase_place place,
                             const char *name)
{
    bool is_free = place == PHRASE_DEFINITION || !name_is_spelled(job, name);
    while (!is_free) {
        name = arena_printf(plan->arena, "%s_", name);
        is_free = !name_is_spelled(job, name);
        for (size_t i = 0; i < job->param_count; i++)
            is_free &= strcmp(job->params[i].stub_name, name) != 0;
    }
    return name;
}

void plan_show_signatures(struct plan *plan, const struct job *job, enum phrase_place place,
                          struct template_value *shown)
{
    struct arena *arena = plan->arena;
    bool has_value = job->result->type->kind != TYPE_VOID;
    const char *params = plan_params_phrase(plan, job, place);
    const char *ret_value = arena_printf(arena, "*%s", free_name(plan, job, place, "ret_value"));
    const char *value = has_value ? phrase_result(arena, job->result->type, ret_value, place) : "";
    bool has_both = *params && *value;
    const char *all = arena_printf(arena, "%s%s%s", params, has_both ? ", " : "", value);
    template_set_text(arena, shown, "name", job->name);
    template_set_text(arena, shown, "blocking", *all ? all : "void");
    template_set_text(arena, shown, "async", *params ? params : "void");
    template_set_text(arena, shown, "start",
                      arena_printf(arena, "const struct jg_options *%s%s%s",
                                   free_name(plan, job, place, "options"), *params ? ", " : "",
                                   params));
    template_set_text(arena, shown, "get",
                      arena_printf(arena, "%s_job *%s%s%s", job->name,
                                   free_name(plan, job, place, "job"), has_value ? ", " : "",
                                   value));
}

static bool has_enum_pointer(const struct type *type)
{
    return type->element && phrase_element(type)->kind == TYPE_ENUM;
}

bool plan_differs_in_cpp(const struct job *job)
{
    bool differs = job->result->type->kind == TYPE_ENUM || has_enum_pointer(job->result->type);
    for (size_t i = 0; i < job->param_count; i++)
        differs |= job->params[i].keeps_shape || has_enum_pointer(job->params[i].type);
    return differs;
}

void plan_show_args(struct plan *plan, const struct job *job, struct template_value *shown)
{
    struct arena *arena = plan->arena;
    bool differs = false;
    struct template_value *c = template_set_list(arena, shown, "args");
    struct template_value *cpp = template_set_list(arena, shown, "args_in_cpp");
    for (size_t i = 0; i < job->param_count; i++) {
        const struct param *param = &job->params[i];
        bool has_enum = has_enum_pointer(param->type);
        differs |= has_enum;
        template_add_text(arena, c, phrase_param(arena, job, param, PHRASE_ARGS));
        template_add_text(arena, cpp,
                          phrase_param(arena, job, param, has_enum ? PHRASE_CPP : PHRASE_ARGS));
    }
    const struct type *type = job->result->type;
    const char *name = type->kind == TYPE_RECORD ? "*value" : "value";
    bool has_value = type->kind != TYPE_VOID;
    template_set_flag(arena, shown, "args_differ", differs && !job->needs_c);
    template_set_flag(arena, shown, "has_args", job->param_count > 0);
    template_set_flag(arena, shown, "has_value", has_value);
    bool value_differs =
        has_enum_pointer(type) || name_is_spelled(job, "status") || name_is_spelled(job, "value");
    template_set_flag(arena, shown, "value_differs", value_differs && has_value && !job->needs_c);
    template_set_text(arena, shown, "value",
                      has_value ? phrase_result(arena, type, name, PHRASE_ARGS) : "");
    template_set_text(arena, shown, "value_in_cpp",
                      has_value ? phrase_result(arena, type, name, PHRASE_CPP) : "");
}
