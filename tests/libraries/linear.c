/* SPDX-License-Identifier: MIT */
/* LIBLINEAR: what is learnt is a struct with two arrays and a struct that may have three more; it
   comes back from one job and goes into the next. */
#include "linear_jobs.h"

#include "forms.h"

#include <linear.h>
#include <stdlib.h>

static void say_nothing(const char *text)
{
    (void)text;
}

/* Learns from rows of nodes that stand one behind the other; starts[i] is where row i begins, and a
 * node of index -1 ends each. There are as many weights for a feature as classes, but one for two.
 *
 * @job
 * @in nodes[node_count]
 * @in starts[rows]
 * @in y[rows]
 * @in param->weight_label[param->nr_weight]
 * @in param->weight[param->nr_weight]
 * @in param->init_sol[features] optional
 * @out return owned
 * @out return->w[return->nr_feature * (return->nr_class - 2 / return->nr_class)] owned
 * @out return->label[return->nr_class] owned
 * @out return->param.weight_label[return->param.nr_weight] owned
 * @out return->param.weight[return->param.nr_weight] owned
 * @out return->param.init_sol[return->nr_feature] owned
 */
struct model *learn(struct feature_node *nodes, int node_count, const int *starts, double *y,
                    int rows, int features, const struct parameter *param)
{
    struct feature_node *x[rows];
    struct problem problem = {.l = rows, .n = features, .y = y, .x = x, .bias = -1};
    (void)node_count;
    for (int i = 0; i < rows; i++)
        x[i] = nodes + starts[i];
    set_print_string_function(say_nothing);
    if (check_parameter(&problem, param) != NULL) jg_fail("%s", check_parameter(&problem, param));
    struct model *model = train(&problem, param);
    /* They are the caller's, and only learning needs them. */
    model->param.nr_weight = 0;
    model->param.weight_label = NULL;
    model->param.weight = model->param.init_sol = NULL;
    return model;
}

/* The class of each row; `values` is what each class got, one behind the other.
 *
 * @job
 * @in model->w[model->nr_feature * (model->nr_class - 2 / model->nr_class)]
 * @in model->label[model->nr_class]
 * @in model->param.weight_label[model->param.nr_weight]
 * @in model->param.weight[model->param.nr_weight]
 * @in model->param.init_sol[model->nr_feature] optional
 * @in nodes[node_count]
 * @in starts[rows]
 * @out values[rows * model->nr_class]
 * @out classes[rows]
 */
void classify(const struct model *model, const struct feature_node *nodes, int node_count,
              const int *starts, int rows, double *values, double *classes)
{
    (void)node_count;
    for (int i = 0; i < rows; i++)
        classes[i] = predict_values(model, nodes + starts[i], values + i * model->nr_class);
}

CALLS(learn, a->nodes, a->node_count, a->starts, a->y, a->rows, a->features, a->param)
CALLS_VOID(classify, a->model, a->nodes, a->node_count, a->starts, a->rows, a->values, a->classes)

enum { COUNT = 3, ROWS = 60, FEATURES = 5, NODES = ROWS * (FEATURES + 1), CLASSES = 3 };

/* Rows that belong to `classes` classes, and leave out what is zero. Returns the nodes. */
static int rows_make(int classes, struct feature_node *ret_nodes, int *ret_starts, double *ret_y)
{
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
        ret_starts[i] = count;
        ret_y[i] = 10 + i % classes;
        for (int k = 1; k <= FEATURES; k++)
            if ((i + k) % 4 > 0)
                ret_nodes[count++] = (struct feature_node){
                    k, (i % classes == k % classes ? 2 : -1) + 0.01 * ((i * k) % 17)};
        ret_nodes[count++] = (struct feature_node){-1, 0};
    }
    return count;
}

/* Two classes, three, and three of which one weighs more. */
static void classes(enum form form, struct notes *notes)
{
    static const int counts[COUNT] = {2, 3, 3};
    static struct feature_node nodes[COUNT][NODES];
    int starts[COUNT][ROWS], labels[1] = {11};
    double y[COUNT][ROWS], weights[1] = {3}, values[COUNT][ROWS * CLASSES], found[COUNT][ROWS];
    struct parameter params[COUNT];
    struct learn_args learn[COUNT];
    struct learn_result learnt[COUNT];
    struct classify_args classify[COUNT];
    struct classify_result classified[COUNT];
    UNSET(found, form);
    memset(values, 0, sizeof values); /* of two classes the library sets one value */
    for (int i = 0; i < COUNT; i++) {
        int count = rows_make(counts[i], nodes[i], starts[i], y[i]);
        params[i] = (struct parameter){.solver_type = L2R_LR, .eps = 0.001, .C = 1};
        learn[i] =
            (struct learn_args){nodes[i], count, starts[i], y[i], ROWS, FEATURES, &params[i]};
    }
    params[2].nr_weight = 1;
    params[2].weight_label = labels;
    params[2].weight = weights;
    learn_calls(form, learn, COUNT, learnt);
    for (int i = 0; i < COUNT; i++) {
        const struct model *model = learnt[i].value;
        EXPECT(model->nr_class == counts[i] && model->nr_feature == FEATURES);
        note(notes, model->label, (size_t)counts[i] * sizeof(int));
        note(notes, model->w, FEATURES * (size_t)(i == 0 ? 1 : 3) * sizeof(double));
        classify[i] = (struct classify_args){
            model, nodes[i], learn[i].node_count, starts[i], ROWS, values[i], found[i]};
    }
    classify_calls(form, classify, COUNT, classified);
    NOTE(notes, values);
    NOTE(notes, found);
    for (int i = 0; i < COUNT; i++) {
        int right = 0;
        for (int k = 0; k < ROWS; k++)
            right += found[i][k] == y[i][k];
        EXPECT(right > ROWS * 2 / 3);
        free_and_destroy_model(&learnt[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {{"classes", classes}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
