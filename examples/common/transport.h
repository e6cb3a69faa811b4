/* transport.h - the UDP sockets of a program in its event loop: pairs for IKE (port 500) and for
 * IKE and ESP behind a NAT (port 4500), on one or more local addresses. */
#ifndef COMMON_TRANSPORT_H
#define COMMON_TRANSPORT_H

#include <uv.h>

#include "udp.h"

enum { TRANSPORT_PAIRS_MAX = 16, TRANSPORT_SOCKETS_MAX = 2 * TRANSPORT_PAIRS_MAX };

/* Takes one datagram; `payload` is valid during the call. */
typedef void transport_receiver(void *user, const ike2_path *path, ike2_bytes payload);
/* An ICMP message came back for a datagram to `remote`: `error` is an errno. Anybody can send one.
 */
typedef void transport_refusal(void *user, const ike2_addr *remote, int error);

struct transport {
    uv_loop_t *loop;
    transport_receiver *receive;
    void *user;
    transport_refusal *refused; /* NULL = nobody wants to know; see transport_want_refusals */
    void *refused_user;
    struct udp_socket sockets[TRANSPORT_SOCKETS_MAX];
    uv_poll_t polls[TRANSPORT_SOCKETS_MAX];
    size_t n_sockets, n_polls;
};

/* Binds one more pair; port 0 is any free one. Before transport_start. */
bool transport_open(struct transport *t, const ike2_addr *local, uint16_t port, uint16_t natt_port,
                    struct problem *why);
/* See udp_share, for all sockets. */
bool transport_share(const struct transport *t, struct problem *why);
/* Datagrams go to `receive` from now on. */
bool transport_start(struct transport *t, uv_loop_t *loop, transport_receiver *receive, void *user,
                     struct problem *why);
/* From now on `refused` is told of ICMP errors, on sockets that are open. */
void transport_want_refusals(struct transport *t, transport_refusal *refused, void *user);
/* Sends from the address and port that the path names. False if a datagram was lost here. */
bool transport_send(struct transport *t, const ike2_send *send, struct problem *why);
/* Closes the sockets; the loop must run on until its handles are gone. */
void transport_close(struct transport *t);

#endif
