/* SPDX-License-Identifier: MIT */
/* What templates become, and what is refused with its line. */
#include "template.h"

#include "arena.h"
#include "diag_text.h"
#include "strbuf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct template_value *root;

static void set_up(void)
{
    arena = arena_new();
    root = template_object_new(arena);
    template_set_text(arena, root, "name", "square");
    template_set_text(arena, root, "markup", "<&\">");
    template_set_text(arena, root, "empty", "");
    template_set_text(arena, root, "none", NULL);
    template_set_flag(arena, root, "yes", true);
    template_set_flag(arena, root, "no", false);
    struct template_value *object = template_set_object(arena, root, "object");
    template_set_text(arena, object, "name", "inner");
    template_set_text(arena, object, "own", "mine");
    template_set_text(arena, template_set_object(arena, object, "deep"), "name", "deepest");
    struct template_value *words = template_set_list(arena, root, "words");
    template_add_text(arena, words, "one");
    template_add_text(arena, words, "two");
    template_add_text(arena, words, "three");
    (void)template_set_list(arena, root, "nobody");
    struct template_value *jobs = template_set_list(arena, root, "jobs");
    for (int i = 0; i < 2; i++) {
        struct template_value *job = template_add_object(arena, jobs);
        template_set_text(arena, job, "name", i ? "b" : "a");
        struct template_value *params = template_set_list(arena, job, "params");
        for (int p = 0; p <= i; p++)
            template_add_text(arena, params, p ? "y" : "x");
    }
}

static void tear_down(void)
{
    arena_free(arena);
}

TestSuite(template, .init = set_up, .fini = tear_down);

static const struct template_source partials[] = {
    {"part.mustache", "[{{name}}]", 10},
    {"lines.mustache", "{{name}}\n{{^no}}\n|\n{{/no}}\n", 26},
    {"outer.mustache", "<{{> part}}>", 12},
    {"bad.mustache", "fine\n{{unknown}}\n", 17},
    {"again.mustache", "{{> again}}", 11},
};

static const struct template_source *find_partial(void *user, const char *name)
{
    (void)user;
    for (size_t i = 0; i < sizeof partials / sizeof *partials; i++) {
        size_t length = strlen(partials[i].file) - strlen(".mustache");
        if (strlen(name) == length && strncmp(partials[i].file, name, length) == 0)
            return &partials[i];
    }
    return NULL;
}

/* The text that comes out, or what is complained of; to be freed. */
static char *render(const char *text)
{
    const struct template_source source = {"t.mustache", text, strlen(text)};
    const struct template_library library = {find_partial, NULL};
    struct diag_list *diags = diag_new(NULL);
    struct strbuf out = {0};
    strbuf_add(&out, "");
    if (!template_render(&out, &source, root, &library, diags)) {
        strbuf_fini(&out);
        out = (struct strbuf){0};
        size_t size = 0;
        FILE *stream = open_memstream(&out.text, &size);
        diag_print(diags, stream, false);
        (void)fclose(stream);
        char *end = strchr(out.text, '\n');
        if (end) *end = '\0';
    }
    diag_free(diags);
    return out.text ? out.text : strdup("");
}

struct row {
    const char *text, *expected, *reason;
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = render(rows[i].text);
        cr_expect_str_eq(text, rows[i].expected, "%s: %s\ngives %s", rows[i].reason, rows[i].text,
                         text);
        free(text);
    }
}
#define EXPECT(rows) expect_rows(rows, sizeof(rows) / sizeof *(rows))

Test(template, variables)
{
    static const struct row rows[] = {
        {"", "", "nothing"},
        {"plain } text { { {", "plain } text { { {", "no tag"},
        {"a {{name}} b", "a square b", "in its place"},
        {"{{  name\t}}", "square", "blanks within"},
        {"{{name}}{{name}}", "squaresquare", "side by side"},
        {"  {{name}}\n", "  square\n", "alone on a line: the line stays"},
        {"{{markup}} {{{markup}}} {{&markup}}", "<&\"> <&\"> <&\">", "nothing is escaped"},
        {"[{{empty}}{{none}}]", "[]", "empty texts"},
        {"{{object.name}} {{object.deep.name}}", "inner deepest", "dotted"},
    };
    EXPECT(rows);
}

Test(template, sections)
{
    static const struct row rows[] = {
        {"{{#yes}}in{{/yes}}", "in", "true"},
        {"[{{#no}}in{{/no}}]", "[]", "false"},
        {"[{{#empty}}in{{/empty}}{{#none}}in{{/none}}{{#nobody}}in{{/nobody}}]", "[]",
         "empty ones"},
        {"{{#name}}{{.}}{{/name}}", "square", "a text is itself within"},
        {"{{#object}}{{name}} {{own}} {{markup}}{{/object}}", "inner mine <&\">",
         "members first, then what is around"},
        {"{{#object}}{{#deep}}{{name}}{{own}}{{/deep}}{{/object}}", "deepestmine", "nested"},
        {"{{#words}}{{.}},{{/words}}", "one,two,three,", "a list, item by item"},
        {"{{#words}}{{#yes}}{{.}}{{/yes}}{{/words}}", "onetwothree", "a flag hides no item"},
        {"{{#jobs}}{{name}}({{#params}}{{.}}{{/params}}){{/jobs}}", "a(x)b(xy)", "lists in lists"},
        {"{{# yes }}in{{/ yes}}", "in", "blanks within"},
        {"{{#yes}}{{#yes}}in{{/yes}}{{/yes}}", "in", "the same, nested"},
        {"{{#object.deep}}{{name}}{{/object.deep}}", "deepest", "dotted"},
    };
    EXPECT(rows);
}

Test(template, inverted_sections)
{
    static const struct row rows[] = {
        {"[{{^yes}}in{{/yes}}]", "[]", "true"},
        {"{{^no}}in{{/no}}", "in", "false"},
        {"{{^empty}}a{{/empty}}{{^none}}b{{/none}}{{^nobody}}c{{/nobody}}", "abc", "empty ones"},
        {"[{{^words}}in{{/words}}{{^object}}in{{/object}}{{^name}}in{{/name}}]", "[]", "others"},
    };
    EXPECT(rows);
}

Test(template, first_and_last)
{
    static const struct row rows[] = {
        {"{{#words}}{{^-first}}, {{/-first}}{{.}}{{/words}}", "one, two, three", "before"},
        {"{{#words}}{{.}}{{^-last}}, {{/-last}}{{/words}}", "one, two, three", "behind"},
        {"{{#words}}{{#-first}}<{{/-first}}{{.}}{{#-last}}>{{/-last}}{{/words}}", "<onetwothree>",
         "as flags"},
        {"{{#jobs}}{{#params}}{{^-last}}+{{/-last}}{{/params}}{{^-last}};{{/-last}}{{/jobs}}", ";+",
         "of the innermost list"},
    };
    EXPECT(rows);
}

Test(template, tags_alone_on_a_line_take_it_away)
{
    static const struct row rows[] = {
        {"a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n", "sections"},
        {"a\n  {{#yes}}  \nb\n\t{{/yes}}\nc\n", "a\nb\nc\n", "with blanks around"},
        {"a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc\r\n", "a\r\nb\r\nc\r\n", "with CR LF"},
        {"{{#yes}}\nb\n{{/yes}}", "b\n", "first and last line"},
        {"a\n{{^no}}\nb\n{{/no}}\n", "a\nb\n", "inverted ones"},
        {"a\n{{! note }}\nb\n", "a\nb\n", "comments"},
        {"a\n{{! note\n over lines }}\nb\n", "a\nb\n", "comments over lines"},
        {"a {{! note }}\nb\n", "a \nb\n", "not if there is more"},
        {"{{#words}}\n- {{.}}\n{{/words}}\n", "- one\n- two\n- three\n", "each time"},
        {" {{#yes}}x{{/yes}}\n", " x\n", "two tags on a line stay"},
        {"{{#yes}} {{/yes}}\n", " \n", "two tags with a blank between stay"},
        {"a\n\n{{#yes}}\n\nb\n{{/yes}}\n\nc", "a\n\n\nb\n\nc", "empty lines stay"},
    };
    EXPECT(rows);
}

Test(template, comments)
{
    static const struct row rows[] = {
        {"a{{! note }}b", "ab", "inline"},
        {"a{{!{{}}b", "ab", "any text"},
        {"a{{!}}b", "ab", "none"},
    };
    EXPECT(rows);
}

Test(template, delimiters)
{
    static const struct row rows[] = {
        {"{{=<% %>=}}(<%name%>)", "(square)", "changed"},
        {"{{=| |=}}|#yes|{{name}}|/yes|", "{{name}}", "the old ones are text"},
        {"{{= <% %> =}}<%name%><%={{ }}=%>{{name}}", "squaresquare", "and back"},
        {"a\n{{=@ @=}}\nb", "a\nb", "alone on a line"},
        {"{{#yes}}{{=| |=}}|name||/yes|", "square", "within a section"},
        {"{{=| |=}}|> part|", "[square]", "a partial has its own"},
    };
    EXPECT(rows);
}

Test(template, partials)
{
    static const struct row rows[] = {
        {"<{{> part}}>", "<[square]>", "inline"},
        {"{{>part}}", "[square]", "without a blank"},
        {"{{#object}}{{> part}}{{/object}}", "[inner]", "what is in sight there"},
        {"{{#words}}{{> outer}}{{/words}}", "<[square]><[square]><[square]>", "nested"},
        {"a\n{{> lines}}\nb\n", "a\nsquare\n|\nb\n", "alone on a line"},
        {"a\n  {{> lines}}\nb\n", "a\n  square\n  |\nb\n", "each of its lines indented"},
        {"  {{> part}} x\n", "  [square] x\n", "not if there is more"},
    };
    EXPECT(rows);
}

Test(template, complaints_name_the_line)
{
    static const struct row rows[] = {
        {"a\n\n {{nmae}}", "t.mustache:3:2: error: unknown name 'nmae' [template]", "variable"},
        {"{{#nmae}}{{/nmae}}", "t.mustache:1:1: error: unknown name 'nmae' [template]", "section"},
        {"{{^nmae}}{{/nmae}}", "t.mustache:1:1: error: unknown name 'nmae' [template]", "inverted"},
        {"{{object.nmae}}", "t.mustache:1:1: error: unknown name 'object.nmae' [template]",
         "a dotted name is not looked for around"},
        {"{{name.own}}", "t.mustache:1:1: error: unknown name 'name.own' [template]",
         "no member of a text"},
        {"{{-first}}", "t.mustache:1:1: error: unknown name '-first' [template]", "in no list"},
        {"{{yes}}", "t.mustache:1:1: error: this is no text: 'yes' [template]", "a flag"},
        {"\n{{words}}", "t.mustache:2:1: error: this is no text: 'words' [template]", "a list"},
        {"x{{name", "t.mustache:1:2: error: this tag has no end [template]", "tag without end"},
        {"{{}}", "t.mustache:1:1: error: this tag has no name [template]", "no name"},
        {"\n{{#yes}}", "t.mustache:2:1: error: this section has no end: 'yes' [template]",
         "no end"},
        {"{{#no}}{{#yes}}{{/no}}{{/yes}}",
         "t.mustache:1:16: error: this ends no section that is open: 'no' [template]", "crossed"},
        {"{{/yes}}", "t.mustache:1:1: error: this ends no section that is open: 'yes' [template]",
         "no beginning"},
        {"{{=|=}}", "t.mustache:1:1: error: these are no two delimiters: '|' [template]", "one"},
        {"{{> nowhere}}", "t.mustache:1:1: error: there is no partial 'nowhere' [template]",
         "no partial"},
        {"{{> bad}}", "bad.mustache:2:1: error: unknown name 'unknown' [template]", "in a partial"},
        {"{{> again}}",
         "again.mustache:1:1: error: partials are nested too deeply at 'again' [template]",
         "without end"},
    };
    EXPECT(rows);
}
