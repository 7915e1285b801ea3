/* SPDX-License-Identifier: MIT */
/* Which programs a node removes for others, and which never: real files in a directory. */
#include <criterion/criterion.h>

#include "../folder.h"
#include "node/store.h"
#include "wire/message.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600 };

static struct jgi_store store;

static void set_up(void)
{
    t_folder_make();
    store = (struct jgi_store){.path = t_folder, .size_max = 1000};
}

TestSuite(store, .init = set_up, .fini = t_folder_remove);

/* A file of the store, last used so many seconds ago. */
static void make(const char *name, off_t size, time_t ago_s)
{
    struct timespec used = {.tv_sec = time(NULL) - ago_s};
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
    cr_assert_geq(fd, 0);
    cr_assert_eq(ftruncate(fd, size), 0);
    cr_assert_eq(futimens(fd, (struct timespec[]){used, used}), 0);
    (void)close(fd);
}

static char *name_of(uint8_t first)
{
    uint8_t digest[JGI_DIGEST_SIZE] = {first};
    return jgi_store_name(&store, digest);
}

static void make_program(uint8_t first, off_t size, time_t ago_s)
{
    char *name = name_of(first);
    make(name, size, ago_s);
    free(name);
}

static bool is_there(uint8_t first)
{
    char *name = name_of(first);
    bool is_there = access(name, F_OK) == 0;
    free(name);
    return is_there;
}

Test(store, removes_what_was_used_longest_ago)
{
    make_program(1, 300, 30);
    make_program(2, 300, 50);
    make_program(3, 300, 10);
    cr_expect(jgi_store_make_room(&store, 100));
    cr_expect(is_there(1) && is_there(2) && is_there(3), "there was room");
    cr_expect(jgi_store_make_room(&store, 400));
    cr_expect(is_there(1) && !is_there(2) && is_there(3));
    cr_expect(jgi_store_make_room(&store, 1000));
    cr_expect(!is_there(1) && !is_there(3));
}

Test(store, leaves_what_is_in_use)
{
    make_program(1, 300, 30);
    make_program(2, 300, 50);
    char *name = name_of(2);
    int fd = jgi_store_hold(name);
    cr_assert_geq(fd, 0);
    cr_expect_not(jgi_store_make_room(&store, 900));
    cr_expect(!is_there(1) && is_there(2));
    cr_expect(jgi_store_make_room(&store, 700));
    (void)close(fd);
    cr_expect(jgi_store_make_room(&store, 900));
    cr_expect_not(is_there(2));
    errno = 0;
    cr_expect_eq(jgi_store_hold(name), -1);
    cr_expect_eq(errno, ENOENT);
    free(name);
}

Test(store, counts_a_use_as_one)
{
    make_program(1, 300, 30);
    make_program(2, 300, 50);
    char *name = name_of(2);
    int fd = jgi_store_hold(name);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    free(name);
    cr_expect(jgi_store_make_room(&store, 500));
    cr_expect(!is_there(1) && is_there(2));
}

Test(store, removes_nothing_for_what_never_fits)
{
    make_program(1, 300, 30);
    cr_expect_not(jgi_store_make_room(&store, 1001));
    cr_expect(is_there(1));
}

Test(store, removes_parts_that_nobody_goes_on_with)
{
    uint8_t digest[JGI_DIGEST_SIZE] = {7};
    char *fresh = jgi_store_name_part(&store, digest, 5), *old, *written;
    digest[0] = 8;
    old = jgi_store_name_part(&store, digest, 5);
    digest[0] = 9;
    written = jgi_store_name_part(&store, digest, 5);
    make(fresh, 10, DAY_S - 600);
    make(old, 10, DAY_S + 600);
    uint64_t here = 0;
    make(written, 10, DAY_S + 600);
    int fd = jgi_store_hold_part(written, &here);
    cr_assert_geq(fd, 0);
    cr_expect_eq(here, 10);
    cr_expect(jgi_store_make_room(&store, 0));
    cr_expect_eq(access(fresh, F_OK), 0);
    cr_expect_neq(access(old, F_OK), 0);
    cr_expect_eq(access(written, F_OK), 0, "it is being written");
    make_program(1, 900, DAY_S);
    cr_expect(jgi_store_make_room(&store, 90));
    cr_expect_neq(access(fresh, F_OK), 0, "parts go before programs");
    cr_expect(is_there(1));
    (void)close(fd);
    free(fresh);
    free(old);
    free(written);
}

Test(store, gives_a_part_to_one_at_a_time)
{
    uint8_t digest[JGI_DIGEST_SIZE] = {7};
    uint64_t here;
    char *part = jgi_store_name_part(&store, digest, 5);
    int fd = jgi_store_hold_part(part, &here);
    cr_assert_geq(fd, 0);
    cr_expect_eq(jgi_store_hold_part(part, &here), -1);
    cr_expect_eq(errno, EAGAIN);
    (void)close(fd);
    fd = jgi_store_hold_part(part, &here);
    cr_expect_geq(fd, 0);
    (void)close(fd);
    free(part);
}

Test(store, sheds_when_the_disk_is_full_and_touches_nobody_elses_files)
{
    char other[100];
    (void)snprintf(other, sizeof other, "%s/notes", t_folder);
    make(other, 5000, DAY_S * 9);
    make_program(1, 300, 30);
    make_program(2, 300, 50);
    cr_expect(jgi_store_shed(&store, 200));
    cr_expect(is_there(1) && !is_there(2));
    cr_expect(jgi_store_shed(&store, 9000));
    cr_expect_not(is_there(1));
    cr_expect_not(jgi_store_shed(&store, 1), "there is nothing any more");
    cr_expect_eq(access(other, F_OK), 0);
}

Test(store, takes_half_of_a_small_disk)
{
    cr_expect_gt(jgi_store_default("/"), 0);
    cr_expect_leq(jgi_store_default("/"), UINT64_C(10) << 30);
    cr_expect_eq(jgi_store_default("/nowhere"), UINT64_C(10) << 30);
}

Test(store, keeps_the_newest_64_of_what_came_in_part)
{
    enum { PARTS = 100, KEPT = 64 };
    char *names[PARTS];
    unsigned kept = 0;
    for (uint8_t i = 0; i < PARTS; i++) {
        names[i] = jgi_store_name_part(&store, (uint8_t[JGI_DIGEST_SIZE]){i}, 300);
        make(names[i], 1, 100 + i);
    }
    make_program(200, 300, 1000);
    cr_expect(jgi_store_make_room(&store, 0));
    for (unsigned i = 0; i < PARTS; i++) {
        bool is_kept = access(names[i], F_OK) == 0;
        cr_expect(is_kept == (i < KEPT), "%u", i);
        kept += is_kept;
        free(names[i]);
    }
    cr_expect_eq(kept, KEPT);
    cr_expect(is_there(200));
}
