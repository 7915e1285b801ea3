/* SPDX-License-Identifier: MIT */
/* Member by member, those of inner records behind the outer ones; the first thing that is wrong
 * with one is told, and what is behind it is not looked at. */
#include "check_member.h"

#include "arena.h"
#include "directive.h"
#include "expr.h"
#include "lexer.h"
#include "type.h"

#include <string.h>

struct member_check {
    struct arena *arena;
    struct candidate *candidate;
    struct diag_list *diags;
    const struct param *param;   /* the job's */
    const struct record *record; /* that holds the member */
    const struct param *around;  /* the parameter or member that is or refers to the record */
    const struct param *member;
    const struct directive *said;
};

static const char *job_name(const struct member_check *check)
{
    return check->candidate->job.name;
}

static const struct type *pointee(const struct member_check *check)
{
    return check->member->type->element;
}

/* Where the member is described, or else who passes it. */
static struct location location_of(const struct member_check *check)
{
    const struct directive *said = check->said;
    return said && !said->is_field ? said->name_location : check->param->location;
}

static struct location word_location(const struct member_check *check, enum directive_word word)
{
    return check->said ? check->said->word_location[word] : check->param->location;
}

/* Through what is const, and an array of strings, nothing comes back. */
static const char *direction_word(const struct member_check *check)
{
    static const char *const words[] = {"@in", "@out", "@inout"};
    bool is_input = pointee(check)->is_const || type_is_double_pointer(check->member->type);
    enum direction direction = check->around->direction;
    return words[direction == DIRECTION_INOUT && is_input ? DIRECTION_IN : direction];
}

/* "s->count" for the member `count` of the record behind "s->items". */
static const char *beside(const struct member_check *check, const char *name)
{
    size_t length = strlen(check->member->name) - strlen(check->member->field->name);
    return arena_printf(check->arena, "%.*s%s", (int)length, check->member->name, name);
}

/* The only number among the record's members: its pointers are likely to have as many elements.
 * NULL: there is none, or several. */
static const char *only_number(const struct record *record)
{
    const char *found = NULL;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        if (field->type->kind != TYPE_INTEGER || field->bit_width >= 0 || !field->name) continue;
        if (found) return NULL;
        found = field->name;
    }
    return found;
}

/* Two lines, of which either will do: for this job, and for all, if the struct is the user's. */
static void offer_lines(const struct member_check *check, const char *why, const char *job_behind,
                        const char *field_behind)
{
    struct location tag = check->candidate->job_location;
    const char *name = check->member->field->name;
    diag_note_fix(check->diags, tag, FIX_SKETCH,
                  arena_printf(check->arena, "%s %s%s", direction_word(check), check->member->name,
                               job_behind),
                  "%s write in this comment, for this job", why);
    if (check->record->is_of_system) return;
    diag_note_fix(check->diags, check->record->location, FIX_SKETCH,
                  arena_printf(check->arena, "@field %s%s", name, field_behind),
                  "or before the definition of %s, for all jobs", check->record->key);
}

static void offer(const struct member_check *check, const char *why, const char *behind)
{
    offer_lines(check, why, behind, behind);
}

/* "for n elements" and "[n]", of which n may be known. */
static void offer_counted(const struct member_check *check, const char *what, const char *behind)
{
    const char *number = only_number(check->record), *said = number ? number : "n";
    bool may_be_one = !strcmp(what, "elements");
    offer_lines(check,
                may_be_one ? arena_printf(check->arena, "for %s %s (without [%s]: for one)", said,
                                          what, said)
                           : arena_printf(check->arena, "for %s %s", said, what),
                arena_printf(check->arena, "[%s]%s", number ? beside(check, number) : said, behind),
                arena_printf(check->arena, "[%s]%s", said, behind));
}

/* "s->rows*s->columns" of "rows*columns", whose names are members of the record. */
static const char *as_of_job(const struct member_check *check, const char *text)
{
    const struct record *record = check->record;
    const char *name = check->member->name, *rest = text, *said = "";
    size_t prefix_length = strlen(name) - strlen(check->member->field->name);
    for (size_t length; *rest; rest += length) {
        bool is_member = false, is_inner = rest > text && strchr(".>", rest[-1]);
        for (length = 0; byte_is_word(rest[length]); length++) {
        }
        for (size_t i = 0; !is_inner && i < record->field_count; i++)
            is_member |= record->fields[i].name && strlen(record->fields[i].name) == length &&
                         strncmp(record->fields[i].name, rest, length) == 0;
        length += length == 0;
        said = arena_printf(check->arena, "%s%.*s%.*s", said, is_member ? (int)prefix_length : 0,
                            name, (int)length, rest);
    }
    return said;
}

/* "[s->n]" of what the job or @field says; "" for nothing. */
static const char *extents_of_job(const struct member_check *check)
{
    const struct directive *said = check->said;
    const char *text = directive_extents(check->arena, said);
    return said->is_field ? as_of_job(check, text) : text;
}

/* The line that describes it is there: a word is missing. */
static void offer_owned(const struct member_check *check)
{
    static const char why[] = "if the job allocates it with malloc";
    const struct directive *said = check->said;
    const char *name = check->member->field->name;
    if (!said) {
        offer(check, why, check->member->is_string ? " string owned" : " owned");
        return;
    }
    if (!said->is_field || !check->record->is_of_system)
        diag_note_fix(check->diags, directive_head(said), FIX_REPLACE,
                      arena_printf(check->arena, "%s %s%s owned",
                                   said->is_field ? "@field" : direction_word(check),
                                   said->is_field ? name : said->place,
                                   directive_extents(check->arena, said)),
                      "%s write%s", why, said->is_field ? ", for all jobs" : "");
    if (!said->is_field) return;
    diag_note_fix(check->diags, check->candidate->job_location, FIX_ADD,
                  arena_printf(check->arena, "%s %s%s%s owned", direction_word(check),
                               check->member->name, extents_of_job(check),
                               check->member->is_string ? " string" : ""),
                  "%s write in this comment, for this job", why);
}

/* A T ** that is no array of strings: no words help. */
static bool is_double_pointer_refused(const struct member_check *check)
{
    return type_is_double_pointer(check->member->type) && !type_is_byte(pointee(check)->element);
}

/* ---- the checks: true if something was told ---- */

static bool check_said(const struct member_check *check)
{
    const struct param *member = check->member;
    bool is_owned = check->around->direction == DIRECTION_OUT;
    if (check->said || member->is_string || is_double_pointer_refused(check)) return false;
    diag_error(check->diags, check->param->location, CHECK_POINTER_MEMBER,
               "'%s' of job '%s' leads to %s, whose member '%s' is a pointer: how many elements "
               "does it refer to?",
               check->param->name, job_name(check), check->record->key, member->field->name);
    diag_note(check->diags, member->field->location, NULL, "the member is declared here");
    if (type_is_double_pointer(member->type))
        offer_counted(check, "strings", is_owned ? " string owned" : " string");
    else {
        if (pointee(check)->is_plain_char)
            offer(check, "for a string", is_owned ? " string owned" : " string");
        offer_counted(check, pointee(check)->kind == TYPE_VOID ? "bytes" : "elements",
                      is_owned ? " owned" : "");
    }
    return true;
}

static bool check_string_or_bytes(const struct member_check *check)
{
    const struct record *record = check->record;
    const struct param *member = check->member;
    if (!pointee(check)->is_plain_char || member->extent_count) return false;
    bool is_asked = check->said && !member->is_string && member->direction == DIRECTION_IN;
    for (size_t i = 0; !check->said && i + 1 < record->field_count; i++)
        is_asked |= strcmp(record->fields[i].name, member->field->name) == 0 &&
                    record->fields[i + 1].type->kind == TYPE_INTEGER;
    if (!is_asked) return false;
    diag_error(check->diags, location_of(check), CHECK_STRING_OR_BYTES,
               "member '%s' of %s, which job '%s' takes as '%s': a string, or counted bytes?",
               member->field->name, record->key, job_name(check), member->name);
    diag_note(check->diags, member->field->location, NULL, "the member is declared here");
    bool is_owned = check->around->direction == DIRECTION_OUT;
    offer(check, "for a string", is_owned ? " string owned" : " string");
    offer_counted(check, "bytes", is_owned ? " owned" : "");
    return true;
}

static bool check_double_pointer(const struct member_check *check)
{
    const struct param *member = check->member;
    if (!type_is_double_pointer(member->type)) return false;
    if (is_double_pointer_refused(check) || !member->is_string) {
        diag_error(check->diags, location_of(check), CHECK_POINTER_TO_POINTER,
                   "'%s' of job '%s' is %s: of pointers to pointers only arrays of strings are "
                   "supported, char ** with [n] string; an array of structs that hold a pointer "
                   "and its count does the same",
                   member->name, job_name(check), type_print(check->arena, member->type));
        diag_note(check->diags, member->field->location, NULL, "the member is declared here");
        return true;
    }
    if (member->extent_count == 1) return false;
    diag_error(check->diags, location_of(check), CHECK_POINTER_EXTENT,
               "how many strings does '%s' of job '%s' refer to? write [n]", member->name,
               job_name(check));
    return true;
}

static bool check_direction(const struct member_check *check)
{
    const struct param *member = check->member;
    enum direction around = check->around->direction;
    bool is_out = member->direction != DIRECTION_IN;
    if (around == DIRECTION_OUT && !member->is_owned) {
        diag_error(check->diags, location_of(check), CHECK_NO_ROOM,
                   "'%s' of job '%s' has no room that the caller gives: '%s' only comes out",
                   member->name, job_name(check), check->around->name);
        offer_owned(check);
        if (check->param != check->candidate->result)
            diag_note(check->diags, check->param->location, NULL,
                      "if the caller sets it, '%s' has to be @inout, and the member @out",
                      check->param->name);
        return true;
    }
    if (around == DIRECTION_OUT && member->direction != DIRECTION_OUT) {
        diag_error(check->diags, check->said->location, CHECK_MEMBER_PLACE,
                   "'%s' of job '%s' cannot go in: '%s' only comes out", member->name,
                   job_name(check), check->around->name);
        diag_fixit(check->diags, check->said->location, "@out");
        return true;
    }
    if (is_out && pointee(check)->is_const && !member->is_owned) {
        diag_error(check->diags, location_of(check), CHECK_CONST_OUT,
                   "'%s' of job '%s' points to const: nothing can come out of it", member->name,
                   job_name(check));
        return true;
    }
    if (is_out && type_is_double_pointer(member->type) && !member->is_owned) {
        diag_error(check->diags, location_of(check), CHECK_STRING,
                   "'%s' of job '%s': strings have no room to come out, unless the job allocates "
                   "them: owned",
                   member->name, job_name(check));
        return true;
    }
    return false;
}

static bool check_owned(const struct member_check *check)
{
    const struct param *member = check->member;
    if (!member->is_owned) return false;
    struct location at = word_location(check, WORD_OWNED);
    if (member->direction == DIRECTION_IN) {
        diag_error(check->diags, at, CHECK_OWNED,
                   "'%s' of job '%s' only goes in; owned is for what the job allocates",
                   member->name, job_name(check));
        return true;
    }
    if (check->around->direction != DIRECTION_IN) return false;
    diag_error(check->diags, at, CHECK_OWNED,
               "'%s' of job '%s' cannot be allocated by the job: '%s' only goes in, and the "
               "pointer with it",
               member->name, job_name(check), check->around->name);
    return true;
}

static bool check_string(const struct member_check *check)
{
    const struct param *member = check->member;
    if (!member->is_string || !check->said || type_is_double_pointer(member->type)) return false;
    struct location at = word_location(check, WORD_STRING);
    if (!type_is_byte(pointee(check)))
        diag_error(check->diags, at, CHECK_STRING,
                   "'%s' of job '%s' is %s; string is for char * and char **", member->name,
                   job_name(check), type_print(check->arena, member->type));
    else if (member->extent_count && (member->direction == DIRECTION_IN || member->is_owned))
        diag_error(check->diags, check->said->extent_locations[0], CHECK_STRING,
                   "'%s' of job '%s' ends at its NUL; it is either a string or counted",
                   member->name, job_name(check));
    else if (member->extent_count > 1)
        diag_error(check->diags, check->said->extent_locations[1], CHECK_STRING,
                   "a string has one dimension");
    else if (!member->extent_count && member->direction == DIRECTION_OUT && !member->is_owned)
        diag_error(check->diags, at, CHECK_STRING,
                   "how much room has '%s' of job '%s'? write %s[capacity] string", member->name,
                   job_name(check), member->name);
    else
        return false;
    return true;
}

static bool check_extent(const struct member_check *check)
{
    const struct param *member = check->member;
    bool is_void = pointee(check)->kind == TYPE_VOID;
    if (is_void && !member->extent_count) {
        diag_error(check->diags, location_of(check), CHECK_POINTER_EXTENT,
                   "how many bytes does '%s' of job '%s' refer to? write [n]", member->name,
                   job_name(check));
        return true;
    }
    if (!check->said || !check->said->size || (is_void && !check->said->extent_count)) return false;
    diag_error(check->diags, check->said->word_location[WORD_SIZE], CHECK_SIZE_WORD,
               is_void ? "the bytes of '%s' of job '%s' are said twice: [n] of void * are bytes too"
                       : "size() of '%s' of job '%s' is for void *; write [n], n elements",
               member->name, job_name(check));
    return true;
}

static bool check_used(const struct member_check *check)
{
    const struct param *member = check->member;
    if (!member->used) return false;
    const char *why = member->direction == DIRECTION_IN ? "only goes in: used() is for what comes "
                                                          "back"
                      : member->is_string ? "comes back up to its NUL: used() has nothing to say"
                      : member->extent_count != 1 ? "needs one extent for used()"
                                                  : NULL;
    if (!why) return false;
    diag_error(check->diags, word_location(check, WORD_USED), CHECK_USED, "'%s' of job '%s' %s",
               member->name, job_name(check), why);
    return true;
}

/* ---- what extents read ---- */

struct reading {
    const struct member_check *check;
    bool is_after; /* evaluated when the job has ended, and never before */
    bool is_told;
};

static void look_at_reading(const struct expr *expr, void *user)
{
    struct reading *reading = user;
    const struct member_check *check = reading->check;
    if (reading->is_told) return;
    const struct param *read =
        expr->kind == EXPR_DEREF ? &check->candidate->params[expr->param] : NULL;
    reading->is_told = true;
    if (expr->kind == EXPR_RETURN && !reading->is_after)
        diag_error(check->diags, expr->location, CHECK_NO_ROOM,
                   "the extent of '%s' of job '%s' is needed before the call, when there is no "
                   "result yet; say the room, and used(return)",
                   check->member->name, job_name(check));
    else if (read && (read->type->kind != TYPE_POINTER || read->extent_count))
        diag_error(check->diags, expr->location, CHECK_EXTENT_TYPE,
                   "the extent of '%s' of job '%s' reads an array; let it read one integer",
                   check->member->name, job_name(check));
    else if (read && !reading->is_after && read->direction == DIRECTION_OUT)
        diag_error(check->diags, expr->location, CHECK_NO_ROOM,
                   "'%s' of job '%s' has no room before the call: '%s' is only @out",
                   check->member->name, job_name(check), read->name);
    else
        reading->is_told = false;
}

static bool check_readable(const struct member_check *check)
{
    const struct param *member = check->member;
    bool is_given = member->is_owned && member->direction == DIRECTION_OUT;
    struct reading before = {.check = check, .is_after = is_given};
    for (size_t i = 0; i < member->extent_count; i++)
        expr_walk(member->extents[i], look_at_reading, &before);
    struct reading after = {.check = check, .is_after = true, .is_told = before.is_told};
    expr_walk(member->used, look_at_reading, &after);
    return after.is_told;
}

static bool check_constant(const struct member_check *check)
{
    const struct param *member = check->member;
    for (size_t i = 0; i < member->extent_count; i++) {
        const struct expr *extent = member->extents[i];
        int64_t value;
        if (!extent || !extent->is_constant) continue;
        bool is_known = expr_constant(extent, &value);
        if (is_known && value > 0) continue;
        diag_error(check->diags, extent->location, CHECK_EXTENT_CONSTANT,
                   "extent '%s' of '%s' of job '%s' is no number of elements%s", extent->text,
                   member->name, job_name(check),
                   !is_known || value ? ""
                   : member->is_owned ? "; for what is always NULL write [1]"
                                      : "; for what is always NULL write [1] optional");
        return true;
    }
    return false;
}

/* Its extents would read where no pointer of its type may point. */
static bool check_packed(const struct member_check *check)
{
    const struct param *member = check->member;
    if (!check->record->is_packed && !member->field->is_packed) return false;
    diag_error(
        check->diags, check->param->location, CHECK_RECORD_LAYOUT,
        "'%s' of job '%s' is a struct with pointers in the packed %s: not supported; put the "
        "pointers into %s itself, or do without the attribute",
        member->name, job_name(check), check->record->key, check->record->key);
    return true;
}

static void look_at(struct member_check *check, const struct param *around,
                    const struct record *record)
{
    static bool (*const checks[])(const struct member_check *check) = {
        check_string_or_bytes, check_said,   check_double_pointer, check_direction, check_owned,
        check_string,          check_extent, check_used,           check_readable,  check_constant};
    for (size_t i = 0; i < around->member_count; i++) {
        const struct param *member = &around->members[i];
        struct member_check at = *check;
        bool is_pointer = member->type->kind == TYPE_POINTER;
        at.around = around;
        at.record = record;
        at.member = member;
        at.said = member->said;
        bool is_told = !is_pointer && check_packed(&at);
        for (size_t c = 0; is_pointer && !is_told && c < sizeof checks / sizeof *checks; c++)
            is_told = checks[c](&at);
        if (is_told)
            check->candidate->is_broken = true;
        else if (member->member_count)
            look_at(check, member, type_record(member->type));
    }
}

void check_members(struct arena *arena, struct candidate *candidate, const struct param *param,
                   struct diag_list *diags)
{
    struct member_check check = {
        .arena = arena, .candidate = candidate, .diags = diags, .param = param};
    if (param->member_count) look_at(&check, param, type_record(param->type));
}
