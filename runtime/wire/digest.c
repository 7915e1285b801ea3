/* SPDX-License-Identifier: MIT */
/* SHA-256 by the library that nng brings along. */
#define _GNU_SOURCE
#include "digest.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <unistd.h>

enum { STEP = 64 * 1024 };

bool jgi_digest_file(int fd, uint8_t *ret_digest)
{
    static _Thread_local uint8_t bytes[STEP];
    mbedtls_sha256_context context;
    off_t offset = 0;
    ssize_t got;
    mbedtls_sha256_init(&context);
    (void)mbedtls_sha256_starts_ret(&context, 0); /* the software version cannot fail */
    while ((got = pread(fd, bytes, sizeof bytes, offset)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0) continue;
        (void)mbedtls_sha256_update_ret(&context, bytes, (size_t)got);
        offset += got;
    }
    if (got == 0) (void)mbedtls_sha256_finish_ret(&context, ret_digest);
    mbedtls_sha256_free(&context);
    return got == 0;
}
