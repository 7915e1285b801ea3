/* SPDX-License-Identifier: MIT */
/* @job */
int static_local_job(int v)
{
    static int last;
    static int sum, untouched = 3;
    static const int table[] = {1, 2};
    int before = last;
    last = v;
    sum += v;
    return before + sum + untouched + table[0];
}
/* expect 9:5 warning static-local */
/* expect 10:5 warning static-local */
