/* SPDX-License-Identifier: MIT */
/* A jobd of its own for a test, with a runtime directory of its own, and plain sockets to it. */

#include <criterion/criterion.h>

#include "daemon.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char directory[] = "/tmp/jobgen-control-XXXXXX";

void t_set_up(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(setenv("XDG_RUNTIME_DIR", directory, 1), 0);
    (void)unsetenv("JOBGEN_CONTROL");
    (void)signal(SIGPIPE, SIG_IGN);
}

void t_tear_down(void)
{
    char path[100];
    (void)snprintf(path, sizeof path, "%s/jobgen/secret", directory);
    (void)unlink(path); /* not every test needs it */
    (void)snprintf(path, sizeof path, "%s/jobgen", directory);
    (void)rmdir(path);
    cr_expect_eq(rmdir(directory), 0, "something is left in %s", directory);
}

long t_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_ready(int fd, int timeout_ms)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, timeout_ms) == 1;
}

/* With open descriptors 1, 2 and 3; -1: not given. It does not outlive the test. */
static pid_t spawn(char *const *arguments, const int fds[3])
{
    const char *jobd = getenv("JOBD");
    pid_t test = getpid();
    cr_assert_not_null(jobd, "JOBD names the program");
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid != 0) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(open("/dev/null", O_WRONLY), 1);
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0) (void)dup2(fds[i], i + 1);
    if (getppid() == test) (void)execv(jobd, arguments);
    _exit(127);
}

/* Descriptors over 3, so that none is overwritten on its way. */
static void make_pipe(int fds[2])
{
    cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
    for (int i = 0; i < 2; i++) {
        int high = fcntl(fds[i], F_DUPFD_CLOEXEC, 10);
        cr_assert_geq(high, 0);
        (void)close(fds[i]);
        fds[i] = high;
    }
}

static void read_line(int fd, char *ret_line, size_t size)
{
    size_t used = 0;
    while (used + 1 < size) {
        cr_assert(is_ready(fd, T_LONG_MS), "no line comes");
        if (read(fd, ret_line + used, 1) != 1 || ret_line[used] == '\n') break;
        used++;
    }
    ret_line[used] = '\0';
}

struct t_daemon t_control_start(const char *address, const char *option)
{
    char *arguments[] = {"jobd",          "control",       "--ready-fd",   "3",
                         "--bind-socket", (char *)address, (char *)option, NULL};
    int ready[2], errors[2];
    char byte;
    make_pipe(ready);
    make_pipe(errors);
    struct t_daemon daemon = {.errors = errors[0]};
    daemon.pid = spawn(arguments, (int[3]){-1, errors[1], ready[1]});
    daemon.pid_fd = pidfd_open(daemon.pid, 0);
    cr_assert_geq(daemon.pid_fd, 0);
    (void)close(ready[1]);
    (void)close(errors[1]);
    read_line(errors[0], daemon.first_line, sizeof daemon.first_line);
    cr_assert(is_ready(ready[0], T_LONG_MS));
    cr_assert_eq(read(ready[0], &byte, 1), 1, "%s", daemon.first_line);
    cr_expect_eq(byte, '\n');
    cr_expect_eq(read(ready[0], &byte, 1), 0, "it is closed then");
    (void)close(ready[0]);
    const char *end = strstr(daemon.first_line, " (loopback only");
    cr_assert_not_null(end, "%s", daemon.first_line);
    while (end > daemon.first_line && end[-1] != ':')
        end--;
    daemon.port = (unsigned)atoi(end);
    cr_assert_gt(daemon.port, 0);
    return daemon;
}

int t_daemon_end(struct t_daemon *daemon, int signal_number)
{
    int status;
    cr_assert_eq(kill(daemon->pid, signal_number), 0);
    if (!is_ready(daemon->pid_fd, T_LONG_MS)) (void)kill(daemon->pid, SIGKILL);
    cr_assert_eq(waitpid(daemon->pid, &status, 0), daemon->pid);
    (void)close(daemon->pid_fd);
    (void)close(daemon->errors);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

size_t t_daemon_fds(const struct t_daemon *daemon)
{
    char path[40];
    size_t count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)daemon->pid);
    DIR *fds = opendir(path);
    cr_assert_not_null(fds);
    while (readdir(fds) != NULL)
        count++;
    (void)closedir(fds);
    return count;
}

int t_run(char *const *arguments, char *ret_out, char *ret_errors, size_t size)
{
    int out[2], errors[2], status;
    make_pipe(out);
    make_pipe(errors);
    pid_t pid = spawn(arguments, (int[3]){out[1], errors[1], -1});
    (void)close(out[1]);
    (void)close(errors[1]);
    (void)t_read_all(out[0], ret_out, size);
    (void)t_read_all(errors[0], ret_errors, size);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    (void)close(out[0]);
    (void)close(errors[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int t_connect_to(const char *host, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    cr_assert_eq(inet_pton(AF_INET, host, &address.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0, "%s",
                 strerror(errno));
    return fd;
}

int t_connect(unsigned port)
{
    return t_connect_to("127.0.0.1", port);
}

void t_send(int fd, const void *bytes, size_t size)
{
    (void)!send(fd, bytes, size, MSG_NOSIGNAL); /* the other side may have closed already */
}

/* Of an answer that has a body as long as its head says. */
static bool is_whole(const char *answer)
{
    const char *length = strstr(answer, "\r\nContent-Length: "), *end = strstr(answer, "\r\n\r\n");
    return length != NULL && end != NULL && strlen(end + 4) >= (size_t)atoi(length + 18);
}

static size_t read_until(int fd, char *ret_text, size_t size, bool (*is_enough)(const char *text))
{
    size_t used = 0;
    ret_text[0] = '\0';
    while (used + 1 < size && (is_enough == NULL || !is_enough(ret_text))) {
        cr_assert(is_ready(fd, T_LONG_MS), "the other side does not close");
        ssize_t count = read(fd, ret_text + used, size - 1 - used);
        if (count <= 0) break;
        used += (size_t)count;
        ret_text[used] = '\0';
    }
    return used;
}

size_t t_read_all(int fd, char *ret_text, size_t size)
{
    return read_until(fd, ret_text, size, NULL);
}

int t_ask_at(const char *host, unsigned port, const char *request, char *ret_answer, size_t size)
{
    int fd = t_connect_to(host, port), status = 0;
    t_send(fd, request, strlen(request));
    (void)read_until(fd, ret_answer, size, is_whole);
    (void)close(fd);
    (void)sscanf(ret_answer, "HTTP/1.1 %d ", &status);
    return status;
}

int t_ask(unsigned port, const char *request, char *ret_answer, size_t size)
{
    return t_ask_at("127.0.0.1", port, request, ret_answer, size);
}

int t_get(unsigned port, const char *path)
{
    char request[256], answer[4096];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    return t_ask(port, request, answer, sizeof answer);
}
