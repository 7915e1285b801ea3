/* SPDX-License-Identifier: MIT */
#include <netdb.h>
/* @job
 * @in entry->p_aliases[0] string
 */
int named(struct protoent *entry);
/* @job */
int handle(struct addrinfo *list);
