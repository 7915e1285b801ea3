/* SPDX-License-Identifier: MIT */
/* OpenSSL: methods are found by name inside the job; lengths come back behind pointers of their
 * own. */
#include "openssl_jobs.h"

#include "forms.h"
#include "texts.h"

#include <openssl/evp.h>

enum { BLOCK_MOST = 32, DIGEST_MOST = 64 };

/* @job
 * @in data[count]
 * @out md[64] used(*size)
 * @out size
 */
int digest(const char *method, const unsigned char *data, size_t count, unsigned char *md,
           unsigned int *size)
{
    const EVP_MD *type = EVP_get_digestbyname(method);
    *size = 0;
    return type == NULL ? 0 : EVP_Digest(data, count, md, size, type, NULL);
}

/* Encrypts, or decrypts; `out` needs a block's room more than `in` has.
 *
 * @job
 * @in method string
 * @in key[32]
 * @in iv[16]
 * @in in[inl]
 * @out out[inl + BLOCK_MOST] used(*outl)
 * @out outl
 */
int cipher(const char *method, int encrypt, const unsigned char *key, const unsigned char *iv,
           unsigned char *out, int *outl, const unsigned char *in, int inl)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int rest = 0, is_good = 0;
    *outl = 0;
    if (EVP_CipherInit_ex(context, EVP_get_cipherbyname(method), NULL, key, iv, encrypt) &&
        EVP_CipherUpdate(context, out, outl, in, inl) &&
        EVP_CipherFinal_ex(context, out + *outl, &rest))
        is_good = 1;
    *outl = is_good ? *outl + rest : 0;
    EVP_CIPHER_CTX_free(context);
    return is_good;
}

CALLS(digest, a->method, a->data, a->count, a->md, a->size)
CALLS(cipher, a->method, a->encrypt, a->key, a->iv, a->out, a->outl, a->in, a->inl)

enum { ROOM = TEXT_ROOM + BLOCK_MOST };

static void digests(enum form form, struct notes *notes)
{
    static char texts[TEXT_COUNT][TEXT_ROOM];
    static const char *const methods[TEXT_COUNT] = {"sha256", "sha3-512", "none such", "md5"};
    unsigned char sums[TEXT_COUNT][DIGEST_MOST];
    unsigned sizes[TEXT_COUNT];
    struct digest_args args[TEXT_COUNT];
    struct digest_result results[TEXT_COUNT];
    UNSET(sums, form);
    UNSET(sizes, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        args[i] = (struct digest_args){methods[i], (unsigned char *)texts[i],
                                       text_make(i, texts[i]), sums[i], &sizes[i]};
    digest_calls(form, args, TEXT_COUNT, results);
    EXPECT(sizes[0] == 32 && sizes[1] == 64 && sizes[2] == 0 && sizes[3] == 16);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        NOTE(notes, results[i].value);
        note(notes, sums[i], sizes[i]);
    }
}

static void ciphers(enum form form, struct notes *notes)
{
    static const unsigned char key[32] = "thirty-two bytes make up a key",
                               iv[16] = "begin with this";
    static const char *const methods[TEXT_COUNT] = {"aes-256-cbc", "aes-128-ctr", "none such",
                                                    "aes-256-cbc"};
    static char texts[TEXT_COUNT][TEXT_ROOM];
    static unsigned char sealed[TEXT_COUNT][ROOM], back[TEXT_COUNT][ROOM + BLOCK_MOST];
    int sizes[TEXT_COUNT], back_sizes[TEXT_COUNT];
    struct cipher_args args[TEXT_COUNT];
    struct cipher_result results[TEXT_COUNT];
    UNSET(sealed, form);
    UNSET(back, form);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        args[i] = (struct cipher_args){methods[i],
                                       1,
                                       key,
                                       iv,
                                       sealed[i],
                                       &sizes[i],
                                       (unsigned char *)texts[i],
                                       (int)text_make(i, texts[i])};
    cipher_calls(form, args, TEXT_COUNT, results);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(results[i].value == (i != 2));
        note(notes, sealed[i], (size_t)sizes[i]);
        args[i] = (struct cipher_args){methods[i],     0,         key,     iv, back[i],
                                       &back_sizes[i], sealed[i], sizes[i]};
    }
    cipher_calls(form, args, TEXT_COUNT, results);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        EXPECT(results[i].value == (i != 2));
        EXPECT(i == 2 || memcmp(back[i], texts[i], (size_t)back_sizes[i]) == 0);
        NOTE(notes, back_sizes[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"digests", digests}, {"ciphers", ciphers}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
