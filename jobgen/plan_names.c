/* SPDX-License-Identifier: MIT */
/* protoc-c makes C names from message names by dropping underscores and changing case, so that
 * different ones can become the same: here names have no upper case, and each that would fold to
 * one taken before gets a number. Members carry their number always. */
#include "plan_names.h"

#include "arena.h"
#include "names.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BUCKETS = 4096 };

struct taken {
    struct taken *next;
    const char *name;
};

/* A set of names. */
struct names_taken {
    struct taken *buckets[BUCKETS];
};

struct plan_names {
    struct arena *arena;
    const char *package, *package_type, *package_macro;
    struct names_taken *messages; /* folded */
    struct names_taken *statics;  /* and parameters, which would hide them in stubs */
    struct names_taken *jobs;
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

static struct taken **bucket_of(struct names_taken *taken, const char *name, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return &taken->buckets[(hash ^ hash >> 16) % BUCKETS];
}

static bool is_taken(struct names_taken *taken, const char *name, size_t length)
{
    const struct taken *at = *bucket_of(taken, name, length);
    while (at && (strncmp(at->name, name, length) != 0 || at->name[length]))
        at = at->next;
    return at != NULL;
}

static void take(struct arena *arena, struct names_taken *taken, const char *name)
{
    struct taken **bucket = bucket_of(taken, name, strlen(name));
    struct taken *added = arena_alloc(arena, sizeof *added);
    added->name = name;
    added->next = *bucket;
    *bucket = added;
}

struct plan_names *plan_names_new(struct arena *arena, const struct model *model)
{
    struct plan_names *names = arena_alloc(arena, sizeof *names);
    names->arena = arena;
    names->package = lower_name(arena, model->name);
    names->package_type = camel_name(arena, names->package);
    names->package_macro = upper_name(arena, names->package);
    names->messages = arena_alloc(arena, sizeof *names->messages);
    names->statics = arena_alloc(arena, sizeof *names->statics);
    names->jobs = arena_alloc(arena, sizeof *names->jobs);
    for (size_t i = 0; i < model->job_count; i++) {
        const struct job *job = &model->jobs[i];
        take(arena, names->jobs, job->name);
        for (size_t p = 0; p < job->param_count; p++)
            if (!is_taken(names->statics, job->params[p].stub_name,
                          strlen(job->params[p].stub_name)))
                take(arena, names->statics, job->params[p].stub_name);
    }
    for (size_t i = 0; i < model->taken_name_count; i++)
        if (!is_taken(names->statics, model->taken_names[i], strlen(model->taken_names[i])))
            take(arena, names->statics, model->taken_names[i]);
    return names;
}

const char *plan_names_package(const struct plan_names *names)
{
    return names->package;
}

struct message_name plan_names_message(struct plan_names *names, const char *wish)
{
    struct arena *arena = names->arena;
    const char *plain = lower_name(arena, wish), *proto = plain;
    const char *camel = camel_name(arena, proto);
    for (unsigned i = 2; is_taken(names->messages, camel, strlen(camel)); i++) {
        proto = arena_printf(arena, "%s_%u", plain, i);
        camel = camel_name(arena, proto);
    }
    take(arena, names->messages, camel);
    return (struct message_name){
        .proto = proto,
        .type = arena_printf(arena, "%s__%s", names->package_type, camel),
        .prefix = arena_printf(arena, "%s__%s", names->package, proto),
        .macro = arena_printf(arena, "%s__%s", names->package_macro, upper_name(arena, proto))};
}

/* Whether a job has that name, or a form of a job. */
static bool is_job_name(const struct plan_names *names, const char *name)
{
    if (is_taken(names->jobs, name, strlen(name))) return true;
    if (!name_may_be_generated(name)) return false;
    for (const char *end = strchr(name, '_'); end; end = strchr(end + 1, '_'))
        if (is_taken(names->jobs, name, (size_t)(end - name))) return true;
    return false;
}

const char *plan_names_static(struct plan_names *names, const char *wish)
{
    while (is_taken(names->statics, wish, strlen(wish)) || is_job_name(names, wish))
        wish = arena_printf(names->arena, "%s_", wish);
    take(names->arena, names->statics, wish);
    return wish;
}

const char *plan_names_member(struct arena *arena, const char *name, size_t number)
{
    return arena_printf(arena, "%s_%zu", lower_name(arena, name), number);
}
