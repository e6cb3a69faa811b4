#include "platform.h"

#include <stdio.h>
#include <string.h>

/* --- Who it is --------------------------------------------------------------------------- */

/* The beginning of a Vendor ID; what follows it is a version. */
static const struct vendor {
    enum platform platform;
    size_t len;
    const char *prefix;
} vendors[] = {
    /* "MS NT5 ISAKMPOAKLEY", hashed */
    { PLATFORM_WINDOWS, 16, "\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61" },
    /* "strongSwan", hashed */
    { PLATFORM_STRONGSWAN, 16,
      "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb" },
    { PLATFORM_CISCO, 19, "CISCO-DELETE-REASON" },
    { PLATFORM_CISCO, 17, "FLEXVPN-SUPPORTED" },
    { PLATFORM_CISCO, 16, "CISCO(COPYRIGHT)" },
    { PLATFORM_CISCO, 15, "CISCOVPN-REV-02" },
};

/* Who sends no Vendor ID is known by which payloads it sends, and in which order. */
static const struct {
    enum platform platform;
    const char *payloads;
} shapes[] = {
    { PLATFORM_APPLE, "SA KE Nonce N(REDIRECT_SUPPORTED) N(NAT_DETECTION_SOURCE_IP) "
                      "N(NAT_DETECTION_DESTINATION_IP) N(IKEV2_FRAGMENTATION_SUPPORTED)" },
};

enum platform platform_of_vendor(ike2_bytes data)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        const struct vendor *v = &vendors[i];

        if (data.len >= v->len && memcmp(data.ptr, v->prefix, v->len) == 0)
            return v->platform;
    }
    return PLATFORM_UNKNOWN;
}

enum platform platform_of_shape(const char *payloads)
{
    for (size_t i = 0; payloads != NULL && i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(payloads, shapes[i].payloads) == 0)
            return shapes[i].platform;
    }
    return PLATFORM_UNKNOWN;
}

const char *platform_name(enum platform platform)
{
    static const char *const names[PLATFORMS] = {
        [PLATFORM_WINDOWS] = "Windows",
        [PLATFORM_APPLE] = "Apple's iOS or macOS",
        [PLATFORM_STRONGSWAN] = "strongSwan, or its app for Android",
        [PLATFORM_CISCO] = "Cisco's",
    };

    return platform < PLATFORMS ? names[platform] : NULL;
}

/* --- What to do -------------------------------------------------------------------------- */

#define POWERSHELL(ike, hash, group, esp, pfs)                                                \
    "run on the client, in PowerShell: Set-VpnConnectionIPsecConfiguration -ConnectionName "  \
    "NAME -AuthenticationTransformConstants SHA256128 -CipherTransformConstants " esp         \
    " -DHGroup " group " -EncryptionMethod " ike " -IntegrityCheckMethod " hash " -PfsGroup " \
    pfs " -PassThru -Force (NAME is that of the connection, see Get-VpnConnection)"
#define PROFILE(encryption, hash, group)                                                     \
    "give the client a configuration profile whose IKESecurityAssociationParameters and "    \
    "ChildSecurityAssociationParameters have EncryptionAlgorithm " encryption                \
    ", IntegrityAlgorithm " hash ", DiffieHellmanGroup " group
#define CONNECTION(ike, esp) \
    "set in the peer's connection proposals = " ike " and, in its children, esp_proposals = " esp
#define CRYPTO_MAP(encryption, hash, group)                                                    \
    "set on the device: crypto ikev2 proposal NAME, encryption " encryption ", integrity " hash \
    ", group " group "; and for ESP: esp-aes 256 esp-sha256-hmac"

/* What a platform can be told to offer, best first. The words are our own, one proposal each for
 * IKE and ESP: the row fits if something that we accept holds all of them. */
static const struct remedy {
    enum platform platform;
    const char *ike, *esp, *text;
} remedies[] = {
    { PLATFORM_WINDOWS, "aes256-sha256-modp2048", "aes256-sha256",
      POWERSHELL("AES256", "SHA256", "Group14", "AES256", "PFS2048") },
    { PLATFORM_WINDOWS, "aes128-sha256-modp2048", "aes128-sha256",
      POWERSHELL("AES128", "SHA256", "Group14", "AES128", "PFS2048") },
    { PLATFORM_WINDOWS, "aes256-sha384-ecp384", "aes256-sha256",
      POWERSHELL("AES256", "SHA384", "ECP384", "AES256", "ECP384") },
    { PLATFORM_WINDOWS, "aes256-sha256-ecp256", "aes256-sha256",
      POWERSHELL("AES256", "SHA256", "ECP256", "AES256", "ECP256") },
    { PLATFORM_WINDOWS, "aes128-sha256-ecp256", "aes128-sha256",
      POWERSHELL("AES128", "SHA256", "ECP256", "AES128", "ECP256") },
    { PLATFORM_APPLE, "aes256gcm16-ecp256", "aes256gcm16",
      PROFILE("AES-256-GCM", "SHA2-256", "19") },
    { PLATFORM_APPLE, "aes256-sha256-modp2048", "aes256-sha256",
      PROFILE("AES-256", "SHA2-256", "14") },
    { PLATFORM_STRONGSWAN, "aes256gcm16-prfsha384-x25519", "aes256gcm16",
      CONNECTION("aes256gcm16-prfsha384-x25519", "aes256gcm16") },
    { PLATFORM_STRONGSWAN, "aes256-sha256-modp2048", "aes256-sha256",
      CONNECTION("aes256-sha256-modp2048", "aes256-sha256") },
    { PLATFORM_CISCO, "aes256-sha256-modp2048", "aes256-sha256",
      CRYPTO_MAP("aes-cbc-256", "sha256", "14") },
    { PLATFORM_CISCO, "aes256-sha384-ecp384", "aes256-sha256",
      CRYPTO_MAP("aes-cbc-256", "sha384", "20") },
};

/* Is `word` one of those between the hyphens of `proposal`? */
static bool has_word(const char *proposal, size_t len, const char *word, size_t word_len)
{
    for (size_t at = 0; at + word_len <= len; at++) {
        bool begins = at == 0 || proposal[at - 1] == '-';
        bool ends = at + word_len == len || proposal[at + word_len] == '-';

        if (begins && ends && strncmp(proposal + at, word, word_len) == 0)
            return true;
    }
    return false;
}

static bool holds(const char *proposal, size_t len, const char *words)
{
    for (const char *w = words; *w != '\0'; w += strspn(w, "-")) {
        size_t word_len = strcspn(w, "-");

        if (!has_word(proposal, len, w, word_len))
            return false;
        w += word_len;
    }
    return true;
}

static bool any_holds(const char *accepted, const char *words)
{
    for (const char *p = accepted; *p != '\0'; p += strspn(p, ", ")) {
        size_t len = strcspn(p, ",");

        if (holds(p, len, words))
            return true;
        p += len;
    }
    return false;
}

bool platform_remedy(enum platform platform, bool is_esp, const char *accepted,
                     char out[PLATFORM_REMEDY])
{
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++) {
        const struct remedy *r = &remedies[i];

        if (r->platform != platform || !any_holds(accepted, is_esp ? r->esp : r->ike))
            continue;
        (void)snprintf(out, PLATFORM_REMEDY, "%s", r->text);
        return true;
    }
    return false;
}
