/* SPDX-License-Identifier: MIT */
/* jobd: all that runs beside the user's program. So far it tells its version and its commands. */
#include <stdio.h>
#include <string.h>

static const char help[] =
    "Usage: jobd --help | --version\n"
    "\n"
    "jobd will hold the daemons and the operator's commands of jobgen. This release runs jobs on\n"
    "one machine only and needs none of them: a program starts its own workers.\n"
    "\n"
    "Not in this release, and refused:\n"
    "  control                                  the register of nodes\n"
    "  node                                     runs jobs for programs on other machines\n"
    "  nodes, ps, logs, stop, drain, stats,\n"
    "  doctor, token, replay                    for the operator\n"
    "\n"
    "Exit status: 0 done, 2 wrong usage, 100 not in this release.\n";

static const char *const commands[] = {"control", "node",  "nodes",  "ps",    "logs",  "stop",
                                       "drain",   "stats", "doctor", "token", "replay"};

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(help, stdout) == EOF ? 1 : 0;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("jobd " JOBD_VERSION) == EOF ? 1 : 0;
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i]) == 0) {
            (void)fprintf(stderr, "jobd: %s is not in this release\n", argv[1]);
            return 100;
        }
    if (argc > 1) (void)fprintf(stderr, "jobd: unknown command '%s'\n", argv[1]);
    (void)fputs("Try 'jobd --help'.\n", stderr);
    return 2;
}
