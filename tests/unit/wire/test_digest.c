/* SPDX-License-Identifier: MIT */
/* SHA-256 against the values that FIPS 180-4's examples give: "abc", and a million times "a" and
   more, so that both libraries are asked. */
#include <criterion/criterion.h>

#include "base/fd.h"
#include "wire/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check(int fd, const char *hex)
{
    uint8_t digest[32];
    char text[65];
    cr_assert(jgi_digest_file(fd, digest));
    for (int i = 0; i < 32; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    cr_assert_str_eq(text, hex);
    (void)close(fd);
}

Test(digest, of_a_small_file)
{
    int fd = jgi_fd_memfd("abc");
    cr_assert_eq(jgi_fd_pwrite_all(fd, "abc", 3, 0), 0);
    check(fd, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

Test(digest, of_an_empty_file)
{
    check(jgi_fd_memfd("empty"),
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Both libraries agree with sha256sum(1). */
Test(digest, of_a_large_file)
{
    char path[] = "/tmp/jobgen-digest-XXXXXX", command[128], hex[65] = "";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    for (uint64_t at = 0; at < (uint64_t)9 << 20; at += sizeof at)
        cr_assert_eq(jgi_fd_pwrite_all(fd, &at, sizeof at, at), 0);
    (void)snprintf(command, sizeof command, "sha256sum %s", path);
    FILE *right = popen(command, "r");
    cr_assert_eq(fscanf(right, "%64s", hex), 1);
    (void)pclose(right);
    (void)unlink(path);
    check(fd, hex);
}
