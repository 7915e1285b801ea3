/* SPDX-License-Identifier: MIT */
/* What parameters can point to. */
#include "forms.h"
#include "jobs.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct point {
    double x, y;
};

/* ---- T ** ---- */

/* @job
 * @in in[length]
 * @out *samples[*count] owned
 * @out count
 */
int decode(const uint8_t *in, size_t length, float **samples, int *count)
{
    *samples = NULL;
    *count = (int)length;
    if (length == 0) return -1;
    float *all = malloc(length * sizeof *all);
    for (size_t i = 0; i < length; i++)
        all[i] = (float)in[i] / 2;
    *samples = all;
    return 0;
}

static void decodes(enum form form)
{
    enum { LARGE = 100000 };
    uint8_t in[3] = {1, 2, 255};
    float *samples = NULL;
    int count = -1, value = -1;
    EXPECT(CALL(form, decode, &value, in, sizeof in, &samples, &count) == JG_OK);
    EXPECT(value == 0 && count == 3 && samples != NULL && samples[2] == 127.5f);
    free(samples);
    uint8_t *large = calloc(LARGE, 1);
    large[LARGE - 1] = 7;
    EXPECT(CALL(form, decode, &value, large, (size_t)LARGE, &samples, &count) == JG_OK);
    EXPECT(count == LARGE && samples[LARGE - 1] == 3.5f);
    free(samples);
    free(large);
    samples = &(float){1};
    EXPECT(CALL(form, decode, &value, NULL, (size_t)0, &samples, &count) == JG_OK);
    EXPECT(value == -1 && count == 0 && samples == NULL);
}

/* @job
 * @out *text string owned optional
 * @out *at owned
 * @out *copy size(*copied) owned
 * @out copied
 * @in from size(n)
 * @inout both[n] optional
 * @out half[n] used(return)
 */
long kinds(char **text, struct point **at, void **copy, size_t *copied, const void *from, size_t n,
           void *both, void *half)
{
    if (text != NULL) *text = strdup("na\xc3\xafve \xff");
    *at = malloc(sizeof **at);
    **at = (struct point){-0.0, 2};
    *copied = n;
    *copy = malloc(n + 1);
    if (n > 0) memcpy(*copy, from, n);
    if (both != NULL) memset((char *)both + n / 2, 5, n - n / 2);
    if (n > 0) memset(half, 9, n);
    return (long)(n / 2);
}

static void receives_all_kinds(enum form form)
{
    char *text = NULL;
    struct point *at = NULL;
    void *copy = NULL;
    size_t copied = 0;
    long value = 0;
    char both[4] = {1, 2, 3, 4}, half[4] = {0};
    EXPECT(CALL(form, kinds, &value, &text, &at, &copy, &copied, "a\0b", (size_t)4, both, half) ==
           JG_OK);
    EXPECT(text != NULL && strcmp(text, "na\xc3\xafve \xff") == 0);
    EXPECT(at != NULL && signbit(at->x) && at->y == 2);
    EXPECT(copied == 4 && memcmp(copy, "a\0b", 4) == 0);
    EXPECT(memcmp(both, "\1\2\5\5", 4) == 0);
    EXPECT(value == 2 && memcmp(half, "\t\t", 2) == 0);
    EXPECT(form == PLAIN || half[2] == 0); /* what is not used does not come back */
    free(text);
    free(at);
    free(copy);
    EXPECT(CALL(form, kinds, &value, NULL, &at, &copy, &copied, NULL, (size_t)0, NULL, NULL) ==
           JG_OK);
    EXPECT(value == 0 && at != NULL && copied == 0);
    free(at);
    free(copy);
}

static void refuses_no_receiver(void)
{
    int count = 5, value = 5;
    EXPECT(decode_local(NULL, 0, NULL, &count, &value) == JG_EARGS);
    EXPECT(has_cause("'samples[*count]' of job 'decode' is NULL"));
    EXPECT(count == 5 && value == 5);
}

/* ---- strings ---- */

/* @job
 * @in argv[argc] string
 */
int last_length(int argc, char **argv)
{
    return argv[argc] == NULL ? (int)strlen(argv[argc - 1]) : -1;
}

/* @job
 * @in names[n] string optional
 */
int longest(size_t n, const char *const names[])
{
    if (names == NULL) return -1;
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (strlen(names[i]) > most) most = strlen(names[i]);
    return (int)most;
}

static void sends_strings(enum form form)
{
    char *argv[] = {"a", "", "three", NULL};
    int value = 0;
    EXPECT(CALL(form, last_length, &value, 3, argv) == JG_OK && value == 5);
    EXPECT(CALL(form, longest, &value, (size_t)3, (const char *const *)argv) == JG_OK);
    EXPECT(value == 5);
    EXPECT(CALL(form, longest, &value, (size_t)3, NULL) == JG_OK && value == -1);
    EXPECT(CALL(form, longest, &value, (size_t)0, (const char *const *)argv) == JG_OK);
    EXPECT(value == 0);
}

static void sends_many_strings(void)
{
    enum { MANY = 20000 };
    const char **names = malloc(MANY * sizeof *names);
    int value = 0;
    for (size_t i = 0; i < MANY; i++)
        names[i] = i == MANY - 1 ? "longest" : "";
    EXPECT(longest_remote(MANY, names, &value) == JG_OK && value == 7);
    free(names);
}

static void refuses_null_strings(void)
{
    const char *const names[] = {"a", NULL};
    int value = 3;
    EXPECT(longest_local(2, names, &value) == JG_EARGS && value == 3);
    EXPECT(has_cause("'names[n]' of job 'longest' has NULL as string 1"));
}

/* ---- optional ---- */

/* @job
 * @in room optional
 * @in text string optional
 * @inout moved optional
 * @out fresh optional
 * @out number optional
 * @inout values[n] optional
 * @out name[*room] string optional
 */
int given(const int *room, const char *text, struct point *moved, struct point *fresh, int *number,
          int n, double *values, char *name)
{
    if (moved != NULL) moved->x += 1;
    if (fresh != NULL) *fresh = (struct point){3, 4};
    if (number != NULL) *number = 12;
    for (int i = 0; values != NULL && i < n; i++)
        values[i] *= 2;
    if (name != NULL) strcpy(name, "abc");
    return (room != NULL) | (text != NULL) << 1 | (moved != NULL) << 2 | (fresh != NULL) << 3 |
           (number != NULL) << 4 | (values != NULL) << 5 | (name != NULL) << 6;
}

static void keeps_what_is_optional(enum form form)
{
    int room = 4, number = 0, value = 0;
    struct point moved = {1, 2}, fresh = {0, 0};
    double values[2] = {1, 2};
    char name[4] = "";
    EXPECT(CALL(form, given, &value, &room, "", &moved, &fresh, &number, 2, values, name) == JG_OK);
    EXPECT(value == 127 && moved.x == 2 && fresh.y == 4 && number == 12 && values[1] == 4);
    EXPECT(strcmp(name, "abc") == 0);
    EXPECT(CALL(form, given, &value, NULL, NULL, NULL, NULL, NULL, 2, NULL, NULL) == JG_OK);
    EXPECT(value == 0);
    EXPECT(CALL(form, given, &value, NULL, NULL, NULL, &fresh, NULL, 0, values, NULL) == JG_OK);
    EXPECT(value == (8 | 32) && values[1] == 4);
}

static void refuses_room_behind_null(void)
{
    char name[4] = "as";
    int value = 0;
    EXPECT(given_local(NULL, NULL, NULL, NULL, NULL, 0, NULL, name, &value) == JG_EARGS);
    EXPECT(has_cause("'name[*room]' of job 'given' has an extent that overflows or has no value"));
    EXPECT(strcmp(name, "as") == 0);
}

/* ---- dimensions ---- */

/* @job
 * @inout flat[a][b][c]
 */
int cube(int a, int b, int c, int x[a][b][c + 1], long *flat)
{
    for (int i = 0; i < a * b * c; i++)
        flat[i] += i;
    x[a - 1][b - 1][c] = 77;
    return x[0][0][1];
}

/* @job */
int rows_of(int parts, int m[2][12 / parts])
{
    return parts ? m[1][0] : 0;
}

static void has_any_dimensions(enum form form)
{
    int x[2][3][3] = {{{1, 2}}}, value = 0;
    long flat[12] = {100};
    if (form == FANOUT) { /* there it is a pointer to the element */
        struct cube_args args = {2, 3, 2, &x[0][0][0], flat};
        struct cube_result result = {.status = JG_EINTERNAL};
        EXPECT(cube_remote_fanout(&args, 1, &result) == JG_OK);
        value = result.value;
    } else {
        EXPECT((form == PLAIN   ? (value = cube(2, 3, 2, x, flat), JG_OK)
                : form == LOCAL ? cube_local(2, 3, 2, x, flat, &value)
                : form == REMOTE
                    ? cube_remote(2, 3, 2, x, flat, &value)
                    : cube_await_get(cube_local_async(2, 3, 2, x, flat), &value)) == JG_OK);
    }
    EXPECT(value == 2 && x[1][2][2] == 77 && flat[0] == 100 && flat[11] == 11);
}

static void refuses_extents_without_value(void)
{
    int x = 0, value = 0;
    long flat = 1;
    EXPECT(cube_local(1 << 30, 1 << 30, 1 << 30, (void *)&x, &flat, &value) == JG_EARGS);
    EXPECT(has_cause("of job 'cube' has an extent that overflows or has no value (a is 1073741824, "
                     "b is 1073741824, c is 1073741824)"));
    EXPECT(cube_local(1, -1, 1, (void *)&x, &flat, &value) == JG_EARGS);
    EXPECT(has_cause("'x[a][b][c + 1]' of job 'cube' has an extent of -1: too small (a is 1, "
                     "b is -1, c is 1)"));
    EXPECT(cube_local(1 << 20, 1 << 20, 1 << 20, (void *)&x, &flat, &value) == JG_EARGS);
    EXPECT(has_cause("of job 'cube' has an extent of 1152921504606846976: too large"));
    EXPECT(flat == 1);
    EXPECT(rows_of_local(0, (void *)&x, &value) == JG_EARGS);
    EXPECT(has_cause(
        "'m[2][12 / parts]' of job 'rows_of' has an extent that overflows or has no value "
        "(parts is 0)"));
}

/* ---- overlap ---- */

static void refuses_overlap(void)
{
    char both[4] = {1, 2, 3, 4};
    struct point *at = NULL;
    void *copy = NULL;
    size_t copied = 6;
    long value = 0;
    EXPECT(kinds_local(NULL, &at, &copy, &copied, both + 1, 2, both, NULL, &value) == JG_EARGS);
    EXPECT(kinds_local(NULL, &at, (void **)(void *)&at, &copied, "ab", 2, both, NULL, &value) ==
           JG_EARGS);
    EXPECT(kinds_local(NULL, &at, (void **)(void *)&at, &copied, "ab", 2, NULL, both, &value) ==
           JG_EARGS);
    EXPECT(has_cause("'at' and 'copy' of job 'kinds' overlap, and the job writes to 'at'"));
    EXPECT(at == NULL && copy == NULL && copied == 6);
}

/* ---- members of structs in structs ---- */

struct extent {
    int width, height;
};
struct picture {
    short depth;
    struct extent size;
};

/* @job
 * @in pixels[picture->size.width * picture->size.height]
 * @out row[picture->size.width] used(picture->size.width)
 */
long shrink(const int *pixels, struct picture *picture, int *row,
            const char mask[picture->size.height])
{
    long sum = 0;
    for (int i = 0; i < picture->size.width * picture->size.height; i++)
        sum += mask[i / picture->size.width] * pixels[i];
    memset(row, 1, (size_t)picture->size.width * sizeof *row);
    picture->size.width--;
    return sum;
}

static void reads_inner_members(enum form form)
{
    struct picture picture = {1, {3, 2}};
    int pixels[6] = {1, 2, 3, 4, 5, 6}, row[3] = {7, 7, 7};
    long sum = 0;
    EXPECT(CALL(form, shrink, &sum, pixels, &picture, row, "\1\2") == JG_OK);
    EXPECT(sum == 6 + 2 * 15 && picture.size.width == 2);
    EXPECT(row[1] == 0x01010101 && row[2] == (form == PLAIN ? row[1] : 7));
    if (form == PLAIN) return;
    picture.size.height = -1;
    EXPECT(CALL(form, shrink, &sum, pixels, &picture, row, "") == JG_EARGS);
    EXPECT(has_cause("picture->size.height is -1"));
}

void test_pointers(void)
{
    for_each_form("what the job stores behind a T ** comes out", decodes);
    for_each_form("strings, structs and bytes come out behind a T **", receives_all_kinds);
    for_once("a T ** is not NULL", refuses_no_receiver);
    for_each_form("an array of strings goes in", sends_strings);
    for_once("many strings go in", sends_many_strings);
    for_once("none of the strings is NULL", refuses_null_strings);
    for_each_form("NULL is kept where it is optional", keeps_what_is_optional);
    for_once("no room is read from behind a NULL", refuses_room_behind_null);
    for_each_form("an array has any number of dimensions", has_any_dimensions);
    for_each_form("an extent reads members of structs in structs", reads_inner_members);
    for_once("extents without a value are refused", refuses_extents_without_value);
    for_once("what is written overlaps nothing", refuses_overlap);
}
