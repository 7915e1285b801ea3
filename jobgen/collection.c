/* SPDX-License-Identifier: MIT */
/* What all sources gave, as one: jobs each once, complaints, and a second look where one is due. */
#include "collection.h"

#include "arena.h"
#include "collect_state.h"
#include "dump.h"
#include "merge.h"
#include "read.h"
#include "strbuf.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

static void list_append(struct list *list, const struct list *more, size_t item_bytes)
{
    for (size_t i = 0; i < more->count; i++)
        memcpy(list_add(list, item_bytes), (const char *)more->items + i * item_bytes, item_bytes);
}

static bool is_start_new(const struct collection *all, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (all->found[i]->start == all->found[index]->start) return false;
    return all->found[index]->start;
}

struct joined {
    struct list candidates, uses, skipped;
    struct table tags; /* those of the candidates */
};

static struct table_row *tag_row(const struct collection *all, struct joined *joined,
                                 const struct source *source, size_t offset)
{
    return table_at(&joined->tags, arena_printf(all->arena, "%zu %s", offset, source->identity));
}

/* One list of each kind, those of the first source first. */
static void join(const struct collection *all, struct joined *joined)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct collected *found = all->found[i];
        if (is_start_new(all, i))
            list_append(&joined->uses, &found->start->uses, sizeof(struct name_use));
        list_append(&joined->uses, &found->uses, sizeof(struct name_use));
        list_append(&joined->skipped, &found->skipped, sizeof(struct skipped_tag));
        for (size_t c = 0; c < found->candidates.count; c++) {
            struct candidate *candidate = LIST_AT(&found->candidates, struct candidate *, c);
            struct table_row *row = tag_row(all, joined, candidate->source, candidate->tag_offset);
            if (row->value) continue;
            row->value = candidate;
            LIST_ADD(&joined->candidates, struct candidate *) = candidate;
        }
        diag_append(all->diags, found->diags);
    }
}

static void report_skipped(const struct collection *all, struct joined *joined)
{
    for (size_t i = 0; i < joined->skipped.count; i++) {
        const struct skipped_tag *tag = &LIST_AT(&joined->skipped, struct skipped_tag, i);
        if (!tag_row(all, joined, tag->source, tag->offset)->value)
            diag_warning(all->diags, source_location(tag->source, tag->offset, 4),
                         CHECK_TAG_SKIPPED,
                         "this tag stands in a part that the preprocessor leaves out; it makes no "
                         "job");
    }
}

void collection_merge(const struct collection *all, struct model *ret_model)
{
    struct joined joined = {0};
    join(all, &joined);
    report_skipped(all, &joined);
    size_t record_count = 0;
    for (size_t i = 0; i < all->count; i++)
        record_count += all->found[i]->record_count;
    struct merge merge = {.arena = all->arena,
                          .diags = all->diags,
                          .name = all->name,
                          .candidates = joined.candidates.items,
                          .candidate_count = joined.candidates.count,
                          .uses = joined.uses.items,
                          .use_count = joined.uses.count,
                          .record_count = record_count};
    candidates_merge(&merge, ret_model);
    free(joined.candidates.items);
    free(joined.uses.items);
    free(joined.skipped.items);
    table_fini(&joined.tags);
}

char *collection_print_source(const struct options *options, struct collected *found)
{
    struct arena *arena = arena_new();
    struct strbuf text = {0};
    struct collection alone = {.arena = arena,
                               .diags = diag_new(&options->checks),
                               .name = options->name,
                               .found = &found,
                               .count = 1};
    struct model model;
    collection_merge(&alone, &model);
    dump_model(&text, &model);
    diag_free(alone.diags);
    arena_free(arena);
    return text.text;
}

static bool is_generated_word(const struct collection *all, const struct candidate *candidate,
                              const char *text)
{
    const char *start = arena_printf(all->arena, "'%s_", candidate->job.name);
    const char *struct_start = arena_printf(all->arena, "'struct %s_", candidate->job.name);
    return strstr(text, start) || strstr(text, struct_start);
}

static bool is_about_generated(const char *text, void *user)
{
    const struct collection *all = user;
    for (size_t i = 0; i < all->count; i++)
        for (size_t c = 0; c < all->found[i]->candidates.count; c++)
            if (is_generated_word(all, LIST_AT(&all->found[i]->candidates, struct candidate *, c),
                                  text))
                return true;
    return false;
}

static void report_again(const struct collection *all, struct reader *reader,
                         const struct source *source, const char *header, bool with_bodies)
{
    CXTranslationUnit unit =
        read_parse(reader, source, header ? header : collect_overlay, with_bodies, all->diags);
    if (unit)
        read_report(reader, unit, all->diags, header ? NULL : is_about_generated, (void *)all);
    read_dispose(reader, unit);
}

void collection_recheck(const struct collection *all, struct reader *reader, const char *header,
                        bool is_last)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct collected *found = all->found[i];
        if (found->is_lost) report_again(all, reader, found->source, NULL, true);
        if (found->has_failed && !(found->is_kept && is_last))
            report_again(all, reader, found->source, header, false);
    }
}
