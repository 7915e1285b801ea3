/* SPDX-License-Identifier: MIT */
/* The comments of one file: each finds its declaration, and tagged functions become candidates. */
#include "collect_state.h"

#include "annotation.h"
#include "arena.h"
#include "check.h"
#include "comment.h"
#include "describe.h"
#include "names.h"
#include "place.h"
#include "search.h"

#include <stdlib.h>
#include <string.h>

static void take_job(struct unit_walk *walk, struct tagged_file *file, size_t index,
                     const struct comment_block *blocks, size_t count, size_t tag_offset)
{
    struct collector *collector = walk->collector;
    struct unit *unit = &walk->unit;
    CXCursor function = LIST_AT(&file->cursors, CXCursor, index);
    const struct declaration *declaration =
        &LIST_AT(&file->declarations, struct declaration, index);
    struct candidate *candidate = arena_alloc(unit->arena, sizeof *candidate);
    candidate->source = file->source;
    candidate->tag_offset = tag_offset;
    candidate->job.name = declaration->spelling;
    candidate->job.file = path_base(file->source->path);
    candidate->job.location = unit_name_location(unit, function, declaration->spelling);
    LIST_ADD(&walk->found->candidates, struct candidate *) = candidate;
    candidate->annotation = annotation_parse(unit->arena, file->source, blocks, count,
                                             &collector->setup.options->defaults, unit->diags);
    candidate->job_location = candidate->annotation->job_location;
    candidate->job.options = candidate->annotation->options;
    candidate->job.comment = candidate->annotation->comment;
    candidate->is_broken = candidate->annotation->is_broken;
    if (!collect_function_allowed(unit, candidate, function, declaration)) return;
    collect_signature(unit, candidate, function);
    for (size_t i = 0; i < candidate->job.param_count; i++)
        candidate->is_macro[i] =
            !candidate->is_unnamed[i] &&
            collect_is_macro_at(walk, file->source, tag_offset, candidate->params[i].name);
    struct constant_scope constants = {collect_find_enumerator, collect_is_any_macro, walk};
    names_assign(unit->arena, candidate);
    candidate_describe(unit->arena, candidate, &constants, unit->diags);
    check_candidate(unit->arena, candidate, unit->diags);
}

struct placed_block {
    const struct placed_block *next; /* of the same declaration; NULL: none */
    bool is_first;                   /* of them */
    struct comment_block block;
    struct comment_hint hint;
    struct placement placement;
};

static int declaration_order(const void *left, const void *right, void *user)
{
    const struct declaration *declarations = user;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (declarations[a].begin != declarations[b].begin)
        return declarations[a].begin < declarations[b].begin ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sort_declarations(struct arena *arena, struct tagged_file *file)
{
    size_t count = file->declarations.count;
    struct declaration *declarations = file->declarations.items;
    CXCursor *cursors = file->cursors.items;
    size_t *order = arena_alloc(arena, count * sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, declaration_order, declarations);
    struct declaration *sorted = arena_alloc(arena, count * sizeof *sorted);
    CXCursor *sorted_cursors = arena_alloc(arena, count * sizeof *sorted_cursors);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = declarations[order[i]];
        sorted_cursors[i] = cursors[order[i]];
    }
    if (count) {
        memcpy(declarations, sorted, count * sizeof *sorted);
        memcpy(cursors, sorted_cursors, count * sizeof *sorted_cursors);
    }
}

/* By text: "if" in a directive, be it of #endif, or a directive in another spelling. */
static bool may_have_conditional(const struct source *source)
{
    if (memmem(source->text, source->length, "%:", 2) ||
        memmem(source->text, source->length, "?\?=", 3))
        return true;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind == TOKEN_DIRECTIVE &&
            memmem(source->text + token->begin, token->end - token->begin, "if", 2))
            return true;
    }
    return false;
}

/* Asking takes long where headers are shared: libclang looks through the ranges of all of them. */
static const struct byte_range *skipped_ranges(struct unit_walk *walk,
                                               const struct tagged_file *file, size_t *ret_count)
{
    const struct libclang *lc = walk->unit.lc;
    *ret_count = 0;
    if (!may_have_conditional(file->source)) return NULL;
    CXSourceRangeList *list = lc->getSkippedRanges(walk->unit.handle, file->handle);
    size_t count = list ? list->count : 0;
    struct byte_range *ranges = arena_alloc(walk->unit.arena, count * sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        (void)unit_position(&walk->unit, lc->getRangeStart(list->ranges[i]), &ranges[i].begin,
                            NULL);
        (void)unit_position(&walk->unit, lc->getRangeEnd(list->ranges[i]), &ranges[i].end, NULL);
    }
    if (list) lc->disposeSourceRangeList(list);
    *ret_count = count;
    return ranges;
}

static void report_nowhere(struct unit_walk *walk, const struct source *source,
                           const struct placed_block *placed)
{
    diag_error(walk->unit.diags, source_location(source, placed->hint.job_offset, 4),
               CHECK_TAG_PLACE, "%s", placed->placement.trouble);
    if (placed->placement.is_unbalanced) diag_doubt(walk->unit.diags);
}

/* All comments of one declaration, `first` being the first one. */
static void take_group(struct unit_walk *walk, struct tagged_file *file,
                       const struct placed_block *first)
{
    size_t declaration = first->placement.declaration, count = 0;
    const struct placed_block *tag = NULL, *described = NULL, *near = NULL;
    for (const struct placed_block *at = first; at; at = at->next) {
        count++;
        if (at->hint.has_job && !tag) tag = at;
        if (at->hint.near.meant && !near) near = at;
        if (at->hint.has_direction && !described) described = at;
    }
    if (tag) {
        struct comment_block *blocks = arena_alloc(walk->unit.arena, count * sizeof *blocks);
        size_t i = 0;
        for (const struct placed_block *at = first; at; at = at->next)
            if (comment_is_read(&at->hint)) blocks[i++] = at->block;
        take_job(walk, file, declaration, blocks, i, tag->hint.job_offset);
    } else if (near) {
        near_directive_tell(&near->hint.near, file->source, walk->unit.diags);
    } else if (described) {
        diag_warning(walk->unit.diags,
                     source_location(file->source, described->hint.direction_offset, 1),
                     CHECK_FORGOTTEN_JOB, "this describes a parameter, but '%s' is not tagged @job",
                     LIST_AT(&file->declarations, struct declaration, declaration).spelling);
    }
}

static void link_groups(struct arena *arena, const struct tagged_file *file,
                        struct placed_block *placed)
{
    struct placed_block **last = arena_alloc(arena, file->declarations.count * sizeof *last);
    for (size_t i = 0; i < file->block_count; i++) {
        if (placed[i].placement.outcome != PLACED) continue;
        struct placed_block **before = &last[placed[i].placement.declaration];
        placed[i].is_first = !*before;
        if (*before) (*before)->next = &placed[i];
        *before = &placed[i];
    }
}

/* What @field says is read with its struct; here it is seen to that there is one. */
static void take_field(struct unit_walk *walk, const struct file_outline *outline,
                       const struct placed_block *placed)
{
    const struct comment_hint *hint = &placed->hint;
    bool is_near = hint->near.meant && placed->placement.outcome == PLACED_NOWHERE;
    if (hint->has_job || placed->placement.outcome == PLACED_SKIPPED) return;
    if (!hint->has_field && !is_near) return;
    bool is_before_struct = place_is_before_struct(outline, &placed->block);
    if (!hint->has_field && is_before_struct)
        near_directive_tell(&hint->near, outline->source, walk->unit.diags);
    if (hint->has_field && !is_before_struct)
        diag_error(walk->unit.diags, source_location(outline->source, hint->field_offset, 6),
                   CHECK_FIELD_DIRECTIVE,
                   "@field describes members, and stands before the definition of a struct");
}

void collect_tags(struct unit_walk *walk, struct tagged_file *file)
{
    struct arena *arena = walk->unit.arena;
    sort_declarations(arena, file);
    struct file_outline outline = {.source = file->source,
                                   .declarations = file->declarations.items,
                                   .declaration_count = file->declarations.count};
    outline.skipped = skipped_ranges(walk, file, &outline.skipped_count);
    struct placed_block *placed = arena_alloc(arena, file->block_count * sizeof *placed);
    for (size_t i = 0; i < file->block_count; i++) {
        struct placed_block *at = &placed[i];
        at->block = file->blocks[i];
        at->hint = comment_scan(file->source, at->block.begin, at->block.end);
        size_t offset = at->hint.has_job ? at->hint.job_offset : at->hint.direction_offset;
        if (!at->hint.has_job && !at->hint.has_direction) offset = at->block.begin;
        at->placement = place_find(arena, &outline, &at->block, offset);
    }
    link_groups(arena, file, placed);
    for (size_t i = 0; i < file->block_count; i++) {
        if (placed[i].placement.outcome == PLACED) {
            if (placed[i].is_first) take_group(walk, file, &placed[i]);
        } else if (placed[i].hint.has_job && placed[i].placement.outcome == PLACED_SKIPPED) {
            LIST_ADD(&walk->found->skipped, struct skipped_tag) =
                (struct skipped_tag){file->source, placed[i].hint.job_offset};
        } else if (placed[i].hint.has_job) {
            report_nowhere(walk, file->source, &placed[i]);
            walk->found->is_lost |= placed[i].placement.may_be_lost;
        }
        take_field(walk, &outline, &placed[i]);
    }
}
