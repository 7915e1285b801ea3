/* SPDX-License-Identifier: MIT */
#include "annotation_parser.h"

#include "arena.h"

char parser_here(const struct annotation_parser *parser)
{
    return parser->text.text[parser->at];
}

void parser_skip_spaces(struct annotation_parser *parser)
{
    while (parser_here(parser) == ' ' || parser_here(parser) == '\t')
        parser->at++;
}

void parser_skip_blanks(struct annotation_parser *parser)
{
    while (parser_here(parser) == ' ' || parser_here(parser) == '\t' || parser_here(parser) == '\n')
        parser->at++;
}

void parser_skip_line(struct annotation_parser *parser)
{
    while (parser_here(parser) && parser_here(parser) != '\n')
        parser->at++;
}

struct location parser_place(const struct annotation_parser *parser, size_t begin)
{
    return mapped_location(&parser->text, begin, parser->at > begin ? parser->at : begin + 1);
}

struct location parser_place_here(const struct annotation_parser *parser)
{
    size_t at = parser->at < parser->text.length ? parser->at : parser->text.length;
    return mapped_location(&parser->text, at, at < parser->text.length ? at + 1 : at);
}

const char *parser_take_word(struct annotation_parser *parser)
{
    size_t begin = parser->at;
    while (byte_is_word(parser_here(parser)))
        parser->at++;
    return arena_strndup(parser->arena, parser->text.text + begin, parser->at - begin);
}

void parser_break_off(struct annotation_parser *parser)
{
    size_t before = parser->at;
    parser->annotation->is_broken = true;
    while (before &&
           (parser->text.text[before - 1] == ' ' || parser->text.text[before - 1] == '\t'))
        before--;
    bool is_next_line = before && parser->text.text[before - 1] == '\n';
    if (!is_next_line || parser_here(parser) != '@') parser_skip_line(parser);
}
