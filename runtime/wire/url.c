/* SPDX-License-Identifier: MIT */
/* Where control is: http://host:3030/. */
#include "url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool fail(char *ret_text, size_t text_size, const char *url, const char *why)
{
    (void)snprintf(ret_text, text_size, "'%.200s' %s", url, why);
    return false;
}

/* What stands between the slashes, with the usual port if it names none. */
static bool read_authority(const char *authority, struct jgi_url *ret_url)
{
    char text[JGI_ADDRESS_MAX + 8];
    const char *bracket = strchr(authority, ']');
    bool has_port = strchr(bracket == NULL ? authority : bracket, ':') != NULL;
    int size = has_port ? snprintf(text, sizeof text, "%s", authority)
                        : snprintf(text, sizeof text, "%s:%d", authority, JGI_CONTROL_PORT);
    return size > 0 && (size_t)size < sizeof text &&
           jgi_address_split(text, ret_url->host, &ret_url->port) && ret_url->host[0] != '\0' &&
           ret_url->port != 0;
}

bool jgi_url_read(const char *text, struct jgi_url *ret_url, char *ret_text, size_t text_size)
{
    static const char scheme[] = "http://", safe_scheme[] = "https://";
    struct jgi_url url;
    char authority[JGI_ADDRESS_MAX + 1];
    if (strncasecmp(text, safe_scheme, sizeof safe_scheme - 1) == 0)
        return fail(ret_text, text_size, text,
                    "needs credentials, which this release has not: write http://HOST:3030/");
    if (strncasecmp(text, scheme, sizeof scheme - 1) != 0)
        return fail(ret_text, text_size, text, "is no URL of control: write http://HOST:3030/");
    const char *start = text + sizeof scheme - 1;
    size_t size = strcspn(start, "/?#");
    if (start[size] != '\0' && strcmp(start + size, "/") != 0)
        return fail(ret_text, text_size, text, "has more than host and port: http://HOST:3030/");
    if (size >= sizeof authority) return fail(ret_text, text_size, text, "has too long a host");
    memcpy(authority, start, size);
    authority[size] = '\0';
    if (!read_authority(authority, &url))
        return fail(ret_text, text_size, text,
                    "has no good host and port: write http://HOST:3030/ or http://[::1]:3030/");
    jgi_address_join(url.host, url.port, url.address);
    *ret_url = url;
    return true;
}
