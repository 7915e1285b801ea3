/* SPDX-License-Identifier: MIT */
/* Every stage once, in order. Complaints are printed at the end, and nothing is written if one is
 * an error. */
#include "pipeline.h"

#include "annotation.h"
#include "arena.h"
#include "collect.h"
#include "depfile.h"
#include "diag.h"
#include "dump.h"
#include "emit.h"
#include "options.h"
#include "prefilter.h"
#include "read.h"
#include "source.h"
#include "start.h"
#include "strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEMPLATES_MOST = 64 };

struct pipeline {
    const struct options *options;
    struct arena *unit_arena, *model_arena;
    struct diag_list *diags;
    struct source_set *sources;
    struct generated_header generated;
    struct reader *reader;
    struct collector *collector;
};

/* ---- sources ---- */

/* Whether a function seems to come next: a ( before any ; = or {. */
static bool is_before_function(const struct source *source, const struct comment_block *block)
{
    for (size_t i = block->token; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < block->end || token->kind != TOKEN_PUNCTUATION) continue;
        char c = source->text[token->begin];
        if (c == '(') return true;
        if (c == ';' || c == '=' || c == '{' || c == '}') return false;
    }
    return false;
}

/* A file without any tag is not parsed, but a described function in it was meant to have one. */
static void find_forgotten(struct pipeline *pipeline, const struct source *source)
{
    size_t count;
    const struct comment_block *blocks = comment_blocks(pipeline->unit_arena, source, &count);
    for (size_t i = 0; i < count; i++) {
        struct annotation_hint hint = annotation_scan(source, blocks[i].begin, blocks[i].end);
        if (hint.has_direction && !hint.has_job && is_before_function(source, &blocks[i]))
            diag_warning(pipeline->diags, source_location(source, hint.direction_offset, 1),
                         CHECK_FORGOTTEN_JOB,
                         "this describes a parameter, but the function is not tagged @job");
    }
}

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Opened and looked through as text: those to be parsed, in order. */
static size_t find_sources(struct pipeline *pipeline, const char *const *paths, size_t count,
                           const struct source **ret_sources, bool *ret_is_elsewhere)
{
    size_t found_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(paths[i - 1], paths[i]) == 0) continue;
        const struct source *source = source_open(pipeline->sources, paths[i]);
        if (!source) {
            diag_error(pipeline->diags, (struct location){.file = paths[i]}, CHECK_FILE, "%s",
                       strerror(errno));
            continue;
        }
        struct prefilter_result found =
            prefilter_run(pipeline->unit_arena, pipeline->sources, source, pipeline->options,
                          &pipeline->generated);
        if (!found.needs_parse) {
            find_forgotten(pipeline, source);
            continue;
        }
        ret_sources[found_count] = source;
        ret_is_elsewhere[found_count++] = found.has_other_header;
    }
    return found_count;
}

/* Sorted, so that nothing depends on the order of the command line. */
static void take_sources(struct pipeline *pipeline)
{
    size_t count = pipeline->options->file_count;
    const char **paths = arena_alloc(pipeline->unit_arena, count * sizeof *paths);
    const struct source **sources = arena_alloc(pipeline->unit_arena, count * sizeof *sources);
    bool *is_elsewhere = arena_alloc(pipeline->unit_arena, count * sizeof *is_elsewhere);
    const size_t *shared = NULL;
    memcpy(paths, pipeline->options->files, count * sizeof *paths);
    qsort(paths, count, sizeof *paths, path_compare);
    count = find_sources(pipeline, paths, count, sources, is_elsewhere);
    if (start_is_allowed(pipeline->options))
        shared = start_choose(pipeline->unit_arena, sources, is_elsewhere, count,
                              pipeline->generated.base);
    for (size_t i = 0; i < count; i++)
        collect_source(pipeline->collector, sources[i], shared ? shared[i] : 0);
}

/* ---- output ---- */

static void put_text(struct pipeline *pipeline, const char *path, const struct strbuf *text)
{
    FILE *file = path ? fopen(path, "wbe") : stdout;
    bool is_written = file && fwrite(text->text, 1, text->length, file) == text->length;
    if (file) is_written &= (path ? fclose(file) : fflush(file)) == 0;
    if (!is_written)
        diag_error(pipeline->diags, (struct location){.file = path ? path : "standard output"},
                   CHECK_FILE, "cannot be written: %s", strerror(errno));
}

static const char *header_of(const struct pipeline *pipeline, const struct emitted *files,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, pipeline->generated.base) == 0)
            return arena_strndup(pipeline->model_arena, files[i].text, files[i].length);
    return NULL;
}

static bool is_own_output(const struct pipeline *pipeline, const char *path)
{
    const char *stem = pipeline->options->name, *base = path_base(path);
    static const char *const ends[] = {".h", ".c", ".proto", ".pb-c.h", ".pb-c.c"};
    if (!pipeline->generated.directory || strncmp(base, stem, strlen(stem)) != 0) return false;
    bool is_ours = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_ours |= strcmp(base + strlen(stem), ends[i]) == 0;
    if (!is_ours) return false;
    const char *folder = path_folder(pipeline->unit_arena, path);
    char *real = realpath(*folder ? folder : ".", NULL);
    bool is_same = real && strcmp(real, pipeline->generated.directory) == 0;
    free(real);
    return is_same;
}

/* NAME.c beside a source of that name: the source would be gone. */
static void check_sources_stay(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->options->file_count; i++) {
        const char *path = pipeline->options->files[i];
        if (is_own_output(pipeline, path))
            diag_error(pipeline->diags, (struct location){.file = path}, CHECK_FILE,
                       "what is generated would overwrite this source; use --name, or another "
                       "directory");
    }
}

/* The templates given are read too. */
static size_t add_templates(struct pipeline *pipeline, const char **ret_files, size_t room)
{
    const char *folder = pipeline->options->templates;
    DIR *listing = folder ? opendir(folder) : NULL;
    size_t count = 0;
    for (struct dirent *entry; listing && count < room && (entry = readdir(listing));)
        if (strstr(entry->d_name, ".mustache"))
            ret_files[count++] = arena_printf(pipeline->unit_arena, "%s/%s", folder, entry->d_name);
    if (listing) (void)closedir(listing);
    return count;
}

static void put_depfile(struct pipeline *pipeline)
{
    size_t parsed_count, source_count, count = 0;
    const char *const *parsed = collect_files(pipeline->collector, &parsed_count);
    const struct source *const *sources = source_list(pipeline->sources, &source_count);
    const char **files = arena_alloc(
        pipeline->unit_arena, (parsed_count + source_count + TEMPLATES_MOST) * sizeof *files);
    for (size_t i = 0; i < parsed_count; i++)
        if (!is_own_output(pipeline, parsed[i])) files[count++] = parsed[i];
    for (size_t i = 0; i < source_count; i++)
        if (!is_own_output(pipeline, sources[i]->path)) files[count++] = sources[i]->path;
    count += add_templates(pipeline, files + count, TEMPLATES_MOST);
    const char *folder = pipeline->options->output ? pipeline->options->output : ".";
    bool has_slash = folder[strlen(folder) - 1] == '/';
    struct strbuf text = {0};
    depfile_print(&text,
                  arena_printf(pipeline->unit_arena, "%s%s%s", folder, has_slash ? "" : "/",
                               pipeline->generated.base),
                  files, count);
    put_text(pipeline, pipeline->options->depfile, &text);
    strbuf_fini(&text);
}

static void put_dump(struct pipeline *pipeline, const struct model *model)
{
    struct strbuf text = {0};
    if (pipeline->options->wants_list)
        dump_list(&text, model);
    else
        dump_model(&text, model);
    put_text(pipeline, pipeline->options->wants_list ? NULL : pipeline->options->dump_file, &text);
    strbuf_fini(&text);
}

/* ---- the run ---- */

static void pipeline_stages(struct pipeline *pipeline)
{
    const struct options *options = pipeline->options;
    struct diag_list *diags = pipeline->diags;
    struct model model;
    const struct emitted *files = NULL;
    size_t file_count = 0;
    bool wants_files = options->output && !options->wants_list;

    if (wants_files) check_sources_stay(pipeline);
    take_sources(pipeline);
    collect_finish(pipeline->collector, &model);
    if (diag_has_errors(diags)) {
        collect_recheck(pipeline->collector, NULL);
        return;
    }
    if (wants_files || collect_has_errors(pipeline->collector))
        files = emit_render(pipeline->model_arena, &model, options->templates, diags, &file_count);
    if (diag_has_errors(diags)) return;
    collect_recheck(pipeline->collector, header_of(pipeline, files, file_count));
    if (diag_has_errors(diags)) return;
    if (wants_files && emit_write(files, file_count, options->output, diags) != 0) return;
    if (options->wants_list || options->wants_dump) put_dump(pipeline, &model);
    if (options->depfile) put_depfile(pipeline);
}

int pipeline_run(const struct options *options)
{
    struct pipeline pipeline = {.options = options};
    pipeline.unit_arena = arena_new();
    pipeline.model_arena = arena_new();
    pipeline.diags = diag_new(&options->checks);
    pipeline.sources = source_set_new(pipeline.model_arena);
    pipeline.generated.base = arena_printf(pipeline.model_arena, "%s.h", options->name);
    char *directory = options->output ? realpath(options->output, NULL) : NULL;
    pipeline.generated.directory = directory;
    pipeline.reader =
        reader_new(pipeline.unit_arena, options, pipeline.sources, &pipeline.generated);
    struct collector_setup setup = {.arena = pipeline.model_arena,
                                    .sources = pipeline.sources,
                                    .reader = pipeline.reader,
                                    .options = options,
                                    .diags = pipeline.diags};
    pipeline.collector = collector_new(&setup);
    pipeline_stages(&pipeline);
    diag_print(pipeline.diags, stderr);
    int code = diag_has_errors(pipeline.diags) ? 1 : 0;
    collector_free(pipeline.collector);
    reader_free(pipeline.reader);
    source_set_free(pipeline.sources);
    diag_free(pipeline.diags);
    arena_free(pipeline.model_arena);
    arena_free(pipeline.unit_arena);
    free(directory);
    return code;
}
