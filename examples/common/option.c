#include "option.h"

#include <stdio.h>
#include <string.h>

#include "nearest.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const char *const option_sections[SECTIONS] = {
    [SECTION_TOP] = "",           [SECTION_LIMITS] = "limits", [SECTION_TUN] = "tun",
    [SECTION_POOL] = "pool",
    [SECTION_CONNECTION] = "connection", [SECTION_LOCAL] = "local",
    [SECTION_REMOTE] = "remote",  [SECTION_CHILD] = "child",
};

/* Each section lies in one other. */
static const enum option_section outer_of[SECTIONS] = {
    [SECTION_LIMITS] = SECTION_TOP,       [SECTION_TUN] = SECTION_TOP,
    [SECTION_POOL] = SECTION_TOP,
    [SECTION_CONNECTION] = SECTION_TOP,   [SECTION_LOCAL] = SECTION_CONNECTION,
    [SECTION_REMOTE] = SECTION_CONNECTION, [SECTION_CHILD] = SECTION_CONNECTION,
};

#define ROW(option, where, word)                                                 \
    [OPTION_##option] = { .id = OPTION_##option, .section = SECTION_##where, .name = (word),
#define ONE(what, otherwise, text) .form = (what), .fallback = (otherwise), .help = (text) }
#define MANY(what, otherwise, text) .list = true, ONE(what, otherwise, text)

const struct option_row option_rows[OPTIONS] = {
    ROW(LISTEN, TOP, "listen")
        MANY("ADDRESS", "`0.0.0.0`, and `::` where there is IPv6",
             "Our addresses. On each, the two ports are opened."),
    ROW(PORT, TOP, "port")
        ONE("0-65535", "`500`", "UDP port of IKE; 0 takes any free one."),
    ROW(NATT_PORT, TOP, "natt-port")
        ONE("0-65535", "`4500`",
            "UDP port of IKE and ESP behind a NAT; 0 takes any free one."),
    ROW(CONTROL, TOP, "control")
        ONE("PATH", "`/run/ikev2/control.sock`",
            "UNIX socket for `ikev2ctl`; only the owner of the process may connect. `none`: no "
            "socket."),
    ROW(DATAPLANE, TOP, "dataplane")
        ONE("`none`, `tun` or `xfrm`", "`none`",
            "What carries the traffic: nothing (IKE only), ESP in this process behind a TUN "
            "interface, or ESP in the kernel."),
    ROW(COOKIE, TOP, "cookie")
        ONE("`auto`, `always` or `never`", "`auto`",
            "When a first request is answered with a cookie (RFC 7296 2.6): by load, always or "
            "never."),
    ROW(ANSWER_UNKNOWN, TOP, "answer-unknown")
        ONE("`yes` or `no`", "`no`",
            "Whether requests for IKE SAs that are not here are answered with INVALID_IKE_SPI "
            "(RFC 7296 2.21.4), up to 100 in a second."),
    ROW(LOG_LEVEL, TOP, "log-level")
        ONE("`error`, `warn`, `info`, `debug` or `trace`", "`info`",
            "What is logged; `ikev2ctl log` changes it. `trace` shows each record of the "
            "library."),
    ROW(LOG_FORMAT, TOP, "log-format")
        ONE("`text` or `json`", "`text`", "Lines for people, or one JSON object each."),
    ROW(KEYLOG, TOP, "keylog")
        ONE("PATH", "none",
            "Appends the keys of all IKE SAs for Wireshark: for tests, never in production; needs "
            "a library with the key log built in."),

    ROW(SAS, LIMITS, "sas") ONE("1-1000000", "`16384`", "IKE SAs in all states."),
    ROW(HALF_OPEN, LIMITS, "half-open")
        ONE("1-1000000", "`2048`", "IKE SAs whose peers have not proven themselves."),
    ROW(HALF_OPEN_COOKIE, LIMITS, "half-open-cookie")
        ONE("1-1000000", "`128`", "From so many of these on, cookies are demanded."),
    ROW(HALF_OPEN_PER_ADDRESS, LIMITS, "half-open-per-address")
        ONE("1-1000000", "`16`", "So many of these for one address."),
    ROW(HALF_OPEN_TIME, LIMITS, "half-open-time")
        ONE("TIME", "`30s`", "A peer has so much time to prove itself."),

    ROW(INTERFACE, TUN, "interface")
        ONE("NAME", "`ike2-%d`", "Name of the TUN interface; `%d` stands for a number."),
    ROW(MTU, TUN, "mtu") ONE("576-9000", "`1400`", "MTU of the TUN interface."),
    ROW(ROUTES, TUN, "routes")
        ONE("`yes` or `no`", "`yes`",
            "Routes to what is behind the peers are made and removed with the Child SAs."),
    ROW(ROUTE_TABLE, TUN, "route-table")
        ONE("1-4294967295", "the main one", "Routing table that these routes go to."),

    ROW(RANGE, POOL, "range")
        MANY("RANGE", NULL,
             "Addresses for clients: `10.9.0.0/24`, `10.9.0.10-10.9.0.99`, `2001:db8:9::/64`. Of a "
             "network, neither its first nor its last address is given out."),
    ROW(RESERVE, POOL, "reserve")
        MANY("ADDRESS", "none",
             "Addresses in these ranges that are not given out. Those of this machine and of `dns` "
             "and `nbns` never are."),

    ROW(POLICY, CONNECTION, "policy")
        ONE("`default`, `cnsa`, `windows-recommended` or `legacy-windows`", "`default`",
            "What algorithms, lifetimes and signatures this connection has, by a name; see "
            "`policies.md`. What else is written here may take from it, and add nothing. "
            "`legacy-windows` is in builds with `IKE2_ENABLE_LEGACY` only, and each use is "
            "logged."),
    ROW(PROPOSALS, CONNECTION, "proposals")
        MANY("PROPOSAL or `default`", "`default`",
             "Algorithms of the IKE SA, preferred first, such as "
             "`aes256gcm16-prfsha384-ecp384`; `default` are those of `policy`."),
    ROW(ESP_PROPOSALS, CONNECTION, "esp-proposals")
        MANY("PROPOSAL or `default`", "`default`",
             "Algorithms of Child SAs, such as `aes256gcm16`, for each `child` that has none."),
    ROW(REKEY_TIME, CONNECTION, "rekey-time")
        ONE("TIME", "`4h`",
            "At this age the IKE SA gets new keys; up to a tenth earlier, by chance. Those of the "
            "traffic have their own: see `child`."),
    ROW(REAUTH_TIME, CONNECTION, "reauth-time")
        ONE("TIME", "`never`",
            "The peer is told to prove itself anew before the IKE SA has this age (RFC 4478); one "
            "that is ten seconds older ends."),
    ROW(UNIQUE, CONNECTION, "unique")
        ONE("`contact`, `replace`, `keep` or `refuse`", "`contact`",
            "What becomes of an older IKE SA between the same two identities when a new one comes "
            "up: it ends if the peer says that it has forgotten it (`contact`, RFC 7296 2.4), it "
            "ends anyway (`replace`), it stays (`keep`), or it stays and the new one is refused."),
    ROW(CHILDLESS, CONNECTION, "childless")
        ONE("`yes` or `no`", "`yes`",
            "A peer may set up an IKE SA without a Child SA (RFC 6023), and ask for one later."),
    ROW(WINDOW, CONNECTION, "window")
        ONE("1-16", "`1`",
            "So many requests of the peer's may be under way at a time (RFC 7296 2.3)."),
    ROW(DPD, CONNECTION, "dpd")
        ONE("TIME", "`30s`",
            "After so much silence the peer is asked whether it lives (RFC 7296 2.4)."),
    ROW(KEEPALIVE, CONNECTION, "keepalive")
        ONE("TIME", "`20s`", "NAT keepalives, while we are behind a NAT."),
    ROW(FRAGMENTATION, CONNECTION, "fragmentation")
        ONE("`yes`, `no` or `required`", "`yes`",
            "IKE fragmentation (RFC 7383), for large messages."),
    ROW(FULL_TRANSCRIPT, CONNECTION, "full-transcript")
        ONE("`yes`, `no` or `required`", "`yes`",
            "Both sides authenticate both messages of IKE_SA_INIT, so that nobody can change them "
            "on the way (`downgrade.md`). `yes`: with peers that announce it, too."),
    ROW(FRAGMENT_SIZE, CONNECTION, "fragment-size")
        ONE("576-65535", "`1280`",
            "Octets of the largest IP packet with a fragment; below 1280 for IPv4 only."),
    ROW(FORCE_ENCAP, CONNECTION, "force-encap")
        ONE("`yes` or `no`", "`no`",
            "ESP in UDP, as if there were a NAT. The data plane `tun` always has it."),
    ROW(SHA1_SIGNATURES, CONNECTION, "sha1-signatures")
        ONE("`yes` or `no`", "`no`",
            "Accepts RSA signatures with SHA-1 from peers that know nothing better."),
    ROW(POOLS, CONNECTION, "pools")
        MANY("NAME", "none",
             "Pools that a client gets its addresses of, one of IPv4 and one of IPv6, if it asks "
             "for them (RFC 7296 2.19). What follows goes with them."),
    ROW(DNS, CONNECTION, "dns")
        MANY("ADDRESS", "none", "Name servers, for clients that ask for some."),
    ROW(NBNS, CONNECTION, "nbns")
        MANY("ADDRESS", "none", "NetBIOS name servers (WINS), likewise; IPv4."),
    ROW(SUBNETS, CONNECTION, "subnets")
        MANY("NETWORK", "none",
             "Networks that clients are told to reach through us (RFC 7296 3.15.2), asked or not."),
    ROW(DOMAINS, CONNECTION, "domains")
        MANY("DOMAIN", "none",
             "Domains that are looked up at `dns`, for clients that know split DNS (RFC 8598)."),
    ROW(NETMASK, CONNECTION, "netmask")
        ONE("255.255.255.0", "none", "The netmask of the clients' network, for those that ask."),

    ROW(LOCAL_ID, LOCAL, "id")
        MANY("ID", NULL,
             "What we claim to be: `vpn.example.org`, `user@example.org`, an address, "
             "`keyid:...`. With a certificate it has to stand in it; of several, the first that "
             "does is claimed with it."),
    ROW(LOCAL_CERT, LOCAL, "cert")
        MANY("FILE", "none",
             "Our certificates, preferred first: each file holds one with those between it and the "
             "CA's, in any order, and may hold its private key; PEM, DER or PKCS #12. Which one "
             "is used: `credentials.md`."),
    ROW(LOCAL_CERT_URL, LOCAL, "cert-url")
        MANY("URL", "none",
             "Where these certificates are, in DER, as `http://pki.example.org/vpn.der`: sent "
             "instead of them to peers that look them up (Hash and URL, RFC 7296 3.6). One for "
             "each that would be sent: that of the first file, those between it and the CA's, and "
             "so on."),
    ROW(LOCAL_KEY, LOCAL, "key")
        MANY("FILE or URI", "none",
             "Their private keys, in any order, where they are not in the same files; PEM, DER or "
             "PKCS #12, encrypted or not, or the URI of one in a token."),
    ROW(LOCAL_KEY_PASSWORD_FILE, LOCAL, "key-password-file")
        MANY("FILE", "none",
             "The passwords of files that are encrypted, one on the first line of each file; "
             "each is tried. A single one is the PIN of a token, too."),
    ROW(LOCAL_PSK_FILE, LOCAL, "psk-file")
        ONE("FILE", "none",
            "The pre-shared key: the octets of the file, without one newline at the end; after "
            "`0x`, in hexadecimal."),
    ROW(LOCAL_SCHEMES, LOCAL, "signature-schemes")
        MANY("SCHEME", "all that the key can make",
             "How we sign, preferred first: `rsa-pss-sha256`, `rsa-sha256`, `ecdsa-sha384`, "
             "`ecdsa-p256` and the like."),
    ROW(LOCAL_METHOD, LOCAL, "method")
        ONE("`auto`, `raw-key` or `none`", "`auto`",
            "How we prove ourselves: with what there is; by `key` without a certificate "
            "(`raw-key`, RFC 7670); or not at all (`none`, RFC 7619)."),

    ROW(REMOTE_ID, REMOTE, "id")
        ONE("ID", "`%any`",
            "What the peer has to prove to be; `%any` for any identity that is trusted."),
    ROW(REMOTE_METHOD, REMOTE, "method")
        MANY("`psk`, `certificate`, `raw-key` or `none`", "as we do",
             "How the peer may prove itself: by a pre-shared key, a certificate of `ca`, or one of "
             "`public-key`; with these, whichever there is. `none`, alone, is for anonymous peers "
             "(RFC 7619): whatever they claim to be proves nothing."),
    ROW(REMOTE_CA, REMOTE, "ca")
        MANY("FILE", "none", "CA certificates that a peer's certificate may lead to, PEM or DER."),
    ROW(REMOTE_CA_HASH, REMOTE, "ca-hash")
        MANY("HASH", "none",
             "CAs that are known by a hash alone: SHA-256 of a certificate that the peer sends, or "
             "of the public key of a root that it sends. Most peers, these programs too, send "
             "their intermediates and not the root, RFC 7296 3.6: name an intermediate's "
             "certificate, or the root's file with `ca`."),
    ROW(REMOTE_PIN, REMOTE, "pin")
        MANY("HASH", "none",
             "One of these has to be on the way from the peer's certificate to that of the CA, "
             "ends included: SHA-256 of a certificate, or of its public key."),
    ROW(REMOTE_PURPOSE, REMOTE, "extended-key-usage")
        MANY("`serverAuth`, `clientAuth`, `ipsecIKE`, `ikeIntermediate`, `anyExtendedKeyUsage` or "
             "`absent`",
             "all of them",
             "What the peer's certificate has to be for: one of these (RFC 4945 5.1.3.12). "
             "`absent` are certificates that do not say."),
    ROW(REMOTE_CRL, REMOTE, "crl")
        ONE("`off`, `soft` or `hard`", "`soft`",
            "What is done about revocation: nothing; who is listed in a CRL is refused; or also "
            "who no current CRL speaks of (`hard`, RFC 5280 6.3)."),
    ROW(REMOTE_CRL_FILE, REMOTE, "crl-file")
        MANY("FILE", "none",
             "CRLs, PEM or DER, besides those that the peer sends. They are read anew by a "
             "reload."),
    ROW(REMOTE_CRL_FETCH, REMOTE, "crl-fetch")
        ONE("`yes` or `no`", "`no`",
            "CRLs that are missing are fetched by http and https from where the certificates say "
            "that they are (RFC 5280 4.2.1.13), once all else is good; the IKE SA waits for them, "
            "5 seconds at most."),
    ROW(REMOTE_CRL_CACHE, REMOTE, "crl-cache")
        ONE("DIRECTORY", "none",
            "Where fetched CRLs are kept, so that one is fetched again only when it is over."),
    ROW(REMOTE_CRL_NETWORKS, REMOTE, "crl-networks")
        MANY("NETWORK", "none",
             "Addresses that CRLs are fetched from although they are loopback, link-local or "
             "multicast ones, which nothing is fetched from otherwise; and certificates, from "
             "which private networks are barred, too."),
    ROW(REMOTE_HASH_AND_URL, REMOTE, "hash-and-url")
        ONE("`yes` or `no`", "`no`",
            "The peer may say where its certificates are instead of sending them (Hash and URL, "
            "RFC 7296 3.6). They are fetched by http before anybody has proven anything: whoever "
            "can reach us chooses the address; see `x509.md`."),
    ROW(REMOTE_WILDCARDS, REMOTE, "wildcards")
        ONE("`yes` or `no`", "`no`",
            "A certificate for `*.example.org` proves `vpn.example.org`."),
    ROW(REMOTE_COMMON_NAME, REMOTE, "common-name")
        ONE("`yes` or `no`", "`no`",
            "The CN of a certificate without any dNSName is taken for one (RFC 4945 3.1.2 "
            "advises against it)."),
    ROW(REMOTE_PUBLIC_KEY, REMOTE, "public-key")
        MANY("FILE or `sha256:...`", "none",
             "The keys that the peer of this `id` may prove itself by without a certificate (RFC "
             "7670): its public keys, PEM or DER, or the SHA-256 of one (of its "
             "SubjectPublicKeyInfo)."),
    ROW(REMOTE_PSK_FILE, REMOTE, "psk-file")
        ONE("FILE", "ours", "The peer's pre-shared key, if it is not the same as ours."),
    ROW(REMOTE_PSK_TABLE, REMOTE, "psk-table")
        ONE("FILE", "none",
            "Pre-shared keys of many peers, one a line: an identity and its key, as "
            "`alice@example.org KEY`, `*@example.org KEY`, `*.example.org KEY` or `%any KEY`. The "
            "line that says most holds, for both sides."),
    ROW(REMOTE_ADDRESS, REMOTE, "address")
        MANY("NETWORK", "any", "Where the peer may come from: `192.0.2.0/24`."),
    ROW(REMOTE_SCHEMES, REMOTE, "signature-schemes")
        MANY("SCHEME", "all without SHA-1", "Signatures that are accepted."),
    ROW(REMOTE_SYSTEM, REMOTE, "system")
        ONE("`any`, `android`, `apple` or `windows`", "`any`",
            "What the peer is known to run, so that we do not sign in a way that it does not "
            "understand: no RSA-PSS for Android. Windows is recognized without."),

    ROW(LOCAL_TS, CHILD, "local-ts")
        MANY("NETWORK", "everything", "What is behind us: `10.1.0.0/16`, `2001:db8::/32`."),
    ROW(REMOTE_TS, CHILD, "remote-ts")
        MANY("NETWORK", "everything", "What is behind the peer."),
    ROW(CHILD_ESP_PROPOSALS, CHILD, "esp-proposals")
        MANY("PROPOSAL or `default`", "the connection's", "Algorithms of this Child SA."),
    ROW(CHILD_MODE, CHILD, "mode")
        ONE("`tunnel`, `transport` or `either`", "`tunnel`",
            "Networks behind the peers, or only the peers themselves (`transport`; data plane "
            "`xfrm`). `either`: transport mode if the peer wants it, too."),
    ROW(CHILD_REKEY_TIME, CHILD, "rekey-time")
        ONE("TIME", "`1h`", "At this age the keys are replaced; up to a tenth earlier, by chance."),
    ROW(CHILD_EXPIRE_TIME, CHILD, "expire-time")
        ONE("TIME", "a sixth more than `rekey-time`, at least a minute",
            "At this age it is given up, if the keys could not be replaced."),
    ROW(CHILD_REKEY_OCTETS, CHILD, "rekey-octets")
        ONE("OCTETS", "no limit",
            "The keys are replaced after so many octets in one direction: `500m`, `20g`, "
            "`1024000KB`."),
};

/* --- Looking up -------------------------------------------------------------------------- */

const struct option_row *option_find(enum option_section section, const char *name)
{
    size_t i;

    for (i = 0; i < OPTIONS; i++) {
        if (option_rows[i].section == section && strcmp(option_rows[i].name, name) == 0)
            return &option_rows[i];
    }
    return NULL;
}

enum option_section option_section_in(enum option_section outer, const char *name)
{
    unsigned i;

    for (i = SECTION_TOP + 1; i < SECTIONS; i++) {
        if (outer_of[i] == outer && strcmp(option_sections[i], name) == 0)
            return (enum option_section)i;
    }
    return SECTION_TOP;
}

bool option_section_is_titled(enum option_section section)
{
    return section == SECTION_CONNECTION || section == SECTION_CHILD || section == SECTION_POOL;
}

const char *option_nearest(enum option_section section, const char *word)
{
    const char *words[OPTION_NAMES_MAX];
    size_t i, n = 0;

    for (i = 0; i < OPTIONS; i++) {
        if (option_rows[i].section == section)
            words[n++] = option_rows[i].name;
    }
    for (i = SECTION_TOP + 1; i < SECTIONS; i++) {
        if (outer_of[i] == section)
            words[n++] = option_sections[i];
    }
    return nearest_word(word, words, n);
}

bool option_is_foreign(const char *word)
{
    static const char *const words[] = {
        "eap", "eap-identity", "radius", "tls", "metrics", "xfrm", "ocsp",
        "mobike", "redirect", "ppk", "life-time", "over-time", "vips", "users", "secret",
        "secret-file", "psk",
    };
    size_t i;

    for (i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

/* --- Documentation ----------------------------------------------------------------------- */

static void print_heading(enum option_section section)
{
    const char *name = option_sections[section], *title;

    if (section == SECTION_TOP) {
        (void)printf("### Outside of sections\n\n");
        return;
    }
    title = option_section_is_titled(section) ? " NAME" : "";
    if (outer_of[section] == SECTION_CONNECTION)
        (void)printf("\n### `connection NAME { %s%s { ... } }`\n\n", name, title);
    else
        (void)printf("\n### `%s%s { ... }`\n\n", name, title);
}

void option_print_reference(void)
{
    unsigned section;
    size_t i;

    for (section = 0; section < SECTIONS; section++) {
        print_heading((enum option_section)section);
        (void)printf("| Option | Value | Without it | Meaning |\n|---|---|---|---|\n");
        for (i = 0; i < OPTIONS; i++) {
            const struct option_row *row = &option_rows[i];

            if (row->section == section)
                (void)printf("| `%s` | %s%s | %s | %s |\n", row->name, row->list ? "list of " : "",
                             row->form, row->fallback != NULL ? row->fallback : "an error",
                             row->help);
        }
    }
}
