/* mbedtls/x509/fetched.c - is what was fetched what the peer meant? RFC 7296 3.6. */
#include <ike2/iana.h>
#include <ike2/x509.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "x509/bundle.h"

static ike2_err check_hash(ike2_bytes octets, ike2_bytes wanted)
{
    const struct hash_kind *sha1 = ike2_mbed_hash_kind(IKE2_HASH_SHA1);
    uint8_t digest[HASH_OCTETS_MAX];
    ike2_err err;

    if (sha1 == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = ike2_mbed_err(ike2_mbed_digest(sha1, &octets, 1, digest));
    if (err != IKE2_OK)
        return err;
    return bytes_equal(bytes_of(digest, sha1->len), wanted) ? IKE2_OK : IKE2_ERR_AUTH;
}

ike2_err ike2_x509_fetched(const ike2_hash_url *from, ike2_bytes octets, ike2_cert *out, size_t *n)
{
    size_t found = 1;
    ike2_err err;

    if (from == NULL || out == NULL || n == NULL || *n == 0 || octets.ptr == NULL)
        return IKE2_ERR_ARGUMENT;
    err = check_hash(octets, from->hash);
    if (err != IKE2_OK)
        return err;
    if (from->encoding == IKE2_CERT_HASH_AND_URL)
        out[0] = (ike2_cert){ .encoding = IKE2_CERT_X509_SIGNATURE, .data = octets };
    else if (from->encoding != IKE2_CERT_HASH_AND_URL_BUNDLE ||
             !ike2_x509_bundle(octets, out, *n, &found))
        return IKE2_ERR_MALFORMED;
    *n = found;
    return IKE2_OK;
}
