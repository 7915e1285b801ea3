/* SPDX-License-Identifier: MIT */
/* Argon2: two byte strings, and a text whose room is a parameter. */
#include "argon2_jobs.h"

#include "forms.h"

#include <argon2.h>

/* @job
 * @in pwd size(pwdlen)
 * @in salt size(saltlen)
 * @out encoded[encodedlen] string
 */
int argon2id_hash_encoded(const uint32_t t_cost, const uint32_t m_cost, const uint32_t parallelism,
                          const void *pwd, const size_t pwdlen, const void *salt,
                          const size_t saltlen, const size_t hashlen, char *encoded,
                          const size_t encodedlen);

/* @job
 * @in encoded string
 * @in pwd size(pwdlen)
 */
int argon2id_verify(const char *encoded, const void *pwd, const size_t pwdlen);

CALLS(argon2id_hash_encoded, a->t_cost, a->m_cost, a->parallelism, a->pwd, a->pwdlen, a->salt,
      a->saltlen, a->hashlen, a->encoded, a->encodedlen)
CALLS(argon2id_verify, a->encoded, a->pwd, a->pwdlen)

enum { COUNT = 4, ROOM = 120 };

static void passwords(enum form form, struct notes *notes)
{
    static const char *const words[COUNT] = {"secret", "", "p\xc3\xa4ss", "too long for its room"};
    char encoded[COUNT][ROOM];
    struct argon2id_hash_encoded_args hash[COUNT];
    struct argon2id_hash_encoded_result hashes[COUNT];
    struct argon2id_verify_args verify[COUNT];
    struct argon2id_verify_result verifies[COUNT];
    UNSET(encoded, form);
    for (uint32_t i = 0; i < COUNT; i++)
        hash[i] = (struct argon2id_hash_encoded_args){
            1,      64,     1 + i % 2,  words[i],          strlen(words[i]), "salt and pepper",
            10 + i, 16 + i, encoded[i], i == 3 ? 20 : ROOM};
    argon2id_hash_encoded_calls(form, hash, COUNT, hashes);
    for (size_t i = 0; i < 3; i++) {
        EXPECT(hashes[i].value == ARGON2_OK);
        note(notes, encoded[i], strlen(encoded[i]));
        verify[i] =
            (struct argon2id_verify_args){encoded[i], words[i], i == 2 ? 1 : strlen(words[i])};
    }
    EXPECT(hashes[3].value == ARGON2_ENCODING_FAIL);
    argon2id_verify_calls(form, verify, 3, verifies);
    EXPECT(verifies[0].value == ARGON2_OK && verifies[1].value == ARGON2_OK);
    EXPECT(verifies[2].value == ARGON2_VERIFY_MISMATCH);
}

int main(void)
{
    static const struct check checks[] = {{"passwords", passwords}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
