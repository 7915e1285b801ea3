/* SPDX-License-Identifier: MIT */
static int changed, counted = 3;
int elsewhere;
extern int declared;
static struct { int inner; } whole = {1};
/* @job */
int global_state_job(int v)
{
    if (changed) v += counted;
    v += elsewhere + declared;
    counted++;
    return v + whole.inner;
}
int main(void)
{
    changed = 1;
    whole.inner = 2;
    return 0;
}
/* expect 9:9 warning global-state */
/* expect 9:23 warning global-state */
/* expect 10:10 warning global-state */
/* expect 10:22 warning global-state */
/* expect 12:16 warning global-state */
