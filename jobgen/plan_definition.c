/* SPDX-License-Identifier: MIT */
/* Records written again as the sources have them, so that generated code needs no header of the
 * user's; each is checked to lie as it did there. */
#include "plan_record.h"

#include "arena.h"
#include "phrase.h"
#include "template.h"

#include <inttypes.h>
#include <string.h>

struct definition {
    struct arena *arena;
    struct template_value *lines;
};

static const char *attributes(struct arena *arena, bool is_packed, uint64_t align)
{
    if (is_packed && align)
        return arena_printf(arena, "__attribute__((packed, aligned(%" PRIu64 ")))", align);
    if (is_packed) return "__attribute__((packed))";
    return align ? arena_printf(arena, "__attribute__((aligned(%" PRIu64 ")))", align) : "";
}

/* "struct __attribute__((packed)) tight" */
static const char *head(struct arena *arena, const struct record *record)
{
    const char *text = attributes(arena, record->is_packed, record->declared_align);
    return arena_printf(arena, "struct%s%s%s%s", *text ? " " : "", text, record->tag ? " " : "",
                        record->tag ? record->tag : "");
}

/* "matrix[2][3]", "flag : 1", with attributes of its own. */
static const char *declarator(struct arena *arena, const struct field *member)
{
    const char *name = member->name ? member->name : "";
    for (const struct type *type = member->type; type->kind == TYPE_POINTER; type = type->element)
        name = arena_printf(arena, "*%s", name);
    for (const struct type *type = member->type; type->kind == TYPE_ARRAY; type = type->element)
        name = arena_printf(arena, "%s[%" PRIu64 "]", name, type->extent->integer);
    if (member->bit_width >= 0)
        name = arena_printf(arena, "%s%s: %d", name, *name ? " " : "", member->bit_width);
    const char *text = attributes(arena, member->is_packed, member->align);
    return arena_printf(arena, "%s%s%s", name, *text && *name ? " " : "", text);
}

static void add_members(const struct definition *definition, const struct record *record,
                        const char *indent)
{
    struct arena *arena = definition->arena;
    for (size_t i = 0; i < record->member_count; i++) {
        const struct field *member = &record->members[i];
        const struct type *element = phrase_element(member->type);
        const char *behind = declarator(arena, member);
        const char *space = *behind ? " " : "";
        if (element->kind != TYPE_RECORD || !element->record->outer) {
            template_add_text(arena, definition->lines,
                              arena_printf(arena, "%s%s%s%s;", indent,
                                           phrase_base(arena, element, true), space, behind));
            continue;
        }
        template_add_text(arena, definition->lines,
                          arena_printf(arena, "%s%s {", indent, head(arena, element->record)));
        add_members(definition, element->record, arena_printf(arena, "%s    ", indent));
        template_add_text(arena, definition->lines,
                          arena_printf(arena, "%s}%s%s;", indent, space, behind));
    }
}

static void add_assert(struct arena *arena, struct template_value *list, const char *condition,
                       const char *text)
{
    template_add_text(arena, list,
                      arena_printf(arena, "_Static_assert(%s, \"%s\");", condition, text));
}

static void show_asserts(struct arena *arena, const struct record_plan *plan,
                         struct template_value *shown)
{
    struct template_value *list = template_set_list(arena, shown, "asserts");
    const struct record *record = plan->record;
    add_assert(arena, list,
               arena_printf(arena, "sizeof(%s) == %" PRIu64, plan->spelling, record->size_bytes),
               arena_printf(arena, "%s has another size here", plan->spelling));
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].bit_width < 0)
            add_assert(arena, list,
                       arena_printf(arena, "offsetof(%s, %s) == %" PRIu64, plan->spelling,
                                    record->fields[i].name, record->fields[i].offset_bits / 8),
                       arena_printf(arena, "%s lies otherwise here", plan->spelling));
}

static void show_definition(struct arena *arena, const struct record_plan *plan,
                            struct template_value *shown)
{
    const struct record *record = plan->record;
    struct definition definition = {arena, template_set_list(arena, shown, "lines")};
    template_set_flag(arena, shown, "is_included", record->is_included);
    show_asserts(arena, plan, shown);
    bool is_renamed = record->is_included && !record->tag && record->own_name != plan->name;
    template_set_text(arena, shown, "typedef", is_renamed ? record->typedef_name : "");
    template_set_text(arena, shown, "spelling", plan->spelling);
    template_set_flag(arena, shown, "is_renamed", is_renamed);
    if (record->is_included) return;
    template_add_text(
        arena, definition.lines,
        arena_printf(arena, "%s%s {", record->tag ? "" : "typedef ", head(arena, record)));
    add_members(&definition, record, "    ");
    template_add_text(arena, definition.lines,
                      record->tag ? "};" : arena_printf(arena, "} %s;", record->own_name));
}

/* "typedef __typeof__(((struct shape *)0)->inner) shape_inner;": the only name such a type has. */
static void show_own_type(struct arena *arena, const struct record_plans *plans,
                          const struct record_plan *plan, struct template_value *list)
{
    const struct record *outer = plan->record->outer;
    const struct record_plan *outer_plan = record_plan_find(plans, outer);
    const char *element = "";
    for (size_t i = 0; i < outer->field_count; i++) {
        const struct type *type = outer->fields[i].type;
        if (strcmp(outer->fields[i].name, plan->record->holder) != 0) continue;
        for (; type->kind == TYPE_ARRAY || type->kind == TYPE_POINTER; type = type->element)
            element = arena_printf(arena, "%s[0]", element);
    }
    template_add_text(arena, list,
                      arena_printf(arena, "typedef __typeof__(((%s *)0)->%s%s) %s;",
                                   outer_plan->spelling, plan->record->holder, element,
                                   plan->spelling));
}

void record_definitions_show(struct arena *arena, const struct record_plans *plans,
                             struct template_value *root)
{
    struct template_value *definitions = template_set_list(arena, root, "definitions");
    struct template_value *own = template_set_list(arena, root, "own_types");
    bool has_own = false;
    for (size_t i = 0; i < plans->count; i++)
        if (plans->plans[i].record && !plans->plans[i].record->outer)
            show_definition(arena, &plans->plans[i], template_add_object(arena, definitions));
    /* Outer ones, which stand last, come first. */
    for (size_t i = plans->count; i-- > 0;) {
        const struct record_plan *plan = &plans->plans[i];
        if (!plan->record || !plan->record->outer) continue;
        show_own_type(arena, plans, plan, own);
        has_own = true;
    }
    template_set_flag(arena, root, "has_own_types", has_own);
}
