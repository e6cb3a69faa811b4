/* sim/scenario.h - the words in which scenarios are told. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "sim/trial.h"
#include "sim/world.h"

enum kind_of_message { REQUEST, RESPONSE };

/* cmocka: a new world with seed 1 in *state, and its end. */
int world_setup(void **state);
int world_teardown(void **state);
static inline struct side *side_a(void *const *state)
{
    return ((struct world *)*state)->sides[0];
}
static inline struct side *side_b(void *const *state)
{
    return ((struct world *)*state)->sides[1];
}

/* --- What happens --------------------------------------------------------------------- */

/* A side begins an SA with another, over port 500. */
void initiate(struct side *from, const struct side *to);
/* The same, and it comes up with its child within a second. */
void bring_up(struct side *from, struct side *to);
void close_sa(struct side *s);
void drop_sa(struct side *s);
/* The first child of the side. */
void close_child(struct side *s);

/* With a network that is held: the oldest message on the way is this one, and it arrives. */
void passes(struct side *from, struct side *to, uint8_t exchange, enum kind_of_message kind);
/* It is this one, and is lost. */
void loses(struct side *from, struct side *to, uint8_t exchange, enum kind_of_message kind);
void nothing_flies(struct world *w);
/* An unprotected notify, as a response to the request that flies from `to`'s peer: forged. */
void forge_notify(struct side *from, struct side *to, uint16_t type, ike2_bytes data);
/* Any octets, as if from `from`, on the ports 500 or 4500. */
void inject(struct side *from, struct side *to, uint16_t port, ike2_bytes octets);

/* --- What is expected ----------------------------------------------------------------- */

/* Both have one SA that is up, with one child that is up, and the keys fit crosswise. */
void expect_up(struct side *a, struct side *b);
/* Up, without a child. */
void expect_up_without_child(struct side *s);
/* No SA, no child, nothing in the data plane, nothing asked. */
void expect_nothing(struct side *s);
/* The last SA_DOWN, and CHILD_DOWN, said so. */
void expect_sa_down(struct side *s, uint8_t reason, uint16_t notify);
void expect_child_down(struct side *s, uint8_t reason, uint16_t notify);
void expect_events(struct side *s, uint32_t type, size_t n);
/* The record that the event refers to, checked to be this one. */
const struct explained *expect_explained(struct side *s, const struct event *e, const char *name);
ike2_sa_info info_of(struct side *s);
/* The only SA of a side, or its first one. */
ike2_sa_id sa_of_side(const struct side *s);
uint64_t drops(const struct side *s, uint32_t cause);

#endif
