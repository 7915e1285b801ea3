/* SPDX-License-Identifier: MIT */
/* One function for each struct of the model, with all its members in their order. */
#include "keep_model.h"

#include "courier.h"
#include "type.h"

static const struct type *carry_type(struct courier *courier, const struct type *given);
static const struct record *carry_record(struct courier *courier, const struct record *given);
static const struct expr *carry_expr(struct courier *courier, const struct expr *given);

void carry_location(struct courier *courier, struct location *at)
{
    carry_text(courier, &at->file);
    CARRY(courier, at->line);
    CARRY(courier, at->column);
    CARRY(courier, at->length);
}

static void carry_name(struct courier *courier, const char **name)
{
    carry_text(courier, name);
    courier_need(courier, *name);
}

/* ---- types ---- */

static const struct type *carry_type(struct courier *courier, const struct type *given)
{
    bool is_new;
    struct type *type = carry_shared(courier, COURIER_TYPE, given, sizeof *type, &is_new);
    courier_need(courier, type);
    if (!is_new) return type;
    courier_enter(courier);
    CARRY_ENUM(courier, type->kind, TYPE_ARRAY);
    CARRY(courier, type->is_const);
    CARRY(courier, type->is_volatile);
    carry_text(courier, &type->spelling);
    CARRY(courier, type->bits);
    CARRY(courier, type->is_wide);
    CARRY(courier, type->size_bytes);
    CARRY(courier, type->align_bytes);
    CARRY(courier, type->is_signed);
    CARRY(courier, type->is_plain_char);
    carry_text(courier, &type->enum_tag);
    type->record = carry_record(courier, type->record);
    courier_need(courier, !type->record == (type->kind != TYPE_RECORD));
    if (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type->element = carry_type(courier, type->element);
    type->extent = carry_expr(courier, type->extent);
    courier_leave(courier);
    return type;
}

static const struct field *carry_fields(struct courier *courier, const struct field *given,
                                        size_t *count)
{
    struct field *fields = carry_list(courier, given, count, sizeof *fields);
    for (size_t i = 0; i < *count; i++) {
        struct field *field = &fields[i];
        carry_identity(courier, COURIER_FIELD, field);
        carry_text(courier, &field->name);
        field->type = carry_type(courier, field->type);
        CARRY(courier, field->bit_width);
        CARRY(courier, field->offset_bits);
        CARRY(courier, field->is_packed);
        CARRY(courier, field->align);
        carry_location(courier, &field->location);
    }
    return fields;
}

static const struct record *carry_record(struct courier *courier, const struct record *given)
{
    bool is_new;
    struct record *record = carry_shared(courier, COURIER_RECORD, given, sizeof *record, &is_new);
    if (!is_new) return record;
    courier_enter(courier);
    carry_text(courier, &record->tag);
    carry_text(courier, &record->typedef_name);
    carry_text(courier, &record->own_name);
    carry_name(courier, &record->key);
    record->fields = carry_fields(courier, record->fields, &record->field_count);
    record->members = carry_fields(courier, record->members, &record->member_count);
    record->outer = carry_record(courier, record->outer);
    carry_text(courier, &record->holder);
    CARRY(courier, record->size_bytes);
    CARRY(courier, record->align_bytes);
    CARRY(courier, record->is_packed);
    CARRY(courier, record->declared_align);
    CARRY(courier, record->is_anonymous);
    carry_text(courier, &record->header);
    carry_text(courier, &record->header_path);
    const char **defines =
        carry_list(courier, record->header_defines, &record->header_define_count, sizeof *defines);
    for (size_t i = 0; i < record->header_define_count; i++)
        carry_name(courier, &defines[i]);
    record->header_defines = defines;
    carry_text(courier, &record->header_trouble);
    CARRY(courier, record->is_included);
    carry_location(courier, &record->location);
    CARRY(courier, record->is_of_system);
    courier_leave(courier);
    return record;
}

static const struct expr *carry_expr(struct courier *courier, const struct expr *given)
{
    bool is_new;
    struct expr *expr = carry_shared(courier, COURIER_EXPR, given, sizeof *expr, &is_new);
    if (!is_new) return expr;
    courier_enter(courier);
    CARRY_ENUM(courier, expr->kind, EXPR_SIBLING);
    carry_text(courier, &expr->text);
    carry_location(courier, &expr->location);
    CARRY(courier, expr->is_constant);
    CARRY(courier, expr->integer);
    CARRY(courier, expr->param);
    carry_text(courier, &expr->path);
    courier_need(courier, expr->path || (expr->kind != EXPR_MEMBER && expr->kind != EXPR_SIBLING));
    CARRY(courier, expr->level);
    CARRY(courier, expr->op);
    expr->left = carry_expr(courier, expr->left);
    expr->right = carry_expr(courier, expr->right);
    bool has_two = expr->kind == EXPR_BINARY;
    courier_need(courier,
                 expr->left || !(has_two || expr->kind == EXPR_NEGATE || expr->kind == EXPR_PLUS));
    courier_need(courier, expr->right || !has_two);
    bool has_type = expr->type;
    CARRY(courier, has_type);
    if (has_type) expr->type = carry_type(courier, expr->type);
    courier_leave(courier);
    return expr;
}

/* ---- jobs ---- */

static struct param *carry_params(struct courier *courier, const struct param *given,
                                  size_t *count);

static void carry_param(struct courier *courier, struct param *param)
{
    carry_name(courier, &param->name);
    carry_text(courier, &param->stub_name);
    param->type = carry_type(courier, param->type);
    CARRY_ENUM(courier, param->direction, DIRECTION_INOUT);
    const struct expr **extents =
        carry_list(courier, param->extents, &param->extent_count, sizeof *extents);
    for (size_t i = 0; i < param->extent_count; i++) {
        extents[i] = carry_expr(courier, extents[i]);
        courier_need(courier, extents[i]);
    }
    param->extents = extents;
    param->used = carry_expr(courier, param->used);
    CARRY(courier, param->is_star);
    CARRY(courier, param->is_string);
    CARRY(courier, param->is_owned);
    CARRY(courier, param->is_optional);
    param->members = carry_params(courier, param->members, &param->member_count);
    param->field = carry_reference(courier, COURIER_FIELD, param->field);
    CARRY(courier, param->keeps_shape);
    carry_location(courier, &param->location);
}

static struct param *carry_params(struct courier *courier, const struct param *given, size_t *count)
{
    struct param *params = carry_list(courier, given, count, sizeof *params);
    courier_enter(courier);
    for (size_t i = 0; i < *count; i++)
        carry_param(courier, &params[i]);
    courier_leave(courier);
    return params;
}

static void carry_options(struct courier *courier, struct job_options *options)
{
    CARRY(courier, options->memory_bytes);
    CARRY(courier, options->fuel);
    CARRY_ENUM(courier, options->fanout, MODEL_LEASTLOADED);
    CARRY(courier, options->init_retry_interval_ms);
    CARRY(courier, options->async_init_retry_interval_ms);
    CARRY(courier, options->sync_retry_interval_ms);
    CARRY(courier, options->async_get_retry_interval_ms);
    CARRY(courier, options->async_set_retry_interval_ms);
    CARRY(courier, options->shutdown_retry_interval_ms);
    CARRY(courier, options->is_idempotent);
    CARRY(courier, options->retries);
    CARRY(courier, options->timeout_ms);
    CARRY(courier, options->is_reuse);
    CARRY(courier, options->wants_net);
    CARRY(courier, options->wants_spawn);
    carry_text(courier, &options->read);
    carry_text(courier, &options->write);
}

/* First of all, since parameters refer to members of them. */
static void carry_records(struct courier *courier, const struct candidate *candidate)
{
    size_t param_count = candidate->job.param_count, count = param_count + 1;
    CARRY(courier, count);
    for (size_t i = 0; i < count && !courier_is_broken(courier); i++) {
        const struct param *param = NULL;
        if (courier_is_writing(courier))
            param = i < param_count ? &candidate->params[i] : candidate->result;
        (void)carry_record(courier, param ? type_record(param->type) : NULL);
    }
}

void carry_candidate(struct courier *courier, struct candidate *candidate)
{
    struct job *job = &candidate->job;
    size_t one = 1;
    carry_records(courier, candidate);
    carry_name(courier, &job->name);
    carry_name(courier, &job->file);
    carry_text(courier, &job->comment);
    carry_location(courier, &job->location);
    carry_options(courier, &job->options);
    candidate->params = carry_params(courier, candidate->params, &job->param_count);
    candidate->result = carry_params(courier, candidate->result, &one);
    courier_need(courier, one == 1);
    job->params = candidate->params;
    job->result = candidate->result;
    CARRY(courier, job->needs_c);
    carry_location(courier, &candidate->job_location);
    courier_need(courier, !candidate->is_broken);
}
