/* SPDX-License-Identifier: MIT */
/* A template is parsed into a tree of nodes, then the tree is walked with a stack of values in
 * sight.
 *
 * A tag other than a variable that has its line for itself takes the whole line away with it
 * ("standalone"); a partial that does passes the blanks before it on to each of its lines. Sections
 * are matched while parsing, so an end without a beginning is told with its line, also where the
 * section is never entered. */
#include "template.h"

#include "arena.h"
#include "strbuf.h"

#include <stdint.h>
#include <string.h>

enum { DEPTH_MOST = 64, DELIMITER_MOST = 16 };

/* ---- values ---- */

enum value_kind { VALUE_FALSE, VALUE_TRUE, VALUE_TEXT, VALUE_LIST, VALUE_OBJECT };

struct member {
    struct member *next;
    const char *name; /* NULL in a list */
    uint32_t hash;
    struct template_value *value;
};

struct template_value {
    enum value_kind kind;
    const char *text;
    struct member *first, *last;
};

static uint32_t hash_name(const char *name, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

static struct template_value *value_new(struct arena *arena, enum value_kind kind)
{
    struct template_value *value = arena_alloc(arena, sizeof *value);
    value->kind = kind;
    return value;
}

static struct template_value *add(struct arena *arena, struct template_value *to, const char *name,
                                  struct template_value *value)
{
    struct member *member = arena_alloc(arena, sizeof *member);
    member->name = name;
    member->hash = name ? hash_name(name, strlen(name)) : 0;
    member->value = value;
    if (to->last)
        to->last->next = member;
    else
        to->first = member;
    to->last = member;
    return value;
}

static struct template_value *text_new(struct arena *arena, const char *text)
{
    struct template_value *value = value_new(arena, text && *text ? VALUE_TEXT : VALUE_FALSE);
    value->text = text ? text : "";
    return value;
}

struct template_value *template_object_new(struct arena *arena)
{
    return value_new(arena, VALUE_OBJECT);
}

void template_set_flag(struct arena *arena, struct template_value *object, const char *name,
                       bool flag)
{
    (void)add(arena, object, name, value_new(arena, flag ? VALUE_TRUE : VALUE_FALSE));
}

void template_set_text(struct arena *arena, struct template_value *object, const char *name,
                       const char *text)
{
    (void)add(arena, object, name, text_new(arena, text));
}

struct template_value *template_set_object(struct arena *arena, struct template_value *object,
                                           const char *name)
{
    return add(arena, object, name, value_new(arena, VALUE_OBJECT));
}

struct template_value *template_set_list(struct arena *arena, struct template_value *object,
                                         const char *name)
{
    return add(arena, object, name, value_new(arena, VALUE_LIST));
}

struct template_value *template_add_object(struct arena *arena, struct template_value *list)
{
    return add(arena, list, NULL, value_new(arena, VALUE_OBJECT));
}

void template_add(struct arena *arena, struct template_value *list, struct template_value *object)
{
    (void)add(arena, list, NULL, object);
}

void template_add_text(struct arena *arena, struct template_value *list, const char *text)
{
    (void)add(arena, list, NULL, text_new(arena, text));
}

/* ---- parsing ---- */

enum node_kind { NODE_TEXT, NODE_VARIABLE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
    enum node_kind kind;
    struct node *next;
    const char *text; /* NODE_TEXT; of the others the name */
    size_t length;
    size_t at;           /* offset of the tag */
    struct node *inside; /* of sections */
    const char *indent;  /* NODE_PARTIAL: the blanks before it */
};

struct parser {
    struct arena *arena;
    const struct template_source *source;
    struct diag_list *diags;
    size_t at;
    char open[DELIMITER_MOST], close[DELIMITER_MOST];
    bool is_broken;
};

static void complain(struct diag_list *diags, const struct template_source *source, size_t at,
                     const char *what, const char *name, size_t length)
{
    struct location location = {.file = source->file, .line = 1, .column = 1, .length = 1};
    for (size_t i = 0; i < at; i++, location.column++)
        if (source->text[i] == '\n') {
            location.line++;
            location.column = 0;
        }
    diag_error(diags, location, CHECK_TEMPLATE, "%s%s%.*s%s", what, length ? " '" : "", (int)length,
               name, length ? "'" : "");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r';
}

struct tag {
    char sigil; /* '\0': a variable */
    const char *name;
    size_t length;
    size_t begin, end; /* of the whole tag */
};

static void fail(struct parser *parser, size_t at, const char *what, const struct tag *tag)
{
    if (!parser->is_broken)
        complain(parser->diags, parser->source, at, what, tag ? tag->name : "",
                 tag ? tag->length : 0);
    parser->is_broken = true;
}

static size_t find(const struct parser *parser, size_t from, const char *wanted)
{
    size_t length = parser->source->length, size = strlen(wanted);
    for (size_t i = from; i + size <= length; i++)
        if (memcmp(parser->source->text + i, wanted, size) == 0) return i;
    return length;
}

static void trim(struct tag *tag)
{
    while (tag->length && is_space(*tag->name))
        tag->name++, tag->length--;
    while (tag->length && is_space(tag->name[tag->length - 1]))
        tag->length--;
}

/* Reads the tag that begins at `begin`. */
static bool read_tag(struct parser *parser, size_t begin, struct tag *ret_tag)
{
    const char *text = parser->source->text;
    struct tag tag = {.begin = begin};
    size_t inside = begin + strlen(parser->open);
    char sigil = inside < parser->source->length ? text[inside] : '\0';
    if (sigil && strchr("#^/!>&={", sigil)) {
        tag.sigil = sigil;
        inside++;
    }
    char closer[DELIMITER_MOST + 2];
    const char *before = sigil == '{' ? "}" : sigil == '=' ? "=" : "";
    size_t length = strlen(before);
    memcpy(closer, before, length);
    memcpy(closer + length, parser->close, strlen(parser->close) + 1);
    size_t end = find(parser, inside, closer);
    if (end == parser->source->length) {
        fail(parser, begin, "this tag has no end", NULL);
        return false;
    }
    tag.name = text + inside;
    tag.length = end - inside;
    tag.end = end + strlen(closer);
    if (tag.sigil == '{' || tag.sigil == '&') tag.sigil = '\0';
    trim(&tag);
    if (!tag.length && tag.sigil != '!') {
        fail(parser, begin, "this tag has no name", NULL);
        return false;
    }
    *ret_tag = tag;
    return true;
}

/* Whether the tag has its line for itself; then the stretch that goes away with it. */
static bool is_standalone(const struct parser *parser, const struct tag *tag, size_t *ret_begin,
                          size_t *ret_end)
{
    const char *text = parser->source->text;
    size_t begin = tag->begin, end = tag->end, length = parser->source->length;
    if (!tag->sigil) return false;
    while (begin && is_blank(text[begin - 1]))
        begin--;
    if (begin && text[begin - 1] != '\n') return false;
    while (end < length && is_blank(text[end]))
        end++;
    if (end + 1 < length && text[end] == '\r' && text[end + 1] == '\n') end++;
    if (end < length && text[end] != '\n') return false;
    *ret_begin = begin;
    *ret_end = end < length ? end + 1 : end;
    return true;
}

static struct node **append(struct parser *parser, struct node **tail, enum node_kind kind,
                            const char *text, size_t length, size_t at)
{
    struct node *node = arena_alloc(parser->arena, sizeof *node);
    node->kind = kind;
    node->text = text;
    node->length = length;
    node->at = at;
    *tail = node;
    return &node->next;
}

static void set_delimiters(struct parser *parser, const struct tag *tag)
{
    size_t open = 0, close = tag->length;
    while (open < tag->length && !is_space(tag->name[open]))
        open++;
    while (close > open && !is_space(tag->name[close - 1]))
        close--;
    size_t close_length = tag->length - close;
    if (!open || open == tag->length || !close_length || open >= DELIMITER_MOST ||
        close_length >= DELIMITER_MOST) {
        fail(parser, tag->begin, "these are no two delimiters:", tag);
        return;
    }
    memcpy(parser->open, tag->name, open);
    parser->open[open] = '\0';
    memcpy(parser->close, tag->name + close, close_length);
    parser->close[close_length] = '\0';
}

/* The nodes up to the end of the section `section`, or of the template. */
static struct node *parse(struct parser *parser, const struct tag *section, unsigned depth)
{
    const char *text = parser->source->text;
    struct node *first = NULL, **tail = &first;
    if (depth > DEPTH_MOST) fail(parser, parser->at, "sections are nested too deeply", NULL);
    while (!parser->is_broken) {
        size_t start = parser->at, begin = find(parser, start, parser->open), end;
        struct tag tag;
        if (begin == parser->source->length) {
            (void)append(parser, tail, NODE_TEXT, text + start, begin - start, start);
            parser->at = begin;
            if (section) fail(parser, section->begin, "this section has no end:", section);
            break;
        }
        if (!read_tag(parser, begin, &tag)) break;
        const char *indent = "";
        end = tag.end;
        if (is_standalone(parser, &tag, &begin, &end))
            indent = arena_strndup(parser->arena, text + begin, tag.begin - begin);
        if (begin > start)
            tail = append(parser, tail, NODE_TEXT, text + start, begin - start, start);
        parser->at = end;
        if (tag.sigil == '/') {
            if (!section || section->length != tag.length ||
                memcmp(section->name, tag.name, tag.length) != 0)
                fail(parser, tag.begin, "this ends no section that is open:", &tag);
            break;
        }
        if (tag.sigil == '!') continue;
        if (tag.sigil == '=') {
            set_delimiters(parser, &tag);
            continue;
        }
        struct node **place = tail;
        tail = append(parser, tail,
                      tag.sigil == '#'   ? NODE_SECTION
                      : tag.sigil == '^' ? NODE_INVERTED
                      : tag.sigil == '>' ? NODE_PARTIAL
                                         : NODE_VARIABLE,
                      tag.name, tag.length, tag.begin);
        (*place)->indent = indent;
        if (tag.sigil == '#' || tag.sigil == '^') (*place)->inside = parse(parser, &tag, depth + 1);
    }
    return first;
}

/* ---- rendering ---- */

/* A value in sight. */
struct frame {
    const struct frame *outer;
    const struct template_value *value;
    bool is_item, is_first, is_last; /* of a list */
};

struct renderer {
    struct strbuf *out;
    struct arena *arena;
    const struct template_source *source;
    const struct template_library *library;
    struct diag_list *diags;
    unsigned depth; /* of partials */
};

static const struct template_value *find_member(const struct template_value *object,
                                                const char *name, size_t length)
{
    uint32_t hash = hash_name(name, length);
    if (object->kind != VALUE_OBJECT) return NULL;
    for (const struct member *member = object->first; member; member = member->next)
        if (member->hash == hash && strncmp(member->name, name, length) == 0 &&
            member->name[length] == '\0')
            return member->value;
    return NULL;
}

static const struct template_value *flag_value(bool flag)
{
    static const struct template_value yes = {.kind = VALUE_TRUE}, no = {.kind = VALUE_FALSE};
    return flag ? &yes : &no;
}

static bool is_named(const struct node *node, const char *name)
{
    return strlen(name) == node->length && memcmp(node->text, name, node->length) == 0;
}

static const struct template_value *look_up(const struct frame *frame, const struct node *node)
{
    if (is_named(node, ".")) return frame->value;
    if (is_named(node, "-first") || is_named(node, "-last")) {
        while (frame && !frame->is_item)
            frame = frame->outer;
        if (!frame) return NULL;
        return flag_value(is_named(node, "-first") ? frame->is_first : frame->is_last);
    }
    const char *name = node->text, *end = node->text + node->length;
    const char *dot = memchr(name, '.', node->length);
    const char *stop = dot ? dot : end;
    const struct template_value *value = NULL;
    for (; frame && !value; frame = frame->outer)
        value = find_member(frame->value, name, (size_t)(stop - name));
    while (value && stop != end) {
        name = stop + 1;
        dot = memchr(name, '.', (size_t)(end - name));
        stop = dot ? dot : end;
        value = find_member(value, name, (size_t)(stop - name));
    }
    return value;
}

static bool render_nodes(struct renderer *renderer, const struct node *node,
                         const struct frame *frame);

static bool render_section(struct renderer *renderer, const struct node *node,
                           const struct template_value *value, const struct frame *frame)
{
    if (value->kind == VALUE_FALSE) return true;
    if (value->kind != VALUE_LIST) {
        struct frame inner = {.outer = frame, .value = value};
        return render_nodes(renderer, node->inside, value->kind == VALUE_TRUE ? frame : &inner);
    }
    for (const struct member *item = value->first; item; item = item->next) {
        struct frame inner = {.outer = frame,
                              .value = item->value,
                              .is_item = true,
                              .is_first = item == value->first,
                              .is_last = !item->next};
        if (!render_nodes(renderer, node->inside, &inner)) return false;
    }
    return true;
}

static bool render_tree(struct renderer *renderer, const struct frame *frame)
{
    struct parser parser = {.arena = renderer->arena,
                            .source = renderer->source,
                            .diags = renderer->diags,
                            .open = "{{",
                            .close = "}}"};
    const struct node *nodes = parse(&parser, NULL, 0);
    return !parser.is_broken && render_nodes(renderer, nodes, frame);
}

/* Each line of the partial gets the blanks before its tag. */
static const struct template_source *
indent_source(struct arena *arena, const struct template_source *source, const char *indent)
{
    struct strbuf text = {0};
    if (!*indent) return source;
    for (size_t i = 0; i < source->length; i++) {
        if (!i || source->text[i - 1] == '\n') strbuf_add(&text, indent);
        strbuf_add_char(&text, source->text[i]);
    }
    struct template_source *indented = arena_alloc(arena, sizeof *indented);
    indented->file = source->file;
    indented->text = arena_strndup(arena, text.text ? text.text : "", text.length);
    indented->length = text.length;
    strbuf_fini(&text);
    return indented;
}

static bool render_partial(struct renderer *renderer, const struct node *node,
                           const struct frame *frame)
{
    const char *name = arena_strndup(renderer->arena, node->text, node->length);
    const struct template_source *outer = renderer->source, *source = NULL;
    if (renderer->library) source = renderer->library->find(renderer->library->user, name);
    if (!source || renderer->depth == DEPTH_MOST) {
        complain(renderer->diags, outer, node->at,
                 source ? "partials are nested too deeply at" : "there is no partial", node->text,
                 node->length);
        return false;
    }
    renderer->source = indent_source(renderer->arena, source, node->indent);
    renderer->depth++;
    bool is_done = render_tree(renderer, frame);
    renderer->depth--;
    renderer->source = outer;
    return is_done;
}

static bool render_value(struct renderer *renderer, const struct node *node,
                         const struct template_value *value)
{
    if (value->kind == VALUE_TEXT || (value->kind == VALUE_FALSE && value->text)) {
        strbuf_add(renderer->out, value->text);
        return true;
    }
    complain(renderer->diags, renderer->source, node->at, "this is no text:", node->text,
             node->length);
    return false;
}

static bool render_node(struct renderer *renderer, const struct node *node,
                        const struct frame *frame)
{
    if (node->kind == NODE_TEXT) {
        strbuf_add_bytes(renderer->out, node->text, node->length);
        return true;
    }
    if (node->kind == NODE_PARTIAL) return render_partial(renderer, node, frame);
    const struct template_value *value = look_up(frame, node);
    if (!value) {
        complain(renderer->diags, renderer->source, node->at, "unknown name", node->text,
                 node->length);
        return false;
    }
    if (node->kind == NODE_VARIABLE) return render_value(renderer, node, value);
    if (node->kind == NODE_SECTION) return render_section(renderer, node, value, frame);
    bool is_false = value->kind == VALUE_FALSE || (value->kind == VALUE_LIST && !value->first);
    return !is_false || render_nodes(renderer, node->inside, frame);
}

static bool render_nodes(struct renderer *renderer, const struct node *node,
                         const struct frame *frame)
{
    for (; node; node = node->next)
        if (!render_node(renderer, node, frame)) return false;
    return true;
}

bool template_render(struct strbuf *out, const struct template_source *source,
                     const struct template_value *root, const struct template_library *library,
                     struct diag_list *diags)
{
    struct arena *arena = arena_new();
    struct renderer renderer = {
        .out = out, .arena = arena, .source = source, .library = library, .diags = diags};
    struct frame frame = {.value = root};
    bool is_done = render_tree(&renderer, &frame);
    arena_free(arena);
    return is_done;
}
