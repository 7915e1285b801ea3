/* SPDX-License-Identifier: MIT */
/* Extents, as declarations and as calls of codec.h have them. */
#include "phrase.h"

#include "arena.h"
#include "expr.h"

#include <inttypes.h>

static const char *function_of(char op)
{
    return op == '+'   ? "jgi_add"
           : op == '-' ? "jgi_subtract"
           : op == '*' ? "jgi_multiply"
           : op == '/' ? "jgi_divide"
                       : "jgi_remainder";
}

const char *phrase_extent(struct arena *arena, const struct expr *expr,
                          const struct phrase_reader *reader)
{
    int64_t value;
    if (expr_constant(expr, &value)) return arena_printf(arena, "%" PRId64, value);
    switch (expr->kind) {
    case EXPR_INTEGER:
        return arena_printf(arena, "jgi_unsigned(UINT64_C(%" PRIu64 "))", expr->integer);
    case EXPR_PLUS:
        return phrase_extent(arena, expr->left, reader);
    case EXPR_NEGATE:
        return arena_printf(arena, "jgi_subtract(0, %s)", phrase_extent(arena, expr->left, reader));
    case EXPR_BINARY:
        return arena_printf(arena, "%s(%s, %s)", function_of(expr->op),
                            phrase_extent(arena, expr->left, reader),
                            phrase_extent(arena, expr->right, reader));
    case EXPR_PARAM:
    case EXPR_DEREF:
    case EXPR_MEMBER:
    case EXPR_SIBLING:
    case EXPR_RETURN:
        break;
    }
    return reader->read(reader->user, expr);
}

bool expr_has(const struct expr *expr, bool (*is_found)(const struct expr *expr, void *user),
              void *user)
{
    if (!expr) return false;
    return is_found(expr, user) || expr_has(expr->left, is_found, user) ||
           expr_has(expr->right, is_found, user);
}

/* ---- declarations ---- */

enum strength { STRENGTH_SUM = 1, STRENGTH_PRODUCT, STRENGTH_UNARY };

static enum strength strength_of(const struct expr *expr)
{
    if (expr->kind == EXPR_NEGATE || expr->kind == EXPR_PLUS) return STRENGTH_UNARY;
    if (expr->kind != EXPR_BINARY) return STRENGTH_UNARY;
    return expr->op == '+' || expr->op == '-' ? STRENGTH_SUM : STRENGTH_PRODUCT;
}

static const char *bound(struct arena *arena, const struct job *job, const struct expr *expr,
                         enum strength least)
{
    int64_t value;
    if (expr_constant(expr, &value))
        return arena_printf(arena, value < 0 ? "(%" PRId64 ")" : "%" PRId64, value);
    if (expr->kind == EXPR_INTEGER) return arena_printf(arena, "%" PRIu64 "u", expr->integer);
    if (expr->kind == EXPR_PARAM) return job->params[expr->param].stub_name;
    enum strength own = strength_of(expr);
    const char *text;
    if (expr->kind == EXPR_BINARY)
        text = arena_printf(arena, "%s %c %s", bound(arena, job, expr->left, own), expr->op,
                            bound(arena, job, expr->right, own + 1));
    else
        text = arena_printf(arena, "%c(%s)", expr->kind == EXPR_NEGATE ? '-' : '+',
                            bound(arena, job, expr->left, STRENGTH_SUM));
    return own < least ? arena_printf(arena, "(%s)", text) : text;
}

const char *phrase_bound(struct arena *arena, const struct job *job, const struct expr *expr)
{
    return bound(arena, job, expr, STRENGTH_SUM);
}

const char *phrase_extents_written(struct arena *arena, const struct param *param)
{
    const char *text = "";
    for (size_t i = 0; i < param->extent_count; i++)
        text = arena_printf(arena, "%s[%s]", text, param->extents[i]->text);
    return text;
}
