/* SPDX-License-Identifier: MIT */
/* Addresses as text, "host:port" or "[::1]:3030": taken apart, put together, told apart. */
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool read_port(const char *text, unsigned *ret_port)
{
    unsigned port = 0;
    size_t size = strlen(text);
    if (size == 0 || size > 5) return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return false;
        port = port * 10 + (unsigned)(*text - '0');
    }
    if (port > 65535) return false;
    *ret_port = port;
    return true;
}

/* A name of the DNS or numbers: what needs no quoting anywhere. */
static bool is_name(const char *host)
{
    for (; *host != '\0'; host++)
        if (!((*host >= 'a' && *host <= 'z') || (*host >= 'A' && *host <= 'Z') ||
              (*host >= '0' && *host <= '9') || *host == '.' || *host == '-' || *host == '_'))
            return false;
    return true;
}

bool jgi_address_split(const char *text, char ret_host[JGI_HOST_MAX + 1], unsigned *ret_port)
{
    char host[JGI_HOST_MAX + 1];
    const char *colon = strrchr(text, ':');
    if (colon == NULL) return false;
    size_t size = (size_t)(colon - text);
    bool is_bracketed = size >= 2 && text[0] == '[' && text[size - 1] == ']';
    if (is_bracketed) {
        text++;
        size -= 2;
    }
    if (size > JGI_HOST_MAX) return false;
    memcpy(host, text, size);
    host[size] = '\0';
    if (is_bracketed ? !jgi_host_is_ipv6(host) : !is_name(host)) return false;
    if (!read_port(colon + 1, ret_port)) return false;
    memcpy(ret_host, host, size + 1);
    return true;
}

void jgi_address_join(const char *host, unsigned port, char ret_text[JGI_ADDRESS_MAX + 1])
{
    const char *form = strchr(host, ':') == NULL ? "%.*s:%u" : "[%.*s]:%u";
    (void)snprintf(ret_text, JGI_ADDRESS_MAX + 1, form, JGI_HOST_MAX, host, port & 0xffff);
}

bool jgi_host_is_ipv4(const char *host)
{
    struct in_addr address;
    return inet_pton(AF_INET, host, &address) == 1;
}

/* A scope, "fe80::1%eth0", belongs to the machine and not to the address. */
static bool read_ipv6(const char *host, struct in6_addr *ret_address)
{
    char bare[INET6_ADDRSTRLEN];
    size_t size = strcspn(host, "%");
    if (size >= sizeof bare || !is_name(host + size + (host[size] == '%'))) return false;
    memcpy(bare, host, size);
    bare[size] = '\0';
    return inet_pton(AF_INET6, bare, ret_address) == 1;
}

bool jgi_host_is_ipv6(const char *host)
{
    struct in6_addr address;
    return read_ipv6(host, &address);
}

bool jgi_host_is_wildcard(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (*host == '\0') return true;
    if (inet_pton(AF_INET, host, &four) == 1) return four.s_addr == htonl(INADDR_ANY);
    if (!read_ipv6(host, &six)) return false;
    return IN6_IS_ADDR_UNSPECIFIED(&six) ||
           (IN6_IS_ADDR_V4MAPPED(&six) && memcmp(six.s6_addr + 12, "\0\0\0\0", 4) == 0);
}

bool jgi_host_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (strcasecmp(host, "localhost") == 0) return true;
    if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    if (!read_ipv6(host, &six)) return false;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}
