/* mbedtls/sign.c - signatures: RSA PKCS#1 v1.5 and PSS, ECDSA. RFC 7296 2.15, RFC 4754, RFC 7427,
 * RFC 8017. */
#include <string.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>

#include "base/bytes.h"
#include "mbedtls/ecdsa_value.h"
#include "mbedtls/release.h"
#include "mbedtls/sign.h"

enum sig_form { FORM_PKCS1, FORM_PSS, FORM_RAW, FORM_DER };

struct sig_kind {
    uint16_t scheme; /* IKE2_SIG_* */
    uint16_t hash;   /* IKE2_HASH_* */
    enum sig_form form;
    mbedtls_ecp_group_id group; /* FORM_RAW: the only curve */
};

static const struct sig_kind kinds[] = {
    { IKE2_SIG_RSA_PKCS1_SHA1, IKE2_HASH_SHA1, .form = FORM_PKCS1 },
    { IKE2_SIG_RSA_PKCS1_SHA256, IKE2_HASH_SHA2_256, .form = FORM_PKCS1 },
    { IKE2_SIG_RSA_PKCS1_SHA384, IKE2_HASH_SHA2_384, .form = FORM_PKCS1 },
    { IKE2_SIG_RSA_PKCS1_SHA512, IKE2_HASH_SHA2_512, .form = FORM_PKCS1 },
    { IKE2_SIG_RSA_PSS_SHA256, IKE2_HASH_SHA2_256, .form = FORM_PSS },
    { IKE2_SIG_RSA_PSS_SHA384, IKE2_HASH_SHA2_384, .form = FORM_PSS },
    { IKE2_SIG_RSA_PSS_SHA512, IKE2_HASH_SHA2_512, .form = FORM_PSS },
    /* RFC 4754 1: the method names curve and hash. */
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, IKE2_HASH_SHA2_256, FORM_RAW, MBEDTLS_ECP_DP_SECP256R1 },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, IKE2_HASH_SHA2_384, FORM_RAW, MBEDTLS_ECP_DP_SECP384R1 },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, IKE2_HASH_SHA2_512, FORM_RAW, MBEDTLS_ECP_DP_SECP521R1 },
    /* RFC 7427 A.3: the hash; the curve is the key's. */
    { IKE2_SIG_ECDSA_SHA256_DER, IKE2_HASH_SHA2_256, .form = FORM_DER },
    { IKE2_SIG_ECDSA_SHA384_DER, IKE2_HASH_SHA2_384, .form = FORM_DER },
    { IKE2_SIG_ECDSA_SHA512_DER, IKE2_HASH_SHA2_512, .form = FORM_DER },
};

static const struct sig_kind *kind_of(uint16_t scheme)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].scheme == scheme && ike2_mbed_hash_kind(kinds[i].hash) != NULL)
            return &kinds[i];
    }
    return NULL;
}

/* Octets of r or s, or 0 if the curve is none of ours. */
static size_t number_len(const mbedtls_pk_context *pk)
{
    mbedtls_ecp_group_id group = release_ec_group(pk);

    if (group == MBEDTLS_ECP_DP_SECP256R1)
        return 32;
    if (group == MBEDTLS_ECP_DP_SECP384R1)
        return 48;
    return group == MBEDTLS_ECP_DP_SECP521R1 ? 66 : 0;
}

ike2_err ike2_mbed_pk_check(const mbedtls_pk_context *pk)
{
    bool good = false;

    /* RFC 8247 3.1.1: RSA keys of less than 2048 bits SHOULD NOT be used. */
    if (mbedtls_pk_can_do(pk, MBEDTLS_PK_RSA))
        good = mbedtls_pk_get_bitlen(pk) >= 2048;
    else if (mbedtls_pk_can_do(pk, MBEDTLS_PK_ECDSA))
        good = number_len(pk) != 0;
    return good ? IKE2_OK : IKE2_ERR_UNSUPPORTED;
}

bool ike2_mbed_pk_names_unknown(int ret)
{
    /* mbedTLS adds what a lower layer said, in the low seven bits. */
    int high = -(-ret & ~0x7f);

    return high == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG || high == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE ||
           high == MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Is this a key for the scheme? */
static bool key_fits(const mbedtls_pk_context *pk, const struct sig_kind *k)
{
    switch (k->form) {
    case FORM_PKCS1:
    case FORM_PSS:
        return mbedtls_pk_can_do(pk, MBEDTLS_PK_RSA) != 0;
    case FORM_RAW:
        return mbedtls_pk_can_do(pk, MBEDTLS_PK_ECDSA) != 0 && release_ec_group(pk) == k->group;
    case FORM_DER:
        return mbedtls_pk_can_do(pk, MBEDTLS_PK_ECDSA) != 0;
    }
    return false;
}

/* The digest that is signed, in the forms that mbedTLS takes it. */
struct digest {
    const struct hash_kind *hash;
    uint8_t octets[HASH_OCTETS_MAX];
};

static int digest_of(const struct sig_kind *k, const ike2_bytes *parts, size_t n,
                     struct digest *out)
{
    out->hash = ike2_mbed_hash_kind(k->hash);
    return ike2_mbed_digest(out->hash, parts, n, out->octets);
}

/* RFC 4055 3.1, RFC 7427 A.4.3: the mask is made with the same hash, and the salt is as long. */
static int sign_pss(mbedtls_pk_context *pk, const struct digest *d, struct rng *rng, uint8_t *sig)
{
    mbedtls_rsa_context *rsa = mbedtls_pk_rsa(*pk);

    release_rsa_use_pss(rsa, d->hash->md);
    return mbedtls_rsa_rsassa_pss_sign_ext(rsa, ike2_mbed_rng_fill, rng, d->hash->md, d->hash->len,
                                           d->octets, d->hash->len, sig);
}

/* Writes at most MBEDTLS_PK_SIGNATURE_MAX_SIZE octets. */
static ike2_err sign_digest(mbedtls_pk_context *pk, const struct sig_kind *k,
                            const struct digest *d, struct rng *rng, ike2_buffer *out)
{
    struct pk_signing s = { .md = d->hash->md,
                            .digest = bytes_of(d->octets, d->hash->len),
                            .cap = MBEDTLS_PK_SIGNATURE_MAX_SIZE };
    uint8_t sig[MBEDTLS_PK_SIGNATURE_MAX_SIZE], raw[2 * ECDSA_NUMBER_MAX];
    int ret;

    s.sig = sig;
    if (k->form == FORM_PSS) {
        s.len = mbedtls_pk_get_len(pk);
        ret = sign_pss(pk, d, rng, sig);
    } else {
        ret = release_pk_sign(pk, &s, rng);
    }
    if (ret != 0)
        return ike2_mbed_err(ret);
    if (k->form != FORM_RAW)
        return ike2_mbed_put(out, sig, s.len);
    if (!ike2_mbed_ecdsa_to_raw(bytes_of(sig, s.len), number_len(pk), raw))
        return IKE2_ERR_CRYPTO;
    return ike2_mbed_put(out, raw, 2 * number_len(pk));
}

static ike2_err sign_with(const ike2_key *key, const struct sig_kind *k, const struct digest *d,
                          struct rng *rng, ike2_buffer *out)
{
    ike2_bytes der = { .ptr = key->octets, .len = key->len };
    mbedtls_pk_context pk;
    ike2_err err = IKE2_ERR_CRYPTO;

    mbedtls_pk_init(&pk);
    if (release_pk_parse_key(&pk, der, (ike2_bytes){ 0 }, rng) == 0)
        err = key_fits(&pk, k) ? sign_digest(&pk, k, d, rng, out) : IKE2_ERR_ARGUMENT;
    mbedtls_pk_free(&pk);
    return err;
}

ike2_err ike2_mbed_sign(void *user, const ike2_key *key, uint16_t scheme, const ike2_bytes *parts,
                        size_t n, ike2_buffer *sig)
{
    const struct sig_kind *k = kind_of(scheme);
    struct rng rng = { .m = user };
    struct digest d;
    ike2_err err;

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (key->use != IKE2_USE_SIGN)
        return IKE2_ERR_ARGUMENT;
    err = ike2_mbed_err(digest_of(k, parts, n, &d));
    if (err == IKE2_OK)
        err = sign_with(key, k, &d, &rng, sig);
    ike2_mbed_rng_end(&rng);
    return err;
}

static ike2_err public_key_read(ike2_bytes spki, mbedtls_pk_context *pk)
{
    /* mbedTLS moves the pointer and does not write through it. */
    unsigned char *at = (unsigned char *)(uintptr_t)spki.ptr;
    int ret;

    if (spki.len == 0)
        return IKE2_ERR_MALFORMED;
    ret = mbedtls_pk_parse_subpubkey(&at, at + spki.len, pk);
    if (ret == MBEDTLS_ERR_PK_ALLOC_FAILED)
        return IKE2_ERR_MEMORY;
    if (ret != 0)
        return ike2_mbed_pk_names_unknown(ret) ? IKE2_ERR_UNSUPPORTED : IKE2_ERR_MALFORMED;
    return at == spki.ptr + spki.len ? ike2_mbed_pk_check(pk) : IKE2_ERR_MALFORMED;
}

static bool verify_rsa(mbedtls_pk_context *pk, const struct sig_kind *k, const struct digest *d,
                       ike2_bytes sig)
{
    const mbedtls_pk_rsassa_pss_options pss = { .mgf1_hash_id = d->hash->md,
                                                .expected_salt_len = d->hash->len };
    bool is_pss = k->form == FORM_PSS;

    /* RFC 8017 8.1.2, 8.2.2: a signature of another length is invalid. */
    return sig.len == mbedtls_pk_get_len(pk) &&
           mbedtls_pk_verify_ext(is_pss ? MBEDTLS_PK_RSASSA_PSS : MBEDTLS_PK_RSA,
                                 is_pss ? &pss : NULL, pk, d->hash->md, d->octets, d->hash->len,
                                 sig.ptr, sig.len) == 0;
}

static bool verify_ecdsa(mbedtls_pk_context *pk, const struct sig_kind *k, const struct digest *d,
                         ike2_bytes sig)
{
    uint8_t raw[2 * ECDSA_NUMBER_MAX], der[ECDSA_DER_MAX];
    size_t len = number_len(pk);

    if (k->form == FORM_RAW && sig.len == 2 * len)
        memcpy(raw, sig.ptr, sig.len);
    else if (k->form == FORM_RAW || !ike2_mbed_ecdsa_to_raw(sig, len, raw))
        return false;
    len = ike2_mbed_ecdsa_to_der(bytes_of(raw, 2 * len), der);
    return mbedtls_pk_verify(pk, d->hash->md, d->octets, d->hash->len, der, len) == 0;
}

static ike2_err verify_with(mbedtls_pk_context *pk, const struct sig_kind *k,
                            const struct digest *d, ike2_bytes sig)
{
    bool good;

    /* The peer chose both its key and its scheme. */
    if (!key_fits(pk, k))
        return IKE2_ERR_AUTH;
    good = mbedtls_pk_can_do(pk, MBEDTLS_PK_RSA) ? verify_rsa(pk, k, d, sig)
                                                 : verify_ecdsa(pk, k, d, sig);
    return good ? IKE2_OK : IKE2_ERR_AUTH;
}

ike2_err ike2_mbedtls_verify(ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts, size_t n,
                             ike2_bytes signature)
{
    const struct sig_kind *k = kind_of(scheme);
    mbedtls_pk_context pk;
    struct digest d;
    ike2_err err;

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    mbedtls_pk_init(&pk);
    err = public_key_read(spki, &pk);
    if (err == IKE2_OK)
        err = ike2_mbed_err(digest_of(k, parts, n, &d));
    if (err == IKE2_OK)
        err = verify_with(&pk, k, &d, signature);
    mbedtls_pk_free(&pk);
    return err;
}
