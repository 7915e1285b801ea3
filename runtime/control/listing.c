/* SPDX-License-Identifier: MIT */
/* The list of nodes as others read it: JSON for programs, HTML for people. */
#include "listing.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void cleanup_json(cJSON **json)
{
    cJSON_Delete(*json);
}

/* "gpu=yes,zone=a"; a tag without a value has an empty one. */
static bool add_tags(cJSON *object, const char *tags)
{
    cJSON *list = cJSON_AddObjectToObject(object, "tags");
    char *copy = strdup(tags), *rest = copy, *tag;
    bool is_good = list != NULL && copy != NULL;
    while (is_good && (tag = strsep(&rest, ",")) != NULL) {
        if (*tag == '\0') continue;
        char *value = strchr(tag, '=');
        if (value != NULL) *value++ = '\0';
        is_good = cJSON_AddStringToObject(list, tag, value == NULL ? "" : value) != NULL;
    }
    free(copy);
    return is_good;
}

static bool add_node(cJSON *array, const struct jgi_node_entry *node)
{
    char incarnation[17];
    cJSON *object = cJSON_CreateObject();
    if (object == NULL || !cJSON_AddItemToArray(array, object)) {
        cJSON_Delete(object);
        return false;
    }
    (void)snprintf(incarnation, sizeof incarnation, "%016" PRIx64, node->incarnation);
    return cJSON_AddStringToObject(object, "name", node->name) != NULL &&
           cJSON_AddStringToObject(object, "address", node->address) != NULL &&
           cJSON_AddStringToObject(object, "incarnation", incarnation) != NULL &&
           cJSON_AddNumberToObject(object, "slots", node->slots) != NULL &&
           cJSON_AddNumberToObject(object, "busy", node->busy) != NULL &&
           cJSON_AddBoolToObject(object, "draining", node->is_draining) != NULL &&
           add_tags(object, node->tags);
}

bool jgi_listing_json(const struct jgi_listing *listing, struct jgi_buffer *out)
{
    __attribute__((cleanup(cleanup_json))) cJSON *json = cJSON_CreateObject();
    if (json == NULL ||
        cJSON_AddNumberToObject(json, "revision", (double)listing->revision) == NULL)
        return false;
    cJSON *array = cJSON_AddArrayToObject(json, "nodes");
    if (array == NULL) return false;
    for (size_t i = 0; i < listing->count; i++)
        if (!add_node(array, &listing->nodes[i])) return false;
    char *text = cJSON_Print(json);
    bool is_good = text != NULL && jgi_buffer_reserve(out, strlen(text) + 1) != NULL &&
                   jgi_buffer_add(out, text, strlen(text)) && jgi_buffer_add(out, "\n", 1);
    cJSON_free(text);
    return is_good;
}

static bool add_text(struct jgi_buffer *out, const char *text)
{
    return jgi_buffer_add(out, text, strlen(text));
}

static bool add_number(struct jgi_buffer *out, const char *before, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    return add_text(out, before) && add_text(out, text);
}

/* Text that others chose, as content of an element. */
static bool add_escaped(struct jgi_buffer *out, const char *before, const char *text)
{
    bool is_good = add_text(out, before);
    for (; is_good && *text != '\0'; text++)
        switch (*text) {
        case '<':
            is_good = add_text(out, "&lt;");
            break;
        case '>':
            is_good = add_text(out, "&gt;");
            break;
        case '&':
            is_good = add_text(out, "&amp;");
            break;
        case '"':
            is_good = add_text(out, "&quot;");
            break;
        default:
            is_good = jgi_buffer_add(out, text, 1);
        }
    return is_good;
}

static bool add_row(struct jgi_buffer *out, const struct jgi_node_entry *node)
{
    return add_escaped(out, "<tr><th scope=\"row\">", node->name) &&
           add_escaped(out, "</th><td>", node->address) &&
           add_number(out, "</td><td class=\"number\">", node->slots) &&
           add_number(out, "</td><td class=\"number\">", node->busy) &&
           add_escaped(out, "</td><td>", node->tags) &&
           add_text(out, node->is_draining ? "</td><td>draining" : "</td><td>ready") &&
           add_text(out, "</td></tr>\n");
}

static const char page_start[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>jobgen: nodes</title>\n"
    "<style>\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; "
    "padding: 0 1em; }\n"
    "div { overflow-x: auto; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "caption { text-align: left; padding-bottom: .5em; }\n"
    "th, td { text-align: left; padding: .4em 1em .4em 0; border-bottom: 1px solid #8884; }\n"
    "tbody th { font-weight: 600; }\n"
    ".number { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Nodes</h1>\n";

static const char table_start[] =
    "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Address</th>"
    "<th scope=\"col\" class=\"number\">Slots</th><th scope=\"col\" class=\"number\">Busy</th>"
    "<th scope=\"col\">Tags</th><th scope=\"col\">State</th></tr></thead>\n<tbody>\n";

static bool add_table(struct jgi_buffer *out, const struct jgi_listing *listing)
{
    uint64_t slots = 0, busy = 0;
    for (size_t i = 0; i < listing->count; i++) {
        slots += listing->nodes[i].slots;
        busy += listing->nodes[i].busy;
    }
    bool is_good =
        add_number(out, "<div><table>\n<caption>", listing->count) &&
        add_text(out, listing->count == 1 ? " node" : " nodes") && add_number(out, ", ", busy) &&
        add_number(out, " of ", slots) &&
        add_text(out, slots == 1 ? " slot busy</caption>\n" : " slots busy</caption>\n") &&
        add_text(out, table_start);
    for (size_t i = 0; is_good && i < listing->count; i++)
        is_good = add_row(out, &listing->nodes[i]);
    return is_good && add_text(out, "</tbody>\n</table></div>\n");
}

bool jgi_listing_html(const struct jgi_listing *listing, struct jgi_buffer *out)
{
    bool is_good = add_text(out, page_start);
    if (is_good && listing->count == 0)
        is_good = add_text(out, "<p>No node is registered. One is started by "
                                "<code>jobd node --bind-socket [::]:3031</code> and this page's "
                                "address.</p>\n");
    else if (is_good)
        is_good = add_table(out, listing);
    return is_good && add_text(out, "<p><small>The same for programs: "
                                    "<a href=\"/v1/nodes\">/v1/nodes</a></small></p>\n"
                                    "</body>\n</html>\n");
}
