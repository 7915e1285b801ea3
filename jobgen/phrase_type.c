/* SPDX-License-Identifier: MIT */
/* Types, as declarations and as messages have them. */
#include "phrase.h"

#include "arena.h"
#include "names.h"
#include "strbuf.h"

#include <string.h>

const struct type *phrase_element(const struct type *type)
{
    while (type->kind == TYPE_ARRAY || type->kind == TYPE_POINTER)
        type = type->element;
    return type;
}

static bool is_in_header(enum phrase_place place)
{
    return place == PHRASE_STUB || place == PHRASE_CPP || place == PHRASE_ARGS;
}

static const char *base_name(struct arena *arena, const struct type *type, enum phrase_place place)
{
    if (type->kind == TYPE_VOID) return "void";
    if (type->kind != TYPE_RECORD) return type->spelling;
    const struct record *record = type->record;
    if (record->tag) return arena_printf(arena, "struct %s", record->tag);
    if (place == PHRASE_CPP && name_is_of_result(record->typedef_name))
        return arena_printf(arena, "::%s", record->typedef_name);
    return is_in_header(place) || !record->own_name ? record->typedef_name : record->own_name;
}

static const char *qualified(struct arena *arena, const struct type *type, const char *name)
{
    return arena_printf(arena, "%s%s%s", type->is_const ? "const " : "",
                        type->is_volatile ? "volatile " : "", name);
}

/* Without qualifiers where `is_bare`. */
static const char *base_there(struct arena *arena, const struct type *type, bool is_bare,
                              enum phrase_place place)
{
    const char *name = base_name(arena, type, place);
    return is_bare ? name : qualified(arena, type, name);
}

const char *phrase_base(struct arena *arena, const struct type *type, bool is_bare)
{
    return base_there(arena, type, is_bare, PHRASE_PLAIN);
}

/* What lies behind, as it is called there. */
static const char *pointee(struct arena *arena, const struct type *type, enum phrase_place place)
{
    bool is_void = (place == PHRASE_CPP && type->kind == TYPE_ENUM) ||
                   (place != PHRASE_PLAIN && record_is_hidden(type->record));
    return is_void ? qualified(arena, type, "void") : base_there(arena, type, false, place);
}

const char *phrase_pointee(struct arena *arena, const struct type *type, enum phrase_place place)
{
    type = type->element;
    while (type->kind == TYPE_ARRAY)
        type = type->element;
    if (type->kind == TYPE_POINTER)
        return arena_printf(arena, "%s *%s%s", phrase_pointee(arena, type, place),
                            type->is_const ? "const " : "", type->is_volatile ? "volatile " : "");
    return pointee(arena, type, place);
}

const char *phrase_gap(const char *type)
{
    return strchr("* ", type[strlen(type) - 1]) ? "" : " ";
}

/* The inner dimensions behind a name: "(*in)[c]". */
static const char *shaped_name(struct arena *arena, const struct job *job,
                               const struct param *param, enum phrase_place place)
{
    bool is_definition = place == PHRASE_DEFINITION;
    const char *name = arena_printf(arena, "(*%s)", param->stub_name);
    for (const struct type *type = param->type->element; type->kind == TYPE_ARRAY;
         type = type->element) {
        bool is_written = type->extent->is_constant || (param->keeps_shape && !is_definition);
        name = arena_printf(arena, "%s[%s]", name,
                            is_written      ? phrase_bound(arena, job, type->extent)
                            : is_definition ? "1"
                                            : "*");
    }
    return name;
}

const char *phrase_param(struct arena *arena, const struct job *job, const struct param *param,
                         enum phrase_place place)
{
    const struct type *type = param->type;
    const struct type *element = phrase_element(type);
    bool is_pointer = element != type;
    if (!is_pointer && type->kind == TYPE_RECORD && place == PHRASE_ARGS)
        return arena_printf(arena, "const %s *%s", base_there(arena, type, true, place),
                            param->stub_name);
    if (!is_pointer)
        return arena_printf(arena, "%s %s", base_there(arena, type, true, place), param->stub_name);
    const char *to = phrase_pointee(arena, type, place);
    bool has_shape = type->element->kind == TYPE_ARRAY;
    bool is_stub = place == PHRASE_STUB || place == PHRASE_DEFINITION;
    if (has_shape && (place == PHRASE_PLAIN || (is_stub && param->keeps_shape)))
        return arena_printf(arena, "%s %s", to, shaped_name(arena, job, param, place));
    return arena_printf(arena, "%s%s*%s", to, phrase_gap(to), param->stub_name);
}

const char *phrase_result(struct arena *arena, const struct type *type, const char *name,
                          enum phrase_place place)
{
    const struct type *element = phrase_element(type);
    if (element != type) return arena_printf(arena, "%s *%s", pointee(arena, element, place), name);
    bool is_behind = *name == '*';
    return arena_printf(
        arena, "%s %s",
        is_behind ? pointee(arena, type, place) : base_there(arena, type, true, place), name);
}

/* Of an integer in a message. */
static unsigned wire_bits(const struct type *type)
{
    return type->bits > 32 || type->is_wide ? 64 : 32;
}

const char *phrase_wire_scalar(const struct type *type)
{
    if (type->kind == TYPE_BOOL) return "bool";
    if (type->kind == TYPE_FLOATING) return type->bits == 32 ? "float" : "double";
    if (type->kind == TYPE_COMPLEX) return type->bits == 64 ? "complex_float" : "complex_double";
    if (wire_bits(type) == 32) return type->is_signed || type->is_plain_char ? "sint32" : "uint32";
    return type->is_signed ? "sint64" : "uint64";
}

const char *phrase_wire_array(const struct type *type)
{
    if (type->kind == TYPE_COMPLEX) return type->bits == 64 ? "float" : "double";
    if (type->kind == TYPE_FLOATING || type->bits == 16) return phrase_wire_scalar(type);
    if (type->bits == 8) return "bytes";
    if (wire_bits(type) == 32) return type->is_signed ? "sfixed32" : "fixed32";
    return type->is_signed ? "sfixed64" : "fixed64";
}

const char *phrase_wire_c(const struct type *type)
{
    if (type->kind == TYPE_FLOATING) return type->bits == 32 ? "float" : "double";
    if (type->kind == TYPE_COMPLEX) return type->bits == 64 ? "float" : "double";
    if (wire_bits(type) == 32) return type->is_signed ? "int32_t" : "uint32_t";
    return type->is_signed ? "int64_t" : "uint64_t";
}

bool phrase_is_widened(const struct type *type)
{
    return type->kind != TYPE_RECORD && (type->bits == 16 || (type->bits == 32 && type->is_wide));
}

const char *phrase_element_kind(const struct type *type)
{
    if (type->kind == TYPE_RECORD) return "JGI_RECORD";
    if (type->kind == TYPE_BOOL) return "JGI_BOOL";
    if (type->kind == TYPE_COMPLEX) return "JGI_COMPLEX";
    if (type->bits == 16) return type->is_signed ? "JGI_INT16" : "JGI_UINT16";
    if (phrase_is_widened(type)) return type->is_signed ? "JGI_INT32" : "JGI_UINT32";
    return "JGI_PLAIN";
}

const char *phrase_get(struct arena *arena, const struct type *type, const char *from)
{
    if (type->kind == TYPE_BOOL) return arena_printf(arena, "%s != 0", from);
    if (type->is_plain_char) return arena_printf(arena, "jgi_char(in, %s)", from);
    if (type->kind == TYPE_FLOATING || type->bits >= wire_bits(type)) return from;
    return arena_printf(arena, "jgi_%sint%u(in, %s)", type->is_signed ? "" : "u", type->bits, from);
}

const char *phrase_get_bits(struct arena *arena, const struct type *type, int width,
                            const char *from)
{
    if (type->kind == TYPE_BOOL || (unsigned)width == type->bits)
        return phrase_get(arena, type, from);
    return arena_printf(arena, "jgi_%s_bits(in, %s, %d)",
                        type->is_plain_char ? "char"
                        : type->is_signed   ? "signed"
                                            : "unsigned",
                        from, width);
}

uint64_t phrase_constant_count(const struct type *array)
{
    uint64_t count = 1;
    for (; array->kind == TYPE_ARRAY; array = array->element)
        count *= array->extent->integer;
    return count;
}

const char *phrase_quoted(struct arena *arena, const char *text)
{
    struct strbuf buf = {0};
    strbuf_add(&buf, "");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            strbuf_printf(&buf, "\\%c", c);
        else if (c == '?')
            strbuf_add(&buf, "\\?");
        else if (c < 0x20)
            strbuf_add_char(&buf, ' ');
        else
            strbuf_add_char(&buf, (char)c);
    }
    const char *copy = arena_strdup(arena, buf.text ? buf.text : "");
    strbuf_fini(&buf);
    return copy;
}
