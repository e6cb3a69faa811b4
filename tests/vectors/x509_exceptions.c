/* vectors/x509_exceptions.c - what comes out otherwise than the vectors say, and why. */
#include <mbedtls/version.h>

#include "vectors/x509.h"

static const char dsa[] = "DSA is not provided";
static const char folding[] = "names are compared without folding of white space";
static const char crls[] = "certificate revocation lists are not covered yet";
static const char policies[] = "certificate policies are not covered yet";
static const char critical_policies[] =
    "critical policy extensions are refused until they are covered";
static const char name_constraints[] =
    "critical name constraints are refused until they are covered";
static const char anchor[] = "dates and constraints of an anchor hold here";
static const char ca_purposes[] = "the purposes of CAs are not judged";
static const char unknown_extension[] = "a critical extension of another application";
static const char weak[] = "SHA-1 and RSA of 1024 bits are refused";
static const char purposes[] = "RFC 4945 5.1.3.12: IKE is content with more purposes than TLS";
static const char key_usage[] = "RFC 4945 5.1.3.2: without digitalSignature and nonRepudiation";
static const char pinned[] = "a pinned end entity is trusted as it is";
static const char key_ids[] = "key identifiers are hints";
static const char ee_constraints[] = "name constraints of an end entity mean nothing";
static const char serial[] = "mbedTLS takes long serial numbers";
static const char criticality[] = "mbedTLS takes basic constraints that are not critical";
static const char webpki[] = "a rule of the web alone";

const struct exception x509_pkits_exceptions[] = {
    { "4.1.5 Valid DSA Parameter Inheritance Test5", dsa },
    { "4.3.3 Valid Name Chaining Whitespace Test3", folding },
    { "4.3.11 Valid UTF8String Case Insensitive Match Test11", folding },
    { "4.4.1 Missing CRL Test1", crls },
    { "4.4.3 Invalid Revoked EE Test3", crls },
    { "4.4.5 Invalid Bad CRL Issuer Name Test5", crls },
    { "4.4.9 Invalid Unknown CRL Extension Test9", crls },
    { "4.4.11 Invalid Old CRL nextUpdate Test11", crls },
    { "4.4.15 Invalid Negative Serial Number Test15", crls },
    { "4.4.21 Invalid Separate Certificate and CRL Keys Test21", crls },
    { "4.5.5 Invalid Basic Self-Issued New With Old Test5", crls },
    { "4.5.7 Invalid Basic Self-Issued CRL Signing Key Test7", crls },
    { "4.7.5 Invalid keyUsage Not Critical cRLSign False Test5", crls },
    { "4.8.1 All Certificates Same Policy Test1 (Subpart 3)", policies },
    { "4.8.3 Different Policies Test3 (Subpart 3)", policies },
    { "4.8.5 Different Policies Test5", policies },
    { "4.8.7 Different Policies Test7", policies },
    { "4.8.9 Different Policies Test9", policies },
    { "4.8.12 Different Policies Test12", policies },
    { "4.9.1 Valid RequireExplicitPolicy Test1", critical_policies },
    { "4.10.1.1 Valid Policy Mapping Test1 (Subpart 1)", critical_policies },
    { "4.10.3 Valid Policy Mapping Test3 (Subpart 2)", critical_policies },
    { "4.10.5 Valid Policy Mapping Test5 (Subpart 1)", critical_policies },
    { "4.10.6 Valid Policy Mapping Test6 (Subpart 1)", critical_policies },
    { "4.10.9 Valid Policy Mapping Test9", critical_policies },
    { "4.10.11 Valid Policy Mapping Test11", critical_policies },
    { "4.10.12 Valid Policy Mapping Test12 (Subpart 2)", critical_policies },
    { "4.10.13 Valid Policy Mapping Test13 (Subpart 2)", critical_policies },
    { "4.10.14 Valid Policy Mapping Test14", critical_policies },
    { "4.11.7 Valid Self-Issued inhibitPolicyMapping Test7", critical_policies },
    { "4.12.3 inhibitAnyPolicy Test3 (Subpart 1)", critical_policies },
    { "4.13.1 Valid DN nameConstraints Test1", name_constraints },
    { "4.13.5 Valid DN nameConstraints Test5", name_constraints },
    { "4.13.11 Valid DN nameConstraints Test11", name_constraints },
    { "4.13.19 Valid Self-Issued DN nameConstraints Test19", name_constraints },
    { "4.13.21 Valid RFC822 nameConstraints Test21", name_constraints },
    { "4.13.23 Valid RFC822 nameConstraints Test23", name_constraints },
    { "4.13.25 Valid RFC822 nameConstraints Test25", name_constraints },
    { "4.13.27 Valid DN and RFC822 nameConstraints Test27", name_constraints },
    { "4.14.3 Invalid distributionPoint Test3", crls },
    { "4.14.9 Invalid distributionPoint Test9", crls },
    { "4.14.11 Invalid onlyContainsUserCerts CRL Test11", crls },
    { "4.14.15 Invalid onlySomeReasons Test15", crls },
    { "4.14.17 Invalid onlySomeReasons Test17", crls },
    { "4.14.21 Invalid onlySomeReasons Test21", crls },
    { "4.14.23 Invalid IDP with indirectCRL Test23", crls },
    { "4.14.27 Invalid cRLIssuer Test27", crls },
    { "4.14.31 Invalid cRLIssuer Test31", crls },
    { "4.14.35 Invalid cRLIssuer Test35", crls },
    { "4.15.1 Invalid deltaCRLIndicator No Base Test1", crls },
    { "4.15.3 Invalid delta-CRL Test3", crls },
    { "4.15.9 Invalid delta-CRL Test9", crls },
    { NULL, NULL },
};

const struct exception x509_boringssl_exceptions[] = {
    { "expired-root/not-after-ta-with-constraints", anchor },
    { "expired-root/not-after", anchor },
    { "expired-root/not-before", anchor },
    { "intermediate-eku-any-and-clientauth/serverauth-strict", ca_purposes },
    { "intermediate-eku-c2patimestamping/c2pamanifest", ca_purposes },
    { "intermediate-eku-c2patimestamping/clientauth", ca_purposes },
    { "intermediate-eku-c2patimestamping/serverauth", ca_purposes },
    { "intermediate-eku-mlsclientauth/mlsclientauth", unknown_extension },
    { "intermediate-eku-server-gated-crypto/sha1-eku-any", weak },
    { "intermediate-eku-server-gated-crypto/sha256-eku-clientAuth-strict", ca_purposes },
    { "intermediate-eku-server-gated-crypto/sha256-eku-clientAuth", ca_purposes },
    { "intermediate-eku-server-gated-crypto/sha256-eku-serverAuth-strict", ca_purposes },
    { "intermediate-eku-server-gated-crypto/sha256-eku-serverAuth", ca_purposes },
    { "issuer-and-subject-not-byte-for-byte-equal/anchor", weak },
    { "issuer-and-subject-not-byte-for-byte-equal/target", weak },
    { "many-names/ok-all-types", name_constraints },
    { "policies-inhibit-anypolicy-by-root-fail/main", critical_policies },
    { "policies-inhibit-mapping-by-root-fail/main", critical_policies },
    { "policies-ok/main", critical_policies },
    { "policies-ok/ta-with-constraints", critical_policies },
    { "policies-on-root-wrong/main", critical_policies },
    { "policies-required-by-root-ok/main", critical_policies },
    { "policies-required-by-root-ok/ta-with-constraints", critical_policies },
    { "policy-mappings-on-root-ok/main", critical_policies },
    { "policy-mappings-on-root-ok/ta-with-constraints", critical_policies },
    { "root-eku-clientauth/serverauth-ta-with-constraints-strict", ca_purposes },
    { "root-eku-clientauth/serverauth-ta-with-constraints", ca_purposes },
    { "root-eku-clientauth/serverauth-ta-with-expiration-and-constraints", ca_purposes },
    { "root-lacks-keycertsign-key-usage/main", anchor },
    { "target-eku-any/clientauth-strict-leaf", purposes },
    { "target-eku-any/clientauth-strict", purposes },
    { "target-eku-any/mlsclientauth", purposes },
    { "target-eku-any/serverauth-strict-leaf", purposes },
    { "target-eku-any/serverauth-strict", purposes },
    { "target-eku-many/clientauth-strict-leaf", purposes },
    { "target-eku-many/clientauth-strict", purposes },
    { "target-eku-many/mlsclientauth", purposes },
    { "target-eku-many/serverauth-strict-leaf", purposes },
    { "target-eku-many/serverauth-strict", purposes },
    { "target-msapplicationpolicies-and-eku/main", unknown_extension },
    { "target-not-end-entity/main", key_usage },
    { "target-selfissued/trusted_anchor", pinned },
    { "target-selfissued/trusted_leaf_require_self_signed", pinned },
    { "target-serverauth-various-keyusages/ec-decipherOnly", key_usage },
    { "target-serverauth-various-keyusages/ec-keyAgreement", key_usage },
    { "target-serverauth-various-keyusages/ec-keyEncipherment", key_usage },
    { "target-serverauth-various-keyusages/rsa-decipherOnly", key_usage },
    { "target-serverauth-various-keyusages/rsa-keyAgreement", key_usage },
    { "target-serverauth-various-keyusages/rsa-keyEncipherment", key_usage },
    { "violates-pathlen-1-from-root/main", anchor },
    { NULL, NULL },
};

const struct exception x509_limbo_exceptions[] = {
    { "rfc5280::aki::leaf-missing-aki", key_ids },
    { "rfc5280::eku::ee-wrong-eku", purposes },
    { "rfc5280::nc::permitted-dns-match", name_constraints },
    { "rfc5280::nc::permitted-dns-match-more", name_constraints },
    { "rfc5280::nc::permitted-ipv6-match", name_constraints },
    { "rfc5280::nc::permitted-self-issued", name_constraints },
    { "rfc5280::nc::excluded-different-constraint-type", name_constraints },
    { "rfc5280::nc::not-allowed-in-ee-noncritical", ee_constraints },
    { "rfc5280::serial::too-long", serial },
    { "rfc5280::ski::root-missing-ski", key_ids },
    { "rfc5280::root-non-critical-basic-constraints", criticality },
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    /* Malformed, for releases that look at key identifiers at all. */
    { "webpki::aki::root-with-aki-missing-keyidentifier", key_ids },
    { "webpki::aki::root-with-aki-authoritycertserialnumber", key_ids },
#endif
    { "webpki::aki::root-with-aki-ski-mismatch", key_ids },
    { "webpki::eku::ee-critical-eku", webpki },
    { "webpki::eku::root-has-eku", webpki },
    { "webpki::malformed-aia", webpki },
    { "webpki::ee-basicconstraints-ca", webpki },
    { NULL, NULL },
};
