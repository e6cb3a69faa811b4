/** @file ike2/endpoint.h
 * The protocol machine. An endpoint holds many IKE SAs, is confined to one
 * thread at a time, and performs no I/O. The whole contract:
 *
 *     input | expire | command | answer | finish  ->  poll until NULL  ->  deadline
 *
 * Common results, not repeated below; after each of them nothing has happened: IKE2_ERR_STALE, what
 * was named is gone (harmless); IKE2_ERR_STATE, not now (not yet up, closing, already under way);
 * IKE2_ERR_ARGUMENT, IKE2_ERR_MEMORY, IKE2_ERR_LIMIT. */
#ifndef IKE2_ENDPOINT_H
#define IKE2_ENDPOINT_H

#include <ike2/job.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The protocol machine of many IKE SAs. */
typedef struct ike2_endpoint ike2_endpoint;

/* --- Life cycle ------------------------------------------------------------------- */

/** Creates an endpoint. `*out` is freed by ike2_endpoint_free. IKE2_ERR_UNSUPPORTED if the provider
 *  lacks what the library cannot do without. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_endpoint_new(const ike2_endpoint_config *cfg, ike2_time now,
                                                    ike2_endpoint **out);
/** Zeroizes and frees it, sending nothing and removing nothing from the data plane. Jobs still out
 *  are then freed with ike2_job_free. NULL is allowed. */
IKE2_API void ike2_endpoint_free(ike2_endpoint *ep);

/* --- The four verbs ----------------------------------------------------------------- */

/** Takes one received UDP payload. Hostile input is never an error here: it is counted, traced and
 *  dropped. IKE2_ERR_LIMIT: outputs are not being polled, the datagram was not looked at. */
IKE2_API ike2_err ike2_endpoint_input(ike2_endpoint *ep, ike2_time now, const ike2_path *path,
                                      ike2_bytes payload);
/** Returns the next output in order, or NULL. Ends the life of the previous one. */
IKE2_API const ike2_output *ike2_endpoint_poll(ike2_endpoint *ep);
/** Says when ike2_endpoint_expire must be called next; IKE2_TIME_NEVER if idle. */
IKE2_API ike2_time ike2_endpoint_deadline(const ike2_endpoint *ep);
/** Runs at most `budget` due timers; call again if the deadline has passed. */
IKE2_API void ike2_endpoint_expire(ike2_endpoint *ep, ike2_time now, uint32_t budget);

/* --- Peers --------------------------------------------------------------------------- */

/** Copies a definition once; connect and answers name it. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_peer_define(ike2_endpoint *ep, const ike2_peer_config *cfg,
                                                   ike2_peer_id *out);
/** Takes the name away at once. SAs that began with the definition keep it until they end. */
IKE2_API ike2_err ike2_peer_undefine(ike2_endpoint *ep, ike2_peer_id peer);

/* --- Commands: IKE SAs ------------------------------------------------------------------ */

/** A packet that waits for a Child SA, RFC 7296 2.9. A responder that allows less than is asked for
 *  learns from it what is needed. */
typedef struct ike2_packet {
    ike2_ts local;  /**< our end: one address; protocol and port as far as they are known */
    ike2_ts remote; /**< the peer's: likewise, of the same family */
} ike2_packet;

/** An attempt to reach a peer. */
typedef struct ike2_connect {
    size_t struct_size;
    ike2_peer_id peer;        /**< from ike2_peer_define */
    const ike2_path *path;    /**< port 500 or its substitute, IKE2_ENCAP_NONE; or, with
                                   IKE2_ENCAP_UDP, port 4500 from the first message on */
    uint16_t nat_port_local;  /**< 0 = nat_port of the endpoint */
    uint16_t nat_port_remote; /**< 0 = 4500 */
    uint32_t reserved;
    const ike2_packet *packet; /**< what the first child is wanted for, as ike2_child_create_for
                                    has it; NULL = nothing */
} ike2_connect;

/** Begins an SA as initiator, with the first of the definition's children, RFC 7296 1.2. `*out`
 *  is set on success only; what follows ends in EVENT_SA_UP or EVENT_SA_DOWN. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_sa_connect(ike2_endpoint *ep, ike2_time now,
                                                  const ike2_connect *connect, ike2_sa_id *out);
/** Deletes the SA with all children, 1.4.1; EVENT_SA_DOWN follows, at the latest when the
 *  retransmissions of the Delete are exhausted. */
IKE2_API ike2_err ike2_sa_close(ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
/** The same without a word to the peer. */
IKE2_API ike2_err ike2_sa_drop(ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
/** Gives the SA new keys by CREATE_CHILD_SA, 1.3.2, 2.8; EVENT_SA_REKEYED follows, also if the peer
 *  was faster. Its id and its children stay. A peer that refuses is asked again later. */
IKE2_API ike2_err ike2_sa_rekey(ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
/** Authenticates the SA anew, 2.8.3: a new IKE SA takes its place, make before break;
 *  EVENT_SA_REKEYED (HOW_REAUTH) follows, and for each child EVENT_CHILD_REKEYED. Ids stay. An
 *  attempt that fails is repeated later; one that fails for authentication ends the SA.
 *  IKE2_ERR_STATE also if the peer began the SA: authenticating anew is its turn then
 *  (`reauth_seconds` tells it so). */
IKE2_API ike2_err ike2_sa_reauth(ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
/** Begins a liveness check, 2.4; EVENT_SA_DOWN (TIMEOUT) follows if nobody answers. */
IKE2_API ike2_err ike2_sa_probe(ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);

/* --- Commands: Child SAs -------------------------------------------------------------- */

/** Negotiates another child of an SA that is up, after the template of that index in the
 *  definition's `children`, RFC 7296 1.3.1; it ends in EVENT_CHILD_UP or EVENT_CHILD_DOWN. `*out`
 *  is set on success only. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_child_create(ike2_endpoint *ep, ike2_time now,
                                                    ike2_sa_id sa, uint32_t template_index,
                                                    ike2_child_id *out);
/** The same because of a packet: its selectors come before those of the template, until the child
 *  is up. One that is not within the template's (or within the addresses that stand for them) is
 *  left out. NULL = as ike2_child_create. IKE2_ERR_ARGUMENT also if it is no packet's. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_child_create_for(ike2_endpoint *ep, ike2_time now,
                                                        ike2_sa_id sa, uint32_t template_index,
                                                        const ike2_packet *packet,
                                                        ike2_child_id *out);
/** Replaces the pair `spi_in` of a child (0 = the one in use) by a new one with new keys, 1.3.3,
 *  2.8; EVENT_CHILD_REKEYED follows, also if the peer was faster. A peer that refuses is asked
 *  again later. IKE2_ERR_STALE if that pair has been replaced: a late report does no harm. */
IKE2_API ike2_err ike2_child_rekey(ike2_endpoint *ep, ike2_time now, ike2_child_id child,
                                   uint32_t spi_in);
/** Deletes one child, 1.4.1; EVENT_CHILD_DOWN follows. The IKE SA stays. */
IKE2_API ike2_err ike2_child_close(ike2_endpoint *ep, ike2_time now, ike2_child_id child);

/* --- Reports of the data plane ---------------------------------------------------------- */

/** What a data plane has seen of one pair. */
enum {
    IKE2_REPORT_FIRST_IN = 1,    /**< the first authentic packet came in: the peer is ready, 2.8 */
    IKE2_REPORT_IN = 2,          /**< authentic packets; `value`: ike2_time of the last one. They
                                      count as a sign of life, 2.4 */
    IKE2_REPORT_SOFT_EXPIRE = 3, /**< rekey this pair */
    IKE2_REPORT_HARD_EXPIRE = 4, /**< the pair carries nothing any more */
    IKE2_REPORT_BYTES = 5,       /**< `value`: octets so far, compared with `rekey_octets` */
    IKE2_REPORT_PACKETS = 6,     /**< `value`: packets sent so far, compared with what sequence
                                      numbers there are */
    IKE2_REPORT_SEQ_NEAR_WRAP = 7, /**< sequence numbers run out: rekey this pair */
    IKE2_REPORT_SOURCE = 8       /**< authentic packets come from `source`: a NAT has a new mapping,
                                      2.23 */
};

/** One report. */
typedef struct ike2_report {
    size_t struct_size;
    uint32_t spi_in;  /**< names the pair */
    uint32_t what;    /**< IKE2_REPORT_* */
    uint64_t value;   /**< as above, else 0 */
    ike2_addr source; /**< SOURCE only */
} ike2_report;

/** The one verb for what a data plane has to tell. All is optional: without it timers do the work.
 *  IKE2_ERR_STALE: no such pair, or another one has taken its place. */
IKE2_API ike2_err ike2_child_report(ike2_endpoint *ep, ike2_time now, const ike2_report *report);

/* --- Answers --------------------------------------------------------------------------- */
/* Each takes the `ask` of an ASK_* output, once; IKE2_ERR_STALE also after `answer_by`. */

/** The question again, as first asked, or NULL. Valid until the next poll. */
IKE2_API const ike2_output *ike2_ask_get(ike2_endpoint *ep, ike2_ask_id ask);

/** No. `notify` is what the peer is told; 0 picks the RFC's notification. The answer to every
 *  unknown question. */
IKE2_API ike2_err ike2_refuse(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask, uint16_t notify);

/** PEER: this one. IDENTITY: go on, with this definition from here (0 = the same as before). */
IKE2_API ike2_err ike2_answer_peer(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                                   ike2_peer_id peer);

/** A pre-shared key: exactly one of `octets` and `key`. */
typedef struct ike2_secret_answer {
    size_t struct_size;
    ike2_bytes octets; /**< imported into the provider, not kept */
    ike2_key *key;     /**< a handle of the provider: a reference is taken */
} ike2_secret_answer;

/** PSK: the key, RFC 7296 2.15. */
IKE2_API ike2_err ike2_answer_secret(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                                     const ike2_secret_answer *answer);

/** CHILD: which template, and selectors that narrow the request further. */
typedef struct ike2_child_spec {
    size_t struct_size;
    uint32_t template_index; /**< into `children` of the definition */
    uint32_t reserved;
    const ike2_ts *ts_local;  /**< ours, within what was requested */
    const ike2_ts *ts_remote; /**< the peer's, likewise */
    size_t n_ts_local, n_ts_remote; /**< 0 = as the template narrows */
} ike2_child_spec;

/** CHILD: accept; NULL = as matched. IKE2_ERR_ARGUMENT if nothing of the request remains. */
IKE2_API ike2_err ike2_answer_child(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                                    const ike2_child_spec *spec);

/** CONFIG: the attributes of the CFG_REPLY, copied, RFC 7296 2.19, 3.15; at most 64. Those of
 *  INTERNAL_IP4_ADDRESS and INTERNAL_IP6_ADDRESS are the peer's from now on: a child template
 *  without remote selectors means them. Refused: INTERNAL_ADDRESS_FAILURE in place of the child. */
IKE2_API ike2_err ike2_answer_config(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                                     const ike2_cfg_attr *attrs, size_t n);

/** SPI: now the library's to give back (REMOVE or RELEASE); on any error it stays the caller's.
 *  IKE2_ERR_ARGUMENT if another pair of this endpoint has it, or below 256: reserve another. */
IKE2_API ike2_err ike2_answer_spi(ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                                  uint32_t spi_in);

/** Hands a job's result back and frees the job: it is consumed whatever is returned.
 *  IKE2_ERR_STALE if its SA has gone or its answer_by has passed: harmless. A lane's job is never
 *  stale. */
IKE2_API ike2_err ike2_endpoint_finish(ike2_endpoint *ep, ike2_time now, ike2_job *job);

#ifdef __cplusplus
}
#endif
#endif
