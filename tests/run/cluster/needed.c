/* SPDX-License-Identifier: MIT */
/* A library that is not where nodes look for it. */
int cluster_needed(void);

int cluster_needed(void)
{
    return 1;
}
