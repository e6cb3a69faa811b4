/* ends.h - two tunnels without interfaces, `left` and `right`: what one sends is kept, looked at,
 * and handed to the other by the test. */
#ifndef TESTS_ENDS_H
#define TESTS_ENDS_H

#include "dataplane/tunnel.h"
#include "packets.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

enum { END_TOLD = 256 };

struct end {
    struct tunnel tunnel;
    bool is_right;
    /* The last ESP packet that it sent, and how many there were. */
    uint8_t sent[PACKET_ROOM];
    size_t sent_len, n_sent;
    uint8_t sent_tos;
    ike2_path sent_path;
    /* The last inner packet that it delivered, likewise. */
    struct packet delivered;
    size_t n_delivered;
    bool refuses; /* to take inner packets */
    struct dataplane_report report; /* the last one */
    size_t n_reports;
    char told[END_TOLD]; /* changes of routes: "+10.2.0.0/16 " */
};

struct ends {
    struct crypto_wrap wrap;
    struct end left, right;
};

/* `config` may be NULL; of it count path_mtu, may_loop, copy_tos and follow_source. */
void ends_init(struct ends *e, const struct tunnel_config *config);
void ends_clear(struct ends *e);
/* INSTALL, and with `switched` SWITCH, of one pair on both sides. */
void ends_install(struct ends *e, enum test_cipher cipher, uint32_t number, bool switched);

/* A pair as it comes in a job without keys: for SWITCH and REMOVE. */
ike2_pair end_pair(const struct end *e, uint32_t number);
bool end_switch(struct end *e, uint32_t number);
bool end_remove(struct end *e, uint32_t number, uint8_t halves);

/* The host's stack of this end sends a packet of that length to the other one's net. */
void end_outbound(struct end *e, const struct packet_spec *spec);
/* The usual one: 10.1.0.1 to 10.2.0.2, or back. */
struct packet_spec end_packet(const struct end *e);
/* What the other end sent last comes in. */
void end_receive(struct end *e, const struct end *from);
void end_receive_at(struct end *e, const struct end *from, ike2_time now);
/* Counts of the whole tunnel. */
uint64_t end_dropped(const struct end *e, enum dataplane_drop why);

#endif
