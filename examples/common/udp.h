/* udp.h - UDP sockets that know both ends of every datagram, as ike2_path wants them: NAT detection
 * (RFC 7296 2.23) compares the local address as well. What returns bool says why not. */
#ifndef COMMON_UDP_H
#define COMMON_UDP_H

#include <ike2/output.h>

#include "problem.h"

enum { UDP_ROOM = 65536, UDP_ADDR_TEXT = 80 };

/* IKE needs two: one of IKE2_ENCAP_NONE (port 500) and one of IKE2_ENCAP_UDP (port 4500). The
 * non-ESP marker of the second is the library's, in both directions. */
struct udp_socket {
    int fd;
    uint8_t encap;   /* IKE2_ENCAP_* */
    ike2_addr local; /* as bound; the address may be zero, "any" */
};

/* A name or a numeric address; `family` is 4, 6 or 0 for either. */
bool udp_resolve(const char *host, uint8_t family, uint16_t port, ike2_addr *out,
                 struct problem *why);
/* All addresses that a name has, best first, at most `cap` of them; 0: why there is none. */
size_t udp_resolve_all(const char *host, uint8_t family, ike2_addr *out, size_t cap,
                       struct problem *why);
/* The local address from which packets to `remote` leave. */
bool udp_source(const ike2_addr *remote, ike2_addr *out, struct problem *why);

/* Does this machine speak IPv6 at all? */
bool udp_has_ipv6(void);

/* Binds the two sockets of IKE to the address of `local`; port 0 takes any free one, which their
 * `local` then tells. After a failure none is open. */
bool udp_open_pair(const ike2_addr *local, uint16_t port, uint16_t natt_port,
                   struct udp_socket pair[2], struct problem *why);
void udp_close(const struct udp_socket *s);

/* One datagram, if one is there: its path, and its octets in `room`. Does not wait. */
bool udp_receive(const struct udp_socket *s, uint8_t *room, size_t cap, ike2_path *path,
                 ike2_bytes *payload);
/* For ESP in the kernel: it takes ESP off port 4500 (RFC 3948), and no IPsec policy is asked about
 * what we send and receive, so that IKE goes beside the tunnels that it makes. */
bool udp_share(const struct udp_socket *s, struct problem *why);
/* From now on ICMP errors are kept for udp_take_error: else nobody learns of them. */
void udp_want_errors(const struct udp_socket *s);
/* One of them: to whom the datagram went, and its errno. */
bool udp_take_error(const struct udp_socket *s, ike2_addr *remote, int *error);
/* Sends all payloads from the address and port that `path` names, by the socket that fits. A
 * datagram that cannot be sent is like one lost on the way: the library sends it again. */
bool udp_send(const struct udp_socket *sockets, size_t n, const ike2_send *send,
              struct problem *why);

/* "192.0.2.1:500" or "[2001:db8::1]:500". */
void udp_addr_text(const ike2_addr *addr, char *text, size_t cap);

#endif
