/* SPDX-License-Identifier: MIT */
/* jobd: all that runs beside the user's program; one file per command. */
#include "commands.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"control", "where nodes and callers meet", jgi_command_control},
    {"node", "runs jobs for callers", jgi_command_node},
    {"nodes", "lists the nodes", jgi_command_nodes},
};

/* What a later release will have; the daemons name token. */
static const char *const later[] = {"ps",    "logs",   "stop",  "drain",
                                    "stats", "doctor", "token", "replay"};

static int print_help(void)
{
    (void)fputs("Usage: jobd COMMAND [options]\n"
                "\n"
                "The daemons and the operator's commands of jobgen.\n"
                "\n",
                stdout);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        (void)printf("  %-10s%s\n", commands[i].name, commands[i].help);
    (void)fputs(
        "\n"
        "  --version  print the release\n"
        "  --help     print this, or what a command takes: jobd COMMAND --help\n"
        "\n"
        "Exit status: 0 done, 2 wrong usage, 100 permanent failure, 111 temporary failure.\n",
        stdout);
    return fflush(stdout) == 0 ? JGI_EXIT_OK : JGI_EXIT_TEMPORARY;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0) return print_help();
    if (strcmp(name, "--version") == 0)
        return puts("jobd " JOBD_VERSION) != EOF && fflush(stdout) == 0 ? JGI_EXIT_OK
                                                                        : JGI_EXIT_TEMPORARY;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0) return commands[i].run(argc - 2, argv + 2);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(name, later[i]) == 0) {
            (void)fprintf(stderr, "jobd: '%s' is not in this release; see jobd --help\n", name);
            return JGI_EXIT_USAGE;
        }
    if (argc > 1)
        (void)fprintf(stderr, "jobd: unknown %s '%s'; see jobd --help\n",
                      name[0] == '-' ? "option" : "command", name);
    else
        (void)fputs("jobd: a command is missing; see jobd --help\n", stderr);
    return JGI_EXIT_USAGE;
}
