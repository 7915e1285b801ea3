/* SPDX-License-Identifier: MIT */
/* Bytes that a worker may send: frames are taken or refused, in two pieces as in one. The first
 * byte says where they are cut. */
#include "base/fd.h"
#include "wire/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Takes what is whole; false: refused. */
static bool take_all(struct jgi_frame_reader *reader, size_t *count)
{
    struct jgi_frame_head head;
    struct jgi_payload payload;
    int found;
    while ((found = jgi_frame_next(reader, &head, &payload)) > 0) {
        if (head.kind < JGI_FRAME_RUN || head.kind >= JGI_FRAME_KIND_COUNT) abort();
        for (size_t i = 0; i < payload.segment_count; i++)
            if (payload.segments[i].offset + payload.segments[i].size > payload.bulk_size) abort();
        jgi_payload_fini(&payload);
        (*count)++;
    }
    return found == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) return 0;
    size_t cut = bytes[0] % size, counts[2] = {0};
    bool is_taken[2];
    for (int way = 0; way < 2; way++) {
        struct jgi_frame_reader reader = {.fds = {jgi_fd_memfd("fuzz")}, .fd_count = 1};
        size_t first = way == 0 ? size - 1 : cut;
        if (!jgi_buffer_add(&reader.buffer, bytes + 1, first)) abort();
        is_taken[way] = take_all(&reader, &counts[way]);
        if (is_taken[way] && way == 1) {
            if (!jgi_buffer_add(&reader.buffer, bytes + 1 + cut, size - 1 - cut)) abort();
            is_taken[way] = take_all(&reader, &counts[way]);
        }
        jgi_frame_reader_fini(&reader);
    }
    if (is_taken[0] != is_taken[1] || counts[0] != counts[1]) abort();
    return 0;
}
