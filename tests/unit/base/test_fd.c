/* SPDX-License-Identifier: MIT */
/* Descriptors are passed in order, close-on-exec, and none is left over. */
#include "base/fd.h"

#include "../descriptors.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static void open_pair(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

Test(fd, close_keeps_errno_and_takes_a_negative_one)
{
    errno = EDOM;
    cr_expect_eq(jgi_fd_close(-1), -1);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    errno = EDOM;
    cr_expect_eq(jgi_fd_close(fd), -1);
    cr_expect_eq(errno, EDOM);
    cr_expect_eq(fcntl(fd, F_GETFD), -1, "it is closed");
    errno = EDOM;
    (void)jgi_fd_close(fd); /* close fails */
    cr_expect_eq(errno, EDOM);
}

Test(fd, a_memfd_is_close_on_exec_and_can_be_sealed)
{
    int fd = jgi_fd_memfd("test");
    cr_assert_geq(fd, 0);
    cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    cr_expect_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    (void)jgi_fd_close(fd);
}

Test(fd, eight_are_passed_in_order_and_close_on_exec, .init = open_pair)
{
    int sent[8], got[8];
    size_t count = 0;
    char byte = 'x';
    for (int i = 0; i < 8; i++)
        sent[i] = jgi_fd_memfd("test");
    cr_assert_eq(jgi_fd_send(pair[0], &byte, 1, sent, 8, 0), 1);
    cr_assert_eq(jgi_fd_receive(pair[1], &byte, 1, got, 8, &count, 0), 1);
    cr_assert_eq(count, 8);
    for (int i = 0; i < 8; i++) {
        cr_expect_eq(t_inode_of(got[i]), t_inode_of(sent[i]), "number %d", i);
        cr_expect_eq(fcntl(got[i], F_GETFD), FD_CLOEXEC);
    }
}

Test(fd, more_than_are_wanted_are_closed, .init = open_pair)
{
    int sent[5], got[2];
    size_t count = 0;
    char byte = 'x';
    for (int i = 0; i < 5; i++)
        sent[i] = jgi_fd_memfd("test");
    cr_assert_eq(jgi_fd_send(pair[0], &byte, 1, sent, 5, 0), 1);
    int before = t_open_count();
    cr_assert_eq(jgi_fd_receive(pair[1], &byte, 1, got, 2, &count, 0), 1);
    cr_expect_eq(count, 2);
    cr_expect_eq(t_inode_of(got[1]), t_inode_of(sent[1]), "the first ones are kept");
    cr_expect_eq(t_open_count(), before + 2);
}

Test(fd, nine_at_once_are_refused, .init = open_pair)
{
    int sent[9] = {0};
    char byte = 'x';
    errno = 0;
    cr_expect_eq(jgi_fd_send(pair[0], &byte, 1, sent, 9, 0), -1);
    cr_expect_eq(errno, EINVAL);
}

Test(fd, sending_to_a_closed_end_is_an_error_and_no_signal, .init = open_pair)
{
    char byte = 'x';
    (void)close(pair[1]);
    cr_expect_eq(jgi_fd_send(pair[0], &byte, 1, NULL, 0, 0), -1);
    cr_expect_eq(errno, EPIPE);
}

Test(fd, reading_ends_with_the_file)
{
    int fd = jgi_fd_memfd("test");
    char got[8] = "";
    cr_assert_eq(jgi_fd_pwrite_all(fd, "abcdef", 6, 4096), 0);
    cr_expect_eq(jgi_fd_pread_all(fd, got, 4, 4098), 0);
    cr_expect_str_eq(got, "cdef");
    errno = 0;
    cr_expect_eq(jgi_fd_pread_all(fd, got, 5, 4098), -1);
    cr_expect_eq(errno, EIO);
    cr_expect_eq(jgi_fd_pread_all(fd, got, 0, 1 << 20), 0, "nothing is always there");
}
