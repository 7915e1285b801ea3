/* SPDX-License-Identifier: MIT */
/* What counts as a comment, a literal, a directive. */
#include "arena.h"
#include "lexer.h"

#include <criterion/criterion.h>
#include <string.h>

/* One letter per token: w n s c p d B L, upper case for comments. */
static void expect_tokens(const char *text, const char *expected)
{
    static const char letters[] = "wnscpdBL";
    struct arena *arena = arena_new();
    size_t count;
    const struct token *tokens = lexer_run(arena, text, strlen(text), &count);
    char found[128] = {0};
    for (size_t i = 0; i < count && i < sizeof found - 1; i++)
        found[i] = letters[tokens[i].kind];
    cr_expect_str_eq(found, expected, "%s", text);
    arena_free(arena);
}

Test(lexer, cuts_code_into_words_numbers_and_punctuation)
{
    expect_tokens("int a = 0x1f + 1.5e+3;", "wwpnpnp");
    expect_tokens(".5", "n");
    expect_tokens("a->b", "wppw");
    expect_tokens("", "");
}

Test(lexer, finds_both_kinds_of_comment)
{
    expect_tokens("/* a */ x // b\ny", "BwLw");
    expect_tokens("/**/x", "Bw");
    expect_tokens("/* open", "B");
    expect_tokens("//", "L");
}

Test(lexer, does_not_find_comments_in_literals)
{
    expect_tokens("\"/* no */\" '/' \"a\\\"//\"", "scs");
}

Test(lexer, ends_a_broken_literal_with_its_line)
{
    expect_tokens("don't\n/* yes */", "wcB");
}

Test(lexer, follows_line_splices)
{
    expect_tokens("// one \\\n still one\nx", "Lw");
    expect_tokens("#define A \\\n  b /* c */ \\\n  d\nx", "dBw");
    expect_tokens("// one \\\r\n still one\r\nx", "Lw");
}

Test(lexer, marks_comments_within_directives)
{
    struct arena *arena = arena_new();
    size_t count;
    const char *text = "#define A /* in */ 1\n/* out */";
    const struct token *tokens = lexer_run(arena, text, strlen(text), &count);
    cr_assert_eq(count, 3);
    cr_expect(tokens[1].in_directive);
    cr_expect_not(tokens[2].in_directive);
    cr_expect(token_is_directive(&tokens[0], text, "define"));
    cr_expect_not(token_is_directive(&tokens[0], text, "def"));
    arena_free(arena);
}

Test(lexer, reads_includes)
{
    static const struct {
        const char *text, *name;
        char delimiter;
        bool is_include;
    } rows[] = {
        {"#include \"a/b.h\"", "a/b.h", '"', true}, {"# include <c.h>", "c.h", '<', true},
        {"#include NAME", "", '\0', true},          {"#included \"x\"", "", '\0', false},
        {"#define include", "", '\0', false},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count, begin = 0, length = 0;
        char delimiter;
        const struct token *tokens = lexer_run(arena, rows[i].text, strlen(rows[i].text), &count);
        bool found = token_include(&tokens[0], rows[i].text, &begin, &length, &delimiter);
        cr_expect_eq(found, rows[i].is_include, "%s", rows[i].text);
        cr_expect_eq(delimiter, rows[i].delimiter, "%s", rows[i].text);
        cr_expect_eq(length, strlen(rows[i].name), "%s", rows[i].text);
        cr_expect_eq(memcmp(rows[i].text + begin, rows[i].name, length), 0, "%s", rows[i].text);
    }
    arena_free(arena);
}
