/* SPDX-License-Identifier: MIT */
/* Names, numbers and phrases, from models made by hand. */
#include "plan.h"

#include "arena.h"
#include "phrase.h"
#include "plan_names.h"
#include "strbuf.h"
#include "template.h"

#include <jobgen/stub.h>

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void set_up(void)
{
    arena = arena_new();
}

static void tear_down(void)
{
    arena_free(arena);
}

TestSuite(plan, .init = set_up, .fini = tear_down);

static const struct type type_void = {.kind = TYPE_VOID};
static const struct type type_int = {
    .kind = TYPE_INTEGER, .spelling = "int", .bits = 32, .is_signed = true};
static const struct type type_size = {.kind = TYPE_INTEGER, .spelling = "size_t", .bits = 64};
static const struct type type_long_of_32 = {
    .kind = TYPE_INTEGER, .spelling = "long", .bits = 32, .is_signed = true, .is_wide = true};
static const struct type type_complex = {
    .kind = TYPE_COMPLEX, .spelling = "double _Complex", .bits = 128};
static const struct type type_char = {
    .kind = TYPE_INTEGER, .spelling = "char", .bits = 8, .is_signed = true, .is_plain_char = true};
static const struct type type_short = {
    .kind = TYPE_INTEGER, .spelling = "short", .bits = 16, .is_signed = true};
static const struct type type_bool = {.kind = TYPE_BOOL, .spelling = "bool", .bits = 8};
static const struct type type_float = {.kind = TYPE_FLOATING, .spelling = "float", .bits = 32};
static const struct type type_mood = {.kind = TYPE_ENUM, .spelling = "unsigned int", .bits = 32};
static const struct type const_mood = {
    .kind = TYPE_ENUM, .spelling = "unsigned int", .bits = 32, .is_const = true};
static const struct type mood_pointer = {.kind = TYPE_POINTER, .element = &const_mood};
static const struct type size_pointer = {.kind = TYPE_POINTER, .element = &type_size};

static const struct param result_void = {
    .name = "return", .stub_name = "return", .type = &type_void};
static const struct param result_int = {.name = "return", .stub_name = "return", .type = &type_int};

static struct param param_of(const char *name, const struct type *type)
{
    return (struct param){.name = name, .stub_name = name, .type = type};
}

static struct job job_of(const char *name, const struct param *params, size_t count)
{
    return (struct job){.name = name,
                        .file = "file.c",
                        .params = params,
                        .param_count = count,
                        .result = &result_int};
}

/* What a template makes of the plan of that model. */
static const char *render(const struct model *model, const char *text)
{
    struct diag_list *diags = diag_new(NULL);
    const struct template_source source = {"test", text, strlen(text)};
    struct strbuf out = {0};
    strbuf_add(&out, "");
    struct template_value *plan = plan_make(arena, model, diags);
    cr_assert(template_render(&out, &source, plan, NULL, diags));
    const char *copy = arena_strdup(arena, out.text);
    strbuf_fini(&out);
    diag_free(diags);
    return copy;
}

Test(plan, is_made_for_the_abi_of_the_runtime)
{
    cr_expect_eq(PLAN_ABI, JGI_ABI);
}

Test(plan, messages_that_would_fold_get_a_number)
{
    struct job jobs[] = {job_of("foo_bar", NULL, 0), job_of("fooBar", NULL, 0),
                         job_of("foo__bar", NULL, 0), job_of("_foo_bar", NULL, 0)};
    struct model model = {.name = "my-Jobs", .jobs = jobs, .job_count = 4};
    cr_expect_str_eq(render(&model, "{{package}} {{guard}}\n{{#jobs}}{{#args_message}}"
                                    "{{message}} {{type}} {{prefix}} {{macro}}\n"
                                    "{{/args_message}}{{/jobs}}"),
                     "my_jobs MY_JOBS_H\n"
                     "foo_bar_args MyJobs__FooBarArgs my_jobs__foo_bar_args MY_JOBS__FOO_BAR_ARGS\n"
                     "foobar_args MyJobs__FoobarArgs my_jobs__foobar_args MY_JOBS__FOOBAR_ARGS\n"
                     "foo__bar_args_2 MyJobs__FooBarArgs2 my_jobs__foo__bar_args_2 "
                     "MY_JOBS__FOO__BAR_ARGS_2\n"
                     "_foo_bar_args_3 MyJobs__FooBarArgs3 my_jobs___foo_bar_args_3 "
                     "MY_JOBS___FOO_BAR_ARGS_3\n");
}

Test(plan, statics_give_way_to_jobs_and_parameters)
{
    struct param params[] = {param_of("a_type", &type_int)};
    struct job jobs[] = {job_of("a", params, 1), job_of("a_run", NULL, 0)};
    struct model model = {.name = "jobs", .jobs = jobs, .job_count = 2};
    cr_expect_str_eq(
        render(&model, "{{#jobs}}{{encode_name}} {{run_name}} {{type_name}}\n{{/jobs}}"),
        "a_encode a_run_ a_type_\na_run_encode a_run_run a_run_type\n");
}

Test(plan, the_hash_tells_interfaces_apart)
{
    struct param a[] = {param_of("a", &type_int)}, b[] = {param_of("b", &type_int)},
                 c[] = {param_of("a", &type_size)};
    struct job jobs[] = {job_of("f", a, 1), job_of("f", b, 1), job_of("f", c, 1), job_of("g", a, 1),
                         job_of("f", a, 1)};
    struct model model = {.name = "jobs", .jobs = jobs, .job_count = 5};
    char hashes[5][17] = {{0}};
    jobs[4].result = &result_void;
    const char *text = render(&model, "{{#jobs}}{{hash}}{{/jobs}}");
    for (int i = 0; i < 5; i++)
        memcpy(hashes[i], text + 16 * (size_t)i, 16);
    cr_expect_str_eq(hashes[0], hashes[1], "names of parameters do not travel");
    for (int i = 2; i < 5; i++)
        cr_expect_str_neq(hashes[0], hashes[i]);
}

Test(plan, comments_cannot_end_early)
{
    struct job jobs[] = {job_of("f", NULL, 0)};
    struct model model = {.name = "jobs", .jobs = jobs, .job_count = 1};
    jobs[0].comment = "a */ b\n/* c **/ //*";
    cr_expect_str_eq(render(&model, "{{#jobs}}{{#comment}}{{.}}|{{/comment}}{{/jobs}}"),
                     "file.c: f. a * / b / * c ** / // *|");
}

Test(plan, sources_are_named_but_not_endlessly)
{
    struct job jobs[] = {job_of("a", NULL, 0), job_of("b", NULL, 0), job_of("c", NULL, 0),
                         job_of("d", NULL, 0), job_of("e", NULL, 0), job_of("f", NULL, 0)};
    struct model model = {.name = "jobs", .jobs = jobs, .job_count = 2};
    cr_expect_str_eq(render(&model, "{{sources}}"), "file.c");
    jobs[1].file = "two.c";
    cr_expect_str_eq(render(&model, "{{sources}}"), "file.c, two.c");
    jobs[2].file = "3.c", jobs[3].file = "4.c", jobs[4].file = jobs[5].file = "5.c";
    model.job_count = 6;
    cr_expect_str_eq(render(&model, "{{sources}}"), "file.c, two.c, 3.c and 2 more");
}

/* ---- phrases ---- */

Test(plan, scalars_have_their_wire_types)
{
    static const struct {
        const struct type *type;
        const char *scalar, *array, *kind, *get;
    } rows[] = {
        {&type_int, "sint32", "sfixed32", "JGI_PLAIN", "x"},
        {&type_size, "uint64", "fixed64", "JGI_PLAIN", "x"},
        {&type_char, "sint32", "bytes", "JGI_PLAIN", "jgi_char(in, x)"},
        {&type_short, "sint32", "sint32", "JGI_INT16", "jgi_int16(in, x)"},
        {&type_bool, "bool", "bytes", "JGI_BOOL", "x != 0"},
        {&type_float, "float", "float", "JGI_PLAIN", "x"},
        {&type_mood, "uint32", "fixed32", "JGI_PLAIN", "x"},
        {&type_long_of_32, "sint64", "sfixed64", "JGI_INT32", "jgi_int32(in, x)"},
        {&type_complex, "complex_double", "double", "JGI_COMPLEX", "x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(phrase_wire_scalar(rows[i].type), rows[i].scalar);
        cr_expect_str_eq(phrase_wire_array(rows[i].type), rows[i].array);
        cr_expect_str_eq(phrase_element_kind(rows[i].type), rows[i].kind);
        cr_expect_str_eq(phrase_get(arena, rows[i].type, "x"), rows[i].get);
    }
}

Test(plan, pointers_to_enums_are_void_in_cpp)
{
    struct param params[] = {param_of("from", &mood_pointer)};
    struct job job = job_of("pick", params, 1);
    cr_expect_str_eq(phrase_param(arena, &job, params, PHRASE_STUB), "const unsigned int *from");
    cr_expect_str_eq(phrase_param(arena, &job, params, PHRASE_CPP), "const void *from");
    cr_expect_str_eq(phrase_result(arena, &type_mood, "*ret_value", PHRASE_STUB),
                     "unsigned int *ret_value");
    cr_expect_str_eq(phrase_result(arena, &type_mood, "*ret_value", PHRASE_CPP), "void *ret_value");
    cr_expect_str_eq(phrase_result(arena, &type_mood, "value", PHRASE_CPP), "unsigned int value");
    cr_expect_str_eq(phrase_result(arena, &mood_pointer, "*ret_value", PHRASE_CPP),
                     "const void **ret_value");
}

static struct expr *integer(uint64_t value)
{
    struct expr *expr = arena_alloc(arena, sizeof *expr);
    *expr = (struct expr){.kind = EXPR_INTEGER, .integer = value, .is_constant = true, .text = "1"};
    return expr;
}

static struct expr *leaf(enum expr_kind kind, const struct type *type)
{
    struct expr *expr = arena_alloc(arena, sizeof *expr);
    *expr = (struct expr){.kind = kind, .type = type, .text = "n"};
    return expr;
}

static struct expr *binary(char op, const struct expr *left, const struct expr *right)
{
    struct expr *expr = arena_alloc(arena, sizeof *expr);
    *expr = (struct expr){.kind = EXPR_BINARY,
                          .op = op,
                          .left = left,
                          .right = right,
                          .is_constant = left->is_constant && right->is_constant,
                          .text = "n"};
    return expr;
}

static const char *read_n(void *user, const struct expr *expr)
{
    (void)user;
    return expr->type->is_signed ? "n" : "jgi_unsigned(n)";
}

Test(plan, extents_are_written_as_calls_that_check)
{
    const struct phrase_reader reader = {read_n, NULL};
    const struct expr *n = leaf(EXPR_PARAM, &type_int), *size = leaf(EXPR_PARAM, &type_size);
    cr_expect_str_eq(phrase_extent(arena, n, &reader), "n");
    cr_expect_str_eq(phrase_extent(arena, binary('*', integer(2), size), &reader),
                     "jgi_multiply(2, jgi_unsigned(n))");
    cr_expect_str_eq(
        phrase_extent(arena, binary('-', binary('/', n, n), binary('%', n, n)), &reader),
        "jgi_subtract(jgi_divide(n, n), jgi_remainder(n, n))");
    cr_expect_str_eq(phrase_extent(arena, binary('+', integer(2), integer(3)), &reader), "5");
    cr_expect_str_eq(phrase_extent(arena, binary('*', integer(INT64_MAX), integer(3)), &reader),
                     "jgi_multiply(9223372036854775807, 3)");
    cr_expect_str_eq(phrase_extent(arena, integer(UINT64_MAX), &reader),
                     "jgi_unsigned(UINT64_C(18446744073709551615))");
}

Test(plan, bounds_are_written_as_in_the_source)
{
    struct param params[] = {param_of("n_", &type_int)};
    struct job job = job_of("f", params, 1);
    const struct expr *n = leaf(EXPR_PARAM, &type_int);
    cr_expect_str_eq(phrase_bound(arena, &job, binary('+', binary('*', n, integer(2)), integer(1))),
                     "n_ * 2 + 1");
    cr_expect_str_eq(phrase_bound(arena, &job, binary('*', binary('+', n, integer(1)), n)),
                     "(n_ + 1) * n_");
    cr_expect_str_eq(phrase_bound(arena, &job, binary('-', n, binary('-', n, integer(1)))),
                     "n_ - (n_ - 1)");
    cr_expect_str_eq(phrase_bound(arena, &job, binary('*', integer(2), integer(4))), "8");
}

/* ---- what cannot be generated ---- */

static bool is_refused(const struct model *model)
{
    struct diag_list *diags = diag_new(NULL);
    (void)plan_make(arena, model, diags);
    bool has_errors = diag_has_errors(diags);
    diag_free(diags);
    return has_errors;
}

Test(plan, extents_that_wait_for_each_other_are_refused)
{
    struct expr *a = leaf(EXPR_DEREF, &type_size), *b = leaf(EXPR_DEREF, &type_size);
    a->param = 0, b->param = 1;
    const struct expr *of_a[] = {b}, *of_b[] = {a};
    struct param params[] = {param_of("a", &size_pointer), param_of("b", &size_pointer)};
    params[0].extents = of_a, params[1].extents = of_b;
    params[0].extent_count = params[1].extent_count = 1;
    struct job jobs[] = {job_of("f", params, 2)};
    struct model model = {.name = "jobs", .jobs = jobs, .job_count = 1};
    cr_expect(is_refused(&model));
    of_b[0] = integer(5);
    cr_expect_not(is_refused(&model));
}
