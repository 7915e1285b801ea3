/* SPDX-License-Identifier: MIT */
/* What the variables of the environment say. */
#ifndef JOBGEN_CLIENT_SETTINGS_H
#define JOBGEN_CLIENT_SETTINGS_H

#include "../base/level.h"

enum jgi_output_mode { JGI_OUTPUT_PLAIN, JGI_OUTPUT_TAG, JGI_OUTPUT_OFF, JGI_OUTPUT_MODE_COUNT };

struct jgi_settings {
    unsigned slots;              /* JOBGEN_SLOTS */
    enum jgi_level level;        /* JOBGEN_LOG */
    enum jgi_output_mode output; /* JOBGEN_OUTPUT */
    char complaints[640];        /* a line for each value that means nothing */
};

/* An empty variable counts as unset, and so does, with a complaint, one that means nothing. */
void jgi_settings_read(struct jgi_settings *ret_settings);

#endif
