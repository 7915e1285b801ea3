/* SPDX-License-Identifier: MIT */
/* Descriptors: always close-on-exec, closed once, and passed along sockets. */
#define _GNU_SOURCE
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FDS_MAX = 8 };

int jgi_fd_close(int fd)
{
    if (fd >= 0) {
        int saved = errno;
        (void)close(fd); /* Linux frees the number whatever close says */
        errno = saved;
    }
    return -1;
}

int jgi_fd_memfd(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool jgi_fd_identify(int fd, struct jgi_file_id *ret_id)
{
    struct stat about;
    if (fstat(fd, &about) != 0) return false;
    *ret_id = (struct jgi_file_id){.device = about.st_dev, .inode = about.st_ino};
    return true;
}

bool jgi_file_id_is(const struct jgi_file_id *id, const struct jgi_file_id *other)
{
    return id->device == other->device && id->inode == other->inode;
}

bool jgi_fd_hold_size(int fd, uint64_t *ret_size)
{
    struct stat about;
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
        int seals = fcntl(fd, F_GET_SEALS);
        if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) return false;
    }
    if (fstat(fd, &about) != 0 || about.st_size < 0) return false;
    *ret_size = (uint64_t)about.st_size;
    return true;
}

ssize_t jgi_fd_send(int socket_fd, const void *bytes, size_t size, const int *fds, size_t fd_count,
                    int flags)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } control;
    struct iovec piece = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (fd_count > FDS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (fd_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(head), fds, sizeof(int) * fd_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket_fd, &message, flags | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

ssize_t jgi_fd_receive(int socket_fd, void *bytes, size_t size, int *fds, size_t fd_max,
                       size_t *ret_fd_count, int flags)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } control;
    struct iovec piece = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    *ret_fd_count = 0;
    ssize_t got;
    do {
        got = recvmsg(socket_fd, &message, flags | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return got;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head != NULL;
         head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof fd);
            if (*ret_fd_count < fd_max)
                fds[(*ret_fd_count)++] = fd;
            else
                (void)jgi_fd_close(fd);
        }
    }
    return got;
}

int jgi_fd_pread_all(int fd, void *bytes, size_t size, uint64_t offset)
{
    char *to = bytes;
    while (size > 0) {
        ssize_t got = pread(fd, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = EIO;
        if (got <= 0) return -1;
        to += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int jgi_fd_pwrite_all(int fd, const void *bytes, size_t size, uint64_t offset)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t put = pwrite(fd, from, size, (off_t)offset);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return -1;
        from += put;
        size -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 0;
}
