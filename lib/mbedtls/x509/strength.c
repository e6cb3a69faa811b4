/* mbedtls/x509/strength.c - keys and hashes of a path. RFC 8247 3.2, 4. */
#include "mbedtls/x509/strength.h"

#include "mbedtls/sign.h"
#include "mbedtls/x509/refusal.h"
#include "mbedtls/x509/signature.h"

static bool key_is_strong(const mbedtls_pk_context *pk, size_t min_rsa_bits)
{
    return ike2_mbed_pk_check(pk) == IKE2_OK &&
           (!mbedtls_pk_can_do(pk, MBEDTLS_PK_RSA) || mbedtls_pk_get_bitlen(pk) >= min_rsa_bits);
}

static bool refuse_key(const struct certificate *c, size_t depth, ike2_verdict *refusal)
{
    *refusal = ike2_mbed_refusal(IKE2_X509_WEAK, "weak: key of ");
    ike2_mbed_say_uint(refusal, mbedtls_pk_get_bitlen(&c->crt.pk));
    ike2_mbed_say(refusal, " bits: ");
    ike2_mbed_say_name(refusal, &c->crt.subject);
    ike2_mbed_say_depth(refusal, depth);
    return false;
}

bool ike2_mbed_path_is_strong(const struct path *p, size_t min_rsa_bits, ike2_verdict *refusal)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct certificate *c = p->certificates[i];

        if (!key_is_strong(&c->crt.pk, min_rsa_bits))
            return refuse_key(c, i, refusal);
        /* The last one is trusted for what it is, not for who signed it. */
        if (i + 1 < p->len && ike2_mbed_is_weakly_signed(c)) {
            *refusal = ike2_mbed_refusal_of(IKE2_X509_WEAK, "weak: hash of the signature on ", c,
                                            i);
            return false;
        }
    }
    return true;
}
