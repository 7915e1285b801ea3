/* SPDX-License-Identifier: MIT */
/* From sources to the model and to the files: whole files, byte for byte, and again the same from
 * another order of sources. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static int run(const char *format, const char *name, const char *folder)
{
    char command[1024];
    (void)snprintf(command, sizeof command, format, name, folder, name);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_case(const char *name)
{
    char folder[] = "/tmp/jobgen-golden-XXXXXX";
    cr_assert(mkdtemp(folder));
    cr_expect_eq(run("\"$GOLDEN/run_case\" \"$JOBGEN\" %s %s >&2", name, folder), 0);
    cr_expect_eq(run("diff -r -u \"$GOLDEN/cases/%s/expected\" %s >&2", name, folder), 0,
                 "%s differs; if it should, run: ninja golden-update", name);
    cr_expect_eq(run("true %s && rm -r %s", name, folder), 0);
}

#define CASE(name)                                                                                 \
    Test(golden, name)                                                                             \
    {                                                                                              \
        expect_case(#name);                                                                        \
    }

CASE(complex)
CASE(example)
CASE(extents)
CASE(headers)
CASE(layouts)
CASE(macros)
CASE(names)
CASE(options)
CASE(records)
CASE(scalars)
CASE(shared)
CASE(spellings)
CASE(strings)
CASE(tagless)

/* Runs a shell script with $JOBGEN, in a copy of the case "headers". */
static void expect_script(const char *script)
{
    char command[2048];
    (void)snprintf(command, sizeof command,
                   "set -e; work=$(mktemp -d); trap 'rm -rf \"$work\"' EXIT; export LC_ALL=C;"
                   "cp -R \"$GOLDEN/cases/headers/.\" \"$work\"; cd \"$work\"; { %s; } >&2",
                   script);
    cr_expect_eq(system(command), 0, "%s", script);
}

Test(golden, order_of_sources_does_not_matter)
{
    expect_script("\"$JOBGEN\" use.c other.c -o gen --dump-model a.json -- -Iinclude;"
                  "\"$JOBGEN\" ./other.c ./use.c -o gen --dump-model b.json -- -Iinclude;"
                  "cmp a.json b.json");
}

Test(golden, depfile_lists_what_was_read_and_no_output)
{
    expect_script("\"$JOBGEN\" use.c -o gen --depfile d -- -Iinclude;"
                  "head -n 1 d | grep -q '^gen/jobs.h: ';"
                  "grep -q '^  include/lib/lib.h' d; grep -q '^  use.c' d;"
                  "test $(grep -c jobs.h d) = 1;"
                  /* and again, now that the output is there */
                  "\"$JOBGEN\" use.c -o gen --depfile e -- -Iinclude; cmp d e");
}

Test(golden, list_and_dump_write_nothing)
{
    expect_script("\"$JOBGEN\" use.c -o gen --list -- -Iinclude | grep -q '^later (use.c)';"
                  "\"$JOBGEN\" use.c --dump-model -- -Iinclude | grep -q '\"later\"';"
                  "test ! -e gen");
}

Test(golden, a_stale_header_changes_nothing)
{
    expect_script("\"$JOBGEN\" use.c --dump-model a.json -- -Iinclude;"
                  "mkdir gen; echo '#error stale' >gen/jobs.h;"
                  "\"$JOBGEN\" use.c -o gen --dump-model b.json -- -Iinclude; cmp a.json b.json");
}

Test(golden, nothing_is_left_behind_on_error)
{
    expect_script("echo '/* @job */ int x;' >bad.c;"
                  "! \"$JOBGEN\" bad.c use.c -o gen --depfile d --dump-model m -- -Iinclude;"
                  "test ! -e gen; test ! -e d; test ! -e m");
}

Test(golden, a_source_is_not_overwritten)
{
    expect_script("mv other.c jobs.c; cp jobs.c before;"
                  "! \"$JOBGEN\" jobs.c -o . -- -Iinclude; cmp jobs.c before;"
                  "\"$JOBGEN\" jobs.c -o . --name calls -- -Iinclude; cmp jobs.c before");
}
