/* SPDX-License-Identifier: MIT */
/* @job
 * @in a[*b] @in b[*a]
 */
int extent_cycle_job(const int *a, const int *b);
/* expect 5:5 error extent-cycle */
