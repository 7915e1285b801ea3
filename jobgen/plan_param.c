/* SPDX-License-Identifier: MIT */
/* Sorts a job's parameters into kinds and their extents into an order. */
#include "plan_param.h"

#include "arena.h"
#include "expr.h"
#include "phrase.h"
#include "plan_member.h"

static bool has_pointer(const struct type *type)
{
    return type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY;
}

static enum param_kind kind_of(const struct param *param)
{
    bool is_record = phrase_element(param->type)->kind == TYPE_RECORD;
    if (!has_pointer(param->type)) return is_record ? PARAM_RECORD : PARAM_SCALAR;
    if (param->is_string && has_pointer(param->type->element) && !param->is_star)
        return PARAM_STRINGS;
    if (param->is_string) return param->extent_count ? PARAM_TEXT : PARAM_STRING;
    if (!param->extent_count) return is_record ? PARAM_ONE_RECORD : PARAM_ONE_SCALAR;
    return is_record ? PARAM_RECORDS : PARAM_ARRAY;
}

static bool is_array(const struct param_plan *plan)
{
    return plan->kind == PARAM_ARRAY || plan->kind == PARAM_RECORDS || plan->kind == PARAM_TEXT ||
           plan->kind == PARAM_STRINGS;
}

static void init_param(struct arena *arena, struct job_plan *job, struct param_plan *plan,
                       const struct param *param, size_t number, const char *places)
{
    plan->param = param;
    plan->kind = kind_of(param);
    plan->number = number;
    plan->is_pointer = has_pointer(param->type);
    plan->element = phrase_element(param->type);
    plan->record = record_plan_of(job->records, plan->element);
    if (plan->kind == PARAM_ARRAY) plan->record = NULL; /* complex numbers: of plain ones */
    plan->place = arena_printf(arena, "&%s[%zu]", places, number);
    plan->is_in = param->direction != DIRECTION_OUT;
    plan->is_out = param->direction != DIRECTION_IN;
    plan->has_members = param->member_count > 0;
    plan->answers_members = param->direction == DIRECTION_IN && members_are_written(param);
    bool is_result = param == job->job->result;
    plan->is_given = plan->is_pointer && (param->is_star || is_result);
    if (!plan->is_given && !param->is_optional) return;
    plan->there_number = job->count + 2 + (is_result ? 0 : number);
    plan->is_there = arena_printf(arena, "is_there_%zu", plan->there_number);
    /* One element that the job allocates may be missing: it goes as an array of one or none. */
    if (plan->is_given && plan->kind == PARAM_ONE_SCALAR) {
        plan->kind = PARAM_ARRAY;
        plan->record = NULL;
    }
    if (plan->is_given && plan->kind == PARAM_ONE_RECORD) plan->kind = PARAM_RECORDS;
}

/* ---- what extents read ---- */

static bool is_memory_read(const struct expr *expr, void *user)
{
    (void)user;
    return expr->kind == EXPR_DEREF || expr->kind == EXPR_MEMBER;
}

/* Whether the call may have changed it. */
static bool is_changed(const struct expr *expr, void *user)
{
    const struct job_plan *job = user;
    if (expr->kind == EXPR_RETURN) return true;
    if (!is_memory_read(expr, NULL)) return false;
    const struct param_plan *read = &job->params[expr->param];
    return read->is_pointer && read->is_out;
}

static void find_after(struct job_plan *job, struct param_plan *plan)
{
    const struct param *param = plan->param;
    if (!plan->is_out || !is_array(plan) || plan->is_given) return;
    if (param->used) {
        plan->after = &param->used;
        plan->after_count = 1;
        return;
    }
    if (plan->kind == PARAM_TEXT) return; /* ends at its NUL */
    for (size_t i = 0; i < param->extent_count; i++)
        if (expr_has(param->extents[i], is_changed, job)) {
            plan->after = param->extents;
            plan->after_count = param->extent_count;
        }
}

struct note_finder {
    struct arena *arena;
    struct job_plan *job;
    const struct expr *whole;
};

static bool find_notes(const struct expr *expr, void *user)
{
    struct note_finder *finder = user;
    struct job_plan *job = finder->job;
    if (!is_memory_read(expr, NULL)) return false;
    struct param_plan *read = &job->params[expr->param];
    if (read->is_pointer && read->is_out) {
        read->is_read_after = true;
        if (is_array(read)) job->unreadable = finder->whole;
        return false;
    }
    for (size_t i = 0; i < job->note_count; i++)
        if (expr_equals(job->notes[i], expr)) return false;
    const struct expr **grown = arena_alloc(finder->arena, (job->note_count + 1) * sizeof *grown);
    for (size_t i = 0; i < job->note_count; i++)
        grown[i] = job->notes[i];
    grown[job->note_count++] = expr;
    job->notes = grown;
    return false;
}

static void note_reads(struct arena *arena, struct job_plan *job, const struct expr *expr)
{
    struct note_finder finder = {arena, job, expr};
    (void)expr_has(expr, find_notes, &finder);
}

/* ---- order ---- */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct visit {
    struct job_plan *job;
    enum mark *marks;
};

static void visit_param(struct visit *visit, size_t index);

static bool visit_read(const struct expr *expr, void *user)
{
    struct visit *visit = user;
    if (is_memory_read(expr, NULL) && is_array(&visit->job->params[expr->param]))
        visit_param(visit, expr->param);
    return false;
}

static void visit_param(struct visit *visit, size_t index)
{
    struct job_plan *job = visit->job;
    const struct param_plan *plan = &job->params[index];
    if (visit->marks[index] == MARK_DONE) return;
    if (visit->marks[index] == MARK_OPEN) {
        job->has_cycle = true;
        return;
    }
    visit->marks[index] = MARK_OPEN;
    for (size_t i = 0; i < plan->param->extent_count; i++)
        (void)expr_has(plan->param->extents[i], visit_read, visit);
    visit->marks[index] = MARK_DONE;
    job->order[job->order_count++] = plan;
}

static void order_arrays(struct arena *arena, struct job_plan *job)
{
    struct visit visit = {job, arena_alloc(arena, (job->count + 1) * sizeof *visit.marks)};
    job->order = arena_alloc(arena, (job->count + 1) * sizeof *job->order);
    for (size_t i = 0; i < job->count; i++)
        if (is_array(&job->params[i]) && !job->params[i].is_given) visit_param(&visit, i);
}

struct job_plan *job_plan_new(struct arena *arena, const struct job *job,
                              const struct record_plans *records, const char *places)
{
    struct job_plan *plan = arena_alloc(arena, sizeof *plan);
    plan->job = job;
    plan->records = records;
    plan->count = job->param_count;
    plan->params = arena_alloc(arena, (plan->count + 1) * sizeof *plan->params);
    for (size_t i = 0; i < plan->count; i++) {
        init_param(arena, plan, &plan->params[i], &job->params[i], i + 1, places);
        plan->params[i].wire = plan_names_member(arena, job->params[i].stub_name, i + 1);
    }
    if (job->result->type->kind != TYPE_VOID) {
        plan->result = &plan->params[plan->count];
        init_param(arena, plan, plan->result, job->result, plan->count + 1, places);
        plan->result->wire = plan_names_member(arena, "value", plan->count + 1);
        plan->result->is_in = false;
        plan->result->is_out = true;
    }
    order_arrays(arena, plan);
    for (size_t i = 0; i < plan->count; i++) {
        find_after(plan, &plan->params[i]);
        for (size_t e = 0; e < plan->params[i].after_count; e++)
            note_reads(arena, plan, plan->params[i].after[e]);
    }
    for (size_t i = 0; i < plan->count + (plan->result ? 1 : 0); i++)
        for (size_t e = 0; plan->params[i].is_given && e < plan->params[i].param->extent_count; e++)
            note_reads(arena, plan, plan->params[i].param->extents[e]);
    bool keeps_rooms = false;
    for (size_t i = 0; i < plan->count; i++)
        keeps_rooms |= plan->params[i].has_members && plan->params[i].is_in;
    if (plan->order_count || plan->note_count || keeps_rooms)
        plan->room_count = plan->count + 1 + plan->note_count;
    return plan;
}

/* ---- extents in code ---- */

struct leaf_reader {
    struct arena *arena;
    const struct job_plan *job;
    enum plan_moment moment;
    bool is_told; /* what is read is named where the whole has no value */
};

/* "n", "*n", "b->len": as the source has it. */
static const char *reading_name(const struct leaf_reader *reader, const struct expr *leaf)
{
    const struct param *param = reader->job->params[leaf->param].param;
    if (leaf->kind == EXPR_PARAM) return param->name;
    if (leaf->kind == EXPR_DEREF) return arena_printf(reader->arena, "*%s", param->name);
    return arena_printf(reader->arena, "%s%s%s", param->name, has_pointer(param->type) ? "->" : ".",
                        leaf->path);
}

/* At the call a number is kept for the sentence that refuses the extent, unless it says itself. */
static const char *read_number(const struct leaf_reader *reader, const struct expr *leaf,
                               const char *text)
{
    bool is_wide = leaf->type->bits == 64 && !leaf->type->is_signed;
    if (reader->moment == MOMENT_CALL && (reader->is_told || is_wide))
        return arena_printf(reader->arena, "jgi_read%s(out, \"%s\", %s)",
                            is_wide ? "_unsigned" : "", reading_name(reader, leaf), text);
    return is_wide ? arena_printf(reader->arena, "jgi_unsigned(%s)", text) : text;
}

static const char *read_note(struct arena *arena, const struct job_plan *plan,
                             const struct expr *leaf)
{
    for (size_t i = 0; i < plan->note_count; i++)
        if (expr_equals(plan->notes[i], leaf))
            return arena_printf(arena, "(int64_t)rooms[%zu]", plan->count + 1 + i);
    return "JGI_NO_NUMBER";
}

static const char *leaf_phrase(struct arena *arena, const struct job_plan *plan,
                               const struct expr *leaf, enum plan_moment moment)
{
    if (leaf->kind == EXPR_RETURN) return "value";
    const struct param_plan *read = &plan->params[leaf->param];
    const char *name = read->param->stub_name;
    const char *args = moment == MOMENT_RUN ? "a." : "a->";
    if (leaf->kind == EXPR_PARAM) return arena_printf(arena, "%s%s", args, name);
    if (moment == MOMENT_RESULT) {
        if (leaf->kind == EXPR_DEREF) return read->wire;
        return arena_printf(arena, "%s->%s", read->wire, leaf->path);
    }
    if (leaf->kind == EXPR_DEREF) return arena_printf(arena, "*%s%s", args, name);
    if (record_is_hidden(read->element->record)) /* which is void there */
        return arena_printf(arena, "((const %s *)%s%s)->%s", read->record->spelling, args, name,
                            leaf->path);
    return arena_printf(arena, "%s%s->%s", args, name, leaf->path);
}

static const char *read_leaf(void *user, const struct expr *leaf)
{
    const struct leaf_reader *reader = user;
    const struct job_plan *plan = reader->job;
    const char *text = leaf_phrase(reader->arena, plan, leaf, reader->moment);
    const char *value = read_number(reader, leaf, text);
    if (!is_memory_read(leaf, NULL)) return value;
    const struct param_plan *read = &plan->params[leaf->param];
    if (reader->moment == MOMENT_RESULT) {
        if (!(read->is_pointer && read->is_out)) return read_note(reader->arena, plan, leaf);
        /* A record that could not be read is NULL. */
        if (leaf->kind == EXPR_DEREF && read->param->is_optional)
            return arena_printf(reader->arena, "a->%s != NULL ? %s : JGI_NO_NUMBER",
                                read->param->stub_name, value);
        if (leaf->kind == EXPR_DEREF) return value;
        return arena_printf(reader->arena, "%s != NULL ? %s : JGI_NO_NUMBER", read->wire, value);
    }
    if (!is_array(read))
        return read->param->is_optional
                   ? arena_printf(reader->arena, "%s%s != NULL ? %s : JGI_NO_NUMBER",
                                  reader->moment == MOMENT_RUN ? "a." : "a->",
                                  read->param->stub_name, value)
                   : value;
    return arena_printf(reader->arena, "rooms[%zu] > 0 ? %s : JGI_NO_NUMBER", read->number, value);
}

const char *plan_extent(struct arena *arena, const struct job_plan *plan,
                        const struct expr *const *extents, size_t count, enum plan_moment moment)
{
    bool is_whole =
        count == 1 && (is_memory_read(extents[0], NULL) || extents[0]->kind == EXPR_PARAM ||
                       extents[0]->kind == EXPR_RETURN);
    struct leaf_reader leaf = {arena, plan, moment, !is_whole};
    struct phrase_reader reader = {read_leaf, &leaf};
    if (count == 0) return "1";
    const char *text = phrase_extent(arena, extents[0], &reader);
    for (size_t i = 1; i < count; i++)
        text = arena_printf(arena, "jgi_area(%s, %s)", text,
                            phrase_extent(arena, extents[i], &reader));
    return text;
}
