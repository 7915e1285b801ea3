/* SPDX-License-Identifier: MIT */
/* XXH3 with 128 bits, compiled in: faster than files can be read, and no library to be loaded. */
#include "digest.h"

#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" /* not ours */
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

struct digest digest_of(const void *bytes, size_t length)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, length);
    return (struct digest){hash.low64, hash.high64};
}

bool digest_file(const char *path, struct digest *ret_digest)
{
    FILE *file = fopen(path, "rbe");
    if (!file) return false;
    char chunk[16384];
    size_t got;
    XXH3_state_t state;
    (void)XXH3_128bits_reset(&state);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        (void)XXH3_128bits_update(&state, chunk, got);
    bool is_read = !ferror(file);
    (void)fclose(file); /* only read from */
    XXH128_hash_t hash = XXH3_128bits_digest(&state);
    if (is_read) *ret_digest = (struct digest){hash.low64, hash.high64};
    return is_read;
}

bool digest_equal(struct digest left, struct digest right)
{
    return left.low == right.low && left.high == right.high;
}

uint64_t digest_short(const char *text)
{
    return XXH3_64bits(text, strlen(text));
}
