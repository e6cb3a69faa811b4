/* x509/oid.h - the object identifiers that mean something here. */
#ifndef X509_OID_H
#define X509_OID_H

#include <ike2/types.h>

enum oid {
    OID_UNKNOWN,
    /* Extensions of certificates, CRLs and entries of CRLs. RFC 5280 4.2, 5.2, 5.3. The first ones
     * index the table of a certificate's extensions. */
    OID_SUBJECT_KEY_ID,
    OID_KEY_USAGE,
    OID_SUBJECT_ALT_NAME,
    OID_BASIC_CONSTRAINTS,
    OID_NAME_CONSTRAINTS,
    OID_CRL_POINTS,
    OID_POLICIES,
    OID_POLICY_MAPPINGS,
    OID_AUTHORITY_KEY_ID,
    OID_POLICY_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_FRESHEST_CRL,
    OID_INHIBIT_ANY_POLICY,
    OID_AUTHORITY_ACCESS,
    OID_APPLICATION_POLICIES, /* Microsoft's: the purposes once more */
    OID_CRL_NUMBER,
    OID_DELTA_CRL,
    OID_ISSUING_POINT,
    OID_CRL_REASON,
    OID_CERTIFICATE_ISSUER,
    /* Purposes. RFC 5280 4.2.1.12, RFC 4945 5.1.3.12, RFC 4809 3.1.6.3. */
    OID_ANY_PURPOSE,
    OID_SERVER_AUTH,
    OID_CLIENT_AUTH,
    OID_IPSEC_IKE,
    OID_IKE_INTERMEDIATE,
    /* Purposes of keys whose signatures stand for themselves: code, times, OCSP. */
    OID_CODE_SIGNING,
    OID_TIME_STAMPING,
    OID_OCSP_SIGNING,
    OID_ANY_POLICY,
    OID_POLICY_CPS,
    OID_POLICY_NOTICE,
    /* Attributes of names. */
    OID_COMMON_NAME,
    OID_ORGANIZATION,
    OID_ORGANIZATIONAL_UNIT,
    OID_EMAIL,
    /* Keys and signatures. RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410. */
    OID_RSA,
    OID_RSA_SHA1,
    OID_RSA_SHA256,
    OID_RSA_SHA384,
    OID_RSA_SHA512,
    OID_RSA_PSS,
    OID_MGF1,
    OID_SHA1,
    OID_SHA256,
    OID_SHA384,
    OID_SHA512,
    OID_EC_KEY,
    OID_P256,
    OID_P384,
    OID_P521,
    OID_ECDSA_SHA1,
    OID_ECDSA_SHA256,
    OID_ECDSA_SHA384,
    OID_ECDSA_SHA512,
    OID_ED25519,
    OID_ED448,
    OID_END
};

/* `value` is the contents octets. */
enum oid ike2_x509_oid(ike2_bytes value);
/* The contents octets; nothing for OID_UNKNOWN. */
ike2_bytes ike2_x509_oid_value(enum oid oid);

#endif
