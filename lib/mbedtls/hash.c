/* mbedtls/hash.c - hashes, FIPS 180. SHA-1 is always there: NAT detection (RFC 7296 2.23) and
 * CERTREQ (3.7) know nothing else. */
#include "mbedtls/internal.h"

static const struct hash_kind hashes[] = {
    { .id = IKE2_HASH_SHA1, .md = MBEDTLS_MD_SHA1, .len = 20, .block = 64 },
    { .id = IKE2_HASH_SHA2_256, .md = MBEDTLS_MD_SHA256, .len = 32, .block = 64 },
    { .id = IKE2_HASH_SHA2_384, .md = MBEDTLS_MD_SHA384, .len = 48, .block = 128 },
    { .id = IKE2_HASH_SHA2_512, .md = MBEDTLS_MD_SHA512, .len = 64, .block = 128 },
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

int ike2_mbed_hash_begin(mbedtls_md_context_t *md, const struct hash_kind *h)
{
    int ret;

    mbedtls_md_init(md);
    ret = mbedtls_md_setup(md, mbedtls_md_info_from_type(h->md), 0);
    return ret == 0 ? mbedtls_md_starts(md) : ret;
}

int ike2_mbed_digest(const struct hash_kind *h, const ike2_bytes *parts, size_t n, uint8_t *out)
{
    mbedtls_md_context_t md;
    int ret = ike2_mbed_hash_begin(&md, h);

    for (size_t i = 0; i < n && ret == 0; i++) {
        if (parts[i].len != 0)
            ret = mbedtls_md_update(&md, parts[i].ptr, parts[i].len);
    }
    if (ret == 0)
        ret = mbedtls_md_finish(&md, out);
    mbedtls_md_free(&md);
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
