/* mbedtls/hash.c - hashes, HMAC as PRF and as integrity transform, prf+.
 * RFC 2104, RFC 2404, RFC 4868, RFC 7296 2.13. */
#include <string.h>

#include <mbedtls/platform_util.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"

static const struct hash_kind hashes[] = {
    { .id = IKE2_HASH_SHA1, .md = MBEDTLS_MD_SHA1, .len = 20, .block = 64 },
    { .id = IKE2_HASH_SHA2_256, .md = MBEDTLS_MD_SHA256, .len = 32, .block = 64 },
    { .id = IKE2_HASH_SHA2_384, .md = MBEDTLS_MD_SHA384, .len = 48, .block = 128 },
    { .id = IKE2_HASH_SHA2_512, .md = MBEDTLS_MD_SHA512, .len = 64, .block = 128 },
};

static const struct integ_kind integs[] = {
    { .id = IKE2_INTEG_HMAC_SHA1_96, .hash = IKE2_HASH_SHA1, .icv_len = 12 },
    { .id = IKE2_INTEG_HMAC_SHA2_256_128, .hash = IKE2_HASH_SHA2_256, .icv_len = 16 },
    { .id = IKE2_INTEG_HMAC_SHA2_384_192, .hash = IKE2_HASH_SHA2_384, .icv_len = 24 },
    { .id = IKE2_INTEG_HMAC_SHA2_512_256, .hash = IKE2_HASH_SHA2_512, .icv_len = 32 },
};

const struct hash_kind *ike2_mbed_hash_kind(uint16_t id)
{
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        /* A build of mbedTLS may leave hashes out. */
        if (hashes[i].id == id && mbedtls_md_info_from_type(hashes[i].md) != NULL)
            return &hashes[i];
    }
    return NULL;
}

const struct integ_kind *ike2_mbed_integ_kind(const ike2_transform *t)
{
    for (size_t i = 0; i < sizeof integs / sizeof integs[0]; i++) {
        if (integs[i].id == t->id && t->type == IKE2_TRANSFORM_INTEG && t->key_bits == 0)
            return ike2_mbed_hash_kind(integs[i].hash) != NULL ? &integs[i] : NULL;
    }
    return NULL;
}

static const struct hash_kind *prf_hash(const ike2_transform *t)
{
    if (t->type != IKE2_TRANSFORM_PRF || t->key_bits != 0)
        return NULL;
    switch (t->id) {
    case IKE2_PRF_HMAC_SHA1:
        return ike2_mbed_hash_kind(IKE2_HASH_SHA1);
    case IKE2_PRF_HMAC_SHA2_256:
        return ike2_mbed_hash_kind(IKE2_HASH_SHA2_256);
    case IKE2_PRF_HMAC_SHA2_384:
        return ike2_mbed_hash_kind(IKE2_HASH_SHA2_384);
    case IKE2_PRF_HMAC_SHA2_512:
        return ike2_mbed_hash_kind(IKE2_HASH_SHA2_512);
    default:
        return NULL;
    }
}

ike2_err ike2_mbed_prf_describe(const ike2_transform *t, ike2_transform_info *out)
{
    const struct hash_kind *h = prf_hash(t);

    if (h == NULL)
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 7296 2.13: the preferred key size of an HMAC PRF is its output's. */
    *out = (ike2_transform_info){ .key_len = h->len, .out_len = h->len };
    return IKE2_OK;
}

ike2_err ike2_mbed_integ_describe(const ike2_transform *t, ike2_transform_info *out)
{
    const struct integ_kind *k = ike2_mbed_integ_kind(t);

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 4868 2.1.1: the key is as long as the untruncated output. */
    *out = (ike2_transform_info){ .key_len = ike2_mbed_hash_kind(k->hash)->len,
                                  .icv_len = k->icv_len };
    return IKE2_OK;
}

/* mbedtls_md_update or mbedtls_md_hmac_update. */
typedef int update_fn(mbedtls_md_context_t *md, const unsigned char *octets, size_t len);

static ike2_bytes input_octets(const ike2_input *in)
{
    return in->key != NULL ? bytes_of(in->key->octets, in->key->len) : in->octets;
}

static int feed(mbedtls_md_context_t *md, update_fn *update, const ike2_input *in, size_t n)
{
    int ret = 0;

    for (size_t i = 0; i < n && ret == 0; i++) {
        ike2_bytes part = input_octets(&in[i]);

        if (part.len != 0)
            ret = update(md, part.ptr, part.len);
    }
    return ret;
}

/* Ended by mbedtls_md_free, also after a failure. */
static int hash_begin(mbedtls_md_context_t *md, const struct hash_kind *h)
{
    int ret;

    mbedtls_md_init(md);
    ret = mbedtls_md_setup(md, mbedtls_md_info_from_type(h->md), 0);
    return ret == 0 ? mbedtls_md_starts(md) : ret;
}

int ike2_mbed_digest(const struct hash_kind *h, const ike2_bytes *parts, size_t n, uint8_t *out)
{
    mbedtls_md_context_t md;
    int ret = hash_begin(&md, h);

    for (size_t i = 0; i < n && ret == 0; i++) {
        if (parts[i].len != 0)
            ret = mbedtls_md_update(&md, parts[i].ptr, parts[i].len);
    }
    if (ret == 0)
        ret = mbedtls_md_finish(&md, out);
    mbedtls_md_free(&md);
    return ret;
}

/* The key as one string of at most a block: as it is or, if it is longer, its hash (RFC 2104 2). */
static int key_block(const struct hash_kind *h, const ike2_input *key, size_t n, uint8_t *block,
                     size_t *block_len)
{
    mbedtls_md_context_t md;
    size_t len = 0;
    int ret;

    for (size_t i = 0; i < n && len <= h->block; i++) {
        ike2_bytes part = input_octets(&key[i]);

        if (part.len != 0 && part.len <= h->block - len)
            memcpy(block + len, part.ptr, part.len);
        len = part.len <= h->block - len ? len + part.len : (size_t)h->block + 1;
    }
    if (len <= h->block) {
        *block_len = len;
        return 0;
    }
    ret = hash_begin(&md, h);
    if (ret == 0)
        ret = feed(&md, mbedtls_md_update, key, n);
    if (ret == 0)
        ret = mbedtls_md_finish(&md, block);
    mbedtls_md_free(&md);
    *block_len = h->len;
    return ret;
}

int ike2_mbed_hmac_begin(mbedtls_md_context_t *md, const struct hash_kind *h, const ike2_input *key,
                         size_t n)
{
    uint8_t block[HASH_BLOCK_MAX] = { 0 };
    size_t len = 0;
    int ret;

    mbedtls_md_init(md);
    ret = key_block(h, key, n, block, &len);
    if (ret == 0)
        ret = mbedtls_md_setup(md, mbedtls_md_info_from_type(h->md), 1);
    if (ret == 0)
        ret = mbedtls_md_hmac_starts(md, block, len);
    mbedtls_platform_zeroize(block, sizeof block);
    return ret;
}

ike2_err ike2_mbed_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                        ike2_buffer *out)
{
    const struct hash_kind *h = ike2_mbed_hash_kind(alg);
    uint8_t digest[HASH_OCTETS_MAX];
    int ret;

    (void)user;
    if (h == NULL)
        return IKE2_ERR_UNSUPPORTED;
    ret = ike2_mbed_digest(h, parts, n, digest);
    return ret == 0 ? ike2_mbed_put(out, digest, h->len) : ike2_mbed_err(ret);
}

static int prf_octets(const struct hash_kind *h, const ike2_prf_args *args, uint8_t *out)
{
    mbedtls_md_context_t md;
    int ret = ike2_mbed_hmac_begin(&md, h, args->key, args->n_key);

    if (ret == 0)
        ret = feed(&md, mbedtls_md_hmac_update, args->data, args->n_data);
    if (ret == 0)
        ret = mbedtls_md_hmac_finish(&md, out);
    mbedtls_md_free(&md);
    return ret;
}

ike2_err ike2_mbed_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    const struct hash_kind *h = prf_hash(&args->prf);
    uint8_t octets[HASH_OCTETS_MAX];
    ike2_err err;
    int ret;

    (void)user;
    if (h == NULL)
        return IKE2_ERR_UNSUPPORTED;
    ret = prf_octets(h, args, octets);
    err = ret == 0 ? ike2_mbed_put(out, octets, h->len) : ike2_mbed_err(ret);
    mbedtls_platform_zeroize(octets, sizeof octets);
    return err;
}

ike2_err ike2_mbed_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    const struct hash_kind *h = prf_hash(&args->prf);
    ike2_key *key = NULL;
    ike2_err err;
    int ret;

    if (h == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = ike2_mbed_key_new(IKE2_USE_PRF, h->len, &key);
    if (err != IKE2_OK)
        return err;
    ret = prf_octets(h, args, key->octets);
    if (ret != 0) {
        ike2_mbed_key_free(user, key);
        return ike2_mbed_err(ret);
    }
    *out = key;
    return IKE2_OK;
}

/* The running prf+ stream. */
struct stream {
    mbedtls_md_context_t md;
    const struct hash_kind *hash;
    const ike2_prf_args *args;
    uint8_t block[HASH_OCTETS_MAX];
    size_t left;    /* octets of `block` not yet taken */
    uint8_t number; /* of `block`; 0 before the first one */
};

/* RFC 7296 2.13: T1 = prf (K, S | 0x01); Tn = prf (K, T(n-1) | S | n). */
static int stream_next(struct stream *s)
{
    uint8_t number = (uint8_t)(s->number + 1);
    int ret = mbedtls_md_hmac_reset(&s->md);

    if (ret == 0 && s->number != 0)
        ret = mbedtls_md_hmac_update(&s->md, s->block, s->hash->len);
    if (ret == 0)
        ret = feed(&s->md, mbedtls_md_hmac_update, s->args->data, s->args->n_data);
    if (ret == 0)
        ret = mbedtls_md_hmac_update(&s->md, &number, 1);
    if (ret == 0)
        ret = mbedtls_md_hmac_finish(&s->md, s->block);
    s->number = number;
    s->left = s->hash->len;
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
        memcpy(out, s->block + s->hash->len - s->left, some);
        s->left -= some;
        out += some;
        len -= some;
    }
    return ret;
}

/* RFC 7296 2.13: prf+ is not defined beyond 255 times the size of the prf's output. */
static bool stream_is_long_enough(const struct hash_kind *h, const ike2_key_slice *slices, size_t n)
{
    size_t left = (size_t)255 * h->len;

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
    struct stream s = { .hash = prf_hash(&args->prf), .args = args };
    ike2_err err;

    if (s.hash == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (!stream_is_long_enough(s.hash, slices, n))
        return IKE2_ERR_ARGUMENT;
    for (size_t i = 0; i < n; i++)
        slices[i].key = NULL;

    err = ike2_mbed_err(ike2_mbed_hmac_begin(&s.md, s.hash, args->key, args->n_key));
    if (err == IKE2_OK)
        err = take_slices(&s, slices, n);
    for (size_t i = 0; i < n && err != IKE2_OK; i++) {
        ike2_mbed_key_free(user, slices[i].key);
        slices[i].key = NULL;
    }
    mbedtls_md_free(&s.md);
    mbedtls_platform_zeroize(s.block, sizeof s.block);
    return err;
}
