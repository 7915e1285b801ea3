/* SPDX-License-Identifier: MIT */
/* @job */
int main(void) { return 0; }
/* expect 3:5 error main-job */
