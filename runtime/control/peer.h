/* SPDX-License-Identifier: MIT */
/* Whose program is at the other end of a connection on this machine. */
#ifndef JOBGEN_CONTROL_PEER_H
#define JOBGEN_CONTROL_PEER_H

#include <stdbool.h>

/* The socket at `peer` ("127.0.0.1:4711", "[::1]:4711"), connected to `local_port`, belongs to this
   process's user or to root; false also where the system does not tell. By the kernel's tables of
   TCP sockets; there may be several such sockets (connected to several addresses of this machine),
   and then it must hold for all of them. */
bool jgi_peer_is_trusted(const char *peer, unsigned local_port);

#endif
