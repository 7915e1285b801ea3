/* SPDX-License-Identifier: MIT */
/* One row per check: its name, which complaints carry, and what looks at one parameter (the result
 * counts as one, behind the others). A parameter refused by one check is not shown to the next. */
#include "check.h"

#include "arena.h"
#include "check_member.h"
#include "describe.h"
#include "expr.h"

#include <stdarg.h>
#include <string.h>

struct check_context {
    struct arena *arena;
    struct candidate *candidate;
    struct diag_list *diags;
    enum check_name name; /* of the check that runs */
    size_t index;         /* of the parameter looked at */
    const struct param *param;
    const struct directive *directive; /* NULL: none */
    bool is_result;
};

struct check {
    enum check_name name;
    void (*look)(struct check_context *context);
};

static const char *job_name(const struct check_context *context)
{
    return context->candidate->job.name;
}

static bool is_pointed(const struct check_context *context)
{
    return context->param->type->kind == TYPE_POINTER || context->param->type->kind == TYPE_ARRAY;
}

static struct location directive_location(const struct check_context *context)
{
    return context->directive ? context->directive->location : context->param->location;
}

/* What is described: of `*p` what the T ** receives. */
static const struct type *described_type(const struct check_context *context)
{
    const struct type *type = context->param->type;
    return context->param->is_star && type->kind == TYPE_POINTER ? type->element : type;
}

static bool is_char_pointer(const struct check_context *context)
{
    const struct type *type = described_type(context);
    return type->kind == TYPE_POINTER && type->element->is_plain_char;
}

/* What `string` may be said of: bytes are as good as char to many a library. */
static bool is_text_pointer(const struct check_context *context)
{
    const struct type *type = described_type(context);
    return type->kind == TYPE_POINTER && type_is_byte(type->element);
}

static bool is_double_pointer(const struct type *type)
{
    return (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY) &&
           type->element->kind == TYPE_POINTER;
}

static bool is_string_array(const struct type *type)
{
    return is_double_pointer(type) && type->element->element->is_plain_char;
}

/* The job allocates it: a result, or what a T ** receives. */
static bool is_given(const struct check_context *context)
{
    return context->is_result || context->param->is_star;
}

/* ---- the checks ---- */

static void check_result_direction(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (!context->is_result || !directive) return;
    if (context->param->type->kind == TYPE_VOID)
        diag_error(context->diags, directive->name_location, context->name,
                   "job '%s' returns nothing", job_name(context));
    else if (directive->direction != DIRECTION_OUT)
        diag_error(context->diags, directive->location, context->name,
                   "the result of a job can only be @out");
}

static void check_by_value(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (is_pointed(context) || !directive) return;
    const char *name = directive->name;
    if (!context->is_result && directive->direction != DIRECTION_IN)
        diag_error(context->diags, directive->location, context->name,
                   "'%s' of job '%s' is passed by value: nothing can come out of it; make it a "
                   "pointer",
                   name, job_name(context));
    else if (directive->extent_count)
        diag_error(context->diags, directive->extent_locations[0], context->name,
                   "'%s' of job '%s' is passed by value and has no extent", name,
                   job_name(context));
    for (size_t word = 0; word < WORD_COUNT; word++)
        if (directive->has_word[word]) {
            diag_error(context->diags, directive->word_location[word], context->name,
                       "'%s' of job '%s' is passed by value: this word is for pointers", name,
                       job_name(context));
            return;
        }
}

/* Callers cannot see it: nothing that the generated header includes defines it. */
static void check_tagless_record(struct check_context *context)
{
    const struct param *param = context->param;
    if (is_pointed(context) || !record_is_hidden(param->type->record)) return;
    const char *said =
        context->is_result ? "the result" : arena_printf(context->arena, "'%s'", param->name);
    diag_error(context->diags, param->location, context->name,
               "%s of job '%s' is %s, a struct without a tag that no header defines, so that "
               "callers cannot name it; write struct tag { ... }, or pass a pointer to it",
               said, job_name(context), param->type->record->key);
    diag_note(context->diags, param->type->record->location, NULL, "it is defined here");
}

static void check_star(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!param->is_star) return;
    const struct type *type = param->type;
    if (context->is_result)
        diag_error(context->diags, directive->name_location, context->name,
                   "the result is described as return, without *");
    else if (type->kind != TYPE_POINTER || !is_double_pointer(type))
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s' is %s: '*%s' is for a T ** that receives what the job "
                   "allocates; write %s without *",
                   param->name, job_name(context), type_print(context->arena, type), param->name,
                   param->name);
    else if (type->element->is_const)
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s' is %s: nothing can be stored there", param->name,
                   job_name(context), type_print(context->arena, type));
    else if (directive->direction != DIRECTION_OUT)
        diag_error(context->diags, directive->location, context->name,
                   "'*%s' of job '%s' can only come out: what a T ** refers to before the call "
                   "does not go in",
                   param->name, job_name(context));
    else if (!param->is_owned) {
        diag_error(context->diags, directive->name_location, context->name,
                   "'*%s' of job '%s' has no room that the caller gives: it must be allocated by "
                   "the job, with malloc, and freed by the caller",
                   param->name, job_name(context));
        diag_note(context->diags, directive->location, "owned",
                  "if that is so add this word to the line");
    }
}

static void check_size(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!directive || !directive->size) return;
    struct location at = directive->word_location[WORD_SIZE];
    const struct type *type = described_type(context);
    if (type->kind != TYPE_POINTER || type->element->kind != TYPE_VOID)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s: size() is for void *; write %s[n], n elements",
                   param->name, job_name(context), type_print(context->arena, type), param->name);
    else if (directive->extent_count)
        diag_error(context->diags, at, context->name,
                   "the bytes of '%s' of job '%s' are said twice: [n] of void * are bytes too",
                   param->name, job_name(context));
}

static void check_const_out(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (context->is_result || !is_pointed(context) || !directive ||
        directive->direction == DIRECTION_IN || !type_element(context->param->type)->is_const)
        return;
    diag_error(context->diags, directive->location, context->name,
               "'%s' of job '%s' points to const: nothing can come out of it", directive->name,
               job_name(context));
    diag_fixit(context->diags, directive->location, "@in");
}

/* "@in name": what a directive says but for extents and words. */
static struct location directive_head(const struct directive *directive)
{
    struct location head = directive->location;
    if (directive->name_location.line == head.line)
        head.length =
            directive->name_location.column + directive->name_location.length - head.column;
    return head;
}

/* The integer beside a parameter, which is likely to count its elements; NULL: there is none. */
static const char *likely_count(const struct check_context *context)
{
    const struct candidate *candidate = context->candidate;
    size_t next = context->index + 1, before = context->index - 1;
    if (next < candidate->job.param_count && candidate->params[next].type->kind == TYPE_INTEGER)
        return candidate->params[next].name;
    if (context->index && candidate->params[before].type->kind == TYPE_INTEGER)
        return candidate->params[before].name;
    return NULL;
}

/* Offers a directive: instead of the parameter's, or as a new one. */
__attribute__((format(printf, 4, 5))) static void
offer(struct check_context *context, const char *why, bool is_complete, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(context->arena, format, args);
    va_end(args);
    const struct directive *directive = context->directive;
    struct location at =
        directive ? directive_head(directive) : context->candidate->annotation->job_location;
    enum fix_kind kind = directive ? FIX_REPLACE : FIX_ADD;
    diag_note_fix(context->diags, at, is_complete ? kind : FIX_SKETCH, text, "%s write%s", why,
                  directive ? "" : " this line in the comment");
}

static void offer_counted(struct check_context *context, const char *direction, const char *what)
{
    const char *count = likely_count(context);
    offer(context, arena_printf(context->arena, "for %s %s", count ? count : "n", what),
          count != NULL, "%s %s[%s]", direction, context->param->name, count ? count : "n");
}

/* Strings travel in a struct; of other elements there may be one array. */
static void refuse_double_result(struct check_context *context, const char *type, bool is_text)
{
    diag_error(context->diags, context->param->location, context->name,
               is_text ? "the result of job '%s' is %s: not supported; return a struct with this "
                         "pointer and its count, and write @out return.names[return.count] string "
                         "owned"
                       : "the result of job '%s' is %s: not supported; return one array with all "
                         "elements",
               job_name(context), type);
}

/* Nothing could be stored there, or the user says that there are many. */
static bool is_pointer_array(const struct check_context *context)
{
    const struct type *type = context->param->type;
    return type->kind == TYPE_ARRAY || type->element->is_const ||
           (context->directive && context->directive->extent_count);
}

static void check_double_pointer(struct check_context *context)
{
    const struct param *param = context->param;
    if (!is_double_pointer(param->type)) return;
    bool is_text = is_string_array(param->type);
    const char *type = type_print(context->arena, param->type);
    if (context->is_result) {
        refuse_double_result(context, type, is_text);
        return;
    }
    if (param->is_star || param->is_string) return;
    if (!is_text && is_pointer_array(context)) {
        diag_error(context->diags, param->location, context->name,
                   "'%s' of job '%s' is %s, an array of pointers: not supported; pass one array "
                   "with all elements, %s *",
                   param->name, job_name(context), type,
                   type_print(context->arena, param->type->element->element));
        return;
    }
    diag_error(context->diags, param->location, context->name,
               "'%s' of job '%s' is %s: what goes in or comes out behind it?", param->name,
               job_name(context), type);
    if (is_text) offer(context, "for n strings", false, "@in %s[n] string", param->name);
    enum direction direction = context->directive ? context->directive->direction : DIRECTION_INOUT;
    if (!is_text && direction != DIRECTION_OUT)
        diag_note(context->diags, param->location, NULL,
                  "for a matrix take a pointer to its first element, with an extent for each "
                  "dimension, as in @in %s[r][c]",
                  param->name);
    if (param->type->kind != TYPE_POINTER || param->type->element->is_const ||
        direction == DIRECTION_IN)
        return;
    offer(context, "for what the job allocates and stores there", is_text,
          is_text ? "@out *%s string owned" : "@out *%s[n] owned", param->name);
}

/* const char *text, int n: with neither said, cutting at a NUL would lose data in silence. */
static void check_string_or_bytes(struct check_context *context)
{
    const struct candidate *candidate = context->candidate;
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (is_given(context) || !is_char_pointer(context)) return;
    if (directive) {
        if (directive->direction != DIRECTION_IN || param->is_string || param->extent_count) return;
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s': a string, or counted bytes?", param->name, job_name(context));
    } else {
        bool has_next = context->index + 1 < candidate->job.param_count;
        if (!param->is_string || !has_next ||
            candidate->params[context->index + 1].type->kind != TYPE_INTEGER)
            return;
        diag_error(context->diags, param->location, context->name,
                   "'%s' of job '%s' is const char * with an integer behind it: a string, or "
                   "counted bytes?",
                   param->name, job_name(context));
    }
    offer(context, "for a string", true, "@in %s string", param->name);
    offer_counted(context, "@in", "bytes");
}

static void note_extent_fix(struct check_context *context, const char *name, bool is_const)
{
    bool is_void = described_type(context)->element->kind == TYPE_VOID;
    offer_counted(context, is_const ? "@in" : "@inout", is_void ? "bytes" : "elements");
    if (is_void) return;
    if (is_char_pointer(context))
        offer(context, "for a string", is_const, is_const ? "@in %s string" : "@out %s[n] string",
              name);
    else if (context->param->type->kind == TYPE_POINTER && !context->directive)
        offer(context, "for one element", true, "%s %s", is_const ? "@in" : "@out", name);
}

static void check_pointer_extent(struct check_context *context)
{
    const struct param *param = context->param;
    if (is_given(context) || !is_pointed(context) || param->is_string || param->extent_count)
        return;
    const struct type *element = type_element(param->type);
    bool is_open_array = param->type->kind == TYPE_ARRAY;
    bool is_void = described_type(context)->element->kind == TYPE_VOID;
    bool is_one = element->kind == TYPE_RECORD || context->directive;
    if (!is_open_array && !is_void && is_one) return;
    diag_error(context->diags, param->location, context->name,
               "how many %s does '%s' of job '%s' refer to?", is_void ? "bytes" : "elements",
               param->name, job_name(context));
    note_extent_fix(context, param->name, element->is_const);
}

static void check_extent_differs(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (param->type->kind != TYPE_ARRAY || !directive || !directive->extent_count) return;
    size_t declared = 0;
    for (const struct type *type = param->type; type->kind == TYPE_ARRAY; type = type->element)
        declared++;
    bool is_open = !param->type->extent;
    if (directive->extent_count != declared && !(is_open && directive->extent_count == 1)) {
        diag_error(context->diags, directive->extent_locations[0], context->name,
                   "'%s' of job '%s' is declared with %zu dimension%s", param->name,
                   job_name(context), declared, declared == 1 ? "" : "s");
        return;
    }
    const struct type *type = param->type;
    for (size_t i = 0; i < directive->extent_count; i++, type = type->element) {
        const struct expr *written = context->candidate->written_extents[context->index][i];
        if (type->extent && written && !expr_equals(type->extent, written)) {
            diag_error(context->diags, directive->extent_locations[i], context->name,
                       "'%s' of job '%s' is declared with extent %s", param->name,
                       job_name(context), type->extent->text);
            diag_note(context->diags, param->location, NULL, "it is declared here");
            return;
        }
    }
}

static void check_owned(struct check_context *context)
{
    const struct param *param = context->param;
    if (is_given(context) || !param->is_owned) return;
    if (is_string_array(param->type) && param->direction == DIRECTION_OUT) return; /* told below */
    diag_error(context->diags, context->directive->word_location[WORD_OWNED], context->name,
               "'%s' of job '%s' is the caller's memory; owned is for what the job allocates: "
               "@out return[n] owned, or @out *p[n] owned with a T **",
               param->name, job_name(context));
}

static void check_borrowed_result(struct check_context *context)
{
    const struct param *param = context->param;
    if (!context->is_result || !is_pointed(context) || param->is_owned) return;
    diag_error(context->diags, context->candidate->job.location, context->name,
               "the result of job '%s' is a pointer: memory that the job keeps cannot be lent to "
               "another process",
               job_name(context));
    if (context->directive) {
        diag_note(context->diags, context->directive->location, "owned",
                  "if the job allocates it with malloc, add this word to the line; else let the "
                  "job fill an @out parameter");
        return;
    }
    bool is_string = is_char_pointer(context);
    bool is_record = type_element(param->type)->kind == TYPE_RECORD;
    diag_note_fix(context->diags, context->candidate->annotation->job_location,
                  is_string || is_record ? FIX_ADD : FIX_SKETCH,
                  is_string   ? "@out return string owned"
                  : is_record ? "@out return owned"
                              : "@out return[n] owned",
                  "if the job allocates it with malloc, write this line in the comment%s; else let "
                  "the job fill an @out parameter",
                  is_record ? " (with return[n], if it is an array)" : "");
}

static void check_result_extent(struct check_context *context)
{
    const struct param *param = context->param;
    const char *place =
        context->is_result ? "return" : arena_printf(context->arena, "*%s", param->name);
    if (!is_given(context) || param->is_string || param->extent_count) return;
    const struct type *type = described_type(context);
    if (type->kind == TYPE_POINTER && type->element->kind == TYPE_VOID) {
        diag_error(context->diags, directive_location(context), context->name,
                   "how many bytes does '%s' of job '%s' refer to?", place, job_name(context));
        offer(context, "for n bytes", false, "@out %s[n] owned", place);
        return;
    }
    if (!is_char_pointer(context)) return;
    diag_error(context->diags, directive_location(context), context->name,
               "'%s' of job '%s': a string, or counted bytes?", place, job_name(context));
    offer(context, "for a string", true, "@out %s string owned", place);
    offer(context, "for n bytes", false, "@out %s[n] owned", place);
}

/* n strings. */
static void check_strings(struct check_context *context, struct location at)
{
    const struct param *param = context->param;
    if (!type_is_byte(type_element(type_element(param->type))))
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s; string is for char * and char **", param->name,
                   job_name(context), type_print(context->arena, param->type));
    else if (param->direction != DIRECTION_IN)
        diag_error(context->diags, context->directive->location, context->name,
                   "'%s' of job '%s': strings of an array only go in; let the job fill an array of "
                   "structs with a char * that is string owned",
                   param->name, job_name(context));
    else if (!param->extent_count)
        diag_error(context->diags, at, context->name,
                   "how many strings does '%s' of job '%s' refer to? write @in %s[n] string",
                   param->name, job_name(context), param->name);
    else if (param->extent_count > 1)
        diag_error(context->diags, context->directive->extent_locations[1], context->name,
                   "an array of strings has one dimension");
}

static void check_string(struct check_context *context)
{
    const struct param *param = context->param;
    if (!param->is_string || !context->directive) return;
    struct location at = context->directive->word_location[WORD_STRING];
    if (is_double_pointer(param->type) && !param->is_star) {
        check_strings(context, at);
        return;
    }
    if (param->type->kind == TYPE_ARRAY && type_is_byte(type_element(param->type)) &&
        param->type->element->kind != TYPE_ARRAY) {
        if (param->direction == DIRECTION_IN)
            diag_error(context->diags, at, context->name,
                       "'%s' of job '%s' is an array: all of it goes in; declare it as const char "
                       "* to send a string",
                       param->name, job_name(context));
    } else if (!is_text_pointer(context)) {
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s; string is for char *", param->name, job_name(context),
                   type_print(context->arena, described_type(context)));
    } else if (param->direction == DIRECTION_IN && param->extent_count) {
        diag_error(context->diags, context->directive->extent_locations[0], context->name,
                   "'%s' of job '%s' goes in up to its NUL; it is either a string or counted",
                   param->name, job_name(context));
    } else if (is_given(context) && param->extent_count) {
        diag_error(context->diags, context->directive->extent_locations[0], context->name,
                   "an owned string ends at its NUL; it is either a string or counted");
    } else if (!is_given(context) && param->direction != DIRECTION_IN && !param->extent_count) {
        diag_error(context->diags, at, context->name,
                   "how much room has '%s' of job '%s'? write %s[capacity] string", param->name,
                   job_name(context), param->name);
    } else if (param->extent_count > 1) {
        diag_error(context->diags, context->directive->extent_locations[1], context->name,
                   "a string has one dimension");
    }
}

static void check_used(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!directive || !directive->used) return;
    struct location at = directive->word_location[WORD_USED];
    if (param->direction == DIRECTION_IN)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' only goes in: used() is for what comes back", param->name,
                   job_name(context));
    else if (param->is_owned)
        diag_error(context->diags, at, context->name,
                   "an owned result has no room beyond its extent: put the length there");
    else if (param->is_string)
        diag_error(context->diags, at, context->name,
                   "a string comes back up to its NUL: used() has nothing to say");
    else if (!param->extent_count)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is one element: used() needs an extent", param->name,
                   job_name(context));
    else if (param->extent_count > 1)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' has %zu dimensions: used() needs one", param->name,
                   job_name(context), param->extent_count);
}

/* ---- what extents read ---- */

struct reading {
    struct check_context *context;
    bool is_after; /* evaluated when the job has ended */
    bool has_complained;
};

static bool reads_behind(const struct candidate *candidate, const struct expr *expr)
{
    return expr->kind == EXPR_DEREF ||
           (expr->kind == EXPR_MEMBER && candidate->params[expr->param].type->kind == TYPE_POINTER);
}

static void look_at_reading(const struct expr *expr, void *user)
{
    struct reading *reading = user;
    struct check_context *context = reading->context;
    const struct candidate *candidate = context->candidate;
    if (reading->has_complained) return;
    reading->has_complained = true;
    bool is_behind = reads_behind(candidate, expr);
    if (expr->kind == EXPR_RETURN && !reading->is_after)
        diag_error(context->diags, expr->location, context->name,
                   "the extent of '%s' of job '%s' is needed before the call, when there is no "
                   "result yet; say the room, and used(return)",
                   context->param->name, job_name(context));
    else if (is_behind && !context->is_result && expr->param == context->index)
        diag_error(context->diags, expr->location, context->name,
                   "the extent of '%s' of job '%s' reads '%s' itself", context->param->name,
                   job_name(context), context->param->name);
    else if (is_behind && !reading->is_after &&
             candidate->params[expr->param].direction == DIRECTION_OUT) {
        const struct directive *directive = candidate->directives[expr->param];
        diag_error(context->diags, expr->location, context->name,
                   "'%s' of job '%s' has no room before the call: '%s' is only @out",
                   context->param->name, job_name(context), candidate->params[expr->param].name);
        if (directive)
            diag_note(context->diags, directive->location, "@inout",
                      "if it holds the room before the call, write");
    } else {
        reading->has_complained = false;
    }
}

static void check_readable(struct check_context *context)
{
    const struct param *param = context->param;
    struct reading before = {.context = context, .is_after = param->is_owned};
    for (size_t i = 0; i < param->extent_count; i++)
        expr_walk(param->extents[i], look_at_reading, &before);
    struct reading after = {.context = context, .is_after = true};
    expr_walk(param->used, look_at_reading, &after);
}

/* The value of a constant expression; false if it has none. */
static bool constant_value(const struct expr *expr, __int128 *ret_value)
{
    __int128 left = 0, right = 0;
    if (expr->kind == EXPR_INTEGER) {
        *ret_value = (__int128)expr->integer;
        return true;
    }
    if (!expr->left || !constant_value(expr->left, &left) ||
        (expr->right && !constant_value(expr->right, &right)))
        return false;
    if (expr->kind == EXPR_NEGATE || expr->kind == EXPR_PLUS) {
        *ret_value = expr->kind == EXPR_NEGATE ? -left : left;
        return true;
    }
    bool is_zero = (expr->op == '/' || expr->op == '%') && right == 0;
    bool is_over = expr->op == '*' && __builtin_mul_overflow(left, right, ret_value);
    if (is_zero || is_over) return false;
    *ret_value = expr->op == '+'   ? left + right
                 : expr->op == '-' ? left - right
                 : expr->op == '*' ? left * right
                 : expr->op == '/' ? left / right
                                   : left % right;
    return true;
}

static void check_constant_extent(struct check_context *context)
{
    const struct param *param = context->param;
    for (size_t i = 0; i < param->extent_count; i++) {
        const struct expr *extent = param->extents[i];
        __int128 value = 0;
        bool is_zero = extent && extent->kind == EXPR_INTEGER && extent->integer == 0;
        if (!extent || !extent->is_constant) continue;
        if (!constant_value(extent, &value) || value <= 0 || value > (__int128)INT64_MAX) {
            diag_error(context->diags, extent->location, context->name,
                       "extent '%s' of '%s' of job '%s' is no number of elements%s", extent->text,
                       param->name, job_name(context),
                       is_zero ? "; for what is always NULL write [1] optional" : "");
            return;
        }
    }
}

static const struct check checks[] = {
    {CHECK_RESULT_DIRECTION, check_result_direction},
    {CHECK_BY_VALUE, check_by_value},
    {CHECK_TAGLESS_RECORD, check_tagless_record},
    {CHECK_STAR_PLACE, check_star},
    {CHECK_POINTER_TO_POINTER, check_double_pointer},
    {CHECK_SIZE_WORD, check_size},
    {CHECK_CONST_OUT, check_const_out},
    {CHECK_STRING_OR_BYTES, check_string_or_bytes},
    {CHECK_OWNED, check_owned},
    {CHECK_BORROWED_RESULT, check_borrowed_result},
    {CHECK_RESULT_EXTENT, check_result_extent},
    {CHECK_EXTENT_DIFFERS, check_extent_differs},
    {CHECK_STRING, check_string},
    {CHECK_POINTER_EXTENT, check_pointer_extent},
    {CHECK_USED, check_used},
    {CHECK_NO_ROOM, check_readable},
    {CHECK_EXTENT_CONSTANT, check_constant_extent},
};

static void check_param(struct check_context *context)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        size_t before = diag_count(context->diags);
        context->name = checks[i].name;
        checks[i].look(context);
        if (diag_count(context->diags) != before) {
            context->candidate->is_broken = true;
            return;
        }
    }
}

void check_candidate(struct arena *arena, struct candidate *candidate, struct diag_list *diags)
{
    struct check_context context = {.arena = arena, .candidate = candidate, .diags = diags};
    for (size_t i = 0; i <= candidate->job.param_count; i++) {
        context.index = i;
        context.is_result = i == candidate->job.param_count;
        context.param = context.is_result ? candidate->result : &candidate->params[i];
        context.directive = candidate->directives[i];
        check_param(&context);
    }
    if (candidate->is_broken) return;
    for (size_t i = 0; i < candidate->job.param_count; i++)
        check_members(arena, candidate, &candidate->params[i], diags);
    check_members(arena, candidate, candidate->result, diags);
}
