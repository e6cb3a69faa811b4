/* ip.h - IPv4 and IPv6 packets as a capture has them: perhaps a fragment, perhaps cut short.
 * RFC 791, RFC 8200. Checksums are not looked at: captures are made before they are computed. */
#ifndef DISSECT_IP_H
#define DISSECT_IP_H

#include <ike2/types.h>

struct ip_packet {
    ike2_addr src, dst; /* without ports */
    uint8_t protocol;   /* of the first octet of `payload` */
    ike2_bytes payload;
    bool is_cut; /* the packet was longer than the capture has it */

    bool is_fragment; /* what follows means something only then */
    bool has_more;    /* not the last one */
    uint32_t id;
    size_t offset; /* of `payload` in the whole, in octets */
};

enum ip_outcome {
    IP_OK,
    IP_MALFORMED,
    IP_SHORT /* it ends within the headers */
};

/* `is_cut`: the capture has cut the frame short. `*out` is written with IP_OK only. */
enum ip_outcome ip_read(ike2_bytes octets, bool is_cut, struct ip_packet *out);
/* Steps over the extension headers of an IPv6 packet, up to the upper layer or a fragment header:
 * ip_read has done so; call it again when the fragments have been put together. */
enum ip_outcome ip_extensions(struct ip_packet *p);

#endif
