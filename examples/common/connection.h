/* connection.h - one peer, or class of peers, as a person describes it: by a section of a
 * configuration or by options. What the library wants to know of it follows. */
#ifndef COMMON_CONNECTION_H
#define COMMON_CONNECTION_H

#include <ike2/endpoint.h>
#include <ike2/policy.h>

#include "credentials.h"
#include "host.h"
#include "grant.h"
#include "value.h"

enum { CHILDREN_MAX = 16, NETWORKS_MAX = 16, FILES_MAX = 16, IDS_MAX = 16, CERT_URLS_MAX = 64 };

/* A Child SA template. */
struct connection_child {
    const char *name;
    struct selectors local_ts, remote_ts;   /* none = everything, or the assigned addresses */
    struct proposals esp;                   /* none = the connection's */
    ike2_want transport;                    /* transport mode; default: tunnel mode */
    uint32_t rekey_seconds, expire_seconds; /* 0 = the library's; IKE2_NEVER */
    uint64_t rekey_octets;                  /* 0 = no limit */
};

/* Our side. Texts are borrowed. */
struct connection_local {
    bool is_anonymous; /* RFC 7619: proves nothing */
    bool is_raw;       /* RFC 7670: the keys are shown without certificates */
    struct identity id;
    struct identity other_ids[IDS_MAX - 1]; /* of other certificates */
    size_t n_other_ids;
    const char *cert_files[FILES_MAX]; /* PEM, DER or PKCS #12; none = no signature */
    const char *key_files[FILES_MAX];
    const char *password_files[FILES_MAX]; /* of keys that are encrypted */
    size_t n_cert_files, n_key_files, n_password_files;
    const char *cert_urls[CERT_URLS_MAX]; /* RFC 7296 3.6: of each certificate that is sent */
    size_t n_cert_urls;
    const char *psk_file;   /* NULL = no pre-shared key */
    struct schemes schemes; /* for signatures of ours; none = all the key can make */
};

/* The peer's side. Texts are borrowed. */
struct connection_remote {
    struct identity id; /* type 0 = any */
    uint32_t methods;   /* IKE2_AUTH_*, OR-ed; 0 = as ours */
    const char *ca_files[FILES_MAX];
    size_t n_ca_files;
    struct trust_rules rules; /* how their certificates are judged */
    const char *public_keys[FILES_MAX]; /* RFC 7670: as raw_keys_add takes them */
    size_t n_public_keys;
    bool by_certificate, by_raw_key; /* IKE2_AUTH_SIGNATURE: as said; neither = what there is */
    const char *psk_file;      /* NULL = ours */
    const char *psk_table_file; /* keys by its identity, ours too; NULL = none */
    uint32_t quirks;           /* IKE2_QUIRK_* that are known of it */
    struct schemes schemes;    /* accepted of the peer; none = all without SHA-1 */
    struct selectors networks; /* where it may come from; none = anywhere */
};

/* How long its IKE SAs live, and beside which others. Zeroed: as the library does it. */
struct connection_sa {
    uint32_t rekey_seconds;  /* 0 = the library's; IKE2_NEVER */
    uint32_t reauth_seconds; /* 0 = never */
    uint8_t unique;          /* IKE2_UNIQUE_* */
    uint8_t window;          /* RFC 7296 2.3; 0 = the library's */
    ike2_want childless;     /* RFC 6023 */
};

struct connection {
    const char *name;
    struct connection_sa sa;
    struct connection_local local;
    struct connection_remote remote;
    ike2_named_policy policy;  /* without a name: none is named, so that the library's holds */
    int policy_line;           /* of a configuration's text; 0 = none */
    struct proposals ike, esp; /* none = the policy's */
    struct connection_child children[CHILDREN_MAX];
    size_t n_children;
    uint32_t liveness_seconds;  /* 0 = the library's; IKE2_NEVER */
    uint32_t keepalive_seconds; /* likewise */
    uint16_t fragment_octets;   /* of IP packets; 0 = the library's */
    ike2_want fragmentation, full_transcript;
    bool force_encap, sha1_signatures;
    struct grant grant;           /* what a client gets */
    const ike2_cfg_attr *request; /* what we ask for as a client; NULL = nothing */
    size_t n_request;
};

/* Defines the peer with its credentials under `tag`; at least one child. `asks` is
 * IKE2_ASKS_*. */
ike2_err connection_define(const struct connection *c, const struct credentials *own, uint64_t tag,
                           uint32_t asks, const struct host *host, ike2_peer_id *out);

/* What a peer is told before it has said who it is: how it may prove itself, and which CAs' keys
 * are known (20 octets each, as of trust_hashes). */
struct connection_welcome {
    uint32_t methods; /* IKE2_AUTH_* */
    bool raw_keys;    /* RFC 7670 */
    bool looks_up;    /* certificates, RFC 7296 3.6 */
    const ike2_bytes *trusted;
    size_t n_trusted;
};

/* The same as connection_define for the first messages; another definition has to follow with
 * ASK_IDENTITY, which it always asks. */
ike2_err connection_define_welcome(const struct connection *c, const struct credentials *own,
                                   const struct connection_welcome *welcome,
                                   const struct host *host, ike2_peer_id *out);
/* IKE2_AUTH_*: how the peer may prove itself. */
uint32_t connection_methods(const struct connection *c);
/* RFC 7619: is it for peers that prove nothing, and for no others? */
bool connection_is_for_anonymous(const struct connection *c);

/* Is there a CA, by its certificate or by a hash, that may vouch for the peer? */
bool connection_believes_cas(const struct connection *c);
/* Does the peer's address fit? */
bool connection_is_from(const struct connection *c, const ike2_addr *remote);
/* May this suite of an IKE SA be used? */
bool connection_allows_suite(const struct connection *c, const ike2_suite *suite);
/* Is there a proposal in this SA payload's body that has, of each type of transform, one of ours?
 */
bool connection_meets(const struct connection *c, ike2_bytes sa_body);

#endif
