/* SPDX-License-Identifier: MIT */
/* Hunspell: an array of words goes in; what the library suggests comes back as one text. */
#include "hunspell_jobs.h"

#include "forms.h"

#include <hunspell.h>
#include <stdio.h>
#include <stdlib.h>

/* Opens a dictionary that consists of these words; gives a line of suggestions for each asked word,
 * which is empty if the word is right.
 *
 * @job
 * @in words[word_count] string
 * @in asked[asked_count] string
 * @out *suggestions string owned
 */
size_t spell(const char *const *words, size_t word_count, char **asked, size_t asked_count,
             char **suggestions)
{
    static const char empty[] = "/dev/null";
    size_t wrong = 0, size = 0;
    FILE *lines = open_memstream(suggestions, &size);
    Hunhandle *speller = Hunspell_create(empty, empty);
    for (size_t i = 0; i < word_count; i++)
        (void)Hunspell_add(speller, words[i]);
    for (size_t i = 0; i < asked_count; i++) {
        char **list = NULL;
        bool is_right = Hunspell_spell(speller, asked[i]) != 0;
        int count = is_right ? 0 : Hunspell_suggest(speller, &list, asked[i]);
        wrong += !is_right;
        for (int k = 0; k < count; k++)
            fprintf(lines, "%s%s", k > 0 ? " " : "", list[k]);
        fputc('\n', lines);
        Hunspell_free_list(speller, &list, count);
    }
    Hunspell_destroy(speller);
    (void)fclose(lines);
    return wrong;
}

CALLS(spell, a->words, a->word_count, a->asked, a->asked_count, a->suggestions)

static void spellings(enum form form, struct notes *notes)
{
    static const char *const words[] = {"compress", "result", "caller", "b\xc3\xa4rig", "calls"};
    static char *asked[] = {"caller", "resutl", "calles", "", "zzzzzz"};
    char *suggestions[3] = {NULL};
    const struct spell_args args[3] = {{words, 5, asked, 5, &suggestions[0]},
                                       {words, 0, asked, 3, &suggestions[1]},
                                       {words, 5, NULL, 0, &suggestions[2]}};
    struct spell_result results[3];
    spell_calls(form, args, 3, results);
    EXPECT(results[0].value == 3 && strstr(suggestions[0], "result") != NULL);
    EXPECT(results[2].value == 0 && *suggestions[2] == '\0');
    for (size_t i = 0; i < 3; i++) {
        NOTE(notes, results[i].value);
        note(notes, suggestions[i], strlen(suggestions[i]) + 1);
        free(suggestions[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"spellings", spellings}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
