/* SPDX-License-Identifier: MIT */
/* libqrencode: the result is a struct that points to more, both allocated by the library. */
#include "qrencode_jobs.h"

#include "forms.h"

#include <qrencode.h>

/* The library's own function. NULL comes back, and errno, where the text does not fit; the errno of
 * a job stays in its process.
 *
 * @job
 * @in string string
 * @out return owned
 * @out return->data[return->width * return->width] owned
 */
QRcode *QRcode_encodeString8bit(const char *string, int version, QRecLevel level);

/* Bytes instead of a text.
 *
 * @job
 * @in data[size]
 * @out return owned
 * @out return->data[return->width * return->width] owned
 */
QRcode *QRcode_encodeData(int size, const unsigned char *data, int version, QRecLevel level);

CALLS(QRcode_encodeString8bit, a->string, a->version, a->level)
CALLS(QRcode_encodeData, a->size, a->data, a->version, a->level)

enum { COUNT = 4 };

static void note_code(struct notes *notes, QRcode *code)
{
    if (code == NULL) return;
    NOTE(notes, code->version);
    NOTE(notes, code->width);
    note(notes, code->data, (size_t)(code->width * code->width));
    QRcode_free(code);
}

/* Two texts, an empty one and one that is too long. */
static void texts(enum form form, struct notes *notes)
{
    static char longest[4000];
    const char *const strings[COUNT] = {"hello", "gr\xc3\xbc\xc3\x9f dich", "", longest};
    struct QRcode_encodeString8bit_args args[COUNT];
    struct QRcode_encodeString8bit_result results[COUNT];
    memset(longest, 'a', sizeof longest - 1);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct QRcode_encodeString8bit_args){strings[i], 0,
                                                        i == 0 ? QR_ECLEVEL_L : QR_ECLEVEL_H};
    QRcode_encodeString8bit_calls(form, args, COUNT, results);
    for (int i = 0; i < COUNT; i++) {
        EXPECT((results[i].value != NULL) == (i < 2));
        note_code(notes, results[i].value);
    }
}

static void bytes(enum form form, struct notes *notes)
{
    const struct QRcode_encodeData_args args[2] = {
        {5, (const unsigned char *)"a\0b\xff\0", 3, QR_ECLEVEL_M}, {0, NULL, 0, QR_ECLEVEL_M}};
    struct QRcode_encodeData_result results[2];
    QRcode_encodeData_calls(form, args, 2, results);
    EXPECT(results[0].value != NULL && results[1].value == NULL);
    for (int i = 0; i < 2; i++)
        note_code(notes, results[i].value);
}

int main(void)
{
    static const struct check checks[] = {{"texts", texts}, {"bytes", bytes}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
