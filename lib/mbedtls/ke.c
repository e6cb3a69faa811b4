/* mbedtls/ke.c - key exchange in two steps. RFC 7296 2.14, RFC 6989.
 *
 * Between the steps only the private octets are kept; the group is built anew for the second, which
 * may run on another thread. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "mbedtls/internal.h"

enum { PRIVATE_MAX = CURVE_SCALAR_MAX };

struct ike2_ke_state {
    uint16_t method; /* IKE2_KE_* */
    uint8_t private[PRIVATE_MAX];
};

struct ke_sizes {
    size_t private, pub, secret;
    bool modp;
};

static ike2_err sizes_of(uint16_t method, struct ke_sizes *out)
{
    struct modp_sizes group;
    struct curve_sizes curve;

    if (ike2_mbed_modp_sizes(method, &group)) {
        *out = (struct ke_sizes){ .private = group.exponent, .pub = group.prime,
                                  .secret = group.prime, .modp = true };
        return IKE2_OK;
    }
    if (!ike2_mbed_curve_sizes(method, &curve))
        return IKE2_ERR_UNSUPPORTED;
    *out = (struct ke_sizes){ .private = curve.scalar, .pub = curve.pub, .secret = curve.secret };
    return IKE2_OK;
}

ike2_err ike2_mbed_ke_describe(const ike2_transform *t, ike2_transform_info *out)
{
    struct ke_sizes sizes;
    ike2_err err = t->key_bits == 0 ? sizes_of(t->id, &sizes) : IKE2_ERR_UNSUPPORTED;

    if (err != IKE2_OK)
        return err;
    *out = (ike2_transform_info){ .pub_i = (uint32_t)sizes.pub, .pub_r = (uint32_t)sizes.pub };
    return IKE2_OK;
}

static ike2_err modp_make(const struct ke_sizes *sizes, struct rng *rng, ike2_ke_state *state,
                          uint8_t *pub)
{
    ike2_bytes exponent = { .ptr = state->private, .len = sizes->private };
    ike2_err err = ike2_mbed_err(ike2_mbed_rng_fill(rng, state->private, sizes->private));

    return err != IKE2_OK
               ? err
               : ike2_mbed_modp_power(state->method, (ike2_bytes){ 0 }, exponent, pub);
}

static ike2_err make(const struct ke_sizes *sizes, struct rng *rng, ike2_ke_state *state,
                     uint8_t *pub)
{
    return sizes->modp ? modp_make(sizes, rng, state, pub)
                       : ike2_mbed_curve_make(state->method, rng, state->private, pub);
}

ike2_err ike2_mbed_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out)
{
    struct rng rng = { .m = user };
    struct ke_sizes sizes;
    ike2_ke_state *state;
    ike2_err err = sizes_of(method, &sizes);

    if (err != IKE2_OK)
        return err;
    if (pub->cap < sizes.pub) {
        pub->len = sizes.pub;
        return IKE2_ERR_SPACE;
    }
    state = calloc(1, sizeof *state);
    if (state == NULL)
        return IKE2_ERR_MEMORY;
    state->method = method;
    err = make(&sizes, &rng, state, pub->ptr);
    ike2_mbed_rng_end(&rng);
    if (err != IKE2_OK) {
        ike2_mbed_ke_free(user, state);
        return err;
    }
    pub->len = sizes.pub;
    *out = state;
    return IKE2_OK;
}

ike2_err ike2_mbed_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub, ike2_buffer *pub,
                              ike2_key **secret)
{
    (void)user;
    (void)method;
    (void)peer_pub;
    (void)pub;
    (void)secret;
    /* mbedTLS has no KEM. */
    return IKE2_ERR_UNSUPPORTED;
}

static ike2_err agree(const struct ke_sizes *sizes, struct rng *rng, const ike2_ke_state *state,
                      ike2_bytes peer_pub, uint8_t *secret)
{
    ike2_bytes exponent = { .ptr = state->private, .len = sizes->private };

    /* RFC 7296 3.4: Key Exchange Data is as long as the prime, or as RFC 5903 and 8031 say. */
    if (peer_pub.len != sizes->pub)
        return IKE2_ERR_MALFORMED;
    return sizes->modp
               ? ike2_mbed_modp_power(state->method, peer_pub, exponent, secret)
               : ike2_mbed_curve_shared(state->method, rng, state->private, peer_pub, secret);
}

ike2_err ike2_mbed_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                             ike2_key **secret)
{
    struct rng rng = { .m = user };
    struct ke_sizes sizes;
    ike2_key *key = NULL;
    ike2_err err = sizes_of(state->method, &sizes);

    if (err == IKE2_OK)
        err = ike2_mbed_key_new(IKE2_USE_SHARED, sizes.secret, &key);
    if (err != IKE2_OK)
        return err;
    err = agree(&sizes, &rng, state, peer_pub, key->octets);
    ike2_mbed_rng_end(&rng);
    if (err != IKE2_OK) {
        ike2_mbed_key_free(user, key);
        return err;
    }
    *secret = key;
    return IKE2_OK;
}

void ike2_mbed_ke_free(void *user, ike2_ke_state *state)
{
    (void)user;
    if (state == NULL)
        return;
    mbedtls_platform_zeroize(state, sizeof *state);
    free(state);
}
