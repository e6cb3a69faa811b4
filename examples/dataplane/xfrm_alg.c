#include "xfrm_alg.h"

#include <ike2/iana.h>

struct row {
    uint16_t id;
    uint16_t icv_bits; /* 0: it is no checksum */
    const char *name;
};

/* Implicit IVs (RFC 8750), Camellia in counter mode and the ciphers of RFC 9227 are not in Linux.
 */
static const struct row encrs[] = {
    { IKE2_ENCR_3DES, 0, "cbc(des3_ede)" },
    { IKE2_ENCR_CAST, 0, "cbc(cast5)" },
    { IKE2_ENCR_BLOWFISH, 0, "cbc(blowfish)" },
    { IKE2_ENCR_NULL, 0, "ecb(cipher_null)" },
    { IKE2_ENCR_AES_CBC, 0, "cbc(aes)" },
    { IKE2_ENCR_AES_CTR, 0, "rfc3686(ctr(aes))" },
    { IKE2_ENCR_AES_CCM_8, 64, "rfc4309(ccm(aes))" },
    { IKE2_ENCR_AES_CCM_12, 96, "rfc4309(ccm(aes))" },
    { IKE2_ENCR_AES_CCM_16, 128, "rfc4309(ccm(aes))" },
    { IKE2_ENCR_AES_GCM_8, 64, "rfc4106(gcm(aes))" },
    { IKE2_ENCR_AES_GCM_12, 96, "rfc4106(gcm(aes))" },
    { IKE2_ENCR_AES_GCM_16, 128, "rfc4106(gcm(aes))" },
    { IKE2_ENCR_NULL_AUTH_AES_GMAC, 128, "rfc4543(gcm(aes))" },
    { IKE2_ENCR_CAMELLIA_CBC, 0, "cbc(camellia)" },
    { IKE2_ENCR_CHACHA20_POLY1305, 128, "rfc7539esp(chacha20,poly1305)" },
};

/* The kernel's own lengths are not always those of the RFCs: hmac(sha256) would be cut to 96 bits.
 * So the length is always said. */
static const struct row integs[] = {
    { IKE2_INTEG_HMAC_MD5_96, 96, "hmac(md5)" },
    { IKE2_INTEG_HMAC_SHA1_96, 96, "hmac(sha1)" },
    { IKE2_INTEG_AES_XCBC_96, 96, "xcbc(aes)" },
    { IKE2_INTEG_HMAC_MD5_128, 128, "hmac(md5)" },
    { IKE2_INTEG_HMAC_SHA1_160, 160, "hmac(sha1)" },
    { IKE2_INTEG_AES_CMAC_96, 96, "cmac(aes)" },
    { IKE2_INTEG_HMAC_SHA2_256_128, 128, "hmac(sha256)" },
    { IKE2_INTEG_HMAC_SHA2_384_192, 192, "hmac(sha384)" },
    { IKE2_INTEG_HMAC_SHA2_512_256, 256, "hmac(sha512)" },
};

static const struct row *find(const struct row *rows, size_t n, uint16_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].id == id)
            return &rows[i];
    }
    return NULL;
}

bool xfrm_alg_find(const ike2_suite *suite, struct xfrm_alg *out, struct fault *fault)
{
    const struct row *encr = find(encrs, sizeof encrs / sizeof encrs[0], suite->encr.id);
    const struct row *integ = find(integs, sizeof integs / sizeof integs[0], suite->integ.id);
    bool is_aead = encr != NULL && encr->icv_bits != 0;

    if (encr == NULL)
        return fault_set(fault, "the kernel has no ESP with encryption %u: propose another",
                         suite->encr.id);
    /* Encryption alone protects nothing (RFC 8221 4). */
    if (!is_aead && integ == NULL)
        return fault_set(fault, "the kernel has no ESP with integrity %u: propose another",
                         suite->integ.id);
    *out = (struct xfrm_alg){
        .encr = encr->name,
        .integ = is_aead ? NULL : integ->name,
        .icv_bits = is_aead ? encr->icv_bits : integ->icv_bits,
    };
    return true;
}
