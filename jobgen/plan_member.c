/* SPDX-License-Identifier: MIT */
/* A table is known by all that is said of the members in it; jobs that say the same share it. */
#include "plan_member.h"

#include "arena.h"
#include "interface_hash.h"
#include "phrase.h"
#include "strbuf.h"
#include "template.h"
#include "type.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* What has been written already, by what makes it. */
struct known {
    const struct known *next;
    const char *key, *name;
};

struct member_tables {
    struct arena *arena;
    struct plan_names *names;
    const struct record_plans *records;
    struct template_value *list;
    const struct known *tables, *functions;
    size_t *counts; /* of tables, by record */
};

struct member_tables *member_tables_new(struct arena *arena, struct plan_names *names,
                                        const struct record_plans *records,
                                        struct template_value *list)
{
    struct member_tables *tables = arena_alloc(arena, sizeof *tables);
    *tables =
        (struct member_tables){.arena = arena, .names = names, .records = records, .list = list};
    tables->counts = arena_alloc(arena, (records->count + 1) * sizeof *tables->counts);
    return tables;
}

bool members_are_written(const struct param *param)
{
    for (size_t i = 0; i < param->member_count; i++) {
        const struct param *member = &param->members[i];
        bool is_pointer = member->type->kind == TYPE_POINTER;
        if ((is_pointer && member->direction != DIRECTION_IN) || members_are_written(member))
            return true;
    }
    return false;
}

/* ---- keys ---- */

/* Whether it is the same for all calls of all jobs: the records within the table tell it. */
static bool is_from_outside(const struct expr *expr, void *user)
{
    const size_t *depth = user;
    return expr->kind == EXPR_PARAM || expr->kind == EXPR_DEREF || expr->kind == EXPR_RETURN ||
           (expr->kind == EXPR_SIBLING && expr->level > *depth);
}

/* What the worker alone knows when the job has ended. */
static bool is_far(const struct expr *expr, void *user)
{
    (void)user;
    return expr->kind == EXPR_DEREF || expr->kind == EXPR_RETURN;
}

static void add_key(struct strbuf *key, const struct param *param, size_t depth,
                    bool *reads_outside)
{
    for (size_t i = 0; i < param->member_count; i++) {
        const struct param *member = &param->members[i];
        interface_describe(key, member);
        strbuf_printf(key, "%d", member->is_optional);
        for (size_t e = 0; e < member->extent_count; e++) {
            strbuf_add(key, member->extents[e]->text);
            *reads_outside |= expr_has(member->extents[e], is_from_outside, &depth);
        }
        *reads_outside |= expr_has(member->used, is_from_outside, &depth);
        strbuf_add_char(key, '{');
        add_key(key, member, depth + 1, reads_outside);
        strbuf_add_char(key, '}');
    }
}

/* NULL: no other can have the same. */
static const char *key_of(struct arena *arena, const struct param *param)
{
    struct strbuf key = {0};
    bool reads_outside = false;
    strbuf_printf(&key, "%s:", type_record(param->type)->key);
    add_key(&key, param, 0, &reads_outside);
    const char *copy = reads_outside ? NULL : arena_strdup(arena, key.text);
    strbuf_fini(&key);
    return copy;
}

/* ---- extents ---- */

/* The records around a member: its own last. */
struct around {
    const struct around *up;
    const struct record_plan *record;
};

struct extent_lines {
    struct member_tables *tables;
    const struct job *job;
    const struct around *around;
    struct strbuf text; /* a line each */
    unsigned levels;    /* bit by level: it is read */
    bool has_args;
    bool is_told; /* what it reads is told when it is refused */
};

static const char *level_name(struct arena *arena, size_t level)
{
    return level ? arena_printf(arena, "around_%zu", level) : "record";
}

static const char *read_leaf(void *user, const struct expr *leaf)
{
    struct extent_lines *lines = user;
    struct arena *arena = lines->tables->arena;
    const char *text = "0";
    bool is_guarded = false;
    if (leaf->kind == EXPR_SIBLING) {
        lines->levels |= 1u << leaf->level;
        text = arena_printf(arena, "%s->%s", level_name(arena, leaf->level), leaf->path);
    } else if (leaf->kind == EXPR_RETURN) {
        text = arena_printf(arena, "*(const %s *)scope->value", leaf->type->spelling);
    } else {
        const char *name = lines->job->params[leaf->param].stub_name;
        lines->has_args = true;
        is_guarded = leaf->kind == EXPR_DEREF;
        text = arena_printf(arena, "%sa->%s", is_guarded ? "*" : "", name);
    }
    bool is_wide = leaf->type->bits == 64 && !leaf->type->is_signed;
    if (leaf->kind != EXPR_RETURN && (lines->is_told || is_wide))
        text = arena_printf(arena, "jgi_scope_read%s(scope, \"%s\", %s)",
                            is_wide ? "_unsigned" : "", phrase_quoted(arena, leaf->text), text);
    else if (is_wide)
        text = arena_printf(arena, "jgi_unsigned(%s)", text);
    if (!is_guarded) return text;
    return arena_printf(arena, "(a->%s != NULL ? %s : JGI_NO_NUMBER)",
                        lines->job->params[leaf->param].stub_name, text);
}

/* The function's body: what it reads, and the product of the dimensions. */
static void make_lines(struct extent_lines *lines, const struct expr *const *extents, size_t count)
{
    struct arena *arena = lines->tables->arena;
    struct phrase_reader reader = {read_leaf, lines};
    lines->is_told = count > 1 || extents[0]->left != NULL;
    const char *text = phrase_extent(arena, extents[0], &reader);
    for (size_t i = 1; i < count; i++)
        text = arena_printf(arena, "jgi_area(%s, %s)", text,
                            phrase_extent(arena, extents[i], &reader));
    const char *path = "scope->";
    size_t level = 0;
    for (const struct around *at = lines->around; at; at = at->up, level++) {
        if (lines->levels & 1u << level)
            strbuf_printf(&lines->text, "const %s *%s = %srecord;\n", at->record->spelling,
                          level_name(arena, level), path);
        path = arena_printf(arena, "%sup->", path);
    }
    if (lines->has_args)
        strbuf_printf(&lines->text, "const struct %s_args *a = scope->args;\n", lines->job->name);
    if (!lines->levels && !lines->has_args && !strstr(text, "scope"))
        strbuf_add(&lines->text, "(void)scope;\n");
    strbuf_printf(&lines->text, "return %s;\n", text);
}

static void show_lines(struct arena *arena, const char *text, struct template_value *list)
{
    for (size_t length; (length = strcspn(text, "\n")) > 0; text += length + 1)
        template_add_text(arena, list, arena_strndup(arena, text, length));
}

/* "mat_data_extent"; one that does the same is taken again. */
static const char *extent_function(struct member_tables *tables, const struct job *job,
                                   const struct around *around, const char *wish,
                                   const struct expr *const *extents, size_t count,
                                   struct template_value *functions)
{
    struct arena *arena = tables->arena;
    struct extent_lines lines = {.tables = tables, .job = job, .around = around};
    make_lines(&lines, extents, count);
    const char *text = arena_strdup(arena, lines.text.text);
    strbuf_fini(&lines.text);
    for (const struct known *at = tables->functions; at; at = at->next)
        if (strcmp(at->key, text) == 0) return at->name;
    struct template_value *shown = template_add_object(arena, functions);
    const char *name = plan_names_static(tables->names, wish);
    template_set_text(arena, shown, "name", name);
    show_lines(arena, text, template_set_list(arena, shown, "lines"));
    struct known *known = arena_alloc(arena, sizeof *known);
    *known = (struct known){tables->functions, text, name};
    tables->functions = known;
    return name;
}

/* ---- members ---- */

struct member_shown {
    struct member_tables *tables;
    const struct job *job;
    const struct around *around;
    const struct param *member;
    const char *number; /* of the table, if it is not the record's first: "_2" */
    struct template_value *functions;
    struct template_value *lines;
};

static bool is_strings(const struct param *member)
{
    return member->is_string && type_is_double_pointer(member->type);
}

static bool is_known_to_worker(const struct param *member)
{
    bool is_found = expr_has(member->used, is_far, NULL);
    for (size_t i = 0; i < member->extent_count; i++)
        is_found |= expr_has(member->extents[i], is_far, NULL);
    return is_found;
}

__attribute__((format(printf, 2, 3))) static void add_line(const struct member_shown *shown,
                                                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    template_add_text(shown->tables->arena, shown->lines,
                      arena_vprintf(shown->tables->arena, format, args));
    va_end(args);
}

static const char *codec_for(struct member_tables *tables, const struct job *job,
                             const struct param *param, const struct around *up);

static size_t field_index(const struct record *record, const struct field *field)
{
    size_t index = 0;
    while (strcmp(record->fields[index].name, field->name) != 0)
        index++;
    return index;
}

static void show_place(const struct member_shown *shown, size_t number)
{
    struct arena *arena = shown->tables->arena;
    const struct param *member = shown->member;
    const struct type *element = phrase_element(member->type);
    const char *text = arena_printf(arena, ".name = \"%s\"", member->field->name);
    if (member->extent_count)
        text = arena_printf(arena, "%s, .extent = \"%s\"", text,
                            phrase_quoted(arena, phrase_extents_written(arena, member)));
    const struct record_plan *record = record_plan_of(shown->tables->records, element);
    text = arena_printf(arena, "%s, .element_size = sizeof(%s)", text,
                        is_strings(member)           ? "char *"
                        : element->kind == TYPE_VOID ? "char"
                        : record                     ? record->spelling
                                                     : phrase_base(arena, element, true));
    text = arena_printf(arena, "%s, .field = %zu", text, number);
    const char *kind = phrase_element_kind(element);
    if (strcmp(kind, "JGI_PLAIN") != 0 && element->kind != TYPE_VOID)
        text = arena_printf(arena, "%s, .element = %s", text, kind);
    if (member->direction != DIRECTION_IN && member->type->kind == TYPE_POINTER)
        text = arena_printf(arena, "%s, .is_written = true", text);
    if (member->is_optional) text = arena_printf(arena, "%s, .is_optional = true", text);
    if (element->kind == TYPE_RECORD)
        text = arena_printf(arena, "%s, .record = &%s", text,
                            member->member_count
                                ? codec_for(shown->tables, shown->job, member, shown->around)
                                : record->codec);
    add_line(shown, ".place = {%s},", text);
}

static void show_flags(const struct member_shown *shown)
{
    const struct param *member = shown->member;
    bool is_here = member->type->kind != TYPE_POINTER;
    add_line(shown, ".kind = %s,",
             is_here              ? "JGI_HERE"
             : is_strings(member) ? "JGI_STRINGS"
             : member->is_string  ? "JGI_TEXT"
                                  : "JGI_ELEMENTS");
    if (is_here) {
        if (member->type->kind == TYPE_ARRAY) add_line(shown, ".is_array = true,");
        add_line(shown, ".here_count = %" PRIu64 ",", phrase_constant_count(member->type));
        return;
    }
    if (member->direction != DIRECTION_OUT) add_line(shown, ".is_read = true,");
    if (member->is_owned) add_line(shown, ".is_owned = true,");
    if (member->direction != DIRECTION_IN || members_are_written(member))
        add_line(shown, ".is_answered = true,");
    if (is_known_to_worker(member)) add_line(shown, ".is_far = true,");
}

static void show_offsets(const struct member_shown *shown, size_t number)
{
    struct arena *arena = shown->tables->arena;
    const struct record_plan *plan = shown->around->record;
    const struct param *member = shown->member;
    const char *name = member->field->name, *wire = plan_names_member(arena, name, number);
    bool is_one_message = member->type->kind == TYPE_RECORD;
    bool is_counted =
        !is_one_message && (is_strings(member) || strcmp(member_wire(member->type), "bytes") != 0);
    add_line(shown, ".offset = offsetof(%s, %s),", plan->spelling, name);
    add_line(shown, ".elements = offsetof(%s, %s%s),", plan->message.type, is_counted ? "n_" : "",
             wire);
    if (member->type->kind == TYPE_POINTER)
        add_line(shown, ".at = offsetof(%s, %s),", plan->message.type,
                 member_at(arena, plan->record, number));
}

static void show_extents(const struct member_shown *shown)
{
    struct arena *arena = shown->tables->arena;
    const struct param *member = shown->member;
    const char *wish =
        arena_printf(arena, "%s_%s", shown->around->record->name, member->field->name);
    if (member->type->kind != TYPE_POINTER) return;
    if (member->extent_count)
        add_line(shown, ".extent = %s,",
                 extent_function(shown->tables, shown->job, shown->around,
                                 arena_printf(arena, "%s_extent%s", wish, shown->number),
                                 member->extents, member->extent_count, shown->functions));
    if (member->used)
        add_line(shown, ".used = %s,",
                 extent_function(shown->tables, shown->job, shown->around,
                                 arena_printf(arena, "%s_used%s", wish, shown->number),
                                 &member->used, 1, shown->functions));
}

/* Those of inner records come before it. */
static const char *table_for(struct member_tables *tables, const struct job *job,
                             const struct param *param, const struct around *up)
{
    struct arena *arena = tables->arena;
    struct around around = {up, record_plan_find(tables->records, type_record(param->type))};
    const struct record_plan *plan = around.record;
    size_t count = ++tables->counts[plan - tables->records->plans];
    const char *numbered = count > 1 ? arena_printf(arena, "_%zu", count) : "";
    struct template_value *shown = template_object_new(arena);
    struct template_value *functions = template_set_list(arena, shown, "functions");
    struct template_value *members = template_set_list(arena, shown, "members");
    for (size_t i = 0; i < param->member_count; i++) {
        const struct param *member = &param->members[i];
        size_t number = field_index(plan->record, member->field) + 1;
        struct template_value *lines =
            template_set_list(arena, template_add_object(arena, members), "lines");
        struct member_shown at = {tables, job, &around, member, numbered, functions, lines};
        show_place(&at, number);
        show_flags(&at);
        show_offsets(&at, number);
        show_extents(&at);
    }
    const char *codec = plan_names_static(
        tables->names, arena_printf(arena, "%s_with_members%s", plan->name, numbered));
    template_set_text(arena, shown, "codec", codec);
    template_set_text(arena, shown, "members_name",
                      plan_names_static(tables->names,
                                        arena_printf(arena, "%s_members%s", plan->name, numbered)));
    template_set_text(arena, shown, "count", arena_printf(arena, "%zu", param->member_count));
    template_set_text(arena, shown, "spelling", plan->spelling);
    template_set_text(arena, shown, "message_type", plan->message.type);
    template_set_text(arena, shown, "put_name", plan->put);
    template_set_text(arena, shown, "get_name", plan->get);
    template_add(arena, tables->list, shown);
    return codec;
}

static const char *codec_for(struct member_tables *tables, const struct job *job,
                             const struct param *param, const struct around *up)
{
    const char *key = key_of(tables->arena, param);
    for (const struct known *at = tables->tables; at && key; at = at->next)
        if (strcmp(at->key, key) == 0) return at->name;
    const char *codec = table_for(tables, job, param, up);
    if (!key) return codec;
    struct known *known = arena_alloc(tables->arena, sizeof *known);
    *known = (struct known){tables->tables, key, codec};
    tables->tables = known;
    return codec;
}

const char *member_tables_codec(struct member_tables *tables, const struct job *job,
                                const struct param *param)
{
    return codec_for(tables, job, param, NULL);
}
