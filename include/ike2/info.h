/** @file ike2/info.h
 * Looking into an endpoint: for displays, statistics and tests. Nothing here changes
 * anything. Views are valid until the next non-const call on the endpoint. */
#ifndef IKE2_INFO_H
#define IKE2_INFO_H

#include <ike2/endpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An IKE SA as it is now. */
typedef struct ike2_sa_info {
    size_t struct_size;
    ike2_sa_id id;              /**< its name */
    ike2_peer_id peer;          /**< 0 if it has been undefined, or is not known yet */
    uint64_t peer_tag;          /**< ike2_peer_config.tag */
    uint64_t spi_local;         /**< chosen by us */
    uint64_t spi_remote;        /**< chosen by the peer; 0 until known */
    const char *state;          /**< name in the state table, for display only */
    ike2_id local_id;           /**< ours; type 0 until known */
    ike2_id remote_id;          /**< the peer's, as proven; type 0 until known */
    bool initiator;             /**< of the IKE SA: we sent the first message */
    bool established;           /**< both sides are authenticated */
    bool nat_local;             /**< there is a NAT on our side, 2.23, or we pretend one */
    bool nat_remote;            /**< there is a NAT on the peer's side */
    bool fragmentation;         /**< RFC 7383 was negotiated */
    uint8_t local_method;       /**< IKE2_AUTH_METHOD_* that we have proven ours with; 0 until
                                     then */
    uint8_t remote_method;      /**< and the peer its own. IKE2_AUTH_METHOD_NULL: `remote_id` is
                                     only what an anonymous peer says, RFC 7619 */
    bool full_transcript;       /**< AUTH covers both IKE_SA_INIT messages: both sides have
                                     announced ike2_peer_config.full_transcript */
    uint32_t n_children;        /**< in all states */
    uint32_t retransmits;       /**< of ours, since the start */
    ike2_suite suite;           /**< type 0 until negotiated */
    ike2_path path;             /**< where messages go */
    ike2_time created_at;       /**< when it began */
    ike2_time established_at;   /**< 0 until established */
    ike2_time last_in_at;       /**< last message that was authentic */
    ike2_time keyed_at;         /**< when its keys were made; 0 until established */
    ike2_time rekey_at;         /**< when new ones are due, 2.8; IKE2_TIME_NEVER: not planned */
    ike2_time reauth_at;        /**< when it is to be authenticated anew, 2.8.3, or, if that is the
                                     peer's turn, ends; IKE2_TIME_NEVER: not planned */
} ike2_sa_info;

/** Fills `*out` as far as its struct_size goes. IKE2_ERR_STALE: no such SA. */
IKE2_API ike2_err ike2_sa_get(const ike2_endpoint *ep, ike2_sa_id sa, ike2_sa_info *out);
/** Iterates in order of ids: 0 starts, 0 returned ends; SAs may come and go meanwhile. */
IKE2_API ike2_sa_id ike2_sa_next(const ike2_endpoint *ep, ike2_sa_id after);

/** A Child SA as it is now. */
typedef struct ike2_child_info {
    size_t struct_size;
    ike2_child_id id;        /**< its name */
    ike2_sa_id sa;           /**< the IKE SA it belongs to */
    uint64_t tag;            /**< ike2_child_config.tag */
    const char *state;       /**< for display only */
    const ike2_pair *pair;   /**< without keys; NULL until negotiated */
    ike2_time created_at;    /**< when its negotiation began */
    ike2_time rekey_at;      /**< when its pair is to be replaced at the latest, 2.8, unless traffic
                                  makes it earlier; IKE2_TIME_NEVER: not planned */
} ike2_child_info;

/** Fills `*out` as far as its struct_size goes. IKE2_ERR_STALE: no such child. */
IKE2_API ike2_err ike2_child_get(const ike2_endpoint *ep, ike2_child_id child,
                                 ike2_child_info *out);
/** Iterates over the children of `sa` (0 = of all SAs) in order of ids; 0 starts and ends. */
IKE2_API ike2_child_id ike2_child_next(const ike2_endpoint *ep, ike2_sa_id sa,
                                       ike2_child_id after);

/** X(name, text): why a datagram was ignored. Appended only. */
#define IKE2_DROP_LIST(X)                            \
    X(GARBAGE, "neither IKE nor ESP nor a keepalive")\
    X(HEADER, "malformed header")                    \
    X(SPI, "no such IKE SA")                         \
    X(COOKIE, "cookie demanded or wrong")            \
    X(HALF_OPEN, "too many half-open SAs")           \
    X(MESSAGE_ID, "outside the window")              \
    X(ICV, "integrity check failed")                 \
    X(PAYLOAD, "malformed payload")                  \
    X(RULE, "payloads do not fit the exchange")      \
    X(STATE, "message not legal now")                \
    X(FRAGMENT, "fragment does not fit its set")     \
    X(BUDGET, "reassembly memory exhausted")         \
    X(MEMORY, "allocation failed")

enum {
#define X(name, text) IKE2_DROP_##name,
    IKE2_DROP_LIST(X)
#undef X
    IKE2_DROP_ROOM = 32 /**< causes a program of this version has room for */
};

/** Counters of an endpoint. */
typedef struct ike2_stats {
    size_t struct_size;
    uint64_t sas;               /**< IKE SAs in all states, now */
    uint64_t half_open;         /**< of these, unauthenticated ones that a peer began */
    uint64_t children;          /**< Child SAs in all states, now */
    uint64_t octets_held;       /**< from the allocator, now */
    uint64_t reassembly_octets; /**< of these, fragments and parked datagrams */
    uint64_t outputs_queued;    /**< not yet polled, now */
    /* Since the start: */
    uint64_t messages_in;       /**< whole and, where it is protected, authentic */
    uint64_t messages_out;      /**< retransmissions included */
    uint64_t retransmits_in;    /**< requests and responses that came again */
    uint64_t retransmits_out;   /**< requests of ours that went again */
    uint64_t connects;          /**< SAs that we began */
    uint64_t accepts;           /**< SAs that a peer began */
    uint64_t auth_failures;     /**< on either side */
    uint64_t cookies_sent;      /**< first requests answered with a cookie, 2.6 */
    uint64_t asks_expired;      /**< questions that missed their deadline */
    uint64_t jobs_expired;      /**< jobs that missed their deadline */
    uint64_t lane_failures;     /**< data plane jobs that failed */
    uint64_t drops[IKE2_DROP_ROOM]; /**< by IKE2_DROP_* */
} ike2_stats;

/** Fills `*out` as far as its struct_size goes. */
IKE2_API ike2_err ike2_stats_get(const ike2_endpoint *ep, ike2_stats *out);
/** Text of an IKE2_DROP_*, or NULL. */
IKE2_API const char *ike2_drop_text(uint32_t cause);

#ifdef __cplusplus
}
#endif
#endif
