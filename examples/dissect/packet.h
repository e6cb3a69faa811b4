/* packet.h - one packet of a capture, as it was recorded. */
#ifndef DISSECT_PACKET_H
#define DISSECT_PACKET_H

#include <ike2/types.h>

struct packet {
    uint64_t number; /* from 1 */
    int64_t seconds; /* since 1970, UTC */
    uint32_t microseconds;
    ike2_bytes octets; /* from the link header on */
    size_t wire_len;   /* more than octets.len: the capture has cut it short */
};

#endif
