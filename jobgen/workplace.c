/* SPDX-License-Identifier: MIT */
/* Under TMPDIR, by a name of its own. */
#include "workplace.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool workplace_open(struct workplace *place)
{
    const char *root = getenv("TMPDIR");
    if (!root || !*root) root = "/tmp";
    int length = snprintf(place->folder, sizeof place->folder, "%s/jobgen-XXXXXX", root);
    if (length < 0 || (size_t)length >= sizeof place->folder)
        errno = ENAMETOOLONG;
    else if (mkdtemp(place->folder))
        return true;
    place->folder[0] = '\0';
    return false;
}

void workplace_close(struct workplace *place)
{
    DIR *listing = place->folder[0] ? opendir(place->folder) : NULL;
    if (!listing) return;
    for (struct dirent *entry; (entry = readdir(listing));)
        (void)unlinkat(dirfd(listing), entry->d_name, 0); /* "." and ".." are refused */
    (void)closedir(listing);
    (void)rmdir(place->folder);
    place->folder[0] = '\0';
}
