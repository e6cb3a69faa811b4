/* mbedtls/spare.h - contexts of mbedTLS that a key of the data plane keeps from one packet to the
 * next, since to make one can take as long as to use it.
 *
 * A context changes while it is used, so it is never shared: a call takes it out of the handle,
 * and puts it back when it is over. A call that finds none, because another thread has it, makes
 * its own; of two that are put back one is freed. Taking and putting are one atomic exchange each,
 * without a lock. */
#ifndef MBEDTLS_SPARE_H
#define MBEDTLS_SPARE_H

#include "mbedtls/engine.h"
#include "mbedtls/mac.h"

struct spare {
    _Atomic(struct engine *) engines[2]; /* to open, to seal */
    _Atomic(struct mac *) mac;
};

/* NULL without memory. */
struct spare *ike2_mbed_spare_new(void);
/* NULL is allowed. */
void ike2_mbed_spare_free(struct spare *s);

/* An engine that belongs to the caller until it gives it back. */
ike2_err ike2_mbed_engine_take(const ike2_key *key, const struct engine_plan *plan,
                               struct engine **out);
void ike2_mbed_engine_give(const ike2_key *key, struct engine *e);

/* Likewise a code of `key`, ready for a message. */
ike2_err ike2_mbed_mac_take(const ike2_key *key, const struct mac_kind *k, struct mac **out);
void ike2_mbed_mac_give(const ike2_key *key, struct mac *m);

#endif
