/* SPDX-License-Identifier: MIT */
/* Where a tag goes, from offsets alone. */
#include "arena.h"
#include "comment.h"
#include "place.h"
#include "text_source.h"

#include <criterion/criterion.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(arena);
}

TestSuite(place, .init = setup, .fini = teardown);

/* A declaration whose text is `text` and name `name`, at its first place in the source. */
static struct declaration declare(const struct source *source, enum declaration_kind kind,
                                  const char *text, const char *name)
{
    const char *at = strstr(source->text, text);
    cr_assert(at, "%s", text);
    size_t begin = (size_t)(at - source->text);
    size_t name_at = begin + (size_t)(strstr(at, name) - at);
    return (struct declaration){.kind = kind,
                                .begin = begin,
                                .name = name_at,
                                .end = begin + strlen(text),
                                .what = kind == DECLARATION_FUNCTION ? "a function" : "a type",
                                .spelling = name};
}

static struct placement place(const struct source *source, const struct declaration *declarations,
                              size_t count, struct byte_range skipped)
{
    size_t block_count;
    const struct comment_block *blocks = comment_blocks(arena, source, &block_count);
    cr_assert_eq(block_count, 1);
    struct comment_hint hint = comment_scan(source, blocks[0].begin, blocks[0].end);
    struct file_outline outline = {.source = source,
                                   .declarations = declarations,
                                   .declaration_count = count,
                                   .skipped = &skipped,
                                   .skipped_count = skipped.end ? 1 : 0};
    return place_find(arena, &outline, &blocks[0], hint.job_offset);
}

static const struct byte_range nothing_skipped = {0, 0};

Test(place, tag_belongs_to_the_next_function)
{
    const struct source *source = t_source(arena, "int a(void);\n/* @job */\n;\nint b(void);\n");
    struct declaration declarations[] = {declare(source, DECLARATION_FUNCTION, "int a(void)", "a"),
                                         declare(source, DECLARATION_FUNCTION, "int b(void)", "b")};
    struct placement found = place(source, declarations, 2, nothing_skipped);
    cr_assert_eq(found.outcome, PLACED);
    cr_expect_eq(found.declaration, 1);
}

Test(place, tag_between_specifiers_belongs_to_its_function)
{
    const struct source *source = t_source(arena, "extern /* @job */ int a(void);\nint b(void);\n");
    struct declaration declarations[] = {
        declare(source, DECLARATION_FUNCTION, "extern /* @job */ int a(void)", "a("),
        declare(source, DECLARATION_FUNCTION, "int b(void)", "b")};
    struct placement found = place(source, declarations, 2, nothing_skipped);
    cr_assert_eq(found.outcome, PLACED);
    cr_expect_eq(found.declaration, 0);
}

Test(place, function_is_preferred_to_the_struct_it_defines)
{
    const struct source *source = t_source(arena, "/* @job */ struct p { int x; } f(void);");
    struct declaration declarations[] = {
        declare(source, DECLARATION_RECORD, "struct p { int x; }", "p"),
        declare(source, DECLARATION_FUNCTION, "struct p { int x; } f(void)", "f(")};
    struct placement found = place(source, declarations, 2, nothing_skipped);
    cr_assert_eq(found.outcome, PLACED);
    cr_expect_eq(found.declaration, 1);
}

struct refusal {
    const char *text;
    enum declaration_kind kind;
    const char *declaration, *name, *trouble;
};

Test(place, everything_else_has_a_reason)
{
    static const struct refusal rows[] = {
        {"/* @job */\nstruct p { int x; };", DECLARATION_RECORD, "struct p { int x; }", "p",
         "next comes a type 'p"},
        {"int f(void);\n/* @job */", DECLARATION_FUNCTION, "int f(void)", "f", "nothing follows"},
        {"int f(void) { /* @job */ }", DECLARATION_FUNCTION, "int f(void)", "f",
         "inside the body of 'f'"},
        {"#define X /* @job */ int\nint f(void);", DECLARATION_FUNCTION, "int f(void)", "f",
         "macro definition"},
        {"#include <x.h> /* @job */\nint f(void);", DECLARATION_FUNCTION, "int f(void)", "f",
         "preprocessor line"},
        {"int f(void); /* @job */\n", DECLARATION_FUNCTION, "int f(void)", "f", "trails"},
        {"int f(/* @job */ int);", DECLARATION_FUNCTION, "int f(/* @job */ int)", "f",
         "inside the declaration of 'f'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct source *source = t_source(arena, rows[i].text);
        struct declaration declaration =
            declare(source, rows[i].kind, rows[i].declaration, rows[i].name);
        struct placement found = place(source, &declaration, 1, nothing_skipped);
        cr_assert_eq(found.outcome, PLACED_NOWHERE, "%s", rows[i].text);
        cr_expect(strstr(found.trouble, rows[i].trouble), "%s: %s", rows[i].text, found.trouble);
    }
}

Test(place, several_declarators_are_refused)
{
    const struct source *source = t_source(arena, "/* @job */ int f(int), g(int);");
    struct declaration declarations[] = {
        declare(source, DECLARATION_FUNCTION, "int f(int)", "f"),
        declare(source, DECLARATION_FUNCTION, "int f(int), g(int)", "g")};
    struct placement found = place(source, declarations, 2, nothing_skipped);
    cr_assert_eq(found.outcome, PLACED_NOWHERE);
    cr_expect(strstr(found.trouble, "several declarators"));
}

Test(place, skipped_parts_make_no_job)
{
    const struct source *source =
        t_source(arena, "#if 0\n/* @job */ int f(void);\n#endif\nint g(void);");
    struct declaration declaration = declare(source, DECLARATION_FUNCTION, "int g(void)", "g");
    struct placement found =
        place(source, &declaration, 1, (struct byte_range){0, strlen("#if 0\n/* @job */ int f")});
    cr_expect_eq(found.outcome, PLACED_SKIPPED);
}
