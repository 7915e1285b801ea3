/* SPDX-License-Identifier: MIT */
/* Only <...>, which means the same file whoever includes it, and the generated header. */
#include "start.h"

#include "arena.h"
#include "search.h"

#include <string.h>

enum {
    WORTH = 6 /* so many includes must be read less: a start costs more than to read it once */
};

bool start_is_allowed(const struct compiler_flags *flags)
{
    static const char *const with_value[] = {"-I", "-D", "-U", "-isystem", "-iquote"};
    for (size_t i = 0; i < flags->count; i++) {
        const char *flag = flags->words[i];
        if (!flag_is_harmless(flag)) return false;
        for (size_t k = 0; k < sizeof with_value / sizeof *with_value; k++)
            if (strcmp(flag, with_value[k]) == 0) {
                i++;
                break;
            }
    }
    return true;
}

/* The next include from `*at` on, which is moved behind it, and its <...> or "..."; NULL where
 * something else comes. */
static const struct token *next_include(const struct source *source, size_t *at, size_t *ret_begin,
                                        size_t *ret_length)
{
    while (*at < source->token_count && token_is_comment(&source->tokens[*at]))
        ++*at;
    if (*at == source->token_count) return NULL;
    const struct token *token = &source->tokens[(*at)++];
    char delimiter;
    if (!token_is_directive(token, source->text, "include") ||
        !token_include(token, source->text, ret_begin, ret_length, &delimiter) || !delimiter)
        return NULL;
    --*ret_begin;
    *ret_length += 2;
    bool has_comment = *at < source->token_count && source->tokens[*at].in_directive;
    size_t behind = *ret_begin + *ret_length;
    for (; behind < token->end; behind++)
        if (!strchr(" \t\r", source->text[behind])) return NULL;
    return has_comment ? NULL : token;
}

static size_t count_includes(const struct source *source, bool is_elsewhere,
                             const char *generated_base)
{
    size_t at = 0, count = 0, begin, length, base = strlen(generated_base);
    size_t path_length = strlen(source->path);
    if (path_length < 2 || strcmp(source->path + path_length - 2, ".c") != 0) return 0;
    while (next_include(source, &at, &begin, &length)) {
        const char *name = source->text + begin + 1;
        if (name[-1] == '"')
            return count +
                   (length == base + 2 && !strncmp(name, generated_base, base) && !is_elsewhere);
        if (length >= base + 2 && !strncmp(name + length - 2 - base, generated_base, base)) break;
        count++;
    }
    return count;
}

static size_t count_common(const struct source *left, const struct source *right, size_t most)
{
    size_t at_left = 0, at_right = 0, count = 0, begin, other_begin, length, other_length;
    while (count < most && next_include(left, &at_left, &begin, &length) &&
           next_include(right, &at_right, &other_begin, &other_length) && length == other_length &&
           memcmp(left->text + begin, right->text + other_begin, length) == 0)
        count++;
    return count;
}

const size_t *start_choose(struct arena *arena, const struct source *const *sources,
                           const bool *is_elsewhere, size_t count, const char *generated_base)
{
    size_t *chosen = arena_alloc(arena, count * sizeof *chosen);
    size_t *own = arena_alloc(arena, count * sizeof *own);
    for (size_t i = 0; i < count; i++)
        if (!sources[i]->flags || start_is_allowed(sources[i]->flags))
            own[i] = count_includes(sources[i], is_elsewhere[i], generated_base);
    for (size_t i = 0; i < count; i++) {
        /* sharers[n]: of how many other sources n includes are the same, and no more */
        size_t *sharers = arena_alloc(arena, (own[i] + 1) * sizeof *sharers);
        for (size_t k = 0; own[i] && k < count; k++)
            if (k != i && sources[k]->flags == sources[i]->flags)
                sharers[count_common(sources[i], sources[k], own[i])]++;
        size_t best = WORTH - 1, others = 0;
        chosen[i] = 0;
        for (size_t n = own[i]; n > 0; n--) {
            others += sharers[n];
            if (n * others <= best) continue;
            best = n * others;
            chosen[i] = n;
        }
    }
    return chosen;
}

const char *start_text(struct arena *arena, const struct source *source, size_t count)
{
    const char *text = "";
    size_t at = 0, begin, length;
    for (size_t i = 0; i < count && next_include(source, &at, &begin, &length); i++)
        text = arena_printf(arena, "%s#include %.*s\n", text, (int)length, source->text + begin);
    return text;
}

const char *start_rest(struct arena *arena, const struct source *source, size_t count)
{
    char *rest = arena_strndup(arena, source->text, source->length);
    size_t at = 0, begin, length;
    for (size_t i = 0; i < count; i++) {
        const struct token *token = next_include(source, &at, &begin, &length);
        if (!token) break;
        for (size_t k = token->begin; k < token->end; k++)
            if (rest[k] != '\n') rest[k] = ' ';
    }
    return rest;
}
