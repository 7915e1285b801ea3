/* SPDX-License-Identifier: MIT */
/* @job
 * @inout a[2] @inout b[*a]
 */
void extent_output_job(int *a, int *b);
/* expect 3:25 error extent-output */
