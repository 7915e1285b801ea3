/* SPDX-License-Identifier: MIT */
/* SHA-256 by the library that nng brings along; of a large file by libcrypto where it is installed,
   which uses the processor's own instructions and is several times faster. It is opened only then,
   so that programs do not carry it along. */
#define _GNU_SOURCE
#include "digest.h"

#include <dlfcn.h>
#include <errno.h>
#include <mbedtls/sha256.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 64 * 1024, LARGE = 8 * 1024 * 1024 };

/* What is used of one library. */
struct method {
    void *state;
    void (*update)(void *state, const uint8_t *bytes, size_t size);
};

/* True: all of it was read. */
static bool read_all(int fd, const struct method *method)
{
    static _Thread_local uint8_t bytes[STEP];
    off_t offset = 0;
    ssize_t got;
    while ((got = pread(fd, bytes, sizeof bytes, offset)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0) continue;
        method->update(method->state, bytes, (size_t)got);
        offset += got;
    }
    return got == 0;
}

static void update_plain(void *state, const uint8_t *bytes, size_t size)
{
    (void)mbedtls_sha256_update_ret(state, bytes, size); /* the software version cannot fail */
}

static bool digest_plain(int fd, uint8_t *ret_digest)
{
    mbedtls_sha256_context context;
    mbedtls_sha256_init(&context);
    (void)mbedtls_sha256_starts_ret(&context, 0);
    bool is_read = read_all(fd, &(struct method){&context, update_plain});
    if (is_read) (void)mbedtls_sha256_finish_ret(&context, ret_digest);
    mbedtls_sha256_free(&context);
    return is_read;
}

/* libcrypto's EVP, evp_md_ctx_new(3). */
static struct {
    void *(*new)(void);
    void (*free)(void *context);
    const void *(*sha256)(void);
    int (*init)(void *context, const void *type, void *engine);
    int (*update)(void *context, const void *bytes, size_t size);
    int (*final)(void *context, uint8_t *digest, unsigned *size);
} evp;

/* The functions have the types above in every libcrypto that has this name. */
static bool find(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* A static program has no business with a shared library of another C library. */
static bool open_library(void)
{
    if (getauxval(AT_BASE) == 0) return false;
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL); /* once opened it stays */
    return library != NULL && find(library, "EVP_MD_CTX_new", (void *)&evp.new) &&
           find(library, "EVP_MD_CTX_free", (void *)&evp.free) &&
           find(library, "EVP_sha256", (void *)&evp.sha256) &&
           find(library, "EVP_DigestInit_ex", (void *)&evp.init) &&
           find(library, "EVP_DigestUpdate", (void *)&evp.update) &&
           find(library, "EVP_DigestFinal_ex", (void *)&evp.final);
}

struct fast {
    void *context;
    bool is_good;
};

static void update_fast(void *state, const uint8_t *bytes, size_t size)
{
    struct fast *fast = state;
    fast->is_good = fast->is_good && evp.update(fast->context, bytes, size) == 1;
}

/* False: it could not be used, or the file not be read. */
static bool digest_fast(int fd, uint8_t *ret_digest)
{
    if (!open_library()) return false;
    struct fast fast = {.context = evp.new()};
    if (fast.context == NULL) return false;
    fast.is_good = evp.init(fast.context, evp.sha256(), NULL) == 1;
    bool is_done = read_all(fd, &(struct method){&fast, update_fast}) && fast.is_good &&
                   evp.final(fast.context, ret_digest, NULL) == 1;
    evp.free(fast.context);
    return is_done;
}

bool jgi_digest_file(int fd, uint8_t *ret_digest)
{
    struct stat about;
    bool is_large = fstat(fd, &about) == 0 && about.st_size >= LARGE;
    return (is_large && digest_fast(fd, ret_digest)) || digest_plain(fd, ret_digest);
}
