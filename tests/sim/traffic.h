/* sim/traffic.h - marked packets: what the data plane of a side would carry. Each is sent on the
 * pair that its child sends on, names its SPI and its sequence number, and proves that its sender
 * had the keys. So it is seen whether rekeying loses packets: whatever arrives for an SA that is
 * not installed, or has other keys, is a miss. What the network loses is counted there. RFC 4303
 * 2.1, 2.2, 3.3.3; RFC 7296 2.8. */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include <ike2/ike2.h>

#include "sim/dice.h"

struct packet;
struct side;
struct world;

enum { TRAFFIC_MISSES = 4 };

/* What a data plane does not report: IKE2_REPORT_*. */
enum {
    KEEPS_FIRST_IN = 1 << 0,
    KEEPS_IN = 1 << 1,
    KEEPS_SOURCE = 1 << 2,
    KEEPS_AMOUNTS = 1 << 3 /* BYTES and PACKETS */
};

/* A packet that found no SA. */
struct miss {
    ike2_time at;
    uint32_t spi;
    size_t from, to;  /* numbers of sides */
    const char *why;
};

/* Of one side. The first four are the test's. */
struct traffic {
    uint64_t octets_each;  /* what a packet counts for; 0 = 1000 */
    uint64_t first_number; /* sequence numbers of each pair begin behind this one */
    unsigned keeps;        /* KEEPS_*; 0 = everything is reported */
    uint32_t in_every_ms;  /* REPORT_IN at most so often; 0 = 1 s */
    uint32_t every_ms;     /* between two packets of a child, on average; 0 = there are none */
    ike2_time next_at;
    struct dice dice;
    uint64_t n_sent, n_arrived, n_missed; /* arrived and missed: here, duplicates included */
    struct miss misses[TRAFFIC_MISSES];   /* the first ones */
};

void traffic_init(struct traffic *t, uint64_t seed);
/* From now on each child that has a pair to send on sends a packet every `every_ms`, between half
 * of it and half as much again; 0 = no more. */
void traffic_start(struct side *s, uint32_t every_ms);
/* The same for all sides. */
void traffic_start_all(struct world *w, uint32_t every_ms);
/* One packet of each such child, now. */
void traffic_send(struct side *s);
/* When traffic_on_time is due, or IKE2_TIME_NEVER. */
ike2_time traffic_next(const struct traffic *t);
void traffic_on_time(struct side *s, ike2_time now);
/* One packet in. */
void traffic_input(struct side *s, ike2_time now, const struct packet *p);

/* Misses of all sides. */
uint64_t traffic_missed(const struct world *w);
/* Packets that have been sent, but have neither arrived nor been lost, in any way. */
uint64_t traffic_unaccounted(const struct world *w);
/* Fails the test if a packet has found no SA, and tells of the first ones; or if the sums do not
 * come out even. */
void traffic_expect_whole(const struct world *w);

#endif
