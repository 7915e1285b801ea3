/* SPDX-License-Identifier: MIT */
/* Files that were read as text, by the parser, or as templates; what the run itself writes is none
 * of them, else it would depend on itself. */
#include "footprint.h"

#include "arena.h"
#include "collection.h"
#include "depfile.h"
#include "inputs.h"
#include "protoc.h"
#include "search.h"
#include "strbuf.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

bool footprint_is_output(const struct footprint *footprint, const char *path)
{
    const char *stem = footprint->options->name, *base = path_base(path);
    static const char *const ends[] = {".h", ".c", ".proto", ".pb-c.h", ".pb-c.c"};
    if (!footprint->generated->directory || strncmp(base, stem, strlen(stem)) != 0) return false;
    bool is_ours = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_ours |= strcmp(base + strlen(stem), ends[i]) == 0;
    if (!is_ours) return false;
    const char *folder = path_folder(footprint->arena, path);
    char *real = realpath(*folder ? folder : ".", NULL);
    bool is_same = real && strcmp(real, footprint->generated->directory) == 0;
    free(real);
    return is_same;
}

struct file_list {
    const struct footprint *footprint;
    const char **files;
    size_t count, capacity;
};

static void file_add(struct file_list *list, const char *path)
{
    if (footprint_is_output(list->footprint, path)) return;
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 256;
        const char **grown = arena_alloc(list->footprint->arena, list->capacity * sizeof *grown);
        if (list->count) memcpy(grown, list->files, list->count * sizeof *grown);
        list->files = grown;
    }
    list->files[list->count++] = path;
}

static void file_add_seen(const struct file_seen *file, void *user)
{
    file_add(user, file->path);
}

static void file_add_template(const char *path, void *user)
{
    file_add(user, path);
}

/* The templates given are read too. */
static void visit_templates(const struct footprint *footprint,
                            void (*visit)(const char *path, void *user), void *user)
{
    const char *folder = footprint->options->templates;
    DIR *listing = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; listing && (entry = readdir(listing));)
        if (strstr(entry->d_name, ".mustache"))
            visit(arena_printf(footprint->arena, "%s/%s", folder, entry->d_name), user);
    if (listing) (void)closedir(listing);
}

static const char *compile_commands(const struct footprint *footprint)
{
    return arena_printf(footprint->arena, "%s/compile_commands.json",
                        footprint->options->build_dir);
}

/* Every file that mattered, in no order, with repetitions. */
static const char *const *files_read(const struct footprint *footprint, size_t *ret_count)
{
    struct file_list list = {.footprint = footprint};
    size_t count;
    struct collected_visitor visitor = {.file = file_add_seen, .user = &list};
    for (size_t i = 0; i < footprint->all->count; i++)
        collected_visit(footprint->all->found[i], &visitor);
    const struct source *const *sources = source_list(footprint->sources, &count);
    for (size_t i = 0; i < count; i++)
        file_add(&list, sources[i]->path);
    if (footprint->options->build_dir) file_add(&list, compile_commands(footprint));
    visit_templates(footprint, file_add_template, &list);
    *ret_count = list.count;
    return list.files;
}

const char *footprint_depfile(const struct footprint *footprint)
{
    size_t count;
    const char *const *files = files_read(footprint, &count);
    const char *folder = footprint->options->output ? footprint->options->output : ".";
    bool has_slash = folder[strlen(folder) - 1] == '/';
    struct strbuf text = {0};
    depfile_print(&text,
                  arena_printf(footprint->arena, "%s%s%s", folder, has_slash ? "" : "/",
                               footprint->generated->base),
                  files, count);
    char *kept = arena_strndup(footprint->arena, text.text, text.length);
    strbuf_fini(&text);
    return kept;
}

static void note_file(const char *path, void *user)
{
    struct digest digest;
    if (digest_file(path, &digest))
        inputs_add_read(user, path, digest);
    else
        inputs_give_up(user);
}

void footprint_note_first(const struct footprint *footprint, struct inputs *inputs)
{
    if (footprint->options->build_dir) note_file(compile_commands(footprint), inputs);
    visit_templates(footprint, note_file, inputs);
}

struct inputs_visit {
    const struct footprint *footprint;
    struct inputs *inputs;
    const struct compiler_flags *flags;
};

static void note_seen(const struct file_seen *file, void *user)
{
    const struct inputs_visit *visit = user;
    if (!footprint_is_output(visit->footprint, file->path))
        inputs_add_read(visit->inputs, file->path, file->digest);
}

static void note_lookup(const struct lookup *lookup, void *user)
{
    const struct inputs_visit *visit = user;
    inputs_add_lookup(visit->inputs, visit->flags, lookup->from, lookup->name, lookup->found);
}

/* What was read as text: some of it was not parsed. */
static void note_source(const struct footprint *footprint, struct inputs *inputs,
                        const struct source *source)
{
    const struct compiler_flags *flags = source->flags ? source->flags : &footprint->options->flags;
    size_t begin, length;
    char delimiter;
    if (footprint_is_output(footprint, source->path)) return;
    inputs_add_read(inputs, source->path, digest_of(source->text, source->length));
    for (size_t i = 0; i < source->token_count; i++)
        if (token_include(&source->tokens[i], source->text, &begin, &length, &delimiter) &&
            delimiter)
            inputs_add_lookup(inputs, flags, source->path,
                              arena_strndup(footprint->arena, source->text + begin, length), NULL);
}

void footprint_note(const struct footprint *footprint, struct inputs *inputs)
{
    size_t count;
    const struct source *const *sources = source_list(footprint->sources, &count);
    for (size_t i = 0; i < footprint->all->count; i++) {
        const struct collected *found = footprint->all->found[i];
        struct inputs_visit visit = {footprint, inputs, collected_source(found)->flags};
        struct collected_visitor visitor = {
            .file = note_seen, .lookup = note_lookup, .user = &visit};
        collected_visit(found, &visitor);
        if (collected_is_unclear(found)) inputs_give_up(inputs);
    }
    for (size_t i = 0; i < count; i++)
        note_source(footprint, inputs, sources[i]);
    inputs_add_tool(inputs, protoc_path(footprint->arena));
}
