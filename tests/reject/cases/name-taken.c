/* SPDX-License-Identifier: MIT */
int f_local;
/* @job */
int f(int v);
struct g_args { int x; };
/* @job */
int g(int v);
#define h_map 1
/* @job */
int h(int v);
enum e { k_start };
/* @job */
int k(int v);
/* @job */
int m(int v);
/* @job */
int m_remote(int v);
/* @job */
int jg(int v);
/* @job */
int jg_nodes(int v);
/* expect 4:5 error name-taken */
/* expect 7:5 error name-taken */
/* expect 10:5 error name-taken */
/* expect 13:5 error name-taken */
/* expect 15:5 error name-taken */
/* expect 19:5 error name-taken */
/* expect 21:5 error name-taken */
