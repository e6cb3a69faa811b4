/* cfg_reply.h - the Configuration payload that answers a client's: what was asked for, as far as
 * the connection has it. RFC 7296 2.19, 3.15; RFC 8598. */
#ifndef SERVER_CFG_REPLY_H
#define SERVER_CFG_REPLY_H

#include "common/grant.h"

enum { CFG_REPLY_ATTRIBUTES = 64, CFG_REPLY_ROOM = 1024 };

/* Do not copy the structure: the attributes view `room`, or the grant's texts. */
struct cfg_reply {
    ike2_cfg_attr list[CFG_REPLY_ATTRIBUTES];
    size_t n;
    uint8_t room[CFG_REPLY_ROOM];
    size_t used;
};

/* What a client asks for, and the addresses that it has got: family 0 = none. */
struct cfg_request {
    const ike2_cfg_attr *attrs;
    size_t n;
    ike2_addr ip4, ip6;
};

/* Is there an attribute of this type? */
bool cfg_request_has(const struct cfg_request *q, uint16_t type);
/* The address of this family that the client would like: all zeros if it says none. False if it
 * does not ask for one. */
bool cfg_request_address(const struct cfg_request *q, uint8_t family, ike2_addr *out);

void cfg_reply_make(struct cfg_reply *r, const struct cfg_request *q, const struct grant *g);

#endif
