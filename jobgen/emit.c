/* SPDX-License-Identifier: MIT */
/* Templates over the plan, then protoc-c over the messages; all in memory. */
#include "emit.h"

#include "arena.h"
#include "layout.h"
#include "plan.h"
#include "protoc.h"
#include "strbuf.h"
#include "template.h"
#include "templates.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 5 };

/* Where templates come from: a folder, or the program. */
struct library {
    struct arena *arena;
    const char *folder; /* NULL: the program */
};

static const struct template_source *find_file(const struct library *library, const char *name)
{
    struct strbuf text = {0};
    const char *path = arena_printf(library->arena, "%s/%s.mustache", library->folder, name);
    if (strbuf_read_file(&text, path) != 0) {
        strbuf_fini(&text);
        return NULL;
    }
    struct template_source *source = arena_alloc(library->arena, sizeof *source);
    source->file = path;
    source->length = text.length;
    source->text = arena_strndup(library->arena, text.text ? text.text : "", text.length);
    strbuf_fini(&text);
    return source;
}

static const struct template_source *find_template(void *user, const char *name)
{
    const struct library *library = user;
    if (library->folder) return find_file(library, name);
    size_t length = strlen(name);
    for (size_t i = 0; i < templates_embedded_count; i++) {
        const char *file = templates_embedded[i].file;
        if (strncmp(file, name, length) == 0 && strcmp(file + length, ".mustache") == 0)
            return &templates_embedded[i];
    }
    return NULL;
}

/* Renders one file; false: it has complained. */
static bool render(struct library *library, const struct template_value *plan, const char *name,
                   bool is_c, struct strbuf *out, struct diag_list *diags)
{
    struct template_library partials = {find_template, library};
    const struct template_source *source = find_template(library, name);
    if (!source) {
        diag_error(diags,
                   (struct location){.file = library->folder ? library->folder : "templates"},
                   CHECK_TEMPLATE, "%s.mustache cannot be read: %s", name, strerror(errno));
        return false;
    }
    struct strbuf text = {0};
    bool is_done = template_render(&text, source, plan, &partials, diags);
    if (is_done && is_c)
        layout_c(out, text.text ? text.text : "", text.length);
    else if (is_done)
        strbuf_add_bytes(out, text.text ? text.text : "", text.length);
    strbuf_fini(&text);
    return is_done;
}

/* The text becomes the file's. */
static void take(struct arena *arena, struct emitted *file, const struct model *model,
                 const char *end, struct strbuf *text)
{
    strbuf_add(text, ""); /* be it empty, it is there */
    *file =
        (struct emitted){arena_printf(arena, "%s%s", model->name, end), text->text, text->length};
    *text = (struct strbuf){0};
}

/* Running protoc-c costs as much as reading a source. */
static bool make_messages(const struct emit_setup *setup, const struct model *model,
                          const struct emitted *proto, struct strbuf *ret_header,
                          struct strbuf *ret_source, struct diag_list *diags)
{
    const char *stem = arena_printf(setup->arena, "%s/%s", setup->messages, model->name);
    if (setup->has_messages(setup->user, proto->text, proto->length) &&
        strbuf_read_file(ret_header, arena_printf(setup->arena, "%s.pb-c.h", stem)) == 0 &&
        strbuf_read_file(ret_source, arena_printf(setup->arena, "%s.pb-c.c", stem)) == 0)
        return true;
    ret_header->length = 0;
    return protoc_run(model->name, proto->text, proto->length, ret_header, ret_source, diags);
}

/* All but the messages. The plan is the largest thing of a run, and nothing is left of it. */
static bool render_files(const struct emit_setup *setup, const struct model *model,
                         struct emitted *files, struct diag_list *diags)
{
    static const struct {
        const char *template, *end;
        bool is_c;
    } rendered[] = {
        {"NAME.h", ".h", true}, {"NAME.c", ".c", true}, {"NAME.proto", ".proto", false}};
    struct library library = {setup->arena, setup->templates};
    struct arena *arena = arena_new();
    const struct template_value *plan = plan_make(arena, model, diags);
    bool is_done = !diag_has_errors(diags);
    for (size_t i = 0; i < sizeof rendered / sizeof *rendered && is_done; i++) {
        struct strbuf text = {0};
        is_done = render(&library, plan, rendered[i].template, rendered[i].is_c, &text, diags);
        take(setup->arena, &files[i], model, rendered[i].end, &text);
    }
    arena_free(arena);
    return is_done;
}

const struct emitted *emit_render(const struct emit_setup *setup, const struct model *model,
                                  struct diag_list *diags, size_t *ret_count)
{
    struct emitted *files = arena_alloc(setup->arena, FILES * sizeof *files);
    struct strbuf header = {0}, source = {0};
    bool is_done = render_files(setup, model, files, diags) &&
                   make_messages(setup, model, &files[2], &header, &source, diags);
    take(setup->arena, &files[3], model, ".pb-c.h", &header);
    take(setup->arena, &files[4], model, ".pb-c.c", &source);
    if (!is_done) {
        emit_free(files, FILES);
        return NULL;
    }
    *ret_count = FILES;
    return files;
}

void emit_free(const struct emitted *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((char *)files[i].text); /* it was made to be given away */
}
