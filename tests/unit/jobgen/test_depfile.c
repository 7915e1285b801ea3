/* SPDX-License-Identifier: MIT */
/* What make will read. */
#include "depfile.h"
#include "strbuf.h"

#include <criterion/criterion.h>

Test(depfile, lists_each_file_once_and_escapes)
{
    static const char *const files[] = {"b.c", "./a.c", "my file.h", "a.c", "x$y#z.h"};
    struct strbuf text = {0};
    depfile_print(&text, "out dir/jobs.h", files, 5);
    cr_expect_str_eq(text.text, "out\\ dir/jobs.h: \\\n  a.c \\\n  b.c \\\n  my\\ file.h \\\n"
                                "  x$$y\\#z.h\n");
    strbuf_fini(&text);
}

Test(depfile, may_be_empty)
{
    struct strbuf text = {0};
    depfile_print(&text, "jobs.h", NULL, 0);
    cr_expect_str_eq(text.text, "jobs.h:\n");
    strbuf_fini(&text);
}
