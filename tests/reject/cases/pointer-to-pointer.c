/* SPDX-License-Identifier: MIT */
/* @job */
int f(int **x);
/* @job */
int g(char **x);
/* @job */
int h(const char *const x[3]);
/* @job
 * @inout x[2]
 */
int i(float **x);
/* @job
 * @out return[2] string owned
 */
char **j(void);
/* @job */
int k(int ***x);
struct node { int i; };
struct rows {
    int count;
    struct node **rows;
};
/* @job */
int l(const struct rows *all);
/* @job
 * @in items[n]
 */
int m(const struct node *const *items, int n);
/* @job */
int o(char ***names);
/* The ways out. */
struct list {
    int count;
    char **names;
};
/* @job
 * @out return.names[return.count] string owned
 */
struct list p(void);
/* @job
 * @out s
 * @out s->names[s->count] string owned
 */
int q(struct list *s);
/* @job
 * @in items[n]
 */
int r(const struct node *items, int n);
/* @job
 * @in x[n][m][3]
 */
int s(double (**x)[3], int n, int m);
/* expect 3:13 error pointer-to-pointer */
/* expect 5:14 error pointer-to-pointer */
/* expect 7:25 error pointer-to-pointer */
/* expect 11:15 error pointer-to-pointer */
/* expect 15:8 error pointer-to-pointer */
/* expect 17:14 error pointer-to-pointer */
/* expect 24:26 error pointer-to-pointer */
/* expect 28:33 error pointer-to-pointer */
/* expect 30:15 error pointer-to-pointer */
/* expect 52:17 error pointer-to-pointer */
