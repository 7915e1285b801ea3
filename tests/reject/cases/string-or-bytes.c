/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdbool.h>
enum e { A };
/* @job */
int f(const char *text, size_t n);
/* @job
 * @in text
 */
int g(const char *text);
/* @job */
int fine(const char *text, bool b);
/* @job */
int fine_too(const char *text, enum e e);
/* @job */
int fine_as_well(const char *text, double d, int n);
/* expect 6:19 error string-or-bytes */
/* expect 8:8 error string-or-bytes */
