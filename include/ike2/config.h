/** @file ike2/config.h
 * What the integrator decides in advance: one endpoint configuration, and one
 * definition per peer, copied once. Every structure starts with `struct_size` (IKE2_INIT); zero is
 * the default everywhere; for durations IKE2_NEVER is "never". Nested structures come by pointer;
 * an array of structures has a stride, so that elements may grow: the distance of two elements in
 * octets, 0 = the first element's `struct_size`. Nothing here must outlive the call, but for
 * `crypto` and what `user` pointers mean. */
#ifndef IKE2_CONFIG_H
#define IKE2_CONFIG_H

#include <ike2/crypto.h>
#include <ike2/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Policy hook ---------------------------------------------------------------- */

/** What is about to be used, and with whom. Library memory, valid during the call. */
typedef struct ike2_policy_query {
    uint8_t protocol;         /**< IKE2_PROTOCOL_*: of the SA that is negotiated */
    bool answer;           /**< we have proposed, and this is the peer's choice; else the peer
                                   proposes, and we choose */
    bool rekeying;         /**< for an SA that takes the place of one, RFC 7296 2.8 */
    uint8_t first_payload;    /**< type of the first one of `payloads` */
    uint8_t reserved[4];
    uint64_t peer_tag;        /**< of the definition in use */
    const ike2_path *path;    /**< where the message came from */
    const ike2_id *remote_id; /**< NULL before IKE_AUTH */
    const ike2_suite *suite;  /**< the candidate that would be chosen; NULL for `refuse_proposal` */
    const ike2_suite *ike;    /**< of the IKE SA that protects the message; NULL in IKE_SA_INIT */
    const ike2_proposal *proposal; /**< as received; its transforms are in `transforms` */
    ike2_bytes transforms;    /**< of the proposal, for ike2_transform_walk() */
    ike2_bytes payloads;      /**< of the message that it came in, decrypted, for
                                   ike2_payload_walk(): the Vendor IDs of IKE_SA_INIT, say */
} ike2_policy_query;

/** Leaf functions that narrow what the configured proposals allow. Each returns NULL to allow, or a
 *  constant text to refuse; either function may be NULL. They are called on the endpoint's thread,
 *  possibly again about what they have judged before, and must not call the endpoint.
 *
 *  They never widen: only what both sides' proposals have is ever asked about. What is refused is
 *  passed over, for an initiator's choice the next candidate is tried; the text is in the trace
 *  record "policy.passed_over" if another one was found, else in "policy.proposal". Of one SA
 *  payload at most 255 proposals are looked at, and 4096 candidates: what follows is refused. */
typedef struct ike2_policy {
    size_t struct_size;
    void *user; /**< handed to both functions */
    /** About one candidate: one transform of each type, RFC 7296 2.7. IKE SAs, Child SAs and their
     *  rekeying alike. */
    const char *(*refuse)(void *user, const ike2_policy_query *query);
    /** About one received proposal, once, before its candidates: each that is for this protocol and
     *  has an SPI of the right size, whether it fits ours or not. */
    const char *(*refuse_proposal)(void *user, const ike2_policy_query *query);
} ike2_policy;

/* --- Peer --------------------------------------------------------------------- */

/** Ways to prove an identity, as a set. */
enum {
    IKE2_AUTH_SIGNATURE = 1u << 0, /**< a certificate and a signature, RFC 7296 2.15, RFC 7427 */
    IKE2_AUTH_PSK = 1u << 1,       /**< a pre-shared key, 2.15 */
    IKE2_AUTH_NULL = 1u << 2       /**< none: that side stays anonymous, RFC 7619. Only where it is
                                        named, for each side by itself; as `remote_auth` it stands
                                        alone, and `remote_id` is any or IKE2_ID_NULL, since what
                                        such a peer claims to be proves nothing */
};

/** A key pair of ours with its certificates. With several, the library takes the first that fits
 *  the peer's IDr, CERTREQ, hash algorithms and quirks. */
typedef struct ike2_credential {
    size_t struct_size;
    uint64_t tag;              /**< comes back in the SIGN job: which HSM slot to use */
    ike2_id id;                /**< the identity it proves; type 0 = the peer's `local_id` */
    const ike2_bytes *chain;   /**< DER certificates, end entity first; sent in this order, 3.6 */
    size_t n_chain;            /**< at least 1, at most 16 */
    const ike2_bytes *issuers; /**< SHA-1 of the keys (SubjectPublicKeyInfo) of the CAs that the
                                    chain leads to, 20 octets each: matched with CERTREQ, 3.7 */
    size_t n_issuers;          /**< 0: fits every CERTREQ */
    ike2_key *key;             /**< a reference is taken; NULL = every signature is a SIGN job */
    const uint16_t *schemes;   /**< IKE2_SIG_* that the key can make, preferred first */
    size_t n_schemes;          /**< at least 1, at most 16 */
    uint32_t signature_octets; /**< room for a signature made elsewhere; 0 = 1024 */
    uint8_t encoding;          /**< IKE2_CERT_* of `chain`: certificates, also 0; or
                                    IKE2_CERT_RAW_PUBLIC_KEY, RFC 7670: then it is one
                                    SubjectPublicKeyInfo, without issuers and lookups, and fits
                                    peers that ask for raw public keys, or for nothing */
    uint8_t reserved[3];
    const ike2_hash_url *lookups; /**< sent instead of `chain` if the peer has announced that it
                                    looks certificates up, 3.6; the end entity's first */
    size_t n_lookups;          /**< at most 16; 0: `chain` is sent always */
} ike2_credential;

/** Child SA template, RFC 7296 1.3. Initiator: what to create. Responder: what a request is matched
 *  against. */
typedef struct ike2_child_config {
    size_t struct_size;
    const char *name;          /**< for the trace; NULL = unnamed */
    uint64_t tag;              /**< echoed in every output about such a child */
    const ike2_proposal *proposals; /**< for ESP, preferred first; 0 = the library's. Their key
                                         exchanges are for CREATE_CHILD_SA, 1.3; where a proposal
                                         has none, or IKE2_KE_NONE as well, it works without */
    size_t n_proposals;        /**< at most 32 */
    const ike2_ts *ts_local;   /**< what is behind us, 2.9 */
    const ike2_ts *ts_remote;  /**< what is behind the peer */
    size_t n_ts_local, n_ts_remote; /**< at most 64 each; 0 = the addresses that a Configuration
                                         payload has assigned to that end, 2.19; without any, the
                                         address of that end of the IKE SA itself, as transport
                                         mode has it */
    uint64_t rekey_octets;     /**< passed on to the data plane, which reports; 0 = no limit */
    uint32_t rekey_seconds;    /**< age at which a pair is replaced, 2.8, made up to 10 % shorter
                                    at random; 0 = 1 h */
    uint32_t expire_seconds;   /**< age at which it is given up, if it was not replaced; 0 = a sixth
                                    more than `rekey_seconds`, at least a minute more */
    ike2_want transport;       /**< transport mode, 1.3.1; default off: tunnel mode */
    ike2_toggle single_pair;   /**< responder: one pair of addresses only, 2.9; a request for more
                                    is narrowed to the pair that it begins with, or refused with
                                    SINGLE_PAIR_REQUIRED. Default off. An initiator that is told so
                                    makes a child for each pair of its selectors, up to 16 */
    uint8_t reserved[6];
} ike2_child_config;

/** Questions a peer's definition asks for; without them the library decides alone. */
enum {
    IKE2_ASKS_IDENTITY = 1u << 0, /**< else: `remote_id` decides */
    IKE2_ASKS_CHILD = 1u << 1,    /**< else: the first of `children` that allows the peer's first
                                       selectors, 2.9, or else any of them */
    IKE2_ASKS_CONFIG = 1u << 2    /**< else: `config` is the reply */
};

/** What becomes of an older IKE SA between the same two identities when a new one comes up. */
enum {
    IKE2_UNIQUE_DEFAULT = 0, /**< as IKE2_UNIQUE_CONTACT */
    IKE2_UNIQUE_CONTACT = 1, /**< it ends if the peer says INITIAL_CONTACT, RFC 7296 2.4 */
    IKE2_UNIQUE_REPLACE = 2, /**< it ends */
    IKE2_UNIQUE_KEEP = 3,    /**< it stays, whatever the peer says. Else, where a Child SA of it has
                                  the same selectors, we send on the new one when the peer has shown
                                  to be ready, 2.8: it may be authenticating anew */
    IKE2_UNIQUE_REFUSE = 4   /**< it stays, and the new one is refused: AUTHENTICATION_FAILED. A
                                  peer that authenticates again has to end the old SA first */
};

/** What peers are known not to verify, although nothing in the protocol says so; the Vendor IDs of
 *  Windows are known, Android sends none. Hints: what they are about is used if nothing else
 *  fits. */
enum {
    IKE2_QUIRK_NO_PSS = 1u << 0,  /**< RSA-PSS: Android, Windows */
    IKE2_QUIRK_NO_EDDSA = 1u << 1 /**< EdDSA: Windows, Android */
};

/** One peer, or one class of peers. Copied by ike2_peer_define. */
typedef struct ike2_peer_config {
    size_t struct_size;
    const char *name;          /**< for the trace; NULL = unnamed */
    uint64_t tag;              /**< echoed in every output about an SA with this peer */
    uint32_t asks;             /**< IKE2_ASKS_*, OR-ed: what to ask instead of deciding alone */
    uint32_t quirks;           /**< IKE2_QUIRK_*, OR-ed: what is known of the peer, besides what its
                                    Vendor IDs tell */

    ike2_id local_id;          /**< what we claim to be, RFC 7296 2.15; required */
    ike2_id remote_id;         /**< what the peer must prove; type 0 = any identity */
    uint32_t local_auth;       /**< one IKE2_AUTH_*: how we prove ours; 0 = by a signature if there
                                    are credentials, else by a pre-shared key */
    uint32_t remote_auth;      /**< IKE2_AUTH_*, OR-ed: what the peer may use; 0 = as ours, but
                                    never IKE2_AUTH_NULL */
    const ike2_credential *credentials; /**< ours, preferred first; NULL = none */
    size_t n_credentials;      /**< at most 16 */
    size_t credential_stride;  /**< octets between two; 0 = `struct_size` of the first */
    const uint16_t *remote_schemes; /**< IKE2_SIG_* accepted from the peer; SHA-1 only if named, and
                                         EdDSA, RFC 8420, since few verifiers have it */
    size_t n_remote_schemes;   /**< at most 32; 0 = all but these */
    const ike2_bytes *trusted; /**< SHA-1 of the keys of CAs we trust, 20 octets each: CERTREQ */
    size_t n_trusted;          /**< at most 1024; a responder asks for up to 16, else for any */
    ike2_key *psk_local;       /**< signs ours; a reference is taken; NULL = IKE2_ASK_PSK */
    ike2_key *psk_remote;      /**< checks the peer's; likewise. Usually the same key */

    const ike2_proposal *proposals; /**< for the IKE SA, preferred first; 0 = the library's */
    size_t n_proposals;        /**< at most 32 */
    const ike2_child_config *children; /**< initiator: the first one is made in IKE_AUTH, 1.2, the
                                            others follow by CREATE_CHILD_SA, 1.3.1, unless the IKE
                                            SA is childless */
    size_t n_children;         /**< at least 1, at most 64 */
    size_t child_stride;       /**< octets between two children; 0 = `struct_size` of the first */
    const ike2_policy *policy; /**< asked after the endpoint's; NULL = none */

    uint32_t rekey_seconds;    /**< age at which the IKE SA gets new keys, 2.8, made up to 10 %
                                    shorter at random; 0 = 4 h */
    uint32_t expire_seconds;   /**< age of its keys at which it is given up, with all children, if
                                    it was not rekeyed; 0 = a sixth more than `rekey_seconds`,
                                    at least a minute more */
    uint32_t liveness_seconds; /**< silence before a liveness check, 2.4; 0 = 30 s */
    uint32_t nat_keepalive_seconds; /**< RFC 3948 2.3, while we are behind a NAT; 0 = 20 s */
    uint16_t fragment_octets_v4; /**< whole IPv4 packet, RFC 7383 2.5.1; 0 = 1280, at least 576 */
    uint16_t fragment_octets_v6; /**< whole IPv6 packet; 0 = 1280, at least 1280 */
    ike2_want fragmentation;   /**< RFC 7383; default prefer */
    ike2_toggle force_encap;   /**< UDP encapsulation always: our NAT_DETECTION_SOURCE_IP never
                                    fits, 2.23; default off */
    ike2_toggle config_required; /**< responder: who asks for no configuration, 2.19, gets
                                    FAILED_CP_REQUIRED instead of a child; default off */
    ike2_want full_transcript; /**< AUTH covers both IKE_SA_INIT messages instead of its sender's
                                    only, so that neither can be changed on the way unnoticed:
                                    draft-ietf-ipsecme-ikev2-downgrade-prevention. In effect if both
                                    sides announce it; allow = announced as responder only. Default
                                    prefer */

    const ike2_cfg_attr *config; /**< initiator: the CFG_REQUEST, 2.19, an empty value for
                                    whatever the peer likes; responder: the CFG_REPLY to one, but
                                    for what was not asked. NULL = none */
    size_t n_config;           /**< at most 64 */
    uint32_t reauth_seconds;   /**< age at which the IKE SA is authenticated anew, 2.8.3, make
                                    before break, made up to 10 % shorter at random. As responder:
                                    told to the peer by AUTH_LIFETIME, RFC 4478; an SA that is
                                    older by twice `linger_ms` ends. 0 = never, but for an
                                    initiator whose peer demands it */
    uint8_t unique;            /**< IKE2_UNIQUE_*: of SAs between the same identities; a peer with
                                    IKE2_AUTH_NULL has none, RFC 7619 2.3 */
    ike2_want childless;       /**< RFC 6023, an IKE SA without a Child SA. Responder: off = not
                                    announced. Initiator: prefer, require = IKE_AUTH makes no child,
                                    ike2_child_create does. Default allow */
    ike2_toggle initial_contact; /**< initiator: say INITIAL_CONTACT, 2.4, when this endpoint has no
                                    other SA with that peer; default on */
    uint8_t window;            /**< requests of the peer's that may be under way at a time, told by
                                    SET_WINDOW_SIZE, 2.3; they are dealt with one after the other.
                                    0 = 1; at most 16 */
    ike2_toggle cert_lookup;   /**< the peer may say where its certificates are, 3.6: announced by
                                    HTTP_CERT_LOOKUP_SUPPORTED, and its Hash and URL payloads are in
                                    the proof for whoever judges it to fetch. Strangers choose these
                                    URLs: doc/x509.md. Default off: who sends them is refused */
    ike2_toggle raw_keys;      /**< the peer is asked for a raw public key, RFC 7670: the proof has
                                    it as IKE2_CERT_RAW_PUBLIC_KEY, and whoever judges it has to
                                    know the key: it has no name in it. ike2_x509_verify takes none.
                                    Default off */
    uint8_t reserved2[6];
} ike2_peer_config;

/* --- Endpoint ------------------------------------------------------------------- */

/** Computations to hand out as jobs instead of running them inline. */
enum {
    IKE2_OFFLOAD_KE = 1u << 0,  /**< every step of a key exchange: IKE2_JOB_KE */
    IKE2_OFFLOAD_SIGN = 1u << 1 /**< signatures of credentials with a key, too: IKE2_JOB_SIGN */
};

/** Ceilings of one endpoint; 0 means the default, never "unlimited". */
typedef struct ike2_limits {
    size_t struct_size;
    uint32_t sas;                /**< IKE SAs in all states; 0 = 16384 */
    uint32_t half_open;          /**< hard cap of unauthenticated responder SAs; 0 = 2048 */
    uint32_t half_open_cookie;   /**< from here on cookies are demanded, 2.6; 0 = 128 */
    uint32_t half_open_per_addr; /**< of one address; 0 = 16 */
    uint32_t message_octets;     /**< largest message, reassembled; 0 = 65535, also the most */
    uint32_t reassembly_octets;  /**< fragments and parked datagrams of all SAs; 0 = 4 MiB */
    uint32_t children_per_sa;    /**< Child SAs of one IKE SA; 0 = 256 */
    uint32_t queued_outputs;     /**< not yet polled; 0 = 4096; removals have reserved room */
} ike2_limits;

/** Retransmission schedule, RFC 7296 2.1. The defaults give up after about 68 s. */
typedef struct ike2_retransmit {
    size_t struct_size;
    uint32_t first_ms;         /**< first wait; 0 = 500 ms */
    uint32_t max_ms;           /**< longest wait; 0 = no ceiling */
    uint16_t tries;            /**< transmissions in all; 0 = 8 */
    uint16_t backoff_percent;  /**< each wait relative to the last; 0 = 180, at least 100 */
    uint16_t jitter_percent;   /**< each wait is changed by up to this; 0 = 10, at most 50 */
    uint16_t reserved;
} ike2_retransmit;

/** What an endpoint is made of. Copied by ike2_endpoint_new, but for `crypto` and what the `user`
 *  pointers mean. */
typedef struct ike2_endpoint_config {
    size_t struct_size;
    const ike2_crypto *crypto; /**< borrowed: outlives the endpoint and its last job; required */
    const ike2_mem *mem;       /**< NULL = malloc, free */
    const ike2_trace *trace;   /**< NULL = silent */
    const ike2_policy *policy; /**< NULL = none */
    const ike2_limits *limits; /**< NULL = all defaults */
    const ike2_retransmit *retransmit; /**< NULL = all defaults */
    uint16_t nat_port;         /**< local port of ESP in UDP, 2.23; 0 = 4500 */
    ike2_toggle ask_spi;       /**< inbound SPIs are the data plane's to give; default off */
    ike2_toggle cookie;        /**< demand cookies, 2.6: always, never, or (default) by load */
    uint32_t offload;          /**< IKE2_OFFLOAD_*, OR-ed */
    uint32_t ask_ms;           /**< time for an answer; 0 = 60 s */
    uint32_t job_ms;           /**< time for a job; 0 = 20 s */
    uint32_t doubt_ms;         /**< an attempt ends this long after an unprotected error, 2.21;
                                    0 = 5 s */
    uint32_t half_open_ms;     /**< an unauthenticated responder SA lives this long; 0 = 30 s */
    uint32_t linger_ms;        /**< the inbound half of a replaced pair is kept this long for what
                                    is still under way; 0 = 5 s */
    uint32_t switch_ms;        /**< who answers a rekeying sends on the new pair at the latest after
                                    this, 2.8; 0 = 30 s */
    ike2_toggle answer_unknown; /**< a request for an IKE SA that is not here, or no longer, is
                                     answered with INVALID_IKE_SPI, 2.21.4, up to 100 in a second;
                                     default off: it is counted only */
    uint8_t reserved[7];
} ike2_endpoint_config;

#ifdef __cplusplus
}
#endif
#endif
