/** @file ike2/output.h
 * Everything the library tells the integrator, in one totally ordered stream.
 * Four classes:
 *   SEND      datagrams to transmit
 *   JOB       work that is the integrator's until it is finished (ike2/job.h); the data plane's
 *             work is of this class
 *   EVENT_*   something happened; every one may be ignored
 *   ASK_*     a small question; the SA waits for an answer naming `ask` (ike2/endpoint.h)
 * Unknown events are ignored, unknown questions refused (ike2_refuse). New kinds of question and
 * job are emitted only to those who opted in. An output and all views in it are valid until the
 * next ike2_endpoint_poll; calls in between may be given these views as arguments. */
#ifndef IKE2_OUTPUT_H
#define IKE2_OUTPUT_H

#include <ike2/config.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { /* ike2_output.type; behind each the member of `u` */
    IKE2_SEND = 1, /**< u.send */
    IKE2_JOB = 2,  /**< u.job */

    IKE2_EVENT_SA_UP = 0x100,         /**< u.sa: authenticated */
    IKE2_EVENT_SA_REKEYED = 0x101,    /**< u.sa: the same SA, new SPIs and keys */
    IKE2_EVENT_SA_MOVED = 0x102,      /**< u.sa: the peer's address has changed, 2.23 */
    IKE2_EVENT_SA_DOWN = 0x104,       /**< u.sa: the last output with this id */
    IKE2_EVENT_CHILD_UP = 0x110,      /**< u.child: installed, agreed, carrying traffic */
    IKE2_EVENT_CHILD_REKEYED = 0x111, /**< u.child: traffic goes by `pair`, was by `old_spi_in` */
    IKE2_EVENT_CHILD_DOWN = 0x112,    /**< u.child: the last output with this child id */
    IKE2_EVENT_CONFIG = 0x120,        /**< u.config: what the peer has assigned to us, 2.19 */
    IKE2_EVENT_ASK_CANCEL = 0x130,    /**< `ask` needs no answer any more */
    IKE2_EVENT_JOB_CANCEL = 0x131,    /**< u.job, yours still, serves nothing: finish it soon */

    IKE2_ASK_PEER = 0x200,     /**< u.ask_peer: responder: who is this? always */
    IKE2_ASK_PSK = 0x201,      /**< u.ask_secret: without a key in the definition */
    IKE2_ASK_IDENTITY = 0x210, /**< u.ask_identity: with IKE2_ASKS_IDENTITY */
    IKE2_ASK_CHILD = 0x211,    /**< u.ask_child: with IKE2_ASKS_CHILD; not for a rekey */
    IKE2_ASK_CONFIG = 0x212,   /**< u.config: the peer's request, with IKE2_ASKS_CONFIG */
    IKE2_ASK_SPI = 0x213       /**< u.ask_spi: with `ask_spi` of the endpoint */
};

/** Why something ended. */
enum {
    IKE2_REASON_NONE = 0,
    IKE2_REASON_LOCAL = 1,     /**< asked for by the integrator */
    IKE2_REASON_PEER = 2,      /**< Delete received */
    IKE2_REASON_TIMEOUT = 3,   /**< retransmissions exhausted */
    IKE2_REASON_EXPIRED = 4,   /**< lifetime */
    IKE2_REASON_REPLACED = 5,  /**< INITIAL_CONTACT, or a newer SA */
    IKE2_REASON_AUTH = 6,      /**< authentication failed, either side */
    IKE2_REASON_PROPOSAL = 7,
    IKE2_REASON_SELECTORS = 8,
    IKE2_REASON_PROTOCOL = 9,  /**< peer broke the protocol */
    IKE2_REASON_DATAPLANE = 10,/**< a data plane job failed */
    IKE2_REASON_UNANSWERED = 11, /**< a question or job missed its deadline */
    IKE2_REASON_DOUBT = 12,    /**< unprotected error, and nothing better within doubt_ms */
    IKE2_REASON_RESOURCE = 13
};

/** What EVENT_SA_REKEYED reports. */
enum {
    IKE2_HOW_REKEY = 1, /**< new keys by CREATE_CHILD_SA, RFC 7296 1.3.2 */
    IKE2_HOW_REAUTH = 2 /**< a new IKE SA, authenticated anew, 2.8.3 */
};

/** One pair of SPIs of a Child SA: all a data plane needs. Several pairs of a child may exist at
 *  a time; `spi_in` is the pair's name, unique in the endpoint. */
typedef struct ike2_pair {
    ike2_child_id child; /**< the Child SA it belongs to */
    uint64_t tag;      /**< ike2_child_config.tag */
    uint32_t spi_in;   /**< the peer sends to it; chosen by us */
    uint32_t spi_out;  /**< we send to it; chosen by the peer */
    uint32_t replaces; /**< `spi_in` of the pair whose place this one takes, 2.8; 0 = of none */
    uint8_t protocol;  /**< IKE2_PROTOCOL_ESP */
    uint8_t encap;     /**< IKE2_ENCAP_*: how ESP is carried between the ports of `path` */
    bool esn;          /**< 64-bit sequence numbers, RFC 4304 */
    bool transport;    /**< transport mode, 1.3.1; else tunnel mode */
    ike2_path path;    /**< end points of the tunnel, or of the traffic itself */
    ike2_addr original_local;  /**< transport mode through a NAT, 2.23.1: our address before any
                                    NAT, as checksums of transport protocols cover it (RFC 3948
                                    3.1.2); port 0. Family 0: as in `path` */
    ike2_addr original_remote; /**< the peer's, likewise */
    uint64_t rekey_octets; /**< tell by ike2_child_report when as many have passed; 0 = never */
    ike2_suite suite;  /**< `encr`, `integ`, `esn` */
    const ike2_ts *ts_local;  /**< what is behind us, as narrowed, 2.9 */
    const ike2_ts *ts_remote; /**< what is behind the peer */
    size_t n_ts_local, n_ts_remote; /**< at least 1 each */
    /* Keys: in an INSTALL job only, else NULL. A data plane that keeps handles takes its own
     * reference (key_ref); the library keeps none. */
    ike2_key *encr_in;   /**< opens what the peer sends; of an AEAD: key, then salt */
    ike2_key *integ_in;  /**< checks what the peer sends; NULL with an AEAD */
    ike2_key *encr_out;  /**< seals what we send; of an AEAD: key, then salt */
    ike2_key *integ_out; /**< authenticates what we send; NULL with an AEAD */
} ike2_pair;

/** Work that may leave the thread: ike2/job.h. */
typedef struct ike2_job ike2_job;

/** One message as datagrams, in one piece or in fragments; send them in this order. */
typedef struct ike2_send {
    ike2_path path; /**< from where to where; `encap` picks the socket */
    const ike2_bytes *payloads; /**< UDP payloads, the non-ESP marker included where due */
    size_t n_payloads;
} ike2_send;

/** About an IKE SA. */
typedef struct ike2_sa_event {
    uint64_t spi_local;  /**< chosen by us */
    uint64_t spi_remote; /**< chosen by the peer; 0 if none was received */
    uint64_t old_spi_local;  /**< REKEYED: ours before */
    uint64_t old_spi_remote; /**< REKEYED: the peer's before */
    uint64_t trace;       /**< DOWN: id of the explaining trace record, or 0 */
    const ike2_path *path; /**< as it is now */
    const ike2_id *local_id;  /**< ours; type 0 before IKE_AUTH */
    const ike2_id *remote_id; /**< the peer's, as proven, see `remote_method`; type 0 before
                                    IKE_AUTH */
    uint16_t notify;      /**< DOWN: IKE2_NOTIFY_* as received or sent, or 0 */
    uint8_t reason;       /**< DOWN: IKE2_REASON_* */
    uint8_t how;          /**< REKEYED: IKE2_HOW_* */
    uint8_t local_method;  /**< IKE2_AUTH_METHOD_* that we have proven ours with; 0 before */
    uint8_t remote_method; /**< and the peer its own. IKE2_AUTH_METHOD_NULL: `remote_id` is only
                                what an anonymous peer says, RFC 7619 */
    uint8_t reserved[2];
} ike2_sa_event;

/** About a Child SA. */
typedef struct ike2_child_event {
    const ike2_pair *pair; /**< without keys; DOWN: NULL if there never was one */
    uint64_t trace;        /**< DOWN: id of the explaining trace record, or 0 */
    uint32_t old_spi_in;   /**< REKEYED: the pair that has been replaced */
    uint16_t notify;       /**< DOWN: IKE2_NOTIFY_*, or 0 */
    uint8_t reason;        /**< DOWN: IKE2_REASON_* */
    uint8_t reserved;
} ike2_child_event;

/** Which pre-shared key is wanted. */
enum {
    IKE2_SECRET_OURS = 1, /**< the one that proves us */
    IKE2_SECRET_PEERS = 2 /**< the one that proves the peer */
};

/** One output. Library memory: read it, do not copy it. */
typedef struct ike2_output {
    uint32_t type;       /**< IKE2_SEND, IKE2_JOB, IKE2_EVENT_*, IKE2_ASK_* */
    uint32_t reserved0;
    ike2_sa_id sa;       /**< 0 for ASK_PEER, stateless replies, and what is left of an IKE SA
                              after its rekeying */
    ike2_child_id child; /**< 0 if about no child */
    ike2_ask_id ask;     /**< nonzero for ASK_* and ASK_CANCEL */
    ike2_time answer_by; /**< ASK_*, JOB: refused, or failed, from then on */
    uint64_t peer_tag;   /**< 0 before a peer is chosen */
    uint64_t child_tag;  /**< 0 if about no child */
    union {
        ike2_send send;
        ike2_job *job;
        ike2_sa_event sa;
        ike2_child_event child;
        struct {
            const ike2_cfg_attr *attrs; /**< in the order of the message, unknown ones included */
            size_t n;                   /**< at most 64 */
            ike2_id remote;             /**< the peer's identity, as proven */
            bool replaces;              /**< ASK_CONFIG: other IKE SAs between the same identities
                                             end when this one comes up, IKE2_UNIQUE_* */
            uint8_t reserved[7];
        } config;
        struct {
            ike2_path path;     /**< where the request came from */
            ike2_bytes message; /**< the IKE_SA_INIT request, after the cookie */
        } ask_peer;
        struct {
            ike2_id local, remote; /**< identities of this exchange */
            uint8_t whose;         /**< IKE2_SECRET_* */
            uint8_t reserved[7];
        } ask_secret;
        struct {
            ike2_id local;  /**< IDr as the peer wants it; type 0 if it does not say */
            ike2_id remote; /**< IDi as claimed, not yet proven */
            uint8_t method; /**< IKE2_AUTH_METHOD_* that the peer proves it with; 0: none */
            uint8_t reserved[7];
        } ask_identity;
        struct {
            const ike2_ts *local, *remote; /**< as requested */
            size_t n_local, n_remote;
            uint32_t template_index; /**< the match, UINT32_MAX if none */
            bool transport;          /**< transport mode is asked for and allowed, 1.3.1 */
            uint8_t reserved[3];
        } ask_child;
        struct {
            ike2_path path;
            uint32_t replaces; /**< spi_in of the pair to be replaced, or 0 */
            uint8_t protocol;  /**< IKE2_PROTOCOL_ESP */
            bool transport;    /**< transport mode */
            uint8_t reserved[2];
        } ask_spi;
    } u; /**< the member that `type` names */
} ike2_output;

#ifdef __cplusplus
}
#endif
#endif
