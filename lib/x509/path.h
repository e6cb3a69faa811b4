/* x509/path.h - certificates that are there, and a path through them. RFC 5280 6.1. */
#ifndef X509_PATH_H
#define X509_PATH_H

#include "x509/rules.h"

enum { PATH_DEPTH_MAX = 16, PATH_MAX = PATH_DEPTH_MAX + 2 };

/* All that parsed, received ones and anchors, none twice. */
struct pool {
    const struct certificate *certificates;
    size_t n;
};

/* End entity first, anchor last; a path of one is a trusted end entity. */
struct path {
    const struct certificate *certificates[PATH_MAX];
    size_t len;
};

#endif
