/* tcp.h - TCP segments. RFC 9293 3.1. */
#ifndef DISSECT_TCP_H
#define DISSECT_TCP_H

#include <ike2/types.h>

struct tcp_segment {
    uint16_t src, dst;
    uint32_t sequence; /* of the first octet, or of the SYN */
    bool is_first;     /* SYN */
    ike2_bytes payload;
    bool is_cut; /* the payload was longer than the capture has it */
};

/* `is_cut`: the capture has not all of the packet. False if it is malformed, or cut within the
 * header. */
bool tcp_read(ike2_bytes octets, bool is_cut, struct tcp_segment *out);

#endif
