/* SPDX-License-Identifier: MIT */
/* Between the server's hooks and the router. The files of programs whose jobs call are open
   meanwhile, since other nodes may want them; those of a few that were used last stay so. */
#define _GNU_SOURCE
#include "onward.h"

#include "../base/fd.h"
#include "../base/list.h"
#include "../client/nested.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { UNUSED_MAX = 8 };

struct image {
    struct jgi_link link; /* the one that was asked for last is the last one */
    struct jgi_image image;
    unsigned uses; /* calls that are under way */
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

/* Of those that no call uses the newest stay. */
static void drop_unused(struct jgi_onward *onward)
{
    unsigned unused = 0;
    for (struct jgi_link *link = onward->images.prev, *before; link != &onward->images;
         link = before) {
        struct image *one = JGI_OWNER(link, struct image, link);
        before = link->prev;
        if (one->uses > 0 || unused++ < UNUSED_MAX) continue;
        jgi_list_remove(&one->link);
        (void)jgi_fd_close(one->image.fd);
        free(one);
    }
}

/* NULL: its file cannot be opened, or no memory. */
static struct image *image_new(const struct jgi_origin *origin)
{
    struct image *one = calloc(1, sizeof *one);
    int fd = open(origin->path, O_RDONLY | O_CLOEXEC);
    if (one == NULL || fd < 0) {
        free(one);
        (void)jgi_fd_close(fd);
        return NULL;
    }
    memcpy(one->image.digest, origin->program, JGI_DIGEST_SIZE);
    one->image.size = origin->size;
    one->image.fd = fd;
    one->image.name = "";
    return one;
}

static struct image *find_image(struct jgi_onward *onward, const struct jgi_origin *origin)
{
    struct image *found = NULL;
    for (struct jgi_link *link = onward->images.next; link != &onward->images; link = link->next) {
        struct image *one = JGI_OWNER(link, struct image, link);
        if (memcmp(one->image.digest, origin->program, JGI_DIGEST_SIZE) == 0) found = one;
    }
    if (found != NULL) {
        jgi_list_remove(&found->link);
    } else {
        drop_unused(onward);
        found = image_new(origin);
    }
    if (found != NULL) jgi_list_add_last(&onward->images, &found->link);
    return found;
}

bool jgi_onward_route(struct jgi_onward *onward, const struct jgi_origin *origin,
                      struct jgi_task *task)
{
    struct image *image = find_image(onward, origin);
    return image != NULL && jgi_nested_route(onward->router, &image->image, &image->uses, task);
}
