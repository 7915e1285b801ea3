/* SPDX-License-Identifier: MIT */
/* Expressions: what is accepted, how it nests, what is refused. */
#include "arena.h"
#include "expr.h"
#include "strbuf.h"
#include "text_source.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static void print(struct strbuf *out, const struct syntax *syntax)
{
    switch (syntax->kind) {
    case SYNTAX_NUMBER:
        strbuf_printf(out, "%" PRIu64, syntax->integer);
        break;
    case SYNTAX_NAME:
        strbuf_add(out, syntax->name);
        break;
    case SYNTAX_DEREF:
    case SYNTAX_NEGATE:
    case SYNTAX_PLUS:
        strbuf_printf(out, "(%s",
                      syntax->kind == SYNTAX_DEREF    ? "*"
                      : syntax->kind == SYNTAX_NEGATE ? "-"
                                                      : "+");
        print(out, syntax->left);
        strbuf_add(out, ")");
        break;
    case SYNTAX_MEMBER:
        print(out, syntax->left);
        strbuf_printf(out, "%s%s", syntax->is_arrow ? "->" : ".", syntax->name);
        break;
    case SYNTAX_BINARY:
        strbuf_add(out, "(");
        print(out, syntax->left);
        strbuf_printf(out, " %c ", syntax->op);
        print(out, syntax->right);
        strbuf_add(out, ")");
        break;
    }
}

static const struct syntax *parse(struct arena *arena, struct diag_list *diags, const char *text,
                                  size_t *ret_end)
{
    const struct source *source = t_source(arena, text);
    size_t *offsets = arena_alloc(arena, (source->length + 1) * sizeof *offsets);
    for (size_t i = 0; i <= source->length; i++)
        offsets[i] = i;
    struct mapped_text mapped = {source, source->text, source->length, offsets};
    *ret_end = 0;
    return expr_parse(arena, &mapped, ret_end, diags);
}

Test(expr, nests_as_c_does)
{
    static const struct {
        const char *text, *tree;
    } rows[] = {
        {"n", "n"},
        {"0x10", "16"},
        {"017", "15"},
        {"0b101", "5"},
        {"12UL", "12"},
        {"a + b * c", "(a + (b * c))"},
        {"(a + b) * c", "((a + b) * c)"},
        {"a - b - c", "((a - b) - c)"},
        {"a * b / c % d", "(((a * b) / c) % d)"},
        {"*n + 1", "((*n) + 1)"},
        {"-a * b", "((-a) * b)"},
        {"+a", "(+a)"},
        {"b->len * 2", "(b->len * 2)"},
        {"(*b).len", "(*b).len"},
        {"p.x.y", "p.x.y"},
        {"return", "return"},
        {"18446744073709551615", "18446744073709551615"},
        {" n\n * 2 ", "(n * 2)"},
    };
    struct arena *arena = arena_new();
    struct diag_list *diags = diag_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t end;
        struct strbuf tree = {0};
        const struct syntax *syntax = parse(arena, diags, rows[i].text, &end);
        cr_assert(syntax, "%s", rows[i].text);
        print(&tree, syntax);
        cr_expect_str_eq(tree.text, rows[i].tree, "%s", rows[i].text);
        strbuf_fini(&tree);
    }
    cr_expect_not(diag_has_errors(diags));
    diag_free(diags);
    arena_free(arena);
}

Test(expr, refuses_what_is_none)
{
    static const char *const texts[] = {"",     "+",     "a +",   "(a",
                                        "a->",  "a.3",   "12abc", "0x",
                                        "a * ", "\"s\"", ")",     "18446744073709551616",
                                        "09"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena *arena = arena_new();
        struct diag_list *diags = diag_new(NULL);
        size_t end;
        cr_expect_not(parse(arena, diags, texts[i], &end), "%s", texts[i]);
        cr_expect_eq(diag_count(diags), 1, "%s", texts[i]);
        diag_free(diags);
        arena_free(arena);
    }
}

Test(expr, depth_is_limited)
{
    char text[4096];
    memset(text, '(', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct arena *arena = arena_new();
    struct diag_list *diags = diag_new(NULL);
    size_t end;
    cr_expect_not(parse(arena, diags, text, &end));
    memset(text, '-', sizeof text - 1);
    cr_expect_not(parse(arena, diags, text, &end));
    diag_free(diags);
    arena_free(arena);
}

Test(expr, stops_behind_the_expression)
{
    struct arena *arena = arena_new();
    struct diag_list *diags = diag_new(NULL);
    size_t end;
    cr_assert(parse(arena, diags, "n * 2] tail", &end));
    cr_expect_eq(end, 5);
    diag_free(diags);
    arena_free(arena);
}
