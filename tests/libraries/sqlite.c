/* SPDX-License-Identifier: MIT */
/* SQLite: the database travels as bytes; a query's rows come back as one text that the caller
 * frees. */
#include "sqlite_jobs.h"

#include "forms.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Runs `sql` in a new database and gives the file that it would be.
 *
 * @job
 * @out return[*ret_size] owned
 * @out ret_size
 */
unsigned char *database_make(const char *sql, sqlite3_int64 *ret_size)
{
    sqlite3 *db = NULL;
    unsigned char *file = NULL, *copy = NULL;
    char *message = NULL;
    *ret_size = 0;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, &message))
        jg_fail("%s", message == NULL ? sqlite3_errmsg(db) : message);
    file = sqlite3_serialize(db, "main", ret_size, 0);
    /* What sqlite3_malloc gave is not for free(). */
    copy = malloc((size_t)*ret_size + 1);
    if (copy == NULL || file == NULL) jg_fail("out of memory");
    memcpy(copy, file, (size_t)*ret_size);
    sqlite3_free(file);
    (void)sqlite3_close(db);
    return copy;
}

/* The rows, a line each; what SQLite says of `sql` goes to `message`.
 *
 * @job
 * @in file[size]
 * @out return owned string
 * @out message[room] string
 */
char *database_ask(const unsigned char *file, sqlite3_int64 size, const char *sql, char *message,
                   int room)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    sqlite3_str *text = sqlite3_str_new(NULL);
    (void)sqlite3_open(":memory:", &db);
    (void)sqlite3_deserialize(db, "main", (unsigned char *)file, size, size,
                              SQLITE_DESERIALIZE_READONLY);
    (void)sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            sqlite3_str_appendf(text, "%s%s", i > 0 ? "|" : "", sqlite3_column_text(rows, i));
        sqlite3_str_appendchar(text, 1, '\n');
    }
    sqlite3_snprintf(room, message, "%s", sqlite3_errmsg(db));
    (void)sqlite3_finalize(rows);
    (void)sqlite3_close(db);
    char *lines = sqlite3_str_finish(text), *copy = strdup(lines == NULL ? "" : lines);
    sqlite3_free(lines);
    return copy;
}

CALLS(database_make, a->sql, a->ret_size)
CALLS(database_ask, a->file, a->size, a->sql, a->message, a->room)

enum { COUNT = 2, QUESTIONS = 4 };

static void questions(enum form form, struct notes *notes)
{
    static const char *const sqls[COUNT] = {
        "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'one'), (2.5, 'b\xc3\xa4rig'), (3, NULL);",
        "CREATE TABLE t AS WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT "
        "5000)"
        " SELECT a, a * a AS b FROM n;"};
    static const char *const asked[QUESTIONS] = {"SELECT * FROM t", "SELECT sum(a), max(b) FROM t",
                                                 "SELECT c FROM t", "SELECT 1 WHERE 0"};
    sqlite3_int64 sizes[COUNT];
    char messages[QUESTIONS][30];
    struct database_make_args make[COUNT];
    struct database_make_result made[COUNT];
    struct database_ask_args ask[QUESTIONS];
    struct database_ask_result answers[QUESTIONS];
    for (size_t i = 0; i < COUNT; i++)
        make[i] = (struct database_make_args){sqls[i], &sizes[i]};
    database_make_calls(form, make, COUNT, made);
    for (size_t i = 0; i < COUNT; i++) {
        EXPECT(sizes[i] >= 4096);
        note(notes, made[i].value, (size_t)sizes[i]);
        UNSET(messages, form);
        for (size_t k = 0; k < QUESTIONS; k++)
            ask[k] = (struct database_ask_args){made[i].value, sizes[i], asked[k], messages[k],
                                                sizeof messages[k]};
        database_ask_calls(form, ask, QUESTIONS, answers);
        EXPECT(strcmp(messages[2], "no such column: c") == 0);
        for (size_t k = 0; k < QUESTIONS; k++) {
            note(notes, answers[k].value, strlen(answers[k].value) + 1);
            note(notes, messages[k], strlen(messages[k]) + 1);
            free(answers[k].value);
        }
        free(made[i].value);
    }
}

int main(void)
{
    static const struct check checks[] = {{"databases and questions", questions}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
