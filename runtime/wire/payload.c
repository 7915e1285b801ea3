/* SPDX-License-Identifier: MIT */
/* The life of a payload. */
#include "payload.h"

#include "../base/fd.h"
#include "bulk.h"

#include <stdlib.h>

void jgi_payload_fini(struct jgi_payload *payload)
{
    free(payload->message);
    free(payload->segments);
    if (payload->bulk_fd >= 0) {
        jgi_bulk_forget(payload->bulk_fd);
        (void)jgi_fd_close(payload->bulk_fd);
    }
    *payload = JGI_PAYLOAD_INIT;
}
