/* SPDX-License-Identifier: MIT */
/* The extents of C99 array parameters, `double m[rows][2 * columns]`, from their expressions in
 * the syntax tree. */
#include "type.h"
#include "unit.h"

#include "arena.h"

#include <string.h>

enum { DIMENSIONS_READ = 16, CHILDREN_READ = 2 };

struct extent_context {
    struct unit *unit;
    CXCursor function;
    struct candidate *candidate;
    size_t index;
    struct type_subject *subject;
};

struct children {
    const struct libclang *lc;
    CXCursor cursors[DIMENSIONS_READ];
    size_t count;
};

static enum CXChildVisitResult visit_child(CXCursor cursor, CXCursor parent, CXClientData client)
{
    struct children *children = client;
    (void)parent;
    if (children->lc->isExpression(children->lc->getCursorKind(cursor)) &&
        children->count < DIMENSIONS_READ)
        children->cursors[children->count++] = cursor;
    return CXChildVisit_Continue;
}

static struct children children_of(const struct unit *unit, CXCursor cursor)
{
    struct children children = {.lc = unit->lc};
    (void)unit->lc->visitChildren(cursor, visit_child, &children);
    return children;
}

static const struct expr *convert(struct extent_context *context, CXCursor cursor);

static struct expr *expr_new(struct extent_context *context, enum expr_kind kind, CXCursor cursor)
{
    struct unit *unit = context->unit;
    CXSourceRange range = unit->lc->getCursorExtent(cursor);
    struct expr *expr = arena_alloc(unit->arena, sizeof *expr);
    size_t begin, end;
    expr->kind = kind;
    (void)unit_position(unit, unit->lc->getRangeStart(range), &begin, &expr->location);
    (void)unit_position(unit, unit->lc->getRangeEnd(range), &end, NULL);
    expr->location.length = end > begin ? (unsigned)(end - begin) : 1;
    expr->text = unit_range_text(unit, range);
    if (!expr->text) expr->text = "...";
    return expr;
}

static const struct expr *refuse(struct extent_context *context, CXCursor cursor, const char *why)
{
    struct expr *expr = expr_new(context, EXPR_INTEGER, cursor);
    if (!context->subject->is_refused)
        diag_error(context->unit->diags, expr->location, CHECK_EXTENT,
                   "the extent '%s' of '%s' of job '%s' %s", expr->text, context->subject->name,
                   context->subject->job, why);
    context->subject->is_refused = true;
    return NULL;
}

static const struct expr *convert_constant(struct extent_context *context, CXCursor cursor)
{
    const struct libclang *lc = context->unit->lc;
    CXEvalResult result = lc->Cursor_Evaluate(cursor);
    if (!result) return NULL;
    struct expr *expr = NULL;
    if (lc->EvalResult_getKind(result) == CXEval_Int) {
        expr = expr_new(context, EXPR_INTEGER, cursor);
        expr->is_constant = true;
        long long value = lc->EvalResult_getAsLongLong(result);
        if (lc->EvalResult_isUnsignedInt(result)) {
            expr->integer = lc->EvalResult_getAsUnsigned(result);
        } else if (value >= 0) {
            expr->integer = (uint64_t)value;
        } else {
            expr->integer = -(uint64_t)value;
            struct expr *negated = expr_new(context, EXPR_NEGATE, cursor);
            negated->is_constant = true;
            negated->left = expr;
            expr = negated;
        }
    }
    lc->EvalResult_dispose(result);
    return expr;
}

static size_t param_of(struct extent_context *context, CXCursor reference)
{
    const struct libclang *lc = context->unit->lc;
    CXCursor referenced = lc->getCursorReferenced(reference);
    size_t count = context->candidate->job.param_count;
    for (size_t i = 0; i < count; i++)
        if (lc->equalCursors(referenced, lc->Cursor_getArgument(context->function, (unsigned)i)))
            return i;
    return count;
}

/* Implicit conversions and parentheses are looked through. */
static CXCursor strip(const struct unit *unit, CXCursor cursor)
{
    for (;;) {
        enum CXCursorKind kind = unit->lc->getCursorKind(cursor);
        if (kind != CXCursor_UnexposedExpr && kind != CXCursor_ParenExpr) return cursor;
        struct children children = children_of(unit, cursor);
        if (children.count != 1) return cursor;
        cursor = children.cursors[0];
    }
}

/* Whether it reads a parameter that was refused, which has been told. */
static bool reads_refused(struct extent_context *context, size_t param)
{
    bool is_refused = context->candidate->is_refused[param];
    context->subject->is_refused |= is_refused;
    return is_refused;
}

static const struct expr *convert_param(struct extent_context *context, CXCursor cursor)
{
    size_t param = param_of(context, cursor);
    if (param == context->candidate->job.param_count)
        return refuse(context, cursor,
                      "reads something that is neither a parameter nor a constant");
    if (reads_refused(context, param)) return NULL;
    const struct type *type = context->candidate->params[param].type;
    if (!type_is_countable(type)) return refuse(context, cursor, "is no integer");
    struct expr *expr = expr_new(context, EXPR_PARAM, cursor);
    expr->param = param;
    expr->type = type;
    return expr;
}

static const struct expr *convert_deref(struct extent_context *context, CXCursor cursor,
                                        CXCursor operand)
{
    operand = strip(context->unit, operand);
    size_t param = param_of(context, operand);
    if (param == context->candidate->job.param_count)
        return refuse(context, cursor, "reads through something that is no parameter");
    if (reads_refused(context, param)) return NULL;
    const struct type *type = context->candidate->params[param].type;
    if (!type || (type->kind != TYPE_POINTER && type->kind != TYPE_ARRAY) ||
        !type_is_countable(type->element))
        return refuse(context, cursor, "reads through a pointer that is not to an integer");
    struct expr *expr = expr_new(context, EXPR_DEREF, cursor);
    expr->param = param;
    expr->type = type->element;
    return expr;
}

static const struct expr *convert_unary(struct extent_context *context, CXCursor cursor)
{
    struct children children = children_of(context->unit, cursor);
    const char *text = unit_range_text(context->unit, context->unit->lc->getCursorExtent(cursor));
    char op = text ? text[0] : '\0';
    if (children.count != 1 || (op != '*' && op != '-' && op != '+'))
        return refuse(context, cursor, "is more than + - * / % of parameters");
    if (op == '*') return convert_deref(context, cursor, children.cursors[0]);
    const struct expr *left = convert(context, children.cursors[0]);
    if (!left) return NULL;
    struct expr *expr = expr_new(context, op == '-' ? EXPR_NEGATE : EXPR_PLUS, cursor);
    expr->left = left;
    expr->is_constant = left->is_constant;
    return expr;
}

/* libclang 14 does not tell the operator: it is what stands between the operands. */
static char operator_between(struct extent_context *context, CXCursor left, CXCursor right)
{
    const struct unit *unit = context->unit;
    const struct libclang *lc = unit->lc;
    size_t begin, end;
    const char *file =
        unit_position(unit, lc->getRangeEnd(lc->getCursorExtent(left)), &begin, NULL);
    const char *other =
        unit_position(unit, lc->getRangeStart(lc->getCursorExtent(right)), &end, NULL);
    if (!file || !other || strcmp(file, other) != 0 || end <= begin) return '\0';
    const struct source *source = unit_source(unit, file);
    if (!source || end > source->length) return '\0';
    char found = '\0';
    for (size_t i = 0; i < source->token_count && source->tokens[i].begin < end; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < begin || token_is_comment(token)) continue;
        if (found || token->kind != TOKEN_PUNCTUATION) return '\0';
        found = source->text[token->begin];
    }
    return found && strchr("+-*/%", found) ? found : '\0';
}

static const struct expr *convert_binary(struct extent_context *context, CXCursor cursor)
{
    struct children children = children_of(context->unit, cursor);
    if (children.count != CHILDREN_READ)
        return refuse(context, cursor, "is more than + - * / % of parameters");
    char op = operator_between(context, children.cursors[0], children.cursors[1]);
    if (!op)
        return refuse(
            context, cursor,
            "uses a macro or an operator that cannot be read; write it out with + - * / %");
    const struct expr *left = convert(context, children.cursors[0]);
    const struct expr *right = left ? convert(context, children.cursors[1]) : NULL;
    if (!right) return NULL;
    struct expr *expr = expr_new(context, EXPR_BINARY, cursor);
    expr->op = op;
    expr->left = left;
    expr->right = right;
    expr->is_constant = left->is_constant && right->is_constant;
    return expr;
}

/* How far a member has been followed. */
struct member_walk {
    size_t param;
    const struct type *type;
    const char *path; /* "size.width"; NULL: none yet */
};

static bool walk_member(struct extent_context *context, CXCursor cursor, struct member_walk *walk)
{
    const struct unit *unit = context->unit;
    cursor = strip(unit, cursor);
    if (unit->lc->getCursorKind(cursor) != CXCursor_MemberRefExpr) {
        walk->param = param_of(context, cursor);
        walk->path = NULL;
        if (walk->param == context->candidate->job.param_count ||
            reads_refused(context, walk->param))
            return false;
        walk->type = context->candidate->params[walk->param].type;
        if (walk->type->kind == TYPE_POINTER) walk->type = walk->type->element;
        return walk->type->kind == TYPE_RECORD;
    }
    struct children children = children_of(unit, cursor);
    if (children.count != 1 || !walk_member(context, children.cursors[0], walk)) return false;
    const char *name = unit_string(unit, unit->lc->getCursorSpelling(cursor));
    if (!unit_declared_name(unit, unit->lc->getCursorReferenced(cursor)))
        return true; /* what is anonymous has its members among those around it */
    if (walk->type->kind != TYPE_RECORD) return false;
    const struct record *record = walk->type->record;
    for (size_t i = 0; i < record->field_count; i++) {
        if (!record->fields[i].name || strcmp(record->fields[i].name, name) != 0) continue;
        walk->type = record->fields[i].type;
        walk->path = walk->path ? arena_printf(unit->arena, "%s.%s", walk->path, name)
                                : record->fields[i].name;
        return true;
    }
    return false;
}

static const struct expr *convert_member(struct extent_context *context, CXCursor cursor)
{
    struct member_walk walk;
    if (!walk_member(context, cursor, &walk))
        return refuse(context, cursor,
                      "can read members of parameters, and of structs within them, only");
    if (!type_is_countable(walk.type))
        return refuse(context, cursor, "reads a member that is no integer");
    struct expr *expr = expr_new(context, EXPR_MEMBER, cursor);
    expr->param = walk.param;
    expr->path = walk.path;
    expr->type = walk.type;
    return expr;
}

/* A cast that cannot change the value is looked through. */
static const struct expr *convert_cast(struct extent_context *context, CXCursor cursor)
{
    const struct libclang *lc = context->unit->lc;
    struct children children = children_of(context->unit, cursor);
    if (children.count != 1) return refuse(context, cursor, "holds a cast that cannot be read");
    long long to = lc->Type_getSizeOf(lc->getCanonicalType(lc->getCursorType(cursor)));
    long long from =
        lc->Type_getSizeOf(lc->getCanonicalType(lc->getCursorType(children.cursors[0])));
    if (to < from) return refuse(context, cursor, "holds a cast that may cut the value");
    return convert(context, children.cursors[0]);
}

static const struct expr *convert(struct extent_context *context, CXCursor cursor)
{
    cursor = strip(context->unit, cursor);
    const struct expr *constant = convert_constant(context, cursor);
    if (constant) return constant;
    switch (context->unit->lc->getCursorKind(cursor)) {
    case CXCursor_DeclRefExpr:
        return convert_param(context, cursor);
    case CXCursor_UnaryOperator:
        return convert_unary(context, cursor);
    case CXCursor_BinaryOperator:
        return convert_binary(context, cursor);
    case CXCursor_MemberRefExpr:
        return convert_member(context, cursor);
    case CXCursor_CStyleCastExpr:
        return convert_cast(context, cursor);
    default:
        return refuse(context, cursor, "is more than + - * / % of parameters");
    }
}

/* Puts the expressions, outermost first, where the type has open (variable) dimensions. */
static const struct type *fill(struct extent_context *context, const struct type *type,
                               const struct expr *const *extents, size_t count)
{
    if (type->kind != TYPE_ARRAY) return type;
    struct type *filled = arena_alloc(context->unit->arena, sizeof *filled);
    *filled = *type;
    if (count && extents[0]) filled->extent = extents[0];
    filled->element =
        fill(context, type->element, count ? extents + 1 : extents, count ? count - 1 : 0);
    return filled;
}

bool collect_extents(struct unit *unit, CXCursor function, CXCursor parameter,
                     struct candidate *candidate, size_t index, struct type_subject *subject)
{
    const struct libclang *lc = unit->lc;
    struct extent_context context = {unit, function, candidate, index, subject};
    struct children written = children_of(unit, parameter);
    const struct expr *extents[DIMENSIONS_READ] = {0};
    size_t depth = 0, used = 0;
    CXType type = lc->getCursorType(parameter);
    if (type.kind == CXType_Pointer) { /* T (*p)[n] */
        depth = 1;
        type = lc->getPointeeType(type);
    }
    while (type.kind == CXType_Unexposed || type.kind == CXType_Elaborated) {
        CXType inner = type.kind == CXType_Elaborated ? lc->Type_getNamedType(type)
                                                      : lc->getCanonicalType(type);
        if (inner.kind == type.kind) break;
        type = inner;
    }
    size_t dimensions[DIMENSIONS_READ], dimension_count = 0;
    bool is_variable[DIMENSIONS_READ];
    for (; depth < DIMENSIONS_READ; depth++) {
        bool has_expression =
            type.kind == CXType_VariableArray || type.kind == CXType_ConstantArray;
        if (!has_expression && type.kind != CXType_IncompleteArray) break;
        if (has_expression) {
            dimensions[dimension_count] = depth;
            is_variable[dimension_count++] = type.kind == CXType_VariableArray;
        }
        type = lc->getArrayElementType(type);
    }
    /* The tree has the innermost expression first. */
    for (size_t i = dimension_count; i-- > 0 && used < written.count; used++) {
        if (!is_variable[i]) continue;
        extents[dimensions[i]] = convert(&context, written.cursors[used]);
        if (!extents[dimensions[i]]) return false;
    }
    struct param *param = &candidate->params[index];
    param->type = fill(&context, param->type, extents, DIMENSIONS_READ);
    return true;
}
