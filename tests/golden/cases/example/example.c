/* SPDX-License-Identifier: MIT */
/* What the example of the documentation is made of. */
#include <stddef.h>
#include <stdint.h>
#include "jobs.h"

struct point { double x, y; };
enum colour { RED, GREEN, BLUE };

/* @job */
uint32_t square(uint32_t a) { return a * a; }

/* @job */
void tick(void) {}

/* @job(memory = 64M, isolation = reuse) */
struct point middle(struct point a, struct point b, enum colour c) { (void)c; return (struct point){ (a.x + b.x) / 2, (a.y + b.y) / 2 }; }

/* @job
 * @out out
 */
void transpose(size_t r, size_t c, const double in[r][c], double out[c][r]) { for (size_t i = 0; i < r; i++) for (size_t j = 0; j < c; j++) out[j][i] = in[i][j]; }

/* @job
 * @in text string
 * @out return[*ret_len] owned
 * @out ret_len
 */
char *upper(const char *text, size_t *ret_len) { (void)text; *ret_len = 0; return NULL; }

/* @job
 * @inout new
 * @inout data[n]
 */
int names(int *new, unsigned char *data, size_t n, int options) { (void)data; (void)n; return *new + options; }

/* @job
 * @in from
 */
enum colour pick(const enum colour *from) { return *from; }
