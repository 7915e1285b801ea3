/* SPDX-License-Identifier: MIT */
/* Our own form counts columns in bytes, as compilers print them; SARIF counts characters. */
#include "diag_json.h"

#include "arena.h"
#include "diag_place.h"
#include "json.h"
#include "shown_line.h"
#include "strbuf.h"

#include <stdlib.h>

struct writer {
    struct json json;
    struct arena *arena;
    struct shown_file file;
};

static struct writer writer_new(struct strbuf *out)
{
    return (struct writer){.json = {.out = out}, .arena = arena_new()};
}

static void writer_finish(struct writer *writer)
{
    strbuf_add_char(writer->json.out, '\n');
    shown_file_fini(&writer->file);
    arena_free(writer->arena);
}

static void open_item(struct json *json, const char *key, char bracket)
{
    json_item(json, key);
    json_open(json, bracket);
}

/* The edits of a complaint and of its notes: each is a way to cure it. */
static size_t edits_count(struct writer *writer, const struct complaint *complaint)
{
    struct location at;
    const char *text;
    size_t count = edit_of(writer->arena, &writer->file, &complaint->fix, &at, &text);
    for (size_t i = 0; i < complaint->note_count; i++)
        count += edit_of(writer->arena, &writer->file, &complaint->notes[i].fix, &at, &text);
    return count;
}

/* ---- our own form ---- */

static void put_place(struct json *json, struct location at)
{
    if (!at.file) return;
    json_string(json, "file", at.file);
    if (!at.line) return;
    json_number(json, "line", at.line);
    json_number(json, "column", at.column);
    json_number(json, "length", at.length);
}

static void put_edit(struct writer *writer, const struct complaint *complaint)
{
    struct location at;
    const char *text;
    if (!edit_of(writer->arena, &writer->file, &complaint->fix, &at, &text)) return;
    open_item(&writer->json, "fix", '{');
    put_place(&writer->json, at);
    json_string(&writer->json, "text", text);
    json_close(&writer->json, '}');
}

static void put_complaint(struct writer *writer, const struct complaint *complaint)
{
    struct json *json = &writer->json;
    json_string(json, "text", complaint->text);
    put_place(json, complaint->at);
    put_edit(writer, complaint);
}

void diag_json(struct strbuf *out, struct diag_list *list)
{
    struct writer writer = writer_new(out);
    struct json *json = &writer.json;
    size_t count;
    const struct complaint *complaints = diag_sorted(list, &count);
    json_open(json, '{');
    json_number(json, "version", 1);
    open_item(json, "diagnostics", '[');
    for (size_t i = 0; i < count; i++) {
        open_item(json, NULL, '{');
        json_string(json, "severity",
                    complaints[i].severity == SEVERITY_ERROR ? "error" : "warning");
        json_string(json, "check", check_info(complaints[i].check)->name);
        put_complaint(&writer, &complaints[i]);
        open_item(json, "notes", '[');
        for (size_t n = 0; n < complaints[i].note_count; n++) {
            open_item(json, NULL, '{');
            put_complaint(&writer, &complaints[i].notes[n]);
            json_close(json, '}');
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
    writer_finish(&writer);
}

/* ---- SARIF ---- */

static void put_message(struct json *json, const char *key, const char *text)
{
    open_item(json, key, '{');
    json_string(json, "text", text);
    json_close(json, '}');
}

static void put_region(struct writer *writer, const char *key, struct location at, unsigned length)
{
    struct json *json = &writer->json;
    open_item(json, key, '{');
    json_number(json, "startLine", at.line);
    json_number(json, "startColumn", character_column(&writer->file, at, 0));
    json_number(json, "endColumn", character_column(&writer->file, at, length));
    json_close(json, '}');
}

static void put_artifact(struct writer *writer, const char *path)
{
    open_item(&writer->json, "artifactLocation", '{');
    json_string(&writer->json, "uri", path_uri(writer->arena, path));
    json_close(&writer->json, '}');
}

static void put_physical(struct writer *writer, struct location at)
{
    open_item(&writer->json, "physicalLocation", '{');
    put_artifact(writer, at.file);
    if (at.line) put_region(writer, "region", at, at.length ? at.length : 1);
    json_close(&writer->json, '}');
}

static void put_fix(struct writer *writer, const struct complaint *complaint)
{
    struct json *json = &writer->json;
    struct location at;
    const char *text;
    if (!edit_of(writer->arena, &writer->file, &complaint->fix, &at, &text)) return;
    open_item(json, NULL, '{');
    put_message(json, "description", complaint->text);
    open_item(json, "artifactChanges", '[');
    open_item(json, NULL, '{');
    put_artifact(writer, at.file);
    open_item(json, "replacements", '[');
    open_item(json, NULL, '{');
    put_region(writer, "deletedRegion", at, at.length);
    put_message(json, "insertedContent", text);
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
}

static void put_fixes(struct writer *writer, const struct complaint *complaint)
{
    if (!edits_count(writer, complaint)) return;
    open_item(&writer->json, "fixes", '[');
    put_fix(writer, complaint);
    for (size_t i = 0; i < complaint->note_count; i++)
        put_fix(writer, &complaint->notes[i]);
    json_close(&writer->json, ']');
}

static void put_locations(struct writer *writer, const struct complaint *complaint)
{
    struct json *json = &writer->json;
    open_item(json, "locations", '[');
    if (complaint->at.file) {
        open_item(json, NULL, '{');
        put_physical(writer, complaint->at);
        json_close(json, '}');
    }
    json_close(json, ']');
    if (!complaint->note_count) return;
    open_item(json, "relatedLocations", '[');
    for (size_t i = 0; i < complaint->note_count; i++) {
        const struct complaint *note = &complaint->notes[i];
        open_item(json, NULL, '{');
        json_number(json, "id", i + 1);
        if (note->at.file) put_physical(writer, note->at);
        put_message(json, "message", note->text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_result(struct writer *writer, const struct complaint *complaint)
{
    struct json *json = &writer->json;
    open_item(json, NULL, '{');
    json_string(json, "ruleId", check_info(complaint->check)->name);
    json_number(json, "ruleIndex", complaint->check);
    json_string(json, "level", complaint->severity == SEVERITY_ERROR ? "error" : "warning");
    put_message(json, "message", complaint->text);
    put_locations(writer, complaint);
    put_fixes(writer, complaint);
    json_close(json, '}');
}

static void put_rule(struct json *json, const struct check_info *check)
{
    open_item(json, NULL, '{');
    json_string(json, "id", check->name);
    put_message(json, "shortDescription", check->sentence);
    open_item(json, "defaultConfiguration", '{');
    json_string(json, "level", check->severity == SEVERITY_ERROR ? "error" : "warning");
    json_close(json, '}');
    json_close(json, '}');
}

static void put_tool(struct json *json)
{
    open_item(json, "tool", '{');
    open_item(json, "driver", '{');
    json_string(json, "name", "jobgen");
    json_string(json, "version", JOBGEN_VERSION);
    open_item(json, "rules", '[');
    for (size_t i = 0; i < CHECK_COUNT; i++)
        put_rule(json, check_info((enum check_name)i));
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, '}');
}

void diag_sarif(struct strbuf *out, struct diag_list *list)
{
    struct writer writer = writer_new(out);
    struct json *json = &writer.json;
    size_t count;
    const struct complaint *complaints = diag_sorted(list, &count);
    json_open(json, '{');
    json_string(json, "version", "2.1.0");
    json_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    open_item(json, "runs", '[');
    open_item(json, NULL, '{');
    put_tool(json);
    json_string(json, "columnKind", "unicodeCodePoints");
    open_item(json, "results", '[');
    for (size_t i = 0; i < count; i++)
        put_result(&writer, &complaints[i]);
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    writer_finish(&writer);
}
