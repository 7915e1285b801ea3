/* SPDX-License-Identifier: MIT */
/* The only door to parsing. The generated header need not exist: it is an overlay, reachable in
 * three ways: under a folder searched last, under DIR where a file is there already, and under
 * every path by which a source spells it. */
#include "read.h"

#include "arena.h"
#include "search.h"
#include "strbuf.h"
#include "workplace.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reader {
    struct reader_setup setup;
    struct arena *arena; /* the setup's */
    const struct generated_header *generated;
    struct libclang *libclang;
    bool is_open;
    bool is_headless; /* its own headers are missing, which has been told */
    CXIndex index, shared_index;
    const char *program_folder;
    const char *runtime_folder; /* NULL: none is needed */
    const char **overlays;
    size_t overlay_count;
    struct workplace place; /* of the starts that are shared */
    struct read_start *starts;
};

struct read_start {
    struct read_start *next;
    CXTranslationUnit unit;
    const char *main, *precompiled; /* paths */
};

struct reader *reader_new(const struct reader_setup *setup)
{
    struct reader *reader = arena_alloc(setup->arena, sizeof *reader);
    reader->setup = *setup;
    reader->arena = setup->arena;
    reader->generated = setup->generated;
    reader->libclang = setup->libclang;
    return reader;
}

void reader_free(struct reader *reader)
{
    if (!reader || !reader->is_open) return;
    for (struct read_start *start = reader->starts; start; start = start->next)
        read_dispose(reader, start->unit);
    workplace_close(&reader->place);
    reader->libclang->disposeIndex(reader->index);
    if (reader->shared_index) reader->libclang->disposeIndex(reader->shared_index);
    /* The library stays open: closing it costs time and the process is about to end. */
}

const struct libclang *reader_libclang(const struct reader *reader)
{
    return reader->is_open ? reader->libclang : NULL;
}

/* ---- flags ---- */

static const char *program_folder(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return "/";
    path[length] = '\0';
    const char *folder = path_folder(arena, path);
    size_t folder_length = strlen(folder);
    return folder_length > 1 ? arena_strndup(arena, folder, folder_length - 1) : folder;
}

const char *path_normalize(struct arena *arena, const char *path)
{
    char *current = path[0] == '/' ? NULL : getcwd(NULL, 0);
    char *whole = arena_printf(arena, "%s/%s", current ? current : "", path);
    free(current);
    char *result = arena_alloc(arena, strlen(whole) + 2);
    size_t length = 0;
    char *rest = NULL;
    for (char *part = strtok_r(whole, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
        if (!strcmp(part, ".")) continue;
        if (!strcmp(part, "..")) {
            while (length && result[--length] != '/')
                ;
            result[length] = '\0';
            continue;
        }
        result[length++] = '/';
        memcpy(result + length, part, strlen(part) + 1);
        length += strlen(part);
    }
    return *result ? result : "/";
}

/* Where <jobgen/runtime.h> is, NULL where the compiler finds it by itself or not at all. */
static const char *runtime_folder(struct reader *reader)
{
    const char *const candidates[] = {
        path_normalize(reader->arena,
                       arena_printf(reader->arena, "%s/../include", reader->program_folder)),
        JOBGEN_SOURCE_INCLUDEDIR,
    };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (access(arena_printf(reader->arena, "%s/jobgen/runtime.h", candidates[i]), R_OK) == 0)
            return candidates[i];
    return NULL;
}

/* libclang 14 knows C23 as c2x only. */
static const char *flag_translate(const char *flag)
{
    if (!strcmp(flag, "-std=c23")) return "-std=c2x";
    if (!strcmp(flag, "-std=gnu23")) return "-std=gnu2x";
    return flag;
}

/* Two more have room behind them. */
static const char **flags_build(struct reader *reader, const struct compiler_flags *given,
                                size_t *ret_count)
{
    const char **flags = arena_alloc(reader->arena, (given->count + 13) * sizeof *flags);
    size_t count = 0;
    for (size_t i = 0; i < given->count; i++)
        flags[count++] = flag_translate(given->words[i]);
    flags[count++] = "-w";
    flags[count++] = "-ferror-limit=0"; /* all of the file is to be seen */
    flags[count++] = "-D__JOBGEN__=1";
    if (reader->libclang->lacks_brackets) flags[count++] = "-fdouble-square-bracket-attributes";
    if (reader->runtime_folder) {
        flags[count++] = "-idirafter";
        flags[count++] = reader->runtime_folder;
    }
    if (reader->generated->directory) {
        flags[count++] = "-idirafter";
        flags[count++] = reader->generated->directory;
    }
    flags[count++] = "-idirafter";
    flags[count++] = reader->program_folder;
    *ret_count = count;
    return flags;
}

static bool reader_open(struct reader *reader, struct diag_list *diags)
{
    if (reader->is_open) return true;
    if (!libclang_open(reader->libclang, diags)) return false;
    reader->program_folder = program_folder(reader->arena);
    reader->runtime_folder = runtime_folder(reader);
    reader->index = reader->libclang->createIndex(0, 0);
    reader->is_open = true;
    return true;
}

/* ---- the overlay ---- */

static void overlay_add(struct reader *reader, const char *path)
{
    const char **grown =
        arena_alloc(reader->arena, (reader->overlay_count + 1) * sizeof *reader->overlays);
    if (reader->overlay_count)
        memcpy(grown, reader->overlays, reader->overlay_count * sizeof *grown);
    grown[reader->overlay_count++] = path;
    reader->overlays = grown;
}

static void overlay_add_if_generated(struct reader *reader, const char *path)
{
    if (!reader->setup.output) { /* DIR is not known: whatever is not there may be it */
        if (access(path, F_OK) != 0) overlay_add(reader, path);
        return;
    }
    const char *target =
        arena_printf(reader->arena, "%s/%s", reader->setup.output, reader->generated->base);
    if (!strcmp(path_normalize(reader->arena, path), path_normalize(reader->arena, target)))
        overlay_add(reader, path);
}

/* `source` NULL: for none that spells a path. */
static void overlays_build(struct reader *reader, const struct source *source)
{
    struct arena *arena = reader->arena;
    const struct generated_header *generated = reader->generated;
    reader->overlay_count = 0;
    overlay_add(reader, arena_printf(arena, "%s/%s", reader->program_folder, generated->base));
    if (generated->directory) {
        const char *path = arena_printf(arena, "%s/%s", generated->directory, generated->base);
        if (access(path, F_OK) == 0) overlay_add(reader, path);
    }
    if (!source) return;
    struct prefilter_result found =
        prefilter_run(arena, reader->setup.sources, source, source->flags, generated);
    for (size_t i = 0; i < found.spelled_count; i++)
        overlay_add_if_generated(reader, found.spelled[i]);
    for (size_t i = 0; i < found.earlier_count; i++)
        overlay_add(reader, found.earlier[i]);
}

bool reader_is_overlay(const struct reader *reader, const char *path)
{
    for (size_t i = 0; i < reader->overlay_count; i++)
        if (strcmp(reader->overlays[i], path) == 0) return true;
    return false;
}

/* ---- parsing ---- */

static bool report_builtin_headers(struct reader *reader, CXTranslationUnit unit,
                                   struct diag_list *diags);

static void report_failure(const struct source *source, enum CXErrorCode code,
                           struct diag_list *diags)
{
    struct location at = {.file = source->path};
    diag_error(diags, at, CHECK_LIBCLANG,
               "libclang cannot parse this file with these flags (code %d)", (int)code);
    for (size_t i = 0; i < source->flags->count; i++)
        if (strncmp(source->flags->words[i], "-std=", 5) == 0)
            diag_note(diags, (struct location){0}, NULL,
                      "%s may be unknown to this libclang; try an older standard",
                      source->flags->words[i]);
}

static struct CXUnsavedFile unsaved_file(const char *path, const char *text, size_t length)
{
    return (struct CXUnsavedFile){path, text, (unsigned long)length};
}

/* The overlays, with room for one more. */
static struct CXUnsavedFile *overlays_fill(struct reader *reader, const struct source *source,
                                           const char *overlay)
{
    overlays_build(reader, source);
    struct CXUnsavedFile *unsaved =
        arena_alloc(reader->arena, (reader->overlay_count + 1) * sizeof *unsaved);
    for (size_t i = 0; i < reader->overlay_count; i++)
        unsaved[i] = unsaved_file(reader->overlays[i], overlay, strlen(overlay));
    return unsaved;
}

static const unsigned parse_options = CXTranslationUnit_KeepGoing |
                                      CXTranslationUnit_DetailedPreprocessingRecord |
                                      CXTranslationUnit_SkipFunctionBodies;

CXTranslationUnit read_parse(struct reader *reader, const struct source *source,
                             const char *overlay, bool with_bodies, struct diag_list *diags)
{
    if (!reader_open(reader, diags)) return NULL;
    struct CXUnsavedFile *unsaved = overlays_fill(reader, source, overlay);
    unsigned options = parse_options;
    if (with_bodies) options &= ~(unsigned)CXTranslationUnit_SkipFunctionBodies;
    CXTranslationUnit unit = NULL;
    size_t flag_count;
    const char **flags = flags_build(reader, source->flags, &flag_count);
    enum CXErrorCode code = reader->libclang->parseTranslationUnit2(
        reader->index, source->path, flags, (int)flag_count, unsaved,
        (unsigned)reader->overlay_count, options, &unit);
    if (code != CXError_Success) {
        report_failure(source, code, diags);
        return NULL;
    }
    if (report_builtin_headers(reader, unit, diags)) {
        read_dispose(reader, unit);
        return NULL;
    }
    return unit;
}

/* ---- starts that several sources share ---- */

static bool has_any_error(const struct libclang *lc, CXTranslationUnit unit)
{
    bool has_errors = false;
    for (unsigned i = 0; i < lc->getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = lc->getDiagnostic(unit, i);
        has_errors |= lc->getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
        lc->disposeDiagnostic(diagnostic);
    }
    return has_errors;
}

/* The unit, if it was parsed without a fault. */
static CXTranslationUnit unit_if_sound(struct reader *reader, enum CXErrorCode code,
                                       CXTranslationUnit unit)
{
    if (code != CXError_Success) return NULL;
    if (!has_any_error(reader->libclang, unit)) return unit;
    read_dispose(reader, unit);
    return NULL;
}

struct read_start *read_start(struct reader *reader, const char *text,
                              const struct compiler_flags *given, const char *overlay,
                              struct diag_list *diags)
{
    const struct libclang *lc = reader->libclang;
    size_t flag_count;
    if (!reader_open(reader, diags)) return NULL;
    const char **flags = flags_build(reader, given, &flag_count);
    if (!reader->shared_index) reader->shared_index = lc->createIndex(1, 0);
    if (!reader->place.folder[0] && !workplace_open(&reader->place)) return NULL;
    struct read_start *start = arena_alloc(reader->arena, sizeof *start);
    size_t number = 0;
    for (struct read_start *at = reader->starts; at; at = at->next)
        number++;
    start->main = arena_printf(reader->arena, "%s/%zu.h", reader->place.folder, number);
    start->precompiled = arena_printf(reader->arena, "%s/%zu.pch", reader->place.folder, number);
    struct CXUnsavedFile *unsaved = overlays_fill(reader, NULL, overlay);
    unsaved[reader->overlay_count] = unsaved_file(start->main, text, strlen(text));
    enum CXErrorCode code = lc->parseTranslationUnit2(
        reader->shared_index, start->main, flags, (int)flag_count, unsaved,
        (unsigned)reader->overlay_count + 1,
        parse_options | CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization,
        &start->unit);
    start->unit = unit_if_sound(reader, code, start->unit);
    if (!start->unit) return NULL;
    start->next = reader->starts;
    reader->starts = start;
    bool is_saved = lc->saveTranslationUnit(start->unit, start->precompiled,
                                            CXSaveTranslationUnit_None) == CXSaveError_None;
    return is_saved ? start : NULL;
}

CXTranslationUnit read_start_unit(const struct read_start *start)
{
    return start->unit;
}

bool read_start_is_main(const struct read_start *start, const char *path)
{
    return strcmp(start->main, path) == 0;
}

CXTranslationUnit read_shared(struct reader *reader, const struct read_start *start,
                              const struct source *source, const char *rest, const char *overlay,
                              struct diag_list *diags)
{
    if (!reader_open(reader, diags)) return NULL;
    struct CXUnsavedFile *unsaved = overlays_fill(reader, source, overlay);
    unsaved[reader->overlay_count] = unsaved_file(source->path, rest, source->length);
    size_t flag_count;
    const char **flags = flags_build(reader, source->flags, &flag_count);
    flags[flag_count] = "-include-pch"; /* there is room for it */
    flags[flag_count + 1] = start->precompiled;
    CXTranslationUnit unit = NULL;
    enum CXErrorCode code = reader->libclang->parseTranslationUnit2(
        reader->shared_index, source->path, flags, (int)flag_count + 2, unsaved,
        (unsigned)reader->overlay_count + 1, parse_options, &unit);
    return unit_if_sound(reader, code, unit);
}

void read_dispose(struct reader *reader, CXTranslationUnit unit)
{
    if (unit) reader->libclang->disposeTranslationUnit(unit);
}

/* ---- diagnostics ---- */

static const char *string_take(struct reader *reader, CXString string)
{
    const char *text = reader->libclang->getCString(string);
    const char *copy = arena_strdup(reader->arena, text ? text : "");
    reader->libclang->disposeString(string);
    return copy;
}

static struct location location_of(struct reader *reader, CXSourceLocation at)
{
    CXFile file = NULL;
    unsigned line = 0, column = 0;
    reader->libclang->getFileLocation(at, &file, &line, &column, NULL);
    if (!file) return (struct location){0};
    return (struct location){.file = string_take(reader, reader->libclang->getFileName(file)),
                             .line = line,
                             .column = column,
                             .length = 1};
}

/* The range that begins at the place complained of gives the underline. */
static struct location location_with_range(struct reader *reader, CXDiagnostic diagnostic)
{
    const struct libclang *lc = reader->libclang;
    struct location at = location_of(reader, lc->getDiagnosticLocation(diagnostic));
    for (unsigned i = 0; i < lc->getDiagnosticNumRanges(diagnostic); i++) {
        CXSourceRange range = lc->getDiagnosticRange(diagnostic, i);
        struct location begin = location_of(reader, lc->getRangeStart(range));
        struct location end = location_of(reader, lc->getRangeEnd(range));
        if (begin.line == at.line && end.line == at.line && begin.column == at.column &&
            end.column > begin.column)
            at.length = end.column - begin.column;
    }
    return at;
}

static bool is_builtin_header_missing(const char *text)
{
    static const char *const headers[] = {"'stddef.h'", "'stdarg.h'", "'stdbool.h'", "'float.h'",
                                          "'limits.h'"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (strncmp(text, headers[i], strlen(headers[i])) == 0 && strstr(text, "file not found"))
            return true;
    return false;
}

static void report_fixit(struct reader *reader, CXDiagnostic diagnostic, struct diag_list *diags)
{
    const struct libclang *lc = reader->libclang;
    if (lc->getDiagnosticNumFixIts(diagnostic) != 1) return;
    CXSourceRange range;
    const char *text = string_take(reader, lc->getDiagnosticFixIt(diagnostic, 0, &range));
    struct location begin = location_of(reader, lc->getRangeStart(range));
    struct location end = location_of(reader, lc->getRangeEnd(range));
    begin.length = begin.line == end.line ? end.column - begin.column : 0;
    if (*text) diag_fixit(diags, begin, text);
}

static void report_notes(struct reader *reader, CXDiagnostic diagnostic, struct diag_list *diags)
{
    const struct libclang *lc = reader->libclang;
    CXDiagnosticSet children = lc->getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < lc->getNumDiagnosticsInSet(children); i++) {
        CXDiagnostic child = lc->getDiagnosticInSet(children, i);
        diag_note(diags, location_of(reader, lc->getDiagnosticLocation(child)), NULL, "%s",
                  string_take(reader, lc->getDiagnosticSpelling(child)));
        lc->disposeDiagnostic(child);
    }
}

static bool is_error(const struct libclang *lc, CXDiagnostic diagnostic)
{
    return lc->getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
}

bool read_has_errors(struct reader *reader, CXTranslationUnit unit)
{
    const struct libclang *lc = reader->libclang;
    bool has_errors = false;
    for (unsigned i = 0; i < lc->getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = lc->getDiagnostic(unit, i);
        has_errors |= is_error(lc, diagnostic) &&
                      location_of(reader, lc->getDiagnosticLocation(diagnostic)).file;
        lc->disposeDiagnostic(diagnostic);
    }
    return has_errors;
}

static void report_error(struct reader *reader, CXDiagnostic diagnostic, const char *text,
                         struct diag_list *diags)
{
    struct location at = location_with_range(reader, diagnostic);
    if (at.file)
        diag_error(diags, at, CHECK_CLANG, "%s", text);
    else
        diag_warning(diags, at, CHECK_COMPILER_FLAG, "%s", text);
    report_fixit(reader, diagnostic, diags);
    report_notes(reader, diagnostic, diags);
}

void read_report(struct reader *reader, CXTranslationUnit unit, struct diag_list *diags,
                 bool (*is_ignored)(const char *text, void *user), void *user)
{
    const struct libclang *lc = reader->libclang;
    bool is_any_missing = false;
    for (unsigned i = 0; i < lc->getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = lc->getDiagnostic(unit, i);
        const char *text = string_take(reader, lc->getDiagnosticSpelling(diagnostic));
        bool is_missing = strstr(text, "file not found") != NULL;
        /* What comes behind a missing header is likely to be no more than its names. */
        if (is_error(lc, diagnostic) && !(is_any_missing && !is_missing) &&
            !(is_ignored && is_ignored(text, user))) {
            report_error(reader, diagnostic, text, diags);
            if (is_missing && !is_any_missing)
                diag_note(diags, (struct location){0}, NULL,
                          "jobgen needs the compiler's -I and -D: behind --, or by -p from "
                          "compile_commands.json");
            is_any_missing |= is_missing;
        }
        lc->disposeDiagnostic(diagnostic);
    }
}

/* Without its own headers libclang finds fault with nearly everything; only this is worth telling.
 */
static bool report_builtin_headers(struct reader *reader, CXTranslationUnit unit,
                                   struct diag_list *diags)
{
    const struct libclang *lc = reader->libclang;
    bool is_found = false;
    for (unsigned i = 0; i < lc->getNumDiagnostics(unit) && !is_found; i++) {
        CXDiagnostic diagnostic = lc->getDiagnostic(unit, i);
        is_found =
            is_builtin_header_missing(string_take(reader, lc->getDiagnosticSpelling(diagnostic)));
        lc->disposeDiagnostic(diagnostic);
    }
    if (is_found && !reader->is_headless) {
        diag_error(diags, (struct location){0}, CHECK_LIBCLANG,
                   "libclang's own headers (stddef.h and the like) are not installed");
        diag_note(diags, (struct location){0}, NULL,
                  "install them (Debian: apt-get install libclang-common-14-dev)");
    }
    reader->is_headless |= is_found;
    return is_found;
}

/* ---- files ---- */

struct file_visit {
    struct reader *reader;
    CXTranslationUnit unit;
    void (*visit)(const struct read_file *file, void *user);
    void *user;
};

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth,
                            CXClientData client)
{
    struct file_visit *visit = client;
    const struct libclang *lc = visit->reader->libclang;
    const char *path = string_take(visit->reader, lc->getFileName(file));
    if (reader_is_overlay(visit->reader, path) ||
        generated_header_is(visit->reader->arena, visit->reader->generated, path))
        return;
    CXSourceLocation at = lc->getLocationForOffset(visit->unit, file, 0);
    struct read_file read = {.path = path,
                             .is_system = depth > 0 && lc->Location_isInSystemHeader(at)};
    read.text = lc->getFileContents(visit->unit, file, &read.length);
    visit->visit(&read, visit->user);
    (void)stack; /* who included it does not matter */
}

void read_visit_files(struct reader *reader, CXTranslationUnit unit,
                      void (*visit)(const struct read_file *file, void *user), void *user)
{
    struct file_visit client = {reader, unit, visit, user};
    reader->libclang->getInclusions(unit, visit_inclusion, &client);
}
