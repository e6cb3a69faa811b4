/* terms.h - the configuration of an endpoint and the definition of a peer as lines of a journal:
 * all that decides what the library does, without names, without secrets. Of keys it says whether
 * there is one. */
#ifndef COMMON_TERMS_H
#define COMMON_TERMS_H

#include <ike2/config.h>
#include <ike2/endpoint.h>

#include "scroll.h"

/* An endpoint's configuration with what it points to. */
struct endpoint_terms {
    ike2_endpoint_config config;
    ike2_limits limits;
    ike2_retransmit retransmit;
};

/* Copies as far as each structure goes. `crypto`, `mem`, `trace` and `policy` are no part of it. */
void terms_take(struct endpoint_terms *t, const ike2_endpoint_config *given);
void terms_endpoint(struct scroll *s, struct endpoint_terms *t);

/* A copy of this version's size; what it points to stays where it is. */
void terms_peer_take(ike2_peer_config *out, const ike2_peer_config *given);
/* Reading: what it points to stays until scroll_forget, keys are puppets' (witness.h) and given
 * back by terms_peer_clear. */
void terms_peer(struct scroll *s, ike2_peer_config *c);
void terms_peer_clear(const ike2_crypto *puppet, const ike2_peer_config *c);

void terms_path(struct scroll *s, ike2_path *path);
void terms_address(struct scroll *s, ike2_addr *addr);
void terms_selectors(struct scroll *s, const char *name, const ike2_ts **list, size_t *n);
void terms_packet(struct scroll *s, ike2_packet *packet);
void terms_attributes(struct scroll *s, const ike2_cfg_attr **list, size_t *n);

#endif
