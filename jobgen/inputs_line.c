/* SPDX-License-Identifier: MIT */
#include "inputs_line.h"

#include "arena.h"
#include "inputs.h"
#include "strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
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

struct digest inputs_base(const struct options *options)
{
    struct strbuf text = {0};
    struct digest program = {0};
    char *here = getcwd(NULL, 0);
    (void)digest_file("/proc/self/exe", &program); /* then it is not told apart from others */
    inputs_put_digest(&text, JOBGEN_VERSION, program, here ? here : "");
    free(here);
    bool is_ours = true;
    size_t files = 0;
    for (size_t i = 1; i < options->word_count; i++) {
        const char *word = options->words[i];
        is_ours &= strcmp(word, "--") != 0;
        if (is_ours && is_beside(options->words, i)) continue;
        if (files < options->file_count && word == options->files[files])
            files++;
        else
            strbuf_add_bytes(&text, word, strlen(word) + 1);
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        strbuf_printf(&text, "\n%s%c%s", variables[i], value ? '=' : ' ', value ? value : "");
    }
    struct digest base = digest_of(text.text, text.length);
    strbuf_fini(&text);
    return base;
}

struct digest inputs_key(const struct options *options, struct digest base)
{
    struct strbuf text = {0};
    inputs_put_digest(&text, isatty(STDERR_FILENO) ? "terminal" : "file", base, "");
    for (size_t i = 0; i < options->file_count; i++)
        strbuf_add_bytes(&text, options->files[i], strlen(options->files[i]) + 1);
    struct digest key = digest_of(text.text, text.length);
    strbuf_fini(&text);
    return key;
}

void inputs_put_record(struct strbuf *out, const struct strbuf *lines)
{
    char length[32];
    (void)snprintf(length, sizeof length, "%zu", lines->length); /* fits */
    inputs_put_digest(out, title, digest_of(lines->text, lines->length), length);
    strbuf_add_bytes(out, lines->text, lines->length);
}

/* All of it. */
static bool read_at(int fd, size_t offset, char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = pread(fd, bytes + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

bool inputs_read_lines(struct strbuf *lines, int fd, size_t *ret_end)
{
    char head[sizeof title + 64] = {0};
    struct digest digest;
    struct stat about;
    ssize_t got = pread(fd, head, sizeof head - 1, 0);
    const char *at = got > 0 ? inputs_behind(head, title) : NULL;
    if (!at || *at++ != ' ' || !inputs_take_digest(&at, &digest) || *at++ != ' ') return false;
    char *stop;
    size_t length = strtoull(at, &stop, 10), begin = (size_t)(stop - head) + 1;
    if (*stop != '\n' || fstat(fd, &about) != 0 || (size_t)about.st_size < begin ||
        length > (size_t)about.st_size - begin)
        return false;
    lines->text = memory_grow(NULL, length + 1);
    lines->text[length] = '\0';
    lines->length = length;
    *ret_end = begin + length;
    return read_at(fd, begin, lines->text, length) &&
           digest_equal(digest, digest_of(lines->text, length));
}

const char *inputs_read_part(struct arena *arena, const struct inputs_last *last,
                             const struct inputs_part *part)
{
    if (part->begin > last->parts_length || part->length > last->parts_length - part->begin)
        return NULL;
    char *bytes = arena_alloc(arena, part->length + 1);
    bool is_right = read_at(last->fd, last->parts_begin + part->begin, bytes, part->length) &&
                    digest_equal(part->digest, digest_of(bytes, part->length));
    return is_right ? bytes : NULL;
}
