/* SPDX-License-Identifier: MIT */
/* Which first includes are shared, and what remains of a source without them. */
#include "arena.h"
#include "start.h"
#include "text_source.h"

#include <criterion/criterion.h>

#define THREE "#include <a.h>\n#include <b.h>\n#include <c.h>\n"

static size_t shared(const char *text)
{
    struct arena *arena = arena_new();
    const struct source *sources[] = {t_source(arena, text), t_source(arena, THREE),
                                      t_source(arena, THREE "int x;\n")};
    const bool is_elsewhere[3] = {false};
    size_t count = start_choose(arena, sources, is_elsewhere, 3, "jobs.h")[0];
    arena_free(arena);
    return count;
}

Test(start, takes_angled_includes_only)
{
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {
        {THREE, 3},
        {THREE "#include <d.h>\n", 3},
        {"/* one */\n\n # include <a.h> \r\n// two\n#include\t<b.h>\n#include <c.h>", 3},
        {"#define A\n" THREE, 0},
        {"int x;\n" THREE, 0},
        {"#include <z.h>\n" THREE, 0},
        {"#include <a.h>\n#include <b.h>\n#include \"c.h\"\n", 0},
        {"#include <a.h>\n#include <b.h>\n#include_next <c.h>\n", 0},
        {"#include <a.h>\n#include <b.h>\n#include <c.h> /* @job */\n", 0},
        {"#include <a.h>\n#include <b.h>\n#include <c.h> x\n", 0},
        {"#if 0\n" THREE "#endif\n", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(shared(rows[i].text), rows[i].count, "%s", rows[i].text);
}

static size_t shared_by_four(const char *text, bool is_elsewhere)
{
    struct arena *arena = arena_new();
    const struct source *source = t_source(arena, text);
    const struct source *sources[] = {source, source, source, source};
    const bool flags[] = {is_elsewhere, is_elsewhere, is_elsewhere, is_elsewhere};
    size_t count = start_choose(arena, sources, flags, 4, "jobs.h")[0];
    arena_free(arena);
    return count;
}

Test(start, generated_header_is_the_last)
{
    const char *text = "#include <a.h>\n#include <b.h>\n#include \"jobs.h\"\n#include <c.h>\n";
    cr_expect_eq(shared_by_four(text, false), 3);
    cr_expect_eq(shared_by_four(text, true), 2);
    cr_expect_eq(shared_by_four("#include <a.h>\n#include <b.h>\n#include <jobs.h>\n", false), 2);
}

Test(start, rest_keeps_every_place)
{
    struct arena *arena = arena_new();
    const struct source *source =
        t_source(arena, "/* x */\n#include <a.h>\n # include <b.h>\nint x;\n");
    cr_expect_str_eq(start_rest(arena, source, 2),
                     "/* x */\n              \n                \nint x;\n");
    cr_expect_str_eq(start_text(arena, source, 2), "#include <a.h>\n#include <b.h>\n");
    arena_free(arena);
}

Test(start, unknown_flags_forbid_sharing)
{
    static const struct {
        const char *flags[3];
        size_t count;
        bool is_allowed;
    } rows[] = {
        {{0}, 0, true},
        {{"-I", "-include", "-DX=1"}, 3, true},
        {{"-std=c11", "-O2", "-fPIC"}, 3, true},
        {{"-include", "a.h"}, 2, false},
        {{"-MD"}, 1, false},
        {{"-Wp,-MD,x"}, 1, false},
        {{"@flags"}, 1, false},
        {{"-x", "c"}, 2, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct compiler_flags flags = {rows[i].flags, rows[i].count};
        cr_expect_eq(start_is_allowed(&flags), rows[i].is_allowed, "row %zu", i);
    }
}
