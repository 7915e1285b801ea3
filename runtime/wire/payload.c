/* SPDX-License-Identifier: MIT */
/* The life of a payload. */
#include "payload.h"

#include "../base/fd.h"

#include <stdlib.h>

void jgi_payload_fini(struct jgi_payload *payload)
{
    free(payload->message);
    free(payload->segments);
    (void)jgi_fd_close(payload->bulk_fd);
    *payload = JGI_PAYLOAD_INIT;
}
