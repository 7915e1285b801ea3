/* SPDX-License-Identifier: MIT */
/* Structs whose members are pointers. */
#include "forms.h"
#include "jobs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- in, in and out ---- */

/* @field cells[rows][columns] */
struct grid {
    int rows, columns;
    double *cells;
    const char *title;
};

/* @job */
double sum_grid(const struct grid *grid)
{
    double sum = (double)strlen(grid->title);
    for (int i = 0; i < grid->rows * grid->columns; i++)
        sum += grid->cells[i];
    return sum;
}

/* @job */
int scale_grid(struct grid *grid, double by)
{
    for (int i = 0; i < grid->rows * grid->columns; i++)
        grid->cells[i] *= by;
    return grid->rows--;
}

static void grids(enum form form)
{
    enum { LARGE = 200 };
    double cells[6] = {1, 2, 3, 4, 5, 6}, sum = 0;
    struct grid grid = {3, 2, cells, "caf\xe9"};
    EXPECT(CALL(form, sum_grid, &sum, &grid) == JG_OK && sum == 25);
    int value = 0;
    EXPECT(CALL(form, scale_grid, &value, &grid, -2) == JG_OK);
    EXPECT(value == 3 && grid.rows == 2 && grid.columns == 2 && grid.cells == cells);
    EXPECT(cells[0] == -2 && cells[3] == -8);
    EXPECT(strcmp(grid.title, "caf\xe9") == 0);
    grid = (struct grid){0, 2, NULL, ""};
    EXPECT(CALL(form, sum_grid, &sum, &grid) == JG_OK && sum == 0);
    double *large = calloc((size_t)LARGE * LARGE, sizeof *large);
    large[LARGE * LARGE - 1] = 5;
    grid = (struct grid){LARGE, LARGE, large, "large"};
    EXPECT(CALL(form, sum_grid, &sum, &grid) == JG_OK && sum == 10);
    EXPECT(CALL(form, scale_grid, &value, &grid, 2) == JG_OK && large[0] == 0);
    free(large);
}

enum tone { LOW = -7, HIGH = 300 };

/* @field bools[count]
 * @field shorts[count]
 * @field longs[count]
 * @field tones[count]
 * @field bytes size(2 * count)
 * @field letters[count + 1]
 * @field one
 */
struct kinds {
    bool *bools;
    uint16_t *shorts;
    long *longs;
    enum tone *tones;
    void *bytes;
    char *letters;
    int *one;
    uint8_t count;
};

/* @job */
int flip(struct kinds *kinds)
{
    for (int i = 0; i < kinds->count; i++) {
        kinds->bools[i] = !kinds->bools[i];
        kinds->shorts[i] ^= 0xffff;
        kinds->longs[i] = ~kinds->longs[i];
        kinds->tones[i] = kinds->tones[i] == LOW ? HIGH : LOW;
    }
    for (int i = 0; i < 2 * kinds->count; i++)
        ((unsigned char *)kinds->bytes)[i]++;
    memset(kinds->letters, '\0', kinds->count);
    return ++*kinds->one;
}

static void all_kinds(enum form form)
{
    bool bools[2] = {true, false};
    uint16_t shorts[2] = {0, 0xfffe};
    long longs[2] = {INT64_MAX, 0};
    enum tone tones[2] = {LOW, HIGH};
    unsigned char bytes[5] = {255, 0, 7, 9, 99};
    char letters[3] = {'a', '\0', 'c'};
    int one = 41, value = 0;
    struct kinds kinds = {bools, shorts, longs, tones, bytes, letters, &one, 2};
    EXPECT(CALL(form, flip, &value, &kinds) == JG_OK && value == 42 && one == 42);
    EXPECT(!bools[0] && bools[1] && shorts[0] == 0xffff && shorts[1] == 1);
    EXPECT(longs[0] == INT64_MIN && longs[1] == -1 && tones[0] == HIGH && tones[1] == LOW);
    EXPECT(memcmp(bytes, "\0\1\10\12c", 5) == 0 && memcmp(letters, "\0\0c", 3) == 0);
    EXPECT(kinds.bools == bools && kinds.bytes == bytes && kinds.one == &one);
}

/* ---- structs in structs ---- */

/* @field values[n]
 * @field label string
 */
struct sample {
    char *label;
    unsigned n;
    float *values;
};

/* @field samples[count]
 * @field names[count] string
 */
struct dataset {
    size_t count;
    struct sample *samples;
    char **names;
    struct sample best;
    struct sample pair[2];
};

/* @job */
long weigh(const struct dataset *set)
{
    long weight = (long)(strlen(set->best.label) + set->pair[1].n);
    for (size_t i = 0; i < set->count; i++) {
        weight += (long)(strlen(set->names[i]) + strlen(set->samples[i].label));
        for (unsigned v = 0; v < set->samples[i].n; v++)
            weight += (long)set->samples[i].values[v];
    }
    return weight;
}

/* @job */
int improve(struct dataset *set, int by)
{
    for (size_t i = 0; i < set->count; i++) {
        set->samples[i].label[0] = '!';
        for (unsigned v = 0; v < set->samples[i].n; v++)
            set->samples[i].values[v] += (float)by;
    }
    set->pair[1].values[0] = 77;
    memset(set->best.label, 'z', strlen(set->best.label));
    set->samples[0].n--;
    return by;
}

static void nested(enum form form)
{
    float values[6] = {1, 2, 3, 4, 5, 6};
    char first[] = "one", second[] = "two", best[] = "best", left[] = "l", right[] = "r";
    char *names[] = {"alpha", ""};
    struct sample samples[2] = {{first, 3, values}, {second, 1, values + 3}};
    struct dataset set = {
        2, samples, names, {best, 0, NULL}, {{left, 1, values + 4}, {right, 1, values + 5}}};
    long weight = 0;
    EXPECT(CALL(form, weigh, &weight, &set) == JG_OK && weight == 4 + 1 + 5 + 6 + 10);
    int value = 0;
    EXPECT(CALL(form, improve, &value, &set, 10) == JG_OK && value == 10);
    EXPECT(strcmp(first, "!ne") == 0 && strcmp(second, "!wo") == 0 && strcmp(best, "zzzz") == 0);
    EXPECT(values[0] == 11 && values[1] == 12 && values[3] == 14 && values[4] == 5);
    EXPECT(values[5] == 77 && samples[0].n == 2 && samples[0].values == values);
    EXPECT(set.samples == samples && set.names == names && names[0] == set.names[0]);
    set.count = 0;
    set.samples = NULL;
    set.names = NULL;
    EXPECT(CALL(form, weigh, &weight, &set) == JG_OK && weight == 5);
}

/* ---- what jobs say ---- */

/* In the manner of sample rate converters. */
struct conversion {
    const float *data_in;
    float *data_out;
    long input_frames, output_frames;
    long input_frames_used, output_frames_gen;
};

/* @job
 * @in data->data_in[data->input_frames * channels]
 * @out data->data_out[data->output_frames * channels] used(data->output_frames_gen * channels)
 */
int convert(struct conversion *data, int channels)
{
    long frames =
        data->input_frames < data->output_frames ? data->input_frames : data->output_frames;
    for (long i = 0; i < frames * channels; i++)
        data->data_out[i] = data->data_in[i] / 2;
    data->input_frames_used = data->output_frames_gen = frames;
    return 0;
}

static void converts(enum form form)
{
    float in[6] = {2, 4, 6, 8, 10, 12}, out[10] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    struct conversion data = {in, out, 3, 5, -1, -1};
    int value = -1;
    EXPECT(CALL(form, convert, &value, &data, 2) == JG_OK && value == 0);
    EXPECT(data.output_frames_gen == 3 && data.data_in == in && data.data_out == out);
    EXPECT(out[0] == 1 && out[5] == 6 && out[6] == 9 && in[0] == 2);
}

struct sink {
    char *text;
    int room;
    int *counts;
};

/* @job
 * @out sink->text[sink->room] string
 * @out sink->counts[n] used(return)
 */
int describe(const struct sink *sink, int n)
{
    (void)snprintf(sink->text, (size_t)sink->room, "%d counts", n);
    for (int i = 0; i < n; i++)
        sink->counts[i] = i * i;
    return n - 1;
}

static void fills_what_an_input_refers_to(enum form form)
{
    char text[20] = "before";
    int counts[3] = {7, 7, 7}, value = 0;
    struct sink sink = {text, sizeof text, counts};
    EXPECT(CALL(form, describe, &value, &sink, 3) == JG_OK && value == 2);
    EXPECT(strcmp(text, "3 counts") == 0 && counts[1] == 1 && counts[2] == (form == PLAIN ? 4 : 7));
}

/* @job
 * @out sink.text[sink.room] string
 * @out sink.counts[*n]
 * @in n
 */
int describe_by_value(struct sink sink, const int *n)
{
    return describe(&sink, *n);
}

static void by_value(void)
{
    char text[20] = "";
    int counts[2] = {7, 7}, value = 0, n = 2;
    struct sink sink = {text, sizeof text, counts};
    EXPECT(describe_by_value_local(sink, &n, &value) == JG_OK && value == 1);
    EXPECT(strcmp(text, "2 counts") == 0 && counts[1] == 1);
    text[0] = '\0';
    describe_by_value_job *job = describe_by_value_remote_async(sink, &n);
    sink = (struct sink){NULL, 0, NULL};
    EXPECT(describe_by_value_await_get(job, &value) == JG_OK && strcmp(text, "2 counts") == 0);
}

/* @field rows[count] */
struct table {
    int count, width;
    struct row *rows;
};
struct row {
    int16_t *cells;
};

/* @job
 * @inout tables[n]
 * @inout tables->rows->cells[tables->width]
 */
long fill_tables(struct table *tables, int n)
{
    for (int t = 0; t < n; t++)
        for (int r = 0; r < tables[t].count; r++)
            for (int c = 0; c < tables[t].width; c++)
                tables[t].rows[r].cells[c] = (int16_t)(100 * t + 10 * r + c);
    return n;
}

static void extents_read_the_structs_around(enum form form)
{
    int16_t cells[6] = {0}, more[2] = {0};
    struct row rows[2] = {{cells}, {cells + 3}}, other[1] = {{more}};
    struct table tables[2] = {{2, 3, rows}, {1, 2, other}};
    long value = 0;
    EXPECT(CALL(form, fill_tables, &value, tables, 2) == JG_OK && value == 2);
    EXPECT(cells[2] == 2 && cells[3] == 10 && cells[5] == 12 && more[1] == 101);
    EXPECT(rows[1].cells == cells + 3 && tables[1].rows == other);
}

/* ---- pointers that move ---- */

/* @field at[left] */
struct cursor {
    const uint8_t *at;
    size_t left;
};

/* @job */
int next_byte(struct cursor *cursor)
{
    if (cursor->left == 0) return -1;
    cursor->left--;
    return *cursor->at++;
}

static void cursors(enum form form)
{
    const uint8_t bytes[2] = {200, 3};
    struct cursor cursor = {bytes, 2};
    int value = 0;
    EXPECT(CALL(form, next_byte, &value, &cursor) == JG_OK && value == 200);
    EXPECT(cursor.at == bytes + 1 && cursor.left == 1);
    EXPECT(CALL(form, next_byte, &value, &cursor) == JG_OK && value == 3);
    EXPECT(cursor.at == bytes + 2 && cursor.left == 0);
    EXPECT(CALL(form, next_byte, &value, &cursor) == JG_OK && value == -1 &&
           cursor.at == bytes + 2);
}

/* ---- owned ---- */

/* @field items[room] used(count) owned
 * @field name string owned optional
 */
struct list {
    char *name;
    int count, room;
    int *items;
};

/* @job */
int push(struct list *list, int item)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 1;
        list->items = realloc(list->items, (size_t)list->room * sizeof *list->items);
    }
    list->items[list->count++] = item;
    free(list->name);
    list->name = item % 2 ? strdup("odd") : NULL;
    return list->count;
}

static void grows(enum form form)
{
    struct list list = {NULL, 0, 0, NULL};
    int value = 0;
    for (int i = 0; i < 5; i++)
        EXPECT(CALL(form, push, &value, &list, i + 10) == JG_OK && value == i + 1);
    EXPECT(list.count == 5 && list.room == 8 && list.items[0] == 10 && list.items[4] == 14);
    EXPECT(list.name == NULL);
    EXPECT(CALL(form, push, &value, &list, 15) == JG_OK);
    EXPECT(list.name != NULL && strcmp(list.name, "odd") == 0);
    list.items[7] = 1; /* there is room */
    free(list.items);
    free(list.name);
}

/* @job */
int count_items(const struct list *list)
{
    return list->count + (list->name != NULL);
}

/* @job
 * @out list
 */
int make_list(int n, struct list *list)
{
    *list = (struct list){strdup("made"), n, n, malloc(sizeof *list->items * (size_t)n)};
    for (int i = 0; i < n; i++)
        list->items[i] = i;
    return n;
}

static void allocates(enum form form)
{
    struct list list = {.count = 99};
    int value = 0;
    EXPECT(CALL(form, make_list, &value, 3, &list) == JG_OK && value == 3);
    EXPECT(strcmp(list.name, "made") == 0 && list.room == 3 && list.items[2] == 2);
    EXPECT(CALL(form, count_items, &value, &list) == JG_OK && value == 4);
    free(list.name);
    free(list.items);
}

struct tree {
    int count;
    struct list *lists;
    char **names;
};

/* @job
 * @out return.lists[return.count] owned
 * @out return.names[return.count] string owned
 */
struct tree make_tree(int count)
{
    struct tree tree = {count, malloc(sizeof *tree.lists * (size_t)count),
                        malloc(sizeof *tree.names * (size_t)count)};
    for (int i = 0; i < count; i++) {
        (void)make_list(i + 1, &tree.lists[i]);
        tree.names[i] = strdup(i ? "later" : "first");
    }
    return tree;
}

/* @job
 * @out return[n] owned
 */
struct list *make_lists(int n)
{
    struct list *lists = malloc(sizeof *lists * (size_t)n);
    for (int i = 0; i < n; i++)
        (void)make_list(n, &lists[i]);
    return lists;
}

/* @job
 * @out *lists[n] owned
 */
int store_lists(struct list **lists, int n)
{
    *lists = make_lists(n);
    return n;
}

static void expect_lists(struct list *lists)
{
    EXPECT(lists[1].items[1] == 1 && strcmp(lists[0].name, "made") == 0);
    for (int i = 0; i < 2; i++) {
        free(lists[i].name);
        free(lists[i].items);
    }
    free(lists);
}

static void allocates_trees(enum form form)
{
    struct list *lists = NULL;
    int value = 0;
    EXPECT(CALL(form, make_lists, &lists, 2) == JG_OK);
    expect_lists(lists);
    EXPECT(CALL(form, store_lists, &value, &lists, 2) == JG_OK);
    expect_lists(lists);
}

static void returns_a_tree(void)
{
    struct tree tree = {0};
    EXPECT(make_tree_remote(2, &tree) == JG_OK);
    EXPECT(tree.count == 2 && tree.lists[1].count == 2 && tree.lists[1].items[1] == 1);
    EXPECT(strcmp(tree.names[1], "later") == 0);
    for (int i = 0; i < 2; i++) {
        free(tree.lists[i].name);
        free(tree.lists[i].items);
        free(tree.names[i]);
    }
    free(tree.lists);
    free(tree.names);
    EXPECT(make_tree_local(3, NULL) == JG_OK); /* not wanted: nothing is allocated */
}

/* ---- what is refused ---- */

static void refuses_what_is_not_there(void)
{
    double sum = 7, cells[4] = {0};
    float values[4] = {0};
    long weight = 7;
    struct grid grid = {2, 2, NULL, "t"};
    EXPECT(sum_grid_local(&grid, &sum) == JG_EARGS);
    EXPECT(has_cause("'grid->cells[rows][columns]' of job 'sum_grid' is NULL, but 4 elements"));
    grid = (struct grid){-1, 3, cells, "t"};
    EXPECT(sum_grid_local(&grid, &sum) == JG_EARGS);
    EXPECT(has_cause("'grid->cells[rows][columns]' of job 'sum_grid' has an extent of -1: too "
                     "small (columns is 3, rows is -1)"));
    grid = (struct grid){2, 2, cells, NULL};
    EXPECT(sum_grid_local(&grid, &sum) == JG_EARGS &&
           has_cause("'grid->title' of job 'sum_grid' is NULL"));
    struct sample samples[2] = {{(char[]){"a"}, 1, values}, {(char[]){"b"}, 2, NULL}};
    char *names[2] = {"x", NULL};
    struct dataset set = {.count = 2,
                          .samples = samples,
                          .names = names,
                          .best = {(char[]){""}, 0, NULL},
                          .pair = {{(char[]){""}, 0, NULL}, {(char[]){""}, 0, NULL}}};
    EXPECT(weigh_remote(&set, &weight) == JG_EARGS);
    EXPECT(has_cause("'set->samples[1].values[n]' of job 'weigh' is NULL, but 2 elements"));
    samples[1].values = values + 1;
    EXPECT(weigh_remote(&set, &weight) == JG_EARGS);
    EXPECT(has_cause("'set->names[count]' of job 'weigh' has NULL as string 1"));
    set.pair[1].label = NULL;
    names[1] = "y";
    EXPECT(weigh_remote(&set, &weight) == JG_EARGS &&
           has_cause("'set->pair[1].label' of job 'weigh' is NULL"));
    set.count = SIZE_MAX / 2;
    EXPECT(weigh_remote(&set, &weight) == JG_EARGS && has_cause("too large"));
    EXPECT(sum == 7 && weight == 7);
}

static void refuses_overlaps(void)
{
    float values[4] = {0};
    int value = 0;
    char a[] = "a", b[] = "b";
    struct sample samples[2] = {{a, 2, values}, {b, 2, values + 1}};
    struct dataset set = {.count = 2,
                          .samples = samples,
                          .names = (char *[]){"x", "y"},
                          .best = {"", 0, NULL}, /* strings of which nothing changes */
                          .pair = {{"left", 0, NULL}, {"right", 1, values + 3}}};
    EXPECT(improve_local(&set, 1, &value) == JG_EARGS);
    EXPECT(has_cause(
        "'set->samples[0].values' and 'set->samples[1].values' of job 'improve' overlap"));
    samples[1].values = values + 2;
    samples[1].n = 1;
    EXPECT(improve_local(&set, 1, &value) == JG_OK);
    samples[1].label = a;
    EXPECT(improve_local(&set, 1, &value) == JG_EARGS && has_cause("overlap"));
}

/* @job */
int misuse(struct grid *grid, struct sample *sample, int how)
{
    grid->cells[0] = 5;
    sample->label[0] = 'Q';
    if (how == 1) grid->rows = 3;
    if (how == 2) grid->cells = malloc(100);
    if (how == 3) sample->values = (float *)grid->cells;
    if (how == 4) jg_fail("no");
    if (how == 5) grid->rows = -1;
    if (how == 6) sample->label[3] = 'R';
    return how;
}

static void nothing_is_touched_on_failure(void)
{
    static const char *const causes[] = {
        [1] = "'grid->cells[rows][columns]' of job 'misuse' has an extent of 6 after the call, and "
              "room for 4",
        [2] = "'grid->cells[rows][columns]' of job 'misuse' points to other memory",
        [3] = "'sample->values[n]' of job 'misuse' points to other memory",
        [4] = "no"};
    double cells[4] = {1, 1, 1, 1};
    char label[] = "abc";
    for (int how = 1; how <= 4; how++) {
        struct grid grid = {2, 2, cells, "t"};
        struct sample sample = {label, 0, NULL};
        int value = 7;
        EXPECT(misuse_remote(&grid, &sample, how, &value) == (how == 4 ? JG_EFAILED : JG_EARGS));
        EXPECT(has_cause(causes[how]));
        EXPECT(cells[0] == 1 && strcmp(label, "abc") == 0 && grid.rows == 2 && grid.cells == cells);
        EXPECT(sample.values == NULL && value == 7);
    }
    struct grid grid = {2, 2, cells, "t"};
    struct sample sample = {label, 0, NULL};
    int value = 7;
    EXPECT(misuse_remote(&grid, &sample, 5, &value) == JG_OK); /* nothing comes back of it */
    EXPECT(cells[0] == 1 && grid.rows == -1 && strcmp(label, "Qbc") == 0);
    grid.rows = 2;
    EXPECT(misuse_remote(&grid, &sample, 6, &value) == JG_OK); /* the room is full */
    EXPECT(memcmp(label, "QbcR", 4) == 0);
}

static void refuses_memory_that_the_job_is_to_allocate(void)
{
    /* What a job allocates in a struct that only comes out does not matter before. */
    struct list list = {.name = (char *)"x", .items = (int *)&list};
    int value;
    EXPECT(make_list_local(1, &list, &value) == JG_OK && list.items[0] == 0);
    free(list.name);
    free(list.items);
}

void test_members(void)
{
    for_each_form("members go in, and in and out", grids);
    for_each_form("members of every kind come back", all_kinds);
    for_each_form("structs within and behind structs", nested);
    for_each_form("a job describes members itself", converts);
    for_each_form("what a struct that only goes in refers to may be written",
                  fills_what_an_input_refers_to);
    for_once("the same of a struct by value", by_value);
    for_each_form("extents read the structs around", extents_read_the_structs_around);
    for_each_form("a pointer comes back as far as it was moved", cursors);
    for_each_form("owned members grow", grows);
    for_each_form("owned members of an output", allocates);
    for_each_form("owned members of owned structs", allocates_trees);
    for_once("owned members of a returned struct", returns_a_tree);
    for_once("NULL and bad extents are refused by their path", refuses_what_is_not_there);
    for_once("overlaps are refused by their path", refuses_overlaps);
    for_once("nothing is touched on failure", nothing_is_touched_on_failure);
    for_once("members of an output are not looked at", refuses_memory_that_the_job_is_to_allocate);
}
