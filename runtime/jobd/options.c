/* SPDX-License-Identifier: MIT */
/* The command lines of jobd's commands, and how they end. */
#include "options.h"

#include "../base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 28 };

int jgi_complain(int exit, const char *command, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    jgi_text_tame(line); /* peers choose parts of it */
    (void)fprintf(stderr, "jobd %s: %s\n", command, line);
    return exit;
}

static bool end(int *ret_exit, int exit)
{
    *ret_exit = exit;
    return false;
}

static void print_option(const struct jgi_option *option)
{
    int width = printf("  --%s%s%s", option->name, option->argument == NULL ? "" : " ",
                       option->argument == NULL ? "" : option->argument);
    for (const char *line = option->help; *line != '\0';) {
        int size = (int)strcspn(line, "\n");
        if (width > HELP_COLUMN - 2) width = printf("\n") * 0;
        (void)printf("%*s%.*s\n", HELP_COLUMN - width, "", size, line);
        width = 0;
        line += size + (line[size] == '\n');
    }
}

static bool print_help(const struct jgi_command *command, int *ret_exit)
{
    (void)printf("Usage: jobd %s %s\n\n%s\n", command->name, command->usage, command->help);
    for (size_t i = 0; i < command->option_count; i++)
        print_option(&command->options[i]);
    print_option(&(struct jgi_option){.name = "help", .help = "print this"});
    bool is_printed = fflush(stdout) == 0;
    return end(ret_exit, is_printed ? JGI_EXIT_OK : JGI_EXIT_TEMPORARY);
}

__attribute__((format(printf, 3, 4))) static bool usage(const struct jgi_command *command,
                                                        int *ret_exit, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return end(ret_exit, jgi_complain(JGI_EXIT_USAGE, command->name, "%s; see jobd %s --help", line,
                                      command->name));
}

static bool read_number(const char *text, unsigned *ret_number)
{
    char *after;
    errno = 0;
    unsigned long number = strtoul(text, &after, 10);
    if (*text < '0' || *text > '9' || *after != '\0' || errno != 0 || number > 1000000000)
        return false;
    *ret_number = (unsigned)number;
    return true;
}

static bool take_number(const struct jgi_command *command, const struct jgi_option *option,
                        const char *text, int *ret_exit)
{
    unsigned number;
    if (!read_number(text, &number) || number < option->number_min || number > option->number_max)
        return usage(command, ret_exit, "--%s takes a number from %u to %u, not '%s'", option->name,
                     option->number_min, option->number_max, text);
    *option->number = number;
    return true;
}

static bool take_fd(const struct jgi_command *command, const struct jgi_option *option,
                    const char *text, int *ret_exit)
{
    unsigned number;
    if (!read_number(text, &number))
        return usage(command, ret_exit, "--%s takes a descriptor's number, not '%s'", option->name,
                     text);
    int flags = fcntl((int)number, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return usage(command, ret_exit, "--%s: descriptor %u is not open for writing", option->name,
                     number);
    (void)fcntl((int)number, F_SETFD, FD_CLOEXEC); /* it is open: cannot fail */
    *option->fd = (int)number;
    return true;
}

static bool take_value(const struct jgi_command *command, const struct jgi_option *option,
                       const char *text, int *ret_exit)
{
    if (option->text != NULL) {
        *option->text = text;
        return true;
    }
    if (option->number != NULL) return take_number(command, option, text, ret_exit);
    if (option->fd != NULL) return take_fd(command, option, text, ret_exit);
    if (option->list->count == JGI_OPTION_LIST_MAX)
        return usage(command, ret_exit, "--%s stands more than %d times", option->name,
                     JGI_OPTION_LIST_MAX);
    option->list->texts[option->list->count++] = text;
    return true;
}

static const struct jgi_option *find(const struct jgi_command *command, const char *name,
                                     size_t size)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (strncmp(command->options[i].name, name, size) == 0 &&
            command->options[i].name[size] == '\0')
            return &command->options[i];
    return NULL;
}

/* One option at argv[*at], and its value there or in the next place. */
static bool take_option(const struct jgi_command *command, char **argv, int *at, int *ret_exit)
{
    const char *word = argv[*at], *name = word + 2;
    size_t size = strcspn(name, "=");
    const char *value = name[size] == '=' ? name + size + 1 : NULL;
    const struct jgi_option *option = find(command, name, size);
    if (option == NULL) return usage(command, ret_exit, "unknown option '--%.*s'", (int)size, name);
    if (option->flag != NULL) {
        if (value != NULL) return usage(command, ret_exit, "--%s takes no value", option->name);
        *option->flag = true;
        return true;
    }
    if (value == NULL) value = argv[++*at];
    if (value == NULL) return usage(command, ret_exit, "--%s needs a value", option->name);
    return take_value(command, option, value, ret_exit);
}

bool jgi_options_read(const struct jgi_command *command, int argc, char **argv,
                      struct jgi_arguments *ret_arguments, int *ret_exit)
{
    struct jgi_arguments arguments = {0};
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        if (strcmp(word, "--help") == 0) return print_help(command, ret_exit);
        if (strcmp(word, "--") == 0 && command->takes_rest) {
            arguments.rest = argv + at + 1;
            break;
        }
        if (strncmp(word, "--", 2) == 0) {
            if (!take_option(command, argv, &at, ret_exit)) return false;
        } else if (word[0] == '-' && word[1] != '\0') {
            return usage(command, ret_exit, "unknown option '%s'", word);
        } else if (arguments.count == command->argument_max) {
            return usage(command, ret_exit, "one argument too many: '%s'", word);
        } else {
            arguments.texts[arguments.count++] = word;
        }
    }
    *ret_arguments = arguments;
    return true;
}

bool jgi_options_control(const struct jgi_command *command, const char *argument,
                         struct jgi_url *ret_url, int *ret_exit)
{
    char text[512];
    const char *set = getenv("JOBGEN_CONTROL");
    const char *url = argument;
    if (url == NULL) url = set != NULL && set[0] != '\0' ? set : "http://localhost:3030/";
    if (jgi_url_read(url, ret_url, text, sizeof text)) return true;
    return argument != NULL ? usage(command, ret_exit, "%s", text)
                            : usage(command, ret_exit, "JOBGEN_CONTROL: %s", text);
}

int jgi_exit_of(int error)
{
    bool is_temporary = error == EADDRINUSE || error == ENOMEM || error == EMFILE ||
                        error == ENFILE || error == EAGAIN;
    return is_temporary ? JGI_EXIT_TEMPORARY : JGI_EXIT_PERMANENT;
}
