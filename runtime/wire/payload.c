/* SPDX-License-Identifier: MIT */
/* The life of a payload. */
#include "payload.h"

#include "../base/fd.h"
#include "bulk.h"

#include <stdlib.h>

enum { VIEWS_MOST = 8 };

static _Thread_local struct jgi_view views[VIEWS_MOST];
static _Thread_local size_t view_count;

void jgi_payload_close_later(const struct jgi_view *view)
{
    if (view_count < VIEWS_MOST) {
        views[view_count++] = *view;
    } else {
        struct jgi_view now = *view;
        jgi_view_close(&now);
    }
}

void jgi_payload_drop(struct jgi_payload *payload)
{
    free(payload->message);
    free(payload->segments);
    if (payload->bulk_fd >= 0) {
        jgi_bulk_forget(payload->bulk_fd);
        (void)jgi_fd_close(payload->bulk_fd);
    }
    *payload = JGI_PAYLOAD_INIT;
}

void jgi_payload_fini(struct jgi_payload *payload)
{
    jgi_payload_drop(payload);
    while (view_count > 0)
        jgi_view_close(&views[--view_count]);
}
