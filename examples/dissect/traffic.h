/* traffic.h - the way of a packet: link, IP, fragments, UDP or TCP, IKE or ESP, and what is said of
 * it. */
#ifndef DISSECT_TRAFFIC_H
#define DISSECT_TRAFFIC_H

#include "keys.h"
#include "link.h"
#include "packet.h"
#include "ports.h"
#include "report.h"

struct traffic_config {
    enum link_type link;
    const struct ports *ports;
    const struct keys *keys;
    bool is_verbose;
};

struct traffic;

/* What these refer to has to outlive it. NULL if there is no memory. */
struct traffic *traffic_new(const struct traffic_config *config, struct report *report);
void traffic_free(struct traffic *t);
/* False, with the reason on stderr, if memory or the crypto provider failed. */
bool traffic_packet(struct traffic *t, const struct packet *packet);
/* At the end of the capture: says what is still missing. Returns how many packets were of use. */
uint64_t traffic_end(struct traffic *t);

#endif
