/* SPDX-License-Identifier: MIT */
/* The command line by getopt_long; everything wrong ends the program with 2 and one line. */
#include "options.h"

#include "arena.h"
#include "job_option.h"
#include "near_miss.h"
#include "response.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: jobgen [options] FILE.c... -o DIR [-- compiler flags]\n"
    "\n"
    "Reads C sources in which functions are tagged with the comment \"@job\" and writes into DIR\n"
    "what calls them in processes of their own: NAME.h, NAME.c, NAME.proto, NAME.pb-c.h and\n"
    "NAME.pb-c.c.\n"
    "\n"
    "  -o, --output DIR        where to write; made if missing\n"
    "      --name NAME         stem of the files written (default: jobs)\n"
    "  -p, --build-dir DIR     take each file's flags from DIR/compile_commands.json\n"
    "      --depfile FILE      write a Make-style list of every file read\n"
    "      --check             write nothing; show what would change, and exit with 1 if anything\n"
    "                          would\n"
    "      --dump-model [FILE] print the job model as JSON\n"
    "      --list              print the jobs and their options; write nothing\n"
    "      --templates DIR     use these templates instead of the embedded ones\n"
    "      --default KEY=VALUE project-wide default of a job option, as in fuel=10\n"
    "      --warn CHECK        tell a check's complaints as warnings\n"
    "      --no-warn CHECK     leave the warnings of a check out\n"
    "      --error CHECK       make a check's warnings errors\n"
    "      --list-checks       print every check: its name, what it is by default, what it finds\n"
    "      --diagnostics FORMAT\n"
    "                          text (the default), json or sarif; these two go to stdout\n"
    "      --color WHEN        auto (the default), always or never\n"
    "  -j N                    parse with N threads (default: 1)\n"
    "      --version           print the release\n"
    "      --help              print this\n"
    "\n"
    "@FILE stands for the words in FILE.\n"
    "\n"
    "Exit status: 0 done, 1 complaints about the input (nothing is written), 2 wrong usage.\n";

enum { THREADS_MOST = 256 };

enum {
    OPTION_NAME = 256,
    OPTION_DEPFILE,
    OPTION_CHECK,
    OPTION_DUMP,
    OPTION_LIST,
    OPTION_TEMPLATES,
    OPTION_DEFAULT,
    OPTION_WARN,
    OPTION_NO_WARN,
    OPTION_ERROR,
    OPTION_LIST_CHECKS,
    OPTION_DIAGNOSTICS,
    OPTION_COLOR,
    OPTION_VERSION,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"name", required_argument, NULL, OPTION_NAME},
    {"build-dir", required_argument, NULL, 'p'},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"depfile", required_argument, NULL, OPTION_DEPFILE},
    {"dump-model", optional_argument, NULL, OPTION_DUMP},
    {"list", no_argument, NULL, OPTION_LIST},
    {"templates", required_argument, NULL, OPTION_TEMPLATES},
    {"default", required_argument, NULL, OPTION_DEFAULT},
    {"warn", required_argument, NULL, OPTION_WARN},
    {"no-warn", required_argument, NULL, OPTION_NO_WARN},
    {"error", required_argument, NULL, OPTION_ERROR},
    {"list-checks", no_argument, NULL, OPTION_LIST_CHECKS},
    {"diagnostics", required_argument, NULL, OPTION_DIAGNOSTICS},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

__attribute__((format(printf, 1, 2))) static enum options_outcome wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("jobgen: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs("\nTry 'jobgen --help'.\n", stderr);
    va_end(args);
    return OPTIONS_WRONG;
}

/* NAME becomes part of file names and of C names. */
static bool is_name_usable(const char *name)
{
    if (!*name || isdigit((unsigned char)*name)) return false;
    for (; *name; name++)
        if (!(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') &&
            !(*name >= '0' && *name <= '9') && *name != '_' && *name != '-')
            return false;
    return true;
}

static enum options_outcome unknown_default(struct arena *arena, const char *key)
{
    const char *near = near_miss_of_options(arena, key);
    if (near) return wrong("--default %s: no such job option; did you mean %s?", key, near);
    return wrong("--default %s: no such job option", key);
}

static enum options_outcome take_default(struct arena *arena, struct options *options,
                                         const char *text)
{
    const char *equals = strchr(text, '=');
    const char *key = equals ? arena_strndup(arena, text, (size_t)(equals - text)) : text;
    size_t option = job_option_find(key);
    if (option == job_option_count()) return unknown_default(arena, key);
    struct option_value value = {.kind = VALUE_NONE};
    if (equals) value = option_value_parse(arena, equals + 1);
    const char *complaint = job_option_store(arena, &options->defaults, option, &value);
    return complaint ? wrong("--default %s: %s %s", text, key, complaint) : OPTIONS_RUN;
}

static enum options_outcome unknown_check(const char *option, const char *name)
{
    const char *near = near_miss_of_checks(name);
    if (near) return wrong("%s %s: no such check; did you mean %s?", option, name, near);
    return wrong("%s %s: no such check; see --list-checks", option, name);
}

static enum options_outcome take_check(struct options *options, const char *option,
                                       const char *name, enum check_choice choice)
{
    enum check_name check = check_find(name);
    if (check == CHECK_COUNT) return unknown_check(option, name);
    if (!check_choose(&options->checks, check, choice))
        return wrong("%s %s: this is an error, which cannot be turned off or made a warning",
                     option, name);
    return OPTIONS_RUN;
}

/* The place of `word` in a list of `count`, or `count`. */
static size_t word_find(const char *const *words, size_t count, const char *word)
{
    size_t at = 0;
    while (at < count && strcmp(words[at], word) != 0)
        at++;
    return at;
}

static enum options_outcome take_diagnostics(struct options *options, const char *word)
{
    static const char *const formats[] = {"text", "json", "sarif"};
    size_t format = word_find(formats, 3, word);
    if (format == 3) return wrong("--diagnostics %s: text, json or sarif", word);
    options->diagnostics = (enum diagnostics_format)format;
    return OPTIONS_RUN;
}

static enum options_outcome take_color(struct options *options, const char *word)
{
    static const char *const choices[] = {"auto", "always", "never"};
    size_t choice = word_find(choices, 3, word);
    if (choice == 3) return wrong("--color %s: auto, always or never", word);
    options->colour = (enum colour_choice)choice;
    return OPTIONS_RUN;
}

static enum options_outcome list_checks(void)
{
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        const struct check_info *check = check_info((enum check_name)i);
        (void)printf("%-20s %-8s %s\n", check->name,
                     check->severity == SEVERITY_ERROR ? "error" : "warning", check->sentence);
    }
    return OPTIONS_DONE;
}

static enum options_outcome take_threads(struct options *options, const char *text)
{
    char *end;
    errno = 0;
    unsigned long count = strtoul(text, &end, 10);
    if (errno || !isdigit((unsigned char)*text) || *end || !count || count > THREADS_MOST)
        return wrong("-j %s: a number of threads from 1 to %d is needed", text, THREADS_MOST);
    options->thread_count = count;
    return OPTIONS_RUN;
}

static enum options_outcome take_option(struct arena *arena, struct options *options, int option,
                                        char **argv)
{
    switch (option) {
    case 'o':
        if (!*optarg) return wrong("--output needs a directory");
        options->output = optarg;
        return OPTIONS_RUN;
    case OPTION_NAME:
        if (!is_name_usable(optarg))
            return wrong("--name %s: letters, digits, _ and - only, no digit first", optarg);
        options->name = optarg;
        return OPTIONS_RUN;
    case OPTION_DEPFILE:
        options->depfile = optarg;
        return OPTIONS_RUN;
    case OPTION_CHECK:
        options->is_check = true;
        return OPTIONS_RUN;
    case 'p':
        if (!*optarg) return wrong("--build-dir needs a directory");
        options->build_dir = optarg;
        return OPTIONS_RUN;
    case 'j':
        return take_threads(options, optarg);
    case OPTION_DUMP:
        options->wants_dump = true;
        options->dump_file = optarg;
        return OPTIONS_RUN;
    case OPTION_LIST:
        options->wants_list = true;
        return OPTIONS_RUN;
    case OPTION_TEMPLATES:
        options->templates = optarg;
        return OPTIONS_RUN;
    case OPTION_DEFAULT:
        return take_default(arena, options, optarg);
    case OPTION_WARN:
        return take_check(options, "--warn", optarg, CHOICE_WARNING);
    case OPTION_NO_WARN:
        return take_check(options, "--no-warn", optarg, CHOICE_OFF);
    case OPTION_ERROR:
        return take_check(options, "--error", optarg, CHOICE_ERROR);
    case OPTION_LIST_CHECKS:
        return list_checks();
    case OPTION_DIAGNOSTICS:
        return take_diagnostics(options, optarg);
    case OPTION_COLOR:
        return take_color(options, optarg);
    case OPTION_VERSION:
        (void)puts("jobgen " JOBGEN_VERSION);
        return OPTIONS_DONE;
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return OPTIONS_DONE;
    case ':':
        return wrong("%s needs a value", argv[optind - 1]);
    default:
        if (optopt && optopt < 256) return wrong("unknown option -%c", optopt);
        return wrong("unknown option %s", argv[optind - 1]);
    }
}

bool compiler_flags_equal(const struct compiler_flags *left, const struct compiler_flags *right)
{
    if (left->count != right->count) return false;
    for (size_t i = 0; i < left->count; i++)
        if (strcmp(left->words[i], right->words[i]) != 0) return false;
    return true;
}

/* `--dump-model FILE`: a next word that ends in .json, or is no C source, is its file. getopt_long
 * would take only `--dump-model=FILE`. */
static bool is_dump_file(const char *word)
{
    if (!word || word[0] == '-') return word && strcmp(word, "-") == 0;
    size_t length = strlen(word);
    return length < 2 ||
           (strcmp(word + length - 2, ".c") != 0 && strcmp(word + length - 2, ".h") != 0 &&
            strcmp(word + length - 2, ".i") != 0);
}

static size_t flags_find(int argc, char **argv)
{
    int at = 1;
    while (at < argc && strcmp(argv[at], "--") != 0)
        at++;
    return (size_t)at;
}

enum options_outcome options_parse(struct arena *arena, int argc, char **argv,
                                   struct options *ret_options)
{
    struct options options = {.name = "jobs", .thread_count = 1};
    const char *trouble = response_expand(arena, &argc, &argv);
    if (trouble) return wrong("%s", trouble);
    options.words = (const char *const *)argv;
    options.word_count = (size_t)argc;
    job_options_init(&options.defaults);
    size_t words = flags_find(argc, argv);
    if (words < (size_t)argc) {
        options.flags.words = (const char *const *)argv + words + 1;
        options.flags.count = (size_t)argc - words - 1;
    }
    const char **files = arena_alloc(arena, words * sizeof *files);
    opterr = 0;
    optind = 1;
    while ((size_t)optind < words) {
        int option = getopt_long((int)words, argv, "-:o:p:j:", long_options, NULL);
        if (option == -1) break;
        if (option == 1) {
            files[options.file_count++] = optarg;
            continue;
        }
        enum options_outcome outcome = take_option(arena, &options, option, argv);
        if (outcome != OPTIONS_RUN) return outcome;
        if (option == OPTION_DUMP && !optarg && (size_t)optind < words &&
            is_dump_file(argv[optind]))
            options.dump_file = argv[optind++];
    }
    if (options.dump_file && strcmp(options.dump_file, "-") == 0) options.dump_file = NULL;
    options.files = files;
    for (size_t i = 0; i < options.flags.count; i++)
        if (options.flags.words[i][0] == '@') /* it would stand for its words otherwise */
            return wrong("%s cannot be read", options.flags.words[i]);
    if (!options.file_count) return wrong("no source file given");
    if (!options.output && !options.wants_list && !options.wants_dump)
        return wrong("no output directory given (-o DIR)");
    bool fills_stdout =
        options.wants_list || options.is_check || (options.wants_dump && !options.dump_file);
    if (options.diagnostics != DIAGNOSTICS_TEXT && fills_stdout)
        return wrong(
            "--diagnostics json and sarif write to standard output, as --list, --check and "
            "--dump-model without a file do");
    if (options.is_check && !options.output) return wrong("--check needs -o DIR to compare with");
    if (options.wants_list + options.is_check + options.wants_dump > 1)
        return wrong("--list, --check and --dump-model cannot be given together");
    *ret_options = options;
    return OPTIONS_RUN;
}
