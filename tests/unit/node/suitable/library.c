/* SPDX-License-Identifier: MIT */
int needed(void);
#ifdef WITH_SECOND
int needed_second(void);
int needed_second(void)
{
    return 2;
}
#endif
int needed(void)
{
    return 1;
}
