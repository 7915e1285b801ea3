/* SPDX-License-Identifier: MIT */
#ifndef LIB_H
#define LIB_H

/* Tagged where it is declared.
 * @job(timeout_ms = 100)
 */
int defined(int a);

#endif
