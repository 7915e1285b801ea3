/* SPDX-License-Identifier: MIT */
/* What a node is told: by its command line, its environment and its machine. */
#ifndef JOBGEN_JOBD_NODE_SETTINGS_H
#define JOBGEN_JOBD_NODE_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../wire/address.h"
#include "../wire/url.h"

enum { JGI_NODE_NAME_SIZE = 64, JGI_NODE_TAGS_SIZE = 256 };

struct jgi_node_settings {
    const char *address; /* to listen at; borrowed */
    bool is_advertised;  /* as follows, not where it listens */
    char advertised_host[JGI_HOST_MAX + 1];
    unsigned advertised_port; /* 0: not told */
    unsigned slots, workers_max;
    uint64_t store_max; /* bytes of programs; 0: not told */
    int ready_fd;       /* -1: none */
    bool is_open_loopback;
    struct jgi_url control;
    char name[JGI_NODE_NAME_SIZE]; /* empty: not told */
    char tags[JGI_NODE_TAGS_SIZE];
    char store[PATH_MAX], scratch[PATH_MAX]; /* directories, which are there */
};

/* False: the program ends with `ret_exit`; what is wrong, or the help, is printed. */
bool jgi_node_settings_read(int argc, char **argv, struct jgi_node_settings *ret_settings,
                            int *ret_exit);

/* Makes the directories, and removes from them what an earlier node left. */
bool jgi_node_settings_prepare(struct jgi_node_settings *settings, int *ret_exit);

/* Where it was not told: the host's name and the port. */
void jgi_node_settings_name(struct jgi_node_settings *settings, unsigned port);

/* The environment of jobs: this process's, without what says how jobs are started. NULL: no memory;
   free it. */
char **jgi_node_environment(void);

#endif
