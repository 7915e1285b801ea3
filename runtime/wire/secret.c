/* SPDX-License-Identifier: MIT */
/* The local secret. A file is made under another name and linked to its place, so that nobody reads
   half of one and the first of two makers wins (link(2)). */
#define _GNU_SOURCE
#include "secret.h"

#include "../base/fd.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/md.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 };

struct text {
    char *room;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct text text, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    (void)vsnprintf(text.room, text.size, format, words);
    va_end(words);
    return false;
}

bool jgi_secret_directory(char *ret_path, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int length = runtime != NULL && runtime[0] == '/'
                     ? snprintf(ret_path, size, "%s/jobgen", runtime)
                     : snprintf(ret_path, size, "/tmp/jobgen-%u", (unsigned)geteuid());
    return length > 0 && (size_t)length < size;
}

/* Opens the directory, made if missing; -1: told. */
static int open_directory(const char *path, struct text text)
{
    struct stat about;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        (void)fail(text, "the directory %s cannot be made: %s", path, strerror(errno));
        return -1;
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        (void)fail(text, "the directory %s cannot be opened: %s", path, strerror(errno));
        return jgi_fd_close(fd);
    }
    if (about.st_uid == geteuid() && (about.st_mode & 077) == 0) return fd;
    (void)fail(text,
               about.st_uid != geteuid()
                   ? "the directory %s belongs to another user: remove it, or set XDG_RUNTIME_DIR"
                   : "the directory %s is open to others: chmod 700 %s",
               path, path);
    return jgi_fd_close(fd);
}

/* 1: read; 0: not there; -1: told. */
static int read_file(int directory, const char *path, struct jgi_secret *ret_secret,
                     struct text text)
{
    struct stat about;
    int fd = openat(directory, "secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return 0;
    bool is_good = false;
    if (fd < 0 || fstat(fd, &about) != 0)
        (void)fail(text, "%s/secret cannot be opened: %s", path, strerror(errno));
    else if (about.st_uid != geteuid() || !S_ISREG(about.st_mode) || (about.st_mode & 077) != 0)
        (void)fail(text, "%s/secret is not a file of this user alone: chmod 600 it, or remove it",
                   path);
    else if (about.st_size != sizeof ret_secret->bytes ||
             jgi_fd_pread_all(fd, ret_secret->bytes, sizeof ret_secret->bytes, 0) != 0)
        (void)fail(text, "%s/secret is damaged: remove it and start the daemons again", path);
    else
        is_good = true;
    (void)jgi_fd_close(fd);
    return is_good ? 1 : -1;
}

/* True also if somebody else was faster; false: told. */
static bool make_file(int directory, const char *path, struct text text)
{
    struct jgi_secret secret;
    char name[32];
    uint32_t number;
    if (getrandom(secret.bytes, sizeof secret.bytes, 0) != (ssize_t)sizeof secret.bytes ||
        getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return fail(text, "the system has no random bytes: %s", strerror(errno));
    (void)snprintf(name, sizeof name, "new-%08x", (unsigned)number);
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool is_made = fd >= 0 && jgi_fd_pwrite_all(fd, secret.bytes, sizeof secret.bytes, 0) == 0 &&
                   (linkat(directory, name, directory, "secret", 0) == 0 || errno == EEXIST);
    if (!is_made) (void)fail(text, "%s/secret cannot be made: %s", path, strerror(errno));
    if (fd >= 0) (void)unlinkat(directory, name, 0);
    (void)jgi_fd_close(fd);
    return is_made;
}

bool jgi_secret_load(struct jgi_secret *ret_secret, char *ret_text, size_t text_size)
{
    struct text text = {ret_text, text_size};
    char path[4096];
    int found = 0;
    if (!jgi_secret_directory(path, sizeof path)) return fail(text, "XDG_RUNTIME_DIR is too long");
    int directory = open_directory(path, text);
    if (directory < 0) return false;
    for (int i = 0; i < TRIES && found == 0; i++) {
        found = read_file(directory, path, ret_secret, text);
        if (found == 0 && !make_file(directory, path, text)) found = -1;
    }
    if (found == 0) (void)fail(text, "%s/secret vanishes again and again", path);
    (void)close(directory);
    return found > 0;
}

void jgi_secret_prove(const struct jgi_secret *secret, char side, const uint8_t *dialer_nonce,
                      const uint8_t *acceptor_nonce, uint8_t *ret_proof)
{
    uint8_t text[8 + 1 + 2 * JGI_NONCE_SIZE] = "jobgen/1";
    text[8] = (uint8_t)side;
    memcpy(text + 9, dialer_nonce, JGI_NONCE_SIZE);
    memcpy(text + 9 + JGI_NONCE_SIZE, acceptor_nonce, JGI_NONCE_SIZE);
    /* fails for a missing algorithm only, and SHA-256 is always there */
    (void)mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), secret->bytes,
                          sizeof secret->bytes, text, sizeof text, ret_proof);
}

bool jgi_secret_is_proof(const struct jgi_secret *secret, char side, const uint8_t *dialer_nonce,
                         const uint8_t *acceptor_nonce, const uint8_t *proof)
{
    uint8_t right[JGI_PROOF_SIZE], difference = 0;
    jgi_secret_prove(secret, side, dialer_nonce, acceptor_nonce, right);
    for (size_t i = 0; i < sizeof right; i++)
        difference |= right[i] ^ proof[i];
    return difference == 0;
}
