/* SPDX-License-Identifier: MIT */
struct header {
    int length;
    int *values;
};
struct plain {
    int i;
};
union either {
    int i;
    float f;
};
struct handle {
    union either either;
};
struct outer {
    struct handle handle;
};
/* @job
 * @in v[header.length]
 */
int arrow(const int *v, const int *header_, const struct header *header);
/* @job
 * @in v[length]
 */
int member(const int *v, struct header header);
/* @job
 * @inout header->values[length]
 */
int sibling(struct header *header);
/* @job
 * @out return[3]
 */
int *room(void);
/* @job */
struct plain *one(void);
/* @job */
int inner(struct outer *outer);
/* @job
 * @in rows[r][c]
 */
int matrix(double **rows, int r, int c);
/* @job
 * @in source[length]
 */
int squeeze(unsigned char *dest, unsigned long *destLen, const unsigned char *source, long length);
