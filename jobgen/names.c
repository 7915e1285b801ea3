/* SPDX-License-Identifier: MIT */
/* Lists of words, and the rules built on them. */
#include "names.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

/* Keywords and alternative tokens of C++23. */
static const char *const cpp_words[] = {
    "alignas",       "alignof",     "and",
    "and_eq",        "asm",         "auto",
    "bitand",        "bitor",       "bool",
    "break",         "case",        "catch",
    "char",          "char16_t",    "char32_t",
    "char8_t",       "class",       "co_await",
    "co_return",     "co_yield",    "compl",
    "concept",       "const",       "const_cast",
    "consteval",     "constexpr",   "constinit",
    "continue",      "decltype",    "default",
    "delete",        "do",          "double",
    "dynamic_cast",  "else",        "enum",
    "explicit",      "export",      "extern",
    "false",         "float",       "for",
    "friend",        "goto",        "if",
    "inline",        "int",         "long",
    "mutable",       "namespace",   "new",
    "noexcept",      "not",         "not_eq",
    "nullptr",       "operator",    "or",
    "or_eq",         "private",     "protected",
    "public",        "register",    "reinterpret_cast",
    "requires",      "return",      "short",
    "signed",        "sizeof",      "static",
    "static_assert", "static_cast", "struct",
    "switch",        "template",    "this",
    "thread_local",  "throw",       "true",
    "try",           "typedef",     "typeid",
    "typename",      "union",       "unsigned",
    "using",         "virtual",     "void",
    "volatile",      "wchar_t",     "while",
    "xor",           "xor_eq",
};

/* What C23 has beyond these, and typeof of older compilers. */
static const char *const c_words[] = {
    "restrict", "typeof",     "typeof_unqual", "_Alignas",       "_Alignof",     "_Atomic",
    "_BitInt",  "_Bool",      "_Complex",      "_Decimal128",    "_Decimal32",   "_Decimal64",
    "_Generic", "_Imaginary", "_Noreturn",     "_Static_assert", "_Thread_local"};

static const char *const stub_words[] = {"options", "ret_value", "ret_process"};

/* Members of struct NAME_result. */
static const char *const result_words[] = {"status", "value"};

/* Parameters and variables in NAME.c. */
static const char *const local_words[] = {
    "a",      "args",   "count",   "from",      "in",    "job",   "message", "options", "out",
    "record", "result", "results", "ret_value", "rooms", "scope", "status",  "to",      "value"};

/* Typedefs of <stdint.h> and <stddef.h>. */
static const char *const standard_types[] = {
    "int8_t",         "int16_t",       "int32_t",       "int64_t",        "uint8_t",
    "uint16_t",       "uint32_t",      "uint64_t",      "int_least8_t",   "int_least16_t",
    "int_least32_t",  "int_least64_t", "uint_least8_t", "uint_least16_t", "uint_least32_t",
    "uint_least64_t", "int_fast8_t",   "int_fast16_t",  "int_fast32_t",   "int_fast64_t",
    "uint_fast8_t",   "uint_fast16_t", "uint_fast32_t", "uint_fast64_t",  "intptr_t",
    "uintptr_t",      "intmax_t",      "uintmax_t",     "size_t",         "ptrdiff_t",
    "max_align_t",    "nullptr_t",
};

/* Behind the job's name. */
static const char *const suffixes[] = {
    "_local",   "_remote", "_local_async", "_remote_async",  "_await_get",
    "_try_get", "_cancel", "_as_job",      "_args",          "_result",
    "_job",     "_start",  "_map",         "_remote_fanout",
};
enum { SUFFIX_COUNT = sizeof suffixes / sizeof *suffixes };

static bool is_listed(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}
#define IS_LISTED(name, list) is_listed(name, list, sizeof(list) / sizeof *(list))

bool name_is_cpp_keyword(const char *name)
{
    return IS_LISTED(name, cpp_words);
}

bool name_is_local(const char *name)
{
    return IS_LISTED(name, local_words);
}

bool name_is_of_result(const char *name)
{
    return IS_LISTED(name, result_words);
}

static bool type_is_spelled(const struct type *type, const char *name)
{
    while (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY)
        type = type->element;
    const struct record *record = type->kind == TYPE_RECORD ? type->record : NULL;
    return record && !record->tag && record->header && strcmp(record->typedef_name, name) == 0;
}

bool name_is_spelled(const struct job *job, const char *name)
{
    for (size_t i = 0; i < job->param_count; i++)
        if (type_is_spelled(job->params[i].type, name)) return true;
    return type_is_spelled(job->result->type, name);
}

/* Generated code has names of this prefix; none of them ends in an underscore. */
static bool is_generated(const char *name)
{
    return strncmp(name, "jgi_", 4) == 0 && name[strlen(name) - 1] != '_';
}

static bool is_reserved(const char *name)
{
    return is_generated(name) || IS_LISTED(name, stub_words) || IS_LISTED(name, cpp_words) ||
           IS_LISTED(name, c_words) || IS_LISTED(name, standard_types);
}

/* "f_start" of job f, which the stubs of f call or name. */
static bool is_form_of(const struct job *job, const char *name)
{
    size_t length = strlen(job->name);
    return strncmp(name, job->name, length) == 0 && IS_LISTED(name + length, suffixes);
}

/* Names in the source come first; what is made up gives way to them and to what was made up
 * before. */
static bool is_taken(const struct candidate *candidate, size_t param, const char *name)
{
    for (size_t i = 0; i < candidate->job.param_count; i++) {
        const struct param *other = &candidate->params[i];
        if (i == param) continue;
        if ((!candidate->is_unnamed[i] && strcmp(other->name, name) == 0) ||
            (i < param && strcmp(other->stub_name, name) == 0))
            return true;
    }
    return false;
}

void names_assign(struct arena *arena, struct candidate *candidate)
{
    for (size_t i = 0; i < candidate->job.param_count; i++) {
        struct param *param = &candidate->params[i];
        const char *name = param->name;
        bool is_made_up = candidate->is_unnamed[i], is_macro = candidate->is_macro[i];
        while (is_macro || is_reserved(name) || name_is_spelled(&candidate->job, name) ||
               is_form_of(&candidate->job, name) || (is_made_up && is_taken(candidate, i, name))) {
            name = arena_printf(arena, "%s_", name);
            is_macro = false;
            is_made_up = true;
        }
        param->stub_name = name;
    }
}

bool name_may_be_generated(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < SUFFIX_COUNT; i++) {
        size_t suffix = strlen(suffixes[i]);
        if (length > suffix && strcmp(name + length - suffix, suffixes[i]) == 0) return true;
    }
    return false;
}

bool name_may_be_static(const char *name)
{
    static const char *const behind[] = {"_record", "_encode", "_run",    "_decode",
                                         "_type",   "_entry",  "_places", "_function"};
    size_t length = strlen(name);
    if (strncmp(name, "put_", 4) == 0 || strncmp(name, "get_", 4) == 0) return true;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t suffix = strlen(behind[i]);
        if (length > suffix && strcmp(name + length - suffix, behind[i]) == 0) return true;
    }
    return false;
}

/* ---- name-taken ---- */

struct owned_name {
    const char *name;
    const struct job *job; /* generated for it, or, if is_function, its own */
    bool is_function;
};

static int owned_compare(const void *left, const void *right)
{
    const struct owned_name *a = left, *b = right;
    int by_name = strcmp(a->name, b->name);
    if (by_name) return by_name;
    if (a->job != b->job) return a->job < b->job ? -1 : 1;
    return 0;
}

static void complain(struct diag_list *diags, const struct job *job, const char *name,
                     struct location taken_at, const char *taken_by)
{
    diag_error(diags, job->location, CHECK_NAME_TAKEN,
               "job '%s' needs the name '%s', which is taken%s%s%s", job->name, name,
               taken_by ? " by job '" : "", taken_by ? taken_by : "", taken_by ? "'" : "");
    if (taken_at.file) diag_note(diags, taken_at, NULL, "it is taken here; rename one of the two");
}

static void check_between_jobs(const struct owned_name *names, size_t count,
                               struct diag_list *diags)
{
    for (size_t i = 1; i < count; i++) {
        const struct owned_name *a = &names[i - 1], *b = &names[i];
        if (strcmp(a->name, b->name) != 0) continue;
        const struct owned_name *needs = a->is_function ? b : a, *has = a->is_function ? a : b;
        complain(diags, needs->job, needs->name, has->job->location, has->job->name);
    }
}

static const struct owned_name *owned_find(const struct owned_name *names, size_t count,
                                           const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(names[middle].name, name);
        if (order == 0) return &names[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_job_function(const struct owned_name *names, size_t count, const char *name)
{
    for (const struct owned_name *at = owned_find(names, count, name);
         at && at > names && !strcmp(at[-1].name, name); at--)
        if (at[-1].is_function) return true;
    const struct owned_name *found = owned_find(names, count, name);
    for (; found && found < names + count && !strcmp(found->name, name); found++)
        if (found->is_function) return true;
    return false;
}

/* What the generated header has from <jobgen/runtime.h>, whether the sources include that or not.
 */
static const char *const of_runtime[] = {"jg_fail",      "jg_job",      "jg_last_failure",
                                         "jg_node_name", "jg_nodes",    "jg_nodes_free",
                                         "jg_strerror",  "jg_wait_all", "jg_wait_any"};

void names_check(struct arena *arena, const struct model *model, const struct name_use *uses,
                 size_t use_count, struct diag_list *diags)
{
    size_t count = model->job_count * (SUFFIX_COUNT + 1), at = 0;
    struct owned_name *names = arena_alloc(arena, count * sizeof *names);
    for (size_t i = 0; i < model->job_count; i++) {
        const struct job *job = &model->jobs[i];
        names[at++] = (struct owned_name){job->name, job, true};
        for (size_t s = 0; s < SUFFIX_COUNT; s++)
            names[at++] = (struct owned_name){arena_printf(arena, "%s%s", job->name, suffixes[s]),
                                              job, false};
    }
    qsort(names, count, sizeof *names, owned_compare);
    check_between_jobs(names, count, diags);
    for (size_t i = 0; i < sizeof of_runtime / sizeof *of_runtime; i++) {
        const struct owned_name *owned = owned_find(names, count, of_runtime[i]);
        if (owned) complain(diags, owned->job, owned->name, (struct location){0}, NULL);
    }
    for (size_t i = 0; i < use_count; i++) {
        const struct owned_name *owned = owned_find(names, count, uses[i].name);
        if (owned && !is_job_function(names, count, uses[i].name))
            complain(diags, owned->job, owned->name, uses[i].location, NULL);
    }
}
