/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stddef.h>

/* @job */
int lone(const char *text);

/* @job
 * @in text string
 * @in data[n]
 */
int both(const char *text, size_t n, const char *data);

/* @job
 * @out text[room] string
 */
int room(char *text, size_t room);

/* @job
 * @out return string owned
 */
char *made(const char *text, double d);

/* @job
 * @out return[n] owned
 */
char *bytes(size_t n);

/* @job
 * @in text string
 * @out room[n] string
 * @out return string owned
 */
unsigned char *of_bytes(const unsigned char *text, signed char *room, size_t n);
