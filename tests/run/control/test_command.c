/* SPDX-License-Identifier: MIT */
/* The command lines of jobd: what they print, how they end, and whom they serve. */

#include <criterion/criterion.h>

#include "daemon.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STRANGER = 65534 };

static char out[16384], errors[16384];

TestSuite(command, .init = t_set_up, .fini = t_tear_down, .timeout = T_LIMIT_S);

#define RUN(...) t_run((char *[]){"jobd", __VA_ARGS__, NULL}, out, errors, sizeof out)

/* Nothing on stdout, and one line on stderr that has this in it. */
static void expect_complaint(const char *part)
{
    cr_expect_str_empty(out);
    cr_expect_not_null(strstr(errors, part), "%s", errors);
    cr_expect_eq(strchr(errors, '\n') - errors + 1, (long)strlen(errors), "%s", errors);
}

Test(command, tells_what_it_can_do)
{
    static const char *const parts[] = {"control", "nodes", "--version"};
    cr_expect_eq(RUN("--help"), 0);
    for (size_t i = 0; i < 3; i++)
        cr_expect_not_null(strstr(out, parts[i]), "%s", out);
    cr_expect_eq(RUN("control", "--help"), 0);
    cr_expect_not_null(strstr(out, "--bind-socket HOST:PORT"));
    cr_expect_not_null(strstr(out, "--open-loopback"));
    cr_expect_eq(RUN("nodes", "--help"), 0);
    cr_expect_not_null(strstr(out, "--json"));
    cr_expect_eq(RUN("--version"), 0);
    cr_expect_eq(strncmp(out, "jobd 0.", 7), 0);
}

Test(command, refuses_wrong_usage_with_2)
{
    static const struct {
        char *words[4];
        const char *part;
    } rows[] = {
        {{"frobnicate"}, "unknown command 'frobnicate'"},
        {{"token"}, "'token' is not in this release"},
        {{"--frob"}, "unknown option '--frob'"},
        {{""}, "unknown command ''"},
        {{"control", "--a\033[31m\nb"}, "unknown option '--a?[31m?b'"},
        {{"control", "--frob"}, "unknown option '--frob'"},
        {{"control", "-x"}, "unknown option '-x'"},
        {{"control", "http://localhost/"}, "one argument too many"},
        {{"control", "--bind-socket"}, "--bind-socket needs a value"},
        {{"control", "--bind-socket", "3030"}, "HOST:PORT"},
        {{"control", "--bind-socket=::1:3030"}, "HOST:PORT"},
        {{"control", "--open-loopback=yes"}, "takes no value"},
        {{"control", "--ready-fd", "99"}, "descriptor 99 is not open"},
        {{"control", "--ready-fd", "-1"}, "takes a descriptor's number"},
        {{"control", "--ready-fd", "x"}, "takes a descriptor's number"},
        {{"control", "--", "x"}, "unknown option '--'"},
        {{"nodes", "--json", "localhost:3030"}, "http://HOST:3030/"},
        {{"nodes", "https://localhost/"}, "credentials"},
        {{"nodes", "http://a", "http://b"}, "one argument too many"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *const *words = rows[i].words;
        cr_expect_eq(RUN(words[0], words[1], words[2], words[3]), 2, "%s", rows[i].part);
        expect_complaint(rows[i].part);
    }
    cr_assert_eq(setenv("JOBGEN_CONTROL", "nonsense", 1), 0);
    cr_expect_eq(RUN("nodes"), 2);
    expect_complaint("JOBGEN_CONTROL: 'nonsense'");
}

Test(command, control_tells_where_it_listens_and_ends_by_each_signal)
{
    static const char end[] = " (loopback only: no credentials, see jobd token)";
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        char expected[100];
        struct t_daemon control = t_control_start("127.0.0.1:0", NULL);
        (void)snprintf(expected, sizeof expected, "jobd control: listens on 127.0.0.1:%u%s",
                       control.port, end);
        cr_expect_str_eq(control.first_line, expected);
        cr_expect_eq(t_daemon_end(&control, signals[i]), 0);
    }
}

Test(command, control_that_cannot_listen_says_so_in_one_line)
{
    char address[40];
    struct t_daemon control = t_control_start("127.0.0.1:0", NULL);
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", control.port);
    cr_expect_eq(RUN("control", "--bind-socket", address), 111);
    expect_complaint(address);
    expect_complaint("another program listens there");
    cr_expect_eq(RUN("control", "--bind-socket", "192.0.2.77:0"), 100);
    expect_complaint("192.0.2.77:0");
    expect_complaint("this machine has no such address");
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
}

Test(command, control_without_a_safe_place_for_the_secret_ends_with_100)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/jobgen", getenv("XDG_RUNTIME_DIR"));
    cr_assert_eq(mkdir(path, 0755), 0);
    cr_assert_eq(chmod(path, 0755), 0);
    cr_expect_eq(RUN("control", "--bind-socket", "127.0.0.1:0"), 100);
    expect_complaint("chmod 700");
    cr_expect_eq(RUN("nodes"), 100);
    expect_complaint("chmod 700");
}

Test(command, nodes_prints_a_table_or_json)
{
    char url[60];
    struct t_daemon control = t_control_start("127.0.0.1:0", NULL);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", control.port);
    cr_expect_eq(RUN("nodes", url), 0);
    cr_expect_str_eq(out, "NAME  ADDRESS  SLOTS  BUSY  TAGS\n");
    cr_expect_str_empty(errors);
    cr_assert_eq(setenv("JOBGEN_CONTROL", url, 1), 0);
    cr_expect_eq(RUN("nodes", "--json"), 0);
    cr_expect_eq(out[0], '{');
    cr_expect_not_null(strstr(out, "\"nodes\":\t[]"), "%s", out);
    cr_expect_str_empty(errors);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
}

Test(command, nodes_without_control_says_what_to_start)
{
    long start_ms = t_now_ms();
    cr_expect_eq(RUN("nodes", "http://127.0.0.1:1/"), 111);
    long took_ms = t_now_ms() - start_ms;
    expect_complaint("jobd control --bind-socket");
    cr_expect_geq(took_ms, 4900, "%ld ms", took_ms);
}

/* A name with two addresses, for this process and what it starts. */
static void name_both_addresses(const char *name)
{
    char path[100];
    (void)snprintf(path, sizeof path, "%s/hosts", getenv("XDG_RUNTIME_DIR"));
    FILE *hosts = fopen(path, "we");
    cr_assert_not_null(hosts);
    (void)fprintf(hosts, "127.0.0.1 %s\n::1 %s\n", name, name);
    cr_assert_eq(fclose(hosts), 0);
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(path, "/etc/hosts", NULL, MS_BIND, NULL) != 0) {
        (void)unlink(path);
        cr_skip_test("only root gives names to addresses");
    }
}

Test(command, control_is_found_at_any_address_of_its_name)
{
    static const char *const bound[] = {"127.0.0.1:0", "[::1]:0"};
    char url[60];
    name_both_addresses("control.test");
    for (size_t i = 0; i < 2; i++) {
        struct t_daemon control = t_control_start(bound[i], NULL);
        (void)snprintf(url, sizeof url, "http://control.test:%u/", control.port);
        cr_expect_eq(RUN("nodes", url), 0, "%s: %s", bound[i], errors);
        cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    }
    (void)umount2("/etc/hosts", MNT_DETACH);
    (void)snprintf(url, sizeof url, "%s/hosts", getenv("XDG_RUNTIME_DIR"));
    (void)unlink(url);
}

Test(command, localhost_is_both_loopback_addresses)
{
    static const char *const bound[] = {"127.0.0.1:0", "[::1]:0"};
    char url[60];
    for (size_t i = 0; i < 2; i++) {
        struct t_daemon control = t_control_start(bound[i], NULL);
        (void)snprintf(url, sizeof url, "http://localhost:%u/", control.port);
        cr_expect_eq(RUN("nodes", url), 0, "%s: %s", bound[i], errors);
        cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    }
}

/* Becomes somebody else and runs jobd nodes and two requests; exit code: bits of what is not as
   expected. */
static int be_stranger(unsigned port, bool is_served)
{
    char url[60], answer[4096];
    if (setgroups(0, NULL) != 0 || setresgid(STRANGER, STRANGER, STRANGER) != 0 ||
        setresuid(STRANGER, STRANGER, STRANGER) != 0)
        return 64;
    int wrong = t_get(port, "/healthz") == 200 ? 0 : 1;
    int status =
        t_ask(port, "GET /v1/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n", answer, sizeof answer);
    if (status != (is_served ? 200 : 403)) wrong |= 2;
    if (!is_served && strstr(answer, "same user only") == NULL) wrong |= 4;
    if (t_get(port, "/") != (is_served ? 200 : 403)) wrong |= 8;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    char *arguments[] = {"jobd", "nodes", url, NULL};
    int exit = t_run(arguments, out, errors, sizeof out);
    if (exit != (is_served ? 0 : 100)) wrong |= 16;
    if (!is_served && strstr(errors, "same user only") == NULL) wrong |= 32;
    return wrong;
}

/* The stranger has a runtime directory of its own, as it has in life. */
static int as_stranger(unsigned port, bool is_served)
{
    char directory[] = "/tmp/jobgen-stranger-XXXXXX", path[100];
    int status;
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chown(directory, STRANGER, STRANGER), 0);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        (void)setenv("XDG_RUNTIME_DIR", directory, 1);
        _exit(be_stranger(port, is_served));
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    (void)snprintf(path, sizeof path, "%s/jobgen/secret", directory);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/jobgen", directory);
    (void)rmdir(path);
    cr_expect_eq(rmdir(directory), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The program must be reachable for the other user, which it is not in everybody's home. */
static void need_root(void)
{
    if (geteuid() != 0) cr_skip_test("only root can be somebody else");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s", getenv("JOBD"));
    for (char *slash = strrchr(path, '/'); slash != NULL && slash != path;
         slash = strrchr(path, '/')) {
        struct stat about;
        *slash = '\0';
        if (stat(path, &about) != 0 || (about.st_mode & 1) == 0)
            cr_skip_test("other users cannot reach the program");
    }
}

Test(command, other_users_are_refused)
{
    need_root();
    struct t_daemon control = t_control_start("[::]:0", NULL);
    cr_expect_eq(as_stranger(control.port, false), 0);
    cr_expect_eq(t_get(control.port, "/v1/nodes"), 200);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
}

Test(command, other_users_are_served_with_open_loopback)
{
    need_root();
    struct t_daemon control = t_control_start("[::]:0", "--open-loopback");
    cr_expect_eq(as_stranger(control.port, true), 0);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
}

/* The kernel's own words are in the way of the test's, so they are left out. */
static bool do_quietly(const char *command)
{
    char whole[400];
    (void)snprintf(whole, sizeof whole, "{ %s; } >/dev/null 2>&1", command);
    return system(whole) == 0;
}

/* Another machine: a network namespace behind a pair of virtual cards. */
Test(command, other_machines_are_refused)
{
    char command[300], answer[4096];
    if (geteuid() != 0) cr_skip_test("only root makes network namespaces");
    /* The test has a namespace of its own, so that it touches nothing of the machine's. */
    if (unshare(CLONE_NEWNET) != 0) cr_skip_test("no network namespace can be made");
    int near = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    cr_assert_geq(near, 0);
    if (!do_quietly("ip link set lo up && ip link add near type veth peer name far"))
        cr_skip_test("no pair of virtual cards can be made");
    if (!do_quietly("ip addr add 192.0.2.1/30 dev near && ip link set near up"))
        cr_skip_test("no address can be set");
    struct t_daemon control = t_control_start("[::]:0", NULL);
    cr_expect_eq(t_get(control.port, "/v1/nodes"), 200);

    cr_assert_eq(unshare(CLONE_NEWNET), 0);
    (void)snprintf(command, sizeof command, "nsenter --net=/proc/%d/fd/%d ip link set far netns %d",
                   (int)getpid(), near, (int)getpid());
    cr_assert(do_quietly(command));
    cr_assert(do_quietly("ip link set lo up && ip addr add 192.0.2.2/30 dev far && "
                         "ip link set far up"));
    (void)snprintf(command, sizeof command, "http://192.0.2.1:%u/", control.port);
    cr_expect_eq(RUN("nodes", command), 100);
    expect_complaint("same machine only");
    static const char *const paths[] = {"/", "/v1/nodes", "/healthz", "/v1/link"};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(command, sizeof command, "GET %s HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n",
                       paths[i]);
        cr_expect_eq(t_ask_at("192.0.2.1", control.port, command, answer, sizeof answer), 403);
        cr_expect_not_null(strstr(answer, "same machine only"), "%s", answer);
    }
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    (void)close(near);
}
