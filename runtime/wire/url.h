/* SPDX-License-Identifier: MIT */
/* Where control is: http://host:3030/. */
#ifndef JOBGEN_WIRE_URL_H
#define JOBGEN_WIRE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"

enum { JGI_CONTROL_PORT = 3030 };

struct jgi_url {
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    char address[JGI_ADDRESS_MAX + 1]; /* host and port, as jgi_connection_dial takes them */
};

/* "http://host", with or without ":port" and "/". False with a sentence. */
bool jgi_url_read(const char *text, struct jgi_url *ret_url, char *ret_text, size_t text_size);

#endif
