/* SPDX-License-Identifier: MIT */
/* libsodium: lengths that follow from other lengths, keys of a fixed one, a parameter that is
   always NULL, and a length that comes back behind a pointer of its own. */
#include "sodium_jobs.h"

#include "forms.h"
#include "texts.h"

#include <sodium.h>
#include <string.h>

/* @job
 * @out c[mlen + 16]
 * @in m[mlen]
 * @in n[24]
 * @in k[32]
 */
int crypto_secretbox_easy(unsigned char *c, const unsigned char *m, unsigned long long mlen,
                          const unsigned char *n, const unsigned char *k);

/* @job
 * @out m[clen - 16]
 * @in c[clen]
 * @in n[24]
 * @in k[32]
 */
int crypto_secretbox_open_easy(unsigned char *m, const unsigned char *c, unsigned long long clen,
                               const unsigned char *n, const unsigned char *k);

/* @job
 * @out c[mlen + 16] used(*clen_p)
 * @out clen_p
 * @in m[mlen]
 * @in ad[adlen]
 * @in nsec[1] optional
 * @in npub[24]
 * @in k[32]
 */
int crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *c, unsigned long long *clen_p,
                                               const unsigned char *m, unsigned long long mlen,
                                               const unsigned char *ad, unsigned long long adlen,
                                               const unsigned char *nsec, const unsigned char *npub,
                                               const unsigned char *k);

/* @job
 * @out out[outlen]
 * @in in[inlen]
 * @in key[keylen]
 */
int crypto_generichash(unsigned char *out, size_t outlen, const unsigned char *in,
                       unsigned long long inlen, const unsigned char *key, size_t keylen);

/* sodium_bin2hex returns its first argument. A pointer that comes back has to be the caller's own,
 * so this one returns nothing.
 *
 * @job
 * @out hex[hex_maxlen] string
 * @in bin[bin_len]
 */
void hex_of(char *hex, size_t hex_maxlen, const unsigned char *bin, size_t bin_len)
{
    sodium_bin2hex(hex, hex_maxlen, bin, bin_len);
}

CALLS(crypto_secretbox_easy, a->c, a->m, a->mlen, a->n, a->k)
CALLS(crypto_secretbox_open_easy, a->m, a->c, a->clen, a->n, a->k)
CALLS(crypto_aead_xchacha20poly1305_ietf_encrypt, a->c, a->clen_p, a->m, a->mlen, a->ad, a->adlen,
      a->nsec, a->npub, a->k)
CALLS(crypto_generichash, a->out, a->outlen, a->in, a->inlen, a->key, a->keylen)
CALLS_VOID(hex_of, a->hex, a->hex_maxlen, a->bin, a->bin_len)

enum { ROOM = TEXT_ROOM + 16 };

static const unsigned char key[] = "a key that has thirty-two bytes", nonce[24] = "used once";

static void boxes(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM], back[TEXT_COUNT][TEXT_ROOM];
    static unsigned char sealed[TEXT_COUNT][ROOM];
    struct crypto_secretbox_easy_args seal[TEXT_COUNT];
    struct crypto_secretbox_easy_result seals[TEXT_COUNT];
    struct crypto_secretbox_open_easy_args open[TEXT_COUNT];
    struct crypto_secretbox_open_easy_result opens[TEXT_COUNT];
    UNSET(sealed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        seal[i] = (struct crypto_secretbox_easy_args){sealed[i], (unsigned char *)texts[i],
                                                      text_make(i, texts[i]), nonce, key};
    crypto_secretbox_easy_calls(form, seal, TEXT_COUNT, seals);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(seals[i].value == 0);
        note(notes, sealed[i], seal[i].mlen + 16);
        open[i] = (struct crypto_secretbox_open_easy_args){(unsigned char *)back[i], sealed[i],
                                                           seal[i].mlen + 16, nonce, key};
    }
    sealed[2][77] ^= 1;
    crypto_secretbox_open_easy_calls(form, open, TEXT_COUNT, opens);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(opens[i].value == (i == 2 ? -1 : 0));
        EXPECT(i == 2 || memcmp(texts[i], back[i], seal[i].mlen) == 0);
    }
}

static void aead(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    static unsigned char sealed[TEXT_COUNT][ROOM];
    unsigned long long lengths[TEXT_COUNT] = {0};
    struct crypto_aead_xchacha20poly1305_ietf_encrypt_args args[TEXT_COUNT];
    struct crypto_aead_xchacha20poly1305_ietf_encrypt_result results[TEXT_COUNT];
    UNSET(sealed, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        args[i] =
            (struct crypto_aead_xchacha20poly1305_ietf_encrypt_args){sealed[i],
                                                                     &lengths[i],
                                                                     (unsigned char *)texts[i],
                                                                     text_make(i, texts[i]),
                                                                     nonce,
                                                                     i,
                                                                     NULL,
                                                                     nonce,
                                                                     key};
    crypto_aead_xchacha20poly1305_ietf_encrypt_calls(form, args, TEXT_COUNT, results);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(results[i].value == 0 && lengths[i] == args[i].mlen + 16);
        note(notes, sealed[i], lengths[i]);
    }
}

static void hashes(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    unsigned char sums[TEXT_COUNT][64];
    char shown[TEXT_COUNT][129];
    struct crypto_generichash_args args[TEXT_COUNT];
    struct crypto_generichash_result results[TEXT_COUNT];
    struct hex_of_args show[TEXT_COUNT];
    struct hex_of_result shows[TEXT_COUNT];
    UNSET(sums, form);
    UNSET(shown, form);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        size_t length = text_make(i, texts[i]);
        bool has_key = i % 2 == 1;
        args[i] = (struct crypto_generichash_args){
            sums[i], 16 * (i + 1),         (unsigned char *)texts[i],
            length,  has_key ? key : NULL, has_key ? sizeof key : 0};
        show[i] = (struct hex_of_args){shown[i], sizeof shown[i], sums[i], 16 * (i + 1)};
    }
    crypto_generichash_calls(form, args, TEXT_COUNT, results);
    hex_of_calls(form, show, TEXT_COUNT, shows);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(results[i].value == 0 && strlen(shown[i]) == 32 * (i + 1));
        note(notes, sums[i], args[i].outlen);
        note(notes, shown[i], strlen(shown[i]));
    }
}

int main(void)
{
    static const struct check checks[] = {
        {"secret boxes", boxes},
        {"encryption with a length behind a pointer", aead},
        {"hashes with and without a key", hashes},
    };
    return check_all(checks, sizeof checks / sizeof *checks);
}
