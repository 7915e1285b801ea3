/* SPDX-License-Identifier: MIT */
/* libpcap: nameless parameters, a program that one function allocates and others read, and files
 * that are bytes to the job. */
#include "pcap_jobs.h"

#include "forms.h"

#include <pcap/pcap.h>
#include <stdlib.h>

/* A filter from its text, as pcap_compile_nopcap; the error, if there is one, in `error`.
 *
 * @job
 * @in filter string
 * @out program
 * @out program->bf_insns[program->bf_len] owned
 * @out error string
 */
int compile(const char *filter, bpf_u_int32 netmask, struct bpf_program *program,
            char error[PCAP_ERRBUF_SIZE])
{
    pcap_t *handle = pcap_open_dead(DLT_RAW, 65535);
    struct bpf_program compiled = {0};
    *program = compiled;
    int result = pcap_compile(handle, &compiled, filter, 1, netmask);
    if (result) {
        (void)snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(handle));
    } else {
        size_t size = compiled.bf_len * sizeof *compiled.bf_insns;
        program->bf_insns = malloc(size);
        program->bf_len = program->bf_insns ? compiled.bf_len : 0;
        if (program->bf_insns) memcpy(program->bf_insns, compiled.bf_insns, size);
        pcap_freecode(&compiled);
    }
    pcap_close(handle);
    return result;
}

/* The library's own functions.
 *
 * @job
 * @in arg0[arg1]
 */
int bpf_validate(const struct bpf_insn *, int);

/* @job
 * @in filter->bf_insns[filter->bf_len]
 * @in packet[header->caplen]
 */
int pcap_offline_filter(const struct bpf_program *filter, const struct pcap_pkthdr *header,
                        const u_char *packet);

struct seen {
    struct timeval at;
    uint32_t length;
    u_char from[4];
};

/* The packets in the bytes of a file that pass a filter; -1: the bytes are no such file.
 *
 * @job
 * @in file[size] @in filter->bf_insns[filter->bf_len]
 * @out seen[room] used(return)
 */
int packets(const u_char *file, size_t size, struct bpf_program *filter, struct seen *seen,
            int room)
{
    char error[PCAP_ERRBUF_SIZE];
    FILE *stream = fmemopen((void *)file, size, "r");
    pcap_t *handle = stream ? pcap_fopen_offline(stream, error) : NULL;
    if (!handle) return -1;
    struct pcap_pkthdr *header;
    const u_char *packet;
    int count = 0;
    (void)pcap_setfilter(handle, filter);
    while (count < room && pcap_next_ex(handle, &header, &packet) == 1) {
        seen[count] = (struct seen){header->ts, header->len, {0}};
        memcpy(seen[count++].from, packet + 12, 4);
    }
    pcap_close(handle);
    return count;
}

CALLS(compile, a->filter, a->netmask, a->program, a->error)
CALLS(bpf_validate, a->arg0, a->arg1)
CALLS(pcap_offline_filter, a->filter, a->header, a->packet)
CALLS(packets, a->file, a->size, a->filter, a->seen, a->room)

enum { COUNT = 3, PACKETS = 4 };

/* Packets of IPv4 as such a file has them; the last but one is from elsewhere. */
static const struct {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, most, type;
    struct {
        uint32_t s, us, kept, length;
        u_char bytes[20];
    } packets[PACKETS];
} capture = {0xa1b2c3d4,
             2,
             4,
             0,
             0,
             65535,
             DLT_RAW == 12 ? 101 : DLT_RAW,
             {{1, 10, 20, 20, {0x45, [9] = 6, [12] = 10, 0, 0, 1}},
              {2, 20, 20, 900, {0x45, [9] = 6, [12] = 10, 0, 0, 2}},
              {3, 30, 20, 20, {0x45, [9] = 6, [12] = 192, 168, 0, 1}},
              {4, 40, 20, 20, {0x45, [9] = 6, [12] = 10, 0, 0, 3}}}};

static void filters(enum form form, struct notes *notes)
{
    static const char *const texts[COUNT] = {"src net 10.0.0.0/8", "", "port and"};
    struct bpf_program programs[COUNT];
    char errors[COUNT][PCAP_ERRBUF_SIZE];
    struct compile_args args[COUNT];
    struct compile_result results[COUNT];
    UNSET(programs, form);
    memset(errors, 0, sizeof errors);
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct compile_args){texts[i], PCAP_NETMASK_UNKNOWN, &programs[i], errors[i]};
    compile_calls(form, args, COUNT, results);
    for (int i = 0; i < COUNT; i++) {
        struct bpf_validate_args valid_args = {programs[i].bf_insns, (int)programs[i].bf_len};
        struct bpf_validate_result valid;
        struct pcap_pkthdr header = {.caplen = 20, .len = 20};
        struct pcap_offline_filter_args match_args = {&programs[i], &header,
                                                      capture.packets[2].bytes};
        struct pcap_offline_filter_result match;
        struct seen seen[PACKETS];
        struct packets_args packets_args = {(const u_char *)&capture, sizeof capture, &programs[i],
                                            seen, i ? 2 : PACKETS};
        struct packets_result count;
        EXPECT((results[i].value == 0) == (i < 2) && (errors[i][0] == 0) == (i < 2));
        note(notes, errors[i], strlen(errors[i]));
        if (results[i].value) continue;
        note(notes, programs[i].bf_insns, programs[i].bf_len * sizeof *programs[i].bf_insns);
        bpf_validate_calls(form, &valid_args, 1, &valid);
        pcap_offline_filter_calls(form, &match_args, 1, &match);
        packets_calls(form, &packets_args, 1, &count);
        EXPECT(valid.value && (match.value != 0) == (i == 1));
        EXPECT(count.value == (i == 0 ? 3 : 2) && seen[1].length == 900);
        for (int s = 0; s < count.value; s++) {
            NOTE(notes, seen[s].at);
            NOTE(notes, seen[s].from);
        }
        free(programs[i].bf_insns);
    }
}

int main(void)
{
    static const struct check checks[] = {{"filters", filters}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
