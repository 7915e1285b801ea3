/* SPDX-License-Identifier: MIT */
/* jobd control: the daemon where nodes and callers meet. */
#include "../control/server.h"
#include "../wire/address.h"
#include "commands.h"
#include "daemon.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct settings {
    const char *address;
    int ready_fd;
    bool is_open_loopback;
};

static bool read_settings(int argc, char **argv, struct settings *settings, int *ret_exit)
{
    const struct jgi_option options[] = {
        {.name = "bind-socket",
         .argument = "HOST:PORT",
         .help = "where to listen (default: [::]:3030); port 0 takes a free\n"
                 "one",
         .text = &settings->address},
        {.name = "open-loopback",
         .help = "serve other users of this machine too",
         .flag = &settings->is_open_loopback},
        {.name = "ready-fd",
         .argument = "N",
         .help = "write a newline to descriptor N once it serves",
         .fd = &settings->ready_fd},
    };
    const struct jgi_command command = {
        .name = "control",
        .usage = "[options]",
        .help =
            "Keeps the list of nodes: nodes register, callers and 'jobd nodes' are told. The same\n"
            "port answers browsers. Without credentials programs of the same user on this machine\n"
            "are served, nobody else.\n",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    struct jgi_arguments arguments;
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    if (!jgi_options_read(&command, argc, argv, &arguments, ret_exit)) return false;
    if (jgi_address_split(settings->address, host, &port) && host[0] != '\0') return true;
    *ret_exit =
        jgi_complain(JGI_EXIT_USAGE, "control",
                     "--bind-socket takes HOST:PORT, as in [::]:3030, not '%s'", settings->address);
    return false;
}

static void on_note(void *user, const char *line)
{
    (void)user;
    (void)jgi_complain(0, "control", "%s", line);
}

static int serve(struct jgi_loop *loop, const struct settings *settings,
                 const struct jgi_secret *secret)
{
    char text[512];
    struct jgi_stops stops;
    if (!jgi_stops_open(&stops, loop))
        return jgi_complain(JGI_EXIT_TEMPORARY, "control", "cannot start: %s", strerror(errno));
    struct jgi_control *control = jgi_control_new(
        &(struct jgi_control_config){
            .loop = loop, .address = settings->address, .secret = secret, .on_note = on_note},
        text, sizeof text);
    if (control == NULL) return jgi_complain(jgi_exit_of(errno), "control", "%s", text);
    (void)jgi_complain(0, "control",
                       "listens on %s (loopback only: no credentials, see jobd token)",
                       jgi_control_address(control));
    jgi_daemon_tell_ready(settings->ready_fd);
    (void)jgi_stops_wait(&stops, 0);
    (void)jgi_control_free(control);
    jgi_stops_close(&stops);
    return JGI_EXIT_OK;
}

int jgi_command_control(int argc, char **argv)
{
    struct settings settings = {.address = "[::]:3030", .ready_fd = -1};
    struct jgi_secret secret;
    char text[512];
    int exit;
    if (!read_settings(argc, argv, &settings, &exit)) return exit;
    jgi_daemon_begin();
    if (!settings.is_open_loopback && !jgi_secret_load(&secret, text, sizeof text))
        return jgi_complain(JGI_EXIT_PERMANENT, "control", "%s", text);
    /* Not freed: what nng still has to close comes back to it until the process ends. */
    struct jgi_loop *loop = jgi_loop_new();
    if (loop == NULL)
        return jgi_complain(JGI_EXIT_TEMPORARY, "control", "cannot start: %s", strerror(errno));
    return serve(loop, &settings, settings.is_open_loopback ? NULL : &secret);
}
