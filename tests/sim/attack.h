/* sim/attack.h - what the tests of attacks on the protocol's states share: payloads that a hostile
 * but authentic peer says, and how one sees that no harm was done. doc/security-tests.md has the
 * list of the attacks. */
#ifndef SIM_ATTACK_H
#define SIM_ATTACK_H

#include "sim/voice.h"

enum { CHAIN_MAX = 512 };

/* A payload chain that is being written. */
struct chain {
    ike2_writer w;
    uint8_t room[CHAIN_MAX];
};

/* --- Before the attack ---------------------------------------------------------------- */

/* One proposal each for IKE and ESP, so that whoever speaks for a side knows what is chosen; no key
 * exchange for children. */
void attack_setup(struct side *s);
/* cmocka: world_setup, and attack_setup for both. */
int attack_world(void **state);
/* Both have the keys of IKE_SA_INIT, the IKE_AUTH request flies; the network is held. */
void until_auth(struct side *a, struct side *b);

/* --- What is said --------------------------------------------------------------------- */

void chain_begin(struct chain *c);
/* A Child SA of the first template of `s`, which receives on `spi`. */
void chain_child(struct chain *c, const struct side *s, uint32_t spi);
/* SA, nonce and KE: the IKE SA itself, whose new SPI is `spi`; with the KE method of the setup,
 * unless `method` says another one. */
void chain_rekey_sa(struct chain *c, const struct side *s, uint64_t spi, uint16_t method);
void chain_rekey_notify(struct chain *c, uint32_t spi);
void chain_nonce(struct chain *c, uint8_t fill);
void chain_notify(struct chain *c, uint16_t type);
void chain_delete(struct chain *c, uint8_t protocol, const uint32_t *spis, size_t n);
/* In the name of `from`, as the request that `to` expects next. What `from` itself says later goes
 * on from there. */
void say(struct side *from, struct side *to, uint8_t exchange, struct chain *c);
void say_as(struct side *from, struct side *to, struct utterance u, struct chain *c);
/* A message with nothing in it. */
void say_nothing(struct side *from, struct side *to, uint8_t exchange);

/* --- What has come of it -------------------------------------------------------------- */

/* The type of the first error notify in what `to` said to `from` last, taken off the network; 0:
 * there was none in it. Fails if nothing was said. */
uint16_t reply_error(struct side *from);
/* The same for any reply, opened. */
void take_reply(struct side *from, struct heard *out);
/* Nothing was said. */
void expect_silence(struct world *w);
/* The first child of a side, and the pair that it sends on. */
ike2_child_id child_of(const struct side *s);
const struct entry *sending_of(const struct side *s);
/* Both have one SA; each hears the other one's liveness check. */
void expect_talking(struct side *a, struct side *b);

void rekey_sa(struct side *s);
void rekey_child(struct side *s);

#endif
