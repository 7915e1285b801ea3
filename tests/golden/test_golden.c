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

CASE(example)
CASE(extents)
CASE(headers)
CASE(macros)
CASE(names)
CASE(options)
CASE(records)
CASE(scalars)
CASE(strings)
