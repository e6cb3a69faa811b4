/* url.h - what may be fetched, or be told to others to fetch. */
#ifndef COMMON_URL_H
#define COMMON_URL_H

#include <stdbool.h>

#include <ike2/types.h>

enum { URL_ROOM = 1025 };

/* NULL; or what is wrong with it, as in value.h: it is to be of http, or, if that is allowed, of
 * https, of printable ASCII, and shorter than URL_ROOM. */
const char *url_wrong(ike2_bytes url, bool https_too);

#endif
