/* SPDX-License-Identifier: MIT */
/* Feeds the files of a folder, and every prefix of each, to a fuzzing target, without the fuzzer.
 * Prints TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { FILE_SIZE_MAX = 4096 };

/* Each prefix in memory of its own, so that the address sanitizer sees who reads beyond. */
static void feed(const uint8_t *bytes, size_t size)
{
    for (size_t length = 0; length <= size; length++) {
        uint8_t *copy = malloc(length + 1);
        if (copy == NULL) abort();
        memcpy(copy, bytes, length);
        (void)LLVMFuzzerTestOneInput(copy, length);
        free(copy);
    }
}

int main(int argc, char **argv)
{
    int count = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) return 2;
    for (const struct dirent *one; (one = readdir(folder)) != NULL;) {
        char path[1024];
        uint8_t bytes[FILE_SIZE_MAX];
        if (one->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", argv[1], one->d_name);
        FILE *file = fopen(path, "rb");
        if (file == NULL) return 2;
        size_t size = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        feed(bytes, size);
        printf("ok %d - %s\n", ++count, one->d_name);
        (void)fflush(stdout);
    }
    (void)closedir(folder);
    printf("1..%d\n", count);
    return count == 0;
}
