/* SPDX-License-Identifier: MIT */
/* xxHash: results that are structs without a tag, by value. */
#include "xxhash_jobs.h"

#include "forms.h"
#include "texts.h"

#include <xxhash.h>

/* @job
 * @in data size(len)
 */
XXH128_hash_t XXH3_128bits_withSeed(const void *data, size_t len, XXH64_hash_t seed);

/* @job */
int XXH128_isEqual(XXH128_hash_t h1, XXH128_hash_t h2);

CALLS_RECORD(XXH3_128bits_withSeed, a->data, a->len, a->seed)
CALLS(XXH128_isEqual, *a->h1, *a->h2)

static void hashes(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    XXH128_hash_t hashes[TEXT_COUNT];
    struct XXH3_128bits_withSeed_args args[TEXT_COUNT];
    struct XXH3_128bits_withSeed_result results[TEXT_COUNT];
    struct XXH128_isEqual_args compare[2] = {{&hashes[0], &hashes[0]}, {&hashes[0], &hashes[1]}};
    struct XXH128_isEqual_result compared[2];
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        args[i] =
            (struct XXH3_128bits_withSeed_args){texts[i], text_make(i, texts[i]), UINT64_MAX - i};
        results[i].value = &hashes[i];
    }
    XXH3_128bits_withSeed_calls(form, args, TEXT_COUNT, results);
    note(notes, hashes, sizeof hashes);
    XXH128_isEqual_calls(form, compare, 2, compared);
    EXPECT(compared[0].value == 1 && compared[1].value == 0);
}

int main(void)
{
    static const struct check checks[] = {{"hashes", hashes}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
