/* SPDX-License-Identifier: MIT */
/* Control: one port where nodes and callers meet and people look. */
#include "server.h"

#include "../wire/listener.h"
#include "../wire/stream.h"
#include "register.h"
#include "web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct jgi_control {
    struct jgi_register *registry;
    struct jgi_web *web;
    struct jgi_listener *listener;
};

static void on_accept(struct jgi_stream *stream, void *user)
{
    struct jgi_control *control = user;
    jgi_web_take(control->web, stream);
}

struct jgi_control *jgi_control_new(const struct jgi_control_config *config, char *ret_text,
                                    size_t text_size)
{
    struct jgi_control *control = calloc(1, sizeof *control);
    if (control != NULL)
        control->registry =
            jgi_register_new(&(struct jgi_register_config){.loop = config->loop,
                                                           .secret = config->secret,
                                                           .on_note = config->on_note,
                                                           .user = config->user});
    if (control != NULL && control->registry != NULL)
        control->web =
            jgi_web_new(&(struct jgi_web_config){.loop = config->loop,
                                                 .registry = control->registry,
                                                 .is_open_loopback = config->secret == NULL});
    if (control == NULL || control->web == NULL) {
        (void)snprintf(ret_text, text_size, "no memory");
        (void)jgi_control_free(control);
        errno = ENOMEM;
        return NULL;
    }
    control->listener =
        jgi_listener_new(config->loop, config->address, on_accept, control, ret_text, text_size);
    if (control->listener == NULL) {
        int error = errno;
        (void)jgi_control_free(control);
        errno = error;
        return NULL;
    }
    jgi_loop_lock(config->loop);
    jgi_web_set_port(control->web, jgi_listener_port(control->listener));
    jgi_loop_unlock(config->loop);
    return control;
}

const char *jgi_control_address(const struct jgi_control *control)
{
    return jgi_listener_address(control->listener);
}

struct jgi_control *jgi_control_free(struct jgi_control *control)
{
    if (control == NULL) return NULL;
    control->listener = jgi_listener_free(control->listener);
    control->web = jgi_web_free(control->web);
    control->registry = jgi_register_free(control->registry);
    free(control);
    return NULL;
}
