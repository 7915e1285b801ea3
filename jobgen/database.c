/* SPDX-License-Identifier: MIT */
/* libclang reads the file, splits commands and opens response files. Asked for one file it guesses
 * from others; so all entries are taken, and files are compared by their real path. Paths are made
 * absolute since commands run in directories of their own and threads share one. */
#include "database.h"

#include "arena.h"
#include "libclang.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
    const char *identity; /* real path of the file */
    struct compiler_flags flags;
};

struct database {
    struct arena *arena;
    struct entry *entries;
    size_t count;
};

static const char *take_string(struct database *database, const struct libclang *lc,
                               CXString string)
{
    const char *text = lc->getCString(string);
    const char *copy = arena_strdup(database->arena, text ? text : "");
    lc->disposeString(string);
    return copy;
}

static const char *absolute(struct arena *arena, const char *folder, const char *path)
{
    return path[0] == '/' ? path : arena_printf(arena, "%s/%s", folder, path);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* What says where the compiler puts something, and of what it consists; with the number of words
 * behind it that belong to it. */
static bool is_left_out(const char *word, size_t *ret_more)
{
    static const char *const with_value[] = {"-o", "-MF", "-MT", "-MQ", "-MJ"};
    *ret_more = 0;
    if (!strcmp(word, "-c") || !strcmp(word, "--")) return true;
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
        if (!strcmp(word, with_value[i])) {
            *ret_more = 1;
            return true;
        }
    return starts_with(word, "-M") || starts_with(word, "-o");
}

/* The length of an option whose value is a path; 0: it is none. */
static size_t path_option(const char *word)
{
    static const char *const options[] = {
        "-idirafter",   "-iquote",      "-isystem",   "-isysroot",
        "-include-pch", "-include",     "-imacros",   "-iprefix",
        "-iframework",  "-ivfsoverlay", "--sysroot=", "-resource-dir",
        "--sysroot",    "-I",           "-F",         "-B"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (starts_with(word, options[i])) return strlen(options[i]);
    return 0;
}

/* -include x.h may mean a file of the search path too. */
static const char *path_value(struct arena *arena, const char *folder, const char *option,
                              const char *value)
{
    const char *path = absolute(arena, folder, value + (value[0] == '='));
    bool is_searched = starts_with(option, "-include") || starts_with(option, "-imacros");
    return is_searched && access(path, F_OK) != 0 ? value : path;
}

struct word_list {
    const char **words;
    size_t count;
};

/* Takes the word, and its value if that is the next; gives how many were taken. */
static size_t take_word(struct arena *arena, struct word_list *flags, const char *folder,
                        const char *word, const char *next)
{
    size_t length = path_option(word);
    if (!length) {
        flags->words[flags->count++] = word;
        return 1;
    }
    if (word[length]) {
        flags->words[flags->count++] = arena_printf(arena, "%.*s%s", (int)length, word,
                                                    path_value(arena, folder, word, word + length));
        return 1;
    }
    flags->words[flags->count++] = word;
    if (!next) return 1;
    flags->words[flags->count++] = path_value(arena, folder, word, next);
    return 2;
}

static bool is_file(struct arena *arena, const char *folder, const char *word, const char *identity)
{
    if (word[0] == '-') return false;
    char *real = realpath(absolute(arena, folder, word), NULL);
    bool is_same = real && strcmp(real, identity) == 0;
    free(real);
    return is_same;
}

static struct compiler_flags entry_flags(struct database *database, const struct libclang *lc,
                                         CXCompileCommand command, const char *folder,
                                         const char *identity)
{
    struct arena *arena = database->arena;
    size_t count = lc->CompileCommand_getNumArgs(command), more;
    const char **words = arena_alloc(arena, (count + 1) * sizeof *words);
    struct word_list flags = {.words = arena_alloc(arena, (count + 1) * sizeof *words)};
    for (size_t i = 0; i < count; i++)
        words[i] = take_string(database, lc, lc->CompileCommand_getArg(command, (unsigned)i));
    for (size_t i = 1; i < count;) {
        if (is_left_out(words[i], &more))
            i += 1 + more;
        else if (is_file(arena, folder, words[i], identity))
            i++;
        else
            i += take_word(arena, &flags, folder, words[i], words[i + 1]);
    }
    return (struct compiler_flags){flags.words, flags.count};
}

static void take_entry(struct database *database, const struct libclang *lc,
                       CXCompileCommand command, const char *base)
{
    const char *folder = absolute(
        database->arena, base, take_string(database, lc, lc->CompileCommand_getDirectory(command)));
    const char *file = take_string(database, lc, lc->CompileCommand_getFilename(command));
    char *real = realpath(absolute(database->arena, folder, file), NULL);
    if (!real) return; /* of a file that is gone */
    struct entry *entry = &database->entries[database->count++];
    entry->identity = arena_strdup(database->arena, real);
    entry->flags = entry_flags(database, lc, command, folder, entry->identity);
    free(real);
}

struct database *database_open(struct arena *arena, struct libclang *libclang, const char *folder,
                               struct diag_list *diags)
{
    const char *path = arena_printf(arena, "%s/compile_commands.json", folder);
    CXCompilationDatabase_Error error;
    if (access(path, R_OK) != 0) { /* libclang would tell of it in words of its own */
        diag_error(diags, (struct location){.file = path}, CHECK_BUILD_DIR, "cannot be read");
        diag_note(diags, (struct location){0}, NULL,
                  "meson writes it into each build directory, CMake with "
                  "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON; for make there is bear");
        return NULL;
    }
    if (!libclang_open(libclang, diags)) return NULL;
    char *base = realpath(folder, NULL);
    CXCompilationDatabase handle = libclang->CompilationDatabase_fromDirectory(folder, &error);
    if (error != CXCompilationDatabase_NoError || !base) {
        diag_error(diags, (struct location){.file = path}, CHECK_BUILD_DIR,
                   "this is no list of compile commands");
        free(base);
        return NULL;
    }
    CXCompileCommands commands = libclang->CompilationDatabase_getAllCompileCommands(handle);
    unsigned count = libclang->CompileCommands_getSize(commands);
    struct database *database = arena_alloc(arena, sizeof *database);
    database->arena = arena;
    database->entries = arena_alloc(arena, (count + 1) * sizeof *database->entries);
    for (unsigned i = 0; i < count; i++)
        take_entry(database, libclang, libclang->CompileCommands_getCommand(commands, i), base);
    libclang->CompileCommands_dispose(commands);
    libclang->CompilationDatabase_dispose(handle);
    free(base);
    return database;
}

const struct compiler_flags *database_flags(const struct database *database, const char *path,
                                            size_t index, const struct compiler_flags *given)
{
    char *real = realpath(path, NULL);
    struct compiler_flags *flags = NULL;
    for (size_t i = 0; real && i < database->count && !flags; i++) {
        const struct entry *entry = &database->entries[i];
        if (strcmp(entry->identity, real) != 0 || index-- > 0) continue;
        flags = arena_alloc(database->arena, sizeof *flags);
        const char **words =
            arena_alloc(database->arena, (entry->flags.count + given->count + 1) * sizeof *words);
        memcpy(words, entry->flags.words, entry->flags.count * sizeof *words);
        if (given->count)
            memcpy(words + entry->flags.count, given->words, given->count * sizeof *words);
        *flags = (struct compiler_flags){words, entry->flags.count + given->count};
    }
    free(real);
    return flags;
}
