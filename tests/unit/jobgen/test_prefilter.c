/* SPDX-License-Identifier: MIT */
/* Which files are parsed: those with a tag in reach, and those of which text cannot tell. */
#include "arena.h"
#include "prefilter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file, "%s", path);
    cr_assert(fputs(text, file) >= 0);
    cr_assert(fclose(file) == 0);
}

static void setup(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/jobgen-filter-XXXXXX");
    cr_assert(mkdtemp(folder) && chdir(folder) == 0);
    cr_assert(mkdir("inc", 0755) == 0 && mkdir("gen", 0755) == 0);
    put("inc/tagged.h", "/* @job */ int f(int);\n");
    put("plain.h", "int g(int);\n");
    put("ring.h", "#include \"ring.h\"\n#include \"plain.h\"\n");
    put("gen/jobs.h", "/* @job in a generated file */\n");
}

static void teardown(void)
{
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert(chdir("/") == 0 && system(command) == 0);
}

TestSuite(prefilter, .init = setup, .fini = teardown);

static struct prefilter_result filter(struct arena *arena, const char *text, const char *flag)
{
    put("a.c", text);
    struct compiler_flags flags = {&flag, flag ? 1 : 0};
    struct source_set *sources = source_set_new();
    struct generated_header generated = {.base = "jobs.h", .directory = realpath("gen", NULL)};
    struct prefilter_result result =
        prefilter_run(arena, sources, source_open(sources, "a.c"), &flags, &generated);
    source_set_free(sources);
    free((char *)generated.directory);
    return result;
}

Test(prefilter, parses_what_may_hold_a_tag)
{
    static const struct {
        const char *text, *flag;
        bool needs_parse;
    } rows[] = {
        {"int f(int);", NULL, false},
        {"/* @job */ int f(int);", NULL, true},
        {"#include \"plain.h\"", NULL, false},
        {"#include \"ring.h\"", NULL, false},
        {"#include \"inc/tagged.h\"", NULL, true},
        {"#include \"tagged.h\"", NULL, true}, /* cannot be found: may hold anything */
        {"#include \"tagged.h\"", "-Iinc", true},
        {"#include <tagged.h>", "-Iinc", true},
        {"#include <tagged.h>", NULL, false}, /* a system header */
        {"#include <stdio.h>", NULL, false},
        {"#include \"jobs.h\"", NULL, false},
        {"#include \"gen/jobs.h\"", NULL, false},
        {"#include \"jobs.h\"", "-Igen", false},
        {"#include NAME", NULL, true},
        {"int f(int);", "@file", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        cr_expect_eq(filter(arena, rows[i].text, rows[i].flag).needs_parse, rows[i].needs_parse,
                     "%s", rows[i].text);
        arena_free(arena);
    }
}

Test(prefilter, notes_how_the_generated_header_is_spelled)
{
    struct arena *arena = arena_new();
    struct prefilter_result found =
        filter(arena, "#include \"gen/jobs.h\"\n#include \"jobs.h\"\n", "-Iinc");
    cr_assert_eq(found.spelled_count, 3);
    cr_expect_str_eq(found.spelled[0], "gen/jobs.h");
    cr_expect_str_eq(found.spelled[1], "./gen/jobs.h");
    cr_expect_str_eq(found.spelled[2], "inc/gen/jobs.h");
    arena_free(arena);
}
