/* SPDX-License-Identifier: MIT */
/* JSON written by hand: objects and lists, one item per line. */
#include "dump.h"

#include "job_option.h"
#include "strbuf.h"

#include <inttypes.h>
#include <string.h>

struct json {
    struct strbuf *out;
    unsigned depth;
    bool is_first;
};

static void new_line(struct json *json)
{
    strbuf_add_char(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        strbuf_add(json->out, "  ");
}

static void put_string(struct json *json, const char *text)
{
    if (!text) {
        strbuf_add(json->out, "null");
        return;
    }
    strbuf_add_char(json->out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            strbuf_printf(json->out, "\\%c", c);
        else if (c == '\n')
            strbuf_add(json->out, "\\n");
        else if (c < 0x20)
            strbuf_printf(json->out, "\\u%04x", c);
        else
            strbuf_add_char(json->out, (char)c);
    }
    strbuf_add_char(json->out, '"');
}

/* Starts the next item of an object (with its key) or of a list (key NULL). */
static void item(struct json *json, const char *key)
{
    if (!json->is_first) strbuf_add_char(json->out, ',');
    json->is_first = false;
    new_line(json);
    if (key) strbuf_printf(json->out, "\"%s\": ", key);
}

static void open(struct json *json, char bracket)
{
    strbuf_add_char(json->out, bracket);
    json->depth++;
    json->is_first = true;
}

static void close(struct json *json, char bracket)
{
    json->depth--;
    if (!json->is_first) new_line(json);
    strbuf_add_char(json->out, bracket);
    json->is_first = false;
}

static void string_item(struct json *json, const char *key, const char *text)
{
    item(json, key);
    put_string(json, text);
}

static void number_item(struct json *json, const char *key, uint64_t number)
{
    item(json, key);
    strbuf_printf(json->out, "%" PRIu64, number);
}

static void bool_item(struct json *json, const char *key, bool value)
{
    item(json, key);
    strbuf_add(json->out, value ? "true" : "false");
}

/* ---- expressions ---- */

static const char *param_name(const struct job *job, size_t param)
{
    return job && param < job->param_count ? job->params[param].name : "?";
}

static void put_expr(struct json *json, const char *key, const struct expr *expr,
                     const struct job *job)
{
    static const char *const kinds[] = {"integer", "param", "deref",  "member",
                                        "negate",  "plus",  "binary", "return"};
    item(json, key);
    if (!expr) {
        strbuf_add(json->out, "null");
        return;
    }
    open(json, '{');
    string_item(json, "kind", kinds[expr->kind]);
    string_item(json, "text", expr->text);
    if (expr->kind == EXPR_INTEGER) number_item(json, "value", expr->integer);
    if (expr->kind == EXPR_PARAM || expr->kind == EXPR_DEREF || expr->kind == EXPR_MEMBER)
        string_item(json, "param", param_name(job, expr->param));
    if (expr->kind == EXPR_MEMBER) string_item(json, "member", expr->field->name);
    if (expr->kind == EXPR_BINARY) {
        const char op[] = {expr->op, '\0'};
        string_item(json, "operator", op);
    }
    if (expr->left) put_expr(json, "left", expr->left, job);
    if (expr->right) put_expr(json, "right", expr->right, job);
    close(json, '}');
}

/* ---- types ---- */

static void put_scalar(struct json *json, const struct type *type)
{
    string_item(json, "spelling", type->spelling);
    number_item(json, "bits", type->bits);
    bool_item(json, "signed", type->is_signed && !type->is_plain_char);
    if (type->is_plain_char) bool_item(json, "plain_char", true);
    if (type->kind == TYPE_ENUM) string_item(json, "tag", type->enum_tag);
}

static void put_type(struct json *json, const char *key, const struct type *type,
                     const struct job *job)
{
    static const char *const kinds[] = {"void", "bool",   "integer", "floating",
                                        "enum", "record", "pointer", "array"};
    item(json, key);
    open(json, '{');
    string_item(json, "kind", kinds[type->kind]);
    if (type->is_const) bool_item(json, "const", true);
    if (type->is_volatile) bool_item(json, "volatile", true);
    if (type->spelling) put_scalar(json, type);
    if (type->kind == TYPE_RECORD) string_item(json, "tag", type->record->tag);
    if (type->kind == TYPE_ARRAY) put_expr(json, "extent", type->extent, job);
    if (type->element) put_type(json, "element", type->element, job);
    close(json, '}');
}

static void put_record(struct json *json, const struct record *record)
{
    item(json, NULL);
    open(json, '{');
    string_item(json, "tag", record->tag);
    number_item(json, "size", record->size_bytes);
    number_item(json, "align", record->align_bytes);
    bool_item(json, "packed", record->is_packed);
    number_item(json, "declared_align", record->declared_align);
    item(json, "fields");
    open(json, '[');
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        item(json, NULL);
        open(json, '{');
        string_item(json, "name", field->name);
        number_item(json, "offset_bits", field->offset_bits);
        put_type(json, "type", field->type, NULL);
        close(json, '}');
    }
    close(json, ']');
    close(json, '}');
}

/* ---- jobs ---- */

static void put_param(struct json *json, const char *key, const struct param *param,
                      const struct job *job)
{
    static const char *const directions[] = {"in", "out", "inout"};
    item(json, key);
    open(json, '{');
    string_item(json, "name", param->name);
    string_item(json, "stub_name", param->stub_name);
    string_item(json, "direction", directions[param->direction]);
    put_type(json, "type", param->type, job);
    item(json, "extents");
    open(json, '[');
    for (size_t i = 0; i < param->extent_count; i++)
        put_expr(json, NULL, param->extents[i], job);
    close(json, ']');
    put_expr(json, "used", param->used, job);
    bool_item(json, "string", param->is_string);
    bool_item(json, "owned", param->is_owned);
    bool_item(json, "optional", param->is_optional);
    bool_item(json, "keeps_shape", param->keeps_shape);
    close(json, '}');
}

static void put_options(struct json *json, const struct job_options *options)
{
    item(json, "options");
    open(json, '{');
    for (size_t i = 0; i < job_option_count(); i++) {
        struct strbuf value = {0};
        job_option_print(&value, i, options);
        string_item(json, job_option_name(i), value.text);
        strbuf_fini(&value);
    }
    close(json, '}');
}

static void put_job(struct json *json, const struct job *job)
{
    item(json, NULL);
    open(json, '{');
    string_item(json, "name", job->name);
    string_item(json, "file", job->file);
    string_item(json, "comment", job->comment);
    bool_item(json, "needs_c", job->needs_c);
    put_options(json, &job->options);
    item(json, "params");
    open(json, '[');
    for (size_t i = 0; i < job->param_count; i++)
        put_param(json, NULL, &job->params[i], job);
    close(json, ']');
    put_param(json, "result", job->result, job);
    close(json, '}');
}

void dump_model(struct strbuf *out, const struct model *model)
{
    struct json json = {.out = out};
    open(&json, '{');
    string_item(&json, "name", model->name);
    item(&json, "jobs");
    open(&json, '[');
    for (size_t i = 0; i < model->job_count; i++)
        put_job(&json, &model->jobs[i]);
    close(&json, ']');
    item(&json, "records");
    open(&json, '[');
    for (size_t i = 0; i < model->record_count; i++)
        put_record(&json, model->records[i]);
    close(&json, ']');
    item(&json, "headers");
    open(&json, '[');
    for (size_t i = 0; i < model->header_count; i++)
        string_item(&json, NULL, model->headers[i]);
    close(&json, ']');
    close(&json, '}');
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
