/* SPDX-License-Identifier: MIT */
/* Addresses and URLs as text: what is one, and what they mean. */
#include <criterion/criterion.h>

#include "wire/address.h"
#include "wire/url.h"

#include <string.h>

Test(address, is_taken_apart_and_put_together)
{
    static const struct {
        const char *text, *host; /* host NULL: refused */
        unsigned port;
    } rows[] = {
        {"[::]:3030", "::", 3030},
        {"[fe80::1%eth0]:1", "fe80::1%eth0", 1},
        {"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80},
        {"127.0.0.1:0", "127.0.0.1", 0},
        {"node-1.example.org:65535", "node-1.example.org", 65535},
        {":3031", "", 3031},
        {"", NULL, 0},
        {"3030", NULL, 0},
        {"host", NULL, 0},
        {"host:", NULL, 0},
        {"host:65536", NULL, 0},
        {"host:999999", NULL, 0},
        {"host:-1", NULL, 0},
        {"host:80 ", NULL, 0},
        {"host: 80", NULL, 0},
        {"::1:3030", NULL, 0}, /* where does the address end? */
        {"[::1]", NULL, 0},
        {"[::1]3030", NULL, 0},
        {"[]:3030", NULL, 0},
        {"[host]:3030", NULL, 0},
        {"[::1%]\x1b]:3030", NULL, 0},
        {"ho st:80", NULL, 0},
        {"ho\nst:80", NULL, 0},
        {"<b>:80", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char host[JGI_HOST_MAX + 1] = "", joined[JGI_ADDRESS_MAX + 1];
        unsigned port = 0;
        bool is_address = jgi_address_split(rows[i].text, host, &port);
        cr_expect_eq(is_address, rows[i].host != NULL, "'%s'", rows[i].text);
        if (!is_address || rows[i].host == NULL) continue;
        cr_expect_str_eq(host, rows[i].host);
        cr_expect_eq(port, rows[i].port);
        jgi_address_join(host, port, joined);
        cr_expect_str_eq(joined, rows[i].text);
    }
}

Test(address, has_a_host_of_255_bytes_at_most)
{
    char text[JGI_HOST_MAX + 10], host[JGI_HOST_MAX + 1];
    unsigned port;
    memset(text, 'a', sizeof text);
    strcpy(text + JGI_HOST_MAX, ":80");
    cr_expect(jgi_address_split(text, host, &port));
    strcpy(text + JGI_HOST_MAX, "a:80");
    cr_expect_not(jgi_address_split(text, host, &port));
}

Test(host, is_loopback_or_wildcard_in_every_form)
{
    static const char *const loopback[] = {
        "localhost", "LOCALHOST", "127.0.0.1", "127.255.3.4", "::1", "0:0::1", "::ffff:127.0.0.1"};
    static const char *const wildcard[] = {"", "0.0.0.0", "::", "0::0", "::ffff:0.0.0.0"};
    static const char *const neither[] = {"128.0.0.1", "10.0.0.1",        "::2",
                                          "fe80::1",   "::ffff:10.1.2.3", "localhost.example.org"};
    for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++) {
        cr_expect(jgi_host_is_loopback(loopback[i]), "%s", loopback[i]);
        cr_expect_not(jgi_host_is_wildcard(loopback[i]), "%s", loopback[i]);
    }
    for (size_t i = 0; i < sizeof wildcard / sizeof *wildcard; i++) {
        cr_expect(jgi_host_is_wildcard(wildcard[i]), "%s", wildcard[i]);
        cr_expect_not(jgi_host_is_loopback(wildcard[i]), "%s", wildcard[i]);
    }
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++) {
        cr_expect_not(jgi_host_is_wildcard(neither[i]), "%s", neither[i]);
        cr_expect_not(jgi_host_is_loopback(neither[i]), "%s", neither[i]);
    }
}

Test(url, names_a_host_and_a_port)
{
    static const struct {
        const char *url, *address; /* address NULL: refused, with `address` in the sentence */
        const char *why;
    } rows[] = {
        {"http://localhost:3030/", "localhost:3030", NULL},
        {"http://localhost", "localhost:3030", NULL},
        {"HTTP://a.example:80", "a.example:80", NULL},
        {"http://[::1]/", "[::1]:3030", NULL},
        {"http://[::1]:4000/", "[::1]:4000", NULL},
        {"https://localhost:3030/", NULL, "credentials"},
        {"localhost:3030", NULL, "http://HOST:3030/"},
        {"", NULL, "http://HOST:3030/"},
        {"ftp://localhost/", NULL, "http://HOST:3030/"},
        {"http://", NULL, "no good host"},
        {"http:///", NULL, "no good host"},
        {"http://:3030/", NULL, "no good host"},
        {"http://host:/", NULL, "no good host"},
        {"http://host:0/", NULL, "no good host"},
        {"http://host:65536/", NULL, "no good host"},
        {"http://::1/", NULL, "no good host"},
        {"http://user@host/", NULL, "no good host"},
        {"http://host/v1", NULL, "more than host and port"},
        {"http://host/?a", NULL, "more than host and port"},
        {"http://host#a", NULL, "more than host and port"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jgi_url url;
        char text[300] = "";
        bool is_url = jgi_url_read(rows[i].url, &url, text, sizeof text);
        cr_expect_eq(is_url, rows[i].address != NULL, "'%s'", rows[i].url);
        if (is_url)
            cr_expect_str_eq(url.address, rows[i].address);
        else
            cr_expect_not_null(strstr(text, rows[i].why), "'%s': %s", rows[i].url, text);
    }
}
