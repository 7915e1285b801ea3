/* SPDX-License-Identifier: MIT */
/* Which descriptors are open: none may be left over, and each is what was passed. */
#ifndef TEST_DESCRIPTORS_H
#define TEST_DESCRIPTORS_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <sys/stat.h>

static inline int t_open_count(void)
{
    int count = 0;
    DIR *listing = opendir("/proc/self/fd");
    cr_assert_not_null(listing);
    while (readdir(listing) != NULL)
        count++;
    (void)closedir(listing);
    return count;
}

static inline ino_t t_inode_of(int fd)
{
    struct stat about;
    cr_assert_eq(fstat(fd, &about), 0);
    return about.st_ino;
}

#endif
