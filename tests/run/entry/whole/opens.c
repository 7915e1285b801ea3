/* SPDX-License-Identifier: MIT */
/* A program without jobs that opens a library with them: OPENS LIBRARY. Prints how often main was
   entered by a line each time, and what the library's call gives. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argc;
    (void)fputs("main\n", stderr);
    void *library = dlopen(argv[1], RTLD_NOW);
    if (library == NULL) {
        printf("%s\n", dlerror());
        return 1;
    }
    int (*call)(void);
    *(void **)(&call) = dlsym(library, "call");
    printf("call: %d\n", call());
    return dlclose(library);
}
