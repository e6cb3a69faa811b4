/* sim/ladder.h - what has happened between the sides, as the RFC draws it: who said what to whom,
 * what was lost and what came twice, and what each side had to tell meanwhile. The last of it is
 * kept, and printed when a test fails. */
#ifndef SIM_LADDER_H
#define SIM_LADDER_H

#include <ike2/ike2.h>

enum { LADDER_RUNGS = 200, RUNG_TEXT = 96 };

struct world;

enum rung_kind {
    RUNG_SENT,
    RUNG_ARRIVED,
    RUNG_LOST,
    RUNG_SAID /* by a side: an event, a command; `text` */
};

struct rung {
    enum rung_kind kind;
    ike2_time at;
    uint64_t number;       /* of the datagram; a copy has that of the original */
    bool is_copy;
    ike2_addr from, to;    /* of the datagram; `from` is who said it */
    char text[RUNG_TEXT];
    uint8_t *octets;       /* RUNG_SENT: the datagram */
    size_t len;
};

struct ladder {
    struct rung rungs[LADDER_RUNGS]; /* by number modulo their count */
    uint64_t n, n_datagrams;
};

struct packet;

struct ladder *ladder_new(void);
void ladder_free(struct ladder *l);

/* All of these do nothing without a ladder, NULL. A datagram that is sent gets its number here. */
void ladder_sent(struct ladder *l, ike2_time now, struct packet *p);
void ladder_arrived(struct ladder *l, ike2_time now, const struct packet *p);
void ladder_lost(struct ladder *l, ike2_time now, const struct packet *p);
void ladder_event(struct ladder *l, ike2_time now, const ike2_addr *who, const ike2_output *out);
void ladder_said(struct ladder *l, ike2_time now, const ike2_addr *who, const char *text);

/* To the standard error; `w` knows the names of the sides, and the keys. */
void ladder_print(const struct ladder *l, const struct world *w);

#endif
