/* SPDX-License-Identifier: MIT */
/* The command lines of jobd's commands, and how they end. */
#ifndef JOBGEN_JOBD_OPTIONS_H
#define JOBGEN_JOBD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "../wire/url.h"

enum jgi_exit {
    JGI_EXIT_OK = 0,
    JGI_EXIT_USAGE = 2,
    JGI_EXIT_PERMANENT = 100,
    JGI_EXIT_TEMPORARY = 111
};

enum { JGI_ARGUMENTS_MAX = 4, JGI_OPTION_LIST_MAX = 64 };

/* Of an option that may stand several times. */
struct jgi_option_list {
    const char *texts[JGI_OPTION_LIST_MAX]; /* borrowed */
    size_t count;
};

/* One option; one of the pointers says where its value goes, which keeps its content if it does not
   stand. */
struct jgi_option {
    const char *name;     /* "bind-socket" */
    const char *argument; /* what it takes, for the help; NULL for a flag */
    const char *help;     /* may have several lines */
    bool *flag;
    const char **text;
    unsigned *number;
    unsigned number_min, number_max;
    int *fd; /* open for writing; becomes close-on-exec */
    struct jgi_option_list *list;
};

struct jgi_command {
    const char *name;
    const char *usage; /* what stands behind the name */
    const char *help;  /* what it does; whole lines */
    const struct jgi_option *options;
    size_t option_count;
    size_t argument_max; /* at most JGI_ARGUMENTS_MAX */
    bool takes_rest;     /* "-- ..." may stand at the end */
};

struct jgi_arguments {
    const char *texts[JGI_ARGUMENTS_MAX]; /* borrowed */
    size_t count;
    char **rest; /* borrowed; what is behind "--", ended by NULL; NULL: there is no "--" */
};

/* Reads what is behind the command's name: "--name value", "--name=value", arguments in between.
   False: the program ends with `ret_exit`; what is wrong, or the help, is printed. */
bool jgi_options_read(const struct jgi_command *command, int argc, char **argv,
                      struct jgi_arguments *ret_arguments, int *ret_exit);

/* Where control is: the argument, or if that is NULL JOBGEN_CONTROL, or if that is not set
   http://localhost:3030/. False: the program ends with `ret_exit`; told. */
bool jgi_options_control(const struct jgi_command *command, const char *argument,
                         struct jgi_url *ret_url, int *ret_exit);

/* The exit code of a daemon that cannot start for this errno: temporary where it may do so later.
 */
int jgi_exit_of(int error);

/* Prints "jobd COMMAND: " and the text as one line on stderr; gives `exit`. */
__attribute__((format(printf, 3, 4))) int jgi_complain(int exit, const char *command,
                                                       const char *format, ...);

#endif
