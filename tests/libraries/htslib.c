/* SPDX-License-Identifier: MIT */
/* HTSlib: structs whose memory the library grows by realloc, described in headers that have the
 * words of HeaderDoc; outputs that may be left out. */
#include "htslib_jobs.h"

#include "forms.h"

#include <htslib/hts.h>
#include <htslib/kfunc.h>
#include <htslib/sam.h>
#include <stdlib.h>

/* Adds to a string, which may have to move.
 *
 * @job
 * @inout string->s[string->m] used(string->l) owned
 */
int append(kstring_t *string, const char *text)
{
    return kputs(text, string);
}

/* One line of SAM to a record, whose room grows as needed.
 *
 * @job
 * @inout record->data[record->m_data] used(record->l_data) owned
 */
int parse(const char *header, const char *line, bam1_t *record)
{
    sam_hdr_t *parsed = sam_hdr_parse(strlen(header), header);
    kstring_t string = {0};
    int result = kputs(line, &string) == EOF ? -9 : sam_parse1(&string, parsed, record);
    free(string.s);
    sam_hdr_destroy(parsed);
    return result;
}

/* A record of the job's own, or NULL.
 *
 * @job
 * @in record->data[record->l_data]
 * @out return owned
 * @out return->data[return->m_data] used(return->l_data) owned
 */
bam1_t *duplicate(const bam1_t *record)
{
    return record->core.l_qname ? bam_dup1(record) : NULL;
}

/* The library's own functions.
 *
 * @job
 * @out _left @out _right @out two
 */
double kt_fisher_exact(int n11, int n12, int n21, int n22, double *_left, double *_right,
                       double *two);

/* @job
 * @in ref[l_ref] @in query[l_query] @in iqual[l_query]
 * @out state[l_query] optional
 * @out q[l_query] optional
 */
int probaln_glocal(const uint8_t *ref, int l_ref, const uint8_t *query, int l_query,
                   const uint8_t *iqual, const probaln_par_t *c, int *state, uint8_t *q);

CALLS(append, a->string, a->text)
CALLS(parse, a->header, a->line, a->record)
CALLS(duplicate, a->record)
CALLS(kt_fisher_exact, a->n11, a->n12, a->n21, a->n22, a->_left, a->_right, a->two)
CALLS(probaln_glocal, a->ref, a->l_ref, a->query, a->l_query, a->iqual, a->c, a->state, a->q)

enum { COUNT = 3 };

/* What there was, or nothing, before; one text that fits, and one that does not. */
static void strings(enum form form, struct notes *notes)
{
    static char longest[100000];
    const char *const texts[COUNT] = {"s", "", longest};
    kstring_t strings[COUNT] = {0};
    struct append_args args[COUNT];
    struct append_result results[COUNT];
    memset(longest, 'x', sizeof longest - 1);
    EXPECT(kputs("thing", &strings[0]) == 5);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct append_args){&strings[i], texts[i]};
    append_calls(form, args, COUNT, results);
    EXPECT(strings[0].l == 6 && strcmp(strings[0].s, "things") == 0);
    EXPECT(strings[2].l == sizeof longest - 1);
    for (int i = 0; i < COUNT; i++) {
        NOTE(notes, results[i].value);
        NOTE(notes, strings[i].l);
        NOTE(notes, strings[i].m);
        note(notes, strings[i].s, strings[i].l);
        free(strings[i].s);
    }
}

static void note_record(struct notes *notes, const bam1_t *record)
{
    NOTE(notes, record->core.pos);
    NOTE(notes, record->core.flag);
    NOTE(notes, record->core.n_cigar);
    NOTE(notes, record->core.isize);
    NOTE(notes, record->l_data);
    note(notes, record->data, (size_t)record->l_data);
}

/* Two lines, and one that is none; then copies of what came out. */
static void records(enum form form, struct notes *notes)
{
    static const char header[] = "@SQ\tSN:one\tLN:1000\n";
    static const char *const lines[COUNT] = {
        "a\t99\tone\t7\t30\t4M1I3M\t=\t37\t39\tTTAGATAA\t*\tNM:i:1\tMD:Z:7",
        "b\t0\tone\t16\t30\t4S3M\t*\t0\t0\tAAAAGAT\tIIIIIII", "c\tno number"};
    bam1_t records[COUNT] = {0};
    struct parse_args args[COUNT];
    struct parse_result results[COUNT];
    struct duplicate_args same_args[COUNT];
    struct duplicate_result same[COUNT];
    hts_set_log_level(HTS_LOG_OFF);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct parse_args){header, lines[i], &records[i]};
    parse_calls(form, args, COUNT, results);
    for (int i = 0; i < COUNT; i++) {
        EXPECT((results[i].value >= 0) == (i < 2));
        if (results[i].value >= 0) note_record(notes, &records[i]);
        if (i == 2) records[i].core.l_qname = 0;
        same_args[i] = (struct duplicate_args){&records[i]};
    }
    EXPECT(records[0].core.pos == 6 && records[0].core.n_cigar == 3);
    duplicate_calls(form, same_args, COUNT, same);
    for (int i = 0; i < COUNT; i++) {
        EXPECT((same[i].value != NULL) == (i < 2));
        if (same[i].value) {
            note_record(notes, same[i].value);
            free(same[i].value->data);
        }
        free(same[i].value);
        free(records[i].data);
    }
}

static void numbers(enum form form, struct notes *notes)
{
    double left = 0, right = 0, two = 0;
    struct kt_fisher_exact_args args = {12, 5, 29, 2, &left, &right, &two};
    struct kt_fisher_exact_result result;
    kt_fisher_exact_calls(form, &args, 1, &result);
    EXPECT(left > 0 && left < two && two < right && right < 1);
    NOTE(notes, result.value);
    NOTE(notes, left);
    NOTE(notes, right);
    NOTE(notes, two);
}

/* The outputs are wanted of the first call; the second asks for the result alone. */
static void alignments(enum form form, struct notes *notes)
{
    static const uint8_t reference[12] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3},
                         query[6] = {2, 3, 0, 1, 2, 3}, qualities[6] = {30, 20, 30, 40, 30, 30};
    const probaln_par_t parameters = {0.001F, 0.1F, 10};
    int state[6];
    uint8_t quality[6];
    const struct probaln_glocal_args args[2] = {
        {reference, 12, query, 6, qualities, &parameters, state, quality},
        {reference, 12, query, 6, qualities, &parameters, NULL, NULL}};
    struct probaln_glocal_result results[2];
    UNSET(state, form);
    UNSET(quality, form);
    probaln_glocal_calls(form, args, 2, results);
    EXPECT(results[0].value == results[1].value);
    NOTE(notes, results[0].value);
    NOTE(notes, state);
    NOTE(notes, quality);
}

int main(void)
{
    static const struct check checks[] = {{"strings", strings},
                                          {"records", records},
                                          {"numbers", numbers},
                                          {"alignments", alignments}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
