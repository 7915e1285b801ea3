/* SPDX-License-Identifier: MIT */
/* Types from libclang to the model. What cannot travel is refused by name, with what to do
 * instead; nothing is guessed. */
#include "unit.h"

#include "arena.h"
#include "list.h"
#include "source.h"

#include <stdarg.h>
#include <string.h>

/* ---- small help ---- */

const char *unit_string(const struct unit *unit, CXString string)
{
    const char *text = unit->lc->getCString(string);
    const char *copy = arena_strdup(unit->arena, text ? text : "");
    unit->lc->disposeString(string);
    return copy;
}

const char *unit_position(const struct unit *unit, CXSourceLocation at, size_t *ret_offset,
                          struct location *ret_location)
{
    CXFile file = NULL;
    unsigned line = 0, column = 0, offset = 0;
    unit->lc->getFileLocation(at, &file, &line, &column, &offset);
    *ret_offset = offset;
    const char *path = file ? unit_string(unit, unit->lc->getFileName(file)) : NULL;
    if (ret_location)
        *ret_location =
            (struct location){.file = path, .line = line, .column = column, .length = 1};
    return path;
}

bool unit_is_library(const struct unit *unit, CXSourceLocation at)
{
    static const char *const folders[] = {"/usr/include/", "/usr/local/include/", "/usr/lib/"};
    size_t offset;
    if (unit->lc->Location_isInSystemHeader(at)) return true;
    const char *path = unit_position(unit, at, &offset, NULL);
    for (size_t i = 0; path && i < sizeof folders / sizeof *folders; i++)
        if (strncmp(path, folders[i], strlen(folders[i])) == 0) return true;
    return false;
}

const struct source *unit_source(const struct unit *unit, const char *path)
{
    const struct source *source = source_open(unit->sources, path);
    for (size_t i = 0; i < unit->texts->count; i++)
        if (LIST_AT(unit->texts, const struct source *, i) == source) return source;
    if (source) LIST_ADD(unit->texts, const struct source *) = source;
    return source;
}

const char *unit_range_text(const struct unit *unit, CXSourceRange range)
{
    size_t begin, end;
    const char *file = unit_position(unit, unit->lc->getRangeStart(range), &begin, NULL);
    const char *other = unit_position(unit, unit->lc->getRangeEnd(range), &end, NULL);
    if (!file || !other || strcmp(file, other) != 0 || end < begin) return NULL;
    const struct source *source = unit_source(unit, file);
    if (!source || end > source->length) return NULL;
    return arena_strndup(unit->arena, source->text + begin, end - begin);
}

/* A tagless type named by its typedef: later versions give it that name, the USR tells. */
static bool is_tagless(const struct unit *unit, CXCursor cursor)
{
    CXString string = unit->lc->getCursorUSR(cursor);
    const char *usr = unit->lc->getCString(string);
    bool is_found = usr && (strstr(usr, "@SA@") || strstr(usr, "@UA@") || strstr(usr, "@EA@"));
    unit->lc->disposeString(string);
    return is_found;
}

const char *unit_declared_name(const struct unit *unit, CXCursor cursor)
{
    enum CXCursorKind kind = unit->lc->getCursorKind(cursor);
    bool is_type =
        kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl || kind == CXCursor_EnumDecl;
    if (is_type && is_tagless(unit, cursor)) return NULL;
    const char *name = unit_string(unit, unit->lc->getCursorSpelling(cursor));
    return *name && !strchr(name, '(') && !strchr(name, ' ') ? name : NULL;
}

void refuse_type(struct unit *unit, struct type_subject *subject, enum check_name check,
                 const char *format, ...)
{
    if (subject->is_refused) return;
    subject->is_refused = true;
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(unit->arena, format, args);
    va_end(args);
    const struct open_record *open = subject->open;
    if (subject->is_in_member)
        text =
            arena_printf(unit->arena, "%s, %s%s%s is %s", open->said,
                         subject->member ? "whose member '" : "in which",
                         subject->member ? subject->member : "", subject->member ? "'" : "", text);
    const char *verb = subject->is_in_member || (open && open->up) ? "leads to" : "is";
    if (subject->name)
        diag_error(unit->diags, subject->location, check, "'%s' of job '%s' %s %s", subject->name,
                   subject->job, verb, text);
    else
        diag_error(unit->diags, subject->location, check, "the result of job '%s' %s %s",
                   subject->job, verb, text);
}

/* ---- scalars ---- */

struct scalar {
    enum CXTypeKind kind;
    enum type_kind model;
    const char *spelling;
    bool is_signed;
};

static const struct scalar scalars[] = {
    {CXType_Bool, TYPE_BOOL, "bool", false},
    {CXType_Char_S, TYPE_INTEGER, "char", true},
    {CXType_Char_U, TYPE_INTEGER, "char", false},
    {CXType_SChar, TYPE_INTEGER, "signed char", true},
    {CXType_UChar, TYPE_INTEGER, "unsigned char", false},
    {CXType_Short, TYPE_INTEGER, "short", true},
    {CXType_UShort, TYPE_INTEGER, "unsigned short", false},
    {CXType_Int, TYPE_INTEGER, "int", true},
    {CXType_UInt, TYPE_INTEGER, "unsigned int", false},
    {CXType_Long, TYPE_INTEGER, "long", true},
    {CXType_ULong, TYPE_INTEGER, "unsigned long", false},
    {CXType_LongLong, TYPE_INTEGER, "long long", true},
    {CXType_ULongLong, TYPE_INTEGER, "unsigned long long", false},
    {CXType_Float, TYPE_FLOATING, "float", true},
    {CXType_Double, TYPE_FLOATING, "double", true},
};

static const struct scalar *scalar_find(enum CXTypeKind kind)
{
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        if (scalars[i].kind == kind) return &scalars[i];
    return NULL;
}

static bool is_standard_typedef(const char *name)
{
    static const char *const exact[] = {"size_t",    "ptrdiff_t", "wchar_t",  "intptr_t",
                                        "uintptr_t", "intmax_t",  "uintmax_t"};
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
        if (strcmp(exact[i], name) == 0) return true;
    if (*name == 'u') name++;
    static const char *const starts[] = {"int_least", "int_fast", "int"};
    static const char *const ends[] = {"8_t", "16_t", "32_t", "64_t"};
    for (size_t s = 0; s < 3; s++)
        for (size_t e = 0; e < 4; e++) {
            size_t length = strlen(starts[s]);
            if (strncmp(name, starts[s], length) == 0 && strcmp(name + length, ends[e]) == 0)
                return true;
        }
    return false;
}

/* Whether it is long, or long on some targets. */
static bool is_wide(enum CXTypeKind kind, const char *name)
{
    static const char *const wide[] = {"size_t",       "ptrdiff_t",     "ssize_t",
                                       "intptr_t",     "uintptr_t",     "int_fast16_t",
                                       "int_fast32_t", "uint_fast16_t", "uint_fast32_t"};
    for (size_t i = 0; name && i < sizeof wide / sizeof *wide; i++)
        if (strcmp(wide[i], name) == 0) return true;
    return !name && (kind == CXType_Long || kind == CXType_ULong);
}

static unsigned bits_of(const struct unit *unit, CXType type)
{
    long long size = unit->lc->Type_getSizeOf(type);
    return size > 0 ? (unsigned)size * 8 : 0;
}

/* ---- refused by the name of a typedef ---- */

struct refused_name {
    const char *name;
    enum check_name check;
    const char *text;
};

static const struct refused_name refused_names[] = {
    {"va_list", CHECK_VA_LIST, "va_list, which has no meaning in another process; pass an array"},
    {"__builtin_va_list", CHECK_VA_LIST,
     "va_list, which has no meaning in another process; pass an array"},
    {"__gnuc_va_list", CHECK_VA_LIST,
     "va_list, which has no meaning in another process; pass an array"},
    {"FILE", CHECK_STDIO_FILE,
     "FILE, which belongs to this process; pass the file's name or its bytes"},
    {"jmp_buf", CHECK_JMP_BUF, "jmp_buf, which has no meaning in another process"},
    {"sigjmp_buf", CHECK_JMP_BUF, "sigjmp_buf, which has no meaning in another process"},
};

bool refuse_type_name(struct unit *unit, struct type_subject *subject, const char *name)
{
    for (size_t i = 0; i < sizeof refused_names / sizeof *refused_names; i++)
        if (strcmp(refused_names[i].name, name) == 0) {
            refuse_type(unit, subject, refused_names[i].check, "%s", refused_names[i].text);
            return true;
        }
    return false;
}

/* ---- refused by kind ---- */

static const struct type *refuse_by_kind(struct unit *unit, struct type_subject *subject,
                                         CXType type)
{
    const char *spelling = unit_string(unit, unit->lc->getTypeSpelling(type));
    switch (type.kind) {
    case CXType_LongDouble:
    case CXType_Float128:
        refuse_type(unit, subject, CHECK_LONG_DOUBLE,
                    "%s, whose bits differ between machines; use double", spelling);
        break;
    case CXType_Int128:
    case CXType_UInt128:
        refuse_type(unit, subject, CHECK_INT128, "%s, which is not supported; use two uint64_t",
                    spelling);
        break;
    case CXType_Half:
    case CXType_Float16:
    case CXType_BFloat16:
        refuse_type(unit, subject, CHECK_FLOAT16, "%s, which is not supported; use float",
                    spelling);
        break;
    case CXType_Complex:
        refuse_type(unit, subject, CHECK_COMPLEX,
                    "%s: only float and double _Complex can travel; use one of them", spelling);
        break;
    case CXType_Vector:
    case CXType_ExtVector:
        refuse_type(unit, subject, CHECK_VECTOR,
                    "%s, a vector, which is not supported; pass an array", spelling);
        break;
    case CXType_Atomic:
        refuse_type(unit, subject, CHECK_ATOMIC,
                    "%s: atomics work within one process only; pass the plain type", spelling);
        break;
    case CXType_FunctionNoProto:
    case CXType_FunctionProto:
    case CXType_BlockPointer:
        refuse_type(unit, subject, CHECK_FUNCTION_POINTER,
                    "a function pointer, which has no meaning in another process; pass an enum "
                    "that says which function");
        break;
    default:
        refuse_type(unit, subject, CHECK_TYPE, "%s, which is not supported", spelling);
        break;
    }
    return NULL;
}

/* ---- types ---- */

static struct type *type_new(const struct unit *unit, enum type_kind kind)
{
    struct type *type = arena_alloc(unit->arena, sizeof *type);
    type->kind = kind;
    return type;
}

static const struct type *type_build(struct unit *unit, CXType given, struct type_subject *subject,
                                     bool is_const, bool is_member);

/* Of arrays of pointers only those of strings travel, and these in one dimension. */
static bool refuse_pointers(struct unit *unit, struct type_subject *subject,
                            const struct type *element, bool is_array_pointer)
{
    bool is_string = element->kind == TYPE_POINTER && element->element->is_plain_char;
    while (element->kind == TYPE_ARRAY) /* of two dimensions */
        element = element->element;
    if ((element->kind != TYPE_POINTER || is_string) && !is_array_pointer) return false;
    refuse_type(unit, subject, CHECK_POINTER_ARRAY,
                "an array of pointers: not supported; pass one array with all elements");
    return true;
}

static bool is_array(enum CXTypeKind kind)
{
    return kind == CXType_ConstantArray || kind == CXType_IncompleteArray ||
           kind == CXType_VariableArray;
}

/* T (*)[n], which is built as an array is. */
static bool is_array_pointer(const struct unit *unit, CXType type)
{
    CXType canonical = unit->lc->getCanonicalType(type);
    return canonical.kind == CXType_Pointer &&
           is_array(unit->lc->getCanonicalType(unit->lc->getPointeeType(canonical)).kind);
}

static const struct type *build_array(struct unit *unit, CXType array, struct type_subject *subject,
                                      bool is_const, bool is_member)
{
    const struct libclang *lc = unit->lc;
    CXType given = lc->getArrayElementType(array);
    const struct type *element = type_build(unit, given, subject, is_const, is_member);
    if (!element || refuse_pointers(unit, subject, element, is_array_pointer(unit, given)))
        return NULL;
    struct type *type = type_new(unit, TYPE_ARRAY);
    type->element = element;
    if (array.kind == CXType_ConstantArray) {
        struct expr *extent = arena_alloc(unit->arena, sizeof *extent);
        extent->kind = EXPR_INTEGER;
        extent->is_constant = true;
        extent->integer = (uint64_t)lc->getArraySize(array);
        extent->text = arena_printf(unit->arena, "%llu", (unsigned long long)extent->integer);
        extent->location = subject->location;
        type->extent = extent;
    }
    return type;
}

static bool is_char(CXType type)
{
    return type.kind == CXType_Char_S || type.kind == CXType_Char_U;
}

static const struct type *build_pointer(struct unit *unit, CXType pointer,
                                        struct type_subject *subject)
{
    const struct libclang *lc = unit->lc;
    CXType pointee = lc->getPointeeType(pointer);
    CXType canonical = lc->getCanonicalType(pointee);
    if (canonical.kind == CXType_Pointer &&
        lc->getCanonicalType(lc->getPointeeType(canonical)).kind == CXType_Pointer) {
        bool is_text = is_char(lc->getCanonicalType(
            lc->getPointeeType(lc->getCanonicalType(lc->getPointeeType(canonical)))));
        refuse_type(unit, subject, CHECK_POINTER_TO_POINTER,
                    is_text ? "a pointer to a pointer to a pointer: not supported; pass a struct "
                              "with a char ** and its count, and write @out s->names[s->count] "
                              "string owned"
                            : "a pointer to a pointer to a pointer: not supported; pass one array");
        return NULL;
    }
    if (is_array_pointer(unit, pointee)) {
        refuse_type(unit, subject, CHECK_POINTER_TO_POINTER,
                    "a pointer to a pointer to arrays: not supported; pass one array, T (*p)[n], "
                    "or for what the job allocates T **p, and @out *p[m][n] owned");
        return NULL;
    }
    const struct type *element = type_build(unit, pointee, subject, false, false);
    if (!element) return NULL;
    bool is_shaped = element->kind == TYPE_ARRAY;
    if (is_shaped && refuse_pointers(unit, subject, element, false)) return NULL;
    /* T (*p)[n] is what T p[][n] decays to. */
    struct type *type = type_new(unit, is_shaped ? TYPE_ARRAY : TYPE_POINTER);
    type->element = element;
    return type;
}

/* NULL: of other parts than float or double. */
static const struct type *build_complex(struct unit *unit, CXType canonical)
{
    const struct libclang *lc = unit->lc;
    CXType part = lc->getCanonicalType(lc->getElementType(canonical));
    if (part.kind != CXType_Float && part.kind != CXType_Double) return NULL;
    struct type *type = type_new(unit, TYPE_COMPLEX);
    type->spelling = part.kind == CXType_Float ? "float _Complex" : "double _Complex";
    type->bits = bits_of(unit, canonical);
    type->is_signed = true;
    return type;
}

static const struct type *build_void(struct unit *unit)
{
    struct type *type = type_new(unit, TYPE_VOID);
    type->bits = 8;
    return type;
}

static const struct type *build_enum(struct unit *unit, CXType canonical)
{
    const struct libclang *lc = unit->lc;
    CXCursor declaration = lc->getTypeDeclaration(canonical);
    CXType integer = lc->getCanonicalType(lc->getEnumDeclIntegerType(declaration));
    const struct scalar *scalar = scalar_find(integer.kind);
    if (!scalar) return NULL;
    struct type *type = type_new(unit, TYPE_ENUM);
    type->spelling = scalar->spelling;
    type->is_signed = scalar->is_signed;
    type->bits = bits_of(unit, integer);
    type->is_wide = is_wide(integer.kind, NULL);
    type->enum_tag = unit_declared_name(unit, declaration);
    if (lc->Cursor_isAnonymous(declaration)) type->enum_tag = NULL;
    return type;
}

/* `spelling`: a standard typedef, or NULL; `name`: the typedef
 * that says how it travels, or NULL. */
static const struct type *build_scalar(struct unit *unit, CXType canonical, const char *spelling,
                                       const char *name)
{
    const struct scalar *scalar = scalar_find(canonical.kind);
    struct type *type = type_new(unit, scalar->model);
    type->spelling = spelling ? spelling : scalar->spelling;
    type->is_signed = scalar->is_signed;
    type->bits = bits_of(unit, canonical);
    type->is_wide = is_wide(canonical.kind, name);
    type->is_plain_char =
        !spelling && (canonical.kind == CXType_Char_S || canonical.kind == CXType_Char_U);
    return type;
}

static void warn_address(struct unit *unit, const struct type_subject *subject, const char *name)
{
    if (strcmp(name, "intptr_t") != 0 && strcmp(name, "uintptr_t") != 0) return;
    diag_warning(unit->diags, subject->location, CHECK_ADDRESS,
                 "'%s' of job '%s' is %s: if it holds an address, it has no meaning in another "
                 "process",
                 subject->name ? subject->name : "return", subject->job, name);
}

/* Follows typedefs until a standard name or none is left; *ret_name: that, or ssize_t on the way.
 */
static CXType desugar(struct unit *unit, CXType type, struct type_subject *subject,
                      const char **ret_standard, const char **ret_name)
{
    const struct libclang *lc = unit->lc;
    for (;;) {
        if (type.kind == CXType_Elaborated) {
            type = lc->Type_getNamedType(type);
            continue;
        }
        if (type.kind != CXType_Typedef) break;
        CXCursor declaration = lc->getTypeDeclaration(type);
        const char *name = unit_string(unit, lc->getCursorSpelling(declaration));
        if (refuse_type_name(unit, subject, name)) break;
        bool is_scalar = scalar_find(lc->getCanonicalType(type).kind) != NULL;
        if (is_scalar && is_standard_typedef(name) &&
            lc->Location_isInSystemHeader(lc->getCursorLocation(declaration))) {
            *ret_standard = *ret_name = name;
            break;
        }
        if (is_scalar && strcmp(name, "ssize_t") == 0) *ret_name = name;
        type = lc->getTypedefDeclUnderlyingType(declaration);
    }
    return type;
}

static const struct type *type_build(struct unit *unit, CXType given, struct type_subject *subject,
                                     bool is_const, bool is_member)
{
    const struct libclang *lc = unit->lc;
    CXType canonical = lc->getCanonicalType(given);
    is_const |= lc->isConstQualifiedType(given) || lc->isConstQualifiedType(canonical);
    bool is_volatile = lc->isVolatileQualifiedType(given) || lc->isVolatileQualifiedType(canonical);
    const char *standard = NULL, *name = NULL;
    CXType type = desugar(unit, given, subject, &standard, &name);
    if (subject->is_refused) return NULL;
    if (!standard && !is_array(type.kind)) type = type.kind == CXType_Pointer ? type : canonical;
    const struct type *built = NULL;
    if (is_array(type.kind))
        built = build_array(unit, type, subject, is_const, is_member);
    else if (type.kind == CXType_Pointer)
        built = build_pointer(unit, type, subject);
    else if (canonical.kind == CXType_Void)
        built = build_void(unit);
    else if (canonical.kind == CXType_Enum)
        built = build_enum(unit, canonical);
    else if (canonical.kind == CXType_Complex)
        built = build_complex(unit, canonical);
    else if (scalar_find(canonical.kind))
        built = build_scalar(unit, canonical, standard, name);
    else if (canonical.kind == CXType_Record) {
        const struct record *record =
            collect_record(unit, lc->getTypeDeclaration(canonical), subject);
        struct type *found = record ? type_new(unit, TYPE_RECORD) : NULL;
        if (found) found->record = record;
        built = found;
    }
    if (!built) return subject->is_refused ? NULL : refuse_by_kind(unit, subject, canonical);
    if (standard && !is_member) warn_address(unit, subject, standard);
    struct type *qualified = arena_alloc(unit->arena, sizeof *qualified);
    *qualified = *built;
    qualified->is_const = is_const && built->kind != TYPE_ARRAY;
    qualified->is_volatile = is_volatile && built->kind != TYPE_ARRAY;
    long long size = lc->Type_getSizeOf(canonical), align = lc->Type_getAlignOf(canonical);
    qualified->size_bytes = size > 0 ? (uint64_t)size : 0;
    qualified->align_bytes = align > 0 ? (uint64_t)align : 0;
    return qualified;
}

const struct type *collect_type(struct unit *unit, CXType type, struct type_subject *subject)
{
    return type_build(unit, type, subject, false, false);
}

const struct type *collect_member_type(struct unit *unit, CXType type, struct type_subject *subject)
{
    return type_build(unit, type, subject, false, true);
}
