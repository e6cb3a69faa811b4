/* environment.h - what a script is told, as vpnc-script knows it: variables that OpenConnect and
 * vpnc have made usual. Nothing of our own environment is in it. */
#ifndef CLIENT_ENVIRONMENT_H
#define CLIENT_ENVIRONMENT_H

#include "assigned.h"
#include "inner.h"

enum { ENVIRONMENT_MAX = 512, ENVIRONMENT_ROOM = 32768 };

/* Do not copy the structure: the list views `room`. */
struct environment {
    char *list[ENVIRONMENT_MAX + 1]; /* "NAME=VALUE", NULL at the end */
    size_t n;
    char room[ENVIRONMENT_ROOM];
    size_t used;
    bool is_full; /* something had no room, and is missing */
};

/* What it is made of; what is not known yet is NULL, an address of no family. */
struct environment_facts {
    const char *reason;
    const ike2_addr *gateway;
    const char *device; /* the interface of the tunnel */
    uint16_t mtu;       /* 0 = none */
    const struct inner *inner;
    const struct assigned *assigned;
    const struct selectors *remote; /* what goes into the tunnel */
};

void environment_make(struct environment *e, const struct environment_facts *f);

#endif
