/* SPDX-License-Identifier: MIT */
/* @job
 * jobgen: no-warn static-locl, union
 */
int unknown_check_job(int v)
{
    static int sum;
    return sum += v;
}
/* expect 3:20 warning unknown-check */
/* expect 3:33 warning unknown-check */
/* expect 8:12 warning static-local */
