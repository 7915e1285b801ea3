/* SPDX-License-Identifier: MIT */
struct event {
    const char *text;
    int line;
    unsigned is_last : 1;
};
struct texts {
    char **strings;
    unsigned long count;
};
struct picture {
    int rows, columns;
    unsigned char *pixels;
    void *palette;
};
struct matrix {
    double **rows;
};
/* @job
 * @out event
 */
void next(struct event *event);
/* @job
 * @out texts
 */
void list(struct texts *texts);
/* @job
 * @out picture
 * @out picture->palette[0] owned
 */
void draw(struct picture *picture);
/* @job
 * @in picture->pixels[picture->rows]
 * @in picture->palette[0]
 */
int look(const struct picture *picture);
/* @job */
void solve(const struct matrix *matrix);
/* @job
 * @in values[count_of(n)]
 */
void call(const int *values, int n);
/* @job(timeout_ms = 2s) */
int wait_for(int n);
/* @job */
int decode(const unsigned char *text);
