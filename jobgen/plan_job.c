/* SPDX-License-Identifier: MIT */
/* What templates see of one job. */
#include "plan_job.h"

#include "arena.h"
#include "diag.h"
#include "interface_hash.h"
#include "phrase.h"
#include "plan_lines.h"
#include "plan_member.h"
#include "plan_param.h"
#include "plan_signature.h"
#include "strbuf.h"
#include "template.h"

#include <inttypes.h>
#include <string.h>

enum { COMMENT_COLUMNS = 96 };

/* The lines of a comment: words of the text, none that would end or begin a comment. */
static void comment_lines(struct plan *plan, struct template_value *list, const char *text)
{
    struct strbuf line = {0};
    char before = '\0';
    for (;;) {
        size_t space = strspn(text, " \t\r\n"), length = strcspn(text + space, " \t\r\n");
        text += space;
        bool is_full = line.length && (!length || line.length + 1 + length > COMMENT_COLUMNS);
        if (is_full) {
            template_add_text(plan->arena, list, arena_strdup(plan->arena, line.text));
            strbuf_fini(&line);
            line = (struct strbuf){0};
        }
        if (!length) break;
        if (line.length) strbuf_add_char(&line, ' ');
        for (size_t i = 0; i < length; i++) {
            char c = text[i];
            if ((before == '*' && c == '/') || (before == '/' && c == '*'))
                strbuf_add_char(&line, ' ');
            strbuf_add_char(&line, c);
            before = c;
        }
        before = ' ';
        text += length;
    }
    strbuf_fini(&line);
}

/* ---- what stubs pass on ---- */

static void show_stub_arguments(struct plan *plan, const struct job_plan *job,
                                struct template_value *shown)
{
    struct arena *arena = plan->arena;
    const char *initialiser = "", *names = "";
    for (size_t i = 0; i < job->count; i++) {
        const struct param_plan *param = &job->params[i];
        const char *name = param->param->stub_name, *comma = i ? ", " : "";
        const char *before = "";
        if (param->kind == PARAM_RECORD) before = "&";
        if (param->param->keeps_shape)
            before = arena_printf(arena, "(%s *)", phrase_base(arena, param->element, false));
        initialiser = arena_printf(arena, "%s%s.%s = %s%s", initialiser, comma, name, before, name);
        names = arena_printf(arena, "%s, %s", names, name);
    }
    template_set_text(arena, shown, "initialiser", arena_printf(arena, "{%s}", initialiser));
    template_set_text(arena, shown, "args_pointer", job->count ? "&jgi_args" : "NULL");
    template_set_text(arena, shown, "behind_options", names);
    template_set_text(arena, shown, "ret_value", job->result ? "ret_value" : "NULL");
}

/* ---- messages ---- */

static void show_message_field(struct plan *plan, const char *label, const char *type,
                               const char *name, size_t number, bool is_packed,
                               struct template_value *list)
{
    struct template_value *field = template_add_object(plan->arena, list);
    template_set_text(plan->arena, field, "label", label);
    template_set_text(plan->arena, field, "type", type);
    template_set_text(plan->arena, field, "wire", name);
    template_set_text(plan->arena, field, "number", arena_printf(plan->arena, "%zu", number));
    template_set_flag(plan->arena, field, "is_packed", is_packed);
}

static void show_field(struct plan *plan, const struct param_plan *param,
                       struct template_value *list)
{
    const char *type = NULL;
    bool is_string =
        param->kind == PARAM_STRING || param->kind == PARAM_TEXT || param->kind == PARAM_STRINGS;
    if (param->record)
        type = param->record->message.proto;
    else if (is_string)
        type = "bytes";
    else if (param->kind == PARAM_ARRAY)
        type = phrase_wire_array(param->element);
    else
        type = phrase_wire_scalar(param->element);
    bool is_array = param->kind == PARAM_ARRAY || param->kind == PARAM_RECORDS;
    bool is_repeated = param->kind == PARAM_STRINGS || (is_array && strcmp(type, "bytes") != 0);
    const char *label = is_repeated                                  ? "repeated"
                        : param->record && param->param->is_optional ? "optional"
                                                                     : "required";
    show_message_field(plan, label, type, param->wire, param->number,
                       is_repeated && !param->record && !is_string, list);
}

/* Which tells a NULL from nothing. */
static void show_there(struct plan *plan, const struct param_plan *param,
                       struct template_value *list)
{
    show_message_field(plan, "required", "bool", param->is_there, param->there_number, false, list);
}

static void show_messages(struct plan *plan, const struct job_plan *job,
                          struct template_value *args, struct template_value *result)
{
    struct template_value *in = template_set_list(plan->arena, args, "fields");
    struct template_value *out = template_set_list(plan->arena, result, "fields");
    for (size_t i = 0; i < job->count; i++) {
        const struct param_plan *param = &job->params[i];
        if (param->is_in) show_field(plan, param, in);
        if ((param->is_out && param->is_pointer) || param->answers_members)
            show_field(plan, param, out);
    }
    if (job->result) show_field(plan, job->result, out);
    for (size_t i = 0; i < job->count; i++) {
        const struct param_plan *param = &job->params[i];
        if (param->param->is_optional) show_there(plan, param, in);
        if (param->is_given) show_there(plan, param, out);
    }
    if (job->result && job->result->is_given) show_there(plan, job->result, out);
}

static void show_message_name(struct plan *plan, const struct message_name *name,
                              struct template_value *shown)
{
    template_set_text(plan->arena, shown, "message", name->proto);
    template_set_text(plan->arena, shown, "type", name->type);
    template_set_text(plan->arena, shown, "prefix", name->prefix);
    template_set_text(plan->arena, shown, "macro", name->macro);
}

/* ---- places ---- */

static const char *place_phrase(struct plan *plan, const struct job *job,
                                const struct param_plan *param)
{
    struct arena *arena = plan->arena;
    const char *text =
        arena_printf(arena, ".name = \"%s\"", phrase_quoted(arena, param->param->name));
    if (param->param->extent_count)
        text = arena_printf(arena, "%s, .extent = \"%s\"", text,
                            phrase_quoted(arena, phrase_extents_written(arena, param->param)));
    if (param->kind == PARAM_STRINGS)
        text = arena_printf(arena, "%s, .element_size = sizeof(char *)", text);
    else if (param->kind != PARAM_RECORD)
        text = arena_printf(
            arena, "%s, .element_size = sizeof(%s)", text,
            param->element->kind == TYPE_VOID ? "char" : phrase_base(arena, param->element, true));
    text = arena_printf(arena, "%s, .field = %zu", text, param->number);
    const char *element = phrase_element_kind(param->element);
    if (strcmp(element, "JGI_PLAIN") != 0)
        text = arena_printf(arena, "%s, .element = %s", text, element);
    if (param->is_out && param->is_pointer)
        text = arena_printf(arena, "%s, .is_written = true", text);
    if (param->param->is_optional) text = arena_printf(arena, "%s, .is_optional = true", text);
    if (param->has_members && !param->is_pointer)
        text = arena_printf(arena, "%s, .is_here = true", text);
    if (param->record && !param->record->complex)
        text =
            arena_printf(arena, "%s, .record = &%s", text,
                         param->has_members ? member_tables_codec(plan->tables, job, param->param)
                                            : param->record->codec);
    return text;
}

static bool has_place(const struct param_plan *param)
{
    return param->kind != PARAM_SCALAR &&
           !(param->kind == PARAM_STRING && param->is_given && !param->param->is_star);
}

static void show_places(struct plan *plan, const struct job_plan *job, struct template_value *shown)
{
    struct template_value *list = template_set_list(plan->arena, shown, "places");
    size_t count = 0;
    for (size_t i = 0; i < job->count + (job->result ? 1 : 0); i++) {
        const struct param_plan *param = &job->params[i];
        bool is_value = i == job->count && !param->is_pointer;
        if ((is_value && !param->has_members) || !has_place(param)) continue;
        struct template_value *place = template_add_object(plan->arena, list);
        template_set_text(plan->arena, place, "index",
                          arena_printf(plan->arena, "%zu", param->number));
        template_set_text(plan->arena, place, "members",
                          arena_printf(plan->arena, "{%s}", place_phrase(plan, job->job, param)));
        count++;
    }
    template_set_flag(plan->arena, shown, "has_places", count > 0);
}

/* ---- options ---- */

static void add_number(struct plan *plan, struct template_value *list, const char *name,
                       uint64_t value)
{
    const char *suffix = value > INT32_MAX ? "u" : "";
    if (value)
        template_add_text(plan->arena, list,
                          arena_printf(plan->arena, "%s = %" PRIu64 "%s", name, value, suffix));
}

static void add_option_text(struct plan *plan, struct template_value *list, const char *name,
                            const char *text)
{
    if (text)
        template_add_text(
            plan->arena, list,
            arena_printf(plan->arena, "%s = \"%s\"", name, phrase_quoted(plan->arena, text)));
}

static void show_options(struct plan *plan, const struct job_options *options,
                         struct template_value *shown)
{
    static const char *const fanouts[] = {"JG_ROUNDROBIN", "JG_RANDOM", "JG_LEASTLOADED"};
    struct template_value *list = template_set_list(plan->arena, shown, "options");
    add_number(plan, list, "memory_bytes", options->memory_bytes);
    add_number(plan, list, "fuel", options->fuel);
    template_add_text(plan->arena, list,
                      arena_printf(plan->arena, "fanout = %s", fanouts[options->fanout]));
    const struct {
        const char *name;
        int value;
    } numbers[] = {{"init_retry_interval_ms", options->init_retry_interval_ms},
                   {"async_init_retry_interval_ms", options->async_init_retry_interval_ms},
                   {"sync_retry_interval_ms", options->sync_retry_interval_ms},
                   {"async_get_retry_interval_ms", options->async_get_retry_interval_ms},
                   {"async_set_retry_interval_ms", options->async_set_retry_interval_ms},
                   {"shutdown_retry_interval_ms", options->shutdown_retry_interval_ms},
                   {"retries", options->retries},
                   {"timeout_ms", options->timeout_ms}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(plan, list, numbers[i].name, (uint64_t)numbers[i].value);
    const struct {
        const char *name;
        bool is_set;
    } flags[] = {{"is_idempotent", options->is_idempotent},
                 {"is_reuse", options->is_reuse},
                 {"wants_net", options->wants_net},
                 {"wants_spawn", options->wants_spawn}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].is_set)
            template_add_text(plan->arena, list,
                              arena_printf(plan->arena, "%s = true", flags[i].name));
    add_option_text(plan, list, "read", options->read);
    add_option_text(plan, list, "write", options->write);
}

/* ---- jobs ---- */

static const char *value_kind(const struct job_plan *job)
{
    if (!job->result) return "JGI_VALUE_NONE";
    return job->result->kind == PARAM_RECORD ? "JGI_VALUE_BEHIND" : "JGI_VALUE_HERE";
}

/* Whether a variable of the run function has that name, and hides the job. */
static bool is_local_name(const char *name)
{
    static const char *const locals[] = {"a",     "count",  "in",     "message", "out",
                                         "rooms", "result", "status", "value"};
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (strcmp(locals[i], name) == 0) return true;
    const char *number = strrchr(name, '_');
    return number && number[1] && strspn(number + 1, "0123456789") == strlen(number + 1);
}

/* What the job has allocated is freed when it is packed. */
static void show_owned(struct plan *plan, const struct job_plan *job, struct template_value *shown)
{
    struct arena *arena = plan->arena;
    struct template_value *list = template_set_list(arena, shown, "owned");
    bool has_owned = false;
    for (size_t i = 0; i < job->count + (job->result ? 1 : 0); i++) {
        const struct param_plan *param = &job->params[i];
        if (!param->is_given) continue;
        const char *cast =
            param->element->is_volatile || param->element->is_const ? "(void *)" : "";
        template_add_text(
            arena, list,
            arena_printf(arena, "%s%s", cast, param == job->result ? "value" : param->wire));
        has_owned = true;
    }
    template_set_flag(arena, shown, "has_owned", has_owned);
}

static void show_functions(struct plan *plan, const struct job_plan *job,
                           struct template_value *shown)
{
    struct arena *arena = plan->arena;
    plan_lines_check(arena, job, template_set_list(arena, shown, "check"));
    plan_lines_put(arena, job, template_set_list(arena, shown, "put"));
    plan_lines_take(arena, job, template_set_list(arena, shown, "take"));
    plan_lines_answer(arena, job, template_set_list(arena, shown, "answer"));
    plan_lines_give(arena, job, template_set_list(arena, shown, "give"));
    const char *callee = job->job->name;
    bool is_hidden = is_local_name(callee);
    if (is_hidden)
        callee = plan_names_static(plan->names, arena_printf(arena, "%s_function", callee));
    template_set_flag(arena, shown, "is_hidden", is_hidden);
    template_set_text(arena, shown, "callee", callee);
    template_set_text(arena, shown, "call", plan_lines_call(arena, job, callee));
    bool has_outputs = job->result != NULL;
    bool reads_args = false, reads_rooms = job->note_count > 0;
    for (size_t i = 0; i < job->count; i++)
        reads_args |=
            (job->params[i].is_out && job->params[i].is_pointer) || job->params[i].answers_members;
    for (size_t i = 0; i < job->order_count; i++)
        reads_rooms |= job->order[i]->is_out;
    has_outputs |= reads_args;
    bool is_owned = job->result && job->result->is_pointer;
    for (size_t i = 0; is_owned && i < job->job->result->extent_count; i++)
        reads_args |= strstr(plan_extent(arena, job, job->job->result->extents,
                                         job->job->result->extent_count, MOMENT_RESULT),
                             "a->") != NULL;
    reads_args |= job->count && job->result && job->result->has_members;
    bool keeps_rooms = false;
    for (size_t i = 0; i < job->count; i++)
        keeps_rooms |= job->params[i].has_members && job->params[i].is_in;
    template_set_flag(arena, shown, "keeps_rooms", keeps_rooms);
    template_set_flag(arena, shown, "has_outputs", has_outputs);
    template_set_flag(arena, shown, "reads_args", reads_args);
    template_set_flag(arena, shown, "has_rooms", job->order_count > 0 || job->note_count > 0);
    template_set_flag(arena, shown, "reads_rooms", reads_rooms);
    template_set_flag(arena, shown, "has_counts", job->order_count > 0);
    template_set_text(arena, shown, "counts", arena_printf(arena, "%zu", job->count + 1));
    show_owned(plan, job, shown);
    template_set_flag(arena, shown, "has_owned_value", is_owned);
    template_set_text(arena, shown, "room_count", arena_printf(arena, "%zu", job->room_count));
    template_set_text(arena, shown, "value_kind", value_kind(job));
    template_set_flag(arena, shown, "is_behind", job->result && job->result->kind == PARAM_RECORD);
}

static void check_extents(struct plan *plan, const struct job_plan *job)
{
    if (job->has_cycle)
        diag_error(plan->diags, job->job->location, CHECK_EXTENT_CYCLE,
                   "the extents of job '%s' read each other's arrays; say one of them by a "
                   "parameter of its own",
                   job->job->name);
    if (job->unreadable)
        diag_error(plan->diags, job->unreadable->location, CHECK_EXTENT_OUTPUT,
                   "the extent '%s' of job '%s' reads an array that the job writes; let it read "
                   "one integer behind a pointer",
                   job->unreadable->text, job->job->name);
}

void plan_show_job(struct plan *plan, const struct job *job, struct template_value *shown)
{
    struct arena *arena = plan->arena;
    static const char *const statics[] = {"encode", "run", "decode", "type", "entry"};
    template_set_text(arena, shown, "name", job->name);
    template_set_text(arena, shown, "file", phrase_quoted(arena, job->file));
    comment_lines(plan, template_set_list(arena, shown, "comment"),
                  arena_printf(arena, "%s: %s%s%s", job->file, job->name, job->comment ? ". " : "",
                               job->comment ? job->comment : ""));
    template_set_flag(arena, shown, "needs_c", job->needs_c);
    for (size_t i = 0; i < sizeof statics / sizeof *statics; i++)
        template_set_text(
            arena, shown, arena_printf(arena, "%s_name", statics[i]),
            plan_names_static(plan->names, arena_printf(arena, "%s_%s", job->name, statics[i])));
    const char *places =
        plan_names_static(plan->names, arena_printf(arena, "%s_places", job->name));
    template_set_text(arena, shown, "places_name", places);
    template_set_text(arena, shown, "hash",
                      arena_printf(arena, "%016" PRIx64, interface_hash(job)));
    const char *params = plan_params_phrase(plan, job, PHRASE_PLAIN);
    template_set_text(
        arena, shown, "plain",
        phrase_result(arena, job->result->type,
                      arena_printf(arena, "%s(%s)", job->name, *params ? params : "void"),
                      PHRASE_PLAIN));
    template_set_flag(arena, shown, "differs_in_cpp", plan_differs_in_cpp(job) && !job->needs_c);
    plan_show_signatures(plan, job, PHRASE_STUB, template_set_object(arena, shown, "c"));
    plan_show_signatures(plan, job, PHRASE_CPP, template_set_object(arena, shown, "cpp"));
    plan_show_signatures(plan, job, PHRASE_DEFINITION,
                         template_set_object(arena, shown, "defined"));
    plan_show_args(plan, job, shown);

    struct job_plan *lines = job_plan_new(arena, job, &plan->records, places);
    struct message_name args =
        plan_names_message(plan->names, arena_printf(arena, "%s_args", job->name));
    struct message_name result =
        plan_names_message(plan->names, arena_printf(arena, "%s_result", job->name));
    check_extents(plan, lines);
    struct template_value *args_shown = template_set_object(arena, shown, "args_message");
    struct template_value *result_shown = template_set_object(arena, shown, "result_message");
    show_message_name(plan, &args, args_shown);
    show_message_name(plan, &result, result_shown);
    show_messages(plan, lines, args_shown, result_shown);
    show_places(plan, lines, shown);
    show_options(plan, &job->options, shown);
    show_functions(plan, lines, shown);
    show_stub_arguments(plan, lines, shown);
}
