/* SPDX-License-Identifier: MIT */
/* What structs can point to. */
#include "forms.h"
#include "jobs.h"

void test_members(void)
{
}
