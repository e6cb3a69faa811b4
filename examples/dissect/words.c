/* words.c - IANA's names for values inside payloads. Registries "IKEv2 Parameters" and "EAP". */
#include "words.h"

#include <stddef.h>

#include <ike2/iana.h>

struct word {
    uint16_t value;
    const char *text;
};

static const struct word protocols[] = {
    { IKE2_PROTOCOL_IKE, "IKE" },
    { IKE2_PROTOCOL_AH, "AH" },
    { IKE2_PROTOCOL_ESP, "ESP" },
    { IKE2_PROTOCOL_FC_ESP_HEADER, "FC_ESP_HEADER" },
    { IKE2_PROTOCOL_FC_CT_AUTHENTICATION, "FC_CT_AUTHENTICATION" },
};

static const struct word ids[] = {
    { IKE2_ID_IPV4_ADDR, "ID_IPV4_ADDR" },
    { IKE2_ID_FQDN, "ID_FQDN" },
    { IKE2_ID_RFC822_ADDR, "ID_RFC822_ADDR" },
    { IKE2_ID_IPV6_ADDR, "ID_IPV6_ADDR" },
    { IKE2_ID_DER_ASN1_DN, "ID_DER_ASN1_DN" },
    { IKE2_ID_DER_ASN1_GN, "ID_DER_ASN1_GN" },
    { IKE2_ID_KEY_ID, "ID_KEY_ID" },
    { IKE2_ID_FC_NAME, "ID_FC_NAME" },
    { IKE2_ID_NULL, "ID_NULL" },
};

static const struct word certs[] = {
    { IKE2_CERT_PKCS7, "PKCS #7 wrapped X.509 certificate" },
    { IKE2_CERT_PGP, "PGP Certificate" },
    { IKE2_CERT_DNS_SIGNED_KEY, "DNS Signed Key" },
    { IKE2_CERT_X509_SIGNATURE, "X.509 Certificate - Signature" },
    { IKE2_CERT_KERBEROS_TOKEN, "Kerberos Token" },
    { IKE2_CERT_CRL, "Certificate Revocation List" },
    { IKE2_CERT_ARL, "Authority Revocation List" },
    { IKE2_CERT_SPKI, "SPKI Certificate" },
    { IKE2_CERT_X509_ATTRIBUTE, "X.509 Certificate - Attribute" },
    { IKE2_CERT_RAW_RSA_KEY, "Raw RSA Key" },
    { IKE2_CERT_HASH_AND_URL, "Hash and URL of X.509 certificate" },
    { IKE2_CERT_HASH_AND_URL_BUNDLE, "Hash and URL of X.509 bundle" },
    { IKE2_CERT_OCSP, "OCSP Content" },
    { IKE2_CERT_RAW_PUBLIC_KEY, "Raw Public Key" },
};

static const struct word auths[] = {
    { IKE2_AUTH_METHOD_RSA, "RSA Digital Signature" },
    { IKE2_AUTH_METHOD_SHARED_KEY, "Shared Key Message Integrity Code" },
    { IKE2_AUTH_METHOD_DSS, "DSS Digital Signature" },
    { IKE2_AUTH_METHOD_ECDSA_256, "ECDSA with SHA-256 on the P-256 curve" },
    { IKE2_AUTH_METHOD_ECDSA_384, "ECDSA with SHA-384 on the P-384 curve" },
    { IKE2_AUTH_METHOD_ECDSA_521, "ECDSA with SHA-512 on the P-521 curve" },
    { IKE2_AUTH_METHOD_SECURE_PASSWORD, "Generic Secure Password Authentication Method" },
    { IKE2_AUTH_METHOD_NULL, "NULL Authentication" },
    { IKE2_AUTH_METHOD_SIGNATURE, "Digital Signature" },
};

static const struct word hashes[] = {
    { IKE2_HASH_SHA1, "SHA1" },
    { IKE2_HASH_SHA2_256, "SHA2-256" },
    { IKE2_HASH_SHA2_384, "SHA2-384" },
    { IKE2_HASH_SHA2_512, "SHA2-512" },
    { IKE2_HASH_IDENTITY, "Identity" },
    { IKE2_HASH_STREEBOG_256, "STREEBOG_256" },
    { IKE2_HASH_STREEBOG_512, "STREEBOG_512" },
};

static const struct word ipcomps[] = {
    { IKE2_IPCOMP_OUI, "IPCOMP_OUI" },
    { IKE2_IPCOMP_DEFLATE, "IPCOMP_DEFLATE" },
    { IKE2_IPCOMP_LZS, "IPCOMP_LZS" },
    { IKE2_IPCOMP_LZJH, "IPCOMP_LZJH" },
};

static const struct word selectors[] = {
    { IKE2_TS_IPV4_ADDR_RANGE, "TS_IPV4_ADDR_RANGE" },
    { IKE2_TS_IPV6_ADDR_RANGE, "TS_IPV6_ADDR_RANGE" },
    { IKE2_TS_FC_ADDR_RANGE, "TS_FC_ADDR_RANGE" },
    { IKE2_TS_SECLABEL, "TS_SECLABEL" },
};

static const struct word cps[] = {
    { IKE2_CP_REQUEST, "CFG_REQUEST" },
    { IKE2_CP_REPLY, "CFG_REPLY" },
    { IKE2_CP_SET, "CFG_SET" },
    { IKE2_CP_ACK, "CFG_ACK" },
};

static const struct word attributes[] = {
    { IKE2_CFG_INTERNAL_IP4_ADDRESS, "INTERNAL_IP4_ADDRESS" },
    { IKE2_CFG_INTERNAL_IP4_NETMASK, "INTERNAL_IP4_NETMASK" },
    { IKE2_CFG_INTERNAL_IP4_DNS, "INTERNAL_IP4_DNS" },
    { IKE2_CFG_INTERNAL_IP4_NBNS, "INTERNAL_IP4_NBNS" },
    { IKE2_CFG_INTERNAL_IP4_DHCP, "INTERNAL_IP4_DHCP" },
    { IKE2_CFG_APPLICATION_VERSION, "APPLICATION_VERSION" },
    { IKE2_CFG_INTERNAL_IP6_ADDRESS, "INTERNAL_IP6_ADDRESS" },
    { IKE2_CFG_INTERNAL_IP6_DNS, "INTERNAL_IP6_DNS" },
    { IKE2_CFG_INTERNAL_IP6_DHCP, "INTERNAL_IP6_DHCP" },
    { IKE2_CFG_INTERNAL_IP4_SUBNET, "INTERNAL_IP4_SUBNET" },
    { IKE2_CFG_SUPPORTED_ATTRIBUTES, "SUPPORTED_ATTRIBUTES" },
    { IKE2_CFG_INTERNAL_IP6_SUBNET, "INTERNAL_IP6_SUBNET" },
    { IKE2_CFG_MIP6_HOME_PREFIX, "MIP6_HOME_PREFIX" },
    { IKE2_CFG_INTERNAL_IP6_LINK, "INTERNAL_IP6_LINK" },
    { IKE2_CFG_INTERNAL_IP6_PREFIX, "INTERNAL_IP6_PREFIX" },
    { IKE2_CFG_HOME_AGENT_ADDRESS, "HOME_AGENT_ADDRESS" },
    { IKE2_CFG_P_CSCF_IP4_ADDRESS, "P_CSCF_IP4_ADDRESS" },
    { IKE2_CFG_P_CSCF_IP6_ADDRESS, "P_CSCF_IP6_ADDRESS" },
    { IKE2_CFG_FTT_KAT, "FTT_KAT" },
    { IKE2_CFG_EXTERNAL_SOURCE_IP4_NAT_INFO, "EXTERNAL_SOURCE_IP4_NAT_INFO" },
    { IKE2_CFG_TIMEOUT_PERIOD_FOR_LIVENESS_CHECK, "TIMEOUT_PERIOD_FOR_LIVENESS_CHECK" },
    { IKE2_CFG_INTERNAL_DNS_DOMAIN, "INTERNAL_DNS_DOMAIN" },
    { IKE2_CFG_INTERNAL_DNSSEC_TA, "INTERNAL_DNSSEC_TA" },
    { IKE2_CFG_ENCDNS_IP4, "ENCDNS_IP4" },
    { IKE2_CFG_ENCDNS_IP6, "ENCDNS_IP6" },
    { IKE2_CFG_ENCDNS_DIGEST_INFO, "ENCDNS_DIGEST_INFO" },
};

static const struct word eaps[] = {
    { IKE2_EAP_REQUEST, "Request" },
    { IKE2_EAP_RESPONSE, "Response" },
    { IKE2_EAP_SUCCESS, "Success" },
    { IKE2_EAP_FAILURE, "Failure" },
};

static const struct word eap_types[] = {
    { 1, "Identity" },
    { 2, "Notification" },
    { 3, "Nak" },
    { 4, "MD5-Challenge" },
    { 5, "One-Time Password" },
    { 6, "Generic Token Card" },
    { 13, "EAP-TLS" },
    { 18, "EAP-SIM" },
    { 21, "EAP-TTLS" },
    { 23, "EAP-AKA" },
    { 25, "PEAP" },
    { 26, "EAP-MSCHAPv2" },
    { 43, "EAP-FAST" },
    { 49, "EAP-IKEv2" },
    { 50, "EAP-AKA'" },
    { 52, "EAP-PWD" },
    { 55, "TEAP" },
};

#define WORD(list, value) find(list, sizeof(list) / sizeof(list)[0], value)

static const char *find(const struct word *list, size_t n, uint16_t value)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].value == value)
            return list[i].text;
    }
    return NULL;
}

const char *protocol_word(uint16_t protocol)
{
    return WORD(protocols, protocol);
}

const char *id_word(uint16_t type)
{
    return WORD(ids, type);
}

const char *cert_word(uint16_t encoding)
{
    return WORD(certs, encoding);
}

const char *auth_word(uint16_t method)
{
    return WORD(auths, method);
}

const char *hash_word(uint16_t hash)
{
    return WORD(hashes, hash);
}

const char *ipcomp_word(uint16_t transform)
{
    return WORD(ipcomps, transform);
}

const char *selector_word(uint16_t type)
{
    return WORD(selectors, type);
}

const char *cp_word(uint16_t type)
{
    return WORD(cps, type);
}

const char *attribute_word(uint16_t type)
{
    return WORD(attributes, type);
}

const char *eap_word(uint16_t code)
{
    return WORD(eaps, code);
}

const char *eap_type_word(uint16_t type)
{
    return WORD(eap_types, type);
}
