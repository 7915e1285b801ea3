/* SPDX-License-Identifier: MIT */
/* A program as it is shipped: its executable, named by its SHA-256 (FIPS 180-4). */
#ifndef JOBGEN_CLIENT_IMAGE_H
#define JOBGEN_CLIENT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "../wire/message.h"

struct jgi_image {
    uint8_t digest[JGI_DIGEST_SIZE];
    uint64_t size;    /* bytes */
    int fd;           /* to read it */
    const char *name; /* base name, for people */
};

/* That of this process; read through once, at the first call, which takes as long as that does.
   NULL with a sentence. Threads: any; not locked. */
const struct jgi_image *jgi_image_own(char *ret_text, size_t text_size);

#endif
