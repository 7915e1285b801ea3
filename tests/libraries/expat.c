/* SPDX-License-Identifier: MIT */
/* Expat: callbacks inside the job build a list of elements with texts and attributes, three structs
 * deep, which the caller gets and frees. */
#include "expat_jobs.h"

#include "forms.h"

#include <expat.h>
#include <stdlib.h>

/* @field name string owned
 * @field value string owned
 */
struct attribute {
    char *name, *value;
};

/* @field name string owned
 * @field attributes[attribute_count] owned
 */
struct element {
    unsigned line : 24;
    unsigned depth : 8;
    char *name;
    int attribute_count;
    struct attribute *attributes;
};

/* @field items[count] owned */
struct elements {
    size_t count;
    struct element *items;
};

/* What the callbacks have as their user's pointer. */
struct reading {
    XML_Parser parser;
    struct elements *found;
    unsigned depth;
};

static void start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *reading = user;
    struct elements *found = reading->found;
    struct element *items = realloc(found->items, (found->count + 1) * sizeof *items);
    if (items == NULL) return;
    int count = 0;
    while (attributes[2 * count])
        count++;
    found->items = items;
    items[found->count++] =
        (struct element){.line = (unsigned)XML_GetCurrentLineNumber(reading->parser) & 0xffffff,
                         .depth = reading->depth++ & 0xff,
                         .name = strdup(name),
                         .attribute_count = count,
                         .attributes = calloc((size_t)count + 1, sizeof(struct attribute))};
    for (int i = 0; i < count; i++)
        items[found->count - 1].attributes[i] =
            (struct attribute){strdup(attributes[2 * i]), strdup(attributes[2 * i + 1])};
}

static void end(void *user, const XML_Char *name)
{
    (void)name;
    ((struct reading *)user)->depth--;
}

/* The elements up to the first error, which comes back.
 *
 * @job
 * @in xml[length]
 * @out found
 */
enum XML_Error elements_of(const char *xml, int length, struct elements *found)
{
    struct reading reading = {XML_ParserCreate("UTF-8"), found, 0};
    *found = (struct elements){0};
    XML_SetUserData(reading.parser, &reading);
    XML_SetElementHandler(reading.parser, start, end);
    enum XML_Error error = XML_ERROR_NONE;
    if (XML_Parse(reading.parser, xml, length, XML_TRUE) != XML_STATUS_OK)
        error = XML_GetErrorCode(reading.parser);
    XML_ParserFree(reading.parser);
    return error;
}

CALLS(elements_of, a->xml, a->length, a->found)

enum { COUNT = 4 };

static void note_text(struct notes *notes, char *text)
{
    note(notes, text, strlen(text) + 1);
    free(text);
}

static void documents(enum form form, struct notes *notes)
{
    static const char *const texts[COUNT] = {
        "<a b='1' c='&lt;&#xe4;'>\n<d/><e f=''>text<g/></e>\n</a>", "<a>\n<b></a>", "no element",
        ""};
    struct elements found[COUNT];
    struct elements_of_args args[COUNT];
    struct elements_of_result results[COUNT];
    UNSET(found, form);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct elements_of_args){texts[i], (int)strlen(texts[i]), &found[i]};
    elements_of_calls(form, args, COUNT, results);
    EXPECT(results[0].value == XML_ERROR_NONE && found[0].count == 4);
    EXPECT(strcmp(found[0].items[0].attributes[1].value, "<\xc3\xa4") == 0);
    EXPECT(found[0].items[3].depth == 2 && found[0].items[3].line == 2);
    EXPECT(results[1].value == XML_ERROR_TAG_MISMATCH && found[1].count == 2);
    EXPECT(results[3].value == XML_ERROR_NO_ELEMENTS && found[3].items == NULL);
    for (int i = 0; i < COUNT; i++) {
        NOTE(notes, results[i].value);
        for (size_t k = 0; k < found[i].count; k++) {
            struct element *element = &found[i].items[k];
            const unsigned place[] = {element->line, element->depth};
            NOTE(notes, place);
            note_text(notes, element->name);
            for (int n = 0; n < element->attribute_count; n++) {
                note_text(notes, element->attributes[n].name);
                note_text(notes, element->attributes[n].value);
            }
            free(element->attributes);
        }
        free(found[i].items);
    }
}

int main(void)
{
    static const struct check checks[] = {{"documents", documents}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
