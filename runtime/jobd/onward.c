/* SPDX-License-Identifier: MIT */
/* Between the server's hooks and the router. The files of programs that were called onward stay
   open, since other nodes may want them. */
#define _GNU_SOURCE
#include "onward.h"

#include "../base/list.h"
#include "../client/nested.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct image {
    struct jgi_link link;
    struct jgi_image image;
};

struct jgi_onward {
    struct jgi_router *router;
    struct jgi_server *server;
    struct jgi_link images;
};

static void on_output(void *user, struct jgi_remote *remote, int stream, const char *node,
                      const char *lines, size_t size)
{
    struct jgi_onward *onward = user;
    const struct jgi_task *task = jgi_nested_task(remote);
    (void)node;
    if (task == NULL) return;
    struct jgi_output_source source = {.execution = task->execution, .audience = task->audience};
    jgi_server_print(onward->server, stream, &source, lines, size);
}

struct jgi_onward *jgi_onward_new(const struct jgi_router_config *config, struct jgi_server *server)
{
    struct jgi_onward *onward = calloc(1, sizeof *onward);
    struct jgi_router_config own = *config;
    if (onward == NULL) return NULL;
    jgi_list_init(&onward->images);
    onward->server = server;
    own.on_output = on_output;
    own.user = onward;
    onward->router = jgi_router_new(&own);
    if (onward->router == NULL) {
        free(onward);
        return NULL;
    }
    return onward;
}

/* NULL: its file cannot be opened, or no memory. */
static const struct jgi_image *find_image(struct jgi_onward *onward,
                                          const struct jgi_origin *origin)
{
    for (struct jgi_link *link = onward->images.next; link != &onward->images; link = link->next) {
        struct image *one = JGI_OWNER(link, struct image, link);
        if (memcmp(one->image.digest, origin->program, JGI_DIGEST_SIZE) == 0) return &one->image;
    }
    struct image *one = calloc(1, sizeof *one);
    int fd = open(origin->path, O_RDONLY | O_CLOEXEC);
    if (one == NULL || fd < 0) {
        free(one);
        if (fd >= 0) (void)close(fd);
        return NULL;
    }
    memcpy(one->image.digest, origin->program, JGI_DIGEST_SIZE);
    one->image.size = origin->size;
    one->image.fd = fd;
    one->image.name = "";
    jgi_list_add_last(&onward->images, &one->link);
    return &one->image;
}

bool jgi_onward_route(struct jgi_onward *onward, const struct jgi_origin *origin,
                      struct jgi_task *task)
{
    const struct jgi_image *image = find_image(onward, origin);
    return image != NULL && jgi_nested_route(onward->router, image, task);
}
