/* SPDX-License-Identifier: MIT */
/* The grammar: what is accepted, what it means, what is refused under which name. */
#include "annotation.h"
#include "arena.h"
#include "comment.h"
#include "diag_text.h"
#include "job_option.h"
#include "text_source.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct arena *arena;
static struct diag_list *diags;

static void setup(void)
{
    arena = arena_new();
    diags = diag_new(NULL);
}

static void teardown(void)
{
    diag_free(diags);
    arena_free(arena);
}

TestSuite(annotation, .init = setup, .fini = teardown);

static const struct annotation *parse(const char *text)
{
    size_t count;
    const struct source *source = t_source(arena, text);
    const struct comment_block *blocks = comment_blocks(arena, source, &count);
    struct job_options defaults;
    job_options_init(&defaults);
    return annotation_parse(arena, source, blocks, count, &defaults, diags);
}

/* The complaints as text; to be freed. */
static char *complaints(void)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    diag_print(diags, stream, false);
    (void)fclose(stream);
    return text;
}

Test(annotation, job_is_found_in_every_kind_of_comment)
{
    static const char *const texts[] = {
        "/* @job */",
        "/** @job */",
        "/*! @job */",
        "// @job",
        "/// @job",
        "/*@job*/",
        "/*\n * Prose.\n * @job\n */",
        "/*\r\n * @job\r\n */",
        "// prose\n// @job",
        "/* @job() */",
        "/* @job(memory=1M,) */",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct annotation *found = parse(texts[i]);
        cr_expect(found->has_job, "%s", texts[i]);
        cr_expect_not(found->is_broken, "%s", texts[i]);
    }
}

Test(annotation, other_words_are_no_tags)
{
    static const char *const texts[] = {"/* @jobs */", "/* see @job */", "/* @brief job */",
                                        "/* job */", "\"/* @job */\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t count;
        const struct source *source = t_source(arena, texts[i]);
        const struct comment_block *blocks = comment_blocks(arena, source, &count);
        for (size_t b = 0; b < count; b++) { /* "@jobs" is almost one */
            struct comment_hint hint = comment_scan(source, blocks[b].begin, blocks[b].end);
            cr_expect_not(comment_is_read(&hint), "%s", texts[i]);
        }
    }
}

Test(annotation, options_are_stored)
{
    const struct annotation *found =
        parse("/* @job(memory = 64M, fuel = 10, isolation = reuse, idempotent,\n"
              " *      timeout_ms = 250, read = \"/data:/models\", fanout = random) */");
    cr_assert_not(found->is_broken);
    cr_expect_eq(found->options.memory_bytes, 64u << 20);
    cr_expect_eq(found->options.fuel, 10);
    cr_expect(found->options.is_reuse);
    cr_expect(found->options.is_idempotent);
    cr_expect_eq(found->options.retries, 3, "idempotent jobs are retried");
    cr_expect_eq(found->options.timeout_ms, 250);
    cr_expect_str_eq(found->options.read, "/data:/models");
    cr_expect_eq(found->options.fanout, MODEL_RANDOM);
}

Test(annotation, directives_carry_place_extents_and_words)
{
    const struct annotation *found = parse("/* @job @in a[n][2 * m] @out *p[*n] owned\n"
                                           " * @inout s->next.m[cap] used(return) string optional\n"
                                           " * @in v size(n * 4)\n"
                                           " */");
    cr_assert_not(found->is_broken);
    cr_assert_eq(found->directive_count, 4);
    cr_expect_eq(found->directives[0].extent_count, 2);
    cr_expect_str_eq(found->directives[0].extents[1]->text, "2 * m");
    cr_expect(found->directives[1].has_star);
    cr_expect(found->directives[1].has_word[WORD_OWNED]);
    cr_expect_str_eq(found->directives[2].place, "s->next.m");
    cr_expect_str_eq(found->directives[2].used->text, "return");
    cr_expect(found->directives[2].has_word[WORD_STRING]);
    cr_expect_str_eq(found->directives[3].size->text, "n * 4");
}

Test(annotation, prose_is_kept_without_the_directives)
{
    const struct annotation *found = parse("/* Adds two numbers.\n"
                                           " * @job(fuel = 3)\n"
                                           " * @param a one of them\n"
                                           " * @in b\n"
                                           " */");
    cr_expect_str_eq(found->comment, "Adds two numbers.\n@param a one of them");
}

Test(annotation, places_are_those_of_the_source)
{
    const struct annotation *found = parse("\n/* Prose.\n *\t@in data[n]\n * @job */");
    cr_expect_eq(found->job_location.line, 4);
    cr_expect_eq(found->job_location.column, 4);
    cr_expect_eq(found->job_location.length, 4);
    cr_expect_eq(found->directives[0].name_location.line, 3);
    cr_expect_eq(found->directives[0].name_location.column, 8);
}

Test(annotation, mistakes_are_told_by_name)
{
    static const struct {
        const char *text, *complaint;
    } rows[] = {
        {"/* @job(memroy = 1M) */", "did you mean 'memory'? [unknown-option]"},
        {"/* @job(fuel = 1, fuel = 2) */", "[option-twice]"},
        {"/* @job(fuel = -1) */", "[option-value]"},
        {"/* @job(fuel = 12q) */", "[option-value]"},
        {"/* @job(isolation = warm) */", "takes fresh or reuse [option-value]"},
        {"/* @job(net = 1) */", "takes yes or no [option-value]"},
        {"/* @job(read = \"data\") */", "[option-value]"},
        {"/* @job(timeout_ms = 0) */", "[option-value]"},
        {"/* @job(memory = 99999999999999G) */", "[option-value]"},
        {"/* @job(memory = ) */", "[annotation]"},
        {"/* @job(memory 3) */", "expected '=', ',' or ')' behind 'memory' [annotation]"},
        {"/* @job(isolation: reuse) */", "expected '=', ',' or ')' behind 'isolation'"},
        {"/* @job(memory = 3 4) */", "expected ',' or ')' [annotation]"},
        {"/* @job(timeout = 5) */", "did you mean 'timeout_ms'? [unknown-option]"},
        {"/* @job(memory = 3 */", "[annotation]"},
        {"/* @job(read = \"/a) */", "closing quote [annotation]"},
        {"/* @job fuel = 3 */", "@job(fuel = 3) [trailing-option]"},
        {"/* @job prose */", "warning: text behind a directive"},
        {"/* @job\n@job */", "[tag-twice]"},
        {"/* @job\n@in */", "[annotation]"},
        {"/* @job\n@in a[ */", "[expression]"},
        {"/* @job\n@in a[n */", "[expression]"},
        {"/* @job\n@in a[n] strnig */", "did you mean 'string'? [unknown-word]"},
        {"/* @job\n@in a[n] the data */", "prose goes on a line of its own [unknown-word]"},
        {"/* @job\n@in a string string */", "[described-twice]"},
        {"/* @job\n@in a used */", "[annotation]"},
        {"/* @job\n@in a string[n] */", "extents come before words"},
        {"/* @job\n@in a, b */", "[annotation]"},
        {"/* @job\n@inuot a */", "did you mean '@inout'? [unknown-directive]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        teardown();
        setup();
        (void)parse(rows[i].text);
        char *text = complaints();
        cr_expect(strstr(text, rows[i].complaint), "%s gave %s", rows[i].text, text);
        free(text);
    }
}

/* How many directives there are, @job counted as one; all are good. */
static size_t directives_of(const char *text)
{
    const struct annotation *found = parse(text);
    cr_expect_not(found->is_broken, "%s", text);
    cr_expect_eq(diag_count(diags), 0, "%s", text);
    return found->has_job + found->directive_count + found->field_count;
}

Test(annotation, words_of_other_tools_are_left_alone)
{
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {
        {"/**\n * twist:\n * @in: where from\n * @out: where to\n * @job: which\n */\n"
         "void twist(const char *in, char *out, int job);",
         0},
        {"/**\n * @in: where from\n *\n * @job\n * @in in[n]\n */\nint f(const int *in, int n);",
         2},
        {"/**\n * @input: where from\n * @job\n */\nint f(int input) { return input; }", 1},
        {"/** @field: a number */\nstruct s { int n; int field; };", 0},
        {"/** @in: x */\n#define TWICE(in) (2 * (in))", 0},
        {"/** @in: x */\n/* more */\nint f(int in);", 0},
        {"/*! @typedef\n @abstract A record.\n @field  id\n @field  data all of it\n */\n"
         "typedef struct s { int id; char *data; } s;",
         0},
        {"/*! @discussion It\n @field n a count\n */\n/* @field p[n] */\nstruct s { int n, *p; };",
         1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(directives_of(rows[i].text), rows[i].count, "%s", rows[i].text);
}

Test(annotation, a_colon_alone_makes_no_word_of_another_tool)
{
    static const char *const texts[] = {
        "/** @in: x */\nint f(int out); int g(int in);",
        "/** @in: x */\nint f(int inner);",
        "/** @in: x */\nstruct s { int n; }; int in;",
        "/** @in: x */\n#define TWICE(inner) (2 * (inner))",
        "/** @in: x */",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        teardown();
        setup();
        (void)parse(texts[i]);
        cr_expect_eq(diag_count(diags), 1, "%s", texts[i]);
    }
}

Test(annotation, a_comment_behind_code_does_not_run_on)
{
    size_t count;
    const struct source *source =
        t_source(arena, "int x; // @in x\n// @job\nint f(int);\n// @job\n\n// @in y\n");
    const struct comment_block *blocks = comment_blocks(arena, source, &count);
    cr_expect_eq(count, 4, "found %zu", count);
    cr_expect_eq(source->text[blocks[1].end], '\n');
}
