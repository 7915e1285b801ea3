/* SPDX-License-Identifier: MIT */
/* A folder of its own for a test, which goes with all that is in it. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static char t_folder[] = "/tmp/jobgen-unit-XXXXXX";

static inline void t_folder_make(void)
{
    cr_assert(mkdtemp(t_folder));
}

static inline void t_folder_remove(void)
{
    char command[sizeof t_folder + 8];
    (void)snprintf(command, sizeof command, "rm -r %s", t_folder);
    cr_assert_eq(system(command), 0);
}

/* Of a file in it; until the next call. */
static inline const char *t_path(const char *name)
{
    static char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", t_folder, name);
    return path;
}

#endif
