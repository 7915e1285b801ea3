/* SPDX-License-Identifier: MIT */
/* Where long lines of C are broken. */
#include "layout.h"

#include "strbuf.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect(const char *text, const char *expected)
{
    struct strbuf out = {0};
    strbuf_add(&out, "");
    layout_c(&out, text, strlen(text));
    cr_expect_str_eq(out.text, expected, "%s", out.text);
    struct strbuf again = {0};
    layout_c(&again, out.text, out.length);
    cr_expect_str_eq(again.text, expected, "a second time changes nothing");
    strbuf_fini(&again);
    strbuf_fini(&out);
}

#define X10 "xxxxxxxxxx"
#define X20 X10 X10
#define X40 X20 X20

Test(layout, what_fits_stays)
{
    expect("int a;\n\n    int b;\n", "int a;\n\n    int b;\n");
    expect("    call(" X40 ", " X40 ", b);\n", "    call(" X40 ", " X40 ", b);\n");
    expect("without an end", "without an end\n");
}

Test(layout, blanks_at_ends_go_and_empty_lines_are_single)
{
    expect("a;  \n    \n\n  \nb;\n", "a;\n\nb;\n");
}

Test(layout, lists_break_at_the_last_comma_that_fits)
{
    expect("int f(" X40 ", " X40 ", int a, int b);\n",
           "int f(" X40 ", " X40 ", int a,\n      int b);\n");
    expect("int f(" X40 ", g(" X40 ", int a), int b);\n",
           "int f(" X40 ", g(" X40 ", int a),\n      int b);\n");
    expect("    return f(" X40 ", " X40 ", " X40 ", " X40 ", d);\n",
           "    return f(" X40 ", " X40 ",\n             " X40 ", " X40 ", d);\n");
}

Test(layout, assignments_break_behind_the_sign)
{
    expect("    int " X40 " =  nothing;\n", "    int " X40 " =  nothing;\n");
    expect("    int " X40 " = " X40 "(" X20 ");\n",
           "    int " X40 " =\n        " X40 "(" X20 ");\n");
}

Test(layout, attributes_go_down_with_what_follows)
{
    expect("static int *const " X40 X20 " __attribute__((section(\"x\"), used)) = &a;\n",
           "static int *const " X40 X20 "\n    __attribute__((section(\"x\"), used)) = &a;\n");
}

Test(layout, bodies_of_conditions_get_their_own_line)
{
    expect("    if (!" X40 "(" X20 ", " X10 ")) return " X20 ";\n",
           "    if (!" X40 "(" X20 ", " X10 "))\n        return " X20 ";\n");
    expect("    if (!f(" X40 ", " X40 ", " X20 ")) return 1;\n",
           "    if (!f(" X40 ", " X40 ",\n           " X20 "))\n        return 1;\n");
}

Test(layout, initialisers_go_down_or_stand_in_a_column)
{
    expect("    const struct a b = {.c = " X40 ", .d = " X20 X10 "};\n",
           "    const struct a b = {\n        .c = " X40 ", .d = " X20 X10 "};\n");
    expect("    const struct a b = {.c = " X40 ", .d = " X40 ", .e = 12345};\n",
           "    const struct a b = {.c = " X40 ",\n                        .d = " X40
           ",\n                        .e = 12345};\n");
    expect("    [3] = {.c = " X40 ", .d = " X40 ", .e = \"a, b\"},\n",
           "    [3] = {.c = " X40 ",\n           .d = " X40 ",\n           .e = \"a, b\"},\n");
}

Test(layout, comments_directives_and_literals_are_left_alone)
{
    expect("/* " X40 ", " X40 ", " X40 " */\n", "/* " X40 ", " X40 ", " X40 " */\n");
    expect("#define A " X40 ", " X40 ", " X40 "\n", "#define A " X40 ", " X40 ", " X40 "\n");
    expect("f(\"" X40 ", \\\", " X40 ", " X20 "\");\n",
           "f(\"" X40 ", \\\", " X40 ", " X20 "\");\n");
}
