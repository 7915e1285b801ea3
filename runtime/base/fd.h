/* SPDX-License-Identifier: MIT */
/* Descriptors: always close-on-exec, closed once, and passed along sockets. */
#ifndef JOBGEN_BASE_FD_H
#define JOBGEN_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Closes (errno kept), gives -1; negative is allowed. */
int jgi_fd_close(int fd);

/* An anonymous file, close-on-exec, sealable; -1 with errno. */
int jgi_fd_memfd(const char *name);

/* sendmsg with descriptors beside the bytes (at most 8; fd_count 0: none). As send(2); EINTR is
 * retried; never SIGPIPE. */
ssize_t jgi_fd_send(int socket_fd, const void *bytes, size_t size, const int *fds, size_t fd_count,
                    int flags);

/* The size of a memfd, which cannot shrink from here on; false: it can. */
bool jgi_fd_hold_size(int fd, uint64_t *ret_size);

/* recvmsg; received descriptors are close-on-exec, more than `fd_max` are closed. As recv(2); EINTR
 * is retried. */
ssize_t jgi_fd_receive(int socket_fd, void *bytes, size_t size, int *fds, size_t fd_max,
                       size_t *ret_fd_count, int flags);

/* Which file it is, for as long as somebody has it open or mapped. */
struct jgi_file_id {
    dev_t device;
    ino_t inode;
};

/* False: no such descriptor. */
bool jgi_fd_identify(int fd, struct jgi_file_id *ret_id);
bool jgi_file_id_is(const struct jgi_file_id *id, const struct jgi_file_id *other);

/* All of it at an offset; 0, or -1 with errno (EIO: the file ends before). */
int jgi_fd_pread_all(int fd, void *bytes, size_t size, uint64_t offset);
int jgi_fd_pwrite_all(int fd, const void *bytes, size_t size, uint64_t offset);

#endif
