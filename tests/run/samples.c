/* SPDX-License-Identifier: MIT */
/* The samples do what they say. Their paths come from the environment: SAMPLE_FORMS and so on. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_ROOM = 64 * 1024 };

struct output {
    char text[OUTPUT_ROOM];
    size_t length;
    int exit_code; /* -1: ended by a signal */
};

/* What a sample prints on stdout when a shell runs "$SAMPLE_NAME" with these arguments. */
static void run(struct output *ret_output, const char *command)
{
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    ret_output->length = fread(ret_output->text, 1, OUTPUT_ROOM - 1, pipe);
    ret_output->text[ret_output->length] = '\0';
    int status = pclose(pipe);
    ret_output->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct output first, second;

static void is_printed(const char *command, const char *expected)
{
    run(&first, command);
    cr_assert_eq(first.exit_code, 0, "%s: exit code %d", command, first.exit_code);
    cr_assert_str_eq(first.text, expected);
}

static void is_same(const char *command, const char *other)
{
    run(&first, command);
    run(&second, other);
    cr_assert_eq(first.exit_code, 0, "%s: exit code %d", command, first.exit_code);
    cr_assert_eq(second.exit_code, 0, "%s: exit code %d", other, second.exit_code);
    cr_assert_gt(first.length, 0);
    cr_assert_str_eq(first.text, second.text);
}

Test(pythagorean, prints_one_line_for_each_triangle)
{
    is_printed("\"$SAMPLE_PYTHAGOREAN\"", "pythagorean(3, 4) = 5.000000\n"
                                          "pythagorean(4, 5) = 6.403124\n"
                                          "pythagorean(5, 6) = 7.810250\n"
                                          "pythagorean(6, 7) = 9.219544\n"
                                          "pythagorean(7, 8) = 10.630146\n"
                                          "pythagorean(8, 9) = 12.041595\n"
                                          "pythagorean(9, 10) = 13.453624\n");
}

Test(pythagorean, names_the_node_of_each)
{
    is_printed("\"$SAMPLE_PYTHAGOREAN\" --where | sort | tail -n 1",
               "pythagorean(9, 10) = 13.453624 on local\n");
}

Test(pythagorean, works_with_one_slot)
{
    is_same("JOBGEN_SLOTS=1 \"$SAMPLE_PYTHAGOREAN\"", "\"$SAMPLE_PYTHAGOREAN\"");
}

Test(forms, shows_every_form)
{
    run(&first, "\"$SAMPLE_FORMS\"");
    cr_assert_eq(first.exit_code, 0);
    static const char *const lines[] = {
        "square(2)                          4\n",    "square_local(3)                    9\n",
        "square_remote(4)                   16\n",   "square_local_async(5), await_get   25\n",
        "square_remote_async(6), await_get  36\n",   "square_remote_async(7), try_get    49\n",
        "8 and 9 by turns, try_get          64\n",   "8 and 9 by turns, try_get          81\n",
        "wait_all, square_try_get           100\n",  "wait_all, square_try_get           121\n",
        "wait_all, divide_try_get           12\n",   "square_remote_fanout               169\n",
        "square_remote_fanout               225\n",  "square_start(&options, 16)         256\n",
        "square_map(&options, ...)          289\n",  "square_map(&options, ...)          324\n",
        "ponder_cancel                      gone\n", "1 cannot be divided by 0",
    };
    const char *at = first.text;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        at = strstr(at, lines[i]);
        cr_assert_not_null(at, "missing, or out of order: %s", lines[i]);
    }
}

Test(mandelbrot, gives_the_file_of_its_plain_run)
{
    char folder[] = "/tmp/jobgen-mandelbrot-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(setenv("FOLDER", folder, 1), 0);
    run(&first, "\"$SAMPLE_MANDELBROT\" \"$FOLDER\"/jobs.png && "
                "\"$SAMPLE_MANDELBROT\" --plain \"$FOLDER\"/plain.png && "
                "cmp \"$FOLDER\"/jobs.png \"$FOLDER\"/plain.png && "
                "head -c 4 \"$FOLDER\"/jobs.png | tail -c 3; rm -r \"$FOLDER\"");
    cr_assert_eq(first.exit_code, 0);
    cr_assert_str_eq(first.text, "PNG");
}

Test(wordcount, prints_what_its_plain_run_prints)
{
    is_same("\"$SAMPLE_WORDCOUNT\" \"$SOURCE_ROOT\"/samples/wordcount/texts/*.txt",
            "\"$SAMPLE_WORDCOUNT\" --plain \"$SOURCE_ROOT\"/samples/wordcount/texts/*.txt");
    cr_assert_not_null(strstr(first.text, " the\n"));
}

Test(wordcount, counts_long_texts_in_parts)
{
    is_same("\"$SAMPLE_WORDCOUNT\" \"$SOURCE_ROOT\"/docs/*.md \"$SOURCE_ROOT\"/README.md",
            "\"$SAMPLE_WORDCOUNT\" --plain \"$SOURCE_ROOT\"/docs/*.md \"$SOURCE_ROOT\"/README.md");
}

Test(wordcount, tells_of_a_file_that_is_not_there)
{
    run(&first, "\"$SAMPLE_WORDCOUNT\" /nowhere.txt 2>&1");
    cr_assert_eq(first.exit_code, 1);
    cr_assert_str_eq(first.text, "wordcount: /nowhere.txt: No such file or directory\n");
}
