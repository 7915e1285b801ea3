/* SPDX-License-Identifier: MIT */
/* What this process has written itself is mapped already (bulk.h); of other files only the part is,
   so that no more memory is held than for the others who use the file. A file is known by
   its inode and device, which live as long as it is mapped or open. */
#define _GNU_SOURCE
#include "sheet.h"

#include "../base/fd.h"
#include "../base/list.h"
#include "bulk.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

struct jgi_sheet {
    struct jgi_link link;
    struct jgi_file_id id;
    int fd;
    struct jgi_bulk *bulk; /* held; NULL: `map` is its own */
    void *map;
    size_t map_size;
    const uint8_t *bytes;
    unsigned users;
    bool is_released;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct jgi_link sheets = {&sheets, &sheets}; /* locked */

static struct jgi_sheet *find(const struct jgi_file_id *id)
{
    for (struct jgi_link *link = sheets.next; link != &sheets; link = link->next) {
        struct jgi_sheet *sheet = JGI_OWNER(link, struct jgi_sheet, link);
        if (jgi_file_id_is(&sheet->id, id)) return sheet;
    }
    return NULL;
}

/* False: it cannot be mapped. */
static bool map(struct jgi_sheet *sheet, int fd, uint64_t offset, size_t size)
{
    size_t skipped = (size_t)(offset % JGI_BULK_PAGE);
    sheet->bulk = jgi_bulk_hold_memfd(fd, offset + size);
    if (sheet->bulk != NULL) {
        sheet->bytes = sheet->bulk->map + offset;
        return true;
    }
    sheet->map_size = size + skipped;
    sheet->map = mmap(NULL, sheet->map_size, PROT_READ, MAP_SHARED, fd, (off_t)(offset - skipped));
    if (sheet->map == MAP_FAILED) return false;
    sheet->bytes = (const uint8_t *)sheet->map + skipped;
    return true;
}

static void unmap(struct jgi_sheet *sheet)
{
    if (sheet->bulk != NULL)
        jgi_bulk_let_go(sheet->bulk);
    else
        (void)munmap(sheet->map, sheet->map_size); /* cannot fail for what was mapped */
}

struct jgi_sheet *jgi_sheet_open(int fd, uint64_t offset, size_t size)
{
    struct jgi_file_id id;
    uint64_t file_size;
    if (!jgi_fd_hold_size(fd, &file_size) || offset > file_size || size > file_size - offset ||
        !jgi_fd_identify(fd, &id))
        return NULL;
    struct jgi_sheet *sheet = calloc(1, sizeof *sheet);
    if (sheet == NULL) return NULL;
    sheet->id = id;
    sheet->users = 1;
    sheet->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (sheet->fd < 0 || !map(sheet, fd, offset, size)) {
        (void)jgi_fd_close(sheet->fd);
        free(sheet);
        return NULL;
    }
    (void)pthread_mutex_lock(&lock); /* cannot fail for a plain mutex */
    jgi_list_add_last(&sheets, &sheet->link);
    (void)pthread_mutex_unlock(&lock);
    return sheet;
}

struct jgi_sheet *jgi_sheet_hold(struct jgi_sheet *sheet)
{
    (void)pthread_mutex_lock(&lock);
    sheet->users++;
    (void)pthread_mutex_unlock(&lock);
    return sheet;
}

void jgi_sheet_close(void *user)
{
    struct jgi_sheet *sheet = user;
    (void)pthread_mutex_lock(&lock);
    bool is_over = --sheet->users == 0;
    if (is_over) {
        jgi_list_remove(&sheet->link);
        struct jgi_sheet *other = sheet->is_released ? find(&sheet->id) : NULL;
        if (other != NULL) {
            other->is_released = true;
            sheet->is_released = false;
        }
    }
    (void)pthread_mutex_unlock(&lock);
    if (!is_over) return;
    unmap(sheet);
    if (sheet->is_released) jgi_bulk_release(sheet->fd);
    (void)jgi_fd_close(sheet->fd);
    free(sheet);
}

const uint8_t *jgi_sheet_bytes(const struct jgi_sheet *sheet)
{
    return sheet->bytes;
}

void jgi_sheet_release(int fd)
{
    struct jgi_file_id id;
    struct jgi_sheet *sheet = NULL;
    (void)pthread_mutex_lock(&lock);
    if (jgi_fd_identify(fd, &id)) sheet = find(&id);
    if (sheet != NULL) sheet->is_released = true;
    (void)pthread_mutex_unlock(&lock);
    if (sheet == NULL) jgi_bulk_release(fd);
}
