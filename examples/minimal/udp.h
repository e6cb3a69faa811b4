/* udp.h - UDP sockets that know both ends of every datagram, as ike2_path wants them: NAT detection
 * (RFC 7296 2.23) compares the local address as well. */
#ifndef MINIMAL_UDP_H
#define MINIMAL_UDP_H

#include <ike2/output.h>

enum { UDP_ROOM = 65536, UDP_ADDR_TEXT = 80 };

/* IKE needs two: one of IKE2_ENCAP_NONE (port 500) and one of IKE2_ENCAP_UDP (port 4500). The
 * non-ESP marker of the second is the library's, in both directions. */
struct udp_socket {
    int fd;
    uint8_t encap;   /* IKE2_ENCAP_* */
    ike2_addr local; /* as bound; the address may be zero, "any" */
};

/* A name or a numeric address; `family` is 4, 6 or 0 for either. False after a message. */
bool udp_resolve(const char *host, uint8_t family, uint16_t port, ike2_addr *out);
/* The local address from which packets to `remote` leave. False after a message. */
bool udp_source(const ike2_addr *remote, ike2_addr *out);

/* Does this machine speak IPv6 at all? */
bool udp_has_ipv6(void);

/* Binds the two sockets of IKE to the address of `local`; port 0 takes any free one, which their
 * `local` then tells. False after a message, with none open. */
bool udp_open_pair(const ike2_addr *local, uint16_t port, uint16_t natt_port,
                   struct udp_socket pair[2]);
void udp_close(const struct udp_socket *s);

/* One datagram, if one is there: its path, and its octets in `room`. Does not wait. */
bool udp_receive(const struct udp_socket *s, uint8_t *room, size_t cap, ike2_path *path,
                 ike2_bytes *payload);
/* Sends all payloads from the address and port that `send->path` names, by the socket that fits. */
void udp_send(const struct udp_socket *sockets, size_t n, const ike2_send *send);

/* "192.0.2.1:500" or "[2001:db8::1]:500". */
void udp_addr_text(const ike2_addr *addr, char *text, size_t cap);

#endif
