/* mbedtls/internal.h - what the files of the mbedTLS provider share: the provider object, key
 * handles, one call's randomness, and the describers and leaf functions behind the table.
 *
 * Nothing here is global. Contexts of mbedTLS belong to one call, so that every function may run on
 * any thread at any time; those of packets can be kept for the next one (spare.h). */
#ifndef MBEDTLS_INTERNAL_H
#define MBEDTLS_INTERNAL_H

#include <stdatomic.h>

#include <mbedtls/md.h>

#include <ike2/error.h>
#include <ike2/iana.h>
#include <ike2/mbedtls.h>

struct ike2_mbedtls {
    ike2_crypto table;
    void *random_user;
    ike2_err (*random)(void *user, uint8_t *out, size_t len); /* NULL: entropy and DRBG per call */
};

/* Result of an mbedTLS call as ours. */
ike2_err ike2_mbed_err(int ret);
/* Copies a result into the caller's room; IKE2_ERR_SPACE tells what would be needed. */
ike2_err ike2_mbed_put(ike2_buffer *out, const uint8_t *octets, size_t len);

/* --- random.c ------------------------------------------------------------------ */

struct drbg;

/* The randomness of one call; `.m` is all it needs to begin. Seeded at the first draw, so that a
 * call which draws nothing pays nothing. */
struct rng {
    const struct ike2_mbedtls *m;
    struct drbg *drbg;
};

/* In the form that mbedTLS wants its f_rng; `rng` is a struct rng. */
int ike2_mbed_rng_fill(void *rng, unsigned char *out, size_t len);
void ike2_mbed_rng_end(struct rng *rng);
ike2_err ike2_mbed_random(void *user, uint8_t *out, size_t len);

/* --- key.c --------------------------------------------------------------------- */

struct spare;

struct ike2_key {
    atomic_uint n_owners;
    uint16_t use;        /* IKE2_USE_* */
    struct spare *spare; /* of IKE2_USE_CHILD; else NULL */
    size_t len;
    uint8_t octets[];
};

/* What an input consists of. */
static inline ike2_bytes input_octets(const ike2_input *in)
{
    ike2_bytes octets = in->octets;

    if (in->key != NULL)
        octets = (ike2_bytes){ .ptr = in->key->octets, .len = in->key->len };
    return octets;
}

/* A handle with `len` zero octets, to be filled before it is shown to anybody. */
ike2_err ike2_mbed_key_new(uint16_t use, size_t len, ike2_key **out);
ike2_err ike2_mbed_key_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out);
ike2_err ike2_mbed_key_export(void *user, const ike2_key *key, ike2_buffer *out);
void ike2_mbed_key_ref(void *user, ike2_key *key);
void ike2_mbed_key_free(void *user, ike2_key *key);

/* --- hash.c -------------------------------------------------------------------- */

enum { HASH_OCTETS_MAX = 64, HASH_BLOCK_MAX = 128 };

struct hash_kind {
    uint16_t id; /* IKE2_HASH_* */
    mbedtls_md_type_t md;
    uint16_t len, block;
};

/* NULL if there is none of that name. */
const struct hash_kind *ike2_mbed_hash_kind(uint16_t id);

/* Digest of `parts`; `out` has room for HASH_OCTETS_MAX. */
int ike2_mbed_digest(const struct hash_kind *h, const ike2_bytes *parts, size_t n, uint8_t *out);
/* Ended by mbedtls_md_free, also after a failure. */
int ike2_mbed_hash_begin(mbedtls_md_context_t *md, const struct hash_kind *h);
ike2_err ike2_mbed_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                        ike2_buffer *out);

/* --- mac.c, prf.c -------------------------------------------------------------- */

ike2_err ike2_mbed_integ_describe(const ike2_transform *t, ike2_transform_info *out);
ike2_err ike2_mbed_prf_describe(const ike2_transform *t, ike2_transform_info *out);
ike2_err ike2_mbed_prf(void *user, const ike2_prf_args *args, ike2_buffer *out);
ike2_err ike2_mbed_prf_key(void *user, const ike2_prf_args *args, ike2_key **out);
ike2_err ike2_mbed_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                            size_t n);

/* --- cipher.c ------------------------------------------------------------------ */

ike2_err ike2_mbed_encr_describe(const ike2_transform *t, ike2_transform_info *out);
ike2_err ike2_mbed_seal(void *user, const ike2_seal_args *args);
ike2_err ike2_mbed_open(void *user, const ike2_seal_args *args);

/* --- modexp.c, curve.c, ke.c --------------------------------------------------- */

enum { MODP_OCTETS_MAX = 1024, CURVE_SCALAR_MAX = 66, CURVE_PUBLIC_MAX = 132 };

/* A MODP group: octets of a value, and of a private one; or false. */
struct modp_sizes {
    size_t prime, exponent;
};
bool ike2_mbed_modp_sizes(uint16_t method, struct modp_sizes *out);
/* `base`^`exponent` mod p, left-padded to the prime's length; an empty `base` is the generator.
 * A base outside of 1 < base < p-1 is IKE2_ERR_MALFORMED. */
ike2_err ike2_mbed_modp_power(uint16_t method, ike2_bytes base, ike2_bytes exponent, uint8_t *out);

/* An elliptic curve: octets of a scalar, of a public value and of the shared secret, or false. */
struct curve_sizes {
    size_t scalar, pub, secret;
};
bool ike2_mbed_curve_sizes(uint16_t method, struct curve_sizes *out);
/* A fresh scalar and its public value. */
ike2_err ike2_mbed_curve_make(uint16_t method, struct rng *rng, uint8_t *scalar, uint8_t *pub);
/* The shared secret; IKE2_ERR_MALFORMED if `peer_pub` is no usable point. */
ike2_err ike2_mbed_curve_shared(uint16_t method, struct rng *rng, const uint8_t *scalar,
                                ike2_bytes peer_pub, uint8_t *secret);

ike2_err ike2_mbed_ke_describe(const ike2_transform *t, ike2_transform_info *out);
ike2_err ike2_mbed_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out);
ike2_err ike2_mbed_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub, ike2_buffer *pub,
                              ike2_key **secret);
ike2_err ike2_mbed_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                             ike2_key **secret);
void ike2_mbed_ke_free(void *user, ike2_ke_state *state);

/* --- sign.c -------------------------------------------------------------------- */

ike2_err ike2_mbed_sign(void *user, const ike2_key *key, uint16_t scheme, const ike2_bytes *parts,
                        size_t n, ike2_buffer *sig);

#endif
