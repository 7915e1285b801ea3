/* SPDX-License-Identifier: MIT */
/* The model as JSON, and the list of jobs for people. */
#include "dump.h"

#include "job_option.h"
#include "json.h"
#include "strbuf.h"

#include <string.h>

/* ---- expressions ---- */

static const char *param_name(const struct job *job, size_t param)
{
    return job && param < job->param_count ? job->params[param].name : "?";
}

static void put_expr(struct json *json, const char *key, const struct expr *expr,
                     const struct job *job)
{
    static const char *const kinds[] = {"integer", "param",  "deref",  "member", "negate",
                                        "plus",    "binary", "return", "sibling"};
    json_item(json, key);
    if (!expr) {
        strbuf_add(json->out, "null");
        return;
    }
    json_open(json, '{');
    json_string(json, "kind", kinds[expr->kind]);
    json_string(json, "text", expr->text);
    if (expr->kind == EXPR_INTEGER) json_number(json, "value", expr->integer);
    if (expr->kind == EXPR_PARAM || expr->kind == EXPR_DEREF || expr->kind == EXPR_MEMBER)
        json_string(json, "param", param_name(job, expr->param));
    if (expr->kind == EXPR_MEMBER) json_string(json, "member", expr->path);
    if (expr->kind == EXPR_SIBLING) {
        json_string(json, "member", expr->path);
        json_number(json, "level", expr->level);
    }
    if (expr->kind == EXPR_BINARY) {
        const char op[] = {expr->op, '\0'};
        json_string(json, "operator", op);
    }
    if (expr->left) put_expr(json, "left", expr->left, job);
    if (expr->right) put_expr(json, "right", expr->right, job);
    json_close(json, '}');
}

/* ---- types ---- */

static void put_scalar(struct json *json, const struct type *type)
{
    json_string(json, "spelling", type->spelling);
    json_number(json, "bits", type->bits);
    if (type->is_wide && type->bits < 64) json_bool(json, "wide", true);
    json_bool(json, "signed", type->is_signed && !type->is_plain_char);
    if (type->is_plain_char) json_bool(json, "plain_char", true);
    if (type->kind == TYPE_ENUM) json_string(json, "tag", type->enum_tag);
}

static void put_type(struct json *json, const char *key, const struct type *type,
                     const struct job *job)
{
    static const char *const kinds[] = {"void", "bool",   "integer", "floating", "complex",
                                        "enum", "record", "pointer", "array"};
    json_item(json, key);
    json_open(json, '{');
    json_string(json, "kind", kinds[type->kind]);
    if (type->is_const) json_bool(json, "const", true);
    if (type->is_volatile) json_bool(json, "volatile", true);
    if (type->spelling) put_scalar(json, type);
    if (type->kind == TYPE_RECORD && type->record->tag)
        json_string(json, "tag", type->record->tag);
    else if (type->kind == TYPE_RECORD)
        json_string(json, "record", type->record->key);
    if (type->kind == TYPE_ARRAY) put_expr(json, "extent", type->extent, job);
    if (type->element) put_type(json, "element", type->element, job);
    json_close(json, '}');
}

static void put_fields(struct json *json, const char *key, const struct field *fields, size_t count)
{
    json_item(json, key);
    json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        json_item(json, NULL);
        json_open(json, '{');
        json_string(json, "name", field->name);
        json_number(json, "offset_bits", field->offset_bits);
        if (field->bit_width >= 0) json_number(json, "bit_width", (uint64_t)field->bit_width);
        if (field->is_packed) json_bool(json, "packed", true);
        if (field->align) json_number(json, "align", field->align);
        put_type(json, "type", field->type, NULL);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_record(struct json *json, const struct record *record)
{
    json_item(json, NULL);
    json_open(json, '{');
    if (record->tag) {
        json_string(json, "tag", record->tag);
    } else {
        json_string(json, "record", record->key);
        json_string(json, "header", record->header);
    }
    json_number(json, "size", record->size_bytes);
    json_number(json, "align", record->align_bytes);
    json_bool(json, "packed", record->is_packed);
    json_number(json, "declared_align", record->declared_align);
    put_fields(json, "fields", record->fields, record->field_count);
    if (record->member_count != record->field_count) /* unnamed bit-fields, anonymous members */
        put_fields(json, "members", record->members, record->member_count);
    json_close(json, '}');
}

/* ---- jobs ---- */

static void put_param(struct json *json, const char *key, const struct param *param,
                      const struct job *job)
{
    static const char *const directions[] = {"in", "out", "inout"};
    json_item(json, key);
    json_open(json, '{');
    json_string(json, "name", param->name);
    json_string(json, "stub_name", param->stub_name);
    json_string(json, "direction", directions[param->direction]);
    json_bool(json, "star", param->is_star);
    put_type(json, "type", param->type, job);
    json_item(json, "extents");
    json_open(json, '[');
    for (size_t i = 0; i < param->extent_count; i++)
        put_expr(json, NULL, param->extents[i], job);
    json_close(json, ']');
    put_expr(json, "used", param->used, job);
    json_bool(json, "string", param->is_string);
    json_bool(json, "owned", param->is_owned);
    json_bool(json, "optional", param->is_optional);
    json_bool(json, "keeps_shape", param->keeps_shape);
    if (param->member_count) {
        json_item(json, "members");
        json_open(json, '[');
        for (size_t i = 0; i < param->member_count; i++)
            put_param(json, NULL, &param->members[i], job);
        json_close(json, ']');
    }
    json_close(json, '}');
}

static void put_options(struct json *json, const struct job_options *options)
{
    json_item(json, "options");
    json_open(json, '{');
    for (size_t i = 0; i < job_option_count(); i++) {
        struct strbuf value = {0};
        job_option_print(&value, i, options);
        json_string(json, job_option_name(i), value.text);
        strbuf_fini(&value);
    }
    json_close(json, '}');
}

static void put_job(struct json *json, const struct job *job)
{
    json_item(json, NULL);
    json_open(json, '{');
    json_string(json, "name", job->name);
    json_string(json, "file", job->file);
    json_string(json, "comment", job->comment);
    json_bool(json, "needs_c", job->needs_c);
    put_options(json, &job->options);
    json_item(json, "params");
    json_open(json, '[');
    for (size_t i = 0; i < job->param_count; i++)
        put_param(json, NULL, &job->params[i], job);
    json_close(json, ']');
    put_param(json, "result", job->result, job);
    json_close(json, '}');
}

void dump_model(struct strbuf *out, const struct model *model)
{
    struct json json = {.out = out};
    json_open(&json, '{');
    json_string(&json, "name", model->name);
    json_item(&json, "jobs");
    json_open(&json, '[');
    for (size_t i = 0; i < model->job_count; i++)
        put_job(&json, &model->jobs[i]);
    json_close(&json, ']');
    json_item(&json, "records");
    json_open(&json, '[');
    for (size_t i = 0; i < model->record_count; i++)
        put_record(&json, model->records[i]);
    json_close(&json, ']');
    json_item(&json, "headers");
    json_open(&json, '[');
    for (size_t i = 0; i < model->header_count; i++)
        json_string(&json, NULL, model->headers[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    strbuf_add_char(out, '\n');
}

/* ---- the list ---- */

static void list_job(struct strbuf *out, const struct job *job)
{
    strbuf_printf(out, "%s (%s)\n", job->name, job->file);
    for (size_t i = 0; i < job_option_count(); i++) {
        struct strbuf value = {0};
        job_option_print(&value, i, &job->options);
        strbuf_printf(out, "    %-30s %-12s %s\n", job_option_name(i), value.text,
                      job_option_enforcer(i));
        strbuf_fini(&value);
    }
}

void dump_list(struct strbuf *out, const struct model *model)
{
    for (size_t i = 0; i < model->job_count; i++) {
        if (i) strbuf_add_char(out, '\n');
        list_job(out, &model->jobs[i]);
    }
}
