/* SPDX-License-Identifier: MIT */
/* Any bytes as what is kept of a source, with the right digests: what is read of them can be
 * written again, which goes through all of it. */
#include "arena.h"
#include "inputs.h"
#include "keep.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The only file there is, in a folder of its own; tags may stand anywhere in it. */
static const char text[512];

static char folder[] = "/tmp/fuzz-keep-XXXXXX";

static void remove_file(void)
{
    (void)unlink("f.c");
    (void)rmdir(folder);
}

static void make_file(void)
{
    static bool is_made;
    if (is_made) return;
    FILE *file = mkdtemp(folder) && chdir(folder) == 0 ? fopen("f.c", "wbe") : NULL;
    if (!file || fwrite(text, 1, sizeof text, file) != sizeof text || fclose(file) != 0) abort();
    is_made = atexit(remove_file) == 0;
}

static void write_again(const struct collected *found)
{
    struct strbuf again = {0};
    if (!keep_write(found, &again)) abort();
    strbuf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct options options = {0};
    struct inputs_last last = {.fd = -1};
    struct digest digest = digest_of(text, sizeof text);
    make_file();
    table_at(&last.reads, "f.c")->value = &digest;
    /* In memory of its own, so that the address sanitizer sees who reads beyond. */
    char *copy = malloc(size + 1);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    struct arena *arena = arena_new();
    struct source_set *sources = source_set_new();
    struct keep_setup setup = {
        .arena = arena, .sources = sources, .options = &options, .last = &last};
    struct collected *found = keep_read(&setup, source_open(sources, "f.c"), copy, size);
    if (found) write_again(found);
    collected_free(found);
    source_set_free(sources);
    arena_free(arena);
    inputs_last_fini(&last);
    free(copy);
    return 0;
}
