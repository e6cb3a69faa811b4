/* packets.h - inner packets for tests. */
#ifndef TESTS_PACKETS_H
#define TESTS_PACKETS_H

#include <ike2/types.h>

enum { PACKET_ROOM = 4096 };

struct packet {
    uint8_t octets[PACKET_ROOM];
    size_t len;
};

/* What is zero is as small or as usual as can be. */
struct packet_spec {
    const char *src, *dst;       /* of one family */
    uint8_t protocol;            /* 0 = UDP */
    uint8_t tos;
    uint16_t src_port, dst_port; /* what is written behind the header */
    uint16_t offset;             /* of a fragment, in octets */
    bool dont_fragment;
    size_t len;                  /* of the whole packet; 0 = 64 */
};

void packet_make(struct packet *out, const struct packet_spec *spec);
ike2_bytes packet_view(const struct packet *p);
/* Fails the running test if it is no IPv4 header with a right checksum. */
void packet_expect_checksum(const uint8_t *header);

#endif
