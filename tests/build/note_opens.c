/* SPDX-License-Identifier: MIT */
/* Preloaded: the paths that libraries open, one a line, are added to the file OPENS. */
#undef _FILE_OFFSET_BITS /* which makes open another name of open64 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int open_function(const char *path, int flags, ...);

static int note_and_open(const char *name, const char *path, int flags, unsigned mode)
{
    open_function *real;
    const char *notes = getenv("OPENS");
    *(void **)&real = dlsym(RTLD_NEXT, name);
    int fd = notes ? real(notes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) {
        (void)!write(fd, path, strlen(path));
        (void)!write(fd, "\n", 1);
        (void)close(fd);
    }
    return real(path, flags, mode);
}

#define NOTING(name)                                                                               \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, unsigned) : 0;                \
        va_end(more);                                                                              \
        return note_and_open(#name, path, flags, mode);                                            \
    }

NOTING(open)
NOTING(open64)
