/* SPDX-License-Identifier: MIT */
/* Two blanks per level; no numbers but integers. */
#include "json.h"

#include "strbuf.h"
#include "utf8.h"

#include <inttypes.h>
#include <string.h>

static void new_line(struct json *json)
{
    strbuf_add_char(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        strbuf_add(json->out, "  ");
}

static void put_character(struct strbuf *out, uint32_t character, const char *text, size_t bytes)
{
    if (character == UINT32_MAX)
        strbuf_add(out, "\\ufffd");
    else if (character == '"' || character == '\\')
        strbuf_printf(out, "\\%c", (char)character);
    else if (character == '\n')
        strbuf_add(out, "\\n");
    else if (character < 0x20)
        strbuf_printf(out, "\\u%04x", character);
    else
        strbuf_add_bytes(out, text, bytes);
}

static void put_string(struct json *json, const char *text)
{
    if (!text) {
        strbuf_add(json->out, "null");
        return;
    }
    strbuf_add_char(json->out, '"');
    size_t length = strlen(text);
    for (size_t at = 0, bytes; at < length; at += bytes) {
        uint32_t character = utf8_next(text + at, length - at, &bytes);
        put_character(json->out, character, text + at, bytes);
    }
    strbuf_add_char(json->out, '"');
}

void json_item(struct json *json, const char *key)
{
    if (!json->is_first) strbuf_add_char(json->out, ',');
    json->is_first = false;
    new_line(json);
    if (key) strbuf_printf(json->out, "\"%s\": ", key);
}

void json_open(struct json *json, char bracket)
{
    strbuf_add_char(json->out, bracket);
    json->depth++;
    json->is_first = true;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (!json->is_first) new_line(json);
    strbuf_add_char(json->out, bracket);
    json->is_first = false;
}

void json_string(struct json *json, const char *key, const char *text)
{
    json_item(json, key);
    put_string(json, text);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
    json_item(json, key);
    strbuf_printf(json->out, "%" PRIu64, number);
}

void json_bool(struct json *json, const char *key, bool value)
{
    json_item(json, key);
    strbuf_add(json->out, value ? "true" : "false");
}
