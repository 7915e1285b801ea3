/* SPDX-License-Identifier: MIT */
/* One source at a time: parse, list the declarations of every user file that holds directives,
 * place each comment, turn tagged functions into candidates, dispose of the unit.
 *
 * A tag that finds no function is an error at the tag. If a body with unbalanced braces may have
 * swallowed the function, the file is parsed once more with bodies, for clang to say where.
 * A type that cannot travel, or a function that cannot be called from elsewhere, breaks its
 * candidate: the others go on, so that one run tells all. Nothing is emitted then. */
#include "collect_state.h"

#include "arena.h"
#include "comment.h"
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

struct collected *collected_new(struct arena *arena, const struct options *options,
                                const struct source *source)
{
    struct collected *found = memory_grow(NULL, sizeof *found);
    *found = (struct collected){
        .source = source, .diags = diag_new(&options->checks), .records = record_set_new(arena)};
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
    free(found->texts.items);
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
    const struct source *source = unit_source(&walk->unit, path);
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
    declaration.is_struct = unit->lc->getCursorKind(cursor) == CXCursor_StructDecl &&
                            unit->lc->equalCursors(unit->lc->getCursorDefinition(cursor), cursor);
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
                              .sources = collector->setup.sources,
                              .texts = &found->texts};
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
    shared->found = collected_new(setup->arena, setup->options, NULL);
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
    struct collected *found =
        collected_new(collector->setup.arena, collector->setup.options, source);
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
        collect_tags(&walk, &LIST_AT(&walk.tagged, struct tagged_file, i));
    take_headers(&walk);
    found->has_failed = read_has_errors(reader, handle);
    found->record_count = record_set_count(found->records);
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
    if (found->start) collected_visit(found->start, visitor);
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
