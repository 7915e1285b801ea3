/* SPDX-License-Identifier: MIT */
/* The life of a payload. */
#include "payload.h"

#include "../base/fd.h"
#include "bulk.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { MAPS_MOST = 8 };

static _Thread_local struct {
    void *address;
    size_t size;
} maps[MAPS_MOST];
static _Thread_local size_t map_count;

static void unmap(void *address, size_t size)
{
    (void)munmap(address, size); /* cannot fail for what was mapped */
}

void jgi_payload_unmap_later(void *address, size_t size)
{
    if (map_count == MAPS_MOST) {
        unmap(address, size);
        return;
    }
    maps[map_count].address = address;
    maps[map_count++].size = size;
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
    while (map_count > 0) {
        map_count--;
        unmap(maps[map_count].address, maps[map_count].size);
    }
}
