/* SPDX-License-Identifier: MIT */
/* Parameter names made safe; generated names recognised and found taken. */
#include "arena.h"
#include "names.h"

#include <criterion/criterion.h>

/* The first parameter points to an "album", a struct without a tag that a header defines. */
static void expect_names(size_t count, const char *const *names, bool *is_macro,
                         const char *const *expected)
{
    struct arena *arena = arena_new();
    static const struct record album = {.typedef_name = "album", .header = "\"album.h\""};
    static const struct type record = {.kind = TYPE_RECORD, .record = &album},
                             pointer = {.kind = TYPE_POINTER, .element = &record},
                             none = {.kind = TYPE_VOID};
    static const struct param result = {.type = &none};
    struct param params[4] = {0};
    for (size_t i = 0; i < count; i++) {
        params[i].name = names[i];
        params[i].type = i ? &none : &pointer;
    }
    bool is_unnamed[4] = {0};
    for (size_t i = 0; i < count; i++) {
        is_unnamed[i] = !names[i];
        if (!names[i]) params[i].name = arena_printf(arena, "arg%zu", i);
    }
    struct candidate candidate = {
        .job.name = "f", .params = params, .is_unnamed = is_unnamed, .is_macro = is_macro};
    candidate.job.param_count = count;
    candidate.job.params = params;
    candidate.job.result = &result;
    names_assign(arena, &candidate);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(params[i].stub_name, expected[i]);
    arena_free(arena);
}

Test(names, reserved_words_get_an_underscore)
{
    static bool no_macros[4];
    static const char *const names[][4] = {{"new", "a", "options", "ret_value"},
                                           {"class", "class_", "and_eq", "typeof"},
                                           {"size_t", "uint8_t", "restrict", "nullptr"},
                                           {"ret_process", "ret_process_", "ret_process__", "x"},
                                           {"jgi_args", "jgi_", "jg_args", "jgi"}};
    static const char *const expected[][4] = {
        {"new_", "a", "options_", "ret_value_"},
        {"class__", "class_", "and_eq_", "typeof_"},
        {"size_t_", "uint8_t_", "restrict_", "nullptr_"},
        {"ret_process___", "ret_process_", "ret_process__", "x"},
        {"jgi_args_", "jgi_", "jg_args", "jgi"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_names(4, names[i], no_macros, expected[i]);
}

Test(names, forms_of_the_job_itself_are_not_hidden)
{
    static bool no_macros[4];
    static const char *const names[] = {"f_start", "f_start_", "f_job", "g_start"};
    static const char *const expected[] = {"f_start__", "f_start_", "f_job_", "g_start"};
    expect_names(4, names, no_macros, expected);
}

Test(names, types_that_stubs_spell_are_not_hidden)
{
    static bool no_macros[4];
    static const char *const names[] = {"album", "album_", "albums"};
    static const char *const expected[] = {"album__", "album_", "albums"};
    expect_names(3, names, no_macros, expected);
}

Test(names, macros_get_an_underscore)
{
    static bool is_macro[4] = {true, false, true};
    static const char *const names[] = {"stdin", "n", "new"};
    static const char *const expected[] = {"stdin_", "n", "new_"};
    expect_names(3, names, is_macro, expected);
}

Test(names, unnamed_parameters_give_way)
{
    static bool no_macros[4];
    static const char *const names[] = {NULL, "arg0", NULL, "arg2_"};
    static const char *const expected[] = {"arg0_", "arg0", "arg2", "arg2_"};
    expect_names(4, names, no_macros, expected);
}

Test(names, generated_names_are_recognised)
{
    cr_expect(name_may_be_generated("f_local"));
    cr_expect(name_may_be_generated("f_remote_fanout"));
    cr_expect_not(name_may_be_generated("_local"));
    cr_expect_not(name_may_be_generated("local"));
    cr_expect_not(name_may_be_generated("f_locals"));
}

static size_t check(const char *const *job_names, size_t count, const char *use)
{
    struct arena *arena = arena_new();
    struct diag_list *diags = diag_new(NULL);
    struct job jobs[3] = {0};
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct job){.name = job_names[i], .location = {.file = "t.c", .line = 1}};
    struct model model = {.jobs = jobs, .job_count = count};
    struct name_use uses[] = {{use, {0}}};
    names_check(arena, &model, uses, use ? 1 : 0, diags);
    size_t complaints = diag_count(diags);
    diag_free(diags);
    arena_free(arena);
    return complaints;
}

Test(names, taken_names_are_told)
{
    static const char *const one[] = {"f"};
    static const char *const clash[] = {"f", "f_local"};
    static const char *const apart[] = {"f", "g"};
    cr_expect_eq(check(one, 1, NULL), 0);
    cr_expect_eq(check(one, 1, "f_result"), 1);
    cr_expect_eq(check(one, 1, "g_result"), 0);
    cr_expect_eq(check(clash, 2, NULL), 1);
    cr_expect_eq(check(clash, 2, "f_local"), 1, "a job's own function is told once");
    cr_expect_eq(check(apart, 2, "h_local"), 0);
}
