/* SPDX-License-Identifier: MIT */
/* What tokens alone tell of declarations. */
#include "arena.h"
#include "scope.h"
#include "strbuf.h"
#include "text_source.h"

#include <criterion/criterion.h>

/* "f()" for functions, "v" for variables, with s: static, c: const, x: extern, =: has a value,
 * F: a stream, l: of a function. */
static const char *summary(struct arena *arena, const char *text)
{
    struct scope scope;
    struct strbuf out = {0};
    scope_init(&scope, arena, t_source(arena, text));
    for (size_t i = 0; i < scope.function_count; i++)
        strbuf_printf(&out, "%s() ", code_text(arena, &scope.code, scope.functions[i].name));
    for (size_t i = 0; i < scope.variable_count; i++) {
        const struct scope_variable *variable = &scope.variables[i];
        strbuf_printf(&out, "%s:%s%s%s%s%s%s ", code_text(arena, &scope.code, variable->name),
                      variable->is_static ? "s" : "", variable->is_const ? "c" : "",
                      variable->is_extern ? "x" : "", variable->has_value ? "=" : "",
                      variable->is_stream ? "F" : "", variable->function != SCOPE_FILE ? "l" : "");
    }
    strbuf_add(&out, "");
    const char *told = arena_strdup(arena, out.text);
    strbuf_fini(&out);
    scope_fini(&scope);
    return told;
}

Test(scope, declarations_are_told_apart)
{
    static const char *const rows[][2] = {
        {"int a;", "a: "},
        {"static int a = 3, *b, c[2] = {1, 2};", "a:s= b:s c:s= "},
        {"const int a = 1; const char *b; char *const c; const char *const d[] = {0};",
         "a:c= b: c:c d:c= "},
        {"extern const unsigned long a[];", "a:cx "},
        {"typedef int number; struct s; struct s { int m; }; enum { A, B };", ""},
        {"struct s { int m; } a, *b;", "a: b: "},
        {"static struct { int m; } a = {1};", "a:s= "},
        {"struct __attribute__((packed)) s { int m; } a;", "a: "},
        {"int f(int a); int g(void), h(int); void (*p)(int);", "p: "},
        {"FILE *a; static FILE b, **c;", "a:F b:s c:s "},
        {"int f(int a) { static int n; return a; }", "f() n:sl "},
        {"static inline int f(void) { return 1; } int v;", "f() v: "},
        {"__attribute__((noinline)) struct s *f(struct s *a) __attribute__((pure)) { return a; }",
         "f() "},
        {"extern \"C\" { int f(void) { return 0; } } int v;", "f() v: "},
        {"#if 0\nint a;\n#else\nint b;\n#endif\n", "b: "},
        {"#ifdef X\nint a;\n#else\nint b;\n#endif\nint c;", "a: c: "},
        {"#ifndef G\n#define G 1\nint a;\n#endif\n", "a: "},
        {"DEFINE(x) int f(void) { return 0; }", "f() "},
        {"DEFINE(x); int v;", "v: "},
        {"int v _Alignas(16); _Static_assert(1, \"\");", "v: "},
        {"int unfinished(", ""},
        {"} ) ] int v;", "v: "},
        {"struct s {", ""},
        {"", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(summary(arena, rows[i][0]), rows[i][1], "%s: %s", rows[i][0],
                         summary(arena, rows[i][0]));
    arena_free(arena);
}

/* Whether the last v in the first function is its own, and whether it is written. */
Test(scope, uses_are_told_apart)
{
    static const struct {
        const char *text;
        bool is_local, is_other, is_write;
    } rows[] = {
        {"void f(int v) { v; }", true, false, false},
        {"void f(const char *v) { v; }", true, false, false},
        {"void f(void) { int v = 1; v; }", true, false, false},
        {"void f(void) { unsigned char *v; v; }", true, false, false},
        {"void f(void) { int a = g(1, 2), v; v; }", true, false, false},
        {"void f(void) { for (int i = 0, v = 1; v;) {} }", true, false, false},
        {"void f(int a) { g(a * v); }", false, false, false},
        {"void f(int a) { g(a, v); }", false, false, false},
        {"void f(int a) { return v; }", false, false, false},
        {"void f(struct s *a) { a->v = 1; }", false, true, true},
        {"void f(struct s a) { a.v++; }", false, true, true},
        {"void f(void) { v = 1; }", false, false, true},
        {"void f(void) { v[1].m->n <<= 1; }", false, false, true},
        {"void f(void) { v == 1; }", false, false, false},
        {"void f(void) { v <= 1; }", false, false, false},
        {"void f(void) { ++v; }", false, false, true},
        {"void f(void) { g(&v); }", false, false, true},
        {"void f(int a) { a & v; }", false, false, false},
        {"void f(int a) { a && v; }", false, false, false},
        {"void f(void) { memset(v, 0, 1); }", false, false, true},
        {"void f(void) { g(v, 0, 1); }", false, false, false},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scope scope;
        scope_init(&scope, arena, t_source(arena, rows[i].text));
        cr_assert_eq(scope.function_count, 1, "%s", rows[i].text);
        size_t at = scope.code.count - 1;
        while (!code_is_word(&scope.code, at, "v"))
            at--;
        cr_expect_eq(scope_is_local(&scope, scope.functions, at), rows[i].is_local, "%s",
                     rows[i].text);
        cr_expect_eq(scope_is_other_name(&scope.code, at), rows[i].is_other, "%s", rows[i].text);
        cr_expect_eq(scope_is_write(&scope.code, at), rows[i].is_write, "%s", rows[i].text);
        scope_fini(&scope);
    }
    arena_free(arena);
}
