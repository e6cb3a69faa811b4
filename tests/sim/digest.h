/* sim/digest.h - a hash of what matters in a state: values, names, times, messages. What was drawn
 * at random only matters by being the same elsewhere; it is replaced by the number of its first
 * occurrence. Times count from now on. */
#ifndef SIM_DIGEST_H
#define SIM_DIGEST_H

#include "sa/exchange.h"
#include "sa/ke.h"
#include "sim/scene.h"

enum { NAMES = 128 };

struct digest {
    const struct scene *scene;
    size_t side;           /* whose state is being hashed */
    uint64_t h;
    uint64_t names[NAMES]; /* in the order of their first occurrence */
    size_t n_names;
    bool gives_none;       /* a new name is not noted */
};

void feed(struct digest *d, uint64_t v);
void feed_octets(struct digest *d, const void *octets, size_t len);
void feed_text(struct digest *d, const char *text);
void feed_name(struct digest *d, uint64_t value);
/* ESP SPIs of the two sides may be equal by chance. */
void feed_spi(struct digest *d, size_t owner, uint32_t spi);
void feed_time(struct digest *d, ike2_time at);
/* Of a nonce the first octet says who drew it and what for: sim/scene.c. */
void feed_nonce(struct digest *d, const struct nonce *n);
void feed_ke(struct digest *d, const struct ke_stage *ke);
/* Payloads that `sender` has written. */
void feed_chain(struct digest *d, size_t sender, uint8_t first, ike2_bytes chain);
/* A message, opened; its Message ID counts from `expected`. */
void feed_message(struct digest *d, size_t sender, ike2_bytes octets, uint32_t expected);

#endif
