/* SPDX-License-Identifier: MIT */
/* One source at a time: parse, list the declarations of every user file that holds directives,
 * place each comment, turn tagged functions into candidates, dispose of the unit.
 *
 * A tag that finds no function is an error at the tag. If a body with unbalanced braces may have
 * swallowed the function, the file is parsed once more with bodies, for clang to say where.
 * A type that cannot travel, or a function that cannot be called from elsewhere, breaks its
 * candidate: the others go on, so that one run tells all. Nothing is emitted then. */
#include "collect_state.h"

#include "annotation.h"
#include "arena.h"
#include "check.h"
#include "comment.h"
#include "describe.h"
#include "names.h"
#include "place.h"
#include "prefilter.h"
#include "read.h"
#include "search.h"
#include "start.h"

#include <stdlib.h>
#include <string.h>

/* What the generated header brings in any case, so that a source may rely on it. */
const char collect_overlay[] = "#include <stdbool.h>\n"
                               "#include <stddef.h>\n"
                               "#include <stdint.h>\n"
                               "#if __has_include(<jobgen/runtime.h>)\n"
                               "#include <jobgen/runtime.h>\n"
                               "#endif\n";

struct collector *collector_new(const struct collector_setup *setup)
{
    struct collector *collector = memory_grow(NULL, sizeof *collector);
    *collector = (struct collector){.setup = *setup};
    return collector;
}

static struct collected *collected_new(const struct collector_setup *setup,
                                       const struct source *source)
{
    struct collected *found = memory_grow(NULL, sizeof *found);
    *found = (struct collected){.source = source,
                                .diags = diag_new(&setup->options->checks),
                                .records = record_set_new(setup->arena)};
    return found;
}

void collected_free(struct collected *found)
{
    if (!found) return;
    diag_free(found->diags);
    free(found->candidates.items);
    free(found->uses.items);
    free(found->files.items);
    free(found->lookups.items);
    free(found->skipped.items);
    free(found);
}

/* ---- one unit ---- */

static void visit_file(const struct read_file *file, void *user)
{
    struct unit_walk *walk = user;
    struct collector *collector = walk->collector;
    const char *path = collect_see_file(walk, file);
    if (file->is_system) return;
    const struct source *source = source_open(collector->setup.sources, path);
    if (!source || !memchr(source->text, '@', source->length)) return;
    size_t count;
    const struct comment_block *blocks = comment_blocks(collector->setup.arena, source, &count);
    if (!count) return;
    for (size_t i = 0; i < walk->tagged.count; i++)
        if (LIST_AT(&walk->tagged, struct tagged_file, i).source == source) return;
    CXFile handle = walk->unit.lc->getFile(walk->unit.handle, path);
    LIST_ADD(&walk->tagged, struct tagged_file) = (struct tagged_file){
        .source = source, .handle = handle, .blocks = blocks, .block_count = count};
}

static void use_add(struct unit_walk *walk, CXCursor cursor, const char *name)
{
    struct location at;
    size_t offset;
    (void)unit_position(&walk->unit, walk->unit.lc->getCursorLocation(cursor), &offset, &at);
    at.length = (unsigned)strlen(name);
    LIST_ADD(&walk->found->uses, struct name_use) =
        (struct name_use){arena_strdup(walk->collector->setup.arena, name), at};
}

/* `struct square_args args[2];` names a struct of the header to come, and takes no name. */
static bool is_mention(const struct unit_walk *walk, CXCursor cursor)
{
    const struct libclang *lc = walk->unit.lc;
    return lc->getCursorKind(cursor) == CXCursor_StructDecl &&
           !lc->equalCursors(lc->getCursorDefinition(cursor), cursor);
}

static void take_name(struct unit_walk *walk, CXCursor cursor)
{
    if (is_mention(walk, cursor)) return;
    CXString string = walk->unit.lc->getCursorSpelling(cursor);
    const char *name = walk->unit.lc->getCString(string);
    if (name && (name_may_be_generated(name) || name_may_be_static(name)))
        use_add(walk, cursor, name);
    walk->unit.lc->disposeString(string);
}

static void take_macro(struct unit_walk *walk, CXCursor cursor)
{
    struct macro macro = {.name = walk->unit.lc->getCursorSpelling(cursor), .cursor = cursor};
    macro.text = walk->unit.lc->getCString(macro.name);
    if (!macro.text) macro.text = "";
    if (name_may_be_generated(macro.text) || name_may_be_static(macro.text))
        use_add(walk, cursor, macro.text);
    LIST_ADD(&walk->macros, struct macro) = macro;
}

static enum declaration_kind declaration_kind_of(enum CXCursorKind kind, const char **ret_what)
{
    switch (kind) {
    case CXCursor_FunctionDecl:
        *ret_what = "a function";
        return DECLARATION_FUNCTION;
    case CXCursor_StructDecl:
    case CXCursor_UnionDecl:
    case CXCursor_EnumDecl:
        *ret_what = "a type";
        return DECLARATION_RECORD;
    case CXCursor_TypedefDecl:
        *ret_what = "a type";
        return DECLARATION_OTHER;
    case CXCursor_VarDecl:
        *ret_what = "a variable";
        return DECLARATION_OTHER;
    default:
        *ret_what = "another declaration";
        return DECLARATION_OTHER;
    }
}

static void take_declaration(struct unit_walk *walk, struct tagged_file *file, CXCursor cursor)
{
    const struct unit *unit = &walk->unit;
    CXSourceRange range = unit->lc->getCursorExtent(cursor);
    struct declaration declaration = {0};
    unsigned begin = 0, name = 0, end = 0;
    CXFile end_file = NULL;
    unit->lc->getFileLocation(unit->lc->getRangeStart(range), NULL, NULL, NULL, &begin);
    unit->lc->getFileLocation(unit->lc->getCursorLocation(cursor), NULL, NULL, NULL, &name);
    unit->lc->getFileLocation(unit->lc->getRangeEnd(range), &end_file, NULL, NULL, &end);
    declaration.begin = begin;
    declaration.name = name;
    declaration.end = end > begin ? end : begin;
    declaration.kind = declaration_kind_of(unit->lc->getCursorKind(cursor), &declaration.what);
    declaration.is_struct = unit->lc->getCursorKind(cursor) == CXCursor_StructDecl;
    const char *spelling = unit_declared_name(unit, cursor);
    declaration.spelling = spelling ? spelling : "";
    LIST_ADD(&file->declarations, struct declaration) = declaration;
    LIST_ADD(&file->cursors, CXCursor) = cursor;
}

static struct tagged_file *tagged_find(struct unit_walk *walk, CXFile handle)
{
    for (size_t i = 0; i < walk->tagged.count; i++) {
        struct tagged_file *file = &LIST_AT(&walk->tagged, struct tagged_file, i);
        if (file->handle == handle || walk->unit.lc->File_isEqual(file->handle, handle))
            return file;
    }
    return NULL;
}

static enum CXChildVisitResult visit_enumerator(CXCursor cursor, CXCursor parent,
                                                CXClientData client)
{
    (void)parent;
    take_name(client, cursor);
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData client)
{
    struct unit_walk *walk = client;
    const struct libclang *lc = walk->unit.lc;
    enum CXCursorKind kind = lc->getCursorKind(cursor);
    (void)parent;
    if (kind == CXCursor_MacroDefinition) {
        take_macro(walk, cursor);
        return CXChildVisit_Continue;
    }
    if (kind == CXCursor_InclusionDirective) collect_see_inclusion(walk, cursor);
    if (lc->isPreprocessing(kind) || kind == CXCursor_UnexposedDecl) return CXChildVisit_Continue;
    take_name(walk, cursor);
    if (kind == CXCursor_EnumDecl) (void)lc->visitChildren(cursor, visit_enumerator, walk);
    CXSourceLocation at = lc->getRangeStart(lc->getCursorExtent(cursor));
    if (lc->Location_isInSystemHeader(at)) return CXChildVisit_Continue;
    CXFile handle = NULL;
    lc->getFileLocation(at, &handle, NULL, NULL, NULL);
    struct tagged_file *file = handle ? tagged_find(walk, handle) : NULL;
    if (file) take_declaration(walk, file, cursor);
    return CXChildVisit_Continue;
}

/* ---- candidates ---- */

static void take_job(struct unit_walk *walk, struct tagged_file *file, size_t index,
                     const struct comment_block *blocks, size_t count, size_t tag_offset)
{
    struct collector *collector = walk->collector;
    struct unit *unit = &walk->unit;
    CXCursor function = LIST_AT(&file->cursors, CXCursor, index);
    const struct declaration *declaration =
        &LIST_AT(&file->declarations, struct declaration, index);
    struct candidate *candidate = arena_alloc(unit->arena, sizeof *candidate);
    candidate->source = file->source;
    candidate->tag_offset = tag_offset;
    candidate->job.name = declaration->spelling;
    candidate->job.file = path_base(file->source->path);
    candidate->job.location = unit_name_location(unit, function, declaration->spelling);
    LIST_ADD(&walk->found->candidates, struct candidate *) = candidate;
    candidate->annotation = annotation_parse(unit->arena, file->source, blocks, count,
                                             &collector->setup.options->defaults, unit->diags);
    candidate->job.options = candidate->annotation->options;
    candidate->job.comment = candidate->annotation->comment;
    candidate->is_broken = candidate->annotation->is_broken;
    if (!collect_function_allowed(unit, candidate, function, declaration)) return;
    bool was_broken = candidate->is_broken;
    candidate->is_broken = false;
    collect_signature(unit, candidate, function);
    for (size_t i = 0; i < candidate->job.param_count; i++)
        candidate->is_macro[i] =
            !candidate->is_unnamed[i] &&
            collect_is_macro_at(walk, file->source, tag_offset, candidate->params[i].name);
    if (!candidate->is_broken) {
        struct constant_scope constants = {collect_find_enumerator, collect_is_any_macro, walk};
        names_assign(unit->arena, candidate);
        candidate_describe(unit->arena, candidate, &constants, unit->diags);
        if (!was_broken && !candidate->is_broken)
            check_candidate(unit->arena, candidate, unit->diags);
    }
    candidate->is_broken |= was_broken;
}

/* ---- files ---- */

struct placed_block {
    const struct placed_block *next; /* of the same declaration; NULL: none */
    bool is_first;                   /* of them */
    struct comment_block block;
    struct comment_hint hint;
    struct placement placement;
};

static int declaration_order(const void *left, const void *right, void *user)
{
    const struct declaration *declarations = user;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (declarations[a].begin != declarations[b].begin)
        return declarations[a].begin < declarations[b].begin ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sort_declarations(struct arena *arena, struct tagged_file *file)
{
    size_t count = file->declarations.count;
    struct declaration *declarations = file->declarations.items;
    CXCursor *cursors = file->cursors.items;
    size_t *order = arena_alloc(arena, count * sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, declaration_order, declarations);
    struct declaration *sorted = arena_alloc(arena, count * sizeof *sorted);
    CXCursor *sorted_cursors = arena_alloc(arena, count * sizeof *sorted_cursors);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = declarations[order[i]];
        sorted_cursors[i] = cursors[order[i]];
    }
    if (count) {
        memcpy(declarations, sorted, count * sizeof *sorted);
        memcpy(cursors, sorted_cursors, count * sizeof *sorted_cursors);
    }
}

/* By text: "if" in a directive, be it of #endif, or a directive in another spelling. */
static bool may_have_conditional(const struct source *source)
{
    if (memmem(source->text, source->length, "%:", 2) ||
        memmem(source->text, source->length, "?\?=", 3))
        return true;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind == TOKEN_DIRECTIVE &&
            memmem(source->text + token->begin, token->end - token->begin, "if", 2))
            return true;
    }
    return false;
}

/* Asking takes long where headers are shared: libclang looks through the ranges of all of them. */
static const struct byte_range *skipped_ranges(struct unit_walk *walk,
                                               const struct tagged_file *file, size_t *ret_count)
{
    const struct libclang *lc = walk->unit.lc;
    *ret_count = 0;
    if (!may_have_conditional(file->source)) return NULL;
    CXSourceRangeList *list = lc->getSkippedRanges(walk->unit.handle, file->handle);
    size_t count = list ? list->count : 0;
    struct byte_range *ranges = arena_alloc(walk->unit.arena, count * sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        (void)unit_position(&walk->unit, lc->getRangeStart(list->ranges[i]), &ranges[i].begin,
                            NULL);
        (void)unit_position(&walk->unit, lc->getRangeEnd(list->ranges[i]), &ranges[i].end, NULL);
    }
    if (list) lc->disposeSourceRangeList(list);
    *ret_count = count;
    return ranges;
}

static void report_nowhere(struct unit_walk *walk, const struct source *source,
                           const struct placed_block *placed)
{
    diag_error(walk->unit.diags, source_location(source, placed->hint.job_offset, 4),
               CHECK_TAG_PLACE, "%s", placed->placement.trouble);
    if (placed->placement.is_unbalanced) diag_doubt(walk->unit.diags);
}

/* All comments of one declaration, `first` being the first one. */
static void take_group(struct unit_walk *walk, struct tagged_file *file,
                       const struct placed_block *first)
{
    size_t declaration = first->placement.declaration, count = 0;
    const struct placed_block *tag = NULL, *described = NULL;
    for (const struct placed_block *at = first; at; at = at->next) {
        count++;
        if (at->hint.has_job && !tag) tag = at;
        if (at->hint.has_direction && !described) described = at;
    }
    if (tag) {
        struct comment_block *blocks = arena_alloc(walk->unit.arena, count * sizeof *blocks);
        size_t i = 0;
        for (const struct placed_block *at = first; at; at = at->next)
            blocks[i++] = at->block;
        take_job(walk, file, declaration, blocks, count, tag->hint.job_offset);
    } else if (described) {
        diag_warning(walk->unit.diags,
                     source_location(file->source, described->hint.direction_offset, 1),
                     CHECK_FORGOTTEN_JOB, "this describes a parameter, but '%s' is not tagged @job",
                     LIST_AT(&file->declarations, struct declaration, declaration).spelling);
    }
}

static void link_groups(struct arena *arena, const struct tagged_file *file,
                        struct placed_block *placed)
{
    struct placed_block **last = arena_alloc(arena, file->declarations.count * sizeof *last);
    for (size_t i = 0; i < file->block_count; i++) {
        if (placed[i].placement.outcome != PLACED) continue;
        struct placed_block **before = &last[placed[i].placement.declaration];
        placed[i].is_first = !*before;
        if (*before) (*before)->next = &placed[i];
        *before = &placed[i];
    }
}

static void take_file(struct unit_walk *walk, struct tagged_file *file)
{
    struct arena *arena = walk->unit.arena;
    sort_declarations(arena, file);
    struct file_outline outline = {.source = file->source,
                                   .declarations = file->declarations.items,
                                   .declaration_count = file->declarations.count};
    outline.skipped = skipped_ranges(walk, file, &outline.skipped_count);
    struct placed_block *placed = arena_alloc(arena, file->block_count * sizeof *placed);
    for (size_t i = 0; i < file->block_count; i++) {
        struct placed_block *at = &placed[i];
        at->block = file->blocks[i];
        at->hint = comment_scan(file->source, at->block.begin, at->block.end);
        size_t offset = at->hint.has_job ? at->hint.job_offset : at->hint.direction_offset;
        if (!at->hint.has_job && !at->hint.has_direction) offset = at->block.begin;
        at->placement = place_find(arena, &outline, &at->block, offset);
    }
    link_groups(arena, file, placed);
    for (size_t i = 0; i < file->block_count; i++) {
        if (placed[i].placement.outcome == PLACED) {
            if (placed[i].is_first) take_group(walk, file, &placed[i]);
        } else if (placed[i].hint.has_job && placed[i].placement.outcome == PLACED_SKIPPED) {
            LIST_ADD(&walk->found->skipped, struct skipped_tag) =
                (struct skipped_tag){file->source, placed[i].hint.job_offset};
        } else if (placed[i].hint.has_job) {
            report_nowhere(walk, file->source, &placed[i]);
            walk->found->is_lost |= placed[i].placement.may_be_lost;
        }
        if (placed[i].hint.has_field && !placed[i].hint.has_job &&
            placed[i].placement.outcome != PLACED_SKIPPED &&
            !place_is_before_struct(&outline, &placed[i].block))
            diag_error(walk->unit.diags,
                       source_location(file->source, placed[i].hint.field_offset, 6),
                       CHECK_FIELD_DIRECTIVE,
                       "@field describes members, and stands before the definition of a struct");
    }
}

static void macros_free(struct collector *collector, struct list *macros)
{
    for (size_t i = 0; i < macros->count; i++)
        reader_libclang(collector->setup.reader)
            ->disposeString(LIST_AT(macros, struct macro, i).name);
    free(macros->items);
}

static void walk_finish(struct unit_walk *walk)
{
    for (size_t i = 0; i < walk->tagged.count; i++) {
        struct tagged_file *file = &LIST_AT(&walk->tagged, struct tagged_file, i);
        free(file->declarations.items);
        free(file->cursors.items);
    }
    macros_free(walk->collector, &walk->macros);
    free(walk->tagged.items);
}

static struct unit_walk walk_begin(struct collector *collector, CXTranslationUnit handle,
                                   struct collected *found)
{
    struct unit_walk walk = {.collector = collector, .found = found};
    walk.unit = (struct unit){.lc = reader_libclang(collector->setup.reader),
                              .handle = handle,
                              .source = found->source,
                              .output = collector->setup.options->output,
                              .arena = collector->setup.arena,
                              .diags = found->diags,
                              .records = found->records,
                              .sources = collector->setup.sources};
    return walk;
}

/* ---- starts ---- */

/* Only what is not looked into for tags, under names that clang leaves as they are when it saves.
 */
static void visit_start_file(const struct read_file *file, void *user)
{
    struct unit_walk *walk = user;
    if (read_start_is_main(walk->shared->start, file->path)) return;
    const char *path = collect_see_file(walk, file);
    bool is_plain = path[0] == '/' && !strstr(path, "/./") && !strstr(path, "/../");
    walk->is_shareable &= file->is_system && is_plain && !strstr(path, "//");
}

static void start_walk(struct collector *collector, struct shared_start *shared)
{
    struct unit_walk walk = walk_begin(collector, read_start_unit(shared->start), shared->found);
    walk.shared = shared;
    walk.is_shareable = true;
    read_visit_files(collector->setup.reader, walk.unit.handle, visit_start_file, &walk);
    if (walk.is_shareable)
        (void)walk.unit.lc->visitChildren(walk.unit.lc->getTranslationUnitCursor(walk.unit.handle),
                                          visit_top, &walk);
    else
        shared->start = NULL;
    shared->macros = walk.macros;
    free(walk.tagged.items);
}

static const struct shared_start *start_find(struct collector *collector, const char *text,
                                             const struct source *source)
{
    const struct collector_setup *setup = &collector->setup;
    for (size_t i = 0; i < collector->starts.count; i++) {
        const struct shared_start *at = LIST_AT(&collector->starts, struct shared_start *, i);
        if (at->flags == source->flags && strcmp(at->text, text) == 0) return at->start ? at : NULL;
    }
    struct shared_start *shared = arena_alloc(setup->arena, sizeof *shared);
    LIST_ADD(&collector->starts, struct shared_start *) = shared;
    shared->text = text;
    shared->flags = source->flags;
    shared->found = collected_new(setup, NULL);
    shared->start =
        read_start(setup->reader, text, source->flags, collect_overlay, shared->found->diags);
    if (shared->start) start_walk(collector, shared);
    return shared->start ? shared : NULL;
}

void collector_free(struct collector *collector)
{
    if (!collector) return;
    for (size_t i = 0; i < collector->starts.count; i++) {
        struct shared_start *shared = LIST_AT(&collector->starts, struct shared_start *, i);
        macros_free(collector, &shared->macros);
        collected_free(shared->found);
    }
    free(collector->starts.items);
    for (size_t i = 0; i < collector->seen.capacity; i++)
        if (collector->seen.rows[i].key)
            free(((struct seen *)collector->seen.rows[i].value)->probes.items);
    table_fini(&collector->seen);
    table_fini(&collector->texts);
    free(collector);
}

/* ---- sources ---- */

/* The unit with its start shared if there is one, else whole. NULL: complaints have been made. */
static CXTranslationUnit parse(struct collector *collector, struct collected *found, size_t shared,
                               const struct shared_start **ret_shared)
{
    const struct collector_setup *setup = &collector->setup;
    const struct source *source = found->source;
    *ret_shared = NULL;
    if (shared)
        *ret_shared = start_find(collector, start_text(setup->arena, source, shared), source);
    if (*ret_shared) {
        CXTranslationUnit unit =
            read_shared(setup->reader, (*ret_shared)->start, source,
                        start_rest(setup->arena, source, shared), collect_overlay, found->diags);
        if (unit) return unit;
        *ret_shared = NULL;
    }
    return read_parse(setup->reader, source, collect_overlay, false, found->diags);
}

/* The header of a record without a tag that stubs name. */
static void take_header(struct unit_walk *walk, struct candidate *candidate,
                        const struct param *param)
{
    collect_header_contents(&walk->unit, walk->collector->setup.reader, collect_overlay,
                            param->type);
    const struct type *type = param->type;
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    const struct record *record = type->record;
    if (!record || !record->header_trouble) return;
    candidate->is_broken = true;
    diag_error(walk->unit.diags, param->location, CHECK_TAGLESS_HEADER,
               "the generated header has to include %s, because '%s' has no tag, but that header "
               "%s; write struct tag { ... }",
               record->header, record->key, record->header_trouble);
}

static void take_headers(struct unit_walk *walk)
{
    for (size_t i = 0; i < walk->found->candidates.count; i++) {
        struct candidate *candidate = LIST_AT(&walk->found->candidates, struct candidate *, i);
        for (size_t p = 0; p < candidate->job.param_count && !candidate->is_broken; p++)
            take_header(walk, candidate, &candidate->params[p]);
        if (!candidate->is_broken) take_header(walk, candidate, candidate->result);
    }
}

struct collected *collect_source(struct collector *collector, const struct source *source,
                                 size_t shared)
{
    struct reader *reader = collector->setup.reader;
    struct collected *found = collected_new(&collector->setup, source);
    const struct shared_start *start;
    CXTranslationUnit handle = parse(collector, found, shared, &start);
    if (!handle) return found;
    struct unit_walk walk = walk_begin(collector, handle, found);
    walk.shared = start;
    found->start = start ? start->found : NULL;
    if (start) walk.unit.start = read_start_unit(start->start);
    read_visit_files(reader, handle, visit_file, &walk);
    (void)walk.unit.lc->visitChildren(walk.unit.lc->getTranslationUnitCursor(handle), visit_top,
                                      &walk);
    for (size_t i = 0; i < walk.tagged.count; i++)
        take_file(&walk, &LIST_AT(&walk.tagged, struct tagged_file, i));
    take_headers(&walk);
    found->has_failed = read_has_errors(reader, handle);
    walk_finish(&walk);
    read_dispose(reader, handle);
    return found;
}

/* ---- what a source gave ---- */

void collected_visit(const struct collected *found, const struct collected_visitor *visitor)
{
    for (size_t i = 0; i < found->files.count; i++)
        visitor->file(LIST_AT(&found->files, const struct file_seen *, i), visitor->user);
    for (size_t i = 0; visitor->lookup && i < found->lookups.count; i++)
        visitor->lookup(&LIST_AT(&found->lookups, struct lookup, i), visitor->user);
    for (size_t i = 0; visitor->name && i < found->uses.count; i++)
        visitor->name(LIST_AT(&found->uses, struct name_use, i).name, visitor->user);
    if (found->start) collected_visit(found->start, visitor);
}

bool collected_is_sound(const struct collected *found)
{
    return !diag_count(found->diags) && !found->has_failed && !found->is_lost &&
           !found->skipped.count && !collected_is_unclear(found);
}

bool collected_is_unclear(const struct collected *found)
{
    return found->is_unclear || (found->start && found->start->is_unclear);
}

const struct source *collected_source(const struct collected *found)
{
    return found->source;
}

bool collected_has_failed(const struct collected *found)
{
    return found->has_failed;
}
