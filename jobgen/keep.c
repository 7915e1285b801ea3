/* SPDX-License-Identifier: MIT */
/* A file that was read has to be as it was then, and one that was looked into as text has to have
 * the name that it had, which complaints show. */
#include "keep.h"

#include "arena.h"
#include "collect_state.h"
#include "courier.h"
#include "inputs.h"
#include "keep_model.h"
#include "names.h"

#include <string.h>

struct keeping {
    struct courier *courier;
    const struct keep_setup *setup; /* NULL: it writes */
    struct collected *found;
    struct arena *scratch;
};

/* Makes room for as many as there were. */
static size_t carry_count(struct keeping *keeping, const struct list *list)
{
    size_t count = list->count;
    (void)carry_list(keeping->courier, list->items, &count, 0);
    return count;
}

#define ITEM(keeping, list, type, index)                                                           \
    ((keeping)->setup ? &LIST_ADD(list, type) : &LIST_AT(list, type, index))

/* ---- files ---- */

static void carry_file(struct keeping *keeping, const struct file_seen **file)
{
    struct courier *courier = keeping->courier;
    const char *path = keeping->setup ? NULL : (*file)->path;
    carry_text(courier, &path);
    if (!keeping->setup) return;
    const struct digest *digest = path ? inputs_unchanged(keeping->setup->last, path) : NULL;
    struct file_seen *seen = arena_alloc(keeping->setup->arena, sizeof *seen);
    courier_need(courier, digest);
    if (digest) *seen = (struct file_seen){path, *digest};
    *file = seen;
}

static void carry_source(struct keeping *keeping, const struct source **source)
{
    struct courier *courier = keeping->courier;
    const char *path = keeping->setup ? NULL : (*source)->path;
    carry_text(courier, &path);
    if (!keeping->setup) return;
    const struct digest *digest = path ? inputs_unchanged(keeping->setup->last, path) : NULL;
    *source = digest ? source_open(keeping->setup->sources, path) : NULL;
    courier_need(courier, *source && strcmp((*source)->path, path) == 0 &&
                              digest_equal(*digest, digest_of((*source)->text, (*source)->length)));
}

/* One of the texts. */
static void carry_place(struct keeping *keeping, const struct source **source, size_t *offset)
{
    const struct list *texts = &keeping->found->texts;
    size_t index = 0;
    while (!keeping->setup && index < texts->count &&
           LIST_AT(texts, const struct source *, index) != *source)
        index++;
    CARRY(keeping->courier, index);
    CARRY(keeping->courier, *offset);
    courier_need(keeping->courier, index < texts->count);
    if (!keeping->setup || courier_is_broken(keeping->courier)) return;
    *source = LIST_AT(texts, const struct source *, index);
    courier_need(keeping->courier, *offset < (*source)->length);
}

static void carry_files(struct keeping *keeping)
{
    struct collected *found = keeping->found;
    size_t count = carry_count(keeping, &found->files);
    for (size_t i = 0; i < count && !courier_is_broken(keeping->courier); i++)
        carry_file(keeping, ITEM(keeping, &found->files, const struct file_seen *, i));
    count = carry_count(keeping, &found->texts);
    for (size_t i = 0; i < count && !courier_is_broken(keeping->courier); i++)
        carry_source(keeping, ITEM(keeping, &found->texts, const struct source *, i));
    count = carry_count(keeping, &found->lookups);
    for (size_t i = 0; i < count; i++) {
        struct lookup *lookup = ITEM(keeping, &found->lookups, struct lookup, i);
        if (keeping->setup) *lookup = (struct lookup){0};
        carry_text(keeping->courier, &lookup->from);
        carry_text(keeping->courier, &lookup->name);
        courier_need(keeping->courier, lookup->from && lookup->name);
        carry_text(keeping->courier, &lookup->found);
    }
}

/* ---- tags and names ---- */

static void carry_tags(struct keeping *keeping)
{
    struct collected *found = keeping->found;
    size_t count = carry_count(keeping, &found->uses);
    for (size_t i = 0; i < count; i++) {
        struct name_use *use = ITEM(keeping, &found->uses, struct name_use, i);
        if (keeping->setup) *use = (struct name_use){0};
        carry_text(keeping->courier, &use->name);
        courier_need(keeping->courier, use->name);
        carry_location(keeping->courier, &use->location);
    }
    count = carry_count(keeping, &found->skipped);
    for (size_t i = 0; i < count && !courier_is_broken(keeping->courier); i++) {
        struct skipped_tag *tag = ITEM(keeping, &found->skipped, struct skipped_tag, i);
        if (keeping->setup) *tag = (struct skipped_tag){0};
        carry_place(keeping, &tag->source, &tag->offset);
    }
}

static void carry_candidates(struct keeping *keeping)
{
    struct collected *found = keeping->found;
    size_t count = carry_count(keeping, &found->candidates);
    for (size_t i = 0; i < count && !courier_is_broken(keeping->courier); i++) {
        struct candidate **item = ITEM(keeping, &found->candidates, struct candidate *, i);
        struct candidate *candidate =
            keeping->setup ? arena_alloc(keeping->setup->arena, sizeof *candidate) : *item;
        *item = candidate;
        carry_place(keeping, &candidate->source, &candidate->tag_offset);
        carry_candidate(keeping->courier, candidate);
    }
    if (keeping->setup) found->record_count = courier_count(keeping->courier, COURIER_RECORD);
}

/* ---- complaints ---- */

static void carry_complaint(struct courier *courier, struct complaint *complaint)
{
    CARRY_ENUM(courier, complaint->severity, SEVERITY_ERROR);
    CARRY_ENUM(courier, complaint->check, CHECK_COUNT - 1);
    carry_location(courier, &complaint->at);
    carry_text(courier, &complaint->text);
    courier_need(courier, complaint->text);
    CARRY(courier, complaint->is_doubtful);
    CARRY_ENUM(courier, complaint->fix.kind, FIX_SKETCH);
    if (complaint->fix.kind == FIX_NONE) return;
    carry_location(courier, &complaint->fix.at);
    carry_text(courier, &complaint->fix.text);
    courier_need(courier, complaint->fix.text);
}

static void carry_complaints(struct keeping *keeping)
{
    struct diag_list *diags = keeping->found->diags;
    struct courier *courier = keeping->courier;
    size_t count = diag_count(diags);
    (void)carry_list(courier, NULL, &count, 0);
    for (size_t i = 0; i < count; i++) {
        struct complaint complaint = {0};
        if (!keeping->setup) complaint = diag_at(diags, keeping->scratch, i);
        carry_complaint(courier, &complaint);
        struct complaint *notes =
            carry_list(courier, complaint.notes, &complaint.note_count, sizeof *notes);
        for (size_t k = 0; k < complaint.note_count; k++)
            carry_complaint(courier, &notes[k]);
        complaint.notes = notes;
        if (keeping->setup && !courier_is_broken(courier)) diag_add(diags, &complaint);
    }
}

static void carry_collected(struct keeping *keeping)
{
    carry_files(keeping); /* first, since the others may be of no use */
    CARRY(keeping->courier, keeping->found->has_failed);
    carry_tags(keeping);
    carry_candidates(keeping);
    carry_complaints(keeping);
}

bool keep_write(const struct collected *found, struct strbuf *out)
{
    if (found->is_lost || found->is_unclear || diag_has_errors(found->diags)) return false;
    struct keeping keeping = {.courier = courier_new_writer(out),
                              .found =
                                  (struct collected *)found, /* which writing does not change */
                              .scratch = arena_new()};
    carry_collected(&keeping);
    bool is_right = !courier_is_broken(keeping.courier);
    courier_free(keeping.courier);
    arena_free(keeping.scratch);
    return is_right;
}

struct collected *keep_read(const struct keep_setup *setup, const struct source *source,
                            const char *bytes, size_t length)
{
    struct keeping keeping = {.courier = courier_new_reader(setup->arena, bytes, length),
                              .setup = setup,
                              .found = collected_new(setup->arena, setup->options, source)};
    carry_collected(&keeping);
    bool is_right = courier_is_right(keeping.courier);
    courier_free(keeping.courier);
    keeping.found->is_kept = true;
    if (is_right) return keeping.found;
    collected_free(keeping.found);
    return NULL;
}
