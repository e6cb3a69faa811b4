/* sa/parcel.h - one message as it goes out: a datagram, or its fragments. Counted, because a
 * retransmission sends the same octets again (RFC 7296 2.1). In front of each datagram there is
 * room for the non-ESP marker, which depends on the path (2.23). */
#ifndef SA_PARCEL_H
#define SA_PARCEL_H

#include "sa/host.h"

enum { MARKER_OCTETS = 4 };

/* The chain of a sealed message, for sealing it anew. */
struct plain {
    size_t size;            /* as acquired; wiped when it is released */
    size_t len;
    uint8_t first;          /* type of its first payload */
    uint8_t octets[];
};

struct parcel {
    size_t size;            /* as acquired */
    uint32_t refs;
    uint32_t n;
    uint8_t exchange, flags;
    uint32_t message_id;
    uint64_t spi_i, spi_r;
    struct plain *plain;    /* NULL: it is never sealed anew */
    uint8_t *room;          /* where the datagrams are */
    size_t len, cap;
    ike2_bytes datagrams[]; /* without marker */
};

/* Room for `n` datagrams of `octets` together; refs 1, or NULL. */
struct parcel *ike2_parcel_new(struct host *host, const ike2_header *header, size_t n,
                               size_t octets);
/* Where the next datagram of at most `*cap` octets goes; then add it. */
uint8_t *ike2_parcel_room(struct parcel *p, size_t *cap);
void ike2_parcel_add(struct parcel *p, ike2_bytes datagram);
/* Without memory for it the parcel does without. */
void ike2_parcel_keep_plain(struct host *host, struct parcel *p, uint8_t first, ike2_bytes inner);
void ike2_parcel_unref(struct host *host, struct parcel *p);

/* What a SEND output is about. */
struct send {
    struct output out;
    struct parcel *parcel;   /* NULL: a NAT keepalive, RFC 3948 2.3 */
    ike2_path path;
    ike2_sa_id sa;
    uint64_t peer_tag;
    ike2_bytes views[];      /* of the datagrams, with their markers */
};

/* Queues `parcel`, of which a reference is taken, or (NULL) a NAT keepalive. On IKE2_ERR_MEMORY
 * nothing happens: a lost datagram. */
ike2_err ike2_send_push(struct host *host, const struct send *what);
/* The public form; the datagrams get their markers here. */
void ike2_send_fill(struct send *s, ike2_send *out);
void ike2_send_free(struct host *host, struct send *s);

#endif
