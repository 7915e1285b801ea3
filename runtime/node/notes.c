/* SPDX-License-Identifier: MIT */
/* A set of numbers above a rising floor, a bit each. */
#include "notes.h"

#include <stdlib.h>
#include <string.h>

/* Of the first page whose index is not below. */
static size_t place_of(const struct jgi_notes *notes, uint64_t index)
{
    size_t low = 0, high = notes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (notes->pages[middle]->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct jgi_notes_page *page_at(const struct jgi_notes *notes, size_t place, uint64_t index)
{
    if (place == notes->count || notes->pages[place]->index != index) return NULL;
    return notes->pages[place];
}

static bool reserve(struct jgi_notes *notes)
{
    if (notes->count < notes->capacity) return true;
    if (notes->count == JGI_NOTES_PAGES_MAX) return false;
    size_t capacity = notes->capacity == 0 ? 4 : notes->capacity * 2;
    struct jgi_notes_page **pages = realloc(notes->pages, capacity * sizeof *pages);
    if (pages == NULL) return false;
    notes->pages = pages;
    notes->capacity = capacity;
    return true;
}

static struct jgi_notes_page *page_new(struct jgi_notes *notes, size_t place, uint64_t index)
{
    if (!reserve(notes)) return NULL;
    struct jgi_notes_page *page = calloc(1, sizeof *page);
    if (page == NULL) return NULL;
    page->index = index;
    memmove(&notes->pages[place + 1], &notes->pages[place],
            (notes->count - place) * sizeof(struct jgi_notes_page *));
    notes->pages[place] = page;
    notes->count++;
    return page;
}

void jgi_notes_fini(struct jgi_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        free(notes->pages[i]);
    free(notes->pages);
    *notes = (struct jgi_notes){0};
}

static uint64_t bit_of(uint64_t number)
{
    return UINT64_C(1) << (number % 64);
}

static size_t word_of(uint64_t number)
{
    return (size_t)(number % JGI_NOTES_PAGE / 64);
}

bool jgi_notes_add(struct jgi_notes *notes, uint64_t number)
{
    uint64_t index = number / JGI_NOTES_PAGE;
    size_t place = place_of(notes, index);
    struct jgi_notes_page *page = page_at(notes, place, index);
    if (page == NULL) page = page_new(notes, place, index);
    if (page == NULL) return false;
    page->words[word_of(number)] |= bit_of(number);
    return true;
}

bool jgi_notes_has(const struct jgi_notes *notes, uint64_t number)
{
    uint64_t index = number / JGI_NOTES_PAGE;
    const struct jgi_notes_page *page = page_at(notes, place_of(notes, index), index);
    return page != NULL && (page->words[word_of(number)] & bit_of(number)) != 0;
}

void jgi_notes_raise(struct jgi_notes *notes, uint64_t floor)
{
    size_t below = place_of(notes, floor / JGI_NOTES_PAGE);
    if (below == 0) return;
    for (size_t i = 0; i < below; i++)
        free(notes->pages[i]);
    notes->count -= below;
    memmove(notes->pages, &notes->pages[below], notes->count * sizeof(struct jgi_notes_page *));
}
