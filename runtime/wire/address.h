/* SPDX-License-Identifier: MIT */
/* Addresses as text, "host:port" or "[::1]:3030": taken apart, put together, told apart. */
#ifndef JOBGEN_WIRE_ADDRESS_H
#define JOBGEN_WIRE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    JGI_HOST_MAX = 255,
    JGI_ADDRESS_MAX = JGI_HOST_MAX + 8, /* brackets, a colon and a port */
};

/* The host without brackets, which may be empty, and the port. False: not an address, or without a
   port. Names are not looked up. */
bool jgi_address_split(const char *text, char ret_host[JGI_HOST_MAX + 1], unsigned *ret_port);

/* A host in brackets if it needs them, and the port; `host` has at most JGI_HOST_MAX bytes. */
void jgi_address_join(const char *host, unsigned port, char ret_text[JGI_ADDRESS_MAX + 1]);

/* "", "::", "0.0.0.0" or another form of them: all interfaces of a machine. */
bool jgi_host_is_wildcard(const char *host);

/* "localhost", 127/8, ::1, ::ffff:127/104. */
bool jgi_host_is_loopback(const char *host);

/* An address in numbers, not a name. */
bool jgi_host_is_ipv4(const char *host);
bool jgi_host_is_ipv6(const char *host);

#endif
