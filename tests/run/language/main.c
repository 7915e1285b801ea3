/* SPDX-License-Identifier: MIT */
/* Every shape of the annotation language, in each form: the plain call and the job agree. */
#include "forms.h"

#include <stdio.h>

static int count, failures;
static bool is_failed;
static const char *form_name = "";

void expect(bool is_met, const char *what, const char *file, int line)
{
    if (is_met) return;
    const struct jg_failure *failure = jg_last_failure();
    is_failed = true;
    printf("# %s:%d: %s is not so (%s); last failure: %s\n", file, line, what, form_name,
           failure != NULL && failure->cause != NULL ? failure->cause : "none");
}

bool has_cause(const char *part)
{
    const char *cause = jg_last_failure()->cause;
    bool is_there = cause != NULL && strstr(cause, part) != NULL;
    if (!is_there) printf("# the cause is: %s\n", cause != NULL ? cause : "none");
    return is_there;
}

static void end(const char *name)
{
    printf("%sok %d - %s\n", is_failed ? "not " : "", ++count, name);
    failures += is_failed;
    (void)fflush(stdout);
}

void for_each_form(const char *name, void (*test)(enum form form))
{
    static const char *const names[] = {"plain", "local", "remote", "async", "fanout"};
    is_failed = false;
    for (enum form form = PLAIN; form < FORM_COUNT; form++) {
        form_name = names[form];
        test(form);
    }
    end(name);
}

void for_once(const char *name, void (*test)(void))
{
    is_failed = false;
    form_name = "";
    test();
    end(name);
}

int main(void)
{
    test_members();
    test_pointers();
    test_values();
    printf("1..%d\n", count);
    return failures != 0;
}
