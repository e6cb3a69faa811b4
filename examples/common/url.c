#include "url.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool begins(ike2_bytes url, const char *scheme)
{
    size_t len = strlen(scheme);

    return url.len > len && strncasecmp((const char *)url.ptr, scheme, len) == 0;
}

const char *url_wrong(ike2_bytes url, bool https_too)
{
    if (url.len >= URL_ROOM)
        return "is too long: 1024 octets at most";
    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
            return "has a character that no URL has";
    }
    if (begins(url, "http://") || (https_too && begins(url, "https://")))
        return NULL;
    return "is no URL of http, such as http://pki.example.org/vpn.der";
}
