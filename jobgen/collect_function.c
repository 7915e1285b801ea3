/* SPDX-License-Identifier: MIT */
/* One tagged function: whether it can be a job at all, and its signature in the model's words. */
#include "unit.h"

#include "arena.h"
#include "place.h"

#include <string.h>

/* ---- functions that cannot be jobs ---- */

static bool refuse_function(struct unit *unit, struct candidate *candidate, enum check_name check,
                            const char *text)
{
    diag_error(unit->diags, candidate->job.location, check, "job '%s' %s", candidate->job.name,
               text);
    candidate->is_broken = true;
    return false;
}

static bool has_word_between(const struct source *source, size_t begin, size_t end,
                             const char *const *words, size_t word_count)
{
    for (size_t i = source_token_from(source, begin);
         i < source->token_count && source->tokens[i].begin < end; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind != TOKEN_WORD) continue;
        for (size_t w = 0; w < word_count; w++)
            if (strlen(words[w]) == token->end - token->begin &&
                memcmp(words[w], source->text + token->begin, token->end - token->begin) == 0)
                return true;
    }
    return false;
}

/* ---- edits that make them jobs ---- */

/* Takes the words static and inline out of the declaration, with the blanks behind them, if they
 * stand together there and no macro made them. */
static void offer_removal(struct unit *unit, const struct source *source,
                          const struct declaration *declaration)
{
    static const char *const words[] = {"static", "inline", "__inline", "__inline__"};
    size_t begin = 0, end = 0;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < declaration->begin || token->begin >= declaration->name) continue;
        if (!has_word_between(source, token->begin, token->begin + 1, words, 4)) continue;
        if (end && token->begin != end) return;
        if (!end) begin = token->begin;
        end = token->end + strspn(source->text + token->end, " \t\n");
    }
    if (end) diag_fixit(unit->diags, source_location(source, begin, end - begin), "");
}

/* Writes "void" between the parentheses, if nothing is there. */
static void offer_void(struct unit *unit, const struct source *source,
                       const struct declaration *declaration)
{
    const char *at = source->text + declaration->name;
    size_t length = strlen(declaration->spelling);
    if (strncmp(at, declaration->spelling, length) != 0) return;
    at += length;
    at += strspn(at, " \t\n");
    if (*at++ != '(') return;
    size_t blanks = strspn(at, " \t");
    if (at[blanks] == ')')
        diag_fixit(unit->diags, source_location(source, (size_t)(at - source->text), blanks),
                   "void");
}

/* Where the declarator ends: at the body, the semicolon, or the file's end. */
static size_t declarator_end(const struct source *source, size_t from)
{
    for (size_t i = source_token_from(source, from); i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        char c = source->text[token->begin];
        if (token->kind == TOKEN_PUNCTUATION && (c == '{' || c == ';')) return token->begin;
    }
    return source->length;
}

static bool is_noreturn(struct unit *unit, CXCursor function, const struct source *source,
                        const struct declaration *declaration)
{
    static const char *const words[] = {"_Noreturn", "noreturn", "__noreturn__"};
    const char *type =
        unit_string(unit, unit->lc->getTypeSpelling(unit->lc->getCursorType(function)));
    /* Attributes in brackets stand before what clang takes for the begin. Between the name and the
     * end of the parameters it would be one of these. */
    size_t begin = source_declaration_begin(source, declaration->begin);
    return strstr(type, "__attribute__((noreturn))") ||
           has_word_between(source, begin, declaration->name, words, 3) ||
           has_word_between(source, declaration->end, declarator_end(source, declaration->end),
                            words, 3);
}

static bool is_old_style(struct unit *unit, CXCursor function,
                         const struct declaration *declaration)
{
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

bool collect_function_allowed(struct unit *unit, struct candidate *candidate, CXCursor function,
                              const struct declaration *declaration)
{
    static const char *const asm_words[] = {"asm", "__asm__", "__asm"};
    const struct libclang *lc = unit->lc;
    const struct source *source = candidate->source;
    bool was_broken = candidate->is_broken;
    enum CX_StorageClass storage = lc->Cursor_getStorageClass(function);
    CXType type = lc->getCursorType(function);
    while (type.kind != CXType_FunctionNoProto && type.kind != CXType_FunctionProto &&
           lc->getCanonicalType(type).kind != type.kind)
        type = lc->getCanonicalType(type);
    if (lc->isInvalidDeclaration(function) && names_handle(source, declaration))
        return refuse_function(unit, candidate, CHECK_JOB_HANDLE,
                               "passes a job's handle, which belongs to one process; get the job's "
                               "result and pass that");
    if (lc->isInvalidDeclaration(function))
        return refuse_function(unit, candidate, CHECK_DECLARATION,
                               "is declared with something that clang does not know");
    if (strcmp(candidate->job.name, "main") == 0)
        return refuse_function(unit, candidate, CHECK_MAIN_JOB,
                               "is the program itself; tag the functions that it calls");
    bool is_static =
        storage == CX_SC_Static || lc->getCursorLinkage(function) == CXLinkage_Internal;
    if (is_static)
        refuse_function(unit, candidate, CHECK_STATIC_JOB,
                        "is static, but generated code must call it; remove static");
    else if (lc->Cursor_isFunctionInlined(function) && storage != CX_SC_Extern)
        refuse_function(unit, candidate, CHECK_INLINE_JOB,
                        "is inline without extern: there may be no function to call; "
                        "remove inline");
    if (candidate->is_broken && !was_broken) offer_removal(unit, source, declaration);
    if (lc->Cursor_isVariadic(function))
        refuse_function(unit, candidate, CHECK_VARIADIC,
                        "takes a variable number of arguments, whose types nobody knows; "
                        "pass an array");
    if (is_noreturn(unit, function, source, declaration))
        refuse_function(unit, candidate, CHECK_NORETURN_JOB,
                        "never returns, so there is no result to wait for");
    if (has_word_between(source, declaration->name, declarator_end(source, declaration->name),
                         asm_words, 3))
        refuse_function(unit, candidate, CHECK_ASM_LABEL,
                        "has an asm label, another name that generated code cannot use");
    if (is_old_style(unit, function, declaration))
        return refuse_function(unit, candidate, CHECK_OLD_STYLE,
                               "is defined in the old style, without types in its parentheses; "
                               "write a prototype");
    if (type.kind == CXType_FunctionNoProto) {
        refuse_function(unit, candidate, CHECK_NO_PROTOTYPE,
                        "does not say its parameters; write (void) if it has none");
        offer_void(unit, source, declaration);
        return false;
    }
    return true;
}

/* ---- candidates ---- */

struct location unit_name_location(const struct unit *unit, CXCursor cursor, const char *name)
{
    struct location at;
    size_t offset;
    (void)unit_position(unit, unit->lc->getCursorLocation(cursor), &offset, &at);
    at.length = name ? (unsigned)strlen(name) : 1;
    return at;
}

/* Of what is refused. */
static const struct type no_type = {.kind = TYPE_VOID};

static void take_param(struct unit *unit, struct candidate *candidate, CXCursor function,
                       size_t index)
{
    struct param *param = &candidate->params[index];
    CXCursor cursor = unit->lc->Cursor_getArgument(function, (unsigned)index);
    const char *name = unit_declared_name(unit, cursor);
    param->name = name ? name : arena_printf(unit->arena, "arg%zu", index);
    param->location = unit_name_location(unit, cursor, name);
    candidate->is_unnamed[index] = !name;
    struct type_subject subject = {.job = candidate->job.name,
                                   .name = param->name,
                                   .location = param->location,
                                   .function = function};
    param->type = collect_type(unit, unit->lc->getCursorType(cursor), &subject);
    candidate->is_refused[index] = subject.is_refused;
    if (subject.is_refused) param->type = &no_type;
}

static const struct type *unqualified(struct arena *arena, const struct type *type)
{
    struct type *copy = arena_alloc(arena, sizeof *copy);
    *copy = *type;
    copy->is_const = copy->is_volatile = false;
    return copy;
}

void collect_signature(struct unit *unit, struct candidate *candidate, CXCursor function)
{
    int count = unit->lc->Cursor_getNumArguments(function);
    candidate->job.param_count = count > 0 ? (size_t)count : 0;
    candidate->params =
        arena_alloc(unit->arena, (candidate->job.param_count + 1) * sizeof *candidate->params);
    candidate->job.params = candidate->params;
    candidate->is_unnamed = arena_alloc(unit->arena, candidate->job.param_count + 1);
    candidate->is_macro = arena_alloc(unit->arena, candidate->job.param_count + 1);
    candidate->is_refused = arena_alloc(unit->arena, candidate->job.param_count + 1);
    candidate->result = arena_alloc(unit->arena, sizeof *candidate->result);
    candidate->job.result = candidate->result;
    candidate->result->name = candidate->result->stub_name = "return";
    candidate->result->direction = DIRECTION_OUT;
    candidate->result->location = candidate->job.location;
    for (size_t i = 0; i < candidate->job.param_count; i++)
        take_param(unit, candidate, function, i);
    struct type_subject subject = {.job = candidate->job.name,
                                   .name = NULL,
                                   .location = candidate->job.location,
                                   .function = function};
    candidate->result->type = collect_type(unit, unit->lc->getCursorResultType(function), &subject);
    candidate->is_refused[candidate->job.param_count] = subject.is_refused;
    candidate->result->type =
        unqualified(unit->arena, subject.is_refused ? &no_type : candidate->result->type);
    for (size_t i = 0; i < candidate->job.param_count; i++) {
        struct param *param = &candidate->params[i];
        struct type_subject extent = {.job = candidate->job.name,
                                      .name = param->name,
                                      .location = param->location,
                                      .function = function};
        if (param->type->kind == TYPE_ARRAY) {
            CXCursor cursor = unit->lc->Cursor_getArgument(function, (unsigned)i);
            candidate->is_refused[i] =
                !collect_extents(unit, function, cursor, candidate, i, &extent);
            if (candidate->is_refused[i]) param->type = &no_type;
        } else {
            param->type = unqualified(unit->arena, param->type);
        }
    }
    for (size_t i = 0; i <= candidate->job.param_count; i++)
        candidate->is_broken |= candidate->is_refused[i];
}
