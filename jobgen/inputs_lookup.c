/* SPDX-License-Identifier: MIT */
/* Where a file was looked for: along the search path up to where it was found, or all of it. */
#include "inputs_state.h"

#include "arena.h"
#include "search.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *plain(const char *path)
{
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    return path;
}

static bool is_younger(const struct inputs *inputs, const struct stat *about)
{
    if (about->st_ctim.tv_sec != inputs->begin.tv_sec)
        return about->st_ctim.tv_sec > inputs->begin.tv_sec;
    return about->st_ctim.tv_nsec >= inputs->begin.tv_nsec;
}

static bool is_output(const struct inputs *inputs, const struct stat *about, const char *path)
{
    struct stat output;
    const char *ours =
        arena_printf(inputs->arena, "%s/%s", inputs->options->output, path_base(path));
    return stat(ours, &output) == 0 && output.st_ino == about->st_ino &&
           output.st_dev == about->st_dev;
}

/* False: it is what was found, so nothing behind it was asked. */
static bool look(struct inputs *inputs, const struct looked *looked, const char *folder,
                 const char *between)
{
    const char *path = arena_printf(inputs->arena, "%s%s%s", folder, between, looked->name);
    if (looked->found && strcmp(plain(path), plain(looked->found)) == 0) return false;
    struct table_row *row = table_at(&inputs->states, path);
    if (row->value) return true;
    struct stat about;
    bool is_there = stat(path, &about) == 0;
    if (is_there && is_younger(inputs, &about) && !is_output(inputs, &about, path))
        inputs_give_up(inputs);
    row->value = is_there ? (looked->found ? "" : "some") : "none";
    return true;
}

static bool look_in_list(struct inputs *inputs, const struct looked *looked, const char *variable)
{
    const char *list = getenv(variable);
    for (size_t length; list && *list; list += length + (list[length] == ':')) {
        length = strcspn(list, ":");
        const char *folder = length ? arena_strndup(inputs->arena, list, length) : ".";
        if (!look(inputs, looked, folder, "/")) return false;
    }
    return true;
}

static bool look_in_flags(struct inputs *inputs, const struct looked *looked, enum search_kind kind)
{
    size_t count;
    const struct search_folder *folders = search_folders(inputs->arena, looked->flags, &count);
    for (size_t i = 0; i < count; i++)
        if (folders[i].kind == kind && !look(inputs, looked, folders[i].path, "/")) return false;
    return true;
}

/* The order among these is the compiler's own. */
static void look_in_system(struct inputs *inputs, const struct looked *looked)
{
    for (size_t i = 0; i < inputs->system.capacity; i++)
        if (inputs->system.rows[i].key) (void)look(inputs, looked, inputs->system.rows[i].key, "/");
}

void inputs_look(struct inputs *inputs, const struct looked *looked)
{
    if (looked->name[0] == '/') {
        (void)look(inputs, looked, "", "");
        return;
    }
    if (!look(inputs, looked, path_folder(inputs->arena, looked->from), "")) return;
    if (!look_in_flags(inputs, looked, SEARCH_QUOTE) ||
        !look_in_flags(inputs, looked, SEARCH_PLAIN) || !look_in_list(inputs, looked, "CPATH") ||
        !look_in_flags(inputs, looked, SEARCH_SYSTEM) ||
        !look_in_list(inputs, looked, "C_INCLUDE_PATH"))
        return;
    look_in_system(inputs, looked);
    (void)look_in_flags(inputs, looked, SEARCH_AFTER);
}

void inputs_add_usual_folders(struct inputs *inputs, const struct compiler_flags *flags)
{
    static const char *const options[] = {"--sysroot=", "--sysroot", "-isysroot"};
    (void)table_at(&inputs->system, "/usr/local/include");
    for (size_t i = 0; i < flags->count; i++) {
        const char *root = NULL;
        for (size_t k = 0; k < sizeof options / sizeof *options && !root; k++)
            root = flag_value(flags, &i, options[k]);
        if (!root) continue;
        (void)table_at(&inputs->system, arena_printf(inputs->arena, "%s/usr/local/include", root));
        (void)table_at(&inputs->system, arena_printf(inputs->arena, "%s/usr/include", root));
    }
}
