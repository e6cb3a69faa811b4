/* policy/named.c - the named policies, as one table; the first one is the library's own. RFC 8247,
 * RFC 8221, RFC 9206. */
#include <ike2/policy.h>

#include <string.h>

#include <ike2/iana.h>

#include "policy/offer.h"

/* Compile-time constants: one row per transform. */
#define ENCR(name, bits) { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_##name, .key_bits = bits }
#define INTEG(name) { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_##name }
#define PRF(name) { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_##name }
#define KE(name) { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_##name }
#define ESN(name) { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_##name }
#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define PROPOSAL(which, table) \
    { .protocol = IKE2_PROTOCOL_##which, .transforms = table, .n_transforms = COUNT(table) }
#define IKE_OF(table) .ike = (table), .n_ike = COUNT(table)
#define ESP_OF(table) .esp = (table), .n_esp = COUNT(table)

/* --- default: RFC 8247 2, RFC 8221 5 and 6 --------------------------------------------------- */

#define COMBINED_CIPHERS ENCR(AES_GCM_16, 256), ENCR(AES_GCM_16, 128), ENCR(CHACHA20_POLY1305, 0)
#define CLASSIC_CIPHERS                                                     \
    ENCR(AES_CBC, 256), ENCR(AES_CBC, 128), INTEG(HMAC_SHA2_256_128),       \
        INTEG(HMAC_SHA2_384_192), INTEG(HMAC_SHA2_512_256)
#define PRFS PRF(HMAC_SHA2_384), PRF(HMAC_SHA2_256), PRF(HMAC_SHA2_512)
#define KES KE(CURVE25519), KE(ECP_256), KE(ECP_384), KE(MODP_3072), KE(MODP_2048)
/* RFC 7296 1.3: fresh secrets for what CREATE_CHILD_SA makes, if the peer wants them too. */
#define ESP_KES KES, KE(NONE)

static const ike2_transform default_ike_combined[] = { COMBINED_CIPHERS, PRFS, KES };
static const ike2_transform default_ike_classic[] = { CLASSIC_CIPHERS, PRFS, KES };
static const ike2_transform default_esp_combined[] = { COMBINED_CIPHERS, ESP_KES, ESN(NO),
                                                       ESN(YES) };
static const ike2_transform default_esp_classic[] = { CLASSIC_CIPHERS, ESP_KES, ESN(NO), ESN(YES) };
static const ike2_proposal default_ike[] = {
    PROPOSAL(IKE, default_ike_combined),
    PROPOSAL(IKE, default_ike_classic),
};
static const ike2_proposal default_esp[] = {
    PROPOSAL(ESP, default_esp_combined),
    PROPOSAL(ESP, default_esp_classic),
};

/* --- cnsa: RFC 9206 5 and 8 ------------------------------------------------------------------- */

/* The three suites of section 5, and PRF_HMAC_SHA2_384, which section 8 allows. */
static const ike2_transform cnsa_ike_suites[] = {
    ENCR(AES_GCM_16, 256), PRF(HMAC_SHA2_512), PRF(HMAC_SHA2_384),
    KE(ECP_384),           KE(MODP_3072),      KE(MODP_4096),
};
/* RFC 9206 11: a key exchange of a Child SA MUST be that of its IKE SA, which no list can say; and
 * MAY be left out. */
static const ike2_transform cnsa_esp_suites[] = { ENCR(AES_GCM_16, 256), ESN(NO), ESN(YES) };
static const ike2_proposal cnsa_ike[] = { PROPOSAL(IKE, cnsa_ike_suites) };
static const ike2_proposal cnsa_esp[] = { PROPOSAL(ESP, cnsa_esp_suites) };
/* RFC 9206 6. */
static const uint16_t cnsa_schemes[] = {
    IKE2_SIG_ECDSA_SHA384_DER, IKE2_SIG_ECDSA_P384_SHA384_RAW,
    IKE2_SIG_RSA_PSS_SHA384,   IKE2_SIG_RSA_PKCS1_SHA384,
};

/* --- windows-recommended ---------------------------------------------------------------------- */

static const ike2_transform windows_ike_suite[] = {
    ENCR(AES_CBC, 128), INTEG(HMAC_SHA2_256_128), PRF(HMAC_SHA2_256), KE(MODP_2048),
};
static const ike2_transform windows_esp_suite[] = {
    ENCR(AES_CBC, 128), INTEG(HMAC_SHA2_256_128), KE(MODP_2048), ESN(NO),
};
static const ike2_proposal windows_ike[] = { PROPOSAL(IKE, windows_ike_suite) };
static const ike2_proposal windows_esp[] = { PROPOSAL(ESP, windows_esp_suite) };

/* --- legacy-windows --------------------------------------------------------------------------- */

#ifdef IKE2_ENABLE_LEGACY
/* Of what Windows offers by itself, the best comes first: group 2 is all that it has, but SHA-1 and
 * 3DES are not. */
#define LEGACY_KES KE(MODP_2048), KE(MODP_1024)

static const ike2_transform legacy_ike_sha2[] = {
    ENCR(AES_CBC, 256),       ENCR(AES_CBC, 128),       INTEG(HMAC_SHA2_384_192),
    INTEG(HMAC_SHA2_256_128), PRF(HMAC_SHA2_384),       PRF(HMAC_SHA2_256),
    LEGACY_KES,
};
static const ike2_transform legacy_ike_sha1[] = {
    ENCR(AES_CBC, 256), ENCR(AES_CBC, 128), INTEG(HMAC_SHA1_96), PRF(HMAC_SHA1), LEGACY_KES,
};
static const ike2_transform legacy_ike_3des[] = {
    ENCR(3DES, 0), INTEG(HMAC_SHA1_96), PRF(HMAC_SHA1), LEGACY_KES,
};
static const ike2_transform legacy_esp_aes[] = {
    ENCR(AES_CBC, 256), ENCR(AES_CBC, 128), INTEG(HMAC_SHA2_256_128), INTEG(HMAC_SHA1_96),
    KE(MODP_2048),      KE(NONE),           ESN(NO),
};
static const ike2_transform legacy_esp_3des[] = {
    ENCR(3DES, 0), INTEG(HMAC_SHA1_96), KE(MODP_2048), KE(NONE), ESN(NO),
};
static const ike2_proposal legacy_ike[] = {
    PROPOSAL(IKE, legacy_ike_sha2),
    PROPOSAL(IKE, legacy_ike_sha1),
    PROPOSAL(IKE, legacy_ike_3des),
};
static const ike2_proposal legacy_esp[] = {
    PROPOSAL(ESP, legacy_esp_aes),
    PROPOSAL(ESP, legacy_esp_3des),
};
#endif
static const char legacy_name[] = "legacy-windows";

/* --- The table -------------------------------------------------------------------------------- */

static const ike2_named_policy policies[] = {
    { .name = "default", .source = "RFC 8247, RFC 8221",
      .summary = "For everybody: no SHA-1, no group below 2048 bits, AEADs first.",
      IKE_OF(default_ike), ESP_OF(default_esp) },
    { .name = "cnsa", .source = "RFC 9206",
      .summary = "The first Commercial National Security Algorithm suite: 256 bits, "
                 "certificates only, not post-quantum.",
      IKE_OF(cnsa_ike), ESP_OF(cnsa_esp), .schemes = cnsa_schemes,
      .n_schemes = COUNT(cnsa_schemes), .min_rsa_bits = 3072, .min_ec_bits = 384,
      .max_ec_bits = 384, .certificates_only = true },
    { .name = "windows-recommended",
      .summary = "Windows clients that were configured as administrators recommend: AES128, "
                 "SHA256, group 14, with forward secrecy.",
      IKE_OF(windows_ike), ESP_OF(windows_esp), .ike_rekey_seconds = 86400,
      .child_rekey_seconds = 28800, .child_rekey_octets = UINT64_C(1024000) * 1024 },
#ifdef IKE2_ENABLE_LEGACY
    /* 3DES has blocks of 64 bits: no key lives long enough for two of them to be equal. */
    { .name = legacy_name,
      .summary = "Windows clients as they are out of the box: 3DES, SHA-1 and group 2 can be "
                 "broken. For one old client at a time, until it is configured.",
      IKE_OF(legacy_ike), ESP_OF(legacy_esp), .child_rekey_octets = UINT64_C(64) << 20,
      .legacy = true },
#endif
};

struct proposals ike2_default_proposals(uint8_t protocol)
{
    if (protocol == IKE2_PROTOCOL_IKE)
        return (struct proposals){ .list = policies[0].ike, .n = policies[0].n_ike };
    if (protocol == IKE2_PROTOCOL_ESP)
        return (struct proposals){ .list = policies[0].esp, .n = policies[0].n_esp };
    return (struct proposals){ 0 };
}

/* --- Looking up ------------------------------------------------------------------------------- */

static void policy_copy(const ike2_named_policy *from, ike2_named_policy *out)
{
    size_t size = out->struct_size;
    ike2_named_policy whole = *from;

    whole.struct_size = size;
    memcpy(out, &whole, size < sizeof whole ? size : sizeof whole);
}

bool ike2_named_policy_at(size_t i, ike2_named_policy *out)
{
    if (i >= COUNT(policies) || out->struct_size < sizeof out->struct_size)
        return false;
    policy_copy(&policies[i], out);
    return true;
}

ike2_err ike2_named_policy_find(const char *name, ike2_named_policy *out)
{
    if (out->struct_size < sizeof out->struct_size)
        return IKE2_ERR_ARGUMENT;
    for (size_t i = 0; i < COUNT(policies); i++) {
        if (strcmp(policies[i].name, name) != 0)
            continue;
        policy_copy(&policies[i], out);
        return IKE2_OK;
    }
    return strcmp(name, legacy_name) == 0 ? IKE2_ERR_UNSUPPORTED : IKE2_ERR_ARGUMENT;
}

/* --- Filling in ------------------------------------------------------------------------------- */

void ike2_named_policy_fill_peer(const ike2_named_policy *p, ike2_peer_config *peer)
{
    if (peer->n_proposals == 0) {
        peer->proposals = p->ike;
        peer->n_proposals = p->n_ike;
    }
    if (peer->rekey_seconds == 0)
        peer->rekey_seconds = p->ike_rekey_seconds;
    if (peer->n_remote_schemes == 0) {
        peer->remote_schemes = p->schemes;
        peer->n_remote_schemes = p->n_schemes;
    }
    if (peer->remote_auth == 0 && p->certificates_only)
        peer->remote_auth = IKE2_AUTH_SIGNATURE;
}

void ike2_named_policy_fill_child(const ike2_named_policy *p, ike2_child_config *child)
{
    if (child->n_proposals == 0) {
        child->proposals = p->esp;
        child->n_proposals = p->n_esp;
    }
    if (child->rekey_seconds == 0)
        child->rekey_seconds = p->child_rekey_seconds;
    if (child->rekey_octets == 0)
        child->rekey_octets = p->child_rekey_octets;
}

/* --- Narrowing -------------------------------------------------------------------------------- */

static bool has(const ike2_proposal *p, const ike2_transform *t)
{
    for (size_t i = 0; i < p->n_transforms; i++)
        if (ike2_transform_equal(&p->transforms[i], t))
            return true;
    return false;
}

static bool has_type(const ike2_proposal *p, uint8_t type)
{
    for (size_t i = 0; i < p->n_transforms; i++)
        if (p->transforms[i].type == type)
            return true;
    return false;
}

/* RFC 7296 3.3.3: what a Child SA's proposal leaves unsaid is NONE, or no ESN. */
static bool has_unsaid(const ike2_proposal *p, const ike2_proposal *proposal,
                       const ike2_transform *unsaid)
{
    return p->protocol == IKE2_PROTOCOL_IKE || has_type(proposal, unsaid->type) ||
           !has_type(p, unsaid->type) || has(p, unsaid);
}

static bool holds(const ike2_proposal *p, const ike2_proposal *proposal)
{
    static const ike2_transform ke_none = KE(NONE), esn_no = ESN(NO);

    if (p->protocol != proposal->protocol)
        return false;
    for (size_t i = 0; i < proposal->n_transforms; i++)
        if (!has(p, &proposal->transforms[i]))
            return false;
    return has_unsaid(p, proposal, &ke_none) && has_unsaid(p, proposal, &esn_no);
}

bool ike2_named_policy_allows(const ike2_named_policy *p, const ike2_proposal *proposal)
{
    for (size_t i = 0; i < p->n_ike; i++)
        if (holds(&p->ike[i], proposal))
            return true;
    for (size_t i = 0; i < p->n_esp; i++)
        if (holds(&p->esp[i], proposal))
            return true;
    return false;
}
