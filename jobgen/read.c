/* SPDX-License-Identifier: MIT */
/* The only door to parsing. The generated header need not exist: it is an overlay, reachable in
 * three ways: under a folder searched last, under DIR where a file is there already, and under
 * every path by which a source spells it. */
#include "read.h"

#include "arena.h"
#include "strbuf.h"
#include "workplace.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reader {
    struct arena *arena;
    const struct options *options;
    const struct generated_header *generated;
    struct source_set *sources;
    struct libclang libclang;
    bool is_open, has_failed;
    bool is_headless; /* its own headers are missing, which has been told */
    CXIndex index, shared_index;
    const char **flags;
    size_t flag_count;
    const char *program_folder;
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

static const char *const libraries[] = {
    "libclang-14.so.1",  "libclang.so.1",     "libclang-15.so.1",  "libclang-16.so.1",
    "libclang-17.so.17", "libclang-17.so.1",  "libclang-18.so.18", "libclang-18.so.1",
    "libclang-19.so.19", "libclang-19.so.1",  "libclang-20.so.20", "libclang-20.so.1",
    "libclang-21.so.21", "libclang-14.so.13", "libclang.so",
};

struct reader *reader_new(struct arena *arena, const struct options *options,
                          struct source_set *sources, const struct generated_header *generated)
{
    struct reader *reader = arena_alloc(arena, sizeof *reader);
    reader->arena = arena;
    reader->options = options;
    reader->generated = generated;
    reader->sources = sources;
    return reader;
}

void reader_free(struct reader *reader)
{
    if (!reader || !reader->is_open) return;
    for (struct read_start *start = reader->starts; start; start = start->next)
        read_dispose(reader, start->unit);
    workplace_close(&reader->place);
    reader->libclang.disposeIndex(reader->index);
    reader->libclang.disposeIndex(reader->shared_index);
    /* The library stays open: closing it costs time and the process is about to end. */
}

const struct libclang *reader_libclang(const struct reader *reader)
{
    return reader->is_open ? &reader->libclang : NULL;
}

/* ---- opening ---- */

static bool functions_find(struct libclang *libclang, const char **ret_missing)
{
#define LIBCLANG_FIND(name)                                                                        \
    if (!(*(void **)&libclang->name = dlsym(libclang->handle, "clang_" #name))) {                  \
        *ret_missing = "clang_" #name;                                                             \
        return false;                                                                              \
    }
    LIBCLANG_FUNCTIONS(LIBCLANG_FIND)
#undef LIBCLANG_FIND
    return true;
}

static void *library_open(void)
{
    const char *chosen = getenv("JOBGEN_LIBCLANG");
    if (chosen && *chosen) return dlopen(chosen, RTLD_LAZY | RTLD_LOCAL);
    void *handle = NULL;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries && !handle; i++)
        handle = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);
    return handle;
}

static bool libclang_open(struct reader *reader, struct diag_list *diags)
{
    struct location nowhere = {0};
    const char *missing = NULL;
    reader->libclang.handle = library_open();
    if (!reader->libclang.handle) {
        diag_error(diags, nowhere, CHECK_LIBCLANG,
                   "libclang is not installed: sources with tags cannot be parsed");
        diag_note(diags, nowhere, NULL,
                  "install it (Debian: apt-get install libclang1-14 libclang-common-14-dev), or "
                  "name the library in JOBGEN_LIBCLANG");
        return false;
    }
    if (!functions_find(&reader->libclang, &missing)) {
        diag_error(diags, nowhere, CHECK_LIBCLANG,
                   "this libclang is too old: it has no %s; 14 or later is needed", missing);
        return false;
    }
    return true;
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

/* A path without ".", ".." and doubled slashes, made absolute: as text, for what does not exist. */
static const char *path_normalize(struct arena *arena, const char *path)
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

static void flags_build(struct reader *reader)
{
    const struct options *options = reader->options;
    const char **flags = arena_alloc(reader->arena, (options->flag_count + 11) * sizeof *flags);
    size_t count = 0;
    for (size_t i = 0; i < options->flag_count; i++)
        flags[count++] = flag_translate(options->flags[i]);
    flags[count++] = "-w";
    flags[count++] = "-D__JOBGEN__=1";
    const char *runtime = runtime_folder(reader);
    if (runtime) {
        flags[count++] = "-idirafter";
        flags[count++] = runtime;
    }
    if (reader->generated->directory) {
        flags[count++] = "-idirafter";
        flags[count++] = reader->generated->directory;
    }
    flags[count++] = "-idirafter";
    flags[count++] = reader->program_folder;
    reader->flags = flags;
    reader->flag_count = count;
}

static bool reader_open(struct reader *reader, struct diag_list *diags)
{
    if (reader->is_open || reader->has_failed) return reader->is_open;
    reader->has_failed = !libclang_open(reader, diags);
    if (reader->has_failed) return false;
    reader->program_folder = program_folder(reader->arena);
    flags_build(reader);
    reader->index = reader->libclang.createIndex(0, 0);
    reader->shared_index = reader->libclang.createIndex(1, 0);
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
    if (!reader->options->output) { /* DIR is not known: whatever is not there may be it */
        if (access(path, F_OK) != 0) overlay_add(reader, path);
        return;
    }
    const char *target =
        arena_printf(reader->arena, "%s/%s", reader->options->output, reader->generated->base);
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
        prefilter_run(arena, reader->sources, source, reader->options, generated);
    for (size_t i = 0; i < found.spelled_count; i++)
        overlay_add_if_generated(reader, found.spelled[i]);
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

static void report_failure(struct reader *reader, const struct source *source,
                           enum CXErrorCode code, struct diag_list *diags)
{
    struct location at = {.file = source->path};
    diag_error(diags, at, CHECK_LIBCLANG,
               "libclang cannot parse this file with these flags (code %d)", (int)code);
    for (size_t i = 0; i < reader->options->flag_count; i++)
        if (strncmp(reader->options->flags[i], "-std=", 5) == 0)
            diag_note(diags, (struct location){0}, NULL,
                      "%s may be unknown to this libclang; try an older standard",
                      reader->options->flags[i]);
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
    enum CXErrorCode code = reader->libclang.parseTranslationUnit2(
        reader->index, source->path, reader->flags, (int)reader->flag_count, unsaved,
        (unsigned)reader->overlay_count, options, &unit);
    if (code != CXError_Success) {
        report_failure(reader, source, code, diags);
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
    if (!has_any_error(&reader->libclang, unit)) return unit;
    read_dispose(reader, unit);
    return NULL;
}

struct read_start *read_start(struct reader *reader, const char *text, const char *overlay,
                              struct diag_list *diags)
{
    const struct libclang *lc = &reader->libclang;
    if (!reader_open(reader, diags)) return NULL;
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
        reader->shared_index, start->main, reader->flags, (int)reader->flag_count, unsaved,
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
    reader->flags[reader->flag_count] = "-include-pch"; /* there is room for it */
    reader->flags[reader->flag_count + 1] = start->precompiled;
    CXTranslationUnit unit = NULL;
    enum CXErrorCode code = reader->libclang.parseTranslationUnit2(
        reader->shared_index, source->path, reader->flags, (int)reader->flag_count + 2, unsaved,
        (unsigned)reader->overlay_count + 1, parse_options, &unit);
    return unit_if_sound(reader, code, unit);
}

void read_dispose(struct reader *reader, CXTranslationUnit unit)
{
    if (unit) reader->libclang.disposeTranslationUnit(unit);
}

/* ---- diagnostics ---- */

static const char *string_take(struct reader *reader, CXString string)
{
    const char *text = reader->libclang.getCString(string);
    const char *copy = arena_strdup(reader->arena, text ? text : "");
    reader->libclang.disposeString(string);
    return copy;
}

static struct location location_of(struct reader *reader, CXSourceLocation at)
{
    CXFile file = NULL;
    unsigned line = 0, column = 0;
    reader->libclang.getFileLocation(at, &file, &line, &column, NULL);
    if (!file) return (struct location){0};
    return (struct location){.file = string_take(reader, reader->libclang.getFileName(file)),
                             .line = line,
                             .column = column,
                             .length = 1};
}

/* The range that begins at the place complained of gives the underline. */
static struct location location_with_range(struct reader *reader, CXDiagnostic diagnostic)
{
    const struct libclang *lc = &reader->libclang;
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

static void report_notes(struct reader *reader, CXDiagnostic diagnostic, struct diag_list *diags)
{
    const struct libclang *lc = &reader->libclang;
    for (unsigned i = 0; i < lc->getDiagnosticNumFixIts(diagnostic); i++) {
        CXSourceRange range;
        const char *text = string_take(reader, lc->getDiagnosticFixIt(diagnostic, i, &range));
        if (*text) diag_note(diags, location_of(reader, lc->getRangeStart(range)), text, "write");
    }
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
    const struct libclang *lc = &reader->libclang;
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
    report_notes(reader, diagnostic, diags);
}

void read_report(struct reader *reader, CXTranslationUnit unit, struct diag_list *diags,
                 bool (*is_ignored)(const char *text, void *user), void *user)
{
    const struct libclang *lc = &reader->libclang;
    for (unsigned i = 0; i < lc->getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = lc->getDiagnostic(unit, i);
        const char *text = string_take(reader, lc->getDiagnosticSpelling(diagnostic));
        if (is_error(lc, diagnostic) && !(is_ignored && is_ignored(text, user)))
            report_error(reader, diagnostic, text, diags);
        lc->disposeDiagnostic(diagnostic);
    }
}

/* Without its own headers libclang finds fault with nearly everything; only this is worth telling.
 */
static bool report_builtin_headers(struct reader *reader, CXTranslationUnit unit,
                                   struct diag_list *diags)
{
    const struct libclang *lc = &reader->libclang;
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
    void (*visit)(const char *path, bool is_system, void *user);
    void *user;
};

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth,
                            CXClientData client)
{
    struct file_visit *visit = client;
    const struct libclang *lc = &visit->reader->libclang;
    const char *path = string_take(visit->reader, lc->getFileName(file));
    if (reader_is_overlay(visit->reader, path) ||
        generated_header_is(visit->reader->arena, visit->reader->generated, path))
        return;
    CXSourceLocation at = lc->getLocationForOffset(visit->unit, file, 0);
    visit->visit(path, depth > 0 && lc->Location_isInSystemHeader(at), visit->user);
    (void)stack; /* who included it does not matter */
}

void read_visit_files(struct reader *reader, CXTranslationUnit unit,
                      void (*visit)(const char *path, bool is_system, void *user), void *user)
{
    struct file_visit client = {reader, unit, visit, user};
    reader->libclang.getInclusions(unit, visit_inclusion, &client);
}
