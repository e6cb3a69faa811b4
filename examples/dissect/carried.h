/* carried.h - what a UDP datagram or a frame of a TCP stream carries to or from a port of IKE. */
#ifndef DISSECT_CARRIED_H
#define DISSECT_CARRIED_H

#include "packet.h"

struct carried {
    const struct packet *packet; /* that it came with, or the last one of several */
    ike2_addr src, dst;          /* with ports */
    uint8_t encap;               /* IKE2_ENCAP_* */
    ike2_bytes octets;
    bool is_cut; /* there was more of it */
};

#endif
