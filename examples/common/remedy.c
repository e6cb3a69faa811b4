#include "remedy.h"

#include <stdio.h>

#include "policy.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* What a platform can be told to offer for IKE, or for ESP, best first. The proposals are in our
 * words: the row fits if something that we accept holds all of them. With a key exchange for ESP
 * goes forward secrecy, without one its absence. */
struct half {
    enum platform platform;
    const char *proposal, *text;
};

#define WINDOWS_IKE(group, cipher, hash)                                                           \
    "-DHGroup " group " -EncryptionMethod " cipher " -IntegrityCheckMethod " hash
#define WINDOWS_ESP(auth, cipher, pfs)                                                             \
    "-AuthenticationTransformConstants " auth " -CipherTransformConstants " cipher " -PfsGroup " pfs
#define APPLE(cipher, hash, group)                                                                 \
    "EncryptionAlgorithm " cipher ", IntegrityAlgorithm " hash ", DiffieHellmanGroup " group
#define CISCO(cipher, hash, group) "encryption " cipher ", integrity " hash ", group " group

static const struct half ike_halves[] = {
    { PLATFORM_WINDOWS, "aes256-sha256-modp2048", WINDOWS_IKE("Group14", "AES256", "SHA256") },
    { PLATFORM_WINDOWS, "aes128-sha256-modp2048", WINDOWS_IKE("Group14", "AES128", "SHA256") },
    { PLATFORM_WINDOWS, "aes256-sha384-ecp384", WINDOWS_IKE("ECP384", "AES256", "SHA384") },
    { PLATFORM_WINDOWS, "aes256-sha256-ecp256", WINDOWS_IKE("ECP256", "AES256", "SHA256") },
    { PLATFORM_WINDOWS, "aes128-sha256-ecp256", WINDOWS_IKE("ECP256", "AES128", "SHA256") },
    { PLATFORM_APPLE, "aes256gcm16-prfsha384-ecp384", APPLE("AES-256-GCM", "SHA2-384", "20") },
    { PLATFORM_APPLE, "aes256gcm16-prfsha256-ecp256", APPLE("AES-256-GCM", "SHA2-256", "19") },
    { PLATFORM_APPLE, "aes256-sha256-modp2048", APPLE("AES-256", "SHA2-256", "14") },
    { PLATFORM_STRONGSWAN, "aes256gcm16-prfsha384-x25519", "aes256gcm16-prfsha384-x25519" },
    { PLATFORM_STRONGSWAN, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384" },
    { PLATFORM_STRONGSWAN, "aes256-sha256-modp2048", "aes256-sha256-modp2048" },
    { PLATFORM_CISCO, "aes256-sha256-modp2048", CISCO("aes-cbc-256", "sha256", "14") },
    { PLATFORM_CISCO, "aes256-sha384-ecp384", CISCO("aes-cbc-256", "sha384", "20") },
};

static const struct half esp_halves[] = {
    { PLATFORM_WINDOWS, "aes256-sha256-modp2048", WINDOWS_ESP("SHA256128", "AES256", "PFS2048") },
    { PLATFORM_WINDOWS, "aes128-sha256-modp2048", WINDOWS_ESP("SHA256128", "AES128", "PFS2048") },
    { PLATFORM_WINDOWS, "aes256gcm16-ecp384", WINDOWS_ESP("GCMAES256", "GCMAES256", "ECP384") },
    { PLATFORM_WINDOWS, "aes256-sha256-ecp384", WINDOWS_ESP("SHA256128", "AES256", "ECP384") },
    { PLATFORM_WINDOWS, "aes256-sha256-ecp256", WINDOWS_ESP("SHA256128", "AES256", "ECP256") },
    { PLATFORM_WINDOWS, "aes128-sha256-ecp256", WINDOWS_ESP("SHA256128", "AES128", "ECP256") },
    { PLATFORM_WINDOWS, "aes256gcm16", WINDOWS_ESP("GCMAES256", "GCMAES256", "None") },
    { PLATFORM_WINDOWS, "aes128gcm16", WINDOWS_ESP("GCMAES128", "GCMAES128", "None") },
    { PLATFORM_WINDOWS, "aes256-sha256", WINDOWS_ESP("SHA256128", "AES256", "None") },
    { PLATFORM_WINDOWS, "aes128-sha256", WINDOWS_ESP("SHA256128", "AES128", "None") },
    { PLATFORM_APPLE, "aes256gcm16-ecp384", APPLE("AES-256-GCM", "SHA2-384", "20, EnablePFS 1") },
    { PLATFORM_APPLE, "aes256gcm16-ecp256", APPLE("AES-256-GCM", "SHA2-256", "19, EnablePFS 1") },
    { PLATFORM_APPLE, "aes256-sha256-modp2048", APPLE("AES-256", "SHA2-256", "14, EnablePFS 1") },
    { PLATFORM_APPLE, "aes256gcm16", APPLE("AES-256-GCM", "SHA2-256", "19, EnablePFS 0") },
    { PLATFORM_APPLE, "aes256-sha256", APPLE("AES-256", "SHA2-256", "14, EnablePFS 0") },
    { PLATFORM_STRONGSWAN, "aes256gcm16-x25519", "aes256gcm16-x25519" },
    { PLATFORM_STRONGSWAN, "aes256gcm16", "aes256gcm16" },
    { PLATFORM_STRONGSWAN, "aes256-sha256-modp2048", "aes256-sha256-modp2048" },
    { PLATFORM_STRONGSWAN, "aes256-sha256", "aes256-sha256" },
    { PLATFORM_CISCO, "aes256-sha256-modp2048",
      "transform set esp-aes 256 esp-sha256-hmac, set pfs group14" },
    { PLATFORM_CISCO, "aes256-sha256-ecp384",
      "transform set esp-aes 256 esp-sha256-hmac, set pfs group20" },
    { PLATFORM_CISCO, "aes256-sha256", "transform set esp-aes 256 esp-sha256-hmac, no set pfs" },
};

/* How the two are told. */
static const struct {
    const char *before, *between, *after;
} forms[PLATFORMS] = {
    [PLATFORM_WINDOWS] = { "run on the client, in PowerShell: Set-VpnConnectionIPsecConfiguration "
                           "-ConnectionName NAME ",
                           " ",
                           " -PassThru -Force (NAME is that of the connection, see "
                           "Get-VpnConnection)" },
    [PLATFORM_APPLE] = { "give the client a configuration profile whose "
                         "IKESecurityAssociationParameters have ",
                         ", and whose ChildSecurityAssociationParameters have ", "" },
    [PLATFORM_STRONGSWAN] = { "set in the peer's connection proposals = ",
                              " and, in its children, esp_proposals = ", "" },
    [PLATFORM_CISCO] = { "set on the device: crypto ikev2 proposal NAME, ", "; and for ESP: ", "" },
};

/* --- What fits --------------------------------------------------------------------------- */

/* What a connection accepts, as a policy of its own. */
static bool accepts(const ike2_named_policy *accepted, const char *words, uint8_t protocol)
{
    ike2_transform room[TRANSFORMS_MAX];
    ike2_proposal p;

    return ike2_proposal_parse(words, protocol, room, TRANSFORMS_MAX, &p) == IKE2_OK &&
           ike2_named_policy_allows(accepted, &p);
}

static bool ike_fits(const struct connection *c, const char *words)
{
    ike2_named_policy accepted = policy_of(c);

    if (c->ike.n > 0) {
        accepted.ike = c->ike.list;
        accepted.n_ike = c->ike.n;
    }
    return accepts(&accepted, words, IKE2_PROTOCOL_IKE);
}

/* Which of the children the peer wants is not known: it shall have any. */
static bool esp_fits(const struct connection *c, const char *words)
{
    for (size_t i = 0; i < c->n_children; i++) {
        const struct proposals *own = c->children[i].esp.n > 0 ? &c->children[i].esp : &c->esp;
        ike2_named_policy accepted = policy_of(c);

        if (own->n > 0) {
            accepted.esp = own->list;
            accepted.n_esp = own->n;
        }
        if (!accepts(&accepted, words, IKE2_PROTOCOL_ESP))
            return false;
    }
    return true;
}

static const char *find(const struct half *halves, size_t n, enum platform platform,
                        const struct connection *c,
                        bool (*fits)(const struct connection *c, const char *words))
{
    for (size_t i = 0; i < n; i++) {
        if (halves[i].platform == platform && fits(c, halves[i].proposal))
            return halves[i].text;
    }
    return NULL;
}

bool remedy_find(enum platform platform, const struct connection *c, char out[REMEDY_TEXT])
{
    const char *ike = find(ike_halves, COUNT(ike_halves), platform, c, ike_fits);
    const char *esp = find(esp_halves, COUNT(esp_halves), platform, c, esp_fits);

    if (ike == NULL || esp == NULL)
        return false;
    (void)snprintf(out, REMEDY_TEXT, "%s%s%s%s%s", forms[platform].before, ike,
                   forms[platform].between, esp, forms[platform].after);
    return true;
}
