/* request.h - what a client asks its server for: addresses inside of the tunnel, and who knows the
 * names there. RFC 7296 2.19, 3.15; RFC 8598. */
#ifndef CLIENT_REQUEST_H
#define CLIENT_REQUEST_H

#include <ike2/message.h>

/* What may be asked for, as a set. */
enum {
    REQUEST_IP4 = 1u << 0,
    REQUEST_IP6 = 1u << 1,
    REQUEST_DNS = 1u << 2,     /* of the families of the addresses */
    REQUEST_DOMAINS = 1u << 3, /* with REQUEST_DNS */
    REQUEST_NBNS = 1u << 4,
    REQUEST_USUAL = REQUEST_IP4 | REQUEST_IP6 | REQUEST_DNS | REQUEST_DOMAINS
};

enum { REQUEST_MAX = 8 };

/* The attributes view `room`: do not copy the structure. */
struct request {
    unsigned what; /* REQUEST_*, OR-ed; 0 = nothing */
    ike2_cfg_attr list[REQUEST_MAX];
    size_t n;
    uint8_t room[2][17];
};

/* "ip4,ip6,dns": adds them. NULL, or what is wrong, as in common/value.h. */
const char *request_add(struct request *r, const char *text);
/* Makes the list; the first of these addresses of each family is the one that we would like. NULL,
 * or what is missing. */
const char *request_make(struct request *r, const ike2_addr *wanted, size_t n);

#endif
