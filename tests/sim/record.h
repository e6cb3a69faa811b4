/* sim/record.h - what one side has seen: its events, and the trace. Every trace record is compared
 * with IKE2_TRACE_LIST. */
#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include <ike2/ike2.h>

enum { RECORD_EVENTS = 512, RECORD_TEXT = 640, RECORD_REFUSALS = 16, RECORD_CONFIG = 64 };

struct event {
    uint32_t type; /* IKE2_EVENT_* */
    ike2_time at;
    ike2_sa_id sa;
    ike2_child_id child;
    uint64_t old_spi, new_spi; /* SA_REKEYED: ours */
    uint64_t trace;
    uint16_t notify;
    uint8_t reason;
};

/* A record "policy.*": what the peer wanted, what we would have taken, where the two part. Of
 * "policy.passed_over" the candidate is `offered`, the reason `difference`; of "sa.legacy" the
 * algorithms are `offered`. */
struct explained {
    uint64_t id;
    char name[32], section[32];
    char offered[RECORD_TEXT], accepted[RECORD_TEXT], difference[RECORD_TEXT];
    char peer_change[RECORD_TEXT], our_change[RECORD_TEXT], our_level[32], our_lack[RECORD_TEXT];
    char side[16];
    uint64_t protocol;
    uint64_t n_offered, n_accepted, transform;
    struct {
        uint64_t offered, accepted;
    } nearest, types;
    uint64_t method, scheme;
};

/* An attribute of the last EVENT_CONFIG or ASK_CONFIG. */
struct assigned {
    uint16_t type;
    uint8_t octets[32];
    size_t len;
};

struct record {
    ike2_trace trace;
    struct event events[RECORD_EVENTS];
    size_t n_events;
    struct explained explained[RECORD_REFUSALS]; /* the last ones, by number modulo their count */
    size_t n_explained;
    struct assigned config[RECORD_CONFIG];
    size_t n_config;
    ike2_id asker;    /* of ASK_CONFIG: views `asker_octets` */
    uint8_t asker_octets[64];
    bool replaces;
    char shape[RECORD_TEXT]; /* of the last "peer.init" */
    uint8_t vendor[64];      /* of the last "peer.vendor", as far as it fits */
    size_t vendor_len, n_vendors;
    uint64_t last_id;     /* of a trace record */
    uint64_t n_records;
    uint64_t n_retransmits; /* records "timer.retransmit" */
    const char *fault;    /* what the library did wrong, or NULL */
};

void record_init(struct record *r);
void record_event(struct record *r, ike2_time now, const ike2_output *out);
/* ASK_CONFIG. */
void record_config_ask(struct record *r, const ike2_output *out);
size_t record_count(const struct record *r, uint32_t type);
/* The last event of this type, or NULL. */
const struct event *record_last(const struct record *r, uint32_t type);
/* The trace record with this id, if it was one of the last refusals; else NULL. */
const struct explained *record_explained(const struct record *r, uint64_t id);

#endif
