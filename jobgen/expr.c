/* SPDX-License-Identifier: MIT */
/* Recursive descent over + - * / % ( ) unary + - *, names, members and integer literals. */
#include "expr.h"

#include "arena.h"

#include <string.h>

enum { DEPTH_MOST = 64 };

struct expr_parser {
    struct arena *arena;
    const struct mapped_text *text;
    size_t at;
    unsigned depth;
    struct diag_list *diags;
    bool has_failed;
};

static void skip_blanks(struct expr_parser *parser)
{
    while (parser->text->text[parser->at] && strchr(" \t\r\n\v\f", parser->text->text[parser->at]))
        parser->at++;
}

static char next(struct expr_parser *parser)
{
    skip_blanks(parser);
    return parser->text->text[parser->at];
}

static const struct syntax *fail(struct expr_parser *parser, const char *expected)
{
    if (!parser->has_failed) {
        size_t at = parser->at < parser->text->length ? parser->at : parser->text->length;
        char found = parser->text->text[at];
        if (found && found != '\n')
            diag_error(parser->diags, mapped_location(parser->text, at, at + 1), CHECK_EXPRESSION,
                       "expected %s, found '%c'", expected, found);
        else
            diag_error(parser->diags, mapped_location(parser->text, at, at), CHECK_EXPRESSION,
                       "expected %s", expected);
    }
    parser->has_failed = true;
    return NULL;
}

static struct syntax *node_new(struct expr_parser *parser, enum syntax_kind kind, size_t begin)
{
    struct syntax *node = arena_alloc(parser->arena, sizeof *node);
    node->kind = kind;
    node->text = arena_strndup(parser->arena, parser->text->text + begin, parser->at - begin);
    node->location = mapped_location(parser->text, begin, parser->at);
    return node;
}

static const char *take_word(struct expr_parser *parser)
{
    size_t begin = parser->at;
    while (byte_is_word(parser->text->text[parser->at]))
        parser->at++;
    return arena_strndup(parser->arena, parser->text->text + begin, parser->at - begin);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static unsigned digit_value(char c)
{
    return is_digit(c)              ? (unsigned)(c - '0')
           : (c >= 'a' && c <= 'f') ? (unsigned)(c - 'a' + 10)
           : (c >= 'A' && c <= 'F') ? (unsigned)(c - 'A' + 10)
                                    : 99;
}

/* A C integer literal: decimal, octal, hexadecimal, binary, with any u and l behind. */
static bool integer_parse(const char *word, uint64_t *ret_integer)
{
    unsigned base = 10;
    if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
        base = 16;
        word += 2;
    } else if (word[0] == '0' && (word[1] == 'b' || word[1] == 'B')) {
        base = 2;
        word += 2;
    } else if (word[0] == '0') {
        base = 8;
    }
    uint64_t value = 0;
    const char *digits = word;
    for (; digit_value(*word) < base; word++)
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit_value(*word), &value))
            return false;
    if (word == digits) return false;
    *ret_integer = value;
    return word[strspn(word, "uUlL")] == '\0' && strlen(word) <= 3;
}

static const struct syntax *parse_number(struct expr_parser *parser)
{
    size_t begin = parser->at;
    uint64_t integer = 0;
    const char *word = take_word(parser);
    if (!integer_parse(word, &integer)) {
        parser->at = begin;
        return fail(parser, "an integer literal");
    }
    struct syntax *node = node_new(parser, SYNTAX_NUMBER, begin);
    node->integer = integer;
    return node;
}

static const struct syntax *parse_sum(struct expr_parser *parser);

static const struct syntax *parse_primary(struct expr_parser *parser)
{
    char c = next(parser);
    size_t begin = parser->at;
    if (c == '(') {
        parser->at++;
        const struct syntax *inner = parse_sum(parser);
        if (!inner) return NULL;
        if (next(parser) != ')') return fail(parser, "')'");
        parser->at++;
        return inner;
    }
    if (is_digit(c)) return parse_number(parser);
    if (!byte_is_word(c)) return fail(parser, "a parameter, a number or '('");
    const char *name = take_word(parser);
    struct syntax *node = node_new(parser, SYNTAX_NAME, begin);
    node->name = name;
    if (next(parser) != '(') return node;
    diag_error(parser->diags, node->location, CHECK_EXPRESSION,
               "an extent has no calls and no sizeof: pass the value as a parameter");
    return NULL;
}

static const struct syntax *parse_postfix(struct expr_parser *parser)
{
    skip_blanks(parser);
    size_t begin = parser->at;
    const struct syntax *left = parse_primary(parser);
    while (left) {
        char c = next(parser);
        bool is_arrow = c == '-' && parser->text->text[parser->at + 1] == '>';
        if (!is_arrow && c != '.') break;
        parser->at += is_arrow ? 2 : 1;
        char first = next(parser);
        if (!byte_is_word(first) || is_digit(first)) return fail(parser, "a member's name");
        const char *name = take_word(parser);
        struct syntax *node = node_new(parser, SYNTAX_MEMBER, begin);
        node->left = left;
        node->name = name;
        node->is_arrow = is_arrow;
        left = node;
    }
    return left;
}

static const struct syntax *parse_unary(struct expr_parser *parser)
{
    char c = next(parser);
    size_t begin = parser->at;
    if (c != '*' && c != '-' && c != '+') return parse_postfix(parser);
    if (++parser->depth > DEPTH_MOST) return fail(parser, "a simpler expression");
    parser->at++;
    const struct syntax *left = parse_unary(parser);
    parser->depth--;
    if (!left) return NULL;
    struct syntax *node = node_new(parser,
                                   c == '*'   ? SYNTAX_DEREF
                                   : c == '-' ? SYNTAX_NEGATE
                                              : SYNTAX_PLUS,
                                   begin);
    node->left = left;
    return node;
}

static const struct syntax *parse_chain(struct expr_parser *parser, const char *operators,
                                        const struct syntax *(*parse)(struct expr_parser *))
{
    skip_blanks(parser);
    size_t begin = parser->at;
    const struct syntax *left = parse(parser);
    while (left) {
        char c = next(parser);
        if (!c || !strchr(operators, c)) break;
        parser->at++;
        const struct syntax *right = parse(parser);
        if (!right) return NULL;
        struct syntax *node = node_new(parser, SYNTAX_BINARY, begin);
        node->op = c;
        node->left = left;
        node->right = right;
        left = node;
    }
    return left;
}

static const struct syntax *parse_product(struct expr_parser *parser)
{
    return parse_chain(parser, "*/%", parse_unary);
}

static const struct syntax *parse_sum(struct expr_parser *parser)
{
    if (++parser->depth > DEPTH_MOST) return fail(parser, "a simpler expression");
    const struct syntax *sum = parse_chain(parser, "+-", parse_product);
    parser->depth--;
    return sum;
}

const struct syntax *expr_parse(struct arena *arena, const struct mapped_text *text, size_t *at,
                                struct diag_list *diags)
{
    struct expr_parser parser = {.arena = arena, .text = text, .at = *at, .diags = diags};
    const struct syntax *syntax = parse_sum(&parser);
    *at = parser.at;
    return syntax;
}

bool expr_equals(const struct expr *a, const struct expr *b)
{
    if (a == b) return true;
    if (!a || !b || a->kind != b->kind) return false;
    switch (a->kind) {
    case EXPR_INTEGER:
        return a->integer == b->integer;
    case EXPR_PARAM:
    case EXPR_DEREF:
        return a->param == b->param;
    case EXPR_MEMBER:
        return a->param == b->param && strcmp(a->path, b->path) == 0;
    case EXPR_SIBLING:
        return a->level == b->level && strcmp(a->path, b->path) == 0;
    case EXPR_NEGATE:
    case EXPR_PLUS:
        return expr_equals(a->left, b->left);
    case EXPR_BINARY:
        return a->op == b->op && expr_equals(a->left, b->left) && expr_equals(a->right, b->right);
    case EXPR_RETURN:
        return true;
    }
    return false;
}

void expr_walk(const struct expr *expr, void (*visit)(const struct expr *expr, void *user),
               void *user)
{
    if (!expr) return;
    visit(expr, user);
    expr_walk(expr->left, visit, user);
    expr_walk(expr->right, visit, user);
}

bool expr_constant(const struct expr *expr, int64_t *ret_value)
{
    int64_t left = 0, right = 0;
    if (!expr->is_constant) return false;
    if (expr->kind == EXPR_INTEGER) {
        *ret_value = (int64_t)expr->integer;
        return expr->integer <= INT64_MAX;
    }
    if (!expr->left || !expr_constant(expr->left, &left)) return false;
    if (expr->kind == EXPR_PLUS) {
        *ret_value = left;
        return true;
    }
    if (expr->kind == EXPR_NEGATE) return !__builtin_sub_overflow((int64_t)0, left, ret_value);
    if (expr->kind != EXPR_BINARY || !expr_constant(expr->right, &right)) return false;
    switch (expr->op) {
    case '+':
        return !__builtin_add_overflow(left, right, ret_value);
    case '-':
        return !__builtin_sub_overflow(left, right, ret_value);
    case '*':
        return !__builtin_mul_overflow(left, right, ret_value);
    default:
        if (right == 0 || (left == INT64_MIN && right == -1)) return false;
        *ret_value = expr->op == '/' ? left / right : left % right;
        return true;
    }
}
