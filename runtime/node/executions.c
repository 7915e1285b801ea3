/* SPDX-License-Identifier: MIT */
/* What the ledger orders: executions go into the pool of their program, end, and are dropped.

   START makes an execution and puts it aside; when the ledger is left it is submitted. Its end
   comes from the pool: what it printed is sent, then its outcome. A dropped row leaves its
   execution behind until the pool has let go of it. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../wire/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 32 * 1024 }; /* of a cause, of the last output */

static void execution_free(struct jgi_execution *execution)
{
    jgi_list_remove(&execution->in_session);
    jgi_list_remove(&execution->to_submit);
    jgi_table_remove(&execution->server->executions, &execution->by_print);
    jgi_payload_fini(&execution->task.args);
    jgi_outcome_fini(&execution->outcome);
    free(execution->job_name);
    free(execution);
}

static struct jgi_execution *execution_new(struct jgi_session *session, struct jgi_ledger_row *row,
                                           const struct jgi_message *start)
{
    struct jgi_server *server = session->server;
    struct jgi_execution *execution = calloc(1, sizeof *execution);
    char *job_name = strdup(start->job_name);
    if (execution == NULL || job_name == NULL) {
        free(execution);
        free(job_name);
        return NULL;
    }
    execution->server = server;
    execution->session = session;
    execution->row = row;
    execution->job_name = job_name;
    execution->number = start->number;
    execution->outcome = JGI_OUTCOME_INIT;
    execution->task.args = JGI_PAYLOAD_INIT;
    jgi_list_init(&execution->to_submit);
    jgi_list_add_last(&session->executions, &execution->in_session);
    jgi_table_add(&server->executions, &execution->by_print,
                  row->caller->session + start->number); /* random, so that none is there twice */
    row->user = execution;
    return execution;
}

static void release_args(struct jgi_execution *execution)
{
    if (execution->session != NULL) execution->session->args_bytes -= execution->args_bytes;
    execution->server->args_bytes -= execution->args_bytes;
    execution->args_bytes = 0;
}

static void release_result(struct jgi_execution *execution)
{
    execution->session->result_bytes -= execution->result_bytes;
    execution->server->result_bytes -= execution->result_bytes;
    execution->result_bytes = 0;
}

static void return_credit(struct jgi_execution *execution)
{
    if (!execution->holds_credit) return;
    execution->holds_credit = false;
    if (execution->session != NULL) execution->session->credits_used--;
}

/* START. ------------------------------------------------------------------------------------ */

__attribute__((format(printf, 5, 6))) static enum jgi_ledger_answer
refuse(struct jgi_session *session, struct jgi_ledger_row *row, const struct jgi_message *start,
       jg_status status, const char *format, ...)
{
    char reason[JGI_REASON_SIZE];
    va_list words;
    struct jgi_execution *execution = execution_new(session, row, start);
    if (execution == NULL) return JGI_LEDGER_REFUSE; /* JG_ENOMEM */
    va_start(words, format);
    (void)vsnprintf(reason, sizeof reason, format, words);
    va_end(words);
    execution->has_ended = true;
    jgi_outcome_fail(&execution->outcome, status, "%s", reason);
    return JGI_LEDGER_REFUSE;
}

static void on_task_end(struct jgi_task *task);

static int milliseconds(uint32_t told)
{
    return told < INT32_MAX ? (int)told : INT32_MAX;
}

static void describe(struct jgi_execution *execution, const struct jgi_message *start)
{
    struct jgi_task *task = &execution->task;
    int left_ms = milliseconds(start->time_left_ms);
    task->job_name = execution->job_name;
    task->job = start->job;
    task->is_reuse = start->is_reuse;
    task->is_nested = start->is_nested;
    task->timeout_ms = start->limit_ms != 0 ? milliseconds(start->limit_ms) : left_ms;
    task->deadline_ns = left_ms == 0 ? JGI_NEVER : jgi_clock_deadline(left_ms);
    task->execution = execution->number;
    task->audience = execution->row->caller->session;
    task->is_alone = start->is_tagged;
    task->on_end = on_task_end;
}

/* All is here. */
static enum jgi_ledger_answer accept(struct jgi_program_use *use, struct jgi_ledger_row *row,
                                     const struct jgi_message *start, int bulk_fd)
{
    struct jgi_session *session = use->session;
    struct jgi_execution *execution = execution_new(session, row, start);
    if (execution == NULL) {
        (void)jgi_fd_close(bulk_fd);
        return JGI_LEDGER_REFUSE;
    }
    struct jgi_payload *args = &execution->task.args;
    args->bulk_fd = bulk_fd;
    args->bulk_size = start->bulk_size;
    if (!jgi_message_copy_payload(start, args) || jgi_program_pool(use->program) == NULL) {
        execution->has_ended = true;
        jgi_outcome_fail(&execution->outcome, JG_ENOMEM, "the node has no memory for it");
        return JGI_LEDGER_REFUSE;
    }
    if (bulk_fd >= 0 && jgi_session_hold_args(session, start->bulk_size))
        execution->args_bytes = start->bulk_size;
    describe(execution, start);
    execution->program = use->program;
    execution->holds_credit = true;
    session->credits_used++;
    jgi_list_add_last(&session->server->to_submit, &execution->to_submit);
    return JGI_LEDGER_ACCEPT;
}

static enum jgi_ledger_answer on_start(void *user, struct jgi_ledger_row *row,
                                       const struct jgi_message *start)
{
    struct jgi_server *server = user;
    struct jgi_session *session = jgi_session_find(server, row->caller->session);
    int bulk_fd = -1;
    if (session == NULL) return JGI_LEDGER_NEED; /* no memory for it: the link is being closed */
    unsigned used = session->credits_used + session->staging_count;
    if (jgi_staging_has(session, start->number)) used--;
    if (used >= server->credits || row->caller->rows.count >= JGI_ROWS_MAX) {
        server->broken = "it starts more than its credits allow";
        return JGI_LEDGER_NEED;
    }
    if (server->is_stopping)
        return refuse(session, row, start, JG_EDOWN, "node %s ends", server->config.name);
    struct jgi_program_use *use = jgi_program_use(session, start);
    if (use == NULL)
        return refuse(session, row, start, JG_EFULL,
                      "a caller may use %d programs on a node, all of them %d", JGI_PROGRAMS_MAX,
                      JGI_PROGRAMS_ALL_MAX);
    struct jgi_node_program *program = use->program;
    if (program->size != start->size)
        return refuse(session, row, start, JG_EPROTOCOL,
                      "its program is told to have %llu bytes, and before %llu",
                      (unsigned long long)start->size, (unsigned long long)program->size);
    if (use->is_wrong)
        return refuse(session, row, start, JG_EPROTOCOL,
                      "what was sent as its program has another SHA-256 than was told");
    if (program->state == JGI_PROGRAM_UNFIT)
        return refuse(session, row, start, program->status, "%s", program->reason);
    if (program->state == JGI_PROGRAM_COMES) {
        use->is_waiting = true;
        server->use_asked = use;
        return JGI_LEDGER_NEED;
    }
    if (start->bulk_size > 0) {
        enum jgi_staged staged = jgi_staging_take(session, start, &bulk_fd);
        if (staged == JGI_STAGED_COMES) return JGI_LEDGER_NEED;
        if (staged == JGI_STAGED_REFUSED)
            return refuse(session, row, start, JG_EFULL,
                          "node %s has no room for its arguments of %llu bytes",
                          server->config.name, (unsigned long long)start->bulk_size);
    }
    return accept(use, row, start, bulk_fd);
}

void jgi_executions_submit(struct jgi_server *server)
{
    while (!jgi_list_is_empty(&server->to_submit)) {
        struct jgi_execution *execution =
            JGI_OWNER(server->to_submit.next, struct jgi_execution, to_submit);
        jgi_list_remove(&execution->to_submit);
        jgi_pool_submit_locked(execution->program->pool, &execution->task);
    }
}

/* Its life. --------------------------------------------------------------------------------- */

/* The execution of a task that a caller started; NULL: a nested call's. */
static struct jgi_execution *execution_of(struct jgi_task *task)
{
    return task->on_end == on_task_end ? JGI_OWNER(task, struct jgi_execution, task) : NULL;
}

void jgi_execution_began(struct jgi_task *task)
{
    struct jgi_execution *execution = execution_of(task);
    if (execution != NULL && execution->row != NULL) jgi_ledger_began(execution->row);
}

static void tell_waiting(struct jgi_execution *execution)
{
    struct jgi_connection *connection = jgi_server_connection(execution->session);
    if (connection != NULL)
        (void)jgi_connection_send(connection,
                                  &(struct jgi_message){.kind = JGI_MESSAGE_WAITING,
                                                        .number = execution->number,
                                                        .waits = true}); /* else the link ended */
}

void jgi_execution_waits(struct jgi_task *task)
{
    struct jgi_execution *execution = execution_of(task);
    if (execution == NULL || execution->row == NULL || execution->has_waited) return;
    execution->has_waited = true;
    return_credit(execution);
    tell_waiting(execution);
}

/* The size of what is not in the message stays. */
static bool seal_bulk(const struct jgi_payload *result)
{
    uint64_t size;
    return result->bulk_fd < 0 ||
           (jgi_fd_hold_size(result->bulk_fd, &size) && size >= result->bulk_size);
}

/* It fits into what the caller may leave here. */
static void keep_result(struct jgi_execution *execution)
{
    struct jgi_payload *result = &execution->outcome.result;
    if (execution->outcome.status != JG_OK) return;
    uint64_t size = result->message_size + (result->bulk_fd < 0 ? 0 : result->bulk_size);
    if (!seal_bulk(result))
        jgi_outcome_fail(&execution->outcome, JG_EPROTOCOL, "the job took back its result");
    else if (!jgi_session_hold_result(execution->session, size))
        jgi_outcome_fail(&execution->outcome, JG_EFULL,
                         "its result of %llu bytes has no room on the node beside those that its "
                         "caller has not taken yet",
                         (unsigned long long)size);
    else
        execution->result_bytes = size;
}

static void on_task_end(struct jgi_task *task)
{
    struct jgi_execution *execution = JGI_OWNER(task, struct jgi_execution, task);
    struct jgi_server *server = execution->server;
    jgi_printed_collect(server); /* what it printed is told before its end */
    execution->outcome = task->outcome;
    task->outcome = JGI_OUTCOME_INIT;
    execution->has_ended = true;
    return_credit(execution);
    release_args(execution);
    if (execution->row == NULL) {
        execution_free(execution);
        return;
    }
    keep_result(execution);
    jgi_printed_send(execution, true);
    jgi_ledger_ended(&server->ledger, execution->row, jgi_clock_ns());
}

struct jgi_execution *jgi_execution_find(const struct jgi_session *session, uint64_t number)
{
    struct jgi_table_link *link =
        jgi_table_find(&session->server->ledger.callers, session->incarnation);
    if (link == NULL) return NULL;
    link = jgi_table_find(&JGI_OWNER(link, struct jgi_ledger_caller, by_incarnation)->rows, number);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_ledger_row, by_number)->user;
}

void jgi_executions_resume(struct jgi_session *session)
{
    for (struct jgi_link *at = session->executions.next; at != &session->executions;
         at = at->next) {
        struct jgi_execution *execution = JGI_OWNER(at, struct jgi_execution, in_session);
        execution->told = NULL;
        jgi_printed_rewind(execution);
        jgi_printed_send(execution, execution->has_ended);
        if (execution->has_waited && !execution->has_ended) tell_waiting(execution);
    }
}

void jgi_executions_drained(struct jgi_session *session)
{
    if (session->printed_bytes == 0) return;
    for (struct jgi_link *at = session->executions.next; at != &session->executions; at = at->next)
        jgi_printed_send(JGI_OWNER(at, struct jgi_execution, in_session), false);
}

void jgi_executions_cancel(struct jgi_server *server)
{
    for (struct jgi_link *at = server->sessions.next; at != &server->sessions; at = at->next) {
        struct jgi_session *session = JGI_OWNER(at, struct jgi_session, link);
        for (struct jgi_link *one = session->executions.next; one != &session->executions;
             one = one->next) {
            struct jgi_execution *execution = JGI_OWNER(one, struct jgi_execution, in_session);
            if (!execution->has_ended)
                jgi_pool_stop(execution->program->pool, &execution->task, JG_ECANCELLED,
                              "its node was ended by its operator");
        }
    }
}

/* The other hooks. -------------------------------------------------------------------------- */

static void fill_outcome(struct jgi_message *message, const struct jgi_outcome *outcome)
{
    message->status = (uint32_t)outcome->status;
    if (outcome->status == JG_OK) {
        message->body = outcome->result.message;
        message->body_size = outcome->result.message_size;
        message->segments = outcome->result.segments;
        message->segment_count = outcome->result.segment_count;
        message->bulk_size = outcome->result.bulk_size;
        return;
    }
    message->text = outcome->cause;
    message->signal_number = outcome->signal_number;
    message->exit_code = outcome->exit_code;
    message->last_output = outcome->last_output;
    if (outcome->cause != NULL && strlen(outcome->cause) > TEXT_MAX)
        outcome->cause[TEXT_MAX] = '\0';
    if (outcome->last_output != NULL && strlen(outcome->last_output) > TEXT_MAX)
        message->last_output += strlen(outcome->last_output) - TEXT_MAX; /* its end */
}

static void on_send(void *user, struct jgi_ledger_link *ledger_link, enum jgi_message_kind kind,
                    uint64_t number, struct jgi_ledger_row *row)
{
    struct jgi_node_link *link = ledger_link->user;
    struct jgi_message message = {.kind = kind, .number = number};
    struct jgi_execution *outcome_of = row == NULL ? NULL : row->user;
    (void)user;
    if (link->connection == NULL) return;
    if ((outcome_of == NULL || outcome_of->told == link) &&
        jgi_connection_is_behind(link->connection))
        return; /* it is asked for again, or goes again by its interval */
    if (outcome_of != NULL) {
        outcome_of->told = link;
        fill_outcome(&message, &outcome_of->outcome);
    } else if (kind == JGI_MESSAGE_RESULT) {
        message.status = JG_ECANCELLED;
        message.text = "its caller cancelled it before it had begun";
    } else if (kind == JGI_MESSAGE_REFUSED) {
        message.status = JG_ENOMEM;
        message.text = "the node has no memory for it";
    } else if (kind == JGI_MESSAGE_RUNNING && link->session != NULL) {
        const struct jgi_execution *execution = jgi_execution_find(link->session, number);
        message.waits = execution != NULL && execution->has_waited;
    }
    (void)jgi_connection_send(link->connection, &message); /* else its link has ended */
}

static void on_stop(void *user, struct jgi_ledger_row *row)
{
    struct jgi_execution *execution = row->user;
    (void)user;
    jgi_pool_stop(execution->program->pool, &execution->task, JG_ECANCELLED,
                  "its caller cancelled it");
}

static void on_drop(void *user, struct jgi_ledger_row *row, bool is_firm)
{
    struct jgi_execution *execution = row->user;
    struct jgi_session *session = execution->session;
    (void)user;
    jgi_printed_drop(execution);
    release_args(execution);
    release_result(execution);
    return_credit(execution);
    if (session->newest != NULL)
        jgi_outgoing_drop(&session->newest->outgoing, JGI_OBJECT_RESULT, execution->number);
    if (execution->outcome.result.bulk_fd >= 0)
        jgi_sheet_release(execution->outcome.result.bulk_fd); /* its worker may use it again */
    execution->row = NULL;
    execution->session = NULL;
    jgi_list_remove(&execution->in_session);
    if (execution->has_ended || !jgi_list_is_empty(&execution->to_submit))
        execution_free(execution);
    else
        (is_firm ? jgi_pool_kill : jgi_pool_stop)(execution->program->pool, &execution->task,
                                                  JG_ECANCELLED, "its caller is gone");
}

static void on_close(void *user, struct jgi_ledger_link *ledger_link)
{
    struct jgi_node_link *link = ledger_link->user;
    (void)user;
    jgi_server_end_link(link, JG_ENODE, "a newer link of the same caller is there");
}

const struct jgi_ledger_hooks jgi_execution_hooks = {
    .start = on_start, .send = on_send, .stop = on_stop, .drop = on_drop, .close = on_close};
