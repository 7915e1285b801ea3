/* SPDX-License-Identifier: MIT */
/* Which memfd is used again, and when. */
#include "wire/bulk.h"
#include "wire/bulk_copy.h"
#include "wire/payload.h"
#include "wire/sheet.h"
#include "wire/view.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A descriptor that is said to be of another file system, where its file has this inode. */
static struct {
    int fd;
    ino_t inode;
} elsewhere = {.fd = -1};

int __real_fstat64(int fd, struct stat *ret_about);
int __wrap_fstat64(int fd, struct stat *ret_about);

int __wrap_fstat64(int fd, struct stat *ret_about)
{
    int failed = __real_fstat64(fd, ret_about);
    if (failed == 0 && fd == elsewhere.fd) {
        ret_about->st_dev++;
        ret_about->st_ino = elsewhere.inode;
    }
    return failed;
}

static ino_t inode_of(int fd)
{
    struct stat about;
    cr_assert_eq(fstat(fd, &about), 0);
    return about.st_ino;
}

/* A payload whose memfd was taken, written and handed over. */
static struct jgi_payload payload_new(char content)
{
    struct jgi_payload payload = JGI_PAYLOAD_INIT;
    struct jgi_bulk *bulk = jgi_bulk_take(&payload.bulk_fd);
    cr_assert_not_null(bulk);
    cr_assert(jgi_bulk_grow(bulk, 3 * JGI_BULK_PAGE));
    memset(bulk->map + JGI_BULK_PAGE, content, 2 * JGI_BULK_PAGE);
    jgi_bulk_put_back(bulk, true, true);
    return payload;
}

Test(bulk, is_used_again_when_it_was_read_and_closed)
{
    struct jgi_payload payload = payload_new('a');
    ino_t first = inode_of(payload.bulk_fd);
    jgi_bulk_release(payload.bulk_fd);
    jgi_payload_fini(&payload);
    payload = payload_new('b');
    cr_expect_eq(inode_of(payload.bulk_fd), first);
    jgi_payload_fini(&payload);
}

Test(bulk, is_not_used_again_before_it_was_read)
{
    struct jgi_payload one = payload_new('a');
    ino_t first = inode_of(one.bulk_fd);
    int other_side = dup(one.bulk_fd);
    jgi_payload_fini(&one);
    struct jgi_payload two = payload_new('b');
    cr_expect_neq(inode_of(two.bulk_fd), first);
    char content = 0;
    cr_expect_eq(pread(other_side, &content, 1, JGI_BULK_PAGE), 1);
    cr_expect_eq(content, 'a');
    jgi_bulk_release(other_side);
    (void)close(other_side);
    struct jgi_payload three = payload_new('c');
    cr_expect_eq(inode_of(three.bulk_fd), first);
    jgi_payload_fini(&two);
    jgi_payload_fini(&three);
}

Test(bulk, is_not_used_again_before_its_payload_is_closed)
{
    struct jgi_payload one = payload_new('a');
    jgi_bulk_release(one.bulk_fd);
    struct jgi_payload two = payload_new('b');
    cr_expect_neq(inode_of(two.bulk_fd), inode_of(one.bulk_fd));
    jgi_payload_fini(&one);
    jgi_payload_fini(&two);
}

Test(bulk, there_are_few_and_lost_ones_make_room)
{
    struct jgi_payload one = payload_new('a'), two = payload_new('b');
    int fd = -1;
    cr_expect_null(jgi_bulk_take(&fd), "both are on their way");
    int other_side = dup(one.bulk_fd);
    jgi_payload_fini(&one); /* and nobody ever releases it */
    struct jgi_payload three = payload_new('c');
    cr_expect_neq(inode_of(three.bulk_fd), inode_of(other_side));
    char content = 0;
    cr_expect_eq(pread(other_side, &content, 1, JGI_BULK_PAGE), 1);
    cr_expect_eq(content, 'a', "who has it keeps it");
    (void)close(other_side);
    jgi_payload_fini(&two);
    jgi_payload_fini(&three);
}

Test(bulk, a_child_has_its_own)
{
    struct jgi_payload payload = payload_new('a');
    ino_t first = inode_of(payload.bulk_fd);
    jgi_bulk_release(payload.bulk_fd);
    jgi_payload_fini(&payload);
    pid_t pid = fork();
    if (pid == 0) {
        struct jgi_payload own = payload_new('b');
        _exit(inode_of(own.bulk_fd) == first);
    }
    int status = 0;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    payload = payload_new('c');
    cr_expect_eq(inode_of(payload.bulk_fd), first);
    jgi_payload_fini(&payload);
}

Test(bulk, what_was_sealed_or_grew_is_used_all_the_same)
{
    struct jgi_payload payload = payload_new('a');
    cr_assert_eq(fcntl(payload.bulk_fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    jgi_bulk_release(payload.bulk_fd);
    jgi_payload_fini(&payload);
    struct jgi_bulk *bulk = jgi_bulk_take(&payload.bulk_fd);
    cr_assert_not_null(bulk);
    cr_expect(jgi_bulk_grow(bulk, 1 << 20));
    bulk->map[(1 << 20) - 1] = 'x';
    cr_expect_not(jgi_bulk_grow(bulk, bulk->window + 1), "the window is its limit");
    jgi_bulk_put_back(bulk, false, false);
    jgi_payload_fini(&payload);
}

Test(bulk, copies_are_the_same_however_large_and_aligned)
{
    static const size_t sizes[] = {
        0, 1, 4096, ((size_t)16 << 20) - 1, (size_t)16 << 20, ((size_t)16 << 20) + 127};
    enum { AROUND = 64, MOST = (16 << 20) + 127 + 2 * AROUND };
    uint8_t *from = malloc(MOST), *to = malloc(MOST);
    cr_assert(from != NULL && to != NULL);
    for (size_t i = 0; i < MOST; i++)
        from[i] = (uint8_t)(i * 31 >> 3 | 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size = sizes[i], from_at = i, to_at = AROUND - 7 * i;
        memset(to, 0, MOST);
        jgi_bulk_copy(to + to_at, from + from_at, size);
        cr_expect_eq(memcmp(to + to_at, from + from_at, size), 0, "%zu bytes", size);
        cr_expect(to[to_at - 1] == 0 && to[to_at + size] == 0, "%zu bytes and no more", size);
    }
    free(from);
    free(to);
}

/* ---- views ---- */

Test(view, shows_what_is_in_the_file_however_often_it_comes)
{
    enum { SIZE = 1 << 20 };
    int fd = memfd_create("view", 0);
    cr_assert_eq(ftruncate(fd, SIZE), 0);
    for (char c = 'a'; c < 'f'; c++) {
        cr_assert_eq(pwrite(fd, &c, 1, SIZE - 1), 1);
        int received = dup(fd);
        struct jgi_view view = jgi_view_open(received, SIZE);
        cr_assert_not_null(view.map);
        cr_expect_eq(view.map[SIZE - 1], (uint8_t)c);
        jgi_view_close(&view);
        (void)close(received);
    }
    char c = 'z';
    cr_assert_eq(ftruncate(fd, 2 * SIZE), 0);
    cr_assert_eq(pwrite(fd, &c, 1, 2 * SIZE - 1), 1);
    struct jgi_view view = jgi_view_open(fd, 2 * SIZE), same = jgi_view_open(fd, 2 * SIZE);
    cr_expect_eq(view.map[2 * SIZE - 1], 'z');
    cr_expect_eq(same.map[2 * SIZE - 1], 'z', "also while it is open");
    jgi_view_close(&same);
    jgi_view_close(&view);
    (void)close(fd);
}

Test(view, private_ones_keep_what_is_written_to_themselves)
{
    enum { SIZE = 1 << 20, ROUNDS = 8 };
    int fd = memfd_create("view", 0);
    const uint8_t *last = NULL;
    unsigned kept_count = 0;
    cr_assert_eq(ftruncate(fd, SIZE), 0);
    for (int round = 0; round < ROUNDS; round++) {
        char c = (char)('a' + round), found;
        cr_assert_eq(pwrite(fd, &c, 1, SIZE - 1), 1);
        struct jgi_view view = jgi_view_open_private(fd, SIZE);
        struct jgi_view shared = jgi_view_open(fd, SIZE);
        cr_assert_not_null(view.map);
        cr_expect_eq(view.map[SIZE - 1], (uint8_t)c, "what the file has in round %d", round);
        if (view.map == last) kept_count++;
        last = view.map;
        if (round >= ROUNDS / 2) view.map[SIZE - 1] = 'x';
        cr_expect_eq(shared.map[SIZE - 1], (uint8_t)c);
        cr_expect_eq(pread(fd, &found, 1, SIZE - 1), 1);
        cr_expect_eq(found, c);
        jgi_view_close(&shared);
        jgi_view_close(&view);
    }
    cr_expect_geq(kept_count, 2, "it stays mapped while nobody writes to it");
    (void)close(fd);
}

Test(view, tells_files_apart)
{
    int fds[5];
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 5; i++) {
            char c = (char)('a' + i);
            if (round == 0) {
                fds[i] = memfd_create("view", 0);
                cr_assert_eq(pwrite(fds[i], &c, 1, 0), 1);
            }
            struct jgi_view view = jgi_view_open(fds[i], 1);
            cr_expect_eq(view.map[0], (uint8_t)c);
            jgi_view_close(&view);
        }
    struct jgi_view none = jgi_view_open(-1, 1);
    cr_expect_null(none.map);
    jgi_view_close(&none);
}

/* ---- file systems ---- */

/* Each counts its inodes for itself: those of memfds with huge pages and of others meet. */
Test(files, of_another_file_system_are_others)
{
    struct jgi_payload payload = payload_new('a');
    int other = memfd_create("other", MFD_ALLOW_SEALING);
    cr_assert_eq(ftruncate(other, 3 * JGI_BULK_PAGE), 0);
    cr_assert_eq(pwrite(other, "other", 5, JGI_BULK_PAGE), 5);
    for (int i = 0; i < 3; i++) {
        struct jgi_view view = jgi_view_open(payload.bulk_fd, 2 * JGI_BULK_PAGE); /* it is kept */
        cr_expect_eq(view.map[JGI_BULK_PAGE], 'a');
        jgi_view_close(&view);
    }
    elsewhere.fd = other;
    elsewhere.inode = inode_of(payload.bulk_fd);
    struct jgi_view view = jgi_view_open(other, 2 * JGI_BULK_PAGE);
    cr_expect_eq(view.map[JGI_BULK_PAGE], 'o');
    jgi_view_close(&view);
    cr_expect_null(jgi_bulk_hold_memfd(other, 2 * JGI_BULK_PAGE));
    struct jgi_sheet *sheet = jgi_sheet_open(payload.bulk_fd, JGI_BULK_PAGE, JGI_BULK_PAGE);
    cr_assert_not_null(sheet);
    uint32_t word = 1;
    cr_assert_eq(pwrite(other, &word, sizeof word, 0), sizeof word);
    jgi_sheet_release(other); /* nobody sends it: at once */
    cr_assert_eq(pread(other, &word, sizeof word, 0), sizeof word);
    cr_expect_eq(word, 0);
    elsewhere.fd = -1;
    jgi_sheet_close(sheet);
    jgi_payload_fini(&payload);
    (void)close(other);
}
