/* SPDX-License-Identifier: MIT */
/* Hypotenuses: each is computed in a process of its own, which has its squares computed in two
 * more. --where tells on which node. */
#include "jobs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* The same, and where it ran.
 *
 * @job
 * @out node[room] string
 */
float pythagorean_where(uint32_t a, uint32_t b, char *node, size_t room)
{
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

static int print_all_where(void)
{
    static char nodes[TRIANGLES][NODE_ROOM];
    struct pythagorean_where_args args[TRIANGLES];
    struct pythagorean_where_result results[TRIANGLES];
    for (size_t i = 0; i < TRIANGLES; i++)
        args[i] = (struct pythagorean_where_args){
            .a = triangles[i].a, .b = triangles[i].b, .node = nodes[i], .room = NODE_ROOM};
    if (pythagorean_where_remote_fanout(args, TRIANGLES, results)) return failed();
    for (size_t i = 0; i < TRIANGLES; i++)
        printf("pythagorean(%u, %u) = %f on %s\n", args[i].a, args[i].b, (double)results[i].value,
               nodes[i]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 1) return print_all();
    if (argc == 2 && strcmp(argv[1], "--where") == 0) return print_all_where();
    (void)fputs("usage: pythagorean [--where]\n", stderr);
    return 2;
}
