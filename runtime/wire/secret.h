/* SPDX-License-Identifier: MIT */
/* What the programs of one user on one machine know and others do not: 32 random bytes in a file of
   0600, in $XDG_RUNTIME_DIR/jobgen, else /tmp/jobgen-UID (0700, owner checked). */
#ifndef JOBGEN_WIRE_SECRET_H
#define JOBGEN_WIRE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jgi_secret {
    uint8_t bytes[32];
};

/* The directory that it is in, which other things of this user's programs may stand in too. False:
   its name is too long. */
bool jgi_secret_directory(char *ret_path, size_t size);

/* Reads it, or makes it (atomically: two that start at once get one). False with a sentence that
   names the file and the cure: another's directory or file, rights wider than 0700 and 0600, no
   room. */
bool jgi_secret_load(struct jgi_secret *ret_secret, char *ret_text, size_t text_size);

/* HMAC-SHA-256 over `side` ('d' dialing, 'a' accepting) and the two nonces. */
void jgi_secret_prove(const struct jgi_secret *secret, char side, const uint8_t *dialer_nonce,
                      const uint8_t *acceptor_nonce, uint8_t *ret_proof);
/* In constant time. */
bool jgi_secret_is_proof(const struct jgi_secret *secret, char side, const uint8_t *dialer_nonce,
                         const uint8_t *acceptor_nonce, const uint8_t *proof);

#endif
