/* SPDX-License-Identifier: MIT */
/* The C library's regular expressions: an array of structs that have no tag. */
#include "regex_jobs.h"

#include "forms.h"

#include <regex.h>
#include <stdlib.h>

/* As regcomp and regexec, one after the other.
 *
 * @job
 * @in pattern string
 * @in string string
 * @out pmatch[nmatch]
 * @out message[message_room] string
 */
int regex_find(const char *pattern, int cflags, const char *string, size_t nmatch,
               regmatch_t *pmatch, int eflags, char *message, size_t message_room)
{
    regex_t compiled;
    int error = regcomp(&compiled, pattern, cflags);
    if (error == 0) {
        error = regexec(&compiled, string, nmatch, pmatch, eflags);
        regfree(&compiled);
    }
    /* Else they are what the memory happens to have been. */
    if (error != 0) memset(pmatch, 0xff, nmatch * sizeof *pmatch);
    (void)regerror(error, &compiled, message, message_room);
    return error;
}

CALLS(regex_find, a->pattern, a->cflags, a->string, a->nmatch, a->pmatch, a->eflags, a->message,
      a->message_room)

enum { COUNT = 5, MATCHES = 4 };

/* One that matches, one whose second group takes no part, one that does not match, one that is
   wrong, and one that is not asked where. */
static void finds(enum form form, struct notes *notes)
{
    static const char *const patterns[COUNT] = {"([a-z]+)@([a-z]+)", "(a)|(b)", "^q", "(", "tom"};
    static const int codes[COUNT] = {0, 0, REG_NOMATCH, REG_EPAREN, 0};
    regmatch_t matches[COUNT][MATCHES];
    char messages[COUNT][12];
    struct regex_find_args args[COUNT];
    struct regex_find_result results[COUNT];
    UNSET(matches, form);
    UNSET(messages, form);
    for (size_t i = 0; i < COUNT; i++)
        args[i] = (struct regex_find_args){
            patterns[i], REG_EXTENDED, "b: tom@example.org", i == 4 ? 0 : MATCHES, matches[i],
            0,           messages[i],  sizeof messages[i]};
    regex_find_calls(form, args, COUNT, results);
    EXPECT(matches[0][2].rm_so == 7 && matches[0][2].rm_eo == 14 && matches[1][1].rm_so == -1);
    for (size_t i = 0; i < COUNT; i++) {
        EXPECT(results[i].value == codes[i]);
        note(notes, matches[i], args[i].nmatch * sizeof(regmatch_t));
        note(notes, messages[i], strlen(messages[i]) + 1);
    }
}

int main(void)
{
    static const struct check checks[] = {{"finds", finds}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
