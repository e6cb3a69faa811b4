/* pair.h - two endpoints in one process, each the other's peer, and memory instead of sockets. The
 * processor time of each side is added up by itself: a side works off all that has arrived for it,
 * then the other one does. */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include "suite.h"
#include "tape.h"

enum { PAIR_AT_A_TIME = 8, DATAGRAM_MAX = 2048, INBOX_SLOTS = 8 * PAIR_AT_A_TIME };

struct datagram {
    ike2_path path; /* as the receiver sees it */
    size_t len;
    uint8_t octets[DATAGRAM_MAX];
};

/* In the order of their arrival. */
struct inbox {
    size_t first, n;
    struct datagram slots[INBOX_SLOTS];
};

/* Since the pair was made. */
struct side_counts {
    uint64_t cpu_ns;           /* in the endpoint, its answers and its jobs */
    unsigned long children;    /* that came up */
    unsigned long sas_down;
    unsigned long datagrams, octets; /* sent */
    unsigned long lost;        /* sent, but too large or too many for an inbox */
    uint8_t reason;            /* of the last SA that went down, IKE2_REASON_* */
};

struct side {
    struct pair *pair;
    size_t number; /* SUITE_INITIATOR, SUITE_RESPONDER */
    ike2_endpoint *ep;
    ike2_peer_id peer; /* the other side */
    ike2_addr addr;
    struct tape *tape; /* signatures that are verified are taken down here; or NULL */
    struct side_counts counts;
    struct inbox inbox;
};

/* It must not be moved; large. */
struct pair {
    const struct suite *suite;
    ike2_x509_policy policy;
    ike2_time now;
    struct side sides[SUITE_SIDES];
};

/* What the endpoints of a pair are made of: per side, NULL for the usual. */
struct pair_means {
    struct tape *tapes[SUITE_SIDES];
    const ike2_mem *mem[SUITE_SIDES];
};

/* NULL: why. */
struct pair *pair_new(const struct suite *suite, const struct pair_means *means,
                      struct problem *why);
/* NULL is allowed. */
void pair_free(struct pair *p);

/* The initiator begins `n` SAs. */
bool pair_connect(struct pair *p, unsigned long n, struct problem *why);
/* Until nothing is on the wire. */
void pair_settle(struct pair *p);
/* Brings up `n` SAs, at most PAIR_AT_A_TIME, with a child each. */
bool pair_establish(struct pair *p, unsigned long n, struct problem *why);
/* All SAs end, on both sides, without a message; not counted as processor time. */
void pair_drop(struct pair *p);

#endif
