/* SPDX-License-Identifier: MIT */
/* A text of all that must agree, hashed: FNV-1a, mixed at its end. */
#include "interface_hash.h"

#include "phrase.h"
#include "strbuf.h"

#include <inttypes.h>

static void describe_expr(struct strbuf *text, const struct expr *expr)
{
    if (!expr) return;
    strbuf_printf(text, "(%d", (int)expr->kind);
    if (expr->kind == EXPR_INTEGER) strbuf_printf(text, " %" PRIu64, expr->integer);
    if (expr->kind == EXPR_PARAM || expr->kind == EXPR_DEREF || expr->kind == EXPR_MEMBER)
        strbuf_printf(text, " %zu", expr->param);
    if (expr->kind == EXPR_MEMBER) strbuf_printf(text, " %s", expr->path);
    if (expr->kind == EXPR_SIBLING) strbuf_printf(text, " %zu %s", expr->level, expr->path);
    if (expr->kind == EXPR_BINARY) strbuf_add_char(text, expr->op);
    describe_expr(text, expr->left);
    describe_expr(text, expr->right);
    strbuf_add_char(text, ')');
}

static void describe_type(struct strbuf *text, const struct type *type)
{
    switch (type->kind) {
    case TYPE_VOID:
        strbuf_add(text, "void");
        return;
    case TYPE_POINTER:
        strbuf_add_char(text, '*');
        describe_type(text, type->element);
        return;
    case TYPE_ARRAY:
        strbuf_add_char(text, '[');
        describe_expr(text, type->extent);
        strbuf_add_char(text, ']');
        describe_type(text, type->element);
        return;
    case TYPE_RECORD:
        strbuf_add_char(text, '{');
        for (size_t i = 0; i < type->record->field_count; i++) {
            strbuf_printf(text, "%s:", type->record->fields[i].name);
            describe_type(text, type->record->fields[i].type);
            strbuf_add_char(text, ';');
        }
        strbuf_add_char(text, '}');
        return;
    case TYPE_BOOL:
    case TYPE_INTEGER:
    case TYPE_FLOATING:
    case TYPE_COMPLEX:
    case TYPE_ENUM:
        strbuf_printf(text, "%s%u", phrase_wire_scalar(type), type->is_wide ? 64 : type->bits);
    }
}

void interface_describe(struct strbuf *text, const struct param *param)
{
    strbuf_printf(text, ",%d%d%d%d%d:", (int)param->direction, param->is_string, param->is_owned,
                  param->is_optional, param->is_star);
    describe_type(text, param->type);
    for (size_t i = 0; i < param->extent_count; i++)
        describe_expr(text, param->extents[i]);
    strbuf_add_char(text, '/');
    describe_expr(text, param->used);
}

static void describe_param(struct strbuf *text, const struct param *param)
{
    interface_describe(text, param);
    for (size_t i = 0; i < param->member_count; i++) {
        strbuf_printf(text, "{%s", param->members[i].field->name);
        describe_param(text, &param->members[i]);
        strbuf_add_char(text, '}');
    }
}

uint64_t interface_hash(const struct job *job)
{
    struct strbuf text = {0};
    strbuf_add(&text, job->name);
    for (size_t i = 0; i < job->param_count; i++)
        describe_param(&text, &job->params[i]);
    strbuf_add(&text, "->");
    describe_param(&text, job->result);
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.text[i]) * UINT64_C(1099511628211);
    strbuf_fini(&text);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}
