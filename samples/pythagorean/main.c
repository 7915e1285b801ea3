/* SPDX-License-Identifier: MIT */
/* Hypotenuses: each is computed in a process of its own, which has its squares computed in two
 * more. --where tells on which node. */
#include "jobs.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* @job */
uint32_t square(uint32_t a)
{
    return a * a;
}

/* @job */
float pythagorean(uint32_t a, uint32_t b)
{
    square_job *job_a = square_remote_async(a);
    square_job *job_b = square_remote_async(b);
    uint32_t square_a = 0, square_b = 0;
    jg_status status_a = square_await_get(job_a, &square_a);
    jg_status status_b = square_await_get(job_b, &square_b);
    if (status_a || status_b) jg_fail("no square: %s", jg_strerror(status_a ? status_a : status_b));
    return sqrtf((float)(square_a + square_b));
}

/* The same, and where it ran; after a while, so that there is time to end a node.
 *
 * @job
 * @out node[room] string
 */
float pythagorean_where(uint32_t a, uint32_t b, uint32_t pause_ms, char *node, size_t room)
{
    const struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
    (void)snprintf(node, room, "%s", jg_node_name());
    return pythagorean(a, b);
}

enum { TRIANGLES = 7, NODE_ROOM = 64 };

static const struct pythagorean_args triangles[TRIANGLES] = {
    {3, 4}, {4, 5}, {5, 6}, {6, 7}, {7, 8}, {8, 9}, {9, 10},
};

static int failed(void)
{
    const struct jg_failure *failure = jg_last_failure();
    (void)fprintf(stderr, "pythagorean: %s\n", failure ? failure->text : "no memory");
    return 1;
}

static int print_all(void)
{
    struct pythagorean_result results[TRIANGLES];
    if (pythagorean_remote_fanout(triangles, TRIANGLES, results)) return failed();
    for (size_t i = 0; i < TRIANGLES; i++)
        printf("pythagorean(%u, %u) = %f\n", triangles[i].a, triangles[i].b,
               (double)results[i].value);
    return 0;
}

static char nodes[TRIANGLES][NODE_ROOM];
static struct pythagorean_where_result places[TRIANGLES];

/* As each ends. */
static void print_where(size_t index, jg_status status, void *user)
{
    (void)user;
    printf("pythagorean(%u, %u) = ", triangles[index].a, triangles[index].b);
    if (status)
        printf("? %s\n", jg_last_failure()->cause);
    else
        printf("%f on %s\n", (double)places[index].value, nodes[index]);
    (void)fflush(stdout);
}

static int print_all_where(uint32_t pause_ms)
{
    const struct jg_options options = {.on_result = print_where};
    struct pythagorean_where_args args[TRIANGLES];
    for (size_t i = 0; i < TRIANGLES; i++)
        args[i] = (struct pythagorean_where_args){.a = triangles[i].a,
                                                  .b = triangles[i].b,
                                                  .pause_ms = pause_ms,
                                                  .node = nodes[i],
                                                  .room = NODE_ROOM};
    return pythagorean_where_map(&options, args, TRIANGLES, places) ? 1 : 0;
}

int main(int argc, char **argv)
{
    bool where = argc >= 2 && strcmp(argv[1], "--where") == 0;
    if (argc == 1) return print_all();
    if (argc == 2 && where) return print_all_where(0);
    if (argc == 4 && where && strcmp(argv[2], "--pause") == 0)
        return print_all_where((uint32_t)strtoul(argv[3], NULL, 10));
    (void)fputs("usage: pythagorean [--where [--pause MILLISECONDS]]\n", stderr);
    return 2;
}
