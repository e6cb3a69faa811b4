/* sim/fake_crypto.c - the toy provider: its life, keys, hash and PRF. */
#include "sim/fake_crypto.h"

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

/* --- Digest --------------------------------------------------------------------------- */

void sponge_init(struct sponge *s, uint64_t domain)
{
    s->a = mix(domain ^ UINT64_C(0x243f6a8885a308d3));
    s->b = mix(domain ^ UINT64_C(0x13198a2e03707344));
}

static void sponge_word(struct sponge *s, uint64_t word)
{
    s->a = mix(s->a ^ word);
    s->b = s->a + (s->b << 7 | s->b >> 57) * UINT64_C(0x9e3779b97f4a7c15);
}

/* As if concatenated: how the octets are cut into calls makes no difference. */
void sponge_absorb(struct sponge *s, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sponge_word(s, octets[i] + UINT64_C(0x100));
}

void sponge_inputs(struct sponge *s, const ike2_input *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].key != NULL)
            sponge_absorb(s, list[i].key->octets, list[i].key->len);
        else
            sponge_absorb(s, list[i].octets.ptr, list[i].octets.len);
    }
}

void sponge_squeeze(const struct sponge *s, uint8_t *out, size_t len)
{
    struct dice d = { .state = s->a ^ mix(s->b) };
    uint64_t word = 0;

    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            word = dice_next(&d);
        out[i] = (uint8_t)(word >> 8 * (i % 8));
    }
}

/* --- Calls that can fail -------------------------------------------------------------- */

ike2_err fake_call(struct fake_crypto *f)
{
    f->n_calls++;
    if (f->n_calls > f->n_calls_max)
        f->n_calls_max = f->n_calls;
    return f->n_calls >= f->fail_from && f->n_calls <= f->fail_to ? f->fail_with : IKE2_OK;
}

void fake_crypto_fail(struct fake_crypto *f, uint64_t from, uint64_t to, ike2_err err)
{
    f->n_calls = 0;
    f->fail_from = from;
    f->fail_to = to;
    f->fail_with = err;
}

ike2_err fake_random(void *user, uint8_t *out, size_t len)
{
    struct fake_crypto *f = user;
    ike2_err err = f->random_fails ? IKE2_ERR_CRYPTO : fake_call(f);

    for (size_t i = 0; err == IKE2_OK && i < len; i++) {
        if (f->script.len > 0) {
            f->script.len--;
            out[i] = *f->script.ptr++;
        } else {
            out[i] = (uint8_t)(dice_next(&f->dice) >> 56);
        }
    }
    return err;
}

/* --- Keys ----------------------------------------------------------------------------- */

ike2_err fake_key_of(struct fake_crypto *f, uint16_t use, const uint8_t *octets, size_t len,
                     ike2_key **out)
{
    ike2_key *key = malloc(sizeof *key + len);

    if (key == NULL)
        abort();
    *key = (ike2_key){ .refs = 1, .use = use, .len = len };
    if (len != 0)
        memcpy(key->octets, octets, len);
    f->keys_alive++;
    *out = key;
    return IKE2_OK;
}

static ike2_err key_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out)
{
    ike2_err err = fake_call(user);

    return err != IKE2_OK ? err : fake_key_of(user, use, octets.ptr, octets.len, out);
}

static ike2_err key_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    const struct fake_crypto *f = user;

    if (f->exports_nothing)
        return IKE2_ERR_UNSUPPORTED;
    out->len = key->len;
    if (out->cap < key->len)
        return IKE2_ERR_SPACE;
    memcpy(out->ptr, key->octets, key->len);
    return IKE2_OK;
}

static void key_ref(void *user, ike2_key *key)
{
    struct fake_crypto *f = user;

    f->keys_alive++;
    key->refs++;
}

static void key_free(void *user, ike2_key *key)
{
    struct fake_crypto *f = user;

    if (key == NULL)
        return;
    f->keys_alive--;
    if (--key->refs == 0)
        free(key);
}

/* --- Hash and PRF --------------------------------------------------------------------- */

static size_t hash_octets(uint16_t alg)
{
    switch (alg) {
    case IKE2_HASH_SHA1: return 20;
    case IKE2_HASH_SHA2_256: return 32;
    case IKE2_HASH_SHA2_384: return 48;
    case IKE2_HASH_SHA2_512: return 64;
    }
    return 0;
}

static ike2_err hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n, ike2_buffer *out)
{
    ike2_err err = fake_call(user);
    size_t len = hash_octets(alg);
    struct sponge s;

    if (err == IKE2_OK && len == 0)
        err = IKE2_ERR_UNSUPPORTED;
    if (err == IKE2_OK && out->cap < len)
        err = IKE2_ERR_SPACE;
    if (err != IKE2_OK)
        return err;
    sponge_init(&s, alg);
    for (size_t i = 0; i < n; i++)
        sponge_absorb(&s, parts[i].ptr, parts[i].len);
    sponge_squeeze(&s, out->ptr, len);
    out->len = len;
    return IKE2_OK;
}

static ike2_err prf_begin(void *user, const ike2_prf_args *args, struct sponge *s, size_t *len)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    ike2_err err = fake_describe(user, &args->prf, &info);
    static const uint8_t separator[1] = { 0 };

    if (err != IKE2_OK)
        return err;
    *len = info.out_len;
    sponge_init(s, 0x100u + args->prf.id);
    sponge_inputs(s, args->key, args->n_key);
    sponge_absorb(s, separator, sizeof separator);
    sponge_inputs(s, args->data, args->n_data);
    return IKE2_OK;
}

static ike2_err prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    struct sponge s;
    size_t len;
    ike2_err err = prf_begin(user, args, &s, &len);

    if (err == IKE2_OK && out->cap < len)
        err = IKE2_ERR_SPACE;
    if (err != IKE2_OK)
        return err;
    sponge_squeeze(&s, out->ptr, len);
    out->len = len;
    return IKE2_OK;
}

static ike2_err prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    uint8_t octets[64];
    struct sponge s;
    size_t len;
    ike2_err err = prf_begin(user, args, &s, &len);

    if (err != IKE2_OK)
        return err;
    sponge_squeeze(&s, octets, len);
    return fake_key_of(user, IKE2_USE_PRF, octets, len, out);
}

static ike2_err prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices, size_t n)
{
    enum { STREAM_MAX = 2048 };
    uint8_t stream[STREAM_MAX];
    struct sponge s = { 0 };
    size_t len, at = 0;
    ike2_err err = prf_begin(user, args, &s, &len);

    for (size_t i = 0; i < n; i++)
        slices[i].key = NULL;
    if (err != IKE2_OK)
        return err;
    sponge_squeeze(&s, stream, sizeof stream);
    for (size_t i = 0; i < n; i++) {
        if (slices[i].len > sizeof stream - at)
            abort();
        if (slices[i].len != 0)
            (void)fake_key_of(user, slices[i].use, stream + at, slices[i].len, &slices[i].key);
        at += slices[i].len;
    }
    return IKE2_OK;
}

enum { SIGNATURE_OCTETS = 64 };

static void signature_make(ike2_bytes secret, uint16_t scheme, const ike2_bytes *parts, size_t n,
                           uint8_t out[SIGNATURE_OCTETS])
{
    struct sponge s;

    sponge_init(&s, 0x700u + scheme);
    sponge_absorb(&s, secret.ptr, secret.len);
    for (size_t i = 0; i < n; i++)
        sponge_absorb(&s, parts[i].ptr, parts[i].len);
    sponge_squeeze(&s, out, SIGNATURE_OCTETS);
}

ike2_err fake_sign(void *user, const ike2_key *key, uint16_t scheme, const ike2_bytes *parts,
                   size_t n, ike2_buffer *sig)
{
    ike2_err err = fake_call(user);

    if (err == IKE2_OK && sig->cap < SIGNATURE_OCTETS)
        err = IKE2_ERR_SPACE;
    if (err != IKE2_OK)
        return err;
    signature_make((ike2_bytes){ key->octets, key->len }, scheme, parts, n, sig->ptr);
    sig->len = SIGNATURE_OCTETS;
    return IKE2_OK;
}

bool fake_verify(ike2_bytes cert, uint16_t scheme, const ike2_bytes *parts, size_t n,
                 ike2_bytes sig)
{
    uint8_t expected[SIGNATURE_OCTETS];

    signature_make(cert, scheme, parts, n, expected);
    return sig.len == sizeof expected && memcmp(sig.ptr, expected, sizeof expected) == 0;
}

/* --- Life ----------------------------------------------------------------------------- */

static const ike2_crypto fake_table = {
    .struct_size = sizeof(ike2_crypto),
    .random = fake_random,
    .describe = fake_describe,
    .key_import = key_import,
    .key_export = key_export,
    .key_ref = key_ref,
    .key_free = key_free,
    .hash = hash,
    .prf = prf,
    .prf_key = prf_key,
    .prf_plus = prf_plus,
    .seal = fake_seal,
    .open = fake_open,
    .ke_start = fake_ke_start,
    .ke_respond = fake_ke_respond,
    .ke_finish = fake_ke_finish,
    .ke_free = fake_ke_free,
    .sign = fake_sign,
};

void fake_crypto_init(struct fake_crypto *f, uint64_t seed)
{
    *f = (struct fake_crypto){ .table = fake_table, .dice = { .state = mix(seed) } };
    f->table.user = f;
}

void fake_crypto_clear(struct fake_crypto *f)
{
    free(f->sealed);
    f->sealed = NULL;
    f->n_sealed = f->cap_sealed = 0;
}
