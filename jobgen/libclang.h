/* SPDX-License-Identifier: MIT */
/* libclang as a table of functions, filled when the library is opened. For read, collect and
 * database only. */
#ifndef JOBGEN_LIBCLANG_H
#define JOBGEN_LIBCLANG_H

#include "diag.h"

#include <clang-c/CXCompilationDatabase.h>
#include <clang-c/Index.h>
#include <stdbool.h>

#define LIBCLANG_FUNCTIONS(X)                                                                      \
    X(CompilationDatabase_dispose)                                                                 \
    X(CompilationDatabase_fromDirectory)                                                           \
    X(CompilationDatabase_getAllCompileCommands)                                                   \
    X(CompileCommand_getArg)                                                                       \
    X(CompileCommand_getDirectory)                                                                 \
    X(CompileCommand_getFilename)                                                                  \
    X(CompileCommand_getNumArgs)                                                                   \
    X(CompileCommands_dispose)                                                                     \
    X(CompileCommands_getCommand)                                                                  \
    X(CompileCommands_getSize)                                                                     \
    X(Cursor_Evaluate)                                                                             \
    X(Cursor_getArgument)                                                                          \
    X(Cursor_getNumArguments)                                                                      \
    X(Cursor_getStorageClass)                                                                      \
    X(Cursor_isAnonymous)                                                                          \
    X(Cursor_isAnonymousRecordDecl)                                                                \
    X(Cursor_isBitField)                                                                           \
    X(Cursor_isFunctionInlined)                                                                    \
    X(Cursor_isMacroFunctionLike)                                                                  \
    X(Cursor_isNull)                                                                               \
    X(Cursor_isVariadic)                                                                           \
    X(Cursor_getOffsetOfField)                                                                     \
    X(EvalResult_dispose)                                                                          \
    X(EvalResult_getAsLongLong)                                                                    \
    X(EvalResult_getAsUnsigned)                                                                    \
    X(EvalResult_getKind)                                                                          \
    X(EvalResult_isUnsignedInt)                                                                    \
    X(File_isEqual)                                                                                \
    X(Location_isInSystemHeader)                                                                   \
    X(Type_getAlignOf)                                                                             \
    X(Type_getNamedType)                                                                           \
    X(Type_getSizeOf)                                                                              \
    X(Type_visitFields)                                                                            \
    X(createIndex)                                                                                 \
    X(disposeDiagnostic)                                                                           \
    X(disposeDiagnosticSet)                                                                        \
    X(disposeIndex)                                                                                \
    X(disposeSourceRangeList)                                                                      \
    X(disposeString)                                                                               \
    X(disposeTranslationUnit)                                                                      \
    X(equalCursors)                                                                                \
    X(getArrayElementType)                                                                         \
    X(getArraySize)                                                                                \
    X(getCString)                                                                                  \
    X(getCanonicalType)                                                                            \
    X(getChildDiagnostics)                                                                         \
    X(getCursorDefinition)                                                                         \
    X(getCursorExtent)                                                                             \
    X(getCursorLinkage)                                                                            \
    X(getCursorKind)                                                                               \
    X(getCursorLocation)                                                                           \
    X(getCursorReferenced)                                                                         \
    X(getCursorResultType)                                                                         \
    X(getCursorSpelling)                                                                           \
    X(getCursorType)                                                                               \
    X(getCursorUSR)                                                                                \
    X(getDiagnostic)                                                                               \
    X(getDiagnosticFixIt)                                                                          \
    X(getDiagnosticInSet)                                                                          \
    X(getDiagnosticLocation)                                                                       \
    X(getDiagnosticNumFixIts)                                                                      \
    X(getDiagnosticNumRanges)                                                                      \
    X(getDiagnosticRange)                                                                          \
    X(getDiagnosticSeverity)                                                                       \
    X(getDiagnosticSpelling)                                                                       \
    X(getElementType)                                                                              \
    X(getEnumConstantDeclUnsignedValue)                                                            \
    X(getEnumConstantDeclValue)                                                                    \
    X(getEnumDeclIntegerType)                                                                      \
    X(getFieldDeclBitWidth)                                                                        \
    X(getFile)                                                                                     \
    X(getFileContents)                                                                             \
    X(getFileLocation)                                                                             \
    X(getFileName)                                                                                 \
    X(getIncludedFile)                                                                             \
    X(getInclusions)                                                                               \
    X(getLocationForOffset)                                                                        \
    X(getNumDiagnostics)                                                                           \
    X(getNumDiagnosticsInSet)                                                                      \
    X(getPointeeType)                                                                              \
    X(getRangeEnd)                                                                                 \
    X(getRangeStart)                                                                               \
    X(getResultType)                                                                               \
    X(getSkippedRanges)                                                                            \
    X(getTranslationUnitCursor)                                                                    \
    X(getTypeDeclaration)                                                                          \
    X(getTypeSpelling)                                                                             \
    X(getTypedefDeclUnderlyingType)                                                                \
    X(isConstQualifiedType)                                                                        \
    X(isExpression)                                                                                \
    X(isInvalidDeclaration)                                                                        \
    X(isPreprocessing)                                                                             \
    X(isVolatileQualifiedType)                                                                     \
    X(parseTranslationUnit2)                                                                       \
    X(saveTranslationUnit)                                                                         \
    X(visitChildren)

struct libclang {
    bool is_open, has_failed;
    bool lacks_brackets; /* [[attributes]] before C23, which gcc knows; it can be told to */
    void *handle;
#define LIBCLANG_MEMBER(name) __typeof__(&clang_##name) name;
    LIBCLANG_FUNCTIONS(LIBCLANG_MEMBER)
#undef LIBCLANG_MEMBER
};

/* The file of the open library; NULL: not known. */
const char *libclang_path(const struct libclang *libclang);

/* Opens the library at the first call. False: it cannot be used, which has been told once. */
bool libclang_open(struct libclang *libclang, struct diag_list *diags);

#endif
