/* mbedtls/prf.c - PRFs and prf+. RFC 2104, RFC 4434, RFC 4615, RFC 4868, RFC 7296 2.13. */
#include <string.h>

#include <mbedtls/platform_util.h>

#include "base/bytes.h"
#include "mbedtls/mac.h"

static const struct prf_kind {
    uint16_t id; /* IKE2_PRF_* */
    struct mac_kind mac;
} prfs[] = {
#ifdef IKE2_ENABLE_LEGACY
    { IKE2_PRF_HMAC_SHA1, HMAC_KIND(SHA1, 20) },
#endif
    { IKE2_PRF_HMAC_SHA2_256, HMAC_KIND(SHA2_256, 32) },
    { IKE2_PRF_HMAC_SHA2_384, HMAC_KIND(SHA2_384, 48) },
    { IKE2_PRF_HMAC_SHA2_512, HMAC_KIND(SHA2_512, 64) },
    { IKE2_PRF_AES128_XCBC, { .family = MAC_XCBC, .len = XCBC_OCTETS } },
    { IKE2_PRF_AES128_CMAC, { .family = MAC_CMAC, .len = XCBC_OCTETS } },
};

/* NULL if there is none of that name. */
static const struct mac_kind *prf_mac(const ike2_transform *t)
{
    if (t->type != IKE2_TRANSFORM_PRF || t->key_bits != 0)
        return NULL;
    for (size_t i = 0; i < sizeof prfs / sizeof prfs[0]; i++) {
        if (prfs[i].id == t->id)
            return ike2_mbed_mac_exists(&prfs[i].mac) ? &prfs[i].mac : NULL;
    }
    return NULL;
}

ike2_err ike2_mbed_prf_describe(const ike2_transform *t, ike2_transform_info *out)
{
    const struct mac_kind *k = prf_mac(t);

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 7296 2.13: the preferred key size of an HMAC PRF is its output's; RFC 4434, RFC 4615: the
     * AES PRFs take 128 bits where keys are made for them. */
    *out = (ike2_transform_info){ .key_len = k->len, .out_len = k->len };
    return IKE2_OK;
}

static int prf_octets(const struct mac_kind *k, const ike2_prf_args *args, uint8_t *out)
{
    struct mac m;
    int ret = ike2_mbed_mac_begin(&m, k, args->key, args->n_key);

    if (ret == 0)
        ret = ike2_mbed_mac_feed(&m, args->data, args->n_data);
    if (ret == 0)
        ret = ike2_mbed_mac_finish(&m, out);
    ike2_mbed_mac_end(&m);
    return ret;
}

ike2_err ike2_mbed_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    const struct mac_kind *k = prf_mac(&args->prf);
    uint8_t octets[HASH_OCTETS_MAX];
    ike2_err err;
    int ret;

    (void)user;
    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    ret = prf_octets(k, args, octets);
    err = ret == 0 ? ike2_mbed_put(out, octets, k->len) : ike2_mbed_err(ret);
    mbedtls_platform_zeroize(octets, sizeof octets);
    return err;
}

ike2_err ike2_mbed_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    const struct mac_kind *k = prf_mac(&args->prf);
    ike2_key *key = NULL;
    ike2_err err;
    int ret;

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = ike2_mbed_key_new(IKE2_USE_PRF, k->len, &key);
    if (err != IKE2_OK)
        return err;
    ret = prf_octets(k, args, key->octets);
    if (ret != 0) {
        ike2_mbed_key_free(user, key);
        return ike2_mbed_err(ret);
    }
    *out = key;
    return IKE2_OK;
}

/* The running prf+ stream. */
struct stream {
    struct mac mac;
    const struct mac_kind *kind;
    const ike2_prf_args *args;
    uint8_t block[HASH_OCTETS_MAX];
    size_t left;    /* octets of `block` not yet taken */
    uint8_t number; /* of `block`; 0 before the first one */
};

/* RFC 7296 2.13: T1 = prf (K, S | 0x01); Tn = prf (K, T(n-1) | S | n). */
static int stream_next(struct stream *s)
{
    uint8_t number = (uint8_t)(s->number + 1);
    int ret = s->number != 0 ? ike2_mbed_mac_reset(&s->mac) : 0;

    if (ret == 0 && s->number != 0)
        ret = ike2_mbed_mac_update(&s->mac, bytes_of(s->block, s->kind->len));
    if (ret == 0)
        ret = ike2_mbed_mac_feed(&s->mac, s->args->data, s->args->n_data);
    if (ret == 0)
        ret = ike2_mbed_mac_update(&s->mac, bytes_of(&number, 1));
    if (ret == 0)
        ret = ike2_mbed_mac_finish(&s->mac, s->block);
    s->number = number;
    s->left = s->kind->len;
    return ret;
}

static int stream_take(struct stream *s, uint8_t *out, size_t len)
{
    int ret = 0;

    while (len > 0 && ret == 0) {
        size_t some;

        if (s->left == 0)
            ret = stream_next(s);
        some = len < s->left ? len : s->left;
        memcpy(out, s->block + s->kind->len - s->left, some);
        s->left -= some;
        out += some;
        len -= some;
    }
    return ret;
}

/* RFC 7296 2.13: prf+ is not defined beyond 255 times the size of the prf's output. */
static bool stream_is_long_enough(const struct mac_kind *k, const ike2_key_slice *slices, size_t n)
{
    size_t left = (size_t)255 * k->len;

    for (size_t i = 0; i < n; i++) {
        if (slices[i].len > left)
            return false;
        left -= slices[i].len;
    }
    return true;
}

static ike2_err take_slices(struct stream *s, ike2_key_slice *slices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ike2_err err;

        if (slices[i].len == 0)
            continue;
        err = ike2_mbed_key_new(slices[i].use, slices[i].len, &slices[i].key);
        if (err == IKE2_OK)
            err = ike2_mbed_err(stream_take(s, slices[i].key->octets, slices[i].len));
        if (err != IKE2_OK)
            return err;
    }
    return IKE2_OK;
}

ike2_err ike2_mbed_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices, size_t n)
{
    struct stream s = { .kind = prf_mac(&args->prf), .args = args };
    ike2_err err;

    if (s.kind == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (!stream_is_long_enough(s.kind, slices, n))
        return IKE2_ERR_ARGUMENT;
    for (size_t i = 0; i < n; i++)
        slices[i].key = NULL;

    err = ike2_mbed_err(ike2_mbed_mac_begin(&s.mac, s.kind, args->key, args->n_key));
    if (err == IKE2_OK)
        err = take_slices(&s, slices, n);
    for (size_t i = 0; i < n && err != IKE2_OK; i++) {
        ike2_mbed_key_free(user, slices[i].key);
        slices[i].key = NULL;
    }
    ike2_mbed_mac_end(&s.mac);
    mbedtls_platform_zeroize(s.block, sizeof s.block);
    return err;
}
