/* sim/fake_ke.c - the toy provider: Diffie-Hellman modulo 2^61 - 1. A public value is the power,
 * and behind it octets that follow from it, as many as the real method has. */
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "sim/fake_crypto.h"

static const uint64_t PRIME = (UINT64_C(1) << 61) - 1;
enum { GENERATOR = 37, POWER_OCTETS = 8 };

struct ike2_ke_state {
    uint16_t method;
    uint64_t secret;
};

uint32_t fake_ke_octets(uint16_t method)
{
    switch (method) {
    case IKE2_KE_CURVE25519: return 32;
    case IKE2_KE_ECP_256: return 64;
    case IKE2_KE_ECP_384: return 96;
    case IKE2_KE_ECP_521: return 132;
    case IKE2_KE_MODP_2048: return 256;
    case IKE2_KE_MODP_3072: return 384;
    }
    return 0;
}

/* Without a 128-bit type: the multiplier bit by bit. */
static uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    for (; b != 0; b >>= 1) {
        if ((b & 1) != 0)
            sum = (sum + a) % PRIME;
        a = a * 2 % PRIME;
    }
    return sum;
}

static uint64_t power(uint64_t base, uint64_t exponent)
{
    uint64_t out = 1;

    for (base %= PRIME; exponent != 0; exponent >>= 1) {
        if ((exponent & 1) != 0)
            out = multiply(out, base);
        base = multiply(base, base);
    }
    return out;
}

static void value_write(uint16_t method, uint64_t v, uint8_t *out)
{
    struct sponge s;

    for (size_t i = 0; i < POWER_OCTETS; i++)
        out[i] = (uint8_t)(v >> 8 * i);
    sponge_init(&s, 0x500u + method);
    sponge_absorb(&s, out, POWER_OCTETS);
    sponge_squeeze(&s, out + POWER_OCTETS, fake_ke_octets(method) - POWER_OCTETS);
}

/* RFC 8031: Curve25519 takes every value. RFC 6989: the others refuse what is none of theirs. */
static bool value_read(uint16_t method, ike2_bytes octets, uint64_t *out)
{
    uint8_t again[512];
    uint64_t v = 0;
    struct sponge s;

    if (octets.len != fake_ke_octets(method))
        return false;
    for (size_t i = POWER_OCTETS; i > 0; i--)
        v = v << 8 | octets.ptr[i - 1];
    value_write(method, v, again);
    *out = v % PRIME;
    if (memcmp(again, octets.ptr, octets.len) == 0)
        return *out > 1;
    sponge_init(&s, 0x600);
    sponge_absorb(&s, octets.ptr, octets.len);
    *out = s.a % PRIME;
    return method == IKE2_KE_CURVE25519;
}

ike2_err fake_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out)
{
    struct fake_crypto *f = user;
    ike2_err err = fake_call(f);
    size_t len = fake_ke_octets(method);
    ike2_ke_state *state;

    if (err == IKE2_OK && len == 0)
        err = IKE2_ERR_UNSUPPORTED;
    if (err == IKE2_OK && pub->cap < len)
        err = IKE2_ERR_SPACE;
    if (err != IKE2_OK)
        return err;
    state = malloc(sizeof *state);
    if (state == NULL)
        abort();
    *state = (ike2_ke_state){ .method = method, .secret = dice_next(&f->dice) | 2 };
    f->keys_alive++;
    value_write(method, power(GENERATOR, state->secret), pub->ptr);
    pub->len = len;
    *out = state;
    return IKE2_OK;
}

ike2_err fake_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub, ike2_key **secret)
{
    struct fake_crypto *f = user;
    ike2_err err = fake_call(f);
    uint8_t shared[512];
    uint64_t v;

    if (err == IKE2_OK && !value_read(state->method, peer_pub, &v))
        err = IKE2_ERR_MALFORMED;
    if (err != IKE2_OK)
        return err;
    value_write(state->method, power(v, state->secret), shared);
    return fake_key_of(f, IKE2_USE_SHARED, shared, fake_ke_octets(state->method), secret);
}

ike2_err fake_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub, ike2_buffer *pub,
                         ike2_key **secret)
{
    (void)user;
    (void)method;
    (void)peer_pub;
    (void)pub;
    (void)secret;
    return IKE2_ERR_UNSUPPORTED;
}

void fake_ke_free(void *user, ike2_ke_state *state)
{
    struct fake_crypto *f = user;

    if (state == NULL)
        return;
    f->keys_alive--;
    free(state);
}
