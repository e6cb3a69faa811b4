#include "rules.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/objects.h>

enum { RSA_BITS_MIN = 2048, APPLE_DAYS = 825, SERIAL_OCTETS_MAX = 20 };

#define OID_SERVER_AUTH      "1.3.6.1.5.5.7.3.1"
#define OID_CLIENT_AUTH      "1.3.6.1.5.5.7.3.2"
#define OID_IPSEC_IKE        "1.3.6.1.5.5.7.3.17"
#define OID_IKE_INTERMEDIATE "1.3.6.1.5.5.8.2.2"
#define OID_ANY              "2.5.29.37.0"

/* --- Keys and signatures ----------------------------------------------------------------- */

static bool is_curve(const struct look *l, const char *curve)
{
    char group[32];
    size_t len = 0;

    return l->key_type == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(l->key, group, sizeof group, &len) == 1 &&
           strcmp(group, curve) == 0;
}

static bool is_rsa(const struct look *l)
{
    return l->key_type == EVP_PKEY_RSA || l->key_type == EVP_PKEY_RSA_PSS;
}

static bool has_foreign_key(const struct look *l)
{
    return !is_rsa(l) && !is_curve(l, SN_X9_62_prime256v1) && !is_curve(l, SN_secp384r1) &&
           !is_curve(l, SN_secp521r1);
}

static bool has_short_key(const struct look *l)
{
    return is_rsa(l) && EVP_PKEY_get_bits(l->key) < RSA_BITS_MIN;
}

static bool has_p521(const struct look *l)
{
    return is_curve(l, SN_secp521r1);
}

static bool has_ecdsa(const struct look *l)
{
    return l->key_type == EVP_PKEY_EC;
}

/* Nobody checks how a root has signed itself. */
static bool has_weak_hash(const struct look *l)
{
    if ((l->flags & (EXFLAG_SS | EXFLAG_CA)) == (EXFLAG_SS | EXFLAG_CA))
        return false;
    return l->hash == NID_sha1 || l->hash == NID_md5 || l->hash == NID_md4 || l->hash == NID_md2;
}

static bool is_pss(const struct look *l)
{
    return l->pss;
}

/* --- Dates and numbers ------------------------------------------------------------------- */

static bool is_over(const struct look *l)
{
    return X509_cmp_current_time(X509_get0_notAfter(l->x)) < 0;
}

static bool is_to_come(const struct look *l)
{
    return X509_cmp_current_time(X509_get0_notBefore(l->x)) > 0;
}

static bool is_long(const struct look *l)
{
    int days = 0, seconds = 0;

    return ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(l->x), X509_get0_notAfter(l->x)) !=
               1 ||
           days > APPLE_DAYS || (days == APPLE_DAYS && seconds > 0);
}

static bool has_bad_serial(const struct look *l)
{
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(l->x), NULL);
    /* One octet more is a sign in DER. */
    bool bad =
        n == NULL || BN_is_negative(n) || BN_is_zero(n) || BN_num_bits(n) >= 8 * SERIAL_OCTETS_MAX;

    BN_free(n);
    return bad;
}

/* --- Extensions -------------------------------------------------------------------------- */

bool rules_has_purpose(const struct look *l, const char *oid)
{
    char text[80];
    int i;

    for (i = 0; i < sk_ASN1_OBJECT_num(l->purposes); i++) {
        (void)OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(l->purposes, i), 1);
        if (strcmp(text, oid) == 0)
            return true;
    }
    return false;
}

static bool is_old(const struct look *l)
{
    return X509_get_version(l->x) != X509_VERSION_3;
}

static bool has_unknown_critical(const struct look *l)
{
    return (l->flags & EXFLAG_CRITICAL) != 0;
}

static bool is_invalid(const struct look *l)
{
    return (l->flags & EXFLAG_INVALID) != 0;
}

static bool is_ca(const struct look *l)
{
    return (l->flags & EXFLAG_CA) != 0;
}

static bool is_no_ca(const struct look *l)
{
    return !is_ca(l);
}

static bool cannot_sign(const struct look *l)
{
    return (l->usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)) == 0;
}

static bool cannot_sign_certificates(const struct look *l)
{
    return (l->usage & X509v3_KU_KEY_CERT_SIGN) == 0;
}

static bool cannot_sign_crls(const struct look *l)
{
    return (l->usage & X509v3_KU_CRL_SIGN) == 0;
}

/* RFC 4945 5.1.3.12 */
static bool has_no_ike_purpose(const struct look *l)
{
    return l->purposes != NULL && !rules_has_purpose(l, OID_ANY) &&
           !rules_has_purpose(l, OID_IPSEC_IKE) && !rules_has_purpose(l, OID_IKE_INTERMEDIATE) &&
           !rules_has_purpose(l, OID_SERVER_AUTH) && !rules_has_purpose(l, OID_CLIENT_AUTH);
}

static bool has_no_server_auth(const struct look *l)
{
    return !rules_has_purpose(l, OID_SERVER_AUTH);
}

static bool has_no_ike_intermediate(const struct look *l)
{
    return !rules_has_purpose(l, OID_IKE_INTERMEDIATE);
}

static bool has_no_client_auth(const struct look *l)
{
    return l->purposes != NULL && !rules_has_purpose(l, OID_CLIENT_AUTH) &&
           !rules_has_purpose(l, OID_ANY);
}

static bool has_no_subject_key_id(const struct look *l)
{
    return X509_get0_subject_key_id(l->x) == NULL;
}

static bool has_no_authority_key_id(const struct look *l)
{
    return (l->flags & EXFLAG_SS) == 0 && X509_get0_authority_key_id(l->x) == NULL;
}

/* --- Names ------------------------------------------------------------------------------- */

static bool has_no_names(const struct look *l)
{
    return sk_GENERAL_NAME_num(l->names) <= 0;
}

static bool is_address(const char *text)
{
    unsigned char octets[16];

    return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

static bool lacks_name(const struct look *l)
{
    enum { EXACT = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS };

    if (l->name == NULL)
        return false;
    if (is_address(l->name))
        return X509_check_ip_asc(l->x, l->name, 0) != 1;
    if (strchr(l->name, '@') != NULL)
        return X509_check_email(l->x, l->name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) != 1;
    return X509_check_host(l->x, l->name, 0, EXACT, NULL) != 1;
}

static bool has_host(const struct look *l, const char *text)
{
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(l->names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(l->names, i);

        if (name->type == GEN_DNS && (size_t)ASN1_STRING_length(name->d.dNSName) == strlen(text) &&
            memcmp(ASN1_STRING_get0_data(name->d.dNSName), text, strlen(text)) == 0)
            return true;
    }
    return false;
}

/* An IPv4 address that does not also stand among the names of hosts. */
static bool has_address_alone(const struct look *l)
{
    char text[INET_ADDRSTRLEN];
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(l->names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(l->names, i);

        if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4 &&
            inet_ntop(AF_INET, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text) !=
                NULL &&
            !has_host(l, text))
            return true;
    }
    return false;
}

static bool has_wildcard(const struct look *l)
{
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(l->names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(l->names, i);

        if (name->type == GEN_DNS && ASN1_STRING_length(name->d.dNSName) > 0 &&
            memchr(ASN1_STRING_get0_data(name->d.dNSName), '*',
                   (size_t)ASN1_STRING_length(name->d.dNSName)) != NULL)
            return true;
    }
    return false;
}

/* --- The table --------------------------------------------------------------------------- */

enum {
    SERVER = 1 << LINT_SERVER,
    CLIENT = 1 << LINT_CLIENT,
    CA = 1 << LINT_CA,
    LEAF = SERVER | CLIENT,
    ALL = LEAF | CA
};

const struct rule rules[] = {
    { "malformed", ALL, false, "everybody", "one of its extensions is malformed, or there twice",
      "have it issued anew", is_invalid },
    { "expired", ALL, false, "everybody", "it is over", "renew it, or look at the clock", is_over },
    { "not-yet-valid", ALL, false, "everybody", "its time is to come", "look at the clock",
      is_to_come },
    { "version", ALL, false, "everybody", "it is not of version 3, so it has no extensions",
      "issue it with some", is_old },
    { "critical", ALL, false, "everybody",
      "a critical extension is not known to peers, which therefore refuse it",
      "make it non-critical, or leave it out", has_unknown_critical },
    { "key-kind", ALL, false, "ikev2-server, Windows, Apple",
      "its key is not RSA nor ECDSA on P-256, P-384 or P-521",
      "take one of these; EdDSA and others are not known", has_foreign_key },
    { "key-length", ALL, false, "everybody", "its RSA key has less than 2048 bits (RFC 8247 3.1.1)",
      "make a key of 3072", has_short_key },
    { "key-p521", ALL, false, "Windows", "its key is on P-521", "take P-256 or P-384", has_p521 },
    { "key-ecdsa", LEAF, true, "Android (built-in client), Apple (set up by hand)",
      "its key is ECDSA", "take RSA if such peers are to come", has_ecdsa },
    { "hash", ALL, false, "everybody", "it is signed with SHA-1 or MD5", "sign it with SHA-256",
      has_weak_hash },
    { "pss", ALL, false, "Windows, Android (built-in client)",
      "it is signed with RSA-PSS, or its key is for that alone",
      "sign certificates with PKCS #1 v1.5", is_pss },
    { "serial", ALL, false, "strict peers",
      "its serial number is not positive, or longer than 20 octets (RFC 5280 4.1.2.2)",
      "draw 16 random octets", has_bad_serial },
    { "key-usage", LEAF, false, "everybody",
      "its key usage lacks digitalSignature (RFC 4945 5.1.3.2)", "add it", cannot_sign },
    { "ike-purpose", LEAF, false, "everybody",
      "its extended key usage has nothing that goes with IKE (RFC 4945 5.1.3.12)",
      "add serverAuth or clientAuth", has_no_ike_purpose },
    { "is-a-ca", LEAF, false, "strict peers", "it is a CA's",
      "let the CA issue another one for this side", is_ca },
    { "names", SERVER, false, "everybody but Windows",
      "it has no subjectAltName, and the common name does not count", "add the name as dNSName",
      has_no_names },
    { "names", CLIENT, true, "Apple, Android",
      "it has no subjectAltName, so only the whole subject can be its identity",
      "add the identity as rfc822Name or dNSName", has_no_names },
    { "name", LEAF, false, "everybody", "the name that was given does not stand in it",
      "add it to subjectAltName, or let peers use one that does", lacks_name },
    { "address", SERVER, false, "Windows",
      "an address in it is only an iPAddress, and is looked for as dNSName",
      "add it as dNSName, too", has_address_alone },
    { "wildcard", LEAF, false, "ikev2-client, strict peers",
      "it has a pattern, which is not a name (RFC 4945 3.1)", "list the names", has_wildcard },
    { "server-purpose", SERVER, false, "Windows, Apple", "its extended key usage lacks serverAuth",
      "add 1.3.6.1.5.5.7.3.1", has_no_server_auth },
    { "ike-intermediate", SERVER, true, "Windows",
      "of several certificates the wrong one may be chosen",
      "add iKEIntermediate, 1.3.6.1.5.5.8.2.2, to the extended key usage",
      has_no_ike_intermediate },
    { "client-purpose", CLIENT, false, "Windows", "its extended key usage lacks clientAuth",
      "add 1.3.6.1.5.5.7.3.2", has_no_client_auth },
    { "days", SERVER, false, "Apple", "it counts for more than 825 days", "issue it for less",
      is_long },
    { "no-ca", CA, false, "everybody", "its basicConstraints do not say that it is a CA's",
      "add CA:TRUE, critical", is_no_ca },
    { "certificates", CA, false, "everybody", "its key usage lacks keyCertSign", "add it",
      cannot_sign_certificates },
    { "crls", CA, false, "who checks revocation", "its key usage lacks cRLSign", "add it",
      cannot_sign_crls },
    { "key-identifier", CA, true, "strict peers",
      "it has no subjectKeyIdentifier (RFC 5280 4.2.1.2)", "add it", has_no_subject_key_id },
    { "issuer-identifier", LEAF, true, "strict peers",
      "it has no authorityKeyIdentifier (RFC 5280 4.2.1.1)", "add it", has_no_authority_key_id },
};
const size_t n_rules = sizeof rules / sizeof rules[0];
