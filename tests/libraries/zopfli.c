/* SPDX-License-Identifier: MIT */
/* Zopfli: the library adds to what stands behind a T **, so that it has to find nothing there. */
#include "zopfli_jobs.h"

#include "forms.h"
#include "texts.h"

#include <stdlib.h>
#include <zopfli/zopfli.h>

/* The library's own function; what it allocates it gives away.
 *
 * @job
 * @in in[insize]
 * @out *out[*outsize] owned
 * @inout outsize
 */
void ZopfliCompress(const ZopfliOptions *options, ZopfliFormat output_type, const unsigned char *in,
                    size_t insize, unsigned char **out, size_t *outsize);

/* A stub has a parameter `options` of its own; so the library's is options_ there. */
CALLS_VOID(ZopfliCompress, a->options_, a->output_type, a->in, a->insize, a->out, a->outsize)

static void texts_packed(enum form form, struct notes *notes)
{
    static const ZopfliFormat formats[TEXT_COUNT] = {ZOPFLI_FORMAT_GZIP, ZOPFLI_FORMAT_ZLIB,
                                                     ZOPFLI_FORMAT_DEFLATE, ZOPFLI_FORMAT_GZIP};
    static char texts[TEXT_COUNT][TEXT_ROOM];
    ZopfliOptions options;
    unsigned char *packed[TEXT_COUNT] = {NULL};
    size_t sizes[TEXT_COUNT] = {0};
    struct ZopfliCompress_args args[TEXT_COUNT];
    struct ZopfliCompress_result results[TEXT_COUNT];
    ZopfliInitOptions(&options);
    options.numiterations = 2;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        size_t size = text_make(i, texts[i]) / 4;
        args[i] = (struct ZopfliCompress_args){&options, formats[i], (unsigned char *)texts[i],
                                               size,     &packed[i], &sizes[i]};
    }
    ZopfliCompress_calls(form, args, TEXT_COUNT, results);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(sizes[i] > 10);
        note(notes, packed[i], sizes[i]);
        free(packed[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"texts", texts_packed}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
