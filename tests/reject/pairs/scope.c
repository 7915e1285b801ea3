/* SPDX-License-Identifier: MIT */
#include "jobs.h"
/* @job */
uint32_t square(uint32_t a);
static square_job *handle;
struct square_args table[2] = {{1}, {2}};
static jg_status (*form)(uint32_t, uint32_t *) = square_local;
void user(square_job *job, const struct square_args *args);
struct square_args wrong = {.b = 1};
