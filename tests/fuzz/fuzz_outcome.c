/* SPDX-License-Identifier: MIT */
/* A failure as a worker may tell it: what is taken is packed and taken again, the same. */
#include "wire/outcome.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool is_same(const char *a, const char *b)
{
    if (a == NULL || b == NULL) return a == b;
    size_t most = JGI_BULK_MIN / 4; /* what is longer is cut */
    return strncmp(a, b, most) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct jgi_payload payload = {.message_size = size, .bulk_fd = -1}, packed;
    struct jgi_outcome first, again;
    if (size > 0) payload.message = memcpy(malloc(size), bytes, size);
    bool is_taken = jgi_outcome_unpack(JG_EEXIT, &payload, &first);
    jgi_payload_fini(&payload);
    if (!is_taken) return 0;
    if (!jgi_outcome_pack(&first, &packed)) abort();
    if (!jgi_outcome_unpack(JG_EEXIT, &packed, &again)) abort();
    if (first.signal_number != again.signal_number || first.exit_code != again.exit_code ||
        !is_same(first.cause, again.cause) || !is_same(first.node, again.node) ||
        !is_same(first.last_output, again.last_output))
        abort();
    jgi_outcome_fini(&first);
    jgi_outcome_fini(&again);
    jgi_payload_fini(&packed);
    return 0;
}
