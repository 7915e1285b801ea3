/* SPDX-License-Identifier: MIT */
/* Every check that complaints may name: one line each. To add one, add its line here, a section to
 * docs/checks.md and a case to tests/reject/cases; tests/reject/examples.py --update fills in what
 * is said there. */
#ifndef JOBGEN_CHECK_LIST_H
#define JOBGEN_CHECK_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* By name: CHECK(end of the constant, name, severity, what it finds). */
/* clang-format off */
#define CHECK_LIST(CHECK) \
    CHECK(ADDRESS, "address", WARNING, "an intptr_t or uintptr_t may hold an address") \
    CHECK(ANNOTATION, "annotation", ERROR, "an annotation is malformed") \
    CHECK(ASM_LABEL, "asm-label", ERROR, "the function's symbol is renamed by an asm label") \
    CHECK(ATOMIC, "atomic", ERROR, "an _Atomic type means nothing in another process") \
    CHECK(BORROWED_RESULT, "borrowed-result", ERROR, "a pointer is returned without an owner") \
    CHECK(BUILD_DIR, "build-dir", ERROR, "compile_commands.json does not tell how to read a file") \
    CHECK(BY_VALUE, "by-value", ERROR, "what is passed by value is described as a pointer") \
    CHECK(CALLS_EXIT, "calls-exit", WARNING, "a job ends its process") \
    CHECK(CHANGES_ENVIRONMENT, "changes-environment", WARNING, "a job changes the environment of its process") \
    CHECK(CLANG, "clang", ERROR, "the C itself is wrong: the error is clang's") \
    CHECK(COMPILER_FLAG, "compiler-flag", WARNING, "clang does not know a compiler flag") \
    CHECK(COMPLEX, "complex", ERROR, "a _Complex type of other parts") \
    CHECK(CONST_OUT, "const-out", ERROR, "@out or @inout describes const elements") \
    CHECK(CONSTANT_MEMBER, "constant-member", ERROR, "a member cannot be filled in") \
    CHECK(CPLUSPLUS, "cplusplus", ERROR, "a source with jobs is C++") \
    CHECK(DECLARATION, "declaration", ERROR, "the function's declaration is wrong C") \
    CHECK(DESCRIBED_TWICE, "described-twice", ERROR, "one place is described twice") \
    CHECK(EMPTY_RECORD, "empty-record", ERROR, "a struct has no members") \
    CHECK(EXPRESSION, "expression", ERROR, "an extent is no expression") \
    CHECK(EXTENT, "extent", ERROR, "C's own extent of an array cannot be evaluated by a stub") \
    CHECK(EXTENT_CONSTANT, "extent-constant", ERROR, "a constant extent is no number of elements") \
    CHECK(EXTENT_CYCLE, "extent-cycle", ERROR, "extents depend on each other in a circle") \
    CHECK(EXTENT_DIFFERS, "extent-differs", ERROR, "an extent differs from C's declaration") \
    CHECK(EXTENT_MACRO, "extent-macro", ERROR, "an extent names a macro") \
    CHECK(EXTENT_OUTPUT, "extent-output", ERROR, "an extent reads what is known only after it") \
    CHECK(EXTENT_TYPE, "extent-type", ERROR, "an extent reads what is no integer") \
    CHECK(FIELD_DIRECTIVE, "field-directive", ERROR, "@field stands where it says nothing") \
    CHECK(FILE, "file", ERROR, "a file cannot be read or written") \
    CHECK(FLAGS_DIFFER, "flags-differ", WARNING, "a file's two sets of flags give different jobs") \
    CHECK(FLEXIBLE_ARRAY, "flexible-array", ERROR, "a struct ends in a flexible array") \
    CHECK(FLOAT16, "float16", ERROR, "a type is a 16-bit float") \
    CHECK(FORGOTTEN_JOB, "forgotten-job", WARNING, "a described function is not tagged @job") \
    CHECK(FUNCTION_POINTER, "function-pointer", ERROR, "a type is a pointer to a function") \
    CHECK(GLOBAL_STATE, "global-state", WARNING, "a job uses a variable that something changes as the program runs") \
    CHECK(GLOBAL_STREAM, "global-stream", WARNING, "a job uses stdin or another stream that it has not opened") \
    CHECK(INLINE_JOB, "inline-job", ERROR, "an inline function cannot be a job") \
    CHECK(INT128, "int128", ERROR, "a type is a 128-bit integer") \
    CHECK(JMP_BUF, "jmp-buf", ERROR, "a type is jmp_buf") \
    CHECK(JOB_HANDLE, "job-handle", ERROR, "a type is a job's handle") \
    CHECK(LIBCLANG, "libclang", ERROR, "libclang is missing, incomplete or cannot parse a file") \
    CHECK(LONG_DOUBLE, "long-double", ERROR, "a type is long double") \
    CHECK(MAIN_JOB, "main-job", ERROR, "main cannot be a job") \
    CHECK(MEMBER_PLACE, "member-place", ERROR, "a directive describes no pointer of a struct") \
    CHECK(NAME_TAKEN, "name-taken", ERROR, "a name that will be generated exists already") \
    CHECK(NEAR_DIRECTIVE, "near-directive", WARNING, "a comment holds what is almost a directive") \
    CHECK(NO_PROTOTYPE, "no-prototype", ERROR, "the function has no prototype") \
    CHECK(NO_ROOM, "no-room", ERROR, "an output's room is not known before the call") \
    CHECK(NORETURN_JOB, "noreturn-job", ERROR, "a function that never returns cannot be a job") \
    CHECK(OLD_STYLE, "old-style", ERROR, "the function is defined in the style before C89") \
    CHECK(OPAQUE_RECORD, "opaque-record", ERROR, "a struct's members are not known") \
    CHECK(OPTION_TWICE, "option-twice", ERROR, "an option of @job is given twice") \
    CHECK(OPTION_VALUE, "option-value", ERROR, "an option of @job has a wrong value") \
    CHECK(OWNED, "owned", ERROR, "the word owned stands where nothing is handed over") \
    CHECK(POINTER_ARRAY, "pointer-array", ERROR, "an array of pointers, other than strings") \
    CHECK(POINTER_EXTENT, "pointer-extent", ERROR, "how many elements a pointer has is not said") \
    CHECK(POINTER_MEMBER, "pointer-member", ERROR, "what a pointer in a struct refers to is unsaid") \
    CHECK(POINTER_TO_POINTER, "pointer-to-pointer", ERROR, "what a pointer to a pointer carries is not said") \
    CHECK(PROTOC, "protoc", ERROR, "protoc-c is missing or fails") \
    CHECK(RECORD_DIFFERS, "record-differs", ERROR, "sources disagree about a struct") \
    CHECK(RECORD_LAYOUT, "record-layout", ERROR, "a struct's layout cannot be stated in C") \
    CHECK(RECORD_SCOPE, "record-scope", ERROR, "a struct is declared within the parameter list") \
    CHECK(RESULT_DIRECTION, "result-direction", ERROR, "a result is described as what it is not") \
    CHECK(RESULT_EXTENT, "result-extent", ERROR, "how many elements a result has is not said") \
    CHECK(SELF_REFERENCE, "self-reference", ERROR, "a struct points to its own kind") \
    CHECK(SIZE_WORD, "size-word", ERROR, "size() says what it cannot say there") \
    CHECK(STAR_PLACE, "star-place", ERROR, "a directive describes *p, and p cannot receive") \
    CHECK(STARTS_PROCESSES, "starts-processes", WARNING, "a job starts processes, which end with it") \
    CHECK(STARTS_THREADS, "starts-threads", WARNING, "a job starts threads, which end with it") \
    CHECK(STATIC_JOB, "static-job", ERROR, "a static function cannot be a job") \
    CHECK(STATIC_LOCAL, "static-local", WARNING, "a job keeps something in a static variable for its next call") \
    CHECK(STDIO_FILE, "stdio-file", ERROR, "a type is FILE") \
    CHECK(STRING, "string", ERROR, "the word string stands where there is none") \
    CHECK(STRING_OR_BYTES, "string-or-bytes", ERROR, "a const char * may be text or counted bytes") \
    CHECK(TAG_DIFFERS, "tag-differs", ERROR, "a function is tagged twice with different options") \
    CHECK(TAG_PLACE, "tag-place", ERROR, "a tag belongs to no function") \
    CHECK(TAG_SKIPPED, "tag-skipped", WARNING, "a tag stands in code that the preprocessor skips") \
    CHECK(TAG_TWICE, "tag-twice", ERROR, "a function is tagged twice") \
    CHECK(TAGLESS_HEADER, "tagless-header", ERROR, "a header that is needed cannot be included") \
    CHECK(TAGLESS_RECORD, "tagless-record", ERROR, "a struct without a tag cannot be named") \
    CHECK(TEMPLATE, "template", ERROR, "a template cannot be read or rendered") \
    CHECK(TRAILING_OPTION, "trailing-option", ERROR, "an option stands behind @job, not within ()") \
    CHECK(TRAILING_TEXT, "trailing-text", WARNING, "text stands behind a directive") \
    CHECK(TYPE, "type", ERROR, "a type is not supported") \
    CHECK(TYPE_DIFFERS, "type-differs", ERROR, "sources disagree about a job's types") \
    CHECK(UNION, "union", ERROR, "a type is a union") \
    CHECK(UNKNOWN_CHECK, "unknown-check", WARNING, "a comment turns off a check that does not exist") \
    CHECK(UNKNOWN_DIRECTIVE, "unknown-directive", ERROR, "a directive does not exist") \
    CHECK(UNKNOWN_MEMBER, "unknown-member", ERROR, "an extent names no member of that struct") \
    CHECK(UNKNOWN_OPTION, "unknown-option", ERROR, "an option of @job does not exist") \
    CHECK(UNKNOWN_PARAM, "unknown-param", ERROR, "a name is no parameter of the job") \
    CHECK(UNKNOWN_WORD, "unknown-word", ERROR, "a word behind a directive does not exist") \
    CHECK(USED, "used", ERROR, "used() stands where it cannot") \
    CHECK(USES_SIGNALS, "uses-signals", WARNING, "a job sends or handles signals") \
    CHECK(VA_LIST, "va-list", ERROR, "a type is va_list") \
    CHECK(VARIADIC, "variadic", ERROR, "a variadic function cannot be a job") \
    CHECK(VECTOR, "vector", ERROR, "a type is a vector")
/* clang-format on */

#define CHECK_CONSTANT(constant, name, severity, sentence) CHECK_##constant,
enum check_name { CHECK_LIST(CHECK_CONSTANT) CHECK_COUNT };
#undef CHECK_CONSTANT

struct check_info {
    const char *name;
    enum severity severity; /* unless the command line says otherwise */
    const char *sentence;
};

const struct check_info *check_info(enum check_name check);

/* Whether it is about what a job does, and can be turned off in a comment. */
bool check_is_of_bodies(enum check_name check);

/* CHECK_COUNT: there is none of that name. */
enum check_name check_find(const char *name);

/* What the user wants of each check: as it is listed, off, a warning, an error. */
enum check_choice { CHOICE_DEFAULT, CHOICE_OFF, CHOICE_WARNING, CHOICE_ERROR };

struct check_choices {
    enum check_choice of[CHECK_COUNT];
};

/* False: an error cannot be anything less. */
bool check_choose(struct check_choices *choices, enum check_name check, enum check_choice choice);

/* SEVERITY_NOTE: the check is off. */
enum severity check_severity(const struct check_choices *choices, enum check_name check);

#endif
