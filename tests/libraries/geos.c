/* SPDX-License-Identifier: MIT */
/* GEOS: geometries are handles of the library and stay inside the job; points go in as structs and
 * as pairs, and text or triangles, as many as there are, come out. */
#include "geos_jobs.h"

#include "forms.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>

enum shape { HULL, BUFFER, SIMPLE };

struct point {
    double x, y;
};

static void be_quiet(const char *format, ...)
{
    (void)format;
}

/* What is made of a line, as text; NULL: nothing can be.
 *
 * @job
 * @in points[count]
 * @out return string owned
 */
char *outline(const struct point *points, unsigned count, enum shape shape, double distance)
{
    initGEOS(be_quiet, be_quiet);
    GEOSGeometry *made = NULL, *line = GEOSGeom_createLineString(
                                   GEOSCoordSeq_copyFromBuffer(&points->x, count, 0, 0));
    if (line && shape == HULL) made = GEOSConvexHull(line);
    if (line && shape == BUFFER) made = GEOSBuffer(line, distance, 4);
    if (line && shape == SIMPLE) made = GEOSSimplify(line, distance);
    GEOSWKTWriter *writer = GEOSWKTWriter_create();
    char *text = made ? GEOSWKTWriter_write(writer, made) : NULL;
    char *copy = text ? strdup(text) : NULL;
    GEOSFree(text);
    GEOSWKTWriter_destroy(writer);
    if (made) GEOSGeom_destroy(made);
    if (line) GEOSGeom_destroy(line);
    finishGEOS();
    return copy;
}

/* The triangles of Delaunay between points.
 *
 * @job
 * @in points[count][2]
 * @out *triangles[*ret_count][3][2] owned
 * @out ret_count
 */
int triangulate(const double (*points)[2], unsigned count, double **triangles, size_t *ret_count)
{
    initGEOS(be_quiet, be_quiet);
    GEOSGeometry *all = NULL, *line = GEOSGeom_createLineString(
                                  GEOSCoordSeq_copyFromBuffer(&points[0][0], count, 0, 0));
    if (line) all = GEOSDelaunayTriangulation(line, 0, 0);
    int found = all ? GEOSGetNumGeometries(all) : 0;
    double(*made)[3][2] = calloc((size_t)found + 1, sizeof *made);
    for (int i = 0; made && i < found; i++) {
        double ring[4][2];
        const GEOSGeometry *edge = GEOSGetExteriorRing(GEOSGetGeometryN(all, i));
        (void)GEOSCoordSeq_copyToBuffer(GEOSGeom_getCoordSeq(edge), &ring[0][0], 0, 0);
        memcpy(made[i], ring, sizeof made[i]);
    }
    *triangles = made ? &made[0][0][0] : NULL;
    *ret_count = made ? (size_t)found : 0;
    if (all) GEOSGeom_destroy(all);
    if (line) GEOSGeom_destroy(line);
    finishGEOS();
    return found;
}

CALLS(outline, a->points, a->count, a->shape, a->distance)
CALLS(triangulate, (const double (*)[2])a->points, a->count, a->triangles, a->ret_count)

enum { COUNT = 4, POINTS = 40 };

/* A spiral. */
static void points_make(double points[POINTS][2])
{
    for (int i = 0; i < POINTS; i++) {
        points[i][0] = i * cos(i * 0.7);
        points[i][1] = i * sin(i * 0.7);
    }
}

/* The last is of one point, which is no line. */
static void outlines(enum form form, struct notes *notes)
{
    static const enum shape shapes[COUNT] = {HULL, BUFFER, SIMPLE, HULL};
    double points[POINTS][2];
    struct outline_args args[COUNT];
    struct outline_result results[COUNT];
    points_make(points);
    for (int i = 0; i < COUNT; i++)
        args[i] =
            (struct outline_args){(const struct point *)points, i < 3 ? POINTS : 1, shapes[i], 0.5};
    outline_calls(form, args, COUNT, results);
    for (int i = 0; i < COUNT; i++) {
        EXPECT((results[i].value != NULL) == (i < 3));
        if (results[i].value) note(notes, results[i].value, strlen(results[i].value));
        free(results[i].value);
    }
}

static void triangulations(enum form form, struct notes *notes)
{
    static const unsigned counts[COUNT] = {POINTS, 3, 2, 1};
    double points[POINTS][2], *triangles[COUNT];
    size_t found[COUNT];
    struct triangulate_args args[COUNT];
    struct triangulate_result results[COUNT];
    points_make(points);
    UNSET(triangles, form);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct triangulate_args){&points[0][0], counts[i], &triangles[i], &found[i]};
    triangulate_calls(form, args, COUNT, results);
    EXPECT(found[0] > POINTS && found[1] == 1 && found[2] == 0 && found[3] == 0);
    for (int i = 0; i < COUNT; i++) {
        NOTE(notes, results[i].value);
        note(notes, triangles[i], found[i] * 6 * sizeof(double));
        free(triangles[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"outlines", outlines},
                                          {"triangulations", triangulations}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
