/* SPDX-License-Identifier: MIT */
/* What names mean in a unit: enumerators and macros. */
#include "collect_state.h"

#include "lexer.h"
#include "read.h"
#include "source.h"

#include <string.h>

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

bool collect_find_enumerator(void *user, const char *name, uint64_t *ret_magnitude,
                             bool *ret_is_negative)
{
    struct unit_walk *walk = user;
    struct enumerator_search search = {.lc = walk->unit.lc, .name = name};
    const struct libclang *lc = search.lc;
    (void)lc->visitChildren(lc->getTranslationUnitCursor(walk->unit.handle), visit_constant,
                            &search);
    if (walk->shared && !search.is_found)
        (void)lc->visitChildren(lc->getTranslationUnitCursor(read_start_unit(walk->shared->start)),
                                visit_constant, &search);
    *ret_magnitude = search.magnitude;
    *ret_is_negative = search.is_negative;
    return search.is_found;
}

/* The macros of the shared start come first; NULL behind the last. */
static const struct macro *macro_at(const struct unit_walk *walk, size_t index)
{
    size_t before = walk->shared ? walk->shared->macros.count : 0;
    if (index < before) return &LIST_AT(&walk->shared->macros, struct macro, index);
    index -= before;
    return index < walk->macros.count ? &LIST_AT(&walk->macros, struct macro, index) : NULL;
}

bool collect_is_any_macro(void *user, const char *name)
{
    const struct macro *macro;
    for (size_t i = 0; (macro = macro_at(user, i)); i++)
        if (strcmp(macro->text, name) == 0) return true;
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

bool collect_is_macro_at(struct unit_walk *walk, const struct source *source, size_t offset,
                         const char *name)
{
    const struct libclang *lc = walk->unit.lc;
    bool is_defined = false;
    const struct macro *macro;
    for (size_t i = 0; !is_defined && (macro = macro_at(walk, i)); i++) {
        if (macro->text[0] != name[0] || strcmp(macro->text, name) != 0 ||
            lc->Cursor_isMacroFunctionLike(macro->cursor))
            continue;
        size_t at;
        const char *file =
            unit_position(&walk->unit, lc->getCursorLocation(macro->cursor), &at, NULL);
        const struct source *other = file ? unit_source(&walk->unit, file) : NULL;
        is_defined = other != source || at < offset;
    }
    return is_defined && last_directive(source, offset, name) != 'u';
}
