/* SPDX-License-Identifier: MIT */
/* @field data[size]
 * @field name string
 * @field cells[rows * area.columns]
 */
struct list {
    int size;
    int *data;
    char *name;
    int rows;
    struct {
        int columns;
    } area;
    int *cells;
};
/* @job
 * @out return owned
 */
struct list *load(void);
/* @job
 * @out list
 * @out list->data[list->size]
 * @out list->name string owned
 * @out list->cells[list->rows] owned
 */
void fill(struct list *list);
struct plain {
    int value;
};
/* @job */
void make(struct plain **made);
/* @job */
void grow(int **grown);
/* @job */
double *one_double(void);
/* @job
 * @in names[count]
 */
void names(const char **names, int count);
/* @job
 * @out dest[*dest_len]
 */
void compress(char *dest, unsigned long *dest_len);
/* @job
 * @out return[*given_count] owned
 */
int *give(int *given_count);
/* @job
 * @in upper[rows], cost[columns]
 */
void list_of(const int *upper, const int *cost, int rows, int columns);
/* @job
 * @in upper[rows], as said above
 */
void prose(const int *upper, int rows);
/* @job
 * @in out v[n]
 */
void both(int *v, int n);
/* @job(memroy = 1M, fanout = nowhere, retries = -1, memory = 1M 5, timeout_ms 5, isolation = none, = 3, fuel = x) */
void options(int n);
/* @job */
void exact(int n11, int n12, int n21, int n22, double *left, double *right);
/* @job */
void counted(int n, double *values);
