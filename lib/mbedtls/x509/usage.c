/* mbedtls/x509/usage.c - key usage, extended key usage, basic constraints. RFC 5280 4.2.1.3,
 * 4.2.1.9, 4.2.1.12; RFC 4945 5.1.3. */
#include "mbedtls/x509/usage.h"

#include <mbedtls/oid.h>

#include "mbedtls/x509/der.h"
#include "mbedtls/x509/name.h"
#include "mbedtls/x509/refusal.h"

/* An OID that mbedTLS, or we, have as a string literal. */
#define OID(literal) { .ptr = (const uint8_t *)(literal), .len = sizeof(literal) - 1 }

static const ike2_bytes basic_constraints = OID(MBEDTLS_OID_BASIC_CONSTRAINTS);
static const ike2_bytes name_constraints = OID(MBEDTLS_OID_NAME_CONSTRAINTS);

/* anyExtendedKeyUsage is good by mbedTLS. RFC 4945 5.1.3.12 names ikeIntermediate, and RFC 4809
 * 3.1.6.3 ipsecIKE; those of TLS are in what public CAs make. */
static const ike2_bytes purposes[] = {
    OID("\x2b\x06\x01\x05\x05\x07\x03\x11"), /* 1.3.6.1.5.5.7.3.17, ipsecIKE */
    OID("\x2b\x06\x01\x05\x05\x08\x02\x02"), /* 1.3.6.1.5.5.8.2.2, ikeIntermediate */
    OID(MBEDTLS_OID_SERVER_AUTH),
    OID(MBEDTLS_OID_CLIENT_AUTH),
};

struct constraints {
    bool is_ca, has_len;
    uint64_t len;
};

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL };
 * mbedTLS has checked the number. */
static struct constraints constraints_of(const struct certificate *c)
{
    struct constraints out = { 0 };
    struct reader r, fields, flag, number;
    ike2_bytes value;

    if (!ike2_mbed_certificate_extension(c, basic_constraints, &value))
        return out;
    r = reader_of(value);
    fields = reader_of(der_read(&r, DER_SEQUENCE));
    flag = reader_of(der_read(&fields, MBEDTLS_ASN1_BOOLEAN));
    out.is_ca = read_u8(&flag) != 0;
    out.has_len = der_is_next(&fields, MBEDTLS_ASN1_INTEGER);
    number = reader_of(der_read(&fields, MBEDTLS_ASN1_INTEGER));
    out.len = read_uint(&number, number.left);
    return out;
}

const char *ike2_mbed_issuer_fault(const struct certificate *c)
{
    ike2_bytes value;

    /* What was trusted before there were extensions is trusted without. */
    if (c->is_anchor && c->crt.version < 3)
        return NULL;
    /* RFC 5280 6.1.4 (k), (n) */
    if (!constraints_of(c).is_ca)
        return "usage: it is no CA: ";
    if (mbedtls_x509_crt_check_key_usage(&c->crt, MBEDTLS_X509_KU_KEY_CERT_SIGN) != 0)
        return "usage: it may not sign certificates: ";
    /* RFC 5280 4.2.1.10: a limit that is not enforced here; mbedTLS refuses it if it is critical.
     * */
    if (ike2_mbed_certificate_extension(c, name_constraints, &value))
        return "usage: name constraints are not supported: ";
    return NULL;
}

static const char *key_usage_fault(const mbedtls_x509_crt *crt)
{
    /* RFC 4945 5.1.3.2: digitalSignature or nonRepudiation, if there is the extension at all. */
    if (mbedtls_x509_crt_check_key_usage(crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0 &&
        mbedtls_x509_crt_check_key_usage(crt, MBEDTLS_X509_KU_NON_REPUDIATION) != 0)
        return "usage: key not for signatures: ";
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        if (mbedtls_x509_crt_check_extended_key_usage(crt, (const char *)purposes[i].ptr,
                                                      purposes[i].len) == 0)
            return NULL;
    }
    return "usage: key for other purposes: ";
}

/* RFC 5280 6.1.4 (l): those that are self-issued do not count. */
static bool is_self_issued(const struct certificate *c)
{
    return ike2_mbed_name_equal(der_view(&c->crt.issuer_raw), der_view(&c->crt.subject_raw));
}

bool ike2_mbed_usage_is_good(const struct path *p, ike2_verdict *refusal)
{
    const char *fault = key_usage_fault(&p->certificates[0]->crt);
    size_t n_below = 0;

    if (fault != NULL) {
        *refusal = ike2_mbed_refusal_of(IKE2_X509_USAGE, fault, p->certificates[0], 0);
        return false;
    }
    for (size_t i = 1; i < p->len; i++) {
        struct constraints limit = constraints_of(p->certificates[i]);

        if (limit.has_len && n_below > limit.len) {
            *refusal = ike2_mbed_refusal_of(IKE2_X509_USAGE, "usage: path too long for ",
                                            p->certificates[i], i);
            return false;
        }
        n_below += !is_self_issued(p->certificates[i]);
    }
    return true;
}
