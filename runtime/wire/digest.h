/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4) of files. */
#ifndef JOBGEN_WIRE_DIGEST_H
#define JOBGEN_WIRE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

/* Of all that can be read from offset 0 on; 32 bytes. False with errno. */
bool jgi_digest_file(int fd, uint8_t *ret_digest);

#endif
