/* SPDX-License-Identifier: MIT */
/* What a source gives depends on the files that its parse has read and looked for, and on those
 * that the prefilter goes through, by which the parser's overlays are chosen. These are found
 * anew: where all are as they were then, they are the same. */
#include "reuse.h"

#include "arena.h"
#include "collect_state.h"
#include "inputs.h"
#include "strbuf.h"

#include <stdint.h>
#include <string.h>

static struct digest flags_digest(const struct compiler_flags *flags)
{
    struct strbuf text = {0};
    for (size_t i = 0; i < flags->count; i++)
        strbuf_add_bytes(&text, flags->words[i], strlen(flags->words[i]) + 1);
    struct digest digest = digest_of(text.text, text.length);
    strbuf_fini(&text);
    return digest;
}

static bool is_as_then(const struct inputs_last *last, const struct source *source)
{
    const struct digest *then = inputs_unchanged(last, source->path);
    return then && digest_equal(*then, digest_of(source->text, source->length));
}

/* What is kept of the start of that number from 1, and its number in this run. NULL: it is of no
 * use. */
static struct collected *start_take(struct reuse *reuse, size_t number, size_t *ret_number)
{
    const struct inputs_last *last = reuse->setup.last;
    if (number > last->start_count) return NULL;
    struct arena *arena = reuse->setup.arena;
    if (!reuse->starts) {
        reuse->starts = arena_alloc(arena, last->start_count * sizeof *reuse->starts);
        reuse->numbers = arena_alloc(arena, last->start_count * sizeof *reuse->numbers);
    }
    struct inputs_part *part = &last->starts[number - 1];
    struct collected **start = &reuse->starts[number - 1];
    const char *bytes = *start ? NULL : inputs_read_part(arena, last, part);
    if (bytes && (*start = keep_read(&reuse->setup, NULL, bytes, part->length)))
        reuse->numbers[number - 1] = inputs_add_start(reuse->inputs, bytes, part->length);
    if (!*start) part->length = SIZE_MAX; /* not to be tried again */
    *ret_number = reuse->numbers[number - 1];
    return *start;
}

struct collected *reuse_take(struct reuse *reuse, const struct source *source,
                             const struct prefilter_result *prefiltered)
{
    const struct inputs_last *last = reuse->setup.last;
    const struct inputs_part *part = table_get(&last->kept, source->path);
    struct digest flags = flags_digest(source->flags);
    if (!part || !digest_equal(part->flags, flags)) return NULL;
    for (size_t i = 0; i < prefiltered->text_count; i++)
        if (!is_as_then(last, prefiltered->texts[i])) return NULL;
    size_t number = 0;
    struct collected *start = part->start ? start_take(reuse, part->start, &number) : NULL;
    if (part->start && !start) return NULL;
    const char *bytes = inputs_read_part(reuse->setup.arena, last, part);
    struct collected *found = bytes ? keep_read(&reuse->setup, source, bytes, part->length) : NULL;
    if (!found) return NULL;
    found->start = start;
    inputs_add_kept(reuse->inputs, source->path, flags, number, bytes, part->length);
    reuse->count++;
    return found;
}

void reuse_keep(struct reuse *reuse, const struct collected *found)
{
    struct strbuf bytes = {0}, start = {0};
    size_t number = 0;
    bool is_kept = (!found->start || keep_write(found->start, &start)) && keep_write(found, &bytes);
    if (is_kept && found->start) number = inputs_add_start(reuse->inputs, start.text, start.length);
    if (is_kept)
        inputs_add_kept(reuse->inputs, found->source->path, flags_digest(found->source->flags),
                        number, bytes.text, bytes.length);
    strbuf_fini(&bytes);
    strbuf_fini(&start);
}

void reuse_fini(struct reuse *reuse)
{
    for (size_t i = 0; reuse->starts && i < reuse->setup.last->start_count; i++)
        collected_free(reuse->starts[i]);
}
