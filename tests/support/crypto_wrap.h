/* support/crypto_wrap.h - the mbedTLS provider behind an instrumented table: random octets come
 * from a seed or a script, the n-th call that can fail does so, and living keys are counted. For
 * tests on one thread. */
#ifndef SUPPORT_CRYPTO_WRAP_H
#define SUPPORT_CRYPTO_WRAP_H

#include <ike2/crypto.h>
#include <ike2/mbedtls.h>

struct crypto_wrap {
    ike2_crypto table;       /* what the code under test is given */
    const ike2_crypto *inner;
    ike2_mbedtls *provider;
    uint64_t random_state;
    ike2_bytes script;       /* random octets that come before those of the seed */
    uint64_t n_calls;        /* calls that can fail, since the last crypto_wrap_fail_at */
    uint64_t fail_at;        /* the call of this number fails, counted from 1; 0 = none */
    ike2_err fail_with;
    int64_t keys_alive;      /* owners of keys, ke_state counted like a key */
};

/* The same seed gives the same octets, key exchanges included. Ends the test program if there is no
 * provider. */
void crypto_wrap_init(struct crypto_wrap *w, uint64_t seed);
/* Ends the test program if a key is still alive. */
void crypto_wrap_clear(struct crypto_wrap *w);
/* The next random octets are these, which are borrowed until then. */
void crypto_wrap_script(struct crypto_wrap *w, ike2_bytes octets);
/* From now on the n-th call fails with `err`; once. 0 = none. */
void crypto_wrap_fail_at(struct crypto_wrap *w, uint64_t n, ike2_err err);

#endif
