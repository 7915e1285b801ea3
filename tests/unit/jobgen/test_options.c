/* SPDX-License-Identifier: MIT */
/* The command line. */
#include "arena.h"
#include "options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <string.h>

static enum options_outcome parse(struct arena *arena, const char *line, struct options *options)
{
    char **words = arena_alloc(arena, 32 * sizeof *words);
    int count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(arena_strdup(arena, line), " ", &rest); word;
         word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    words[count] = NULL;
    return options_parse(arena, count, words, options);
}

static void redirect(void)
{
    cr_redirect_stdout();
    cr_redirect_stderr();
}

Test(options, everything_is_taken, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_assert_eq(
        parse(arena,
              "jobgen a.c -o out b.c --name x --depfile d --templates t --dump-model m.json "
              "--default fuel=10 --diagnostics sarif --color never -- -Iinc -o y",
              &options),
        OPTIONS_RUN);
    cr_expect_eq(options.file_count, 2);
    cr_expect_str_eq(options.files[1], "b.c");
    cr_expect_str_eq(options.output, "out");
    cr_expect_str_eq(options.name, "x");
    cr_expect_str_eq(options.depfile, "d");
    cr_expect_str_eq(options.templates, "t");
    cr_expect_str_eq(options.dump_file, "m.json");
    cr_expect_eq(options.defaults.fuel, 10);
    cr_expect_eq(options.diagnostics, DIAGNOSTICS_SARIF);
    cr_expect_eq(options.colour, COLOUR_NEVER);
    cr_expect_eq(options.flags.count, 3);
    cr_expect_str_eq(options.flags.words[2], "y");
    arena_free(arena);
}

Test(options, of_builds_are_taken, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_assert_eq(parse(arena, "jobgen -p build -j3 --check a.c -o out", &options), OPTIONS_RUN);
    cr_expect_str_eq(options.build_dir, "build");
    cr_expect_eq(options.thread_count, 3);
    cr_expect(options.is_check);
    arena_free(arena);
}

Test(options, dump_model_needs_no_file, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_assert_eq(parse(arena, "jobgen --dump-model a.c", &options), OPTIONS_RUN);
    cr_expect(options.wants_dump);
    cr_expect_null(options.dump_file);
    cr_expect_eq(options.file_count, 1);
    arena_free(arena);
}

Test(options, wrong_usage_is_told, .init = redirect)
{
    static const char *const lines[] = {
        "jobgen",
        "jobgen a.c",
        "jobgen -o out",
        "jobgen a.c -o",
        "jobgen a.c -o out --unknown",
        "jobgen a.c -o out -j 0",
        "jobgen a.c -o out -j 257",
        "jobgen a.c --list --check",
        "jobgen a.c -o out --warn x",
        "jobgen a.c -o out --name a/b",
        "jobgen a.c -o out --name 1a",
        "jobgen a.c -o out --default fule=1",
        "jobgen a.c -o out --default fuel=x",
        "jobgen a.c -o out --diagnostics jsn",
        "jobgen a.c -o out --diagnostics json --list",
        "jobgen a.c -o out --diagnostics sarif --dump-model",
        "jobgen a.c -o out --color red",
    };
    struct arena *arena = arena_new();
    struct options options;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_eq(parse(arena, lines[i], &options), OPTIONS_WRONG, "%s", lines[i]);
    cr_expect_eq(parse(arena, "jobgen --version", &options), OPTIONS_DONE);
    cr_expect_eq(parse(arena, "jobgen --help", &options), OPTIONS_DONE);
    arena_free(arena);
}

Test(options, the_last_choice_of_a_check_wins, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_assert_eq(parse(arena,
                       "jobgen a.c -o o --error address --no-warn address --error tag-skipped "
                       "--warn tag-skipped --no-warn forgotten-job --error forgotten-job",
                       &options),
                 OPTIONS_RUN);
    cr_expect_eq(check_severity(&options.checks, CHECK_ADDRESS), SEVERITY_NOTE);
    cr_expect_eq(check_severity(&options.checks, CHECK_TAG_SKIPPED), SEVERITY_WARNING);
    cr_expect_eq(check_severity(&options.checks, CHECK_FORGOTTEN_JOB), SEVERITY_ERROR);
    cr_expect_eq(check_severity(&options.checks, CHECK_TRAILING_TEXT), SEVERITY_WARNING);
    arena_free(arena);
}

Test(options, an_unknown_check_is_told_with_what_was_meant, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_expect_eq(parse(arena, "jobgen a.c -o o --no-warn adress", &options), OPTIONS_WRONG);
    cr_expect_eq(parse(arena, "jobgen a.c -o o --error nonsense", &options), OPTIONS_WRONG);
    cr_expect_stderr_eq_str("jobgen: --no-warn adress: no such check; did you mean address?\n"
                            "Try 'jobgen --help'.\n"
                            "jobgen: --error nonsense: no such check; see --list-checks\n"
                            "Try 'jobgen --help'.\n");
    arena_free(arena);
}

Test(options, an_error_stays_one, .init = redirect)
{
    struct arena *arena = arena_new();
    struct options options;
    cr_expect_eq(parse(arena, "jobgen a.c -o o --error union", &options), OPTIONS_RUN);
    cr_expect_eq(parse(arena, "jobgen a.c -o o --warn union", &options), OPTIONS_WRONG);
    cr_expect_eq(parse(arena, "jobgen a.c -o o --no-warn union", &options), OPTIONS_WRONG);
    arena_free(arena);
}
