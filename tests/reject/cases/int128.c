/* SPDX-License-Identifier: MIT */
/* @job */
int f(__int128 x);
/* expect 3:16 error int128 */
