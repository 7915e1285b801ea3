/* SPDX-License-Identifier: MIT */
/* protoc-c makes C names from message names by dropping underscores and changing case, so that
 * different ones can become the same: here names have no upper case, and each that would fold to
 * one taken before gets a number. Members carry their number always. */
#include "plan_names.h"

#include "arena.h"
#include "names.h"

#include <stdbool.h>
#include <string.h>

struct taken {
    struct taken *next;
    const char *name;
};

struct plan_names {
    struct arena *arena;
    const struct model *model;
    const char *package, *package_type, *package_macro;
    struct taken *messages, *statics;
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static char to_upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

/* What is no letter or digit becomes _ . */
static const char *lower_name(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name);
    for (char *c = text; *c; c++) {
        if (is_upper(*c)) *c = (char)(*c - 'A' + 'a');
        if (!is_lower(*c) && !(*c >= '0' && *c <= '9')) *c = '_';
    }
    return text;
}

static const char *upper_name(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name);
    for (char *c = text; *c; c++)
        *c = to_upper(*c);
    return text;
}

/* "square_args" to "SquareArgs", as protoc-c does. */
static const char *camel_name(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name), *to = text;
    bool is_next_upper = true;
    for (const char *c = name; *c; c++) {
        if (*c == '_')
            is_next_upper = true;
        else {
            *to++ = is_next_upper ? to_upper(*c) : *c;
            is_next_upper = false;
        }
    }
    *to = '\0';
    return text;
}

struct plan_names *plan_names_new(struct arena *arena, const struct model *model)
{
    struct plan_names *names = arena_alloc(arena, sizeof *names);
    names->arena = arena;
    names->model = model;
    names->package = lower_name(arena, model->name);
    names->package_type = camel_name(arena, names->package);
    names->package_macro = upper_name(arena, names->package);
    return names;
}

const char *plan_names_package(const struct plan_names *names)
{
    return names->package;
}

static bool is_taken(const struct taken *taken, const char *name)
{
    while (taken && strcmp(taken->name, name) != 0)
        taken = taken->next;
    return taken != NULL;
}

static void take(struct arena *arena, struct taken **list, const char *name)
{
    struct taken *taken = arena_alloc(arena, sizeof *taken);
    taken->name = name;
    taken->next = *list;
    *list = taken;
}

struct message_name plan_names_message(struct plan_names *names, const char *wish)
{
    struct arena *arena = names->arena;
    const char *plain = lower_name(arena, wish), *proto = plain;
    const char *camel = camel_name(arena, proto);
    for (unsigned i = 2; is_taken(names->messages, camel); i++) {
        proto = arena_printf(arena, "%s_%u", plain, i);
        camel = camel_name(arena, proto);
    }
    take(arena, &names->messages, camel);
    return (struct message_name){
        .proto = proto,
        .type = arena_printf(arena, "%s__%s", names->package_type, camel),
        .prefix = arena_printf(arena, "%s__%s", names->package, proto),
        .macro = arena_printf(arena, "%s__%s", names->package_macro, upper_name(arena, proto))};
}

/* A parameter of that name would hide the static in its stub. */
static bool is_used(const struct plan_names *names, const char *name)
{
    for (size_t i = 0; i < names->model->job_count; i++) {
        const struct job *job = &names->model->jobs[i];
        size_t length = strlen(job->name);
        if (strcmp(job->name, name) == 0) return true;
        if (strncmp(job->name, name, length) == 0 && name_may_be_generated(name) &&
            name[length] == '_')
            return true;
        for (size_t p = 0; p < job->param_count; p++)
            if (strcmp(job->params[p].stub_name, name) == 0) return true;
    }
    return false;
}

const char *plan_names_static(struct plan_names *names, const char *wish)
{
    while (is_taken(names->statics, wish) || is_used(names, wish))
        wish = arena_printf(names->arena, "%s_", wish);
    take(names->arena, &names->statics, wish);
    return wish;
}

const char *plan_names_member(struct arena *arena, const char *name, size_t number)
{
    return arena_printf(arena, "%s_%zu", lower_name(arena, name), number);
}
