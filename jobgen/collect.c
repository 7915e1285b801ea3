/* SPDX-License-Identifier: MIT */
/* One source at a time: parse, list the declarations of every user file that holds directives,
 * place each comment, turn tagged functions into candidates, dispose of the unit.
 *
 * A tag that finds no function is an error at the tag. If a body with unbalanced braces may have
 * swallowed the function, the file is parsed once more with bodies, for clang to say where.
 * A type that cannot travel, or a function that cannot be called from elsewhere, breaks its
 * candidate: the others go on, so that one run tells all. Nothing is emitted then. */
#include "collect.h"

#include "annotation.h"
#include "arena.h"
#include "check.h"
#include "describe.h"
#include "names.h"
#include "place.h"
#include "prefilter.h"
#include "read.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* What the generated header brings in any case, so that a source may rely on it. */
static const char first_overlay[] = "#include <stdbool.h>\n"
                                    "#include <stddef.h>\n"
                                    "#include <stdint.h>\n"
                                    "#if __has_include(<jobgen/runtime.h>)\n"
                                    "#include <jobgen/runtime.h>\n"
                                    "#endif\n";

struct skipped_tag {
    const struct source *source;
    size_t offset;
};

struct list {
    void *items;
    size_t count, capacity;
};

struct collector {
    struct collector_setup setup;
    struct record_set *records;
    struct list candidates; /* struct candidate * */
    struct list uses;       /* struct name_use */
    struct list files;      /* const char * */
    struct list failed;     /* const struct source *: clang had errors */
    struct list skipped;    /* struct skipped_tag */
};

static void *list_add(struct list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        list->items = memory_grow(list->items, list->capacity * item_bytes);
    }
    return (char *)list->items + item_bytes * list->count++;
}
#define LIST_ADD(list, type) (*(type *)list_add(list, sizeof(type)))
#define LIST_AT(list, type, index) (((type *)(list)->items)[index])

struct collector *collector_new(const struct collector_setup *setup)
{
    struct collector *collector = memory_grow(NULL, sizeof *collector);
    *collector = (struct collector){.setup = *setup};
    collector->records = record_set_new(setup->arena);
    return collector;
}

void collector_free(struct collector *collector)
{
    if (!collector) return;
    free(collector->candidates.items);
    free(collector->uses.items);
    free(collector->files.items);
    free(collector->failed.items);
    free(collector->skipped.items);
    free(collector);
}

const char *const *collect_files(const struct collector *collector, size_t *ret_count)
{
    *ret_count = collector->files.count;
    return collector->files.items;
}

bool collect_has_errors(const struct collector *collector)
{
    return collector->failed.count > 0;
}

/* ---- one unit ---- */

/* A user file with directives in it, as this unit sees it. */
struct tagged_file {
    const struct source *source;
    CXFile handle;
    const struct comment_block *blocks;
    size_t block_count;
    struct list declarations; /* struct declaration */
    struct list cursors;      /* CXCursor, by declaration */
};

struct macro {
    CXString name;
    const char *text;
    CXCursor cursor;
};

struct unit_walk {
    struct collector *collector;
    struct unit unit;
    struct list tagged; /* struct tagged_file */
    struct list macros; /* struct macro */
    const struct source *source;
};

static void visit_file(const char *path, bool is_system, void *user)
{
    struct unit_walk *walk = user;
    struct collector *collector = walk->collector;
    LIST_ADD(&collector->files, const char *) = path;
    if (is_system) return;
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
    LIST_ADD(&walk->collector->uses, struct name_use) =
        (struct name_use){arena_strdup(walk->collector->setup.arena, name), at};
}

static void take_name(struct unit_walk *walk, CXCursor cursor)
{
    CXString string = walk->unit.lc->getCursorSpelling(cursor);
    const char *name = walk->unit.lc->getCString(string);
    if (name && name_may_be_generated(name)) use_add(walk, cursor, name);
    walk->unit.lc->disposeString(string);
}

static void take_macro(struct unit_walk *walk, CXCursor cursor)
{
    struct macro macro = {.name = walk->unit.lc->getCursorSpelling(cursor), .cursor = cursor};
    macro.text = walk->unit.lc->getCString(macro.name);
    if (!macro.text) macro.text = "";
    if (name_may_be_generated(macro.text)) use_add(walk, cursor, macro.text);
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

/* ---- constants ---- */

struct enumerator_search {
    const struct libclang *lc;
    const char *name;
    bool is_found, is_negative;
    uint64_t magnitude;
};

static enum CXChildVisitResult visit_constant(CXCursor cursor, CXCursor parent, CXClientData client)
{
    struct enumerator_search *search = client;
    const struct libclang *lc = search->lc;
    enum CXCursorKind kind = lc->getCursorKind(cursor);
    (void)parent;
    if (kind == CXCursor_EnumDecl) return CXChildVisit_Recurse;
    if (kind != CXCursor_EnumConstantDecl) return CXChildVisit_Continue;
    CXString string = lc->getCursorSpelling(cursor);
    const char *name = lc->getCString(string);
    if (name && strcmp(name, search->name) == 0) {
        long long value = lc->getEnumConstantDeclValue(cursor);
        search->is_found = true;
        search->magnitude = lc->getEnumConstantDeclUnsignedValue(cursor);
        CXType integer = lc->getCanonicalType(lc->getEnumDeclIntegerType(parent));
        bool is_unsigned = integer.kind == CXType_UInt || integer.kind == CXType_ULong ||
                           integer.kind == CXType_ULongLong || integer.kind == CXType_UChar ||
                           integer.kind == CXType_UShort;
        search->is_negative = !is_unsigned && value < 0;
        if (search->is_negative) search->magnitude = -(uint64_t)value;
    }
    lc->disposeString(string);
    return search->is_found ? CXChildVisit_Break : CXChildVisit_Continue;
}

static bool find_enumerator(void *user, const char *name, uint64_t *ret_magnitude,
                            bool *ret_is_negative)
{
    struct unit_walk *walk = user;
    struct enumerator_search search = {.lc = walk->unit.lc, .name = name};
    (void)walk->unit.lc->visitChildren(walk->unit.lc->getTranslationUnitCursor(walk->unit.handle),
                                       visit_constant, &search);
    *ret_magnitude = search.magnitude;
    *ret_is_negative = search.is_negative;
    return search.is_found;
}

static bool is_any_macro(void *user, const char *name)
{
    struct unit_walk *walk = user;
    for (size_t i = 0; i < walk->macros.count; i++)
        if (strcmp(LIST_AT(&walk->macros, struct macro, i).text, name) == 0) return true;
    return false;
}

/* The last #define or #undef of `name` in this file before `before`: 'd', 'u' or 0. */
static char last_directive(const struct source *source, size_t before, const char *name)
{
    char last = '\0';
    size_t length = strlen(name);
    for (size_t i = 0; i < source->token_count && source->tokens[i].begin < before; i++) {
        const struct token *token = &source->tokens[i];
        bool is_define = token_is_directive(token, source->text, "define");
        if (!is_define && !token_is_directive(token, source->text, "undef")) continue;
        const char *at = source->text + token->begin + 1;
        at += strspn(at, " \t");
        at += strcspn(at, " \t");
        at += strspn(at, " \t");
        if (strncmp(at, name, length) == 0 && !byte_is_word(at[length]))
            last = is_define ? 'd' : 'u';
    }
    return last;
}

/* Whether `name` is an object-like macro where the tag stands. */
static bool is_macro_at(struct unit_walk *walk, const struct source *source, size_t offset,
                        const char *name)
{
    const struct libclang *lc = walk->unit.lc;
    bool is_defined = false;
    for (size_t i = 0; i < walk->macros.count && !is_defined; i++) {
        const struct macro *macro = &LIST_AT(&walk->macros, struct macro, i);
        if (macro->text[0] != name[0] || strcmp(macro->text, name) != 0 ||
            lc->Cursor_isMacroFunctionLike(macro->cursor))
            continue;
        size_t at;
        const char *file =
            unit_position(&walk->unit, lc->getCursorLocation(macro->cursor), &at, NULL);
        const struct source *other =
            file ? source_open(walk->collector->setup.sources, file) : NULL;
        is_defined = other != source || at < offset;
    }
    return is_defined && last_directive(source, offset, name) != 'u';
}

/* ---- functions that cannot be jobs ---- */

static bool refuse_function(struct unit_walk *walk, struct candidate *candidate, const char *check,
                            const char *text)
{
    diag_error(walk->unit.diags, candidate->job.location, check, "job '%s' %s", candidate->job.name,
               text);
    candidate->is_broken = true;
    return true;
}

static bool has_word_between(const struct source *source, size_t begin, size_t end,
                             const char *const *words, size_t word_count)
{
    for (size_t i = 0; i < source->token_count && source->tokens[i].begin < end; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < begin || token->kind != TOKEN_WORD) continue;
        for (size_t w = 0; w < word_count; w++)
            if (strlen(words[w]) == token->end - token->begin &&
                memcmp(words[w], source->text + token->begin, token->end - token->begin) == 0)
                return true;
    }
    return false;
}

/* Where the declarator ends: at the body, the semicolon, or the file's end. */
static size_t declarator_end(const struct source *source, size_t from)
{
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        char c = source->text[token->begin];
        if (token->begin >= from && token->kind == TOKEN_PUNCTUATION && (c == '{' || c == ';'))
            return token->begin;
    }
    return source->length;
}

static bool is_noreturn(struct unit_walk *walk, CXCursor function, const struct source *source,
                        const struct declaration *declaration)
{
    static const char *const words[] = {"_Noreturn", "noreturn", "__noreturn__"};
    const char *type = unit_string(
        &walk->unit, walk->unit.lc->getTypeSpelling(walk->unit.lc->getCursorType(function)));
    return strstr(type, "noreturn") ||
           has_word_between(source, declaration->begin, declarator_end(source, declaration->end),
                            words, 3);
}

static bool is_old_style(struct unit_walk *walk, CXCursor function,
                         const struct declaration *declaration)
{
    const struct unit *unit = &walk->unit;
    int count = unit->lc->Cursor_getNumArguments(function);
    for (int i = 0; i < count; i++) {
        size_t begin;
        CXCursor param = unit->lc->Cursor_getArgument(function, (unsigned)i);
        (void)unit_position(unit, unit->lc->getRangeStart(unit->lc->getCursorExtent(param)), &begin,
                            NULL);
        if (begin >= declaration->end) return true;
    }
    return false;
}

/* `square_job`: as the generated header will declare it. */
static bool names_handle(const struct source *source, const struct declaration *declaration)
{
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind == TOKEN_WORD && token->begin >= declaration->begin &&
            token->end <= declaration->end && token->end - token->begin > 4 &&
            memcmp(source->text + token->end - 4, "_job", 4) == 0)
            return true;
    }
    return false;
}

static bool refuse_kind(struct unit_walk *walk, struct candidate *candidate, CXCursor function,
                        const struct declaration *declaration)
{
    static const char *const asm_words[] = {"asm", "__asm__", "__asm"};
    const struct libclang *lc = walk->unit.lc;
    const struct source *source = candidate->source;
    enum CX_StorageClass storage = lc->Cursor_getStorageClass(function);
    CXType type = lc->getCursorType(function);
    while (type.kind != CXType_FunctionNoProto && type.kind != CXType_FunctionProto &&
           lc->getCanonicalType(type).kind != type.kind)
        type = lc->getCanonicalType(type);
    if (lc->isInvalidDeclaration(function) && names_handle(source, declaration))
        return refuse_function(walk, candidate, "job-handle",
                               "passes a job's handle, which belongs to one process; get the job's "
                               "result and pass that");
    if (lc->isInvalidDeclaration(function))
        return refuse_function(walk, candidate, "declaration",
                               "is declared with something that clang does not know");
    if (strcmp(candidate->job.name, "main") == 0)
        return refuse_function(walk, candidate, "main-job",
                               "is the program itself; tag the functions that it calls");
    if (storage == CX_SC_Static || lc->getCursorLinkage(function) == CXLinkage_Internal)
        return refuse_function(walk, candidate, "static-job",
                               "is static, but generated code must call it; remove static");
    if (lc->Cursor_isFunctionInlined(function) && storage != CX_SC_Extern)
        return refuse_function(walk, candidate, "inline-job",
                               "is inline without extern: there may be no function to call; "
                               "remove inline");
    if (is_old_style(walk, function, declaration))
        return refuse_function(walk, candidate, "old-style",
                               "is defined in the old style, without types in its parentheses; "
                               "write a prototype");
    if (type.kind == CXType_FunctionNoProto)
        return refuse_function(walk, candidate, "no-prototype",
                               "does not say its parameters; write (void) if it has none");
    if (lc->Cursor_isVariadic(function))
        return refuse_function(walk, candidate, "variadic",
                               "takes a variable number of arguments, whose types nobody knows; "
                               "pass an array");
    if (is_noreturn(walk, function, source, declaration))
        return refuse_function(walk, candidate, "noreturn-job",
                               "never returns, so there is no result to wait for");
    if (has_word_between(source, declaration->name, declarator_end(source, declaration->name),
                         asm_words, 3))
        return refuse_function(walk, candidate, "asm-label",
                               "has an asm label, another name that generated code cannot use");
    return false;
}

/* ---- candidates ---- */

static struct location name_location(const struct unit *unit, CXCursor cursor, const char *name)
{
    struct location at;
    size_t offset;
    (void)unit_position(unit, unit->lc->getCursorLocation(cursor), &offset, &at);
    at.length = name ? (unsigned)strlen(name) : 1;
    return at;
}

static void take_param(struct unit_walk *walk, struct candidate *candidate, CXCursor function,
                       size_t index)
{
    struct unit *unit = &walk->unit;
    struct param *param = &candidate->params[index];
    CXCursor cursor = unit->lc->Cursor_getArgument(function, (unsigned)index);
    const char *name = unit_declared_name(unit, cursor);
    param->name = name ? name : arena_printf(unit->arena, "arg%zu", index);
    param->location = name_location(unit, cursor, name);
    candidate->is_unnamed[index] = !name;
    candidate->is_macro[index] =
        name && is_macro_at(walk, candidate->source, candidate->tag_offset, name);
    struct type_subject subject = {candidate->job.name, param->name, param->location, function,
                                   false};
    param->type = collect_type(unit, unit->lc->getCursorType(cursor), &subject);
    candidate->is_broken |= subject.is_refused;
}

static const struct type *unqualified(struct arena *arena, const struct type *type)
{
    struct type *copy = arena_alloc(arena, sizeof *copy);
    *copy = *type;
    copy->is_const = copy->is_volatile = false;
    return copy;
}

static void take_signature(struct unit_walk *walk, struct candidate *candidate, CXCursor function)
{
    struct unit *unit = &walk->unit;
    int count = unit->lc->Cursor_getNumArguments(function);
    candidate->job.param_count = count > 0 ? (size_t)count : 0;
    candidate->params =
        arena_alloc(unit->arena, (candidate->job.param_count + 1) * sizeof *candidate->params);
    candidate->job.params = candidate->params;
    candidate->is_unnamed = arena_alloc(unit->arena, candidate->job.param_count + 1);
    candidate->is_macro = arena_alloc(unit->arena, candidate->job.param_count + 1);
    candidate->result = arena_alloc(unit->arena, sizeof *candidate->result);
    candidate->job.result = candidate->result;
    candidate->result->name = candidate->result->stub_name = "return";
    candidate->result->direction = DIRECTION_OUT;
    candidate->result->location = candidate->job.location;
    for (size_t i = 0; i < candidate->job.param_count; i++)
        take_param(walk, candidate, function, i);
    struct type_subject subject = {candidate->job.name, NULL, candidate->job.location, function,
                                   false};
    candidate->result->type = collect_type(unit, unit->lc->getCursorResultType(function), &subject);
    candidate->is_broken |= subject.is_refused;
    if (candidate->is_broken) return;
    candidate->result->type = unqualified(unit->arena, candidate->result->type);
    for (size_t i = 0; i < candidate->job.param_count; i++) {
        struct param *param = &candidate->params[i];
        struct type_subject extent = {candidate->job.name, param->name, param->location, function,
                                      false};
        if (param->type->kind == TYPE_ARRAY) {
            CXCursor cursor = unit->lc->Cursor_getArgument(function, (unsigned)i);
            candidate->is_broken |= !collect_extents(unit, function, cursor, candidate, i, &extent);
        } else {
            param->type = unqualified(unit->arena, param->type);
        }
    }
}

static bool is_seen(const struct collector *collector, const struct source *source, size_t offset)
{
    for (size_t i = 0; i < collector->candidates.count; i++) {
        const struct candidate *other = LIST_AT(&collector->candidates, struct candidate *, i);
        if (other->source == source && other->tag_offset == offset) return true;
    }
    return false;
}

static void take_job(struct unit_walk *walk, struct tagged_file *file, size_t index,
                     const struct comment_block *blocks, size_t count, size_t tag_offset)
{
    struct collector *collector = walk->collector;
    struct unit *unit = &walk->unit;
    if (is_seen(collector, file->source, tag_offset)) return;
    CXCursor function = LIST_AT(&file->cursors, CXCursor, index);
    const struct declaration *declaration =
        &LIST_AT(&file->declarations, struct declaration, index);
    struct candidate *candidate = arena_alloc(unit->arena, sizeof *candidate);
    candidate->source = file->source;
    candidate->tag_offset = tag_offset;
    candidate->job.name = declaration->spelling;
    candidate->job.file = path_base(file->source->path);
    candidate->job.location = name_location(unit, function, declaration->spelling);
    LIST_ADD(&collector->candidates, struct candidate *) = candidate;
    candidate->annotation = annotation_parse(unit->arena, file->source, blocks, count,
                                             &collector->setup.options->defaults, unit->diags);
    candidate->job.options = candidate->annotation->options;
    candidate->job.comment = candidate->annotation->comment;
    candidate->is_broken = candidate->annotation->is_broken;
    if (refuse_kind(walk, candidate, function, declaration)) return;
    bool was_broken = candidate->is_broken;
    candidate->is_broken = false;
    take_signature(walk, candidate, function);
    if (!candidate->is_broken) {
        struct constant_scope constants = {find_enumerator, is_any_macro, walk};
        names_assign(unit->arena, candidate);
        candidate_describe(unit->arena, candidate, &constants, unit->diags);
        if (!was_broken && !candidate->is_broken)
            check_candidate(unit->arena, candidate, unit->diags);
    }
    candidate->is_broken |= was_broken;
}

/* ---- files ---- */

struct placed_block {
    struct comment_block block;
    struct annotation_hint hint;
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

static const struct byte_range *skipped_ranges(struct unit_walk *walk, CXFile handle,
                                               size_t *ret_count)
{
    const struct libclang *lc = walk->unit.lc;
    CXSourceRangeList *list = lc->getSkippedRanges(walk->unit.handle, handle);
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

static bool is_generated_word(const struct collector *collector, const char *text)
{
    for (size_t i = 0; i < collector->candidates.count; i++) {
        const struct candidate *candidate = LIST_AT(&collector->candidates, struct candidate *, i);
        const char *start = arena_printf(collector->setup.arena, "'%s_", candidate->job.name);
        const char *struct_start =
            arena_printf(collector->setup.arena, "'struct %s_", candidate->job.name);
        if (strstr(text, start) || strstr(text, struct_start)) return true;
    }
    return false;
}

static bool is_about_generated(const char *text, void *user)
{
    return is_generated_word(user, text);
}

/* For clang to say which body does not end. */
static void report_lost(struct unit_walk *walk)
{
    struct collector *collector = walk->collector;
    CXTranslationUnit unit = read_parse(collector->setup.reader, walk->source, first_overlay, true,
                                        collector->setup.diags);
    if (unit)
        read_report(collector->setup.reader, unit, collector->setup.diags, is_about_generated,
                    collector);
    read_dispose(collector->setup.reader, unit);
}

static void report_nowhere(struct unit_walk *walk, const struct source *source,
                           const struct placed_block *placed)
{
    const char *check = "tag-place";
    diag_error(walk->unit.diags, source_location(source, placed->hint.job_offset, 4), check, "%s",
               placed->placement.trouble);
}

static void take_group(struct unit_walk *walk, struct tagged_file *file,
                       const struct placed_block *placed, size_t count, size_t first)
{
    size_t declaration = placed[first].placement.declaration, in_group = 0;
    struct comment_block *blocks = arena_alloc(walk->unit.arena, count * sizeof *blocks);
    const struct placed_block *tag = NULL;
    for (size_t i = 0; i < count; i++) {
        if (placed[i].placement.outcome != PLACED || placed[i].placement.declaration != declaration)
            continue;
        if (i < first) return; /* done with its first block */
        blocks[in_group++] = placed[i].block;
        if (placed[i].hint.has_job && !tag) tag = &placed[i];
    }
    if (tag) {
        take_job(walk, file, declaration, blocks, in_group, tag->hint.job_offset);
        return;
    }
    for (size_t i = first; i < count; i++)
        if (placed[i].placement.outcome == PLACED && placed[i].hint.has_direction &&
            placed[i].placement.declaration == declaration) {
            diag_warning(walk->unit.diags,
                         source_location(file->source, placed[i].hint.direction_offset, 1),
                         "forgotten-job", "this describes a parameter, but '%s' is not tagged @job",
                         LIST_AT(&file->declarations, struct declaration, declaration).spelling);
            return;
        }
}

static void take_file(struct unit_walk *walk, struct tagged_file *file, bool *ret_is_lost)
{
    struct arena *arena = walk->unit.arena;
    sort_declarations(arena, file);
    struct file_outline outline = {.source = file->source,
                                   .declarations = file->declarations.items,
                                   .declaration_count = file->declarations.count};
    outline.skipped = skipped_ranges(walk, file->handle, &outline.skipped_count);
    struct placed_block *placed = arena_alloc(arena, file->block_count * sizeof *placed);
    for (size_t i = 0; i < file->block_count; i++) {
        struct placed_block *at = &placed[i];
        at->block = file->blocks[i];
        at->hint = annotation_scan(file->source, at->block.begin, at->block.end);
        size_t offset = at->hint.has_job ? at->hint.job_offset : at->hint.direction_offset;
        if (!at->hint.has_job && !at->hint.has_direction) offset = at->block.begin;
        at->placement = place_find(arena, &outline, &at->block, offset);
    }
    for (size_t i = 0; i < file->block_count; i++) {
        if (placed[i].placement.outcome == PLACED) {
            take_group(walk, file, placed, file->block_count, i);
        } else if (placed[i].hint.has_job && placed[i].placement.outcome == PLACED_SKIPPED) {
            LIST_ADD(&walk->collector->skipped, struct skipped_tag) =
                (struct skipped_tag){file->source, placed[i].hint.job_offset};
        } else if (placed[i].hint.has_job) {
            report_nowhere(walk, file->source, &placed[i]);
            *ret_is_lost |= placed[i].placement.may_be_lost;
        }
        if (placed[i].hint.has_field && !placed[i].hint.has_job &&
            placed[i].placement.outcome != PLACED_SKIPPED)
            diag_error(walk->unit.diags, source_location(file->source, placed[i].block.begin, 1),
                       "field-directive",
                       "@field is not supported yet; describe the parameters of each job");
    }
}

static void walk_finish(struct unit_walk *walk)
{
    for (size_t i = 0; i < walk->tagged.count; i++) {
        struct tagged_file *file = &LIST_AT(&walk->tagged, struct tagged_file, i);
        free(file->declarations.items);
        free(file->cursors.items);
    }
    for (size_t i = 0; i < walk->macros.count; i++)
        walk->unit.lc->disposeString(LIST_AT(&walk->macros, struct macro, i).name);
    free(walk->tagged.items);
    free(walk->macros.items);
}

void collect_source(struct collector *collector, const struct source *source)
{
    struct reader *reader = collector->setup.reader;
    CXTranslationUnit handle =
        read_parse(reader, source, first_overlay, false, collector->setup.diags);
    if (!handle) return;
    struct unit_walk walk = {.collector = collector, .source = source};
    walk.unit = (struct unit){.lc = reader_libclang(reader),
                              .handle = handle,
                              .arena = collector->setup.arena,
                              .diags = collector->setup.diags,
                              .records = collector->records,
                              .sources = collector->setup.sources};
    read_visit_files(reader, handle, visit_file, &walk);
    (void)walk.unit.lc->visitChildren(walk.unit.lc->getTranslationUnitCursor(handle), visit_top,
                                      &walk);
    bool is_lost = false;
    for (size_t i = 0; i < walk.tagged.count; i++)
        take_file(&walk, &LIST_AT(&walk.tagged, struct tagged_file, i), &is_lost);
    if (read_has_errors(reader, handle))
        LIST_ADD(&collector->failed, const struct source *) = source;
    walk_finish(&walk);
    read_dispose(reader, handle);
    if (is_lost) report_lost(&walk);
}

/* ---- the whole ---- */

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = *(const struct candidate *const *)left,
                           *b = *(const struct candidate *const *)right;
    int by_base = strcmp(a->job.file, b->job.file);
    if (by_base) return by_base;
    int by_path = strcmp(a->source->path, b->source->path);
    if (by_path) return by_path;
    return a->tag_offset < b->tag_offset ? -1 : a->tag_offset > b->tag_offset;
}

static void report_skipped(const struct collector *collector)
{
    for (size_t i = 0; i < collector->skipped.count; i++) {
        const struct skipped_tag *tag = &LIST_AT(&collector->skipped, struct skipped_tag, i);
        if (!is_seen(collector, tag->source, tag->offset))
            diag_warning(collector->setup.diags, source_location(tag->source, tag->offset, 4),
                         "tag-skipped",
                         "this tag stands in a part that the preprocessor leaves out; it makes no "
                         "job");
    }
}

static bool options_equal(const struct candidate *a, const struct candidate *b)
{
    const struct job_options *x = &a->job.options, *y = &b->job.options;
    struct job_options left = *x, right = *y;
    bool same_paths =
        (left.read == right.read || (left.read && right.read && !strcmp(left.read, right.read))) &&
        (left.write == right.write ||
         (left.write && right.write && !strcmp(left.write, right.write)));
    return same_paths && x->memory_bytes == y->memory_bytes && x->fuel == y->fuel &&
           x->fanout == y->fanout && x->init_retry_interval_ms == y->init_retry_interval_ms &&
           x->async_init_retry_interval_ms == y->async_init_retry_interval_ms &&
           x->sync_retry_interval_ms == y->sync_retry_interval_ms &&
           x->async_get_retry_interval_ms == y->async_get_retry_interval_ms &&
           x->async_set_retry_interval_ms == y->async_set_retry_interval_ms &&
           x->shutdown_retry_interval_ms == y->shutdown_retry_interval_ms &&
           x->is_idempotent == y->is_idempotent && x->retries == y->retries &&
           x->timeout_ms == y->timeout_ms && x->is_reuse == y->is_reuse &&
           x->wants_net == y->wants_net && x->wants_spawn == y->wants_spawn;
}

static bool params_equal(const struct param *a, const struct param *b);

static bool descriptions_equal(const struct candidate *a, const struct candidate *b)
{
    if (a->job.param_count != b->job.param_count || !params_equal(a->result, b->result))
        return false;
    for (size_t i = 0; i < a->job.param_count; i++)
        if (!params_equal(&a->params[i], &b->params[i])) return false;
    return true;
}

/* Members compare by name: two files may each have their own copy of the record. */
static bool extents_equal(const struct expr *a, const struct expr *b)
{
    if (!a || !b || a->kind != b->kind) return a == b;
    if (a->kind == EXPR_INTEGER) return a->integer == b->integer;
    if (a->kind == EXPR_MEMBER && strcmp(a->field->name, b->field->name) != 0) return false;
    return a->param == b->param && a->op == b->op && extents_equal(a->left, b->left) &&
           extents_equal(a->right, b->right);
}

static bool params_equal(const struct param *a, const struct param *b)
{
    if (a->direction != b->direction || a->extent_count != b->extent_count ||
        a->is_string != b->is_string || a->is_owned != b->is_owned ||
        !extents_equal(a->used, b->used))
        return false;
    for (size_t i = 0; i < a->extent_count; i++)
        if (!extents_equal(a->extents[i], b->extents[i])) return false;
    return true;
}

/* A function tagged in two places is one job if both say the same. */
static bool is_merged(const struct collector *collector, struct candidate *const *kept,
                      size_t count, const struct candidate *candidate)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(kept[i]->job.name, candidate->job.name) != 0) continue;
        if (!kept[i]->is_broken && !candidate->is_broken &&
            (!options_equal(kept[i], candidate) || !descriptions_equal(kept[i], candidate))) {
            diag_error(collector->setup.diags, candidate->annotation->job_location, "tag-differs",
                       "job '%s' is tagged twice, and the two tags differ", candidate->job.name);
            diag_note(collector->setup.diags, kept[i]->annotation->job_location, NULL,
                      "the other tag is here");
        }
        return true;
    }
    return false;
}

struct record_order {
    const struct record **records;
    size_t count;
};

static void record_take(struct record_order *order, const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    if (type->kind != TYPE_RECORD) return;
    for (size_t i = 0; i < order->count; i++)
        if (order->records[i] == type->record) return;
    for (size_t i = 0; i < type->record->field_count; i++)
        record_take(order, type->record->fields[i].type);
    order->records[order->count++] = type->record;
}

static bool needs_c(const struct type *type)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    return type->kind == TYPE_RECORD && type->record->tag && name_is_cpp_keyword(type->record->tag);
}

static void records_finish(struct collector *collector, struct model *model, struct job *jobs)
{
    struct record_order order = {
        .records = arena_alloc(collector->setup.arena,
                               (record_set_count(collector->records) + 1) * sizeof *order.records)};
    for (size_t i = 0; i < model->job_count; i++) {
        struct job *job = &jobs[i];
        for (size_t p = 0; p < job->param_count; p++) {
            record_take(&order, job->params[p].type);
            job->needs_c |= needs_c(job->params[p].type);
        }
        record_take(&order, job->result->type);
        job->needs_c |= needs_c(job->result->type);
    }
    model->records = order.records;
    model->record_count = order.count;
}

void collect_finish(struct collector *collector, struct model *ret_model)
{
    struct arena *arena = collector->setup.arena;
    size_t count = collector->candidates.count;
    struct candidate **sorted = collector->candidates.items;
    struct candidate **kept = arena_alloc(arena, (count + 1) * sizeof *kept);
    struct job *jobs = arena_alloc(arena, (count + 1) * sizeof *jobs);
    bool is_broken = false;
    size_t kept_count = 0;
    if (count) qsort(sorted, count, sizeof *sorted, candidate_compare);
    for (size_t i = 0; i < count; i++) {
        if (is_merged(collector, kept, kept_count, sorted[i])) continue;
        jobs[kept_count] = sorted[i]->job;
        is_broken |= sorted[i]->is_broken;
        kept[kept_count++] = sorted[i];
    }
    *ret_model = (struct model){
        .name = collector->setup.options->name, .jobs = jobs, .job_count = kept_count};
    report_skipped(collector);
    names_check(arena, ret_model, collector->uses.items, collector->uses.count,
                collector->setup.diags);
    if (!is_broken) records_finish(collector, ret_model, jobs);
}

void collect_recheck(struct collector *collector, const char *header)
{
    struct reader *reader = collector->setup.reader;
    for (size_t i = 0; i < collector->failed.count; i++) {
        const struct source *source = LIST_AT(&collector->failed, const struct source *, i);
        CXTranslationUnit unit = read_parse(reader, source, header ? header : first_overlay, false,
                                            collector->setup.diags);
        if (unit)
            read_report(reader, unit, collector->setup.diags, header ? NULL : is_about_generated,
                        collector);
        read_dispose(reader, unit);
    }
}
