/* SPDX-License-Identifier: MIT */
/* JSON written as it comes: objects and lists, one item per line. */
#ifndef JOBGEN_JSON_H
#define JOBGEN_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct strbuf;

struct json {
    struct strbuf *out;
    unsigned depth;
    bool is_first;
};

/* Starts the next item of an object (with its key) or of a list (key NULL); its value follows. */
void json_item(struct json *json, const char *key);

/* '{' or '[', and what closes it. */
void json_open(struct json *json, char bracket);
void json_close(struct json *json, char bracket);

/* Whole items. Text NULL: null; bytes that are no UTF-8 become U+FFFD. */
void json_string(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t number);
void json_bool(struct json *json, const char *key, bool value);

#endif
