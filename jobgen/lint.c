/* SPDX-License-Identifier: MIT */
/* Bodies are read as tokens: no types, no macros. So a variable counts as state only if something
 * in the sources changes it, or may from elsewhere; what is shadowed, doubtful or not understood
 * counts for nothing. Each function is looked at once, for the first job that reaches it. */
#include "lint.h"

#include "arena.h"
#include "hush.h"
#include "scope.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define NO_SYMBOL ((size_t)-1)

struct symbol {
    const char *name;
    size_t length;
    bool is_function;
    size_t scope, index;
    bool is_changed; /* a variable: something in the sources does */
    bool is_const;
};

/* A function on the way from a job to what it calls. */
struct visit {
    size_t symbol;
    size_t from; /* the visit that called it; NO_SYMBOL: a job */
    size_t call; /* the token of the call, in the caller's source */
};

struct lint {
    struct arena *arena;
    struct diag_list *diags;
    struct scope *scopes;
    size_t scope_count;
    struct symbol *symbols; /* by name, functions last, then by source */
    size_t symbol_count;
    struct visit *visits; /* in order; at most one for each symbol */
    bool *is_visited;
    size_t visit_count;
};

/* ---- library functions ---- */

struct watched {
    const char *name;
    enum check_name check;
};

static const struct watched watched[] = {
    {"exit", CHECK_CALLS_EXIT},
    {"_exit", CHECK_CALLS_EXIT},
    {"_Exit", CHECK_CALLS_EXIT},
    {"quick_exit", CHECK_CALLS_EXIT},
    {"setenv", CHECK_CHANGES_ENVIRONMENT},
    {"unsetenv", CHECK_CHANGES_ENVIRONMENT},
    {"putenv", CHECK_CHANGES_ENVIRONMENT},
    {"clearenv", CHECK_CHANGES_ENVIRONMENT},
    {"getchar", CHECK_GLOBAL_STREAM},
    {"scanf", CHECK_GLOBAL_STREAM},
    {"gets", CHECK_GLOBAL_STREAM},
    {"fork", CHECK_STARTS_PROCESSES},
    {"vfork", CHECK_STARTS_PROCESSES},
    {"popen", CHECK_STARTS_PROCESSES},
    {"system", CHECK_STARTS_PROCESSES},
    {"posix_spawn", CHECK_STARTS_PROCESSES},
    {"posix_spawnp", CHECK_STARTS_PROCESSES},
    {"execl", CHECK_STARTS_PROCESSES},
    {"execlp", CHECK_STARTS_PROCESSES},
    {"execle", CHECK_STARTS_PROCESSES},
    {"execv", CHECK_STARTS_PROCESSES},
    {"execve", CHECK_STARTS_PROCESSES},
    {"execvp", CHECK_STARTS_PROCESSES},
    {"daemon", CHECK_STARTS_PROCESSES},
    {"pthread_create", CHECK_STARTS_THREADS},
    {"thrd_create", CHECK_STARTS_THREADS},
    {"signal", CHECK_USES_SIGNALS},
    {"sigaction", CHECK_USES_SIGNALS},
    {"sigprocmask", CHECK_USES_SIGNALS},
    {"raise", CHECK_USES_SIGNALS},
    {"kill", CHECK_USES_SIGNALS},
    {"killpg", CHECK_USES_SIGNALS},
    {"alarm", CHECK_USES_SIGNALS},
    {"setitimer", CHECK_USES_SIGNALS},
};

static const char *consequence(enum check_name check)
{
    switch (check) {
    case CHECK_CALLS_EXIT:
        return "the caller gets JG_EEXIT and no results; return, or call jg_fail";
    case CHECK_CHANGES_ENVIRONMENT:
        return "only its own process sees the change";
    case CHECK_GLOBAL_STREAM:
        return "standard input is empty in a job; pass what is to be read";
    case CHECK_STARTS_PROCESSES:
        return "what it starts ends with the job";
    case CHECK_STARTS_THREADS:
        return "threads end with the job";
    default:
        return "signals stay within the job's own process";
    }
}

/* ---- symbols ---- */

static int symbol_compare(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    size_t least = a->length < b->length ? a->length : b->length;
    int by_name = memcmp(a->name, b->name, least);
    if (by_name) return by_name;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    if (a->is_function != b->is_function) return a->is_function ? 1 : -1;
    return a->scope != b->scope ? (a->scope < b->scope ? -1 : 1)
                                : (a->index < b->index ? -1 : a->index > b->index);
}

static void add_symbol(struct lint *lint, size_t scope, size_t index, bool is_function, size_t name)
{
    const struct code *code = &lint->scopes[scope].code;
    lint->symbols[lint->symbol_count++] =
        (struct symbol){.name = code->source->text + code->tokens[name].begin,
                        .length = code->tokens[name].end - code->tokens[name].begin,
                        .is_function = is_function,
                        .scope = scope,
                        .index = index};
}

static void collect_symbols(struct lint *lint)
{
    size_t most = 0;
    for (size_t s = 0; s < lint->scope_count; s++)
        most += lint->scopes[s].function_count + lint->scopes[s].variable_count;
    lint->symbols = arena_alloc(lint->arena, most * sizeof *lint->symbols);
    for (size_t s = 0; s < lint->scope_count; s++) {
        const struct scope *scope = &lint->scopes[s];
        for (size_t i = 0; i < scope->function_count; i++)
            add_symbol(lint, s, i, true, scope->functions[i].name);
        for (size_t i = 0; i < scope->variable_count; i++) {
            if (scope->variables[i].function != SCOPE_FILE) continue;
            add_symbol(lint, s, i, false, scope->variables[i].name);
            lint->symbols[lint->symbol_count - 1].is_const = scope->variables[i].is_const;
        }
    }
    qsort(lint->symbols, lint->symbol_count, sizeof *lint->symbols, symbol_compare);
}

/* Whether other sources cannot mean it; what is static in a header belongs to who includes it. */
static bool is_static(const struct lint *lint, const struct symbol *symbol)
{
    const struct scope *scope = &lint->scopes[symbol->scope];
    if (!scope->code.source->flags) return false;
    return symbol->is_function ? scope->functions[symbol->index].is_static
                               : scope->variables[symbol->index].is_static;
}

static bool has_name(const struct symbol *symbol, const char *name, size_t length)
{
    return symbol->length == length && memcmp(symbol->name, name, length) == 0;
}

/* What a name means in a source: its own, or what another one shares. */
static size_t symbol_find(const struct lint *lint, size_t scope, const char *name, size_t length)
{
    size_t low = 0, high = lint->symbol_count, shared = NO_SYMBOL;
    struct symbol key = {.name = name, .length = length};
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (symbol_compare(&lint->symbols[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < lint->symbol_count && has_name(&lint->symbols[low], name, length); low++) {
        if (lint->symbols[low].scope == scope) return low;
        if (shared == NO_SYMBOL && !is_static(lint, &lint->symbols[low])) shared = low;
    }
    return shared;
}

static size_t symbol_at(const struct lint *lint, size_t scope, size_t token)
{
    const struct code *code = &lint->scopes[scope].code;
    const struct code_token *at = &code->tokens[token];
    return symbol_find(lint, scope, code->source->text + at->begin, at->end - at->begin);
}

/* Declared in a header, defined in a source: one variable. */
static void join_shared(struct lint *lint)
{
    for (size_t i = 0; i < lint->symbol_count; i++)
        for (size_t j = i + 1; j < lint->symbol_count; j++) {
            struct symbol *a = &lint->symbols[i], *b = &lint->symbols[j];
            if (!has_name(a, b->name, b->length)) break;
            if (a->is_function || b->is_function || is_static(lint, a) || is_static(lint, b))
                continue;
            a->is_changed = b->is_changed = a->is_changed || b->is_changed;
            a->is_const = b->is_const = a->is_const || b->is_const;
        }
}

static void mark_changes(struct lint *lint, size_t s)
{
    const struct scope *scope = &lint->scopes[s];
    for (size_t f = 0; f < scope->function_count; f++) {
        const struct scope_function *function = &scope->functions[f];
        if (function->is_constructor) continue;
        for (size_t token = function->body; token < function->end; token++) {
            if (!code_has_word(&scope->code, token) || !scope_is_write(&scope->code, token) ||
                scope->code.tokens[token].is_doubtful || scope_is_other_name(&scope->code, token))
                continue;
            size_t symbol = symbol_at(lint, s, token);
            if (symbol != NO_SYMBOL && !lint->symbols[symbol].is_function &&
                !scope_is_local(scope, function, token))
                lint->symbols[symbol].is_changed = true;
        }
    }
}

/* ---- findings ---- */

struct finding {
    const struct scope *scope;
    const struct scope_function *function;
    size_t visit, token;
};

static struct location token_location(const struct code *code, size_t token)
{
    return source_location(code->source, code->tokens[token].begin,
                           code->tokens[token].end - code->tokens[token].begin);
}

static const char *symbol_name(const struct lint *lint, size_t symbol)
{
    return arena_strndup(lint->arena, lint->symbols[symbol].name, lint->symbols[symbol].length);
}

static size_t job_of(const struct lint *lint, size_t visit)
{
    while (lint->visits[visit].from != NO_SYMBOL)
        visit = lint->visits[visit].from;
    return lint->visits[visit].symbol;
}

/* From the job on: who calls whom, where. */
static void note_calls(const struct lint *lint, size_t visit)
{
    const struct visit *at = &lint->visits[visit];
    if (at->from == NO_SYMBOL) return;
    note_calls(lint, at->from);
    const struct visit *from = &lint->visits[at->from];
    const struct scope *scope = &lint->scopes[lint->symbols[from->symbol].scope];
    diag_note(lint->diags, token_location(&scope->code, at->call), NULL, "'%s' calls '%s' here",
              symbol_name(lint, from->symbol), symbol_name(lint, at->symbol));
}

/* The same word in the same function is told of once; of a static variable its first change. */
static bool is_first(const struct finding *finding, bool is_static_local)
{
    const struct code *code = &finding->scope->code;
    for (size_t i = finding->function->body; i < finding->token; i++)
        if (code_is_same_word(code, i, finding->token) && !code->tokens[i].is_doubtful &&
            !scope_is_other_name(code, i) && (!is_static_local || scope_is_write(code, i)))
            return false;
    return true;
}

static bool is_hushed(const struct finding *finding, enum check_name check)
{
    return hush_has(finding->scope->code.source, finding->function->region_begin,
                    finding->function->region_end, check);
}

static void tell_call(struct lint *lint, const struct finding *finding, enum check_name check)
{
    const struct code *code = &finding->scope->code;
    if (!is_first(finding, false) || is_hushed(finding, check)) return;
    diag_warning(lint->diags, token_location(code, finding->token), check, "job '%s' %s '%s': %s",
                 symbol_name(lint, job_of(lint, finding->visit)),
                 code_char(code, finding->token + 1) == '(' ? "calls" : "uses",
                 code_text(lint->arena, code, finding->token), consequence(check));
    note_calls(lint, finding->visit);
}

static void tell_variable(struct lint *lint, const struct finding *finding, size_t scope,
                          const struct scope_variable *variable)
{
    const struct code *home = &lint->scopes[scope].code;
    bool is_local = variable->function != SCOPE_FILE;
    enum check_name check = is_local              ? CHECK_STATIC_LOCAL
                            : variable->is_stream ? CHECK_GLOBAL_STREAM
                                                  : CHECK_GLOBAL_STATE;
    if (!is_first(finding, is_local) || is_hushed(finding, check) ||
        hush_has(home->source, variable->region_begin, variable->region_end, check))
        return;
    diag_warning(lint->diags, token_location(&finding->scope->code, finding->token), check,
                 is_local
                     ? "job '%s' keeps something in '%s': its next call may run in another process"
                 : variable->is_stream
                     ? "job '%s' uses '%s': the stream is the caller's; open the file in the job"
                     : "job '%s' uses '%s': it finds the value from the program's start, and the "
                       "caller sees no change; pass it",
                 symbol_name(lint, job_of(lint, finding->visit)),
                 code_text(lint->arena, &finding->scope->code, finding->token));
    note_calls(lint, finding->visit);
    diag_note(lint->diags, token_location(home, variable->name), NULL, "it is declared here");
}

/* ---- bodies ---- */

static void visit_add(struct lint *lint, size_t symbol, size_t from, size_t call)
{
    if (lint->is_visited[symbol]) return;
    lint->is_visited[symbol] = true;
    lint->visits[lint->visit_count++] = (struct visit){symbol, from, call};
}

static bool is_state(const struct lint *lint, const struct symbol *symbol)
{
    const struct scope_variable *variable = &lint->scopes[symbol->scope].variables[symbol->index];
    bool may_change = !variable->is_static && !variable->has_value;
    return !symbol->is_const && (symbol->is_changed || may_change) &&
           !has_name(symbol, "environ", 7);
}

/* The variable of the function itself that a token names, if it is a static one that changes. */
static const struct scope_variable *static_of(const struct finding *finding)
{
    const struct scope *scope = finding->scope;
    const struct code *code = &scope->code;
    size_t function = (size_t)(finding->function - scope->functions);
    for (size_t i = 0; i < scope->variable_count; i++) {
        const struct scope_variable *variable = &scope->variables[i];
        if (variable->function == function && !variable->is_const &&
            finding->token != variable->name &&
            code_is_same_word(code, finding->token, variable->name))
            return variable;
    }
    return NULL;
}

/* A call, and no declaration. */
static bool is_call(const struct code *code, size_t token)
{
    return code_char(code, token + 1) == '(' &&
           (!code_has_word(code, token - 1) || code_is_word(code, token - 1, "return") ||
            code_is_word(code, token - 1, "else"));
}

static enum check_name library_check(const struct code *code, size_t token)
{
    if (code_is_word(code, token, "stdin")) return CHECK_GLOBAL_STREAM;
    if (!is_call(code, token)) return CHECK_COUNT;
    for (size_t i = 0; i < COUNT(watched); i++)
        if (code_is_word(code, token, watched[i].name)) return watched[i].check;
    return CHECK_COUNT;
}

static void look_at_symbol(struct lint *lint, const struct finding *finding, size_t found)
{
    const struct symbol *symbol = &lint->symbols[found];
    if (scope_is_local(finding->scope, finding->function, finding->token)) return;
    if (symbol->is_function)
        visit_add(lint, found, finding->visit, finding->token);
    else if (is_state(lint, symbol))
        tell_variable(lint, finding, symbol->scope,
                      &lint->scopes[symbol->scope].variables[symbol->index]);
}

static void look_at_word(struct lint *lint, const struct finding *finding, size_t scope)
{
    const struct code *code = &finding->scope->code;
    size_t token = finding->token;
    if (code->tokens[token].is_doubtful || scope_is_other_name(code, token)) return;
    const struct scope_variable *kept = static_of(finding);
    if (kept && scope_is_write(code, token)) {
        tell_variable(lint, finding, scope, kept);
        return;
    }
    size_t found = symbol_at(lint, scope, token);
    if (found != NO_SYMBOL) {
        look_at_symbol(lint, finding, found);
        return;
    }
    enum check_name check = library_check(code, token);
    if (check != CHECK_COUNT && !scope_is_local(finding->scope, finding->function, token))
        tell_call(lint, finding, check);
}

static void look_at_function(struct lint *lint, size_t visit)
{
    const struct symbol *symbol = &lint->symbols[lint->visits[visit].symbol];
    const struct scope *scope = &lint->scopes[symbol->scope];
    struct finding finding = {scope, &scope->functions[symbol->index], visit, 0};
    for (size_t token = finding.function->body; token < finding.function->end; token++) {
        finding.token = token;
        if (code_has_word(&scope->code, token)) look_at_word(lint, &finding, symbol->scope);
    }
}

/* The source that a job's tag stands in; its definition may be in another. */
static size_t scope_of(const struct lint *lint, const struct job *job)
{
    for (size_t i = 0; i < lint->scope_count; i++)
        if (strcmp(lint->scopes[i].code.source->path, job->location.file) == 0) return i;
    return NO_SYMBOL;
}

static void follow_job(struct lint *lint, const struct job *job)
{
    size_t symbol = symbol_find(lint, scope_of(lint, job), job->name, strlen(job->name));
    size_t next = lint->visit_count;
    if (symbol == NO_SYMBOL || !lint->symbols[symbol].is_function) return;
    visit_add(lint, symbol, NO_SYMBOL, 0);
    for (; next < lint->visit_count; next++)
        look_at_function(lint, next);
}

static void follow_jobs(struct arena *arena, const struct source *const *sources,
                        size_t source_count, const struct model *model, struct diag_list *diags)
{
    struct lint lint = {.arena = arena, .diags = diags, .scope_count = source_count};
    lint.scopes = arena_alloc(arena, source_count * sizeof *lint.scopes);
    for (size_t i = 0; i < source_count; i++) {
        scope_init(&lint.scopes[i], arena, sources[i]);
        hush_check(arena, sources[i], diags);
    }
    collect_symbols(&lint);
    for (size_t i = 0; i < source_count; i++)
        mark_changes(&lint, i);
    join_shared(&lint);
    lint.visits = arena_alloc(arena, lint.symbol_count * sizeof *lint.visits);
    lint.is_visited = arena_alloc(arena, lint.symbol_count * sizeof *lint.is_visited);
    for (size_t i = 0; i < lint.symbol_count; i++)
        lint.is_visited[i] = false;
    for (size_t i = 0; i < model->job_count; i++)
        follow_job(&lint, &model->jobs[i]);
    for (size_t i = 0; i < source_count; i++)
        scope_fini(&lint.scopes[i]);
}

static int source_compare(const void *left, const void *right)
{
    const struct source *const *a = left, *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

void lint_sources(struct arena *arena, const struct source_set *set, const struct model *model,
                  struct diag_list *diags)
{
    size_t count;
    const struct source *const *list = source_list(set, &count);
    const struct source **sources = arena_alloc(arena, (count + 1) * sizeof *sources);
    if (count) memcpy(sources, list, count * sizeof *sources);
    qsort(sources, count, sizeof *sources, source_compare);
    if (model->job_count) follow_jobs(arena, sources, count, model, diags);
}
