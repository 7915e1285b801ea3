/* SPDX-License-Identifier: MIT */
/* The search path as the flags have it. */
#include "search.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_folder(struct arena *arena, const char *path)
{
    return arena_strndup(arena, path, (size_t)(path_base(path) - path));
}

const char *flag_value(const struct compiler_flags *flags, size_t *at, const char *name)
{
    const char *flag = flags->words[*at];
    size_t length = strlen(name);
    if (strncmp(flag, name, length) != 0) return NULL;
    if (flag[length]) return flag + length;
    if (*at + 1 >= flags->count) return NULL;
    return flags->words[++*at];
}

const struct search_folder *search_folders(struct arena *arena, const struct compiler_flags *flags,
                                           size_t *ret_count)
{
    static const struct {
        const char *flag;
        enum search_kind kind;
    } options[] = {{"-iquote", SEARCH_QUOTE},
                   {"-isystem", SEARCH_SYSTEM},
                   {"-idirafter", SEARCH_AFTER},
                   {"-I", SEARCH_PLAIN}};
    struct search_folder *folders = arena_alloc(arena, flags->count * sizeof *folders);
    size_t count = 0;
    for (size_t i = 0; i < flags->count; i++)
        for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
            const char *path = flag_value(flags, &i, options[k].flag);
            if (!path) continue;
            folders[count++] = (struct search_folder){path, options[k].kind};
            break;
        }
    *ret_count = count;
    return folders;
}

bool search_folders_have(struct arena *arena, const struct compiler_flags *flags, const char *name,
                         const char *path)
{
    size_t count;
    const struct search_folder *folders = search_folders(arena, flags, &count);
    char *real = realpath(path, NULL);
    bool is_found = false;
    for (size_t i = 0; real && i < count && !is_found; i++) {
        if (folders[i].kind == SEARCH_AFTER) continue;
        char *other = realpath(arena_printf(arena, "%s/%s", folders[i].path, name), NULL);
        is_found = other && strcmp(other, real) == 0;
        free(other);
    }
    free(real);
    return is_found;
}

bool flag_is_harmless(const char *flag)
{
    static const char *const beginnings[] = {"-I", "-D", "-U",       "-O",    "-g",       "-W",
                                             "-m", "-w", "-isystem", "-std=", "-iquote",  "-ansi",
                                             "-f", "-c", "-pthread", "-pipe", "-pedantic"};
    static const char *const harmful[] = {
        "-fmodule", "-fplugin", "-fpch", "-fpreprocessed", "-fpass-", "-Wp,", "-fdirectives-only"};
    bool is_known = false;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        is_known |= strncmp(flag, beginnings[i], strlen(beginnings[i])) == 0;
    for (size_t i = 0; i < sizeof harmful / sizeof *harmful; i++)
        is_known &= strncmp(flag, harmful[i], strlen(harmful[i])) != 0;
    return is_known;
}

bool flags_are_followed(const struct compiler_flags *flags)
{
    static const char *const more[] = {"-include",  "-imacros", "-idirafter", "-isysroot", "-x",
                                       "--sysroot", "--target", "-target",    "-nostdinc"};
    for (size_t i = 0; i < flags->count; i++) {
        const char *flag = flags->words[i];
        bool is_known = flag[0] != '-' ? flag[0] != '@' : flag_is_harmless(flag);
        for (size_t k = 0; k < sizeof more / sizeof *more; k++)
            is_known |= strncmp(flag, more[k], strlen(more[k])) == 0;
        if (!is_known || strcmp(flag, "-include-pch") == 0) return false;
    }
    return true;
}
