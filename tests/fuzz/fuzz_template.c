/* SPDX-License-Identifier: MIT */
/* Any bytes as a template, which may include itself: rendered, or told of; never both. */
#include "arena.h"
#include "diag.h"
#include "strbuf.h"
#include "template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct template_source *find(void *user, const char *name)
{
    return strcmp(name, "p") == 0 ? user : NULL;
}

static struct template_value *root_new(struct arena *arena)
{
    struct template_value *root = template_object_new(arena);
    template_set_text(arena, root, "t", "text");
    template_set_flag(arena, root, "f", true);
    template_set_flag(arena, root, "n", false);
    struct template_value *list = template_set_list(arena, root, "l");
    for (int i = 0; i < 2; i++) {
        struct template_value *item = template_add_object(arena, list);
        template_set_text(arena, item, "a", "item");
    }
    template_set_text(arena, template_set_object(arena, root, "o"), "b", "inner");
    return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, bytes, size);
    text[size] = '\0';
    struct arena *arena = arena_new();
    struct diag_list *diags = diag_new(NULL);
    struct strbuf out = {0};
    struct template_source source = {"fuzz.mustache", text, size};
    struct template_library library = {find, &source};
    bool is_rendered = template_render(&out, &source, root_new(arena), &library, diags);
    if (is_rendered != (diag_count(diags) == 0)) abort();
    strbuf_fini(&out);
    diag_free(diags);
    arena_free(arena);
    free(text);
    return 0;
}
