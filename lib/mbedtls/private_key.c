/* mbedtls/private_key.c - private keys from PEM or DER. The handle keeps plain DER, whatever form
 * and encryption the text had. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <mbedtls/pkcs12.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/platform_util.h>

#include "mbedtls/release.h"
#include "mbedtls/sign.h"

/* The DER of an RSA key of the largest modulus that mbedTLS takes is below five times its size. */
enum { DER_MAX = 6 * MBEDTLS_MPI_MAX_SIZE };

enum { SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE };

static bool is_ours(const mbedtls_asn1_buf *oid)
{
    return MBEDTLS_OID_CMP(MBEDTLS_OID_PKCS1_RSA, oid) == 0 ||
           MBEDTLS_OID_CMP(MBEDTLS_OID_EC_ALG_UNRESTRICTED, oid) == 0;
}

/* Of DER, mbedTLS tries one form after the other, and tells what was wrong with the last alone. A
 * look at the first elements tells two cases apart from octets that are no key: PKCS #8 of an
 * algorithm that we do not have, and encrypted PKCS #8. */
static ike2_err der_err(ike2_bytes der, bool has_password)
{
    unsigned char *at = (unsigned char *)(uintptr_t)der.ptr;
    const unsigned char *end = der.ptr + der.len;
    mbedtls_asn1_buf oid, params;
    size_t len;
    int version;

    if (mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) != 0)
        return IKE2_ERR_MALFORMED;
    if (mbedtls_asn1_get_int(&at, end, &version) == 0)
        return mbedtls_asn1_get_alg(&at, end, &oid, &params) == 0 && !is_ours(&oid)
                   ? IKE2_ERR_UNSUPPORTED
                   : IKE2_ERR_MALFORMED;
    if (mbedtls_asn1_get_alg(&at, end, &oid, &params) != 0 ||
        mbedtls_asn1_get_tag(&at, end, &len, MBEDTLS_ASN1_OCTET_STRING) != 0)
        return IKE2_ERR_MALFORMED;
    return has_password ? IKE2_ERR_UNSUPPORTED : IKE2_ERR_AUTH;
}

static ike2_err parse_err(int ret, ike2_bytes text, bool has_password)
{
    switch (ret) {
    case 0:
        return IKE2_OK;
    case MBEDTLS_ERR_PK_PASSWORD_REQUIRED:
    case MBEDTLS_ERR_PK_PASSWORD_MISMATCH:
        return IKE2_ERR_AUTH;
    case MBEDTLS_ERR_PK_ALLOC_FAILED:
        return IKE2_ERR_MEMORY;
    case MBEDTLS_ERR_PKCS5_FEATURE_UNAVAILABLE:
    case MBEDTLS_ERR_PKCS12_FEATURE_UNAVAILABLE:
        return IKE2_ERR_UNSUPPORTED;
    default:
        return ike2_mbed_pk_names_unknown(ret) ? IKE2_ERR_UNSUPPORTED
                                               : der_err(text, has_password);
    }
}

static bool is_pem(ike2_bytes text)
{
    static const char mark[] = "-----BEGIN";
    const size_t len = sizeof mark - 1;

    for (size_t at = 0; at + len <= text.len; at++) {
        if (memcmp(text.ptr + at, mark, len) == 0)
            return true;
    }
    return false;
}

/* mbedTLS wants PEM terminated, and counts the terminator; and of DER wants exactly its octets. */
static ike2_err parse(mbedtls_pk_context *pk, ike2_bytes text, ike2_bytes password, struct rng *rng)
{
    uint8_t *copy = calloc(1, text.len + 1);
    ike2_bytes octets = { .ptr = copy, .len = is_pem(text) ? text.len + 1 : text.len };
    int ret;

    if (copy == NULL)
        return IKE2_ERR_MEMORY;
    memcpy(copy, text.ptr, text.len);
    if (password.len == 0)
        password.ptr = NULL;
    ret = release_pk_parse_key(pk, octets, password, rng);
    mbedtls_platform_zeroize(copy, text.len + 1);
    free(copy);
    return parse_err(ret, text, password.len != 0);
}

static ike2_err to_handle(mbedtls_pk_context *pk, ike2_key **out)
{
    uint8_t *der = calloc(1, DER_MAX);
    ike2_err err;
    int len;

    if (der == NULL)
        return IKE2_ERR_MEMORY;
    len = mbedtls_pk_write_key_der(pk, der, DER_MAX); /* at the end of the room */
    if (len <= 0) {
        err = IKE2_ERR_CRYPTO;
    } else {
        err = ike2_mbed_key_new(IKE2_USE_SIGN, (size_t)len, out);
        if (err == IKE2_OK)
            memcpy((*out)->octets, der + DER_MAX - len, (size_t)len);
    }
    mbedtls_platform_zeroize(der, DER_MAX);
    free(der);
    return err;
}

ike2_err ike2_mbedtls_private_key(const ike2_mbedtls *m, ike2_bytes text, ike2_bytes password,
                                  ike2_key **out)
{
    struct rng rng = { .m = m };
    mbedtls_pk_context pk;
    ike2_key *key = NULL;
    ike2_err err;

    if (text.len == 0 || text.len == SIZE_MAX)
        return IKE2_ERR_MALFORMED;
    mbedtls_pk_init(&pk);
    err = parse(&pk, text, password, &rng);
    if (err == IKE2_OK)
        err = ike2_mbed_pk_check(&pk);
    if (err == IKE2_OK)
        err = to_handle(&pk, &key);
    mbedtls_pk_free(&pk);
    ike2_mbed_rng_end(&rng);
    if (err == IKE2_OK)
        *out = key;
    return err;
}
