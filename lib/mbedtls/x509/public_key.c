/* mbedtls/x509/public_key.c - the public key in a certificate, for whoever configures: does a
 * private key belong to it, and its hash. RFC 7296 3.7. */
#include <ike2/mbedtls.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "mbedtls/key_schemes.h"
#include "mbedtls/x509/certificate.h"
#include "mbedtls/x509/der.h"

/* SubjectPublicKeyInfo of the largest key that mbedTLS takes. */
enum { SPKI_MAX = 2 * MBEDTLS_MPI_MAX_SIZE };

static ike2_err certificate_read(ike2_bytes der, struct certificate *out)
{
    ike2_err err;

    *out = (struct certificate){ 0 };
    err = ike2_mbed_certificate_init(out, der);
    if (err == IKE2_OK && !out->is_usable)
        err = IKE2_ERR_MALFORMED;
    return err;
}

/* Written anew, because one key may be encoded in several ways. */
static bool is_same_key(mbedtls_pk_context *a, mbedtls_pk_context *b)
{
    uint8_t left[SPKI_MAX], right[SPKI_MAX];
    int n = mbedtls_pk_write_pubkey_der(a, left, sizeof left);

    /* Both are at the end of their room. */
    return n > 0 && n == mbedtls_pk_write_pubkey_der(b, right, sizeof right) &&
           memcmp(left + sizeof left - n, right + sizeof right - n, (size_t)n) == 0;
}

ike2_err ike2_mbedtls_key_matches(const ike2_key *key, ike2_bytes certificate)
{
    mbedtls_pk_context pk;
    struct certificate c;
    ike2_err err;

    if (key == NULL)
        return IKE2_ERR_ARGUMENT;
    mbedtls_pk_init(&pk);
    err = certificate_read(certificate, &c);
    if (err == IKE2_OK)
        err = ike2_mbed_private_key_read(key, &pk);
    if (err == IKE2_OK && !is_same_key(&pk, &c.crt.pk))
        err = IKE2_ERR_AUTH;
    mbedtls_pk_free(&pk);
    ike2_mbed_certificate_clear(&c);
    return err;
}

ike2_err ike2_mbedtls_key_hash(ike2_bytes certificate, uint8_t hash[20])
{
    const struct hash_kind *sha1 = ike2_mbed_hash_kind(IKE2_HASH_SHA1);
    uint8_t digest[HASH_OCTETS_MAX];
    struct certificate c;
    ike2_bytes spki;
    ike2_err err;

    if (sha1 == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = certificate_read(certificate, &c);
    if (err == IKE2_OK) {
        spki = der_view(&c.crt.pk_raw);
        err = ike2_mbed_err(ike2_mbed_digest(sha1, &spki, 1, digest));
    }
    if (err == IKE2_OK)
        memcpy(hash, digest, sha1->len);
    ike2_mbed_certificate_clear(&c);
    return err;
}
