/* SPDX-License-Identifier: MIT */
/* @field v[n] */
enum e { A };
/* @job
 * @field n
 */
int f(int n);
/* @field n
 * @field p->q[2]
 */
struct s { int n; };
/* @job */
int g(const struct s *s);
/* @field text string optional */
struct forward;
struct forward {
    const char *text; /* @field text string optional */
    /* @field inner[2] */
    struct {
        const int *inner;
    } in;
    /* @field kind */
    enum { KIND } kind;
    const char *last;
    /* @field last string optional */
};
/* @job */
int h(const struct forward *forward);
struct late /* @field p[2] */ {
    const int *p;
};
/* @job */
int i(const struct late *late);
/* expect 2:4 error field-directive */
/* expect 5:4 error field-directive */
/* expect 8:11 error field-directive */
/* expect 9:14 error field-directive */
/* expect 14:4 error field-directive */
/* expect 17:33 error unknown-member */
/* expect 22:8 error field-directive */
/* expect 25:8 error field-directive */
