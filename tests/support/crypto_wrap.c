/* support/crypto_wrap.c - an instrumented provider table for tests. */
#include "support/crypto_wrap.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *text)
{
    (void)fprintf(stderr, "crypto_wrap: %s\n", text);
    exit(EXIT_FAILURE);
}

/* Counts a call that can fail; is it the one that shall? */
static ike2_err call_begin(struct crypto_wrap *w)
{
    w->n_calls++;
    return w->fail_at != 0 && w->n_calls == w->fail_at ? w->fail_with : IKE2_OK;
}

/* SplitMix64: not secret, but the same everywhere. */
static uint8_t next_octet(struct crypto_wrap *w)
{
    uint64_t z;

    if (w->script.len > 0) {
        w->script.len--;
        return *w->script.ptr++;
    }
    z = w->random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint8_t)(z >> 56 ^ z >> 24);
}

static ike2_err seeded_random(void *user, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = next_octet(user);
    return IKE2_OK;
}

static ike2_err wrap_random(void *user, uint8_t *out, size_t len)
{
    ike2_err err = call_begin(user);

    return err != IKE2_OK ? err : seeded_random(user, out, len);
}

static ike2_err wrap_describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->describe(w->inner->user, t, out);
}

static ike2_err wrap_key_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->key_import(w->inner->user, use, octets, out);
    if (err == IKE2_OK)
        w->keys_alive++;
    return err;
}

static ike2_err wrap_key_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->key_export(w->inner->user, key, out);
}

static void wrap_key_ref(void *user, ike2_key *key)
{
    struct crypto_wrap *w = user;

    w->keys_alive++;
    w->inner->key_ref(w->inner->user, key);
}

static void wrap_key_free(void *user, ike2_key *key)
{
    struct crypto_wrap *w = user;

    if (key != NULL)
        w->keys_alive--;
    w->inner->key_free(w->inner->user, key);
}

static ike2_err wrap_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                          ike2_buffer *out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->hash(w->inner->user, alg, parts, n, out);
}

static ike2_err wrap_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->prf(w->inner->user, args, out);
}

static ike2_err wrap_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->prf_key(w->inner->user, args, out);
    if (err == IKE2_OK)
        w->keys_alive++;
    return err;
}

static ike2_err wrap_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                              size_t n)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->prf_plus(w->inner->user, args, slices, n);
    for (size_t i = 0; err == IKE2_OK && i < n; i++)
        w->keys_alive += slices[i].key != NULL ? 1 : 0;
    return err;
}

static ike2_err wrap_seal(void *user, const ike2_seal_args *args)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->seal(w->inner->user, args);
}

static ike2_err wrap_open(void *user, const ike2_seal_args *args)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->open(w->inner->user, args);
}

static ike2_err wrap_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->ke_start(w->inner->user, method, pub, out);
    if (err == IKE2_OK)
        w->keys_alive++;
    return err;
}

static ike2_err wrap_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub,
                                ike2_buffer *pub, ike2_key **secret)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->ke_respond(w->inner->user, method, peer_pub, pub, secret);
    if (err == IKE2_OK)
        w->keys_alive++;
    return err;
}

static ike2_err wrap_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                               ike2_key **secret)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    if (err == IKE2_OK)
        err = w->inner->ke_finish(w->inner->user, state, peer_pub, secret);
    if (err == IKE2_OK)
        w->keys_alive++;
    return err;
}

static void wrap_ke_free(void *user, ike2_ke_state *state)
{
    struct crypto_wrap *w = user;

    if (state != NULL)
        w->keys_alive--;
    w->inner->ke_free(w->inner->user, state);
}

static ike2_err wrap_sign(void *user, const ike2_key *key, uint16_t scheme,
                          const ike2_bytes *parts, size_t n, ike2_buffer *sig)
{
    struct crypto_wrap *w = user;
    ike2_err err = call_begin(w);

    return err != IKE2_OK ? err : w->inner->sign(w->inner->user, key, scheme, parts, n, sig);
}

static const ike2_crypto wrap_table = {
    .struct_size = sizeof(ike2_crypto),
    .random = wrap_random,
    .describe = wrap_describe,
    .key_import = wrap_key_import,
    .key_export = wrap_key_export,
    .key_ref = wrap_key_ref,
    .key_free = wrap_key_free,
    .hash = wrap_hash,
    .prf = wrap_prf,
    .prf_key = wrap_prf_key,
    .prf_plus = wrap_prf_plus,
    .seal = wrap_seal,
    .open = wrap_open,
    .ke_start = wrap_ke_start,
    .ke_respond = wrap_ke_respond,
    .ke_finish = wrap_ke_finish,
    .ke_free = wrap_ke_free,
    .sign = wrap_sign,
};

void crypto_wrap_init(struct crypto_wrap *w, uint64_t seed)
{
    ike2_mbedtls_config cfg = IKE2_INIT(ike2_mbedtls_config);

    *w = (struct crypto_wrap){ .table = wrap_table, .random_state = seed };
    w->table.user = w;
    cfg.user = w;
    cfg.random = seeded_random;
    if (ike2_mbedtls_new(&cfg, &w->provider) != IKE2_OK)
        die("no provider");
    w->inner = ike2_mbedtls_crypto(w->provider);
}

void crypto_wrap_clear(struct crypto_wrap *w)
{
    if (w->keys_alive != 0)
        die("keys are still alive, or were freed twice");
    ike2_mbedtls_free(w->provider);
    *w = (struct crypto_wrap){ 0 };
}

void crypto_wrap_script(struct crypto_wrap *w, ike2_bytes octets)
{
    w->script = octets;
}

void crypto_wrap_fail_at(struct crypto_wrap *w, uint64_t n, ike2_err err)
{
    w->n_calls = 0;
    w->fail_at = n;
    w->fail_with = err;
}
