/* SPDX-License-Identifier: MIT */
/* Builds the tree for templates: the files as a whole, then records, then job by job. */
#include "plan.h"

#include "arena.h"
#include "phrase.h"
#include "plan_job.h"
#include "plan_member.h"
#include "plan_names.h"
#include "plan_record.h"
#include "template.h"

#include <string.h>

enum { SOURCES_NAMED = 3 };

/* "square.c", "a.c, b.c", "a.c, b.c, c.c and 23 more" */
static const char *sources_phrase(struct plan *plan)
{
    const char *text = "nothing", *last = "";
    size_t count = 0;
    for (size_t i = 0; i < plan->model->job_count; i++) {
        const char *file = plan->model->jobs[i].file;
        if (strcmp(file, last) == 0) continue;
        last = file;
        if (count < SOURCES_NAMED)
            text = count ? arena_printf(plan->arena, "%s, %s", text, file) : file;
        count++;
    }
    return count > SOURCES_NAMED
               ? arena_printf(plan->arena, "%s and %zu more", text, count - SOURCES_NAMED)
               : text;
}

/* Whether a stub's declaration has bounds that its definition must not evaluate. */
static bool has_varying_bounds(const struct model *model)
{
    for (size_t i = 0; i < model->job_count; i++)
        for (size_t k = 0; k < model->jobs[i].param_count; k++) {
            const struct param *param = &model->jobs[i].params[k];
            if (!param->keeps_shape) continue;
            const struct type *type = param->type->element;
            for (; type->kind == TYPE_ARRAY; type = type->element)
                if (!type->extent->is_constant) return true;
        }
    return false;
}

static bool names_record(const struct job *job, const struct record *record)
{
    bool is_named = phrase_element(job->result->type)->record == record;
    for (size_t i = 0; i < job->param_count; i++)
        is_named |= phrase_element(job->params[i].type)->record == record;
    return is_named;
}

/* Declared in the header are those that stubs name; jobs that need C alone name the others. */
static void show_forward(struct plan *plan, struct template_value *root)
{
    struct template_value *all = template_set_list(plan->arena, root, "forward");
    struct template_value *c_only = template_set_list(plan->arena, root, "forward_in_c");
    bool has_c_only = false;
    for (size_t r = 0; r < plan->model->record_count; r++) {
        const struct record *record = plan->model->records[r];
        bool is_named = false, is_in_cpp = false;
        for (size_t i = 0; i < plan->model->job_count; i++)
            if (names_record(&plan->model->jobs[i], record)) {
                is_named = true;
                is_in_cpp |= !plan->model->jobs[i].needs_c;
            }
        if (!is_named || !record->tag) continue;
        has_c_only |= !is_in_cpp;
        template_add_text(plan->arena, is_in_cpp ? all : c_only, record->tag);
    }
    template_set_flag(plan->arena, root, "has_forward_in_c", has_c_only);
}

/* "JOBS_H" */
static const char *guard_phrase(struct plan *plan)
{
    char *text = arena_printf(plan->arena, "%s_H", plan_names_package(plan->names));
    for (char *c = text; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    return text;
}

struct template_value *plan_make(struct arena *arena, const struct model *model,
                                 struct diag_list *diags)
{
    struct plan plan = {.arena = arena, .model = model, .diags = diags};
    struct template_value *root = template_object_new(arena);
    plan.names = plan_names_new(arena, model);
    plan.records = record_plans_new(arena, plan.names, model);
    template_set_text(arena, root, "stem", model->name);
    template_set_text(arena, root, "package", plan_names_package(plan.names));
    template_set_text(arena, root, "guard", guard_phrase(&plan));
    template_set_text(arena, root, "sources", sources_phrase(&plan));
    template_set_flag(arena, root, "has_varying_bounds", has_varying_bounds(model));
    template_set_flag(arena, root, "has_headers", model->header_count > 0);
    template_set_text(arena, root, "abi", arena_printf(arena, "%d", PLAN_ABI));
    struct template_value *headers = template_set_list(arena, root, "headers");
    for (size_t i = 0; i < model->header_count; i++)
        template_add_text(arena, headers, model->headers[i]);
    show_forward(&plan, root);
    record_plans_show(arena, &plan.records, root);
    plan.tables = member_tables_new(arena, plan.names, &plan.records,
                                    template_set_list(arena, root, "member_tables"));
    struct template_value *jobs = template_set_list(arena, root, "jobs");
    for (size_t i = 0; i < model->job_count; i++)
        plan_show_job(&plan, &model->jobs[i], template_add_object(arena, jobs));
    return root;
}
