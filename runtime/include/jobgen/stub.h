/* SPDX-License-Identifier: MIT */
/* What generated code and the runtime agree on. Only generated code includes this header; it may
 * change with JGI_ABI. */
#ifndef JOBGEN_STUB_H
#define JOBGEN_STUB_H

#include "codec.h"
#include "member.h"
#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of the code that jobgen emits; a program whose parts carry another number is told so by
 * JG_EMISMATCH. */
#define JGI_ABI 1

/* The options of one @job, as annotated; 0 and NULL mean none. */
struct jgi_job_options {
    uint64_t memory_bytes;
    uint64_t fuel;
    enum jg_fanout fanout;
    int init_retry_interval_ms;
    int async_init_retry_interval_ms;
    int sync_retry_interval_ms;
    int async_get_retry_interval_ms;
    int async_set_retry_interval_ms;
    int shutdown_retry_interval_ms;
    int retries;
    int timeout_ms; /* 0: none */
    bool is_idempotent;
    bool is_reuse; /* isolation = reuse */
    bool wants_net;
    bool wants_spawn;
    const char *read;
    const char *write;
};

/* Where struct NAME_result keeps the value. */
enum jgi_value_kind {
    JGI_VALUE_NONE,  /* a void job */
    JGI_VALUE_HERE,  /* in the struct: scalars and owned pointers */
    JGI_VALUE_BEHIND /* behind a pointer to the caller's room, or NULL: records */
};

/* One job: what the table holds and every form of its stub names. Static and constant in generated
 * code. */
struct jgi_job {
    /* These three stand first whatever JGI_ABI is, so that a job of another can be refused. */
    uint32_t abi;
    const char *name;
    size_t result_size;
    const char *source;      /* base name of the file it was read from */
    uint64_t interface_hash; /* of name and wire signature */
    struct jgi_job_options options;
    size_t args_size;  /* of struct NAME_args: kept, shallow, from the call to the get */
    size_t room_count; /* numbers that encode notes for decode: the room of each output */
    bool has_rooms;    /* the first of them is for what members of structs refer to */
    size_t value_offset;
    enum jgi_value_kind value_kind;
    /* Caller: copies the inputs into `out`, notes the rooms. JG_OK, JG_EARGS, JG_ENOMEM. */
    jg_status (*encode)(struct jgi_encoder *out, const void *args, size_t *rooms);
    /* Worker: decodes, runs the function, encodes what it gave. JG_OK, JG_EARGS, JG_EPROTOCOL,
     * JG_ENOMEM. */
    jg_status (*run)(struct jgi_decoder *in, struct jgi_encoder *out);
    /* Caller: checks all, then fills outputs and `ret_value` (may be NULL). JG_OK, JG_EPROTOCOL,
     * JG_ENOMEM. */
    jg_status (*decode)(struct jgi_decoder *in, const void *args, const size_t *rooms,
                        void *ret_value);
};

/* The forms, untyped. `options` NULL: as annotated; nothing of it is kept. `args` and `ret_value`
 * as in the typed stub. */
jg_status jgi_call(const struct jgi_job *job, const struct jg_options *options, const void *args,
                   void *ret_value);
jg_job *jgi_start(const struct jgi_job *job, const struct jg_options *options, const void *args);
jg_status jgi_await_get(jg_job *handle, void *ret_value);
jg_status jgi_try_get(jg_job *handle, void *ret_value);
void jgi_cancel(jg_job *handle);
jg_status jgi_map(const struct jgi_job *job, const struct jg_options *options, const void *args,
                  size_t count, void *results);

/* An entry of .init_array. */
typedef void (*jgi_init)(int argc, char **argv, char **envp);

/* What the entry in generated code tells of its module: the executable, or one library. Its layout
 * and that of the functions below stay the same whatever JGI_ABI is. */
struct jgi_module {
    const struct jgi_job *const *first, *const *behind; /* its jobs; NULL among them are skipped */
    const jgi_init *own;                                /* where the entry stands in .init_array */
    const jgi_init *init, *init_behind; /* .init_array; NULL where the linker does not tell */
    const void *image;                  /* its ELF header, or NULL */
    void (*write_coverage)(void);       /* before a worker's _exit, or NULL */
    int (*write_profile)(void);
    struct jgi_module *next; /* the library's */
};

/* Called by the entry; again: nothing. Registers the module, which is borrowed until jgi_leave. In
   a process that was started to be a zygote or worker, the executable's first entry calls those
   behind it, then serves and does not return. */
void jgi_enter(struct jgi_module *module, int argc, char **argv, char **envp);
void jgi_leave(struct jgi_module *module);

/* For a program whose jobs are all in libraries: what is to be run as `main`. */
typedef int (*jgi_main)(int argc, char **argv, char **envp);
jgi_main jgi_choose_main(jgi_main program_main);

#ifdef __cplusplus
}
#endif
#endif
