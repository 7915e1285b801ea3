/* SPDX-License-Identifier: MIT */
/* Words are taken one by one; those of a file are taken by the same function, one level deeper. */
#include "response.h"

#include "arena.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MOST = 16 }; /* deeper is a file that names itself */

struct expansion {
    struct arena *arena;
    char **words;
    size_t count, capacity;
    const char *trouble;
};

static void word_add(struct expansion *expansion, char *word)
{
    if (expansion->count + 1 >= expansion->capacity) {
        expansion->capacity = expansion->capacity ? expansion->capacity * 2 : 64;
        char **grown = arena_alloc(expansion->arena, expansion->capacity * sizeof *grown);
        if (expansion->count) memcpy(grown, expansion->words, expansion->count * sizeof *grown);
        expansion->words = grown;
    }
    expansion->words[expansion->count++] = word;
    expansion->words[expansion->count] = NULL;
}

/* Cuts the next word off in place, its quotes and backslashes taken away; NULL behind the last. */
static char *word_next(char **at)
{
    char *read = *at + strspn(*at, " \t\r\n\f\v"), quote = '\0';
    if (!*read) return NULL;
    char *word = read, *write = read;
    for (; *read && (quote || !strchr(" \t\r\n\f\v", *read)); read++) {
        if (*read == '\\' && read[1])
            *write++ = *++read;
        else if (quote ? *read == quote : *read == '\'' || *read == '"')
            quote = quote ? '\0' : *read;
        else
            *write++ = *read;
    }
    *at = *read ? read + 1 : read;
    *write = '\0';
    return word;
}

static void word_take(struct expansion *expansion, char *word, int level)
{
    struct strbuf text = {0};
    if (word[0] != '@' || strbuf_read_file(&text, word + 1) != 0) {
        word_add(expansion, word);
    } else if (level == LEVELS_MOST) {
        expansion->trouble = arena_printf(
            expansion->arena, "%s: response files stand %d deep in one another", word, LEVELS_MOST);
    } else if (text.text) {
        char *rest = arena_strdup(expansion->arena, text.text);
        for (char *next; !expansion->trouble && (next = word_next(&rest));)
            word_take(expansion, next, level + 1);
    }
    strbuf_fini(&text);
}

const char *response_expand(struct arena *arena, int *argc, char ***argv)
{
    struct expansion expansion = {.arena = arena};
    for (int i = 0; i < *argc && !expansion.trouble; i++)
        word_take(&expansion, (*argv)[i], 0);
    *argc = (int)expansion.count;
    *argv = expansion.words;
    return expansion.trouble;
}
