/* udp.h - UDP datagrams. RFC 768. */
#ifndef DISSECT_UDP_H
#define DISSECT_UDP_H

#include <ike2/types.h>

struct udp_datagram {
    uint16_t src, dst;
    ike2_bytes payload;
    bool is_cut; /* the payload was longer than the capture has it */
};

/* `is_cut`: the capture has not all of the packet. False if it is malformed, or cut within the
 * header. */
bool udp_read(ike2_bytes octets, bool is_cut, struct udp_datagram *out);

#endif
