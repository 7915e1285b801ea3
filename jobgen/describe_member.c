/* SPDX-License-Identifier: MIT */
/* Members are described like parameters: by what the job says of s->m, else by what @field says,
 * else by default. Their extents read the members of the records around them. */
#include "describe_member.h"

#include "arena.h"
#include "near_miss.h"
#include "type.h"

#include <string.h>

enum { TOKENS_MOST = 64 };

static const struct field *field_find(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (strcmp(record->fields[i].name, name) == 0) return &record->fields[i];
    return NULL;
}

static void refuse_name(struct description *description, const struct record *record,
                        const char *name, struct location at)
{
    const char **names = arena_alloc(description->arena, (record->field_count + 1) * sizeof *names);
    for (size_t i = 0; i < record->field_count; i++)
        names[i] = record->fields[i].name;
    const char *near = near_miss_find(name, names, record->field_count);
    diag_error(description->diags, at, CHECK_UNKNOWN_MEMBER, "%s has no member '%s'%s", record->key,
               name, near_miss_phrase(description->arena, near));
    if (near) diag_fixit(description->diags, at, near);
    description_refuse(description);
}

/* ---- matching ---- */

static bool is_same_place(const struct directive *a, const struct directive *b)
{
    if (strcmp(a->name, b->name) != 0 || a->step_count != b->step_count) return false;
    for (size_t i = 0; i < a->step_count; i++)
        if (strcmp(a->steps[i].name, b->steps[i].name) != 0) return false;
    return true;
}

/* Whether `->` or `.` is what C would have there. */
static bool check_step(struct description *description, const struct directive *directive,
                       size_t step, const struct type *type)
{
    bool is_pointer = type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY;
    if (directive->steps[step].is_arrow == is_pointer) return true;
    if (step && type->kind == TYPE_ARRAY) return true; /* o->v[...].data */
    const char *before = step ? directive->steps[step - 1].name : directive->name;
    diag_error(description->diags, directive->steps[step].location, CHECK_MEMBER_PLACE,
               "'%s' is %s: its members are written with %s", before,
               type_print(description->arena, type), is_pointer ? "->" : ".");
    description_refuse(description);
    return false;
}

/* The member that the steps lead to; NULL: refused. */
static const struct field *walk_steps(struct description *description,
                                      const struct directive *directive, const struct type *type)
{
    const struct field *field = NULL;
    for (size_t i = 0; i < directive->step_count; i++) {
        const struct record *record = type_record(type);
        if (!record) {
            diag_error(description->diags, directive->steps[i].location, CHECK_MEMBER_PLACE,
                       "'%s' of job '%s' is %s, which has no members",
                       i ? directive->steps[i - 1].name : directive->name,
                       description->candidate->job.name, type_print(description->arena, type));
            description_refuse(description);
            return NULL;
        }
        if (!check_step(description, directive, i, type)) return NULL;
        field = field_find(record, directive->steps[i].name);
        if (!field) {
            refuse_name(description, record, directive->steps[i].name,
                        directive->steps[i].location);
            return NULL;
        }
        type = field->type;
    }
    return field;
}

void member_match(struct description *description, const struct directive *directive,
                  const struct param *param)
{
    struct candidate *candidate = description->candidate;
    size_t count = candidate->member_directive_count;
    const struct field *field = walk_steps(description, directive, param->type);
    if (!field) return;
    if (field->type->kind != TYPE_POINTER) {
        diag_error(description->diags, directive->name_location, CHECK_MEMBER_PLACE,
                   "'%s' of job '%s' is %s: only members that are pointers are described",
                   directive->place, candidate->job.name,
                   type_print(description->arena, field->type));
        description_refuse(description);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_same_place(candidate->member_directives[i], directive)) continue;
        diag_error(description->diags, directive->name_location, CHECK_DESCRIBED_TWICE,
                   "'%s' of job '%s' is described twice", directive->place, candidate->job.name);
        diag_note(description->diags, candidate->member_directives[i]->name_location, NULL,
                  "it is first described here");
        description_refuse(description);
        return;
    }
    const struct directive **grown = arena_alloc(description->arena, (count + 1) * sizeof *grown);
    if (count) memcpy(grown, candidate->member_directives, count * sizeof *grown);
    grown[count] = directive;
    candidate->member_directives = grown;
    candidate->member_directive_count = count + 1;
}

/* ---- expressions ---- */

/* "s->head.count", as written. */
struct path {
    const char *names[TOKENS_MOST];
    struct location locations[TOKENS_MOST];
    size_t count;
};

static bool flatten(const struct syntax *syntax, struct path *path)
{
    bool is_star = syntax->kind == SYNTAX_DEREF; /* (*s).n */
    if (is_star) syntax = syntax->left;
    if (syntax->kind == SYNTAX_MEMBER) {
        if (is_star || !flatten(syntax->left, path)) return false;
    } else if (syntax->kind != SYNTAX_NAME) {
        return false;
    }
    if (path->count == TOKENS_MOST) return false;
    path->names[path->count] = syntax->name;
    path->locations[path->count++] = syntax->location;
    return true;
}

static const struct record_chain *chain_at(const struct record_chain *chain, size_t depth)
{
    while (chain->depth > depth)
        chain = chain->up;
    return chain;
}

/* How many of the path's names lead to a record around the member. */
static size_t match_chain(const struct record_chain *chain, const struct path *path)
{
    size_t matched = 0;
    while (matched + 1 < path->count && matched < chain->depth &&
           strcmp(chain_at(chain, matched + 1)->name, path->names[matched]) == 0)
        matched++;
    return matched;
}

/* The rest of the path, by value, from a record on. */
static const struct expr *read_record(struct description *description, const struct syntax *syntax,
                                      const struct record_chain *at, const struct path *path,
                                      size_t first)
{
    const struct record *record = at->record;
    const struct type *type = NULL;
    const char *text = "";
    for (size_t i = first; i < path->count; i++) {
        const struct field *field = record ? field_find(record, path->names[i]) : NULL;
        if (record && !field) {
            refuse_name(description, record, path->names[i], path->locations[i]);
            return NULL;
        }
        if (!record) break;
        type = field->type;
        text = arena_printf(description->arena, "%s%s%s", text, *text ? "." : "", field->name);
        record = type->kind == TYPE_RECORD ? type->record : NULL;
        if (!record && i + 1 < path->count) type = NULL;
    }
    if (!type_is_countable(type)) {
        diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
                   "'%s' is no integer in a struct around the member", syntax->text);
        description_refuse(description);
        return NULL;
    }
    struct expr *expr = description_expr(description, EXPR_SIBLING, syntax);
    expr->path = text;
    expr->level = description->chain->depth - at->depth;
    expr->type = type;
    return expr;
}

static const struct expr *resolve_field(struct description *description,
                                        const struct syntax *syntax, const struct path *path,
                                        bool *ret_is_other)
{
    const struct record_chain *chain = description->chain;
    uint64_t magnitude;
    bool is_negative;
    bool is_constant =
        path->count == 1 && !field_find(chain->record, path->names[0]) &&
        (description->constants->find_enumerator(description->constants->user, path->names[0],
                                                 &magnitude, &is_negative) ||
         description->constants->is_macro(description->constants->user, path->names[0]));
    *ret_is_other = is_constant;
    return is_constant ? NULL : read_record(description, syntax, chain, path, 0);
}

const struct expr *member_resolve(struct description *description, const struct syntax *syntax,
                                  bool *ret_is_other)
{
    struct path path = {.count = 0};
    *ret_is_other = syntax->kind != SYNTAX_NAME && syntax->kind != SYNTAX_MEMBER &&
                    !(syntax->kind == SYNTAX_DEREF && description->is_field);
    if (*ret_is_other) return NULL;
    if (syntax->kind != SYNTAX_DEREF && flatten(syntax, &path)) {
        if (description->is_field) return resolve_field(description, syntax, &path, ret_is_other);
        size_t matched = match_chain(description->chain, &path);
        if (matched)
            return read_record(description, syntax, chain_at(description->chain, matched), &path,
                               matched);
        *ret_is_other = path.count == 1;
        if (*ret_is_other) return NULL;
    }
    diag_error(description->diags, syntax->location, CHECK_EXTENT_TYPE,
               "the extent of a member can read members of the structs around it%s",
               description->is_field ? "" : ", and parameters");
    description_refuse(description);
    return NULL;
}

/* ---- describing ---- */

static const struct directive *job_directive(const struct description *description,
                                             const struct record_chain *chain, const char *name)
{
    const struct candidate *candidate = description->candidate;
    for (size_t i = 0; i < candidate->member_directive_count; i++) {
        const struct directive *directive = candidate->member_directives[i];
        if (directive->step_count != chain->depth ||
            strcmp(directive->name, chain_at(chain, 1)->name) != 0 ||
            strcmp(directive->steps[chain->depth - 1].name, name) != 0)
            continue;
        bool is_same = true;
        for (size_t d = 2; d <= chain->depth; d++)
            is_same &= !strcmp(directive->steps[d - 2].name, chain_at(chain, d)->name);
        if (is_same) return directive;
    }
    return NULL;
}

static const struct directive *field_directive(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->directive_count; i++)
        if (strcmp(record->directives[i].name, name) == 0) return &record->directives[i];
    return NULL;
}

static void take_words(struct description *description, struct param *member,
                       const struct directive *directive)
{
    size_t count = directive->extent_count;
    const struct expr **extents = arena_alloc(description->arena, (count + 2) * sizeof *extents);
    for (size_t i = 0; i < count; i++)
        extents[i] = description_resolve(description, directive->extents[i]);
    if (directive->size && !count)
        extents[count++] = description_resolve(description, directive->size);
    member->extents = extents;
    member->extent_count = count;
    if (directive->used) member->used = description_resolve(description, directive->used);
    member->is_string = directive->has_word[WORD_STRING];
    member->is_owned = directive->has_word[WORD_OWNED];
    member->is_optional = directive->has_word[WORD_OPTIONAL];
}

/* What it does unless the job says so: as the record that holds it, but for what is const, and for
 * arrays of strings, which have no room. */
static enum direction default_direction(const struct param *member, enum direction around)
{
    const struct type *element = member->type->element;
    bool is_kept = element->is_const || type_is_double_pointer(member->type);
    return around == DIRECTION_INOUT && is_kept && !member->is_owned ? DIRECTION_IN : around;
}

static void describe_record(struct description *description, struct param *of,
                            const struct record_chain *chain);

/* What is behind or within a member. */
static void describe_inner(struct description *description, struct param *member,
                           const struct record_chain *chain)
{
    const struct record *record = type_record(member->type);
    if (!record || !record_has_pointers(record)) return;
    struct record_chain inner = {chain, record, member->field->name, chain->depth + 1};
    describe_record(description, member, &inner);
}

static void describe_pointer(struct description *description, struct param *member,
                             const struct record_chain *chain, enum direction around)
{
    const char *name = member->field->name;
    const struct directive *directive = job_directive(description, chain, name);
    bool is_of_job = directive != NULL;
    if (!directive) directive = field_directive(chain->record, name);
    member->said = directive;
    description->chain = chain;
    description->is_field = !is_of_job;
    const struct type *element = member->type->element;
    if (directive)
        take_words(description, member, directive);
    else
        member->is_string = element->is_const && element->is_plain_char;
    description->chain = NULL;
    member->direction = is_of_job ? directive->direction : default_direction(member, around);
    /* What @field says for all jobs does not matter where nothing comes out. */
    if (is_of_job || member->direction != DIRECTION_IN) return;
    member->is_owned = false;
    member->used = NULL;
    if (member->is_string && !type_is_double_pointer(member->type)) member->extent_count = 0;
}

static void describe_record(struct description *description, struct param *of,
                            const struct record_chain *chain)
{
    const struct record *record = chain->record;
    struct param *members =
        arena_alloc(description->arena, (record->field_count + 1) * sizeof *members);
    of->members = members;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        const struct type *type = field->type;
        while (type->kind == TYPE_ARRAY)
            type = type->element;
        bool is_pointer = type->kind == TYPE_POINTER;
        if (!is_pointer && !(type->kind == TYPE_RECORD && record_has_pointers(type->record)))
            continue;
        struct param *member = &members[of->member_count++];
        bool is_behind =
            of->type->kind == TYPE_POINTER || (of->type->kind == TYPE_ARRAY && !of->field);
        *member = (struct param){.name = arena_printf(description->arena, "%s%s%s", of->name,
                                                      is_behind ? "->" : ".", field->name),
                                 .type = field->type,
                                 .direction = of->direction,
                                 .location = of->location,
                                 .field = field};
        member->stub_name = member->name;
        if (is_pointer) describe_pointer(description, member, chain, of->direction);
        describe_inner(description, member, chain);
    }
}

void members_describe(struct description *description, struct param *param)
{
    const struct record *record = type_record(param->type);
    if (!record || !record_has_pointers(record)) return;
    struct record_chain chain = {NULL, record, param->name, 1};
    describe_record(description, param, &chain);
}
