/* SPDX-License-Identifier: MIT */
/* What the measures share: clocks, medians, work of a known size, and the list of the measures. */
#ifndef JOBGEN_BENCH_MEASURE_H
#define JOBGEN_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

enum {
    CALLS = 3000,      /* of a round, one at a time */
    WARM_UP = 300,     /* before them */
    PACED_CALLS = 300, /* with gaps */
    PACE_US = 1500,
    SATURATED_CALLS = 2000,
    IN_FLIGHT = 4,
    EMPTY_JOBS = 20000,
    BULK_REPEATS = 5,
    SPINS = 200,
    SPIN_US = 10000
};
#define BULK_BYTES ((size_t)64 << 20)

double now_us(void);
void pause_us(long us);

/* Sorts the samples. */
double median(double *samples, size_t count);

/* BULK_BYTES, all in memory already; to be freed. */
unsigned char *new_bulk(void);

/* Of BULK_REPEATS times in us that it took to move them; sorts these. */
double bulk_mib_s(double *samples);

/* Uses that much of this thread's CPU time. */
void spin_cpu(long us);

uint64_t sum_words(const unsigned char *data, size_t size);

/* Ends the program. */
void die(const char *what) __attribute__((noreturn));

/* Each does one round and gives its number; the unit is in its name. */
double job_blocking_us(void);
double job_paced_us(void);
double job_saturated_us(void);
double job_empty_per_s(void);
double job_bulk_in_mib_s(void);
double job_bulk_out_mib_s(void);
double job_spins_s(void);
double job_remote_us(void); /* JOBGEN_CONTROL names a control, as for the other remote ones */
double job_first_us(void);
double job_remote_bulk_in_mib_s(void);
double job_remote_bulk_out_mib_s(void);

double reference_blocking_us(void);
double reference_paced_us(void);
double reference_saturated_us(void);
double reference_bulk_in_mib_s(void);
double reference_bulk_out_mib_s(void);
double reference_spins_s(void);
double reference_nng_us(void);          /* req/rep over TCP */
double reference_tcp_us(void);          /* TCP, and a socketpair behind it */
double reference_nng_batch_per_s(void); /* jobs, 64 in each message of a pair socket over TCP */
double reference_tcp_in_mib_s(void);
double reference_tcp_out_mib_s(void);

#endif
