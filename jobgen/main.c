/* SPDX-License-Identifier: MIT */
/* The program: command line in, exit code out. */
#include "arena.h"
#include "options.h"
#include "pipeline.h"

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    int code = 0;
    switch (options_parse(arena, argc, argv, &options)) {
    case OPTIONS_RUN:
        code = pipeline_run(&options);
        break;
    case OPTIONS_DONE:
        break;
    case OPTIONS_WRONG:
        code = 2;
        break;
    }
    arena_free(arena);
    return code;
}
