/* SPDX-License-Identifier: MIT */
/* Parsing with libclang, which is opened with dlopen at the first file that needs it. */
#ifndef JOBGEN_READ_H
#define JOBGEN_READ_H

#include "libclang.h"

#include "diag.h"
#include "options.h"
#include "prefilter.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct reader;
struct read_start;

/* One per thread; the rest may be shared. */
struct reader_setup {
    struct arena *arena; /* of this reader */
    struct libclang *libclang;
    struct source_set *sources;
    const struct generated_header *generated;
    const char *output; /* DIR as given; NULL: not known */
};

struct reader *reader_new(const struct reader_setup *setup);
void reader_free(struct reader *reader);

/* The functions; NULL until something has been parsed. */
const struct libclang *reader_libclang(const struct reader *reader);

/* Parses a source that was given with `overlay` as the text of the generated header. NULL:
 * complaints in `diags`. Dispose of the unit with read_dispose. */
CXTranslationUnit read_parse(struct reader *reader, const struct source *source,
                             const char *overlay, bool with_bodies, struct diag_list *diags);

/* Parses `text`, the start of several sources, and keeps it for read_shared; no complaints. The
 * unit stays until reader_free. NULL: the sources are to be parsed whole. */
struct read_start *read_start(struct reader *reader, const char *text,
                              const struct compiler_flags *flags, const char *overlay,
                              struct diag_list *diags);
CXTranslationUnit read_start_unit(const struct read_start *start);
bool read_start_is_main(const struct read_start *start, const char *path);

/* Parses `rest`, what remains of the source without its start. Cursors of the start are not among
 * the children of the unit. NULL, without complaint, if anything is wrong: to be parsed whole. */
CXTranslationUnit read_shared(struct reader *reader, const struct read_start *start,
                              const struct source *source, const char *rest, const char *overlay,
                              struct diag_list *diags);
void read_dispose(struct reader *reader, CXTranslationUnit unit);

/* Whether the unit has errors of the source (not of the command line). */
bool read_has_errors(struct reader *reader, CXTranslationUnit unit);

/* clang's own errors as complaints, but for those that `is_ignored` (may be NULL) says so of. */
void read_report(struct reader *reader, CXTranslationUnit unit, struct diag_list *diags,
                 bool (*is_ignored)(const char *text, void *user), void *user);

/* A path without ".", ".." and doubled slashes, made absolute: as text, for what does not exist. */
const char *path_normalize(struct arena *arena, const char *path);

/* Whether a path is the overlay's and not a file. */
bool reader_is_overlay(const struct reader *reader, const char *path);

struct read_file {
    const char *path;
    bool is_system;
    const char *text; /* as libclang has read it; NULL: it does not say */
    size_t length;
};

/* All files that the unit read, the overlay left out; with system headers. */
void read_visit_files(struct reader *reader, CXTranslationUnit unit,
                      void (*visit)(const struct read_file *file, void *user), void *user);

#endif
