/* SPDX-License-Identifier: MIT */
/* Libidn2: strings that the library allocates and stores behind a char **. */
#include "idn2_jobs.h"

#include "forms.h"

#include <idn2.h>
#include <stdlib.h>

/* @job
 * @in input string
 * @out *output string owned
 */
int idn2_to_ascii_8z(const char *input, char **output, int flags);

/* @job
 * @in input string
 * @out *output string owned
 */
int idn2_to_unicode_8z8z(const char *input, char **output, int flags);

/* The same of bytes.
 *
 * @job
 * @in src string
 * @out *lookupname string owned
 */
int idn2_lookup_u8(const uint8_t *src, uint8_t **lookupname, int flags);

CALLS(idn2_to_ascii_8z, a->input, a->output, a->flags)
CALLS(idn2_to_unicode_8z8z, a->input, a->output, a->flags)
CALLS(idn2_lookup_u8, a->src, a->lookupname, a->flags)

enum { COUNT = 4 };

static void names(enum form form, struct notes *notes)
{
    static const char *const inputs[COUNT] = {"gr\xc3\xbcn.example", "plain.org", "", "-\xff-"};
    char *packed[COUNT] = {NULL}, *back[COUNT] = {NULL};
    struct idn2_to_ascii_8z_args pack[COUNT];
    struct idn2_to_ascii_8z_result packs[COUNT];
    struct idn2_to_unicode_8z8z_args unpack[COUNT];
    struct idn2_to_unicode_8z8z_result unpacks[COUNT];
    for (int i = 0; i < COUNT; i++)
        pack[i] = (struct idn2_to_ascii_8z_args){inputs[i], &packed[i], IDN2_NONTRANSITIONAL};
    idn2_to_ascii_8z_calls(form, pack, COUNT, packs);
    EXPECT(packs[3].value == IDN2_ENCODING_ERROR && packed[3] == NULL);
    for (int i = 0; i < 3; i++) {
        EXPECT(packs[i].value == IDN2_OK);
        note(notes, packed[i], strlen(packed[i]) + 1);
        unpack[i] = (struct idn2_to_unicode_8z8z_args){packed[i], &back[i], 0};
    }
    idn2_to_unicode_8z8z_calls(form, unpack, 3, unpacks);
    for (int i = 0; i < 3; i++) {
        EXPECT(unpacks[i].value == IDN2_OK && strcmp(back[i], inputs[i]) == 0);
        free(packed[i]);
        free(back[i]);
    }
}

static void lookups(enum form form, struct notes *notes)
{
    uint8_t *found[2] = {NULL};
    const struct idn2_lookup_u8_args args[2] = {
        {(const uint8_t *)"gr\xc3\xbcn.example", &found[0], 0},
        {(const uint8_t *)"-\xff-", &found[1], 0}};
    struct idn2_lookup_u8_result results[2];
    idn2_lookup_u8_calls(form, args, 2, results);
    EXPECT(results[0].value == IDN2_OK && results[1].value == IDN2_ENCODING_ERROR);
    EXPECT(found[1] == NULL);
    note(notes, found[0], strlen((char *)found[0]));
    free(found[0]);
}

int main(void)
{
    static const struct check checks[] = {{"names", names}, {"lookups", lookups}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
