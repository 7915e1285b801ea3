/* SPDX-License-Identifier: MIT */
/* What the variables of the environment say. */
#define _GNU_SOURCE
#include "settings.h"

#include "../base/cores.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 1024 };

static const char *value_of(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

__attribute__((format(printf, 2, 3))) static void complain(struct jgi_settings *settings,
                                                           const char *format, ...)
{
    size_t used = strlen(settings->complaints);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(settings->complaints + used, sizeof settings->complaints - used, format, args);
    va_end(args);
}

static unsigned read_slots(struct jgi_settings *settings)
{
    const char *value = value_of("JOBGEN_SLOTS");
    unsigned otherwise = jgi_core_count();
    char *end;
    if (value == NULL) return otherwise;
    errno = 0;
    long slots = strtol(value, &end, 10);
    if (errno == 0 && *end == '\0' && slots >= 1 && slots <= SLOTS_MAX) return (unsigned)slots;
    complain(settings, "jobgen: JOBGEN_SLOTS=%.60s is no number from 1 to %d: taken is %u\n", value,
             SLOTS_MAX, otherwise);
    return otherwise;
}

/* The place of the variable's value among `words`; without one that of the word `otherwise`. */
static int read_word(struct jgi_settings *settings, const char *name, const char *const *words,
                     int count, int otherwise)
{
    const char *value = value_of(name);
    char known[80] = "";
    if (value == NULL) return otherwise;
    for (int i = 0; i < count; i++) {
        if (strcmp(value, words[i]) == 0) return i;
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    complain(settings, "jobgen: %s=%.60s is none of %s: taken is %s\n", name, value, known,
             words[otherwise]);
    return otherwise;
}

void jgi_settings_read(struct jgi_settings *ret_settings)
{
    static const char *const levels[JGI_LEVEL_COUNT] = {"off", "error", "warn", "info", "debug"};
    static const char *const modes[JGI_OUTPUT_MODE_COUNT] = {"plain", "tag", "off"};
    ret_settings->complaints[0] = '\0';
    ret_settings->slots = read_slots(ret_settings);
    ret_settings->level = (enum jgi_level)read_word(ret_settings, "JOBGEN_LOG", levels,
                                                    JGI_LEVEL_COUNT, JGI_LEVEL_ERROR);
    ret_settings->output = (enum jgi_output_mode)read_word(ret_settings, "JOBGEN_OUTPUT", modes,
                                                           JGI_OUTPUT_MODE_COUNT, JGI_OUTPUT_PLAIN);
}
