/* SPDX-License-Identifier: MIT */
/* One parsed source while jobs are collected from it: for the files of collect only. */
#ifndef JOBGEN_UNIT_H
#define JOBGEN_UNIT_H

#include "libclang.h"

#include "candidate.h"
#include "diag.h"
#include "model.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct declaration;
struct list;
struct options;
struct reader;
struct record_set;
struct source_set;

struct unit {
    const struct libclang *lc;
    CXTranslationUnit handle;
    CXTranslationUnit start;     /* NULL, or what it shares with others */
    const struct source *source; /* that is parsed; NULL: a start */
    const char *output;          /* DIR as given; NULL: not known */
    struct arena *arena;         /* of the model */
    struct diag_list *diags;
    struct record_set *records;
    struct source_set *sources;
    struct list *texts; /* const struct source *: those that were looked into */
};

/* A record while its members are looked at. */
struct open_record {
    const struct open_record *up;
    CXCursor definition;
    const char *said; /* "struct s" */
};

/* The parameter or result whose type is looked at, for complaints. */
struct type_subject {
    const char *job, *name; /* name NULL: the result */
    struct location location;
    CXCursor function;
    bool is_refused;
    /* While a member is looked at: the record and the member, whose type may have no other name. */
    const struct record *outer;
    const char *member;
    const struct open_record *open;
    bool is_in_member; /* what is refused is the type of `member` of `open` */
};

/* The file as text; NULL: it cannot be read. */
const struct source *unit_source(const struct unit *unit, const char *path);

/* A copy in the arena. */
const char *unit_string(const struct unit *unit, CXString string);

/* The file (NULL: none), offset and place of a location, macros expanded. */
const char *unit_position(const struct unit *unit, CXSourceLocation at, size_t *ret_offset,
                          struct location *ret_location);

/* Whether it is where no user writes. clang's "system header" does not hold for a folder of its own
 * that a library is given by -I, /usr/include/libxml2. */
bool unit_is_library(const struct unit *unit, CXSourceLocation at);

/* The text of a range within one file, spelled as it is there; NULL across files. */
const char *unit_range_text(const struct unit *unit, CXSourceRange range);

/* Where a declaration's name stands; `name` NULL: it has none. */
struct location unit_name_location(const struct unit *unit, CXCursor cursor, const char *name);

/* Marks and tells a function that generated code in another process cannot call. False: nobody
 * knows its parameters. */
bool collect_function_allowed(struct unit *unit, struct candidate *candidate, CXCursor function,
                              const struct declaration *declaration);

/* Fills in parameters and result, without names for stubs or descriptions. */
void collect_signature(struct unit *unit, struct candidate *candidate, CXCursor function);

/* A libclang type as the model's. NULL: refused, which has been told. */
const struct type *collect_type(struct unit *unit, CXType type, struct type_subject *subject);

/* The same of a record's member. */
const struct type *collect_member_type(struct unit *unit, CXType type,
                                       struct type_subject *subject);

/* The record behind a declaration, the same one for the same tag. NULL: refused. */
const struct record *collect_record(struct unit *unit, CXCursor declaration,
                                    struct type_subject *subject);

/* Sets what it takes to restate the record: attributes of it and of its members. False: nothing
 * gives the layout that the compiler has. */
bool collect_layout(struct record *record, struct field *members);

/* What @field says of the record's members, in the comments before its definition. */
void collect_fields(struct unit *unit, struct record *record, CXCursor definition);

/* What generated code has to include for a record without a tag, "<lib/point.h>" with its brackets
 * or quotes, and the file; NULL: it is not defined in a header. */
const char *collect_header(const struct unit *unit, CXCursor record, const char **ret_path);

/* Parses the header of such a record by itself, if a stub names it: what it defines, or why the
 * generated header cannot include it. */
void collect_header_contents(const struct unit *unit, struct reader *reader, const char *overlay,
                             const struct type *type);

/* Refuses what the name of a typedef gives away: va_list, FILE, jmp_buf. */
bool refuse_type_name(struct unit *unit, struct type_subject *subject, const char *name);

/* The extents that a parameter is declared with, put into its (array) type; false: refused. */
bool collect_extents(struct unit *unit, CXCursor function, CXCursor parameter,
                     struct candidate *candidate, size_t index, struct type_subject *subject);

/* Refuses once per subject. */
void refuse_type(struct unit *unit, struct type_subject *subject, enum check_name check,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The records met so far, one per tag. */
struct record_set *record_set_new(struct arena *arena);
size_t record_set_count(const struct record_set *set);

/* The name of a record, enum or field; NULL where it has none (in any version's words). */
const char *unit_declared_name(const struct unit *unit, CXCursor cursor);

#endif
