/* SPDX-License-Identifier: MIT */
/* A jobd of its own for a test, with a runtime directory of its own, and plain sockets to it. Every
   wait has a bound, and what goes wrong ends the test. */
#ifndef JOBGEN_TESTS_CONTROL_DAEMON_H
#define JOBGEN_TESTS_CONTROL_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { T_LONG_MS = 60000, T_LIMIT_S = 180 };

struct t_daemon {
    pid_t pid;
    int pid_fd, errors; /* its end; what it says on stderr */
    unsigned port;
    char first_line[256];
};

/* Makes XDG_RUNTIME_DIR a new directory; and removes it, which must hold nothing but the secret. */
void t_set_up(void);
void t_tear_down(void);

/* Starts "jobd control --bind-socket ADDRESS" with one option more or NULL; waits until it is
   ready. */
struct t_daemon t_control_start(const char *address, const char *option);
/* Sends the signal, waits for the end, gives the exit code, or -1 if it was killed. */
int t_daemon_end(struct t_daemon *daemon, int signal_number);
size_t t_daemon_fds(const struct t_daemon *daemon);

/* Runs jobd with these arguments (the last one NULL); gives the exit code; what it says, cut. */
int t_run(char *const *arguments, char *ret_out, char *ret_errors, size_t size);

/* A connection to an address in numbers; 127.0.0.1. */
int t_connect_to(const char *host, unsigned port);
int t_connect(unsigned port);
void t_send(int fd, const void *bytes, size_t size);
/* Reads until the other side closes, or resets; gives the size; a 0 follows. */
size_t t_read_all(int fd, char *ret_text, size_t size);
/* Sends text and reads the answer, by its length; gives its status, 0: none. */
int t_ask_at(const char *host, unsigned port, const char *request, char *ret_answer, size_t size);
int t_ask(unsigned port, const char *request, char *ret_answer, size_t size);
/* The status of GET `path`. */
int t_get(unsigned port, const char *path);

long t_now_ms(void);

#endif
