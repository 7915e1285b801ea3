/* SPDX-License-Identifier: MIT */
extern int shared_count;
int second(int v);
static inline int first(int v)
{
    return second(v);
}
