/* SPDX-License-Identifier: MIT */
/* The command line of jobd node, its directories, and the environment of its jobs. */
#define _GNU_SOURCE
#include "node_settings.h"

#include "../base/cores.h"
#include "../wire/address.h"
#include "../wire/secret.h"
#include "../worker/scratch.h"
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS_MAX = 1024, WORKERS_DEFAULT = 1024, WORKERS_MAX = 65536 };

/* What is looked at before it is taken. */
struct words {
    const char *name, *store_size, *advertise;
    struct jgi_option_list tags;
};

static bool is_name_letter(int letter)
{
    return isascii(letter) && (isalnum(letter) || letter == '.' || letter == '-' || letter == '_');
}

static bool take_name(struct jgi_node_settings *settings, const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof settings->name) return false;
    for (size_t i = 0; i < length; i++)
        if (!is_name_letter((unsigned char)name[i])) return false;
    memcpy(settings->name, name, length + 1);
    return true;
}

static bool add_tag(struct jgi_node_settings *settings, const char *tag)
{
    size_t used = strlen(settings->tags), room = sizeof settings->tags - used;
    if (tag[0] == '=' || strchr(tag, '=') == NULL) return false;
    for (const char *at = tag; *at != '\0'; at++)
        if (!isgraph((unsigned char)*at) || *at == ',') return false;
    int length = snprintf(settings->tags + used, room, "%s%s", used > 0 ? "," : "", tag);
    return length > 0 && (size_t)length < room;
}

/* HOST:PORT, or a host alone, in brackets or not. */
static bool take_advertise(struct jgi_node_settings *settings, const char *text)
{
    char address[JGI_ADDRESS_MAX + 1], *host = settings->advertised_host;
    unsigned *port = &settings->advertised_port;
    size_t size = strlen(text), brackets = size > 1 && text[0] == '[' && text[size - 1] == ']';
    settings->is_advertised = true;
    if (jgi_address_split(text, host, port)) return host[0] != '\0' && *port != 0;
    if (size > JGI_HOST_MAX) return false;
    memcpy(host, text + brackets, size - 2 * brackets);
    host[size - 2 * brackets] = '\0';
    jgi_address_join(host, 1, address);
    return host[0] != '\0' && jgi_address_split(address, host, &(unsigned){0});
}

/* "500M", "20G": a number and a unit of 1024 bytes, or none. */
static bool take_store_size(struct jgi_node_settings *settings, const char *text)
{
    static const char units[] = "KMGT";
    char *after;
    errno = 0;
    unsigned long long number = strtoull(text, &after, 10);
    const char *unit = *after == '\0' ? NULL : strchr(units, *after);
    int shift = unit == NULL ? 0 : (int)(unit - units + 1) * 10;
    if (*text < '0' || *text > '9' || errno != 0 || number == 0 || number > (1ULL << 60 >> shift) ||
        (*after != '\0' && (unit == NULL || after[1] != '\0')))
        return false;
    settings->store_max = (uint64_t)number << shift;
    return true;
}

/* NULL, or what is wrong. */
static const char *take_words(struct jgi_node_settings *settings, const struct words *words)
{
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    if (!jgi_address_split(settings->address, host, &port) || host[0] == '\0')
        return "--bind-socket takes HOST:PORT, as in [::]:3031";
    if (words->name != NULL && !take_name(settings, words->name))
        return "--name takes up to 63 letters, digits, '.', '-', '_'";
    if (words->advertise != NULL && !take_advertise(settings, words->advertise))
        return "--advertise takes HOST or HOST:PORT, as in 10.0.0.7:3031";
    if (words->store_size != NULL && !take_store_size(settings, words->store_size))
        return "--store-size takes bytes, as in 500M or 20G";
    for (size_t i = 0; i < words->tags.count; i++)
        if (!add_tag(settings, words->tags.texts[i]))
            return "--tag takes KEY=VALUE without commas and spaces, all of them up to 255 bytes";
    return NULL;
}

bool jgi_node_settings_read(int argc, char **argv, struct jgi_node_settings *ret_settings,
                            int *ret_exit)
{
    struct jgi_node_settings *settings = ret_settings;
    struct words words = {0};
    *settings = (struct jgi_node_settings){.address = "[::]:3031",
                                           .slots = jgi_core_count(),
                                           .workers_max = WORKERS_DEFAULT,
                                           .ready_fd = -1};
    const struct jgi_option options[] = {
        {.name = "bind-socket",
         .argument = "HOST:PORT",
         .help = "where to listen (default: [::]:3031); port 0 takes a free\n"
                 "one",
         .text = &settings->address},
        {.name = "name",
         .argument = "NAME",
         .help = "the node's name (default: the host's, and the port)",
         .text = &words.name},
        {.name = "tag",
         .argument = "KEY=VALUE",
         .help = "what is told of the node; may stand several times",
         .list = &words.tags},
        {.name = "slots",
         .argument = "N",
         .help = "executions at once (default: the cores it may use)",
         .number = &settings->slots,
         .number_min = 1,
         .number_max = SLOTS_MAX},
        {.name = "max-workers",
         .argument = "N",
         .help = "processes at once (default: 1024)",
         .number = &settings->workers_max,
         .number_min = 1,
         .number_max = WORKERS_MAX},
        {.name = "store-size",
         .argument = "SIZE",
         .help = "what programs may take of the disk, as in 500M, 20G\n"
                 "(default: 10G, at most half of the disk)",
         .text = &words.store_size},
        {.name = "advertise",
         .argument = "HOST[:PORT]",
         .help = "how callers reach it (default: where it listens)",
         .text = &words.advertise},
        {.name = "open-loopback",
         .help = "serve other users of this machine too",
         .flag = &settings->is_open_loopback},
        {.name = "ready-fd",
         .argument = "N",
         .help = "write a newline to descriptor N once it serves",
         .fd = &settings->ready_fd},
    };
    const struct jgi_command command = {
        .name = "node",
        .usage = "[options] [http://CONTROL:3030/]",
        .help = "Runs jobs for callers, each in a process of its own, and registers with control.\n"
                "Programs come from the callers and are kept in $JOBGEN_CACHE_DIR. Without\n"
                "credentials programs of the same user on this machine are served, nobody else.\n",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument_max = 1,
    };
    struct jgi_arguments arguments;
    if (!jgi_options_read(&command, argc, argv, &arguments, ret_exit) ||
        !jgi_options_control(&command, arguments.texts[0], &settings->control, ret_exit))
        return false;
    const char *wrong = take_words(settings, &words);
    if (wrong == NULL) return true;
    *ret_exit = jgi_complain(JGI_EXIT_USAGE, "node", "%s; see jobd node --help", wrong);
    return false;
}

/* Makes all of the path. False with errno. */
static bool make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_there = mkdir(path, 0755) == 0 || errno == EEXIST;
        *slash = '/';
        if (!is_there) return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* False: the environment names none. */
static bool name_store(char *ret_path, size_t size)
{
    const char *own = getenv("JOBGEN_CACHE_DIR"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length = 0;
    if (own != NULL && own[0] != '\0')
        length = own[0] == '/' ? snprintf(ret_path, size, "%s/programs", own) : 0;
    else if (cache != NULL && cache[0] == '/')
        length = snprintf(ret_path, size, "%s/jobgen/programs", cache);
    else if (home != NULL && home[0] == '/')
        length = snprintf(ret_path, size, "%s/.cache/jobgen/programs", home);
    return length > 0 && (size_t)length < size;
}

static bool fail(int *ret_exit, const char *path)
{
    *ret_exit = jgi_complain(JGI_EXIT_PERMANENT, "node", "the directory %s cannot be made: %s",
                             path, strerror(errno));
    return false;
}

bool jgi_node_settings_prepare(struct jgi_node_settings *settings, int *ret_exit)
{
    char directory[PATH_MAX - 16];
    if (!name_store(settings->store, sizeof settings->store)) {
        *ret_exit = jgi_complain(JGI_EXIT_PERMANENT, "node",
                                 "there is no place for programs: set JOBGEN_CACHE_DIR to a path "
                                 "from / on");
        return false;
    }
    if (!make_directories(settings->store)) return fail(ret_exit, settings->store);
    if (!jgi_secret_directory(directory, sizeof directory)) {
        *ret_exit = jgi_complain(JGI_EXIT_PERMANENT, "node", "XDG_RUNTIME_DIR is too long");
        return false;
    }
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) return fail(ret_exit, directory);
    (void)snprintf(settings->scratch, sizeof settings->scratch, "%s/scratch", directory);
    jgi_scratch_sweep(settings->scratch);
    return true;
}

void jgi_node_settings_name(struct jgi_node_settings *settings, unsigned port)
{
    char host[JGI_NODE_NAME_SIZE - 8] = "";
    if (settings->name[0] != '\0') return;
    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') memcpy(host, "node", 5);
    for (char *at = host; *at != '\0'; at++)
        if (!is_name_letter((unsigned char)*at)) *at = '-';
    (void)snprintf(settings->name, sizeof settings->name, "%s-%u", host, port);
}

char **jgi_node_environment(void)
{
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **environment = calloc(count + 1, sizeof *environment);
    for (size_t i = 0; environment != NULL && i < count; i++)
        if (strncmp(environ[i], "JOBGEN_", 7) != 0 && strncmp(environ[i], "LD_", 3) != 0)
            environment[kept++] = environ[i];
    return environment;
}
