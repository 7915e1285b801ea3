/* SPDX-License-Identifier: MIT */
/* The comments before a record's definition, or between its `struct` and its `{`. */
#include "comment.h"
#include "unit.h"

#include "annotation.h"
#include "arena.h"
#include "job_option.h"
#include "near_miss.h"
#include "source.h"

#include <string.h>

/* The `{` of a definition that begins at `offset`. */
static size_t body_begin(const struct source *source, size_t offset)
{
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin >= offset && token->kind == TOKEN_PUNCTUATION &&
            source->text[token->begin] == '{')
            return token->begin;
    }
    return offset;
}

static const struct field *member_find(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (strcmp(record->fields[i].name, name) == 0) return &record->fields[i];
    return NULL;
}

static void refuse_name(struct unit *unit, const struct record *record,
                        const struct directive *directive)
{
    const char **names = arena_alloc(unit->arena, (record->field_count + 1) * sizeof *names);
    for (size_t i = 0; i < record->field_count; i++)
        names[i] = record->fields[i].name;
    const char *near = near_miss_find(directive->name, names, record->field_count);
    diag_error(unit->diags, directive->name_location, CHECK_UNKNOWN_MEMBER,
               "%s has no member '%s'%s", record->key, directive->name,
               near_miss_phrase(unit->arena, near));
    if (near) diag_fixit(unit->diags, directive->name_location, near);
}

/* Whether it describes a pointer among the record's own members, once. */
static bool is_allowed(struct unit *unit, const struct record *record,
                       const struct directive *directives, size_t index)
{
    const struct directive *directive = &directives[index];
    const struct field *field = member_find(record, directive->name);
    if (directive->step_count) {
        diag_error(unit->diags, directive->steps[0].location, CHECK_FIELD_DIRECTIVE,
                   "@field describes the members of %s; those of another struct are described "
                   "before that one",
                   record->key);
        return false;
    }
    if (directive->has_star || (field && field->type->kind != TYPE_POINTER)) {
        diag_error(unit->diags, directive->name_location, CHECK_FIELD_DIRECTIVE,
                   "member '%s' of %s is no pointer: there is nothing to describe", directive->name,
                   record->key);
        return false;
    }
    if (!field) {
        refuse_name(unit, record, directive);
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(directives[i].name, directive->name) != 0) continue;
        diag_error(unit->diags, directive->name_location, CHECK_DESCRIBED_TWICE,
                   "member '%s' of %s is described twice", directive->name, record->key);
        diag_note(unit->diags, directives[i].name_location, NULL, "it is first described here");
        return false;
    }
    return true;
}

void collect_fields(struct unit *unit, struct record *record, CXCursor definition)
{
    size_t offset, count;
    CXSourceRange range = unit->lc->getCursorExtent(definition);
    const char *path = unit_position(unit, unit->lc->getRangeStart(range), &offset, NULL);
    const struct source *source = path ? unit_source(unit, path) : NULL;
    if (!source || !memmem(source->text, source->length, "@field", 6)) return;
    size_t begin = source_declaration_begin(source, offset), end = body_begin(source, offset);
    const struct comment_block *all = comment_blocks(unit->arena, source, &count);
    struct comment_block *blocks = arena_alloc(unit->arena, (count + 1) * sizeof *blocks);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (all[i].begin >= begin && all[i].begin < end &&
            comment_scan(source, all[i].begin, all[i].end).has_field)
            blocks[kept++] = all[i];
    if (!kept) return;
    const struct job_options none = {0};
    const struct annotation *annotation =
        annotation_parse(unit->arena, source, blocks, kept, &none, unit->diags);
    struct directive *directives =
        arena_alloc(unit->arena, (annotation->field_count + 1) * sizeof *directives);
    record->directives = directives;
    for (size_t i = 0; i < annotation->field_count; i++)
        if (is_allowed(unit, record, annotation->fields, i))
            directives[record->directive_count++] = annotation->fields[i];
}
