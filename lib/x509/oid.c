/* x509/oid.c - the object identifiers that mean something here. */
#include "x509/oid.h"

#include "base/bytes.h"

#define OID(octets)                                                                                \
    {                                                                                              \
        .ptr = (const uint8_t *)(octets), .len = sizeof(octets) - 1                                \
    }
#define CE     "\x55\x1d"
#define PKIX   "\x2b\x06\x01\x05\x05\x07"
#define AT     "\x55\x04"
#define RSADSI "\x2a\x86\x48\x86\xf7\x0d"
#define X9_62  "\x2a\x86\x48\xce\x3d"
#define NIST   "\x60\x86\x48\x01\x65\x03\x04"

static const ike2_bytes values[OID_END] = {
    [OID_SUBJECT_KEY_ID] = OID(CE "\x0e"),
    [OID_KEY_USAGE] = OID(CE "\x0f"),
    [OID_SUBJECT_ALT_NAME] = OID(CE "\x11"),
    [OID_BASIC_CONSTRAINTS] = OID(CE "\x13"),
    [OID_CRL_NUMBER] = OID(CE "\x14"),
    [OID_CRL_REASON] = OID(CE "\x15"),
    [OID_DELTA_CRL] = OID(CE "\x1b"),
    [OID_ISSUING_POINT] = OID(CE "\x1c"),
    [OID_CERTIFICATE_ISSUER] = OID(CE "\x1d"),
    [OID_NAME_CONSTRAINTS] = OID(CE "\x1e"),
    [OID_CRL_POINTS] = OID(CE "\x1f"),
    [OID_POLICIES] = OID(CE "\x20"),
    [OID_ANY_POLICY] = OID(CE "\x20\x00"),
    [OID_POLICY_MAPPINGS] = OID(CE "\x21"),
    [OID_AUTHORITY_KEY_ID] = OID(CE "\x23"),
    [OID_POLICY_CONSTRAINTS] = OID(CE "\x24"),
    [OID_EXTENDED_KEY_USAGE] = OID(CE "\x25"),
    [OID_ANY_PURPOSE] = OID(CE "\x25\x00"),
    [OID_FRESHEST_CRL] = OID(CE "\x2e"),
    [OID_INHIBIT_ANY_POLICY] = OID(CE "\x36"),
    [OID_AUTHORITY_ACCESS] = OID(PKIX "\x01\x01"),
    [OID_APPLICATION_POLICIES] = OID("\x2b\x06\x01\x04\x01\x82\x37\x15\x0a"),
    [OID_POLICY_CPS] = OID(PKIX "\x02\x01"),
    [OID_POLICY_NOTICE] = OID(PKIX "\x02\x02"),
    [OID_CODE_SIGNING] = OID(PKIX "\x03\x03"),
    [OID_TIME_STAMPING] = OID(PKIX "\x03\x08"),
    [OID_OCSP_SIGNING] = OID(PKIX "\x03\x09"),
    [OID_SERVER_AUTH] = OID(PKIX "\x03\x01"),
    [OID_CLIENT_AUTH] = OID(PKIX "\x03\x02"),
    [OID_IPSEC_IKE] = OID(PKIX "\x03\x11"),
    [OID_IKE_INTERMEDIATE] = OID("\x2b\x06\x01\x05\x05\x08\x02\x02"),
    [OID_COMMON_NAME] = OID(AT "\x03"),
    [OID_ORGANIZATION] = OID(AT "\x0a"),
    [OID_ORGANIZATIONAL_UNIT] = OID(AT "\x0b"),
    [OID_EMAIL] = OID(RSADSI "\x01\x09\x01"),
    [OID_RSA] = OID(RSADSI "\x01\x01\x01"),
    [OID_RSA_SHA1] = OID(RSADSI "\x01\x01\x05"),
    [OID_MGF1] = OID(RSADSI "\x01\x01\x08"),
    [OID_RSA_PSS] = OID(RSADSI "\x01\x01\x0a"),
    [OID_RSA_SHA256] = OID(RSADSI "\x01\x01\x0b"),
    [OID_RSA_SHA384] = OID(RSADSI "\x01\x01\x0c"),
    [OID_RSA_SHA512] = OID(RSADSI "\x01\x01\x0d"),
    [OID_SHA1] = OID("\x2b\x0e\x03\x02\x1a"),
    [OID_SHA256] = OID(NIST "\x02\x01"),
    [OID_SHA384] = OID(NIST "\x02\x02"),
    [OID_SHA512] = OID(NIST "\x02\x03"),
    [OID_EC_KEY] = OID(X9_62 "\x02\x01"),
    [OID_P256] = OID(X9_62 "\x03\x01\x07"),
    [OID_P384] = OID("\x2b\x81\x04\x00\x22"),
    [OID_P521] = OID("\x2b\x81\x04\x00\x23"),
    [OID_ECDSA_SHA1] = OID(X9_62 "\x04\x01"),
    [OID_ECDSA_SHA256] = OID(X9_62 "\x04\x03\x02"),
    [OID_ECDSA_SHA384] = OID(X9_62 "\x04\x03\x03"),
    [OID_ECDSA_SHA512] = OID(X9_62 "\x04\x03\x04"),
    [OID_ED25519] = OID("\x2b\x65\x70"),
    [OID_ED448] = OID("\x2b\x65\x71"),
};

enum oid ike2_x509_oid(ike2_bytes value)
{
    for (unsigned i = OID_UNKNOWN + 1; i < OID_END; i++) {
        if (bytes_equal(values[i], value))
            return (enum oid)i;
    }
    return OID_UNKNOWN;
}

ike2_bytes ike2_x509_oid_value(enum oid oid)
{
    return oid < OID_END ? values[oid] : values[OID_UNKNOWN];
}
