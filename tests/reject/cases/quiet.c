/* SPDX-License-Identifier: MIT */
/* Nothing here is worth a warning. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_NAME "exit(1)"
#define kill_it(x) ((x) + 1)

enum { fork_count = 3, verbose_count };
struct point { int verbose, exit; };

static const int primes[] = {2, 3, 5};
static const char *names[] = {"exit", "fork"}; /* never changed */
static int limits[4] = {1, 2, 3, 4};           /* likewise */
static int verbose, depth, sum, level;
int (*handler)(int) = abs;
int exported = 3;
extern const char *const words[];
extern char **environ;
static int cache[16]; /* jobgen: no-warn global-state: filled anew in each process */
static FILE *volatile unused_stream;

#ifdef WITH_COUNTER
static int counter;
#endif

/* A local name hides the variable of the file, wherever it is declared. */
static int shadows(int verbose, const int *level)
{
    int first = 1, depth = 0;
    for (int sum = 0; sum < 3; sum++)
        depth += sum + verbose + *level;
    unsigned char *exported = NULL;
    return depth + first + (exported != NULL);
}

/* jobgen: no-warn calls-exit, global-state: it is meant so */
static void give_up(void)
{
    if (depth > 3) exit(1);
}

/* Has run in the job's process too. */
static int powers[8];
__attribute__((constructor)) static void fill(void)
{
    for (int i = 0; i < 8; i++)
        powers[i] = 1 << i;
}

static int raise_to(int v)
{
#ifdef WITH_COUNTER
    counter++;
    exit(1);
#endif
#if 0
    fork();
#endif
    return v;
}

/* @job */
int quiet_job(int v)
{
    struct point point = {.verbose = 1, .exit = 2};
    const char *text = "exit(1); fork();" EXIT_NAME; /* exit(1) */
    int room[2] = {primes[1], limits[2]};
    static const int squares[] = {1, 4, 9};
    /* jobgen: no-warn static-local: the same in every process */
    static int is_ready;
    is_ready = 1;
    if (!v) give_up();
    room[0] += point.verbose + (&point)->exit + kill_it(v) + fork_count + verbose_count;
    cache[v & 15]++;
    fprintf(stderr, "%s %s %c\n", text, names[0], 'e');
    printf("%d", squares[0] + exported + (environ != NULL) + is_ready + words[0][0]);
    return shadows(room[0], room) + raise_to(v) + powers[v & 7] + handler(v) + (unused_stream != NULL);
}

int main(void)
{
    verbose = depth = sum = level = 1;
    signal: /* a label */
    return quiet_job(verbose);
}
