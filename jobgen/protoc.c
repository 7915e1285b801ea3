/* SPDX-License-Identifier: MIT */
/* protoc-c reads and writes files, so it gets a directory of its own; what it says is shown only
 * when it fails, since nobody can do anything about its warnings. */
#include "protoc.h"

#include "arena.h"
#include "command.h"
#include "strbuf.h"
#include "workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct task {
    const char *stem;
    struct workplace place;
    char path[4096 + 256]; /* of a file in it */
};

static const char *file_in(struct task *task, const char *end)
{
    (void)snprintf(task->path, sizeof task->path, "%s/%s%s", task->place.folder, task->stem, end);
    return task->path;
}

static bool complain(struct diag_list *diags, const char *what)
{
    diag_error(diags, (struct location){.file = "protoc-c"}, CHECK_PROTOC, "%s: %s", what,
               strerror(errno));
    return false;
}

static bool write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wxbe");
    if (!file) return false;
    bool is_written = fwrite(text, 1, length, file) == length;
    return fclose(file) == 0 && is_written;
}

/* The exit status; -1 with errno. */
static int run(struct task *task)
{
    char out[4096 + 16], path[4096 + 16], input[4096 + 256], log[4096 + 256];
    (void)snprintf(out, sizeof out, "--c_out=%s", task->place.folder);
    (void)snprintf(path, sizeof path, "--proto_path=%s", task->place.folder);
    (void)snprintf(input, sizeof input, "%s", file_in(task, ".proto"));
    (void)snprintf(log, sizeof log, "%s", file_in(task, ".log"));
    const char *const args[] = {"protoc-c", out, path, input, NULL};
    posix_spawn_file_actions_t actions;
    errno = posix_spawn_file_actions_init(&actions);
    if (errno) return -1;
    errno = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!errno)
        errno =
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (!errno) errno = posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int status = errno ? -1 : command_run(args, &actions), failure = errno;
    (void)posix_spawn_file_actions_destroy(&actions);
    errno = failure;
    return status;
}

static bool run_in(struct task *task, const char *proto, size_t length, struct strbuf *ret_header,
                   struct strbuf *ret_source, struct diag_list *diags)
{
    struct strbuf log = {0};
    if (!write_file(file_in(task, ".proto"), proto, length))
        return complain(diags, "its input cannot be written");
    int status = run(task);
    if (status < 0) return complain(diags, "cannot be run; is protobuf-c-compiler installed?");
    if (status != 0) {
        (void)strbuf_read_file(&log, file_in(task, ".log")); /* then there is less to show */
        diag_error(diags, (struct location){.file = "protoc-c"}, CHECK_PROTOC, "it failed (%d): %s",
                   status, log.text ? log.text : "");
        strbuf_fini(&log);
        return false;
    }
    if (strbuf_read_file(ret_header, file_in(task, ".pb-c.h")) != 0 ||
        strbuf_read_file(ret_source, file_in(task, ".pb-c.c")) != 0)
        return complain(diags, "its output cannot be read");
    return true;
}

const char *protoc_path(struct arena *arena)
{
    const char *folders = getenv("PATH");
    for (size_t length; folders && *folders; folders += length + (folders[length] == ':')) {
        length = strcspn(folders, ":");
        const char *path = arena_printf(arena, "%.*s/protoc-c", (int)length, folders);
        if (access(path, X_OK) == 0) return path;
    }
    return NULL;
}

bool protoc_run(const char *stem, const char *proto, size_t length, struct strbuf *ret_header,
                struct strbuf *ret_source, struct diag_list *diags)
{
    struct task task = {.stem = stem};
    if (!workplace_open(&task.place))
        return complain(diags, "there is no temporary directory for it");
    bool is_done = run_in(&task, proto, length, ret_header, ret_source, diags);
    workplace_close(&task.place);
    return is_done;
}
