/* SPDX-License-Identifier: MIT */
/* Where a record without a tag can be had from: the header that defines it; of the system's
 * headers, which are made of others that are not to be included, the one that a user's file names.
 */
#include "unit.h"

#include "arena.h"
#include "prefilter.h"
#include "read.h"
#include "search.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 200 };

struct directive_search {
    const struct libclang *lc;
    CXFile file;
    CXCursor found;
    bool is_found;
};

static enum CXChildVisitResult visit_directive(CXCursor cursor, CXCursor parent,
                                               CXClientData client)
{
    struct directive_search *search = client;
    (void)parent;
    if (search->lc->getCursorKind(cursor) != CXCursor_InclusionDirective)
        return CXChildVisit_Continue;
    CXFile file = search->lc->getIncludedFile(cursor);
    if (!file || !search->lc->File_isEqual(file, search->file)) return CXChildVisit_Continue;
    search->found = cursor;
    search->is_found = true;
    return CXChildVisit_Break;
}

/* The directive that includes the file. */
static struct directive_search find_directive(const struct unit *unit, CXFile file)
{
    const struct libclang *lc = unit->lc;
    struct directive_search search = {.lc = lc, .file = file};
    (void)lc->visitChildren(lc->getTranslationUnitCursor(unit->handle), visit_directive, &search);
    if (!search.is_found && unit->start)
        (void)lc->visitChildren(lc->getTranslationUnitCursor(unit->start), visit_directive,
                                &search);
    return search;
}

/* "<a.h>" or "\"a.h\"" as the directive has it; NULL: by a macro. */
static const char *spelling_of(const struct unit *unit, CXCursor directive)
{
    const char *text = unit_range_text(unit, unit->lc->getCursorExtent(directive));
    const char *begin = text ? strpbrk(text, "<\"") : NULL;
    const char *end = begin ? strchr(begin + 1, *begin == '<' ? '>' : '"') : NULL;
    return end ? arena_strndup(unit->arena, begin, (size_t)(end + 1 - begin)) : NULL;
}

static const char *relative_path(struct arena *arena, const char *folder, const char *path)
{
    size_t common = 0;
    for (size_t i = 0; folder[i] == path[i] && path[i]; i++)
        if (path[i] == '/') common = i + 1;
    size_t length = strlen(folder);
    if (strncmp(folder, path, length) == 0 && path[length] == '/') return path + length + 1;
    const char *up = "../";
    for (const char *at = folder + common; *at; at++)
        if (*at == '/') up = arena_printf(arena, "%s../", up);
    return arena_printf(arena, "%s%s", up, path + common);
}

static const char *real_path(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *copy = real ? arena_strdup(arena, real) : path_normalize(arena, path);
    free(real);
    return copy;
}

/* As the generated header in DIR has to spell it. */
static const char *spelling_for_output(const struct unit *unit, const char *spelling,
                                       const char *path)
{
    struct arena *arena = unit->arena;
    if (spelling && *spelling == '<') return spelling;
    if (spelling) {
        const char *name = arena_strndup(arena, spelling + 1, strlen(spelling) - 2);
        if (search_folders_have(arena, unit->source->flags, name, path)) return spelling;
    }
    const char *folder = unit->output ? unit->output : ".";
    return arena_printf(arena, "\"%s\"",
                        relative_path(arena, real_path(arena, folder), real_path(arena, path)));
}

static bool is_header(const struct unit *unit, CXFile file, const char *path)
{
    size_t length = strlen(path);
    bool is_c = length > 2 && !strcmp(path + length - 2, ".c");
    bool is_h = length > 2 && !strcmp(path + length - 2, ".h");
    return is_h || (!is_c && find_directive(unit, file).is_found);
}

const char *collect_header(const struct unit *unit, CXCursor record, const char **ret_path)
{
    const struct libclang *lc = unit->lc;
    CXSourceLocation at = lc->getCursorLocation(record);
    bool is_system = lc->Location_isInSystemHeader(at);
    CXFile file = NULL;
    lc->getFileLocation(at, &file, NULL, NULL, NULL);
    if (!file) return NULL;
    const char *path = unit_string(unit, lc->getFileName(file)), *spelling = NULL;
    if (!is_header(unit, file, path)) return NULL;
    for (size_t depth = 0; depth < DEPTH_MOST; depth++) {
        struct directive_search search = find_directive(unit, file);
        if (!search.is_found) break;
        spelling = spelling_of(unit, search.found);
        at = lc->getCursorLocation(search.found);
        if (!is_system || !lc->Location_isInSystemHeader(at)) break;
        lc->getFileLocation(at, &file, NULL, NULL, NULL);
        if (!file) break;
        path = unit_string(unit, lc->getFileName(file));
    }
    *ret_path = path;
    return spelling_for_output(unit, spelling, path);
}

/* ---- what a header defines ---- */

struct contents {
    const struct unit *unit;
    struct reader *reader;
    const char **defines;
    size_t count, capacity;
    const char *cycle; /* the file that includes the generated one */
};

static void add_define(struct contents *contents, const char *key)
{
    if (contents->count == contents->capacity) {
        size_t capacity = contents->capacity ? contents->capacity * 2 : 32;
        const char **grown = arena_alloc(contents->unit->arena, capacity * sizeof *grown);
        if (contents->count) memcpy(grown, contents->defines, contents->count * sizeof *grown);
        contents->defines = grown;
        contents->capacity = capacity;
    }
    contents->defines[contents->count++] = key;
}

static void take_inclusion(struct contents *contents, CXCursor directive)
{
    const struct libclang *lc = contents->unit->lc;
    CXFile file = lc->getIncludedFile(directive), from = NULL;
    if (!file ||
        !reader_is_overlay(contents->reader, unit_string(contents->unit, lc->getFileName(file))))
        return;
    lc->getFileLocation(lc->getCursorLocation(directive), &from, NULL, NULL, NULL);
    if (from) contents->cycle = unit_string(contents->unit, lc->getFileName(from));
}

static enum CXChildVisitResult visit_contents(CXCursor cursor, CXCursor parent, CXClientData client)
{
    struct contents *contents = client;
    const struct unit *unit = contents->unit;
    enum CXCursorKind kind = unit->lc->getCursorKind(cursor);
    (void)parent;
    if (kind == CXCursor_InclusionDirective) take_inclusion(contents, cursor);
    if (kind == CXCursor_TypedefDecl) add_define(contents, unit_declared_name(unit, cursor));
    if (kind != CXCursor_StructDecl) return CXChildVisit_Continue;
    const char *tag = unit_declared_name(unit, cursor);
    if (tag && unit->lc->equalCursors(unit->lc->getCursorDefinition(cursor), cursor))
        add_define(contents, arena_printf(unit->arena, "struct %s", tag));
    return CXChildVisit_Recurse;
}

void collect_header_contents(const struct unit *unit, struct reader *reader, const char *overlay,
                             const struct type *type)
{
    struct contents contents = {.unit = unit, .reader = reader};
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    struct record *record = type->kind == TYPE_RECORD ? (struct record *)type->record : NULL;
    if (!record || !record->header || record->header_defines || record->header_trouble) return;
    bool is_path = *record->header == '"'; /* from any folder */
    const char *text =
        arena_printf(unit->arena, is_path ? "%s#include \"%s\"\n" : "%s#include %s\n", overlay,
                     is_path ? path_normalize(unit->arena, record->header_path) : record->header);
    struct read_start *start = read_start(reader, text, unit->source->flags, overlay, unit->diags);
    if (!start) {
        record->header_trouble = "cannot be included before anything else";
        return;
    }
    (void)unit->lc->visitChildren(unit->lc->getTranslationUnitCursor(read_start_unit(start)),
                                  visit_contents, &contents);
    record->header_defines = contents.defines;
    record->header_define_count = contents.count;
    if (contents.cycle)
        record->header_trouble = arena_printf(unit->arena, "includes the generated one (in %s)",
                                              path_base(contents.cycle));
}
