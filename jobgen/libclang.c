/* SPDX-License-Identifier: MIT */
/* Loading takes longer than anything else that a small run does: so it comes when it must. */
#include "libclang.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>

static const char *const libraries[] = {
    "libclang-14.so.1",  "libclang.so.1",     "libclang-15.so.1",  "libclang-16.so.1",
    "libclang-17.so.17", "libclang-17.so.1",  "libclang-18.so.18", "libclang-18.so.1",
    "libclang-19.so.19", "libclang-19.so.1",  "libclang-20.so.20", "libclang-20.so.1",
    "libclang-21.so.21", "libclang-14.so.13", "libclang.so",
};

static bool functions_find(struct libclang *libclang, const char **ret_missing)
{
#define LIBCLANG_FIND(name)                                                                        \
    if (!(*(void **)&libclang->name = dlsym(libclang->handle, "clang_" #name))) {                  \
        *ret_missing = "clang_" #name;                                                             \
        return false;                                                                              \
    }
    LIBCLANG_FUNCTIONS(LIBCLANG_FIND)
#undef LIBCLANG_FIND
    return true;
}

static void *library_open(void)
{
    const char *chosen = getenv("JOBGEN_LIBCLANG");
    if (chosen && *chosen) return dlopen(chosen, RTLD_LAZY | RTLD_LOCAL);
    void *handle = NULL;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries && !handle; i++)
        handle = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);
    return handle;
}

const char *libclang_path(const struct libclang *libclang)
{
    struct link_map *map = NULL;
    return dlinfo(libclang->handle, RTLD_DI_LINKMAP, &map) == 0 && map ? map->l_name : NULL;
}

bool libclang_open(struct libclang *libclang, struct diag_list *diags)
{
    struct location nowhere = {0};
    const char *missing = NULL;
    if (libclang->is_open || libclang->has_failed) return libclang->is_open;
    libclang->handle = library_open();
    if (!libclang->handle) {
        diag_error(diags, nowhere, CHECK_LIBCLANG,
                   "libclang is not installed: sources with tags cannot be parsed");
        diag_note(diags, nowhere, NULL,
                  "install it (Debian: apt-get install libclang1-14 libclang-common-14-dev), or "
                  "name the library in JOBGEN_LIBCLANG");
    } else if (!functions_find(libclang, &missing)) {
        diag_error(diags, nowhere, CHECK_LIBCLANG,
                   "this libclang is too old: it has no %s; 14 or later is needed", missing);
    } else {
        libclang->is_open = true;
        /* What came with version 17, as that function did. */
        libclang->lacks_brackets = !dlsym(libclang->handle, "clang_createIndexWithOptions");
    }
    libclang->has_failed = !libclang->is_open;
    return libclang->is_open;
}
