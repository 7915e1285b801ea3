/* SPDX-License-Identifier: MIT */
/* XXH3 with 128 bits, compiled in: faster than files can be read, and no library to be loaded. */
#include "digest.h"

#include "strbuf.h"

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
    struct strbuf text = {0};
    bool is_read = strbuf_read_file(&text, path) == 0;
    if (is_read) *ret_digest = digest_of(text.text, text.length);
    strbuf_fini(&text);
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
