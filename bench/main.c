/* SPDX-License-Identifier: MIT */
/* bench-calls MEASURE: one round of one measure; prints its number. */
#include "measure.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    double (*measure)(void);
} measures[] = {
    {"job-blocking", job_blocking_us},
    {"job-paced", job_paced_us},
    {"job-saturated", job_saturated_us},
    {"job-empty", job_empty_per_s},
    {"job-bulk-in", job_bulk_in_mib_s},
    {"job-bulk-out", job_bulk_out_mib_s},
    {"job-spins", job_spins_s},
    {"job-remote", job_remote_us},
    {"job-first", job_first_us},
    {"job-remote-bulk-in", job_remote_bulk_in_mib_s},
    {"job-remote-bulk-out", job_remote_bulk_out_mib_s},
    {"reference-nng", reference_nng_us},
    {"reference-tcp", reference_tcp_us},
    {"reference-nng-batch", reference_nng_batch_per_s},
    {"reference-tcp-in", reference_tcp_in_mib_s},
    {"reference-tcp-out", reference_tcp_out_mib_s},
    {"reference-blocking", reference_blocking_us},
    {"reference-paced", reference_paced_us},
    {"reference-saturated", reference_saturated_us},
    {"reference-bulk-in", reference_bulk_in_mib_s},
    {"reference-bulk-out", reference_bulk_out_mib_s},
    {"reference-spins", reference_spins_s},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof measures / sizeof *measures; i++)
        if (strcmp(argv[1], measures[i].name) == 0)
            return printf("%.3f\n", measures[i].measure()) < 0;
    (void)fputs("usage: bench-calls MEASURE; bench/run knows them\n", stderr);
    return 2;
}
