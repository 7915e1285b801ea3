/* SPDX-License-Identifier: MIT */
/* Generated code includes this once, at its end: the entry by which a program's jobs are registered
   and, in a worker process, served before main is reached.

   A pointer in .init_array, since constructor attributes run in an order that differs by linker and
   by link-time optimisation: the library calls the pointers behind this one before it serves. In a
   library the array is the library's own, and the program's constructors run later: there
   __libc_start_main is stood in for, so that the program gets another `main`. */
#ifndef JOBGEN_ENTRY_H
#define JOBGEN_ENTRY_H

#include "stub.h"

#if defined __has_feature
#if __has_feature(memory_sanitizer)
#define JOBGEN_ENTRY_UNDER_MSAN /* it dies when somebody stands in for __libc_start_main */
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Told by the linker, or by what the program is built with; each may be missing. */
#define JOBGEN_WEAK __attribute__((weak, visibility("hidden")))
extern const struct jgi_job *const __start_jgi_jobs[] JOBGEN_WEAK;
extern const struct jgi_job *const __stop_jgi_jobs[] JOBGEN_WEAK;
extern const jgi_init __init_array_start[] JOBGEN_WEAK;
extern const jgi_init __init_array_end[] JOBGEN_WEAK;
extern const char __ehdr_start[] JOBGEN_WEAK;
extern void __gcov_dump(void) __attribute__((weak));
extern void __gcov_exit(void) __attribute__((weak));
extern int __llvm_profile_write_file(void) __attribute__((weak));

/* A job of another ABI, so it is skipped. The entry names it, so that linkers which drop sections
   that nobody names keep this file's part of the table. */
static struct jgi_job jobgen_no_job; /* all zero */
static const struct jgi_job *const jobgen_table_part __attribute__((section("jgi_jobs"), used)) =
    &jobgen_no_job;

static struct jgi_module jobgen_module;
static void jobgen_enter(int argc, char **argv, char **envp);

/* Not const: with link-time optimisation the section would have two types. */
static jgi_init jobgen_entry __attribute__((section(".init_array"), used)) = jobgen_enter;

static void jobgen_enter(int argc, char **argv, char **envp)
{
    const struct jgi_job *const *part = &jobgen_table_part;
    __asm__("" : "+r"(part)); /* named, and not optimised away */
    jobgen_module.first = __start_jgi_jobs != NULL ? __start_jgi_jobs : part;
    jobgen_module.behind = __start_jgi_jobs != NULL ? __stop_jgi_jobs : part + 1;
    jobgen_module.own = &jobgen_entry;
    jobgen_module.init = __init_array_start;
    jobgen_module.init_behind = __init_array_end;
    jobgen_module.image = __ehdr_start;
    jobgen_module.write_coverage = __gcov_dump != NULL ? __gcov_dump : __gcov_exit;
    jobgen_module.write_profile = __llvm_profile_write_file;
    jgi_enter(&jobgen_module, argc, argv, envp);
}

#if defined __PIC__ && !defined __PIE__ /* a library, most likely */
static void jobgen_leave(void)
{
    jgi_leave(&jobgen_module);
}
static void (*jobgen_exit)(void) __attribute__((section(".fini_array"), used)) = jobgen_leave;

#ifndef JOBGEN_ENTRY_UNDER_MSAN
extern void *dlsym(void *handle, const char *name) __attribute__((weak));
extern void _exit(int code) __attribute__((noreturn));

typedef int (*jobgen_start)(jgi_main program_main, int argc, char **argv, void (*init)(void),
                            void (*fini)(void), void (*ld_fini)(void), void *stack_end);
int __libc_start_main(jgi_main program_main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*ld_fini)(void), void *stack_end)
    __attribute__((weak, visibility("default")));
int __libc_start_main(jgi_main program_main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*ld_fini)(void), void *stack_end)
{
    union {
        void *found;
        jobgen_start start;
    } next; /* the C library's: RTLD_NEXT */
    next.found = dlsym != NULL ? dlsym((void *)-1, "__libc_start_main") : NULL;
    if (next.found == NULL) _exit(127);
    return next.start(jgi_choose_main(program_main), argc, argv, init, fini, ld_fini, stack_end);
}
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
