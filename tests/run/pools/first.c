/* SPDX-License-Identifier: MIT */
/* The jobs of the first program. */
#include <fcntl.h>
#include <jobgen/runtime.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "first_jobs.h"

/* @job */
uint32_t add(uint32_t a, uint32_t b)
{
    return a + b + (strcmp(jg_node_name(), "other") == 0 ? 1000 : 0);
}

/* Tells who it is; it waits for nothing but a byte from a FIFO.
 * @job */
void hold(const char *fifo)
{
    printf("holds %d %d\n", (int)getpid(), (int)getppid());
    (void)fflush(stdout);
    int fd = open(fifo, O_RDONLY);
    char byte;
    (void)!read(fd, &byte, 1);
    (void)close(fd);
}

/* @job */
uint32_t calls_add(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    return add_remote(a, b, &sum) == JG_OK ? sum : 0;
}

/* Calls, and cancels when it is told to.
 * @job */
void changes_its_mind(const char *fifo)
{
    add_job *job = add_remote_async(1, 2);
    hold(fifo);
    add_cancel(job);
    hold(fifo);
}

/* @job(isolation = reuse) */
void says(uint32_t number)
{
    printf("%u\n", number);
}

/* The number; where one is named it waits for a byte from a FIFO first, and "!" is its end.
 * @job(isolation = reuse) */
uint32_t counts(uint32_t number, const char *fifo)
{
    if (strcmp(fifo, "!") == 0) {
        (void)fprintf(stderr, "ends at %u\n", number);
        abort();
    }
    if (fifo[0] != '\0') hold(fifo);
    return number;
}

/* Its result takes a frame of its own.
 * @job(isolation = reuse)
 * @out text[100] string */
void fills(char *text)
{
    memset(text, 'x', 99);
    text[99] = '\0';
}

/* @job */
void tells(void)
{
    char room[4096];
    struct stat status;
    (void)stat(".", &status);
    printf("directory %s\n", getcwd(room, sizeof room));
    printf("mode %o\n", status.st_mode & 0777);
    printf("node %s\n", jg_node_name());
    printf("variable %s\n", getenv("GREETING") == NULL ? "-" : getenv("GREETING"));
    printf("home %s\n", getenv("HOME") == NULL ? "-" : getenv("HOME"));
    FILE *line = fopen("/proc/self/cmdline", "re");
    size_t size = line == NULL ? 0 : fread(room, 1, sizeof room - 1, line);
    for (size_t i = 0; i < size; i++)
        if (room[i] == '\0') room[i] = ' ';
    room[size] = '\0';
    printf("arguments %s\n", room);
}

/* @job */
void litters(void)
{
    char name[8];
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        (void)close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    for (int i = 0; i < 300; i++) {
        (void)mkdir("deeper", 0700);
        (void)close(open("file", O_CREAT | O_WRONLY, 0400));
        (void)symlink("/", "root");
        if (chdir("deeper") != 0) abort();
    }
    (void)mkdir("closed", 0700);
    (void)close(open("closed/file", O_CREAT | O_WRONLY, 0400));
    (void)mkdir("closed/deeper", 0);
    (void)chmod("closed", 0);
    (void)chmod(".", 0500);
}

#ifdef WITH_MAIN
int main(void)
{
    return 7;
}
#endif
