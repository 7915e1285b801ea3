/* SPDX-License-Identifier: MIT */
/* Candidates sorted by file and place, those of one function made one, their names found free. */
#include "merge.h"

#include "arena.h"
#include "record.h"
#include "table.h"
#include "type.h"

#include <stdlib.h>
#include <string.h>

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = *(const struct candidate *const *)left,
                           *b = *(const struct candidate *const *)right;
    int by_base = strcmp(a->job.file, b->job.file);
    if (by_base) return by_base;
    int by_path = strcmp(a->source->path, b->source->path);
    if (by_path) return by_path;
    return a->tag_offset < b->tag_offset ? -1 : a->tag_offset > b->tag_offset;
}

static bool options_equal(const struct candidate *a, const struct candidate *b)
{
    const struct job_options *x = &a->job.options, *y = &b->job.options;
    struct job_options left = *x, right = *y;
    bool same_paths =
        (left.read == right.read || (left.read && right.read && !strcmp(left.read, right.read))) &&
        (left.write == right.write ||
         (left.write && right.write && !strcmp(left.write, right.write)));
    return same_paths && x->memory_bytes == y->memory_bytes && x->fuel == y->fuel &&
           x->fanout == y->fanout && x->init_retry_interval_ms == y->init_retry_interval_ms &&
           x->async_init_retry_interval_ms == y->async_init_retry_interval_ms &&
           x->sync_retry_interval_ms == y->sync_retry_interval_ms &&
           x->async_get_retry_interval_ms == y->async_get_retry_interval_ms &&
           x->async_set_retry_interval_ms == y->async_set_retry_interval_ms &&
           x->shutdown_retry_interval_ms == y->shutdown_retry_interval_ms &&
           x->is_idempotent == y->is_idempotent && x->retries == y->retries &&
           x->timeout_ms == y->timeout_ms && x->is_reuse == y->is_reuse &&
           x->wants_net == y->wants_net && x->wants_spawn == y->wants_spawn;
}

static bool params_equal(const struct param *a, const struct param *b);

static bool descriptions_equal(const struct candidate *a, const struct candidate *b)
{
    if (a->job.param_count != b->job.param_count || !params_equal(a->result, b->result))
        return false;
    for (size_t i = 0; i < a->job.param_count; i++)
        if (!params_equal(&a->params[i], &b->params[i])) return false;
    return true;
}

/* Members compare by name: two files may each have their own copy of the record. */
static bool extents_equal(const struct expr *a, const struct expr *b)
{
    if (!a || !b || a->kind != b->kind) return a == b;
    if (a->kind == EXPR_INTEGER) return a->integer == b->integer;
    if (a->kind == EXPR_MEMBER && strcmp(a->path, b->path) != 0) return false;
    if (a->kind == EXPR_SIBLING && (a->level != b->level || strcmp(a->path, b->path) != 0))
        return false;
    return a->param == b->param && a->op == b->op && extents_equal(a->left, b->left) &&
           extents_equal(a->right, b->right);
}

static bool params_equal(const struct param *a, const struct param *b)
{
    if (a->direction != b->direction || a->extent_count != b->extent_count ||
        a->is_string != b->is_string || a->is_owned != b->is_owned ||
        a->is_optional != b->is_optional || a->is_star != b->is_star ||
        !extents_equal(a->used, b->used))
        return false;
    for (size_t i = 0; i < a->extent_count; i++)
        if (!extents_equal(a->extents[i], b->extents[i])) return false;
    for (size_t i = 0; i < a->member_count && i < b->member_count; i++)
        if (!params_equal(&a->members[i], &b->members[i])) return false;
    return a->member_count == b->member_count;
}

/* ---- one function, seen from two sources ---- */

static bool is_number(const struct type *type)
{
    return type->kind == TYPE_INTEGER || type->kind == TYPE_ENUM;
}

/* Types that one function may have in C: an enum is its integer type. */
static bool types_agree(const struct type *a, const struct type *b)
{
    if (a->is_const != b->is_const) return false;
    if (is_number(a) && is_number(b))
        return a->bits == b->bits && a->is_signed == b->is_signed &&
               a->is_plain_char == b->is_plain_char;
    bool is_pointed = a->kind == TYPE_POINTER || a->kind == TYPE_ARRAY;
    if (is_pointed && (b->kind == TYPE_POINTER || b->kind == TYPE_ARRAY))
        return types_agree(a->element, b->element);
    if (a->kind != b->kind) return false;
    if (a->kind == TYPE_RECORD) return strcmp(a->record->key, b->record->key) == 0;
    return a->bits == b->bits;
}

/* The first parameter, or the result, that the two declare differently; NULL: none. */
static const struct param *find_difference(const struct candidate *a, const struct candidate *b,
                                           const struct param **ret_other)
{
    *ret_other = b->result;
    if (!types_agree(a->result->type, b->result->type)) return a->result;
    for (size_t i = 0; i < a->job.param_count; i++) {
        *ret_other = &b->params[i];
        if (!types_agree(a->params[i].type, b->params[i].type)) return &a->params[i];
    }
    return NULL;
}

/* Whether the sources declare the function alike; else tells. */
static bool signatures_agree(const struct merge *merge, const struct candidate *known,
                             const struct candidate *other)
{
    struct diag_list *diags = merge->diags;
    const struct param *there = NULL, *here = NULL;
    if (known->job.param_count != other->job.param_count) {
        diag_error(
            diags, other->job.location, CHECK_TYPE_DIFFERS,
            "job '%s' has another number of parameters here (%zu) than in another source (%zu)",
            other->job.name, other->job.param_count, known->job.param_count);
    } else {
        here = find_difference(other, known, &there);
        if (!here) return true;
        bool is_result = here == other->result;
        diag_error(diags, is_result ? other->job.location : here->location, CHECK_TYPE_DIFFERS,
                   "%s%s%s of job '%s' is %s here, and %s in another source",
                   is_result ? "the result" : "'", is_result ? "" : here->name,
                   is_result ? "" : "'", other->job.name, type_print(merge->arena, here->type),
                   type_print(merge->arena, there->type));
    }
    diag_note(diags, known->job.location, NULL, "the other declaration is here");
    return false;
}

/* A function tagged in two places is one job if both say the same. */
static void compare_tags(const struct merge *merge, const struct candidate *kept,
                         const struct candidate *candidate)
{
    if (kept->is_broken || candidate->is_broken || !signatures_agree(merge, kept, candidate) ||
        (options_equal(kept, candidate) && descriptions_equal(kept, candidate)))
        return;
    diag_error(merge->diags, candidate->job_location, CHECK_TAG_DIFFERS,
               "job '%s' is tagged twice, and the two tags differ", candidate->job.name);
    diag_note(merge->diags, kept->job_location, NULL, "the other tag is here");
}

/* ---- records ---- */

/* Each source has its own copy of a record: the first one stands for all. */
struct record_order {
    const struct merge *merge;
    const struct record **records;
    size_t count;
    struct table by_key;       /* the same */
    const struct job *job;     /* whose types are looked at */
    const struct param *param; /* likewise */
    bool is_refused;
    const char **headers; /* to be included, for tagless records that stubs name */
    size_t header_count;
};

static void report_differs(struct record_order *order, const struct record *one,
                           const struct record *other)
{
    struct diag_list *diags = order->merge->diags;
    const struct param *param = order->param;
    bool is_result = param == order->job->result;
    order->is_refused = true;
    diag_error(diags, is_result ? order->job->location : param->location, CHECK_RECORD_DIFFERS,
               "%s%s%s of job '%s' is %s, of which jobs know two different definitions; "
               "rename one",
               is_result ? "the result" : "'", is_result ? "" : param->name, is_result ? "" : "'",
               order->job->name, other->key);
    diag_note(diags, one->location, NULL, "one is here");
    diag_note(diags, other->location, NULL, "the other is here");
}

static void record_take(struct record_order *order, const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    if (type->kind != TYPE_RECORD) return;
    const struct record *record = type->record;
    const struct record *known = table_at(&order->by_key, record->key)->value;
    if (known && known != record && record_is_equal(known, record))
        ((struct type *)type)->record = known; /* types are ours to change */
    else if (known && known != record && !order->is_refused)
        report_differs(order, known, record);
    if (known) return;
    for (size_t i = 0; i < record->field_count; i++)
        record_take(order, record->fields[i].type);
    order->records[order->count++] = record;
    table_at(&order->by_key, record->key)->value = (struct record *)record;
}

static bool needs_c(const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    if (type->kind == TYPE_COMPLEX) return true;
    if (type->kind != TYPE_RECORD) return false;
    const char *name = type->record->tag ? type->record->tag : type->record->typedef_name;
    return name && name_is_cpp_keyword(name);
}

static void header_take(struct record_order *order, const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    const struct record *record = type->kind == TYPE_RECORD ? type->record : NULL;
    if (!record || !record->header) return;
    for (size_t i = 0; i < order->header_count; i++)
        if (strcmp(order->headers[i], record->header) == 0) return;
    order->headers[order->header_count++] = record->header;
}

/* Generated code fills members in, which it cannot where they are const; what it writes again has
 * no such members. */
static void refuse_constant(const struct merge *merge, const struct record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        const struct type *type = field->type;
        while (type->kind == TYPE_ARRAY)
            type = type->element;
        if (type->is_const || type->is_volatile)
            diag_error(merge->diags, field->location, CHECK_CONSTANT_MEMBER,
                       "member '%s' of %s is %s, so that it cannot be filled in; remove that, or "
                       "give tags to the structs of this header that have none",
                       field->name, record->key, type->is_const ? "const" : "volatile");
    }
}

/* What a header that will be included defines is not to be written again. */
static void mark_included(struct record_order *order, const struct record *from)
{
    for (size_t h = 0; h < from->header_define_count; h++)
        for (size_t i = 0; i < order->count; i++) {
            struct record *record = (struct record *)order->records[i]; /* ours to change */
            if (record->is_included || strcmp(record->key, from->header_defines[h]) != 0) continue;
            record->is_included = true;
            refuse_constant(order->merge, record);
        }
}

static void headers_finish(struct record_order *order)
{
    for (size_t h = 0; h < order->header_count; h++)
        for (size_t i = 0; i < order->count; i++)
            if (order->records[i]->header &&
                strcmp(order->records[i]->header, order->headers[h]) == 0)
                mark_included(order, order->records[i]);
}

static void param_take(struct record_order *order, struct job *job, const struct param *param)
{
    order->job = job;
    order->param = param;
    order->is_refused = false;
    record_take(order, param->type);
    header_take(order, param->type);
    job->needs_c |= needs_c(param->type);
}

/* What further sources know of a job's records has to agree as well. */
static void compare_records(struct record_order *order, const struct candidate *candidate)
{
    for (size_t p = 0; p <= candidate->job.param_count; p++) {
        bool is_result = p == candidate->job.param_count;
        order->job = &candidate->job;
        order->param = is_result ? candidate->result : &candidate->params[p];
        order->is_refused = false;
        record_take(order, order->param->type);
    }
}

static void records_finish(const struct merge *merge, struct model *model, struct job *jobs,
                           struct candidate *const *merged, size_t merged_count)
{
    struct record_order order = {
        .merge = merge,
        .records = arena_alloc(merge->arena, (merge->record_count + 1) * sizeof *order.records),
        .headers = arena_alloc(merge->arena, (merge->record_count + 1) * sizeof *order.headers)};
    for (size_t i = 0; i < model->job_count; i++) {
        for (size_t p = 0; p < jobs[i].param_count; p++)
            param_take(&order, &jobs[i], &jobs[i].params[p]);
        param_take(&order, &jobs[i], jobs[i].result);
    }
    for (size_t i = 0; i < merged_count; i++)
        compare_records(&order, merged[i]);
    model->records = order.records;
    model->record_count = order.count;
    model->headers = order.headers;
    model->header_count = order.header_count;
    headers_finish(&order);
    table_fini(&order.by_key);
}

/* Generated code that includes no header sees no name of the sources. */
static void take_names(const struct merge *merge, struct model *model)
{
    if (model->header_count == 0) return;
    const char **names = arena_alloc(merge->arena, (merge->use_count + 1) * sizeof *names);
    for (size_t i = 0; i < merge->use_count; i++)
        names[i] = merge->uses[i].name;
    model->taken_names = names;
    model->taken_name_count = merge->use_count;
}

void candidates_merge(const struct merge *merge, struct model *ret_model)
{
    size_t count = merge->candidate_count;
    struct candidate **sorted = merge->candidates;
    struct job *jobs = arena_alloc(merge->arena, (count + 1) * sizeof *jobs);
    struct candidate **merged = arena_alloc(merge->arena, (count + 1) * sizeof *merged);
    bool is_broken = false;
    size_t job_count = 0, merged_count = 0;
    struct table kept = {0}; /* struct candidate, by name */
    if (count) qsort(sorted, count, sizeof *sorted, candidate_compare);
    for (size_t i = 0; i < count; i++) {
        struct table_row *row = table_at(&kept, sorted[i]->job.name);
        if (row->value) {
            compare_tags(merge, row->value, sorted[i]);
            if (!sorted[i]->is_broken) merged[merged_count++] = sorted[i];
            continue;
        }
        row->value = sorted[i];
        jobs[job_count++] = sorted[i]->job;
        is_broken |= sorted[i]->is_broken;
    }
    table_fini(&kept);
    *ret_model = (struct model){.name = merge->name, .jobs = jobs, .job_count = job_count};
    names_check(merge->arena, ret_model, merge->uses, merge->use_count, merge->diags);
    if (!is_broken) records_finish(merge, ret_model, jobs, merged, merged_count);
    take_names(merge, ret_model);
}
