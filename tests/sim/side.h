/* sim/side.h - one integrator: an endpoint, a definition of its peer, and what it does with each
 * output: at once, later, never, or with a no. */
#ifndef SIM_SIDE_H
#define SIM_SIDE_H

#include "endpoint/endpoint.h"
#include "sim/alloc.h"
#include "sim/dataplane.h"
#include "sim/fake_crypto.h"
#include "sim/net.h"
#include "sim/record.h"
#include "sim/roll.h"
#include "sim/setup.h"
#include "sim/traffic.h"

/* What there is to do. */
enum matter {
    ON_PEER, ON_PSK, ON_IDENTITY, ON_CHILD, ON_CONFIG, ON_SPI, /* questions */
    ON_KE, ON_SIGN, ON_VERIFY,                                /* jobs */
    ON_INSTALL, ON_SWITCH, ON_MOVE, ON_REMOVE, ON_RELEASE,    /* those of the data plane */
    MATTERS
};

enum manner { AT_ONCE, LATER, NEVER, REFUSE };

/* How it is done. */
struct plan {
    enum manner manner;
    uint32_t ms;        /* LATER, and REFUSE if not 0 */
    uint16_t notify;    /* REFUSE: what the peer is told; 0 = the library's */
    uint32_t times;     /* REFUSE, NEVER: so often, then AT_ONCE; 0 = always */
};

enum { SIDE_PENDING = 64, SIDE_SENT = 128 };

/* A question to be answered, or a job to be finished. */
struct pending {
    bool is_used;
    enum matter matter;
    ike2_time due;      /* IKE2_TIME_NEVER: never */
    bool refuse;
    uint16_t notify;
    ike2_ask_id ask;
    ike2_sa_id sa;
    ike2_child_id child;
    uint8_t whose;
    ike2_job *job;
};

/* What has been sent: the same message is always the same octets. */
struct sent {
    uint64_t message, octets; /* hashes: what it is called, what it says */
    size_t fragments;
};

struct sent_log {
    struct sent list[SIDE_SENT]; /* the last ones, by number modulo their count */
    size_t n;
};

/* Counters of a side. */
struct side_counts {
    uint64_t sent;              /* SENDs */
    uint64_t datagrams, keepalives;
    uint64_t asked[MATTERS];
    uint64_t stale;             /* answers and jobs that came too late */
    uint64_t asks_cancelled, jobs_cancelled;
    size_t largest;             /* datagram, without IP and UDP headers */
    uint64_t last_message_id;   /* of the last message sent */
};

struct side {
    const char *name;
    struct world *world;
    size_t number;              /* from 1 */
    ike2_addr addr;
    struct fake_crypto fake;
    const ike2_crypto *crypto;  /* the fake one's table unless the test says otherwise */
    struct alloc alloc;
    struct record record;
    struct dataplane dataplane;
    struct roll roll;
    struct traffic traffic;
    struct setup setup;
    struct plan plans[MATTERS];
    struct pending *pending;    /* SIDE_PENDING of them, or more */
    size_t cap_pending;
    struct sent_log sent;
    ike2_endpoint *ep;
    ike2_peer_id peer;
    ike2_sa_id sa;              /* what side_connect began last */
    const ike2_packet *packet;         /* what side_connect_to does it for, or NULL */
    const ike2_child_spec *child_spec; /* the answer to ASK_CHILD */
    const ike2_cfg_attr *config;       /* the answer to ASK_CONFIG */
    size_t n_config;
    /* Does a SIGN or VERIFY job that is not refused; NULL: by the fake provider. */
    void (*prove)(struct side *s, ike2_job *job);
    void *prove_user;
    /* Calls the library between the poll that has brought an output and its use; NULL: nobody. */
    struct { void (*call)(struct side *s, ike2_time now); void *user; } between;
    struct side_counts counts;
    const char *fault;          /* what the library did wrong, or NULL */
};

void side_init(struct side *s, struct world *w, const char *name, unsigned number);
/* Makes the endpoint and defines the peer, if that has not been done. */
ike2_err side_start(struct side *s, ike2_time now);
/* Defines its peer once more, as the setup is now. */
ike2_err side_define(struct side *s, ike2_peer_id *out);
/* Frees the endpoint, and then the jobs that are still out. */
void side_stop(struct side *s);
void side_clear(struct side *s);

ike2_err side_connect_to(struct side *s, ike2_time now, const ike2_addr *remote, uint8_t encap);
/* One datagram in. One of the data plane is traffic_input's. */
void side_input(struct side *s, ike2_time now, const struct packet *p);
/* When it has to do something by itself; then side_on_time. */
ike2_time side_next(const struct side *s);
void side_on_time(struct side *s, ike2_time now);
/* Deals with all outputs. */
void side_drain(struct side *s, ike2_time now);
size_t side_pending(const struct side *s);
ike2_stats side_stats(const struct side *s);

/* --- Between the files of a side ------------------------------------------------------ */

/* A question or a job has come out. */
void side_take(struct side *s, ike2_time now, const ike2_output *out);
void side_settle(struct side *s, ike2_time now, struct pending *p);
void side_cancel(struct side *s, ike2_time now, const ike2_output *out);
/* A message goes out. */
void side_send(struct side *s, ike2_time now, const ike2_output *out);

#endif
