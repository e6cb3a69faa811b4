/** @file ike2/trace.h
 *  Structured tracing: typed records, not strings. Names and fields of the records are in
 *  IKE2_TRACE_LIST. */
#ifndef IKE2_TRACE_H
#define IKE2_TRACE_H

#include <ike2/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Classes of records, OR-ed in ike2_trace.classes. */
enum {
    IKE2_TRACE_SA = 1u << 0,      /**< state changes */
    IKE2_TRACE_MESSAGE = 1u << 1, /**< one record per message in or out, and per notify */
    IKE2_TRACE_DROP = 1u << 3,    /**< why a datagram was ignored */
    IKE2_TRACE_POLICY = 1u << 4,  /**< proposal, selector and identity decisions */
    IKE2_TRACE_TIMER = 1u << 5,   /**< retransmissions, and waits that ended */
    IKE2_TRACE_CRYPTO = 1u << 6,  /**< operations, no secrets */
    IKE2_TRACE_DATAPLANE = 1u << 7 /**< jobs of the data plane and their results */
};

/** X(class, name, fields). Names and fields are part of the API: they are appended, never changed,
 *  and a test compares every record with this list; fields at the end may be absent.
 *
 *  The records `policy.*` explain a refusal, in fields that four of them have:
 *  - `offered`, `accepted`: what the peer asked for, and what we would have taken. Lists are cut
 *    where an entry ends, and what is left out is counted: "and 243 more".
 *  - `difference`: the first point where the two part.
 *  - `peer_change`, `our_change`: the smallest change of the peer's side, and of ours, with which
 *    they would have met; empty where none helps, or where it must not be recommended: `our_change`
 *    names nothing that RFC 8247 or RFC 8221 forbids.
 *
 *  Of policy.proposal, `protocol` is IKE2_PROTOCOL_*, `our_level` what the RFCs say against
 *  `our_change` ("SHOULD NOT", "MUST-"), `our_lack` what of it the crypto provider does not have;
 *  `n_offered` and `n_accepted` count proposals, `nearest_offered` and `nearest_accepted` are the
 *  numbers of the two that get furthest (0 = none), and `transform` is the IKE2_TRANSFORM_* in
 *  which these part first (0 = in none). `side` is "local", "remote" or "both", as we see it; types
 *  are IKE2_ID_*; `method` is IKE2_AUTH_METHOD_*, `scheme` IKE2_SIG_*, each 0 if there is none.
 *
 *  `peer.init` shows an IKE_SA_INIT message by its payloads, "SA KE Nonce N(COOKIE) V", and each
 *  `peer.vendor` the data of a Vendor ID payload in it, RFC 7296 3.12: by these an implementation
 *  may be recognized, and nothing in them is proven.
 *
 *  `policy.passed_over` is no refusal: something was chosen, but a policy had refused this
 *  candidate, or this whole proposal of the peer's, before. `sa.legacy`: these
 *  algorithms of what was chosen are `legacy` ones (ike2_algorithm); each time it happens. */
#define IKE2_TRACE_LIST(X)                                                                      \
    X(SA, "sa.state", "from to")                                                                \
    X(SA, "sa.down", "reason notify cause")                                                     \
    X(MESSAGE, "message.in", "exchange response id spi_i spi_r octets fragments local remote")  \
    X(MESSAGE, "message.out", "exchange response id spi_i spi_r octets fragments local remote") \
    X(MESSAGE, "notify.in", "type protocol")                                                    \
    X(MESSAGE, "notify.out", "type")                                                            \
    X(DROP, "drop.datagram", "cause remote octets")                                             \
    X(DROP, "drop.unprotected", "notify remote")                                                \
    X(POLICY, "policy.proposal", "offered accepted difference protocol peer_change our_change " \
                                 "our_level our_lack n_offered n_accepted nearest_offered "     \
                                 "nearest_accepted transform")                                  \
    X(POLICY, "policy.selectors", "offered accepted difference peer_change our_change side")    \
    X(POLICY, "policy.identity", "offered accepted difference peer_change our_change side "     \
                                 "offered_type accepted_type")                                  \
    X(POLICY, "policy.auth", "offered accepted difference peer_change our_change method scheme")\
    X(TIMER, "timer.retransmit", "id try wait_ms")                                              \
    X(TIMER, "timer.expired", "what")                                                           \
    X(CRYPTO, "crypto.ke", "method step")                                                       \
    X(DATAPLANE, "dataplane.job", "op child spi_in result")                                     \
    X(SA, "exchange.collision", "rule notify")                                                  \
    X(TIMER, "child.expired", "child spi_in")                                                   \
    X(SA, "sa.moved", "from to")                                                                \
    X(POLICY, "policy.passed_over", "proposal candidate reason protocol")                       \
    X(SA, "sa.legacy", "suite algorithms protocol")                                             \
    X(MESSAGE, "peer.init", "payloads")                                                         \
    X(MESSAGE, "peer.vendor", "data")

/** Types of a field's value. There is none for a secret. */
enum {
    IKE2_FIELD_U64 = 1,   /**< a number; an SPI if the field's name begins with "spi" */
    IKE2_FIELD_TEXT = 2,  /**< terminated text; may hold octets a peer sent, unescaped */
    IKE2_FIELD_BYTES = 3, /**< octets */
    IKE2_FIELD_ADDR = 4   /**< a transport address */
};

/** One named value of a record. */
typedef struct ike2_trace_field {
    const char *name; /**< from the record's row of IKE2_TRACE_LIST */
    uint64_t type;    /**< IKE2_FIELD_* */
    /** Value of a field. */
    union {
        uint64_t u64;          /**< of IKE2_FIELD_U64 */
        const char *text;      /**< of IKE2_FIELD_TEXT; NULL is empty */
        ike2_bytes bytes;      /**< of IKE2_FIELD_BYTES */
        const ike2_addr *addr; /**< of IKE2_FIELD_ADDR; NULL is empty */
    } v;                       /**< the value; `type` says which member */
} ike2_trace_field;

/** Something that happened, as the sink gets it: library memory, valid during the call. */
typedef struct ike2_trace_record {
    uint64_t id;         /**< serial in this endpoint; EVENT_SA_DOWN refers to it */
    uint64_t cls;        /**< one IKE2_TRACE_* */
    const char *name;    /**< from IKE2_TRACE_LIST */
    const char *section; /**< "RFC 7296 2.8.1" where a rule was applied, or NULL */
    ike2_time when;      /**< the time of the call that led to it */
    ike2_sa_id sa;       /**< the IKE SA it is about, or 0 */
    ike2_child_id child; /**< the Child SA it is about, or 0 */
    const ike2_trace_field *fields; /**< in the order of IKE2_TRACE_LIST */
    size_t n_fields;     /**< of `fields` */
} ike2_trace_record;

/** Sink of records: leaf functions, called on the endpoint's thread. */
typedef struct ike2_trace {
    size_t struct_size; /**< set by IKE2_INIT */
    void *user;         /**< given to both functions, unread */
    uint64_t classes;   /**< OR of IKE2_TRACE_*; others cost one test */
    /** One record; NULL = none wanted. `rec` is valid during the call. */
    void (*record)(void *user, const ike2_trace_record *rec);
    /** One line of Wireshark's ikev2_decryption_table, without a line end: the keys of an IKE SA,
     *  or a comment that there is no line for its algorithms. NULL = none wanted; never called by
     *  a build without IKE2_ENABLE_KEYLOG. `line` is valid during the call and wiped after it. */
    void (*keylog)(void *user, const char *line);
} ike2_trace;

/** Writes one line of text for `rec`, terminated and cut to fit, without a line end; returns the
 *  length it would need without the terminator. The line is the name, then key=value for `record`
 *  (the id), `sa` and `child` unless they are 0 or a field, each field, and `section` unless NULL.
 *  Texts that hold a space, '=' or '"' are quoted; whatever is not printable ASCII, a backslash,
 *  and a '"' within become \\xNN. Octets are in hex, SPIs in hex behind 0x. */
IKE2_API size_t ike2_trace_text(const ike2_trace_record *rec, char *text, size_t cap);

#ifdef __cplusplus
}
#endif
#endif
