/* dataplane.h - what carries the traffic of Child SAs: one table of functions, and a few
 * implementations of it. A program chooses one by name, hands it the DATAPLANE jobs of its endpoint
 * (ike2/job.h), the ESP datagrams of its sockets, and the descriptors that are readable.
 *
 * Everything happens inside these calls, on the caller's thread; nothing waits. The host's
 * functions are called from within them, and must not call the data plane in turn. */
#ifndef DATAPLANE_DATAPLANE_H
#define DATAPLANE_DATAPLANE_H

#include <ike2/job.h>

#include "fault.h"

/* --- What the host brings --------------------------------------------------------------- */

/* What a data plane notices. A program that does not care leaves `report` NULL. */
enum {
    DATAPLANE_FIRST_IN = 1, /* the peer uses the pair, RFC 7296 2.8 */
    DATAPLANE_SOURCE = 2,   /* authentic ESP comes from `path`, not from where we send to, 2.23 */
    DATAPLANE_SOFT = 3,     /* time to rekey: a lifetime, or few sequence numbers are left */
    DATAPLANE_HARD = 4,     /* the pair sends nothing any more */
    DATAPLANE_ACQUIRE = 5,  /* a packet waits for what `trap` stands for */
    DATAPLANE_IN = 6        /* authentic packets come, 2.4: once a second is enough */
};

struct dataplane_report {
    uint8_t kind;    /* DATAPLANE_* */
    uint32_t spi_in; /* names the pair; 0 with ACQUIRE */
    ike2_child_id child;
    ike2_path path; /* SOURCE: as it came in; else the pair's */
    /* ACQUIRE: which trap, and the packet that wants to pass. */
    uint64_t trap;
    ike2_ts local, remote;
};

struct dataplane_host {
    void *user;                /* first argument of both functions */
    const ike2_crypto *crypto; /* of the endpoint: its keys come from there; outlives all */
    /* Sends one ESP packet as a UDP payload: `path` says by which socket, `tos` is the traffic
     * class of the outer header. To lose one is allowed. */
    void (*send)(void *user, const ike2_path *path, uint8_t tos, ike2_bytes payload);
    void (*report)(void *user, const struct dataplane_report *report);
};

/* Zeroed: the defaults. A data plane takes what it has a use for. */
struct dataplane_config {
    const char *interface_name; /* with %d for a number; NULL = "ike2-%d" */
    uint16_t interface_mtu;     /* 0 = 1400 */
    uint16_t path_mtu;          /* of the way to the peers; 0 = 1500 */
    uint32_t route_table;       /* where routes go; 0 = main, or with a mark as the mark */
    uint32_t mark;              /* SO_MARK of the host's sockets: keeps them out of the tunnel */
    bool no_routes;             /* the host makes routes itself */
    bool copy_tos;              /* DSCP and ECN to the outer header, RFC 6040: only for a host that
                                   tells the outer one of what comes in */
    bool follow_source;         /* answer where authentic ESP comes from, RFC 7296 2.23: only for a
                                   host that is not behind a NAT itself */
};

/* --- What is counted ---------------------------------------------------------------------- */

/* Why packets are dropped: X(name, text). */
#define DATAPLANE_DROP_LIST(X)                                          \
    X(SHORT, "too short for ESP")                                       \
    X(NO_PAIR, "unknown SPI")                                           \
    X(REPLAY, "seen before, or older than the window")                  \
    X(ICV, "wrong checksum")                                            \
    X(CRYPTO, "the crypto provider failed")                             \
    X(PADDING, "padding or next header is not that of a tunnel")        \
    X(DUMMY, "dummy packet")                                            \
    X(INNER, "inner packet is malformed")                               \
    X(SELECTOR, "inner packet is not for this Child SA")                \
    X(ECN, "congestion that the inner packet cannot express")           \
    X(NO_ROUTE, "no Child SA for the packet")                           \
    X(TOO_BIG, "larger than the tunnel takes")                          \
    X(SEQUENCE, "sequence numbers are used up")                         \
    X(DEVICE, "the interface did not take it")

enum dataplane_drop {
#define X(name, text) DATAPLANE_DROP_##name,
    DATAPLANE_DROP_LIST(X)
#undef X
    DATAPLANE_DROPS
};

/* "replay" for DATAPLANE_DROP_REPLAY, and what that means. */
const char *dataplane_drop_name(enum dataplane_drop drop);
const char *dataplane_drop_text(enum dataplane_drop drop);

/* Octets are those of inner packets. */
struct dataplane_counts {
    uint64_t packets_in, octets_in;
    uint64_t packets_out, octets_out;
    uint64_t sequence_out; /* the last one sent; of a pair only */
    uint64_t dropped[DATAPLANE_DROPS];
};

/* --- Traffic before its Child SA ---------------------------------------------------------- */

/* Packets that fit are not sent, but reported (ACQUIRE), until a Child SA carries them. */
struct dataplane_trap {
    uint64_t tag;   /* names it: not 0 */
    ike2_path path; /* of the Child SA to come; `local` may be without an address in tunnel mode */
    bool transport;
    const ike2_ts *ts_local, *ts_remote; /* at least 1 each */
    size_t n_ts_local, n_ts_remote;
};

/* --- The table ---------------------------------------------------------------------------- */

struct dataplane_ops;

/* An open data plane: an implementation's own structure begins with it. */
struct dataplane {
    const struct dataplane_ops *ops;
    struct dataplane_host host;
};

/* Those that can fail return false and say why. `pair` is that of the job. */
struct dataplane_ops {
    const char *name;
    bool gives_spis;  /* the program sets ike2_endpoint_config.ask_spi, and answers with ask_spi */
    bool needs_encap; /* the program sets ike2_peer_config.force_encap */
    bool wants_udp_encap; /* the sockets are the kernel's, too: it takes ESP off port 4500, and what
                             we send is no traffic of a Child SA (udp_share) */

    bool (*open)(const struct dataplane_config *config, const struct dataplane_host *host,
                 struct dataplane **out, struct fault *fault);
    /* Pairs that are left go with it. */
    void (*close)(struct dataplane *d);

    /* Reserves an inbound SPI: it ends in a removal, or in `release`. NULL unless gives_spis. */
    bool (*ask_spi)(struct dataplane *d, const ike2_path *path, uint8_t protocol, uint32_t *spi,
                    struct fault *fault);
    bool (*install)(struct dataplane *d, const ike2_pair *pair, struct fault *fault);
    bool (*switch_out)(struct dataplane *d, const ike2_pair *pair, struct fault *fault);
    bool (*move)(struct dataplane *d, const ike2_pair *pair, struct fault *fault);
    bool (*remove)(struct dataplane *d, const ike2_pair *pair, uint8_t halves, struct fault *fault);
    bool (*release)(struct dataplane *d, const ike2_pair *pair, struct fault *fault);

    /* Gives the inside of the tunnel an address of ours, or takes it away: of a remote access
     * client. */
    bool (*address)(struct dataplane *d, const ike2_addr *address, bool present,
                    struct fault *fault);

    /* The interface that inner packets pass, and its MTU. NULL: there is none. */
    const char *(*interface)(const struct dataplane *d, uint16_t *mtu);

    /* Sets a trap, or removes it. NULL: there are none here. */
    bool (*trap)(struct dataplane *d, const struct dataplane_trap *trap, bool present,
                 struct fault *fault);

    /* A UDP payload that ike2_peek calls IKE2_KIND_ESP; `tos` of its outer header, or 0. */
    void (*datagram_in)(struct dataplane *d, const ike2_path *path, uint8_t tos,
                        ike2_bytes payload);
    /* The descriptors to watch, by index from 0; -1 behind the last one. They stay the same. */
    int (*fd)(const struct dataplane *d, size_t index);
    /* One of them is readable. May leave something to read. */
    void (*readable)(struct dataplane *d, int fd);

    /* Of a pair; with 0, of all that there are and were. False if there is no such pair. */
    bool (*stats)(const struct dataplane *d, uint32_t spi_in, struct dataplane_counts *out);
};

extern const struct dataplane_ops dataplane_none; /* does nothing, and says it is done */
extern const struct dataplane_ops dataplane_tun;  /* ESP in this process, behind a TUN interface */
extern const struct dataplane_ops dataplane_xfrm; /* ESP in the kernel */

/* By name; NULL if there is none. */
const struct dataplane_ops *dataplane_find(const char *name);

/* Does a DATAPLANE job and records the outcome in it; the caller finishes it. Jobs of other kinds
 * are left alone. */
void dataplane_work(struct dataplane *d, ike2_job *job);
/* The same for the task of a job. */
bool dataplane_task(struct dataplane *d, const ike2_lane_task *task, struct fault *fault);
/* The same, with the outcome as a job records it. */
void dataplane_do(struct dataplane *d, const ike2_lane_task *task, ike2_verdict *out);

#endif
