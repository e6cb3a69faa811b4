/* assigned.h - what a server has given us by its Configuration payload. Whatever it sent, only what
 * is right in form and sense is here: it goes on to interfaces, routes and scripts. RFC 7296 3.15,
 * RFC 8598. */
#ifndef CLIENT_ASSIGNED_H
#define CLIENT_ASSIGNED_H

#include <ike2/message.h>

#include "common/domain.h"

enum { ASSIGNED_SERVERS = 8, ASSIGNED_DOMAINS = 16, ASSIGNED_SUBNETS = 16 };

struct assigned_servers {
    ike2_addr list[ASSIGNED_SERVERS];
    size_t n;
};

struct assigned {
    ike2_addr ip4, ip6; /* family 0 = none */
    uint8_t netmask[4]; /* zeros = none */
    uint8_t prefix6;    /* of ip6 */
    struct assigned_servers dns, nbns;
    char domains[ASSIGNED_DOMAINS][DOMAIN_TEXT];
    size_t n_domains;
    ike2_ts subnets[ASSIGNED_SUBNETS];
    size_t n_subnets;
    unsigned ignored; /* attributes that are malformed, or of no use */
};

/* Of several addresses of a family the first one counts; types that are not known do not. */
void assigned_read(struct assigned *a, const ike2_cfg_attr *list, size_t n);
bool assigned_has_address(const struct assigned *a);

#endif
