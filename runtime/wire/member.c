/* SPDX-License-Identifier: MIT */
/* The names of members, from the parameter on. */
#include "member.h"

#include <stdio.h>

static void print_record(FILE *file, const struct jgi_scope *scope)
{
    if (scope->up != NULL) {
        bool is_behind = scope->up->is_one && !scope->up->is_here;
        print_record(file, scope->up);
        (void)fputs(is_behind ? "->" : ".", file);
    }
    (void)fputs(scope->place->name, file);
    if (!scope->is_one) (void)fprintf(file, "[%zu]", scope->index);
}

char *jgi_member_path(const struct jgi_scope *scope, const struct jgi_place *place)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL) return NULL;
    print_record(file, scope);
    (void)fputs(scope->is_one && !scope->is_here ? "->" : ".", file);
    (void)fputs(place->name, file);
    if (fclose(file) == 0) return text;
    free(text);
    return NULL;
}
