/* ports.h - the ports that IKE is looked for on. RFC 7296 2.23, RFC 3948, RFC 9329. */
#ifndef DISSECT_PORTS_H
#define DISSECT_PORTS_H

#include <ike2/types.h>

enum { PORTS_EACH = 16 };

/* The standard ones, and what was asked for besides. */
struct ports {
    size_t n_ike, n_natt;
    uint16_t ike[PORTS_EACH];  /* UDP, IKE as it is: 500 */
    uint16_t natt[PORTS_EACH]; /* UDP and TCP, IKE behind a marker, and ESP: 4500 */
};

void ports_init(struct ports *p);
/* False if there is no more room. */
bool ports_add_ike(struct ports *p, uint16_t port);
bool ports_add_natt(struct ports *p, uint16_t port);
/* Is one of the two ports ours? Then `*encap` is how IKE is carried: IKE2_ENCAP_NONE or _UDP. The
 * destination decides if both are. */
bool ports_of_udp(const struct ports *p, uint16_t src, uint16_t dst, uint8_t *encap);
bool ports_of_tcp(const struct ports *p, uint16_t src, uint16_t dst);

#endif
