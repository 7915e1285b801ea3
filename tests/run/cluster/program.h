/* SPDX-License-Identifier: MIT */
/* A program that cluster.py runs with a word and its further words: what the files of it share. */
#ifndef JOBGEN_TESTS_CLUSTER_PROGRAM_H
#define JOBGEN_TESTS_CLUSTER_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "jobs.h"

enum { NODE_ROOM = 32, NODES = 3, GONE_MS = 60000, LIMIT_MAX_MS = 60000 };

enum die { DIE_EXIT, DIE_EXIT_AT_ONCE, DIE_ABORT, DIE_SIGNAL, DIE_OVERFLOW, DIE_FAIL, DIE_COUNT };

/* What `stay` tells. */
struct worker {
    pid_t pid;
    char node[NODE_ROOM];
};

/* Prints what is not so; false is noted. */
__attribute__((format(printf, 2, 3))) bool check(bool is_true, const char *format, ...);
/* The status is this one; with the failure's text where it is not. */
bool check_status(jg_status status, jg_status right, const char *what);

/* 0, 1, 2: "n1", "n2", "n3"; -1: another name. */
int node_index(const char *name);
/* A path for jobs, which have working directories of their own; kept until the end. */
const char *in_folder(const char *name);
/* A FIFO in the working directory, open for reading and writing. */
int make_fifo(const char *name);
/* From the FIFO, in GONE_MS. */
bool read_worker(int fifo_fd, struct worker *ret_worker);
/* That process has ended, in GONE_MS. */
bool is_gone(pid_t pid);
/* In KiB, the most that this process has had in memory. */
long peak_kib(void);
/* Waits for a line on standard input; false: there is none any more. */
bool await_line(void);
/* A line that the driver waits for. */
void tell(const char *line);

/* Each word is a function; its arguments are those behind the word. */
void do_forms(char **words);
void do_maps(char **words);
void do_callbacks(char **words);
void do_waits(char **words);
void do_deaths(char **words);
void do_stops(char **words);
void do_prints(char **words);
void do_unread(char **words);
void do_sizes(char **words);
void do_large(char **words);
void do_overdue(char **words);
void do_spread(char **words);
void do_nested(char **words);
void do_many(char **words);
void do_crowd(char **words);
void do_leave(char **words);
void do_pass(char **words);
void do_behind(char **words);
void do_fan(char **words);
void do_full(char **words);
void do_pass_late(char **words);
void do_one(char **words);
void do_each(char **words);
void do_half(char **words);
void do_nodes(char **words);
void do_fork(char **words);
void do_build(char **words);
void do_threads(char **words);

#endif
