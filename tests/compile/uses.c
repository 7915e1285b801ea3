/* SPDX-License-Identifier: MIT */
/* Every name, parameter and member of the header made of the example, in C and in C++: compiled
 * against the header that the documentation fixes, and against the one that jobgen makes. */
#include "jobs.h"

struct point {
    double x, y;
};

#ifdef __cplusplus
#define MEMBER(type, object, member) ((void)static_cast<type *>(&(object).member))
#define FUNCTION(result, name, ...)                                                                \
    do {                                                                                           \
        result(*function) __VA_ARGS__ = name;                                                      \
        (void)function;                                                                            \
    } while (0)
#else
#define MEMBER(type, object, member)                                                               \
    do {                                                                                           \
        type *at = &(object).member;                                                               \
        (void)at;                                                                                  \
    } while (0)
#define FUNCTION(result, name, ...)                                                                \
    do {                                                                                           \
        result(*function) __VA_ARGS__ = name;                                                      \
        (void)function;                                                                            \
    } while (0)
#endif

/* The forms that are alike for all jobs. */
#define COMMON(job)                                                                                \
    FUNCTION(void, job##_cancel, (job##_job * job));                                               \
    FUNCTION(jg_job *, job##_as_job, (job##_job * job));                                           \
    FUNCTION(jg_status, job##_remote_fanout,                                                       \
             (const struct job##_args *args, size_t count, struct job##_result *results));         \
    FUNCTION(jg_status, job##_map,                                                                 \
             (const struct jg_options *options, const struct job##_args *args, size_t count,       \
              struct job##_result *results))

/* The forms of a job with these parameters, and with this value behind the others. */
#define FORMS(job, params, params_value, options_params, job_value)                                \
    FUNCTION(jg_status, job##_local, params_value);                                                \
    FUNCTION(jg_status, job##_remote, params_value);                                               \
    FUNCTION(job##_job *, job##_local_async, params);                                              \
    FUNCTION(job##_job *, job##_remote_async, params);                                             \
    FUNCTION(job##_job *, job##_start, options_params);                                            \
    FUNCTION(jg_status, job##_await_get, job_value);                                               \
    FUNCTION(jg_status, job##_try_get, job_value);                                                 \
    COMMON(job)

void use_square(void);
void use_square(void)
{
    struct square_args args = {7};
    struct square_result result = {JG_OK, 0};
    MEMBER(uint32_t, args, a);
    MEMBER(jg_status, result, status);
    MEMBER(uint32_t, result, value);
    FORMS(square, (uint32_t), (uint32_t, uint32_t *), (const struct jg_options *, uint32_t),
          (square_job *, uint32_t *));
}

void use_tick(void);
void use_tick(void)
{
    struct tick_args args = {0};
    struct tick_result result = {JG_OK};
    MEMBER(char, args, unused);
    MEMBER(jg_status, result, status);
    FORMS(tick, (void), (void), (const struct jg_options *), (tick_job *));
}

void use_middle(void);
void use_middle(void)
{
    struct point a = {1, 2}, b = {3, 4};
    struct middle_args args = {&a, &b, 1};
    struct middle_result result = {JG_OK, &a};
    MEMBER(const struct point *, args, a);
    MEMBER(const struct point *, args, b);
    MEMBER(unsigned int, args, c);
    MEMBER(struct point *, result, value);
    FORMS(middle, (struct point, struct point, unsigned int),
          (struct point, struct point, unsigned int, struct point *),
          (const struct jg_options *, struct point, struct point, unsigned int),
          (middle_job *, struct point *));
    (void)middle_local(a, b, 1, &b);
}

void use_transpose(void);
void use_transpose(void)
{
    double from[2][3] = {{1, 2, 3}, {4, 5, 6}}, to[3][2];
    struct transpose_args args = {2, 3, &from[0][0], &to[0][0]};
    struct transpose_result result = {JG_OK};
    MEMBER(size_t, args, r);
    MEMBER(size_t, args, c);
    MEMBER(const double *, args, in);
    MEMBER(double *, args, out);
    MEMBER(jg_status, result, status);
#ifdef __cplusplus
    FORMS(transpose, (size_t, size_t, const double *, double *),
          (size_t, size_t, const double *, double *),
          (const struct jg_options *, size_t, size_t, const double *, double *), (transpose_job *));
#else
    FORMS(transpose, (size_t r, size_t c, const double(*in)[c], double(*out)[r]),
          (size_t r, size_t c, const double(*in)[c], double(*out)[r]),
          (const struct jg_options *, size_t r, size_t c, const double(*in)[c], double(*out)[r]),
          (transpose_job *));
#endif
}

void use_upper(void);
void use_upper(void)
{
    size_t length = 0;
    struct upper_args args = {"text", &length};
    struct upper_result result = {JG_OK, NULL};
    MEMBER(const char *, args, text);
    MEMBER(size_t *, args, ret_len);
    MEMBER(char *, result, value);
    FORMS(upper, (const char *, size_t *), (const char *, size_t *, char **),
          (const struct jg_options *, const char *, size_t *), (upper_job *, char **));
}

void use_names(void);
void use_names(void)
{
    int number = 1;
    unsigned char data[1] = {2};
    struct names_args args = {&number, data, sizeof data, 3};
    struct names_result result = {JG_OK, 4};
    MEMBER(int *, args, new_);
    MEMBER(unsigned char *, args, data);
    MEMBER(size_t, args, n);
    MEMBER(int, args, options_);
    MEMBER(int, result, value);
    FORMS(names, (int *, unsigned char *, size_t, int),
          (int *, unsigned char *, size_t, int, int *),
          (const struct jg_options *, int *, unsigned char *, size_t, int), (names_job *, int *));
}

void use_pick(void);
void use_pick(void)
{
    const unsigned int number = 1;
    struct pick_args args = {&number};
    struct pick_result result = {JG_OK, 2};
    MEMBER(unsigned int, result, value);
#ifdef __cplusplus
    MEMBER(const void *, args, from);
    FORMS(pick, (const void *), (const void *, void *), (const struct jg_options *, const void *),
          (pick_job *, void *));
#else
    MEMBER(const unsigned int *, args, from);
    FORMS(pick, (const unsigned int *), (const unsigned int *, unsigned int *),
          (const struct jg_options *, const unsigned int *), (pick_job *, unsigned int *));
#endif
}
