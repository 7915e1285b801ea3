/* SPDX-License-Identifier: MIT */
/* The zygote: a pristine process of the program that forks workers, reaps them, and tells the pool.
 */
#ifndef JOBGEN_WORKER_ZYGOTE_H
#define JOBGEN_WORKER_ZYGOTE_H

#include <stdint.h>
#include <sys/types.h>

/* Between pool and zygote goes one SOCK_SEQPACKET socket; each packet is one of these structs. Both
   ends are of one machine, but may be of two builds of the library: the first field of HELLO says
   which. */
#define JGI_ZYGOTE_PROTOCOL 4

/* No packet is larger: a socket takes it with its usual limits. */
enum { JGI_ZYGOTE_PACKET_MAX = 32 * 1024 };

/* pool -> zygote */
enum jgi_zygote_command {
    JGI_ZYGOTE_FORK = 1, /* `count` more workers, of kind `is_reuse` */
    JGI_ZYGOTE_SIGNAL,   /* `signal_number` to the process group of worker `pid`, if it is alive */
    JGI_ZYGOTE_PROBE /* the socket of `pid` ended: if it neither is dead nor is dying, kill it */
};
struct jgi_zygote_request {
    uint32_t command;
    uint32_t count;
    uint32_t is_reuse;
    int32_t pid;
    int32_t signal_number;
};

/* zygote -> pool */
enum jgi_zygote_event {
    JGI_ZYGOTE_HELLO =
        1,                /* first; behind it `count` of its jobs, each a struct jgi_zygote_job and
                             its name with the NUL, by interface hash; `has_more`: another follows */
    JGI_ZYGOTE_WORKER,    /* a worker waits; with it, by SCM_RIGHTS: its socket, stdout pipe, stderr
                             pipe (read ends),    and for reuse a memfd of one page (struct jgi_claims,
                             shared with the worker) */
    JGI_ZYGOTE_NO_WORKER, /* fork or what it needs failed: `error` is the errno; `count` workers
                             will not come */
    JGI_ZYGOTE_DEATH      /* worker `pid` ended */
};
struct jgi_zygote_report {
    uint32_t event;
    uint32_t protocol; /* HELLO */
    uint32_t count;
    uint32_t is_reuse;        /* WORKER, NO_WORKER */
    uint32_t has_more;        /* HELLO */
    uint32_t started_threads; /* HELLO: a constructor started threads; workers are made by exec */
    int32_t pid;
    int32_t wait_status;     /* DEATH, as of waitpid */
    uint32_t was_alive;      /* DEATH: the PROBE found it alive and killed it */
    int32_t error;           /* NO_WORKER */
    uint64_t cpu_us;         /* DEATH: user + system */
    uint64_t peak_rss_bytes; /* DEATH */
};

/* One job of the program, as annotated. */
struct jgi_zygote_job {
    uint64_t job; /* interface hash */
    int32_t timeout_ms;
    int32_t retries;
    /* The retry intervals, in ms. */
    uint32_t init_ms, async_init_ms, sync_ms, async_get_ms, async_set_ms, shutdown_ms;
    uint16_t fanout;
    uint8_t is_reuse;
    uint8_t is_idempotent;
    uint32_t name_size; /* with the NUL */
};

/* Serves the pool on `socket_fd` until it ends; forked workers call jgi_worker_serve. Never
 * returns. */
_Noreturn void jgi_zygote_serve(int socket_fd);

#endif
