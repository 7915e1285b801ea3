/* SPDX-License-Identifier: MIT */
/* A source whose effect is the same as before changes nothing that was made of all of them. The
 * lint reads bodies, but only as text: it runs over all of that again. */
#include "shortcut.h"

#include "arena.h"
#include "effect.h"
#include "lint.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

enum { SHARE = 4 }; /* of so many sources one may have changed: else it is not worth trying */

static bool is_given(const struct options *options, const char *path)
{
    for (size_t i = 0; i < options->file_count; i++)
        if (strcmp(options->files[i], path) == 0) return true;
    return false;
}

static bool is_worth_it(const struct shortcut *shortcut, const struct inputs_last *last)
{
    const struct options *options = shortcut->options;
    const struct digest none = {0};
    if (!last->change_count || *last->said || options->build_dir ||
        last->change_count * SHARE > options->file_count)
        return false;
    for (size_t i = 0; i < last->change_count; i++)
        if (!is_given(options, last->changes[i].path) ||
            digest_equal(last->changes[i].effect, none))
            return false;
    return true;
}

static const struct source *open_source(const struct shortcut *shortcut, const char *path)
{
    if (!is_given(shortcut->options, path)) return source_open(shortcut->sources, path);
    return source_open_given(shortcut->sources, path, &shortcut->options->flags);
}

/* False: one of them is gone, or has no tag any more. */
static bool find_tasks(const struct shortcut *shortcut, const struct inputs_last *last,
                       struct crew_task *tasks)
{
    for (size_t i = 0; i < last->change_count; i++) {
        tasks[i].source = open_source(shortcut, last->changes[i].path);
        if (!tasks[i].source || !prefilter_run(shortcut->arena, shortcut->sources, tasks[i].source,
                                               &shortcut->options->flags, shortcut->generated)
                                     .needs_parse)
            return false;
    }
    return true;
}

static bool have_effects(const struct shortcut *shortcut, const struct inputs_last *last,
                         const struct crew_task *tasks)
{
    bool are_same = true;
    struct collected **found = crew_run(shortcut->crew, tasks, last->change_count, shortcut->diags);
    for (size_t i = 0; i < last->change_count; i++) {
        are_same = are_same && collected_is_sound(found[i]) &&
                   digest_equal(last->changes[i].effect, effect_of(shortcut->options, found[i]));
        collected_free(found[i]);
    }
    free(found);
    return are_same;
}

/* `NAME PATH` lines. */
static struct job *find_jobs(struct arena *arena, const char *record, size_t *ret_count)
{
    const char *const *lines = inputs_lines(arena, record, "job ", ret_count);
    struct job *jobs = arena_alloc(arena, *ret_count * sizeof *jobs);
    for (size_t i = 0; i < *ret_count; i++) {
        size_t length = strcspn(lines[i], " ");
        jobs[i].name = arena_strndup(arena, lines[i], length);
        jobs[i].location.file = lines[i] + length + (lines[i][length] == ' ');
    }
    return jobs;
}

static bool is_lint_quiet(const struct shortcut *shortcut, const struct inputs_last *last)
{
    size_t count;
    const char *const *paths = inputs_lines(shortcut->arena, last->record, "text ", &count);
    for (size_t i = 0; i < count; i++)
        if (!open_source(shortcut, paths[i])) return false;
    struct model model = {.name = shortcut->options->name};
    model.jobs = find_jobs(shortcut->arena, last->record, &model.job_count);
    struct diag_list *diags = diag_new(&shortcut->options->checks);
    lint_sources(shortcut->arena, shortcut->sources, &model, diags);
    bool is_quiet = diag_count(diags) == 0;
    diag_free(diags);
    return is_quiet;
}

bool shortcut_take(const struct shortcut *shortcut, const struct inputs_last *last,
                   struct strbuf *ret_record)
{
    if (!is_worth_it(shortcut, last)) return false;
    struct crew_task *tasks = arena_alloc(shortcut->arena, last->change_count * sizeof *tasks);
    struct digest *digests = arena_alloc(shortcut->arena, last->change_count * sizeof *digests);
    if (!find_tasks(shortcut, last, tasks) || !have_effects(shortcut, last, tasks) ||
        !is_lint_quiet(shortcut, last))
        return false;
    for (size_t i = 0; i < last->change_count; i++)
        digests[i] = digest_of(tasks[i].source->text, tasks[i].source->length);
    inputs_reprint(last, digests, ret_record);
    return true;
}
