/* SPDX-License-Identifier: MIT */
#include "inputs_line.h"

#include "arena.h"
#include "strbuf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char title[] = "jobgen-inputs";

/* What clang, protoc-c or the loader read from the environment, and how complaints look. */
static const char *const variables[] = {
    "CPATH",         "C_INCLUDE_PATH",       "SDKROOT",      "SOURCE_DATE_EPOCH", "PATH",
    "COMPILER_PATH", "GCC_EXEC_PREFIX",      "LIBRARY_PATH", "JOBGEN_LIBCLANG",   "LD_LIBRARY_PATH",
    "CCC_ADD_ARGS",  "CCC_OVERRIDE_OPTIONS", "NO_COLOR",
};

const char *inputs_behind(const char *line, const char *word)
{
    size_t length = strlen(word);
    return strncmp(line, word, length) == 0 ? line + length : NULL;
}

void inputs_put_digest(struct strbuf *out, const char *kind, struct digest digest, const char *name)
{
    strbuf_printf(out, "%s %016" PRIx64 "%016" PRIx64 "%s%s\n", kind, digest.high, digest.low,
                  *name ? " " : "", name);
}

bool inputs_take_digest(const char **at, struct digest *ret_digest)
{
    char *end;
    char half[17] = {0};
    if (strlen(*at) < 32) return false;
    memcpy(half, *at, 16);
    ret_digest->high = strtoull(half, &end, 16);
    if (*end) return false;
    memcpy(half, *at + 16, 16);
    ret_digest->low = strtoull(half, &end, 16);
    *at += 32;
    return !*end;
}

const char *inputs_tool(struct arena *arena, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) return NULL;
    return arena_printf(arena, "tool %jd %jd.%09ld %ju %s\n", (intmax_t)about.st_size,
                        (intmax_t)about.st_mtim.tv_sec, about.st_mtim.tv_nsec,
                        (uintmax_t)about.st_ino, path);
}

/* How many threads there are, and whether files are only compared, changes nothing. */
static bool is_beside(const char *const *words, size_t at)
{
    return strncmp(words[at], "-j", 2) == 0 || strcmp(words[at], "--check") == 0 ||
           (at && strcmp(words[at - 1], "-j") == 0);
}

struct digest inputs_key(const struct options *options)
{
    struct strbuf text = {0};
    struct digest program = {0};
    char *here = getcwd(NULL, 0);
    (void)digest_file("/proc/self/exe", &program); /* then it is not told apart from others */
    inputs_put_digest(&text, JOBGEN_VERSION, program, here ? here : "");
    free(here);
    bool is_ours = true;
    for (size_t i = 1; i < options->word_count; i++) {
        is_ours &= strcmp(options->words[i], "--") != 0;
        if (is_ours && is_beside(options->words, i)) continue;
        strbuf_add_bytes(&text, options->words[i], strlen(options->words[i]) + 1);
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        strbuf_printf(&text, "\n%s%c%s", variables[i], value ? '=' : ' ', value ? value : "");
    }
    strbuf_add_char(&text, isatty(STDERR_FILENO) ? 'c' : 'p');
    struct digest key = digest_of(text.text, text.length);
    strbuf_fini(&text);
    return key;
}

void inputs_put_record(struct strbuf *out, const struct strbuf *lines)
{
    inputs_put_digest(out, title, digest_of(lines->text, lines->length), "");
    strbuf_add_bytes(out, lines->text, lines->length);
}

char *inputs_whole(const struct strbuf *text)
{
    struct digest digest;
    const char *head = text->text ? inputs_behind(text->text, title) : NULL;
    if (!head || *head++ != ' ' || !inputs_take_digest(&head, &digest) || *head++ != '\n')
        return NULL;
    size_t before = (size_t)(head - text->text);
    bool is_whole = digest_equal(digest, digest_of(head, text->length - before));
    return is_whole ? text->text + before : NULL;
}
