/* SPDX-License-Identifier: MIT */
/* Every stage once, in order. Complaints are printed at the end, and nothing is written if one is
 * an error. */
#include "pipeline.h"

#include "arena.h"
#include "collection.h"
#include "comment.h"
#include "crew.h"
#include "database.h"
#include "diag.h"
#include "diag_json.h"
#include "diag_text.h"
#include "dump.h"
#include "emit.h"
#include "footprint.h"
#include "inputs.h"
#include "libclang.h"
#include "lint.h"
#include "options.h"
#include "prefilter.h"
#include "protoc.h"
#include "read.h"
#include "reuse.h"
#include "source.h"
#include "start.h"
#include "strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pipeline {
    const struct options *options;
    struct arena *unit_arena, *model_arena;
    struct diag_list *diags;
    struct source_set *sources;
    struct generated_header generated;
    struct libclang libclang;
    struct database *database; /* NULL: none */
    struct crew *crew;
    struct inputs *inputs;
    struct inputs_last last;
    struct reuse reuse;
    const char **paths; /* of the files given, in order */
    struct crew_task *tasks;
    struct collected **found; /* by task */
    struct collection all;
    struct footprint footprint;
    const struct emitted *files; /* that were rendered */
    size_t file_count;
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
        struct comment_hint hint = comment_scan(source, blocks[i].begin, blocks[i].end);
        if (hint.has_job || !is_before_function(source, &blocks[i])) continue;
        if (hint.near.meant)
            near_directive_tell(&hint.near, source, pipeline->diags);
        else if (hint.has_direction)
            diag_warning(pipeline->diags, source_location(source, hint.direction_offset, 1),
                         CHECK_FORGOTTEN_JOB,
                         "this describes a parameter, but the function is not tagged @job");
    }
}

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Equal flags become one object, so that who has the same can share work. */
static const struct compiler_flags *flags_unite(struct pipeline *pipeline, size_t count,
                                                const struct compiler_flags *flags)
{
    for (size_t i = 0; i < count; i++)
        if (compiler_flags_equal(pipeline->tasks[i].source->flags, flags))
            return pipeline->tasks[i].source->flags;
    return flags;
}

/* How the file is compiled; NULL: nobody knows, which has been told. */
static const struct compiler_flags *flags_of(struct pipeline *pipeline, const char *path)
{
    const struct options *options = pipeline->options;
    if (!options->build_dir) return &options->flags;
    if (!pipeline->database) return NULL;
    const struct compiler_flags *flags =
        database_flags(pipeline->database, path, 0, &options->flags);
    size_t length = strlen(path);
    bool is_header = length > 2 && strcmp(path + length - 2, ".h") == 0;
    for (size_t i = 0; is_header && i < options->file_count && !flags; i++)
        flags = database_flags(pipeline->database, pipeline->paths[i], 0, &options->flags);
    if (flags || access(path, R_OK) != 0) return flags ? flags : &options->flags;
    diag_error(pipeline->diags, (struct location){.file = path}, CHECK_BUILD_DIR,
               is_header ? "%s/compile_commands.json has no entry for a header; give a source "
                           "that has one as well, or leave out -p and give the flags behind --"
                         : "%s/compile_commands.json has no entry for this file; configure the "
                           "build again, or leave out -p and give the flags behind --",
               options->build_dir);
    return NULL;
}

static bool is_cplusplus(const char *path)
{
    static const char *const ends[] = {".cc",  ".cpp", ".cxx", ".c++", ".C",
                                       ".hpp", ".hxx", ".hh",  ".cp"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(path + length - end, ends[i]) == 0) return true;
    }
    return false;
}

/* Opened and looked through as text: those that may have jobs, in order, with what they gave in the
 * last run where that still holds. */
static size_t find_sources(struct pipeline *pipeline, bool *ret_is_elsewhere)
{
    struct crew_task *tasks = pipeline->tasks;
    size_t count = 0;
    for (size_t i = 0; i < pipeline->options->file_count; i++) {
        const char *path = pipeline->paths[i];
        const struct compiler_flags *flags = flags_of(pipeline, path);
        if (!flags) continue;
        bool is_known = false;
        const struct source *source =
            source_open_given(pipeline->sources, path, flags_unite(pipeline, count, flags));
        if (!source) {
            diag_error(pipeline->diags, (struct location){.file = path}, CHECK_FILE, "%s",
                       strerror(errno));
            continue;
        }
        for (size_t k = 0; k < count; k++)
            is_known |= tasks[k].source == source;
        if (is_known) continue;
        struct arena *scratch = arena_new();
        struct prefilter_result found =
            prefilter_run(scratch, pipeline->sources, source, flags, &pipeline->generated);
        bool is_ours = found.needs_parse && !is_cplusplus(path);
        pipeline->found[count] = is_ours ? reuse_take(&pipeline->reuse, source, &found) : NULL;
        arena_free(scratch);
        if (!found.needs_parse) {
            find_forgotten(pipeline, source);
            continue;
        }
        if (!is_ours) {
            diag_error(pipeline->diags, (struct location){.file = path}, CHECK_CPLUSPLUS,
                       "this is C++, and jobs are functions of C: leave it out, and give the C "
                       "source or header that declares them");
            continue;
        }
        ret_is_elsewhere[count] = found.has_other_header;
        tasks[count++].source = source;
    }
    return count;
}

static void choose_starts(struct pipeline *pipeline, struct crew_task *tasks,
                          const bool *is_elsewhere, size_t count)
{
    const struct source **sources = arena_alloc(pipeline->unit_arena, count * sizeof *sources);
    for (size_t i = 0; i < count; i++)
        sources[i] = tasks[i].source;
    const size_t *shared =
        start_choose(pipeline->unit_arena, sources, is_elsewhere, count, pipeline->generated.base);
    for (size_t i = 0; i < count; i++)
        tasks[i].shared = shared[i];
}

/* Those of the tasks that are not done yet. */
static void collect_rest(struct pipeline *pipeline, bool *is_elsewhere)
{
    size_t count = 0;
    struct crew_task *rest = arena_alloc(pipeline->unit_arena, pipeline->all.count * sizeof *rest);
    for (size_t i = 0; i < pipeline->all.count; i++) {
        if (pipeline->found[i]) continue;
        is_elsewhere[count] = is_elsewhere[i];
        rest[count++] = pipeline->tasks[i];
    }
    choose_starts(pipeline, rest, is_elsewhere, count);
    struct collected **found = crew_run(pipeline->crew, rest, count, pipeline->diags);
    for (size_t i = 0, next = 0; i < pipeline->all.count; i++)
        if (!pipeline->found[i]) {
            pipeline->found[i] = found[next++];
            reuse_keep(&pipeline->reuse, pipeline->found[i]);
        }
    free(found);
}

/* A file may be compiled in several ways; the first is taken, and said if another differs. */
static void compare_entry(struct pipeline *pipeline, size_t index,
                          const struct compiler_flags *flags)
{
    struct source source = *pipeline->tasks[index].source;
    source.flags = flags;
    struct collected *other = collect_source(crew_collector(pipeline->crew), &source, 0);
    char *left = collection_print_source(pipeline->options, pipeline->found[index]);
    char *right = collection_print_source(pipeline->options, other);
    if (strcmp(left, right) != 0)
        diag_warning(pipeline->diags, (struct location){.file = source.path}, CHECK_FLAGS_DIFFER,
                     "%s/compile_commands.json has several entries for this file, which give "
                     "different jobs; the first one is taken",
                     pipeline->options->build_dir);
    free(left);
    free(right);
    collected_free(other);
}

static void compare_entries(struct pipeline *pipeline, size_t index)
{
    const struct compiler_flags *flags;
    const struct source *source = pipeline->tasks[index].source;
    for (size_t i = 1;
         (flags = database_flags(pipeline->database, source->path, i, &pipeline->options->flags));
         i++)
        if (!compiler_flags_equal(flags, source->flags)) compare_entry(pipeline, index, flags);
}

/* Sorted, so that nothing depends on the order of the command line. */
static void take_sources(struct pipeline *pipeline)
{
    const struct options *options = pipeline->options;
    size_t count = options->file_count;
    pipeline->paths = arena_alloc(pipeline->unit_arena, count * sizeof *pipeline->paths);
    pipeline->tasks = arena_alloc(pipeline->unit_arena, count * sizeof *pipeline->tasks);
    memcpy(pipeline->paths, options->files, count * sizeof *pipeline->paths);
    qsort(pipeline->paths, count, sizeof *pipeline->paths, path_compare);
    if (options->build_dir)
        pipeline->database = database_open(pipeline->unit_arena, &pipeline->libclang,
                                           options->build_dir, pipeline->diags);
    bool *is_elsewhere = arena_alloc(pipeline->unit_arena, count * sizeof *is_elsewhere);
    pipeline->found = arena_alloc(pipeline->unit_arena, count * sizeof(struct collected *));
    pipeline->all.found = pipeline->found;
    pipeline->all.count = find_sources(pipeline, is_elsewhere);
    collect_rest(pipeline, is_elsewhere);
}

/* ---- output ---- */

static void put_text(struct pipeline *pipeline, const char *path, const char *text, size_t length)
{
    FILE *file = path ? fopen(path, "wbe") : stdout;
    bool is_written = file && fwrite(text, 1, length, file) == length;
    if (file) is_written &= (path ? fclose(file) : fflush(file)) == 0;
    if (!is_written)
        diag_error(pipeline->diags, (struct location){.file = path ? path : "standard output"},
                   CHECK_FILE, "cannot be written: %s", strerror(errno));
}

static const char *header_of(const struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->file_count; i++)
        if (strcmp(pipeline->files[i].name, pipeline->generated.base) == 0)
            return pipeline->files[i].text;
    return NULL;
}

/* NAME.c beside a source of that name: the source would be gone. */
static void check_sources_stay(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->options->file_count; i++) {
        const char *path = pipeline->options->files[i];
        if (footprint_is_output(&pipeline->footprint, path))
            diag_error(pipeline->diags, (struct location){.file = path}, CHECK_FILE,
                       "what is generated would overwrite this source; use --name, or another "
                       "directory");
    }
}

static void put_dump(struct pipeline *pipeline, const struct model *model)
{
    struct strbuf text = {0};
    if (pipeline->options->wants_list)
        dump_list(&text, model);
    else
        dump_model(&text, model);
    put_text(pipeline, pipeline->options->wants_list ? NULL : pipeline->options->dump_file,
             text.text, text.length);
    strbuf_fini(&text);
}

/* ---- complaints ---- */

static bool is_coloured(enum colour_choice choice)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (choice != COLOUR_AUTO) return choice == COLOUR_ALWAYS;
    return isatty(STDERR_FILENO) && !(none && *none) && terminal && strcmp(terminal, "dumb") != 0;
}

/* As the user wants them; to be freed. */
static char *print_complaints(struct pipeline *pipeline, bool for_people)
{
    const struct options *options = pipeline->options;
    struct strbuf text = {0};
    size_t length;
    if (!for_people && options->diagnostics == DIAGNOSTICS_JSON) {
        diag_json(&text, pipeline->diags);
    } else if (!for_people && options->diagnostics == DIAGNOSTICS_SARIF) {
        diag_sarif(&text, pipeline->diags);
    } else {
        FILE *stream = open_memstream(&text.text, &length);
        if (!stream) return NULL;
        diag_print(pipeline->diags, stream, is_coloured(options->colour));
        (void)fclose(stream); /* of memory */
    }
    return text.text;
}

/* Text for people goes to standard error, what programs read to standard output; if that cannot be
 * written, people are told after all. */
static void tell(struct pipeline *pipeline, const char *text)
{
    size_t before = diag_count(pipeline->diags);
    if (!text) return;
    if (pipeline->options->diagnostics == DIAGNOSTICS_TEXT)
        (void)fputs(text, stderr); /* there is nobody else to be told */
    else
        put_text(pipeline, NULL, text, strlen(text));
    if (diag_count(pipeline->diags) == before) return;
    char *again = print_complaints(pipeline, true);
    if (again) (void)fputs(again, stderr);
    free(again);
}

/* ---- the record of inputs ---- */

static void put_record(struct pipeline *pipeline, const struct strbuf *text)
{
    struct emitted file = {inputs_name(pipeline->unit_arena, pipeline->options), text->text,
                           text->length};
    (void)emit_write(&file, 1, pipeline->options->output, pipeline->diags); /* it has complained */
}

static void put_inputs(struct pipeline *pipeline, const char *depfile)
{
    struct strbuf text = {0};
    char *said = diag_count(pipeline->diags) || pipeline->options->diagnostics != DIAGNOSTICS_TEXT
                     ? print_complaints(pipeline, false)
                     : NULL;
    if (pipeline->libclang.is_open)
        inputs_add_tool(pipeline->inputs, libclang_path(&pipeline->libclang));
    else if (pipeline->reuse.count)
        inputs_add_tools(pipeline->inputs, &pipeline->last, protoc_path(pipeline->unit_arena));
    footprint_note(&pipeline->footprint, pipeline->inputs);
    for (size_t i = 0; i < pipeline->file_count; i++)
        inputs_add_written(pipeline->inputs, pipeline->files[i].name, pipeline->files[i].text,
                           pipeline->files[i].length);
    if (inputs_print(pipeline->inputs, depfile ? depfile : "", said ? said : "", &text))
        put_record(pipeline, &text);
    strbuf_fini(&text);
    free(said);
}

/* ---- the run ---- */

static bool has_failed(const struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->all.count; i++)
        if (collected_has_failed(pipeline->found[i])) return true;
    return false;
}

static bool has_messages(void *user, const char *proto, size_t length)
{
    struct pipeline *pipeline = user;
    return pipeline->options->output &&
           inputs_have_messages(pipeline->unit_arena, pipeline->options,
                                protoc_path(pipeline->unit_arena), proto, length);
}

static void pipeline_stages(struct pipeline *pipeline)
{
    const struct options *options = pipeline->options;
    struct diag_list *diags = pipeline->diags;
    struct model model;
    bool wants_files = options->output && !options->wants_list;
    struct emit_setup setup = {.arena = pipeline->model_arena,
                               .templates = options->templates,
                               .has_messages = has_messages,
                               .user = pipeline,
                               .messages = options->output};

    if (wants_files) check_sources_stay(pipeline);
    footprint_note_first(&pipeline->footprint, pipeline->inputs);
    take_sources(pipeline);
    collection_merge(&pipeline->all, &model);
    lint_sources(pipeline->unit_arena, pipeline->sources, &model, diags);
    if (diag_has_errors(diags)) {
        collection_recheck(&pipeline->all, crew_reader(pipeline->crew), NULL, false);
        return;
    }
    for (size_t i = 0; pipeline->database && i < pipeline->all.count; i++)
        compare_entries(pipeline, i);
    if (wants_files || has_failed(pipeline))
        pipeline->files = emit_render(&setup, &model, diags, &pipeline->file_count);
    if (diag_has_errors(diags)) return;
    const char *header = header_of(pipeline);
    /* Were there headers in it, they could have changed. */
    bool is_last =
        header && !model.header_count &&
        inputs_wrote(&pipeline->last, pipeline->generated.base, digest_of(header, strlen(header)));
    collection_recheck(&pipeline->all, crew_reader(pipeline->crew), header, is_last);
    if (diag_has_errors(diags)) return;
    if (options->is_check) {
        emit_compare(pipeline->files, pipeline->file_count, options->output, diags);
        return;
    }
    if (wants_files &&
        emit_write(pipeline->files, pipeline->file_count, options->output, diags) != 0)
        return;
    if (options->wants_list || options->wants_dump) put_dump(pipeline, &model);
    const char *depfile =
        options->depfile && !options->wants_list ? footprint_depfile(&pipeline->footprint) : NULL;
    if (depfile) put_text(pipeline, options->depfile, depfile, strlen(depfile));
    if (wants_files) put_inputs(pipeline, depfile);
}

/* Nothing has changed since the last run: what it made beside the files in DIR. */
static void pipeline_repeat(struct pipeline *pipeline)
{
    const struct options *options = pipeline->options;
    const struct inputs_last *last = &pipeline->last;
    struct strbuf there = {0};
    if (options->depfile && !options->is_check &&
        (strbuf_read_file(&there, options->depfile) != 0 || strcmp(there.text, last->depfile) != 0))
        put_text(pipeline, options->depfile, last->depfile, strlen(last->depfile));
    strbuf_fini(&there);
}

static bool may_repeat(const struct options *options)
{
    return options->output && !options->wants_list && !options->wants_dump;
}

int pipeline_run(const struct options *options)
{
    struct pipeline pipeline = {.options = options};
    pipeline.unit_arena = arena_new();
    pipeline.model_arena = arena_new();
    pipeline.diags = diag_new(&options->checks);
    pipeline.sources = source_set_new();
    pipeline.generated.base = arena_printf(pipeline.model_arena, "%s.h", options->name);
    char *directory = options->output ? realpath(options->output, NULL) : NULL;
    pipeline.generated.directory = directory;
    pipeline.crew = crew_new(&(struct crew_setup){.options = options,
                                                  .libclang = &pipeline.libclang,
                                                  .sources = pipeline.sources,
                                                  .generated = &pipeline.generated});
    pipeline.all = (struct collection){
        .arena = pipeline.model_arena, .diags = pipeline.diags, .name = options->name};
    pipeline.footprint = (struct footprint){.arena = pipeline.unit_arena,
                                            .options = options,
                                            .generated = &pipeline.generated,
                                            .sources = pipeline.sources,
                                            .all = &pipeline.all};
    pipeline.inputs = inputs_new(pipeline.model_arena, options);
    pipeline.last.fd = -1;
    if (may_repeat(options)) inputs_check(pipeline.model_arena, options, &pipeline.last);
    pipeline.reuse = (struct reuse){.setup = {.arena = pipeline.model_arena,
                                              .sources = pipeline.sources,
                                              .options = options,
                                              .last = &pipeline.last},
                                    .inputs = pipeline.inputs};
    bool is_current = pipeline.last.is_current;
    if (is_current)
        pipeline_repeat(&pipeline);
    else
        pipeline_stages(&pipeline);
    char *said = is_current ? NULL : print_complaints(&pipeline, false);
    tell(&pipeline, is_current ? pipeline.last.said : said);
    free(said);
    int code = diag_has_errors(pipeline.diags) ? 1 : 0;
    for (size_t i = 0; i < pipeline.all.count; i++)
        collected_free(pipeline.found[i]);
    reuse_fini(&pipeline.reuse);
    inputs_last_fini(&pipeline.last);
    crew_free(pipeline.crew);
    inputs_free(pipeline.inputs);
    emit_free(pipeline.files, pipeline.file_count);
    source_set_free(pipeline.sources);
    diag_free(pipeline.diags);
    arena_free(pipeline.model_arena);
    arena_free(pipeline.unit_arena);
    free(directory);
    return code;
}
