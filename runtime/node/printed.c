/* SPDX-License-Identifier: MIT */
/* What jobs print: kept per stream, sent in order, and sent again over another link.

   Pools hand on lines without the loop's lock; they are put aside under a lock of their own, and
   given to their executions when the loop's lock is there: in each flush, and before an execution
   ends. Where a caller does not read, lines wait; beyond a limit the oldest are left out. */
#include "server_state.h"

#include <string.h>

enum {
    PENDING_MAX = 4 * 1024 * 1024,  /* on a link, then lines wait */
    SESSION_MAX = 64 * 1024 * 1024, /* bytes that wait, or are kept, in a session */
    SESSION_PART = 64               /* and of what the node may hold at most such a part */
};

/* Before its text. */
struct line {
    uint64_t execution; /* its key */
    uint32_t stream, size;
};

void jgi_printed_sink(void *user, int stream, const struct jgi_output_source *source,
                      const char *lines, size_t size)
{
    const struct jgi_node_program *program = user;
    jgi_server_print(program->server, stream, source, lines, size);
}

void jgi_server_print(struct jgi_server *server, int stream, const struct jgi_output_source *source,
                      const char *lines, size_t size)
{
    struct line head = {source->audience + source->execution, (uint32_t)stream, (uint32_t)size};
    (void)pthread_mutex_lock(&server->print_lock);
    uint8_t *room = jgi_buffer_reserve(&server->printed, sizeof head + size);
    if (room != NULL) { /* else they are lost */
        memcpy(room, &head, sizeof head);
        memcpy(room + sizeof head, lines, size);
        server->printed.end += sizeof head + size;
    }
    (void)pthread_mutex_unlock(&server->print_lock);
}

/* Where to cut, so that whole lines are left: at `size` or after. */
static size_t line_end(const struct jgi_buffer *kept, size_t size)
{
    size_t all = jgi_buffer_size(kept);
    const uint8_t *bytes = jgi_buffer_data(kept);
    const uint8_t *newline = size == 0 ? NULL : memchr(bytes + size - 1, '\n', all - (size - 1));
    return size == 0 ? 0 : newline == NULL ? all : (size_t)(newline - bytes) + 1;
}

static void cut(struct jgi_execution *execution, struct jgi_printed *printed, size_t size)
{
    jgi_buffer_take(&printed->kept, size);
    printed->start += size;
    if (printed->sent < printed->start) printed->sent = printed->start;
    execution->session->printed_bytes -= size;
}

/* Bytes that the session has too many. */
static uint64_t excess(const struct jgi_session *session)
{
    uint64_t part = session->server->config.held_max / SESSION_PART;
    uint64_t most = part < SESSION_MAX ? part : SESSION_MAX;
    return session->printed_bytes > most ? session->printed_bytes - most : 0;
}

/* Leaves what may have to be sent again, as far as the session has room for it; and what waits, up
   to the same size, or more while there is room. */
static void trim(struct jgi_execution *execution, struct jgi_printed *printed)
{
    size_t size = jgi_buffer_size(&printed->kept);
    size_t sent = (size_t)(printed->sent - printed->start), end = 0;
    uint64_t too_many = excess(execution->session);
    if (size > JGI_PRINTED_KEPT) end = line_end(&printed->kept, size - JGI_PRINTED_KEPT);
    if (end > sent && too_many == 0) end = sent;
    if (end < too_many) end = too_many >= size ? size : line_end(&printed->kept, (size_t)too_many);
    if (end > 0) cut(execution, printed, end);
}

static void send(struct jgi_execution *execution, int stream, bool is_last)
{
    struct jgi_printed *printed = &execution->printed[stream];
    struct jgi_connection *connection = jgi_server_connection(execution->session);
    uint64_t end = printed->start + jgi_buffer_size(&printed->kept);
    while (connection != NULL && printed->sent < end &&
           (is_last || jgi_connection_pending(connection) < PENDING_MAX)) {
        const uint8_t *from = jgi_buffer_data(&printed->kept) + (printed->sent - printed->start);
        size_t size = (size_t)(end - printed->sent);
        if (size > JGI_PIECE_SIZE) {
            const uint8_t *newline = memrchr(from, '\n', JGI_PIECE_SIZE);
            size = newline == NULL ? JGI_PIECE_SIZE : (size_t)(newline - from) + 1;
        }
        if (!jgi_connection_send(connection, &(struct jgi_message){.kind = JGI_MESSAGE_OUTPUT,
                                                                   .number = execution->number,
                                                                   .stream = (uint32_t)stream + 1,
                                                                   .offset = printed->sent,
                                                                   .body = from,
                                                                   .body_size = size}))
            break;
        printed->sent += size;
    }
    trim(execution, printed);
}

void jgi_printed_send(struct jgi_execution *execution, bool is_last)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        send(execution, stream, is_last);
}

static void add(struct jgi_server *server, const struct line *head, const uint8_t *text)
{
    struct jgi_table_link *link = jgi_table_find(&server->executions, head->execution);
    struct jgi_execution *execution =
        link == NULL ? NULL : JGI_OWNER(link, struct jgi_execution, by_print);
    if (execution == NULL || execution->row == NULL || execution->has_ended) return;
    struct jgi_printed *printed = &execution->printed[head->stream];
    if (!jgi_buffer_add(&printed->kept, text, head->size)) return; /* they are lost */
    execution->session->printed_bytes += head->size;
    send(execution, (int)head->stream, false);
}

void jgi_printed_collect(struct jgi_server *server)
{
    struct jgi_buffer taken;
    struct line head;
    (void)pthread_mutex_lock(&server->print_lock);
    taken = server->printed;
    server->printed = (struct jgi_buffer){0};
    (void)pthread_mutex_unlock(&server->print_lock);
    while (jgi_buffer_size(&taken) > 0) {
        memcpy(&head, jgi_buffer_data(&taken), sizeof head);
        jgi_buffer_take(&taken, sizeof head);
        add(server, &head, jgi_buffer_data(&taken));
        jgi_buffer_take(&taken, head.size);
    }
    jgi_buffer_fini(&taken);
}

void jgi_printed_rewind(struct jgi_execution *execution)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        execution->printed[stream].sent = execution->printed[stream].start;
}

void jgi_printed_drop(struct jgi_execution *execution)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++) {
        struct jgi_printed *printed = &execution->printed[stream];
        cut(execution, printed, jgi_buffer_size(&printed->kept));
        jgi_buffer_fini(&printed->kept);
    }
}
