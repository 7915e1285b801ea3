/* SPDX-License-Identifier: MIT */
/* The socket under a stream of nng's. */
#ifndef JOBGEN_WIRE_SOCKET_H
#define JOBGEN_WIRE_SOCKET_H

struct nng_stream;

/* The descriptor of a connected TCP stream; it stays nng's, and open until nng_stream_free. -1: it
   is not connected any more. Looks at every descriptor of the process, by /proc where there is one.
   Does not block. */
int jgi_socket_of(struct nng_stream *stream);

#endif
