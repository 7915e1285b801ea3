/* SPDX-License-Identifier: MIT */
/* The table of checks, and what the user chose for each. */
#include "check_list.h"

#include <string.h>

#define CHECK_ROW(constant, name, severity, sentence) {name, SEVERITY_##severity, sentence},
static const struct check_info checks[CHECK_COUNT] = {CHECK_LIST(CHECK_ROW)};

const struct check_info *check_info(enum check_name check)
{
    return &checks[check];
}

bool check_is_of_bodies(enum check_name check)
{
    static const enum check_name of_bodies[] = {
        CHECK_CALLS_EXIT,       CHECK_CHANGES_ENVIRONMENT, CHECK_GLOBAL_STATE, CHECK_GLOBAL_STREAM,
        CHECK_STARTS_PROCESSES, CHECK_STARTS_THREADS,      CHECK_STATIC_LOCAL, CHECK_USES_SIGNALS};
    for (size_t i = 0; i < sizeof of_bodies / sizeof *of_bodies; i++)
        if (of_bodies[i] == check) return true;
    return false;
}

enum check_name check_find(const char *name)
{
    size_t check = 0;
    while (check < CHECK_COUNT && strcmp(checks[check].name, name) != 0)
        check++;
    return (enum check_name)check;
}

bool check_choose(struct check_choices *choices, enum check_name check, enum check_choice choice)
{
    if (checks[check].severity == SEVERITY_ERROR && choice != CHOICE_ERROR) return false;
    choices->of[check] = choice;
    return true;
}

enum severity check_severity(const struct check_choices *choices, enum check_name check)
{
    switch (choices->of[check]) {
    case CHOICE_OFF:
        return SEVERITY_NOTE;
    case CHOICE_WARNING:
        return SEVERITY_WARNING;
    case CHOICE_ERROR:
        return SEVERITY_ERROR;
    case CHOICE_DEFAULT:
        break;
    }
    return checks[check].severity;
}
