/* SPDX-License-Identifier: MIT */
/* @job */
int f(__int128 x);
struct s { unsigned __int128 wide[2]; };
/* @job */
int g(struct s x);
/* @job */
__int128 h(int x);
/* expect 3:16 error int128 */
/* expect 6:16 error int128 */
/* expect 8:10 error int128 */
