/* SPDX-License-Identifier: MIT */
/* Every case is refused, or warned of, at the lines and columns its last comments name, under the
 * names they name, and in no other way; nothing is written. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct reject_case {
    char file[128];
};

static int case_compare(const void *left, const void *right)
{
    return strcmp(((const struct reject_case *)left)->file,
                  ((const struct reject_case *)right)->file);
}

/* Lines "LINE:COLUMN SEVERITY CHECK" of all `expect` comments; to be freed. */
static char *expected_of(const char *file, bool *ret_has_error)
{
    char *text = NULL, line[256];
    size_t length;
    FILE *source = fopen(file, "r"), *out = open_memstream(&text, &length);
    cr_assert(source && out, "%s", file);
    *ret_has_error = false;
    while (fgets(line, sizeof line, source)) {
        char place[32], severity[16], check[64];
        if (sscanf(line, "/* expect %31s %15s %63s */", place, severity, check) != 3) continue;
        (void)fprintf(out, "%s %s %s\n", place, severity, check);
        *ret_has_error |= strcmp(severity, "error") == 0;
    }
    (void)fclose(source);
    (void)fclose(out);
    return text;
}

/* The same of what jobgen printed; notes and source lines are left out. */
static char *complaints_of(FILE *printed, const char *file)
{
    char *text = NULL, line[1024];
    size_t length, name_length = strlen(file);
    FILE *out = open_memstream(&text, &length);
    cr_assert(out);
    while (fgets(line, sizeof line, printed)) {
        unsigned row, column;
        char severity[16];
        const char *check = strrchr(line, '[');
        if (strncmp(line, file, name_length) != 0 || !check ||
            sscanf(line + name_length, ":%u:%u: %15[a-z]:", &row, &column, severity) != 3 ||
            strcmp(severity, "note") == 0)
            continue;
        (void)fprintf(out, "%u:%u %s %.*s\n", row, column, severity, (int)strcspn(check + 1, "]"),
                      check + 1);
    }
    (void)fclose(out);
    return text;
}

ParameterizedTestParameters(reject, is_told_at_its_place)
{
    static struct reject_case cases[256];
    size_t count = 0;
    DIR *folder = opendir(getenv("CASES"));
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (length < 3 || length >= sizeof cases->file ||
            strcmp(entry->d_name + length - 2, ".c") != 0 || count == 256)
            continue;
        memset(&cases[count], 0, sizeof cases[count]);
        memcpy(cases[count++].file, entry->d_name, length);
    }
    if (folder) (void)closedir(folder);
    qsort(cases, count, sizeof *cases, case_compare);
    return cr_make_param_array(struct reject_case, cases, count);
}

ParameterizedTest(struct reject_case *tested, reject, is_told_at_its_place)
{
    char folder[] = "/tmp/jobgen-reject-XXXXXX", command[512];
    bool has_error;
    cr_assert(mkdtemp(folder) && chdir(getenv("CASES")) == 0);
    char *expected = expected_of(tested->file, &has_error);
    (void)snprintf(command, sizeof command, "LC_ALL=C \"$JOBGEN\" %s -o %s/out %s 2>&1",
                   tested->file, folder, has_error ? "" : "--list");
    FILE *printed = popen(command, "r");
    cr_assert(printed);
    char *found = complaints_of(printed, tested->file);
    int status = pclose(printed);
    cr_expect_str_eq(found, expected, "%s:\n%sinstead of\n%s", tested->file, found, expected);
    cr_expect_eq(WEXITSTATUS(status), has_error ? 1 : 0, "%s", tested->file);
    cr_expect_eq(rmdir(folder), 0, "%s: something was left behind", tested->file);
    free(found);
    free(expected);
}

/* What jobgen prints and returns for a command line within CASES/../pairs; to be freed. */
static char *run(const char *arguments, int *ret_code)
{
    char command[512], *text = NULL, line[512];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    cr_assert(out && chdir(getenv("CASES")) == 0 && chdir("../pairs") == 0);
    (void)snprintf(command, sizeof command, "LC_ALL=C %s 2>&1", arguments);
    FILE *printed = popen(command, "r");
    cr_assert(printed);
    while (fgets(line, sizeof line, printed))
        (void)fputs(line, out);
    *ret_code = WEXITSTATUS(pclose(printed));
    (void)fclose(out);
    return text;
}

static const char *const nothing[] = {NULL};

/* It prints each of the texts and none of the absent ones; both lists end with NULL. */
static void expect_texts(const char *arguments, int expected_code, const char *const texts[],
                         const char *const absent[])
{
    int code;
    char *printed = run(arguments, &code);
    cr_expect_eq(code, expected_code, "%s", arguments);
    for (size_t i = 0; texts[i]; i++)
        cr_expect(strstr(printed, texts[i]), "%s: no '%s' in %s", arguments, texts[i], printed);
    for (size_t i = 0; absent[i]; i++)
        cr_expect_null(strstr(printed, absent[i]), "%s: '%s' in %s", arguments, absent[i], printed);
    free(printed);
}

static void expect_complaint(const char *arguments, int expected_code, const char *expected)
{
    expect_texts(arguments, expected_code, (const char *const[]){expected, NULL}, nothing);
}

Test(reject, sources_that_disagree)
{
    expect_complaint("\"$JOBGEN\" two.c one.c --list", 1, "two.c:6:16: error: ");
    expect_complaint("\"$JOBGEN\" one.c two.c --list", 1, "[record-differs]");
    expect_complaint("\"$JOBGEN\" one.c two.c --list", 1, "two.c:7:4: error: job 'h' is tagged");
    expect_complaint("\"$JOBGEN\" one.c two.c --list", 1, "one.c:6:5: error: job 'f' needs");
}

Test(reject, sources_without_any_tag)
{
    const char *untagged = "\"$JOBGEN\" untagged.c --list";
    expect_complaint(untagged, 0, "untagged.c:3:4: warning: '@jobs' is no directive");
    expect_complaint(untagged, 0, "untagged.c:5:4: warning: this describes a parameter");
}

Test(reject, sources_that_declare_a_job_differently)
{
    expect_complaint("\"$JOBGEN\" three.c one.c --list", 1,
                     "three.c:6:16: error: 'v' of job 'f' is struct s, of which jobs know two");
    const char *both = "\"$JOBGEN\" four.c three.c --list";
    expect_complaint(both, 1, "three.c:8:5: error: job 'more' has another number of parameters");
    expect_complaint(both, 1, "three.c:10:15: error: 'a' of job 'other' is int here, and long in");
    expect_complaint(both, 1, "three.c:12:6: error: the result of job 'result' is long here");
    expect_complaint(both, 1, "four.c:4:5: note: the other declaration is here");
    expect_complaint(both, 1, "3 errors generated");
}

Test(reject, members_that_cannot_be_filled_in)
{
    const char *run = "\"$JOBGEN\" constant-member.c --list";
    expect_complaint(run, 1, "constant-member.h:4:25: error: member 'a' of struct once is const");
    expect_complaint(run, 1, "constant-member.h:5:40: error: member 'b' of fixed is volatile");
    expect_complaint(run, 1, "[constant-member]");
}

/* Uses of generated names outside of functions are looked at with the header that is made. */
Test(reject, uses_of_the_header_are_checked)
{
    expect_complaint("\"$JOBGEN\" scope.c --list", 1, "scope.c:9:30: error: field designator 'b'");
    expect_complaint("\"$JOBGEN\" scope.c --list", 1, "1 error generated");
    expect_complaint("folder=$(mktemp -d); grep -v wrong scope.c >\"$folder/scope.c\";"
                     "\"$JOBGEN\" \"$folder/scope.c\" --list; code=$?;"
                     "rm -r \"$folder\"; exit $code",
                     0, "square (scope.c)");
}

Test(reject, missing_headers_of_libclang_are_told)
{
    expect_complaint("\"$JOBGEN\" broken.c --list -- -nobuiltininc", 1,
                     "libclang's own headers (stddef.h and the like) are not installed");
}

Test(reject, standards_that_libclang_does_not_know)
{
    expect_complaint("\"$JOBGEN\" broken.c --list -- -std=c99999", 1,
                     "-std=c99999 may be unknown to this libclang");
    expect_complaint("\"$JOBGEN\" broken.c --list -- -std=c23", 0, "f (broken.c)");
}

/* Checks that no single source reaches. */
Test(reject, complaints_of_runs_bear_their_names)
{
    static const struct {
        const char *arguments, *check;
        int code;
    } rows[] = {
        {"\"$JOBGEN\" nowhere.c --list", "[file]", 1},
        {"JOBGEN_LIBCLANG=/nowhere \"$JOBGEN\" one.c --list", "[libclang]", 1},
        {"PATH=/nowhere \"$JOBGEN\" one.c -o /tmp/jobgen-never", "[protoc]", 1},
        {"\"$JOBGEN\" one.c -o /tmp/jobgen-never --templates /nowhere", "[template]", 1},
        {"\"$JOBGEN\" broken.c --list -- -nobuiltininc -fipa-pta", "[libclang]", 1},
        {"\"$JOBGEN\" ../cases/clang-type.c --list -- -fipa-pta", "[compiler-flag]", 1},
        {"\"$JOBGEN\" one.c --list -p /nowhere", "[build-dir]", 1},
        {"\"$JOBGEN\" constant.c --list", "constant.h:2:28: error: ", 1},
        {"\"$JOBGEN\" constant.c --list", "[constant-member]", 1},
        {"\"$JOBGEN\" four.c three.c --list", "[type-differs]", 1},
        {"\"$JOBGEN\" cplusplus.cc --list", "cplusplus.cc: error: this is C++", 1},
        {"\"$JOBGEN\" cplusplus.cc --list", "[cplusplus]", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_complaint(rows[i].arguments, rows[i].code, rows[i].check);
    cr_expect_neq(access("/tmp/jobgen-never", F_OK), 0);
}

/* What a complaint proposes. */
Test(reject, cures_are_those_that_help)
{
    static const char *const texts[] = {
        "'header' is const struct header *: its members are written with -> [extent-type]",
        "              header->length\n",
        "'length' is no parameter of job 'member'; did you mean 'header.length'?",
        "'length' is no parameter of job 'sibling'; did you mean 'header->length'?",
        "note: if the job allocates it with malloc, add this word to the line",
        "@out return owned\n",
        "'outer' of job 'inner' leads to struct handle, whose member 'either' is a union",
        "is double **, an array of pointers: not supported; pass one array",
        "   @out dest[*destLen]\n",
        "   @inout destLen\n",
        NULL,
    };
    expect_texts("\"$JOBGEN\" cures.c --list", 1, texts, (const char *const[]){"@out *rows", NULL});
}

/* Names that are written already, and what is likely, come first. */
Test(reject, cures_keep_what_is_written)
{
    static const char *const texts[] = {
        " * @field cells[rows * area.columns]\n   ^",
        "@field data[size] owned\n",
        "@field name owned\n", /* "string" stays behind it */
        "@field cells[rows * area.columns] owned\n",
        "@out return->data[return->size] owned\n",
        "@out return->name string owned\n",
        "@out return->cells[return->rows * return->area.columns] owned\n",
        "@out list->data[list->size] owned\n",
        "@out *made owned\n",
        "for n elements (without [n]: for one) that the job allocates and stores there",
        "write this line in the comment (without [n], if it is one element)",
        "@in names[count] string\n",
        "@inout dest_len\n",
        "@out given_count\n",
        "what is behind it needs its own @in [annotation]",
        "found ','; prose goes on a line of its own [annotation]",
        "used(...); did you mean '@inout v'? [unknown-word]",
        "@job has no option 'memroy'",
        "option 'fanout' takes",
        "-1: no option takes a negative number",
        "expected ',' or ')' [annotation]",
        "expected '=', ',' or ')' behind 'timeout_ms'",
        "option 'isolation' takes",
        "expected the name of an option or ')'",
        "option 'fuel' takes",
        NULL,
    };
    static const char *const absent[] = {"data[n]", "dest_len[n]", NULL};
    const char *const arguments = "\"$JOBGEN\" offers.c --list";
    expect_texts(arguments, 1, texts, absent);
    int code;
    char *text = run(arguments, &code);
    cr_expect_lt(strstr(text, "@out left\n"), strstr(text, "@inout left[n22]\n"));
    cr_expect_lt(strstr(text, "@inout values[n]\n"), strstr(text, "@out values\n"));
    free(text);
}

/* What members point to is said as it has to be written, with the number that the struct has. */
Test(reject, cures_of_members_do_as_they_are_written)
{
    static const char *const texts[] = {
        "@out event->text string owned\n",
        "@field text string owned\n",
        "@out event->text[event->line] owned\n",
        "for count strings write in this comment",
        "@out texts->strings[texts->count] string owned\n",
        "@field strings[count] string owned\n",
        "@out picture->pixels[n] owned\n",
        "job 'draw' is no number of elements; for what is always NULL write [1] [extent-constant]",
        "job 'look' is no number of elements; for what is always NULL write [1] optional "
        "[extent-constant]",
        "members.c:17:14: note: the member is declared here",
        "members.c:40:15: error: an extent has no calls and no sizeof: pass the value as a "
        "parameter [expression]",
        "2s: not a number; K, M and G may follow one, but no unit (times are in ms)",
        "   @in text string\n",
        NULL,
    };
    expect_texts("\"$JOBGEN\" members.c --list", 1, texts, nothing);
}

/* Nobody adds @field to them. */
Test(reject, headers_of_libraries_are_not_to_be_changed)
{
    static const char handle[] = "leads to another of its kind: a library's handle stays in its "
                                 "process; make, use and end it in the job";
    expect_texts("\"$JOBGEN\" library.c --list", 1,
                 (const char *const[]){"@inout entry->p_name string", handle, NULL},
                 (const char *const[]){"@field", NULL});
    expect_complaint("\"$JOBGEN\" folder.c --list -- -I/usr/include/cjson", 1, handle);
}

Test(reject, behind_a_missing_header_no_errors_are_told)
{
    static const char *const texts[] = {"'nowhere/shape.h' file not found [clang]",
                                        "note: jobgen needs the compiler's -I and -D",
                                        "1 error generated", NULL};
    expect_texts("\"$JOBGEN\" missing.c --list", 1, texts, nothing);
}

Test(reject, a_broken_header_is_told_by_clang_alone)
{
    static const char *const texts[] = {"unknown type name 'unknown_t' [clang]",
                                        "1 error generated", NULL};
    expect_texts("\"$JOBGEN\" tagless.c --list", 1, texts, nothing);
}

Test(reject, a_header_without_flags_of_its_own_is_told_so)
{
    expect_complaint("folder=$(mktemp -d); echo '[]' >\"$folder/compile_commands.json\";"
                     "\"$JOBGEN\" helper.h --list -p \"$folder\" 2>&1; code=$?;"
                     "rm -r \"$folder\"; exit $code",
                     1, "has no entry for a header; give a source that has one as well");
}

Test(reject, a_job_is_followed_through_other_sources)
{
    static const char first[] = "job.c:6:12: note: 'reach' calls 'first' here",
                      second[] = "helper.h:6:12: note: 'first' calls 'second' here",
                      use[] = "helper.c:6:16: warning: job 'reach' uses 'shared_count'";
    static const char *const count[] = {"shared_count", NULL};
    expect_texts("\"$JOBGEN\" job.c helper.c --list", 0, (const char *const[]){use, first, NULL},
                 nothing);
    expect_complaint("\"$JOBGEN\" helper.c job.c --list", 0, second);
    expect_complaint("\"$JOBGEN\" job.c helper.c --list --error global-state", 1, "error: job");
    expect_texts("\"$JOBGEN\" job.c helper.c --list --no-warn global-state", 0, nothing, count);
    /* Where nothing is known of second: */
    expect_texts("\"$JOBGEN\" job.c --list", 0, nothing, count);
}

Test(reject, missing_libclang_is_told)
{
    expect_complaint("JOBGEN_LIBCLANG=/nowhere \"$JOBGEN\" one.c --list", 1,
                     "libclang is not installed");
}

Test(reject, missing_sources_are_told)
{
    expect_complaint("\"$JOBGEN\" nowhere.c --list", 1, "nowhere.c: error: ");
}

Test(reject, wrong_usage_is_2)
{
    expect_complaint("\"$JOBGEN\" one.c", 2, "-o DIR");
    expect_complaint("\"$JOBGEN\" one.c -o x --chekc", 2, "unknown option --chekc");
    expect_complaint("\"$JOBGEN\" one.c -o x -k", 2, "unknown option -k");
    expect_complaint("\"$JOBGEN\" one.c --list --check", 2, "--check needs -o DIR");
    expect_complaint("\"$JOBGEN\" one.c -o x -j 0", 2, "-j 0: a number of threads from 1 to 256");
    expect_complaint("\"$JOBGEN\" one.c -o x -j 1x", 2, "-j 1x: a number of threads");
    expect_complaint("\"$JOBGEN\" one.c -o x -j", 2, "-j needs a value");
}

Test(reject, flags_unknown_to_clang_do_no_harm)
{
    expect_complaint("\"$JOBGEN\" one.c --list -- -fipa-pta -fanalyzer -O3 -flto", 0, "f (one.c)");
}
