/* SPDX-License-Identifier: MIT */
/* Calls a job. */
#include "jobs.h"
#include "shape.h"

#include <stdio.h>

int main(void)
{
    double value;
    jg_status status = area_local((struct rectangle){6, 7}, &value);
    if (status != JG_OK) {
        (void)fprintf(stderr, "%s\n", jg_strerror(status));
        return 1;
    }
    (void)printf("area %g\n", value);
    return 0;
}
