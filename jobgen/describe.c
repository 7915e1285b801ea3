/* SPDX-License-Identifier: MIT */
/* Three steps per candidate: match directives to parameters, resolve what their expressions name,
 * fill in defaults. What the result must obey is in check.c. */
#include "describe.h"

#include "arena.h"
#include "describe_member.h"
#include "expr.h"
#include "near_miss.h"
#include "type.h"

#include <string.h>

/* ---- matching ---- */

static const char *nearest_param(struct description *description, const char *name)
{
    const struct candidate *candidate = description->candidate;
    size_t count = candidate->job.param_count;
    const char **names = arena_alloc(description->arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = candidate->params[i].name;
    names[count] = "return";
    return near_miss_find(name, names, count + 1);
}

static size_t param_find(const struct candidate *candidate, const char *name)
{
    size_t at = 0;
    while (at < candidate->job.param_count && strcmp(candidate->params[at].name, name) != 0)
        at++;
    return at;
}

void description_refuse(struct description *description)
{
    description->candidate->is_broken = true;
    if (description->is_refused) *description->is_refused = true;
}

static const struct field *field_find(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].name && strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

/* "s->n", if what is described is a member of s, and n is one too. */
static const char *as_sibling(struct description *description, const char *name)
{
    const struct record_chain *chain = description->chain;
    const struct candidate *candidate = description->candidate;
    if (!chain || chain->up || !field_find(chain->record, name)) return NULL;
    size_t param = param_find(candidate, chain->name);
    const struct type *type = param < candidate->job.param_count ? candidate->params[param].type
                                                                 : candidate->result->type;
    return arena_printf(description->arena, "%s%s%s", chain->name,
                        type->kind == TYPE_RECORD ? "." : "->", name);
}

/* "s->n", if n is a member of a parameter s. */
static const char *as_member(struct description *description, const char *name)
{
    const struct candidate *candidate = description->candidate;
    for (size_t i = 0; i < candidate->job.param_count; i++) {
        const struct param *param = &candidate->params[i];
        bool is_pointer = param->type->kind == TYPE_POINTER;
        const struct type *type = is_pointer ? param->type->element : param->type;
        if (type->kind == TYPE_RECORD && field_find(type->record, name))
            return arena_printf(description->arena, "%s%s%s", param->name, is_pointer ? "->" : ".",
                                name);
    }
    return NULL;
}

static void refuse_unknown(struct description *description, const char *name, struct location at)
{
    const char *near = as_sibling(description, name);
    if (!near) near = as_member(description, name);
    if (!near) near = nearest_param(description, name);
    diag_error(description->diags, at, CHECK_UNKNOWN_PARAM, "'%s' is no parameter of job '%s'%s",
               name, description->candidate->job.name, near_miss_phrase(description->arena, near));
    if (near) diag_fixit(description->diags, at, near);
    description_refuse(description);
}

static struct param *param_at(const struct candidate *candidate, size_t param)
{
    return param < candidate->job.param_count ? &candidate->params[param] : candidate->result;
}

/* Whether the type was refused, which has been told. */
static bool has_no_type(const struct candidate *candidate, size_t param)
{
    return candidate->is_refused[param] && param_at(candidate, param)->type->kind == TYPE_VOID;
}

/* False: nobody knows what it describes. */
static bool match_directive(struct description *description, const struct directive *directive)
{
    struct candidate *candidate = description->candidate;
    if (!directive->name) return false;
    size_t param = strcmp(directive->name, "return") == 0 ? candidate->job.param_count
                                                          : param_find(candidate, directive->name);
    if (param == candidate->job.param_count && strcmp(directive->name, "return") != 0) {
        refuse_unknown(description, directive->name, directive->name_location);
        return false;
    }
    if (directive->is_broken || has_no_type(candidate, param)) {
        candidate->is_refused[param] = true;
        return true;
    }
    if (directive->step_count) {
        description->is_refused = &candidate->is_refused[param];
        member_match(description, directive, param_at(candidate, param));
        description->is_refused = NULL;
        return true;
    }
    if (candidate->directives[param]) {
        diag_error(description->diags, directive->name_location, CHECK_DESCRIBED_TWICE,
                   "'%s' of job '%s' is described twice", directive->name, candidate->job.name);
        diag_note(description->diags, candidate->directives[param]->name_location, NULL,
                  "it is first described here");
        description_refuse(description);
        return true;
    }
    candidate->directives[param] = directive;
    return true;
}

/* Of what no directive describes nobody knows how the unknown one would have. */
static void refuse_undescribed(struct candidate *candidate)
{
    for (size_t i = 0; i <= candidate->job.param_count; i++)
        candidate->is_refused[i] |= !candidate->directives[i];
}

static void match_all(struct description *description)
{
    struct candidate *candidate = description->candidate;
    const struct annotation *annotation = candidate->annotation;
    candidate->directives = arena_alloc(description->arena, (candidate->job.param_count + 1) *
                                                                sizeof *candidate->directives);
    candidate->written_extents = arena_alloc(
        description->arena, (candidate->job.param_count + 1) * sizeof *candidate->written_extents);
    bool is_unknown = annotation->is_unknown;
    for (size_t i = 0; i < annotation->directive_count; i++)
        is_unknown |= !match_directive(description, &annotation->directives[i]);
    if (is_unknown) refuse_undescribed(candidate);
    for (size_t i = 0; i < annotation->field_count; i++) {
        diag_error(description->diags, annotation->fields[i].location, CHECK_FIELD_DIRECTIVE,
                   "@field stands before the definition of a struct; for this job alone write @in "
                   "s->%s, where s is the parameter",
                   annotation->fields[i].name);
        description_refuse(description);
    }
}

/* ---- expressions ---- */

struct expr *description_expr(struct description *description, enum expr_kind kind,
                              const struct syntax *syntax)
{
    struct expr *expr = arena_alloc(description->arena, sizeof *expr);
    expr->kind = kind;
    expr->text = syntax->text;
    expr->location = syntax->location;
    return expr;
}

static const struct expr *refuse_expr(struct description *description)
{
    description_refuse(description);
    return NULL;
}

static bool may_read(struct description *description, size_t param)
{
    if (!has_no_type(description->candidate, param)) return true;
    description_refuse(description);
    return false;
}

static const struct expr *resolve_return(struct description *description,
                                         const struct syntax *syntax)
{
    const struct type *type = description->candidate->result->type;
    if (!type_is_countable(type)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "job '%s' does not return an integer that an extent could read",
                   description->candidate->job.name);
        return refuse_expr(description);
    }
    struct expr *expr = description_expr(description, EXPR_RETURN, syntax);
    expr->type = type;
    return expr;
}

static const struct expr *resolve_enumerator(struct description *description,
                                             const struct syntax *syntax)
{
    const struct constant_scope *constants = description->constants;
    uint64_t magnitude = 0;
    bool is_negative = false;
    if (constants->find_enumerator(constants->user, syntax->name, &magnitude, &is_negative)) {
        struct expr *expr = description_expr(description, EXPR_INTEGER, syntax);
        expr->is_constant = true;
        expr->integer = magnitude;
        if (!is_negative) return expr;
        struct expr *negated = description_expr(description, EXPR_NEGATE, syntax);
        negated->is_constant = true;
        negated->left = expr;
        return negated;
    }
    if (constants->is_macro(constants->user, syntax->name)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_MACRO,
                   "'%s' is a macro, which an annotation cannot read; write its value or an "
                   "enumerator",
                   syntax->name);
        return refuse_expr(description);
    }
    refuse_unknown(description, syntax->name, syntax->location);
    return NULL;
}

static const struct expr *resolve_name(struct description *description, const struct syntax *syntax)
{
    const struct candidate *candidate = description->candidate;
    size_t param = param_find(candidate, syntax->name);
    bool is_return = !strcmp(syntax->name, "return");
    if ((param < candidate->job.param_count || is_return) && !may_read(description, param))
        return NULL;
    if (param == candidate->job.param_count)
        return is_return ? resolve_return(description, syntax)
                         : resolve_enumerator(description, syntax);
    const struct type *type = candidate->params[param].type;
    if (!type_is_countable(type)) {
        bool is_pointer = type->kind == TYPE_POINTER && type_is_countable(type->element);
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "'%s' is %s, not an integer%s%s%s", syntax->name,
                   type_print(description->arena, type), is_pointer ? "; did you mean '*" : "",
                   is_pointer ? syntax->name : "", is_pointer ? "'?" : "");
        return refuse_expr(description);
    }
    struct expr *expr = description_expr(description, EXPR_PARAM, syntax);
    expr->param = param;
    expr->type = type;
    return expr;
}

static const struct expr *resolve_deref(struct description *description,
                                        const struct syntax *syntax)
{
    const struct candidate *candidate = description->candidate;
    const struct syntax *left = syntax->left;
    size_t param =
        left->kind == SYNTAX_NAME ? param_find(candidate, left->name) : candidate->job.param_count;
    if (param < candidate->job.param_count && !may_read(description, param)) return NULL;
    if (param == candidate->job.param_count) {
        if (left->kind == SYNTAX_NAME && strcmp(left->name, "return") != 0)
            refuse_unknown(description, left->name, left->location);
        else
            diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                       "only a parameter can be read through *");
        return refuse_expr(description);
    }
    const struct type *type = candidate->params[param].type;
    const struct type *element =
        type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY ? type->element : NULL;
    if (!type_is_countable(element)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "'%s' is %s: not a pointer to an integer", left->name,
                   type_print(description->arena, type));
        return refuse_expr(description);
    }
    struct expr *expr = description_expr(description, EXPR_DEREF, syntax);
    expr->param = param;
    expr->type = element;
    return expr;
}

static const struct expr *refuse_member(struct description *description,
                                        const struct syntax *syntax, const struct record *record)
{
    const char **names = arena_alloc(description->arena, (record->field_count + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].name) names[count++] = record->fields[i].name;
    const char *near = near_miss_find(syntax->name, names, count);
    diag_error(description->diags, syntax->location, CHECK_UNKNOWN_MEMBER,
               "%s has no member '%s'%s", record->key, syntax->name,
               near_miss_phrase(description->arena, near));
    struct location at = syntax->location; /* the member is its end */
    unsigned length = (unsigned)strlen(syntax->name);
    if (near && at.length >= length) {
        at.column += at.length - length;
        at.length = length;
        diag_fixit(description->diags, at, near);
    }
    return refuse_expr(description);
}

/* How far a member has been followed. */
struct member_walk {
    size_t param;
    const struct type *type;
    const char *path; /* "size.width" */
};

/* The record that the parameter is or refers to. */
static bool walk_param(struct description *description, const struct syntax *syntax,
                       struct member_walk *walk)
{
    const struct candidate *candidate = description->candidate;
    const struct syntax *left = syntax->left;
    bool is_arrow = syntax->is_arrow;
    if (left->kind == SYNTAX_DEREF && !is_arrow) {
        left = left->left;
        is_arrow = true;
    }
    if (left->kind != SYNTAX_NAME) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "an extent can read members of parameters only");
        description_refuse(description);
        return false;
    }
    walk->param = param_find(candidate, left->name);
    if (!strcmp(left->name, "return")) {
        diag_error(
            description->diags, syntax->location, CHECK_EXTENT_TYPE,
            "of the result an extent reads an integer only, not a member; let the job set an "
            "@out parameter as well");
        description_refuse(description);
        return false;
    }
    if (walk->param == candidate->job.param_count) {
        refuse_unknown(description, left->name, left->location);
        return false;
    }
    if (!may_read(description, walk->param)) return false;
    const struct type *type = candidate->params[walk->param].type;
    bool is_pointer = type->kind == TYPE_POINTER;
    walk->type = is_pointer ? type->element : type;
    if (walk->type->kind == TYPE_RECORD && is_arrow == is_pointer) return true;
    if (walk->type->kind == TYPE_RECORD) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "'%s' is %s: its members are written with %s", left->name,
                   type_print(description->arena, type), is_pointer ? "->" : ".");
        if (left == syntax->left)
            diag_fixit(description->diags, syntax->location,
                       arena_printf(description->arena, "%s%s%s", left->name,
                                    is_pointer ? "->" : ".", syntax->name));
    } else {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "'%s' is %s: not a struct%s", left->name, type_print(description->arena, type),
                   is_arrow ? " behind a pointer" : "");
    }
    description_refuse(description);
    return false;
}

static bool walk_member(struct description *description, const struct syntax *syntax,
                        struct member_walk *walk)
{
    bool is_inner = syntax->left->kind == SYNTAX_MEMBER;
    if (!(is_inner ? walk_member : walk_param)(description, is_inner ? syntax->left : syntax, walk))
        return false;
    if (is_inner && (walk->type->kind != TYPE_RECORD || syntax->is_arrow)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE, "'%s' is %s: %s",
                   syntax->left->text, type_print(description->arena, walk->type),
                   walk->type->kind == TYPE_RECORD
                       ? "its members are written with ."
                       : "an extent reads members of parameters, and of structs within them");
        description_refuse(description);
        return false;
    }
    const struct field *field = field_find(walk->type->record, syntax->name);
    if (!field) {
        (void)refuse_member(description, syntax, walk->type->record);
        return false;
    }
    walk->type = field->type;
    walk->path =
        is_inner ? arena_printf(description->arena, "%s.%s", walk->path, field->name) : field->name;
    return true;
}

static const struct expr *resolve_member(struct description *description,
                                         const struct syntax *syntax)
{
    struct member_walk walk;
    if (!walk_member(description, syntax, &walk)) return NULL;
    if (!type_is_countable(walk.type)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "member '%s' is %s, not an integer", syntax->name,
                   type_print(description->arena, walk.type));
        return refuse_expr(description);
    }
    struct expr *expr = description_expr(description, EXPR_MEMBER, syntax);
    expr->param = walk.param;
    expr->path = walk.path;
    expr->type = walk.type;
    return expr;
}

static const struct expr *resolve_operation(struct description *description,
                                            const struct syntax *syntax)
{
    const struct expr *left = description_resolve(description, syntax->left);
    const struct expr *right =
        syntax->kind == SYNTAX_BINARY ? description_resolve(description, syntax->right) : NULL;
    if (!left || (syntax->kind == SYNTAX_BINARY && !right)) return NULL;
    struct expr *expr = description_expr(description,
                                         syntax->kind == SYNTAX_BINARY   ? EXPR_BINARY
                                         : syntax->kind == SYNTAX_NEGATE ? EXPR_NEGATE
                                                                         : EXPR_PLUS,
                                         syntax);
    expr->op = syntax->op;
    expr->left = left;
    expr->right = right;
    expr->is_constant = left->is_constant && (!right || right->is_constant);
    return expr;
}

const struct expr *description_resolve(struct description *description, const struct syntax *syntax)
{
    bool is_other = true;
    const struct expr *member =
        description->chain ? member_resolve(description, syntax, &is_other) : NULL;
    if (!is_other) return member;
    switch (syntax->kind) {
    case SYNTAX_NUMBER: {
        struct expr *expr = description_expr(description, EXPR_INTEGER, syntax);
        expr->integer = syntax->integer;
        expr->is_constant = true;
        return expr;
    }
    case SYNTAX_NAME:
        return resolve_name(description, syntax);
    case SYNTAX_DEREF:
        return resolve_deref(description, syntax);
    case SYNTAX_MEMBER:
        return resolve_member(description, syntax);
    case SYNTAX_NEGATE:
    case SYNTAX_PLUS:
    case SYNTAX_BINARY:
        break;
    }
    return resolve_operation(description, syntax);
}

/* ---- parameters ---- */

static size_t declared_dimensions(const struct type *type)
{
    size_t count = 0;
    for (; type->kind == TYPE_ARRAY; type = type->element)
        count++;
    return count;
}

/* The extents of an array parameter: the C declaration's, an open first one from the directive. */
static void take_declared_extents(struct description *description, struct param *param,
                                  const struct expr **written, size_t written_count)
{
    size_t count = declared_dimensions(param->type);
    const struct expr **extents = arena_alloc(description->arena, count * sizeof *extents);
    const struct type *type = param->type;
    for (size_t i = 0; i < count; i++, type = type->element)
        extents[i] = type->extent ? type->extent : i < written_count ? written[i] : NULL;
    param->extents = extents;
    param->extent_count = count;
    for (size_t i = 0; i < count; i++)
        if (!extents[i]) /* an open dimension: check.c tells */
            param->extent_count = 0;
}

static void take_extents(struct description *description, struct param *param, size_t index)
{
    const struct directive *directive = description->candidate->directives[index];
    size_t count = directive ? directive->extent_count : 0;
    const struct expr **extents = arena_alloc(description->arena, (count + 1) * sizeof *extents);
    for (size_t i = 0; i < count; i++)
        extents[i] = description_resolve(description, directive->extents[i]);
    if (directive && directive->size && !count)
        extents[count++] = description_resolve(description, directive->size);
    description->candidate->written_extents[index] = extents;
    if (param->type->kind == TYPE_ARRAY) {
        take_declared_extents(description, param, extents, count);
        return;
    }
    param->extents = extents;
    param->extent_count = count;
}

static bool is_pointed(const struct param *param)
{
    return param->type->kind == TYPE_POINTER || param->type->kind == TYPE_ARRAY;
}

static enum direction default_direction(const struct param *param)
{
    if (!is_pointed(param) || type_element(param->type)->is_const) return DIRECTION_IN;
    return DIRECTION_INOUT;
}

static bool is_lone_string(const struct param *param, const struct directive *directive)
{
    return !directive && param->type->kind == TYPE_POINTER && param->type->element->is_const &&
           param->type->element->is_plain_char;
}

static void describe_param(struct description *description, struct param *param, size_t index)
{
    const struct directive *directive = description->candidate->directives[index];
    param->direction = directive ? directive->direction : default_direction(param);
    param->is_string = is_lone_string(param, directive);
    take_extents(description, param, index);
    if (!directive) return;
    param->is_star = directive->has_star;
    param->is_string = directive->has_word[WORD_STRING];
    param->is_owned = directive->has_word[WORD_OWNED];
    param->is_optional = directive->has_word[WORD_OPTIONAL];
    if (directive->used) param->used = description_resolve(description, directive->used);
}

/* ---- shape ---- */

static void find_reader(const struct expr *expr, void *user)
{
    bool *reads_more = user;
    if (expr->kind == EXPR_DEREF || expr->kind == EXPR_MEMBER || expr->kind == EXPR_RETURN)
        *reads_more = true;
}

static bool keeps_shape(const struct type *type)
{
    if (declared_dimensions(type) < 2 || record_is_hidden(type_element(type)->record)) return false;
    bool reads_more = false;
    for (type = type->element; type->kind == TYPE_ARRAY; type = type->element)
        expr_walk(type->extent, find_reader, &reads_more);
    return !reads_more && type->kind != TYPE_RECORD;
}

void candidate_describe(struct arena *arena, struct candidate *candidate,
                        const struct constant_scope *constants, struct diag_list *diags)
{
    struct description description = {
        .arena = arena, .candidate = candidate, .constants = constants, .diags = diags};
    size_t count = candidate->job.param_count;
    match_all(&description);
    for (size_t i = 0; i < count; i++) {
        description.is_refused = &candidate->is_refused[i];
        describe_param(&description, &candidate->params[i], i);
        candidate->params[i].keeps_shape = keeps_shape(candidate->params[i].type);
    }
    description.is_refused = &candidate->is_refused[count];
    describe_param(&description, candidate->result, count);
    candidate->result->direction = DIRECTION_OUT;
    candidate->result->is_string &= candidate->directives[count] != NULL;
    for (size_t i = 0; i <= count; i++) {
        description.is_refused = &candidate->is_refused[i];
        if (!candidate->is_refused[i]) members_describe(&description, param_at(candidate, i));
    }
}
