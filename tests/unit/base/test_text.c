/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/text.h"

#include <string.h>

static void expect(const char *text, const char *tamed)
{
    char copy[64];
    strcpy(copy, text);
    cr_expect_eq(jgi_text_is_tame(text), strcmp(text, tamed) == 0, "'%s'", tamed);
    jgi_text_tame(copy);
    cr_expect_str_eq(copy, tamed);
    cr_expect(jgi_text_is_tame(copy));
}

Test(text, what_commands_a_terminal_is_replaced)
{
    expect("", "");
    expect("plain, r\303\251sum\303\251 \343\201\213", "plain, r\303\251sum\303\251 \343\201\213");
    expect("a\033[31m\nb\r\t\177", "a?[31m?b???");
    expect("\302\23331m\302\200\302\237\302\240", "??31m????\302\240");
    expect("\302", "\302");
    expect("\302\n", "\302?");
}
