/* SPDX-License-Identifier: MIT */
/* The most frequent words of some text files. A job for each file cuts its text into parts, has
 * each part counted by a job and adds up. --plain does all of it by plain calls and prints the
 * same. */
#include "jobs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_ROOM = 32, PART_BYTES = 2048, TOP = 10 };

struct word {
    char text[WORD_ROOM]; /* in small letters; what does not fit is cut off */
    unsigned count;
};

/* Words, grown as needed. */
struct list {
    struct word *words; /* owned */
    size_t count, room;
};

static void list_add(struct list *list, const struct word *word)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        struct word *words = realloc(list->words, room * sizeof *words);
        if (!words) jg_fail("no memory for %zu words", room);
        list->words = words;
        list->room = room;
    }
    list->words[list->count++] = *word;
}

static int by_text(const void *a, const void *b)
{
    const struct word *left = a, *right = b;
    return strcmp(left->text, right->text);
}

static int by_count(const void *a, const void *b)
{
    const struct word *left = a, *right = b;
    if (left->count != right->count) return left->count > right->count ? -1 : 1;
    return by_text(a, b);
}

/* Makes one of all entries with the same text, and sorts by it. */
static void list_fold(struct list *list)
{
    if (list->count == 0) return;
    qsort(list->words, list->count, sizeof *list->words, by_text);
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (strcmp(list->words[i].text, list->words[last].text) == 0)
            list->words[last].count += list->words[i].count;
        else
            list->words[++last] = list->words[i];
    }
    list->count = last + 1;
}

/* The letter in small, or 0 for what no word is made of. */
static char letter(char c)
{
    if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
    return c >= 'a' && c <= 'z' ? c : '\0';
}

/* The words of a piece of text.
 *
 * @job
 * @in text[length]
 * @out return[*ret_count] owned
 * @out ret_count
 */
struct word *count_part(const char *text, size_t length, size_t *ret_count)
{
    struct list list = {0};
    for (size_t i = 0; i < length; i++) {
        struct word word = {.count = 1};
        size_t size = 0;
        for (; i < length && letter(text[i]); i++)
            if (size + 1 < WORD_ROOM) word.text[size++] = letter(text[i]);
        if (size > 0) list_add(&list, &word);
    }
    list_fold(&list);
    *ret_count = list.count;
    return list.words;
}

/* How much of the text makes the next part: to the end of the word that PART_BYTES falls into. */
static size_t part_length(const char *text, size_t length)
{
    size_t part = length < PART_BYTES ? length : PART_BYTES;
    while (part < length && letter(text[part]))
        part++;
    return part;
}

/* The words of a text, counted part by part: each in a job of its own, or here.
 *
 * @job
 * @in text[length]
 * @out return[*ret_count] owned
 * @out ret_count
 */
struct word *count_text(const char *text, size_t length, bool is_plain, size_t *ret_count)
{
    size_t parts_max = length / PART_BYTES + 1, parts = 0;
    struct count_part_args *args = calloc(parts_max, sizeof *args);
    struct count_part_result *results = calloc(parts_max, sizeof *results);
    size_t *counts = calloc(parts_max, sizeof *counts);
    if (!args || !results || !counts) jg_fail("no memory for %zu parts", parts_max);

    for (size_t at = 0; at < length; at += args[parts++].length)
        args[parts] = (struct count_part_args){.text = text + at,
                                               .length = part_length(text + at, length - at),
                                               .ret_count = &counts[parts]};
    if (is_plain)
        for (size_t i = 0; i < parts; i++)
            results[i].value = count_part(args[i].text, args[i].length, args[i].ret_count);
    else if (count_part_remote_fanout(args, parts, results))
        jg_fail("a part was not counted: %s", jg_last_failure()->cause);

    struct list list = {0};
    for (size_t i = 0; i < parts; i++) {
        for (size_t k = 0; k < counts[i]; k++)
            list_add(&list, &results[i].value[k]);
        free(results[i].value);
    }
    free(args);
    free(results);
    free(counts);
    list_fold(&list);
    *ret_count = list.count;
    return list.words;
}

/* A whole file, malloc'ed; NULL has been told. */
static char *read_file(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        text = size < 0 ? NULL : malloc((size_t)size + 1);
        if (text) *ret_length = fread(text, 1, (size_t)size, file);
    }
    if (!text || ferror(file)) {
        (void)fprintf(stderr, "wordcount: %s: %s\n", path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (file) (void)fclose(file); /* only read from */
    return text;
}

static bool count_files(struct count_text_args *args, size_t files, struct list *words)
{
    struct count_text_result *results = calloc(files, sizeof *results);
    bool is_done = results != NULL;
    if (is_done && args[0].is_plain)
        for (size_t i = 0; i < files; i++)
            results[i].value =
                count_text(args[i].text, args[i].length, args[i].is_plain, args[i].ret_count);
    else if (is_done && count_text_remote_fanout(args, files, results)) {
        (void)fprintf(stderr, "wordcount: %s\n", jg_last_failure()->text);
        is_done = false;
    }
    for (size_t i = 0; results && i < files; i++) {
        if (results[i].status) continue;
        for (size_t k = 0; k < *args[i].ret_count; k++)
            list_add(words, &results[i].value[k]);
        free(results[i].value);
    }
    free(results);
    return is_done;
}

static void print_top(struct list *words)
{
    list_fold(words);
    if (words->count > 0) qsort(words->words, words->count, sizeof *words->words, by_count);
    for (size_t i = 0; i < words->count && i < TOP; i++)
        printf("%6u %s\n", words->words[i].count, words->words[i].text);
}

int main(int argc, char **argv)
{
    bool is_plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
    char **paths = argv + 1 + is_plain;
    size_t files = (size_t)(argc - 1 - is_plain);
    if (files == 0) {
        (void)fputs("usage: wordcount [--plain] FILE...\n", stderr);
        return 2;
    }
    struct count_text_args *args = calloc(files, sizeof *args);
    size_t *counts = calloc(files, sizeof *counts);
    struct list words = {0};
    bool is_done = args && counts;
    for (size_t i = 0; is_done && i < files; i++) {
        char *text = read_file(paths[i], &args[i].length);
        args[i].text = text;
        args[i].is_plain = is_plain;
        args[i].ret_count = &counts[i];
        is_done = text != NULL;
    }
    is_done = is_done && count_files(args, files, &words);
    if (is_done) print_top(&words);
    for (size_t i = 0; args && i < files; i++)
        free((char *)args[i].text);
    free(args);
    free(counts);
    free(words.words);
    return is_done ? 0 : 1;
}
