/* SPDX-License-Identifier: MIT */
/* What generated encode, run and decode functions are written with. Only generated code includes
 * it, through stub.h. */
#ifndef JOBGEN_CODEC_H
#define JOBGEN_CODEC_H

#include <protobuf-c/protobuf-c.h>

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jgi_encoder; /* one payload being written */
struct jgi_decoder; /* one payload being read */

#ifdef __cplusplus
}
#endif
#endif
