/* sa/host.h - what all SAs of one endpoint share, and the only way for an SA to reach the outside:
 * the provider, the allocator, the queue of outputs, the timers and the names. */
#ifndef SA_HOST_H
#define SA_HOST_H

#include <ike2/info.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "sa/output.h"
#include "trace/trace.h"

/* The endpoint's configuration with every default filled in. */
struct settings {
    ike2_limits limits;
    ike2_retransmit retransmit;
    const ike2_policy *policy; /* NULL = none; else `policy_copy` */
    ike2_policy policy_copy;
    uint16_t nat_port;
    bool ask_spi, answer_unknown;
    ike2_toggle cookie;
    uint32_t offload, ask_ms, job_ms, doubt_ms, half_open_ms, linger_ms, switch_ms;
};

/* Room for one whole message, made with the endpoint: receiving and composing allocate nothing. */
struct room {
    uint8_t *ptr;
    size_t cap;
};

struct host {
    const ike2_crypto *crypto;
    struct mem mem;
    struct tracer tracer;
    struct outputs outputs;
    struct heap timers;
    struct map sas;      /* ike2_sa_id -> struct sa */
    struct map children; /* ike2_child_id -> struct child */
    struct map asks;     /* ike2_ask_id -> struct ask */
    struct map spis;     /* local IKE SPI -> struct sa */
    struct {
        struct map by_spi;  /* hash of initiator SPI and address -> struct sa */
        struct map by_addr; /* hash of an address -> number of half-open SAs */
    } half_open;
    struct map contacts; /* hash of both identities -> the newest struct sa between them */
    struct map esp_spis; /* inbound ESP SPI -> struct pair */
    struct { struct list list; size_t n; } remnants; /* last answers of SAs that have ended */
    struct list jobs;    /* handed out and not yet finished */
    struct settings settings;
    ike2_stats stats;    /* `sas`, `half_open`, `children` are kept here as well */
    struct room in, out;
    uint64_t serial;     /* of all names: never 0, never used twice */
    ike2_time now;       /* of the call in progress */
};

#endif
