/** @file ike2/job.h
 * Work that may leave the thread. A job holds all it needs in memory that was
 * allocated, and will be freed, on the endpoint's thread; in between any thread may read it and
 * fill the room set aside for the result. Every job ends in exactly one ike2_endpoint_finish
 * (ike2/endpoint.h) or ike2_job_free. */
#ifndef IKE2_JOB_H
#define IKE2_JOB_H

#include <ike2/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of work. */
enum {
    IKE2_JOB_KE = 1,       /**< one step of a key exchange; with IKE2_OFFLOAD_KE */
    IKE2_JOB_SIGN = 2,     /**< with IKE2_OFFLOAD_SIGN, or a credential without key */
    IKE2_JOB_VERIFY = 3,   /**< always, for a peer's signature: whom to trust is yours to say */
    IKE2_JOB_DATAPLANE = 4 /**< always: the SA waits for the data plane */
};

/** IKE2_JOB_*. */
IKE2_API uint32_t ike2_job_kind(const ike2_job *job);
/** The SA it is about, as in the output that brought it. */
IKE2_API ike2_sa_id ike2_job_sa(const ike2_job *job);
/** Tag of the peer's definition, as in the output that brought it. */
IKE2_API uint64_t ike2_job_peer_tag(const ike2_job *job);
/** When it counts as failed; IKE2_TIME_NEVER for a lane's SWITCH, MOVE, REMOVE and RELEASE. */
IKE2_API ike2_time ike2_job_answer_by(const ike2_job *job);

/** The outcome of a VERIFY or DATAPLANE job. */
typedef struct ike2_verdict {
    size_t struct_size;
    bool ok;            /**< done as asked */
    uint8_t reserved;   /**< 0 */
    uint16_t notify;    /**< refusal: what the peer is told; 0 = the RFC's for the case */
    uint32_t reason;    /**< machine-readable: IKE2_X509_*, or yours from 0x10000 on */
    char text[96];      /**< terminated; goes to the trace only */
} ike2_verdict;

/** Records the outcome in the job, on any thread; a job finished without one counts as refused. */
IKE2_API void ike2_job_set_verdict(ike2_job *job, const ike2_verdict *verdict);

/** Computes a KE job, or a SIGN job whose credential has a key, with the endpoint's provider, on
 *  any thread. Other kinds: IKE2_ERR_UNSUPPORTED. A failure is recorded in the job too: finish it
 *  all the same. */
IKE2_API ike2_err ike2_job_run(ike2_job *job);

/* --- SIGN --------------------------------------------------------------------------- */

/** What is to be signed with a key kept elsewhere, RFC 7296 2.15. */
typedef struct ike2_sign_task {
    uint64_t tag;            /**< ike2_credential.tag */
    uint16_t scheme;         /**< IKE2_SIG_* */
    uint16_t reserved;
    uint32_t room;           /**< octets of signature that fit */
    const ike2_bytes *parts; /**< to be signed, as if concatenated */
    size_t n_parts;
} ike2_sign_task;

/** What a SIGN job asks for; NULL for other kinds. Valid until the job is finished. */
IKE2_API const ike2_sign_task *ike2_job_sign_task(const ike2_job *job);
/** Copies the signature, as it follows the AlgorithmIdentifier, into the job's room, on any thread.
 *  IKE2_ERR_SPACE if it does not fit, IKE2_ERR_UNSUPPORTED for other kinds of job. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_job_set_signature(ike2_job *job, ike2_bytes signature);

/* --- VERIFY ------------------------------------------------------------------------- */

/** What a peer presented. Answering is one act: chain, identity, signed octets and signature. */
typedef struct ike2_proof {
    ike2_id local_id;     /**< ours in this exchange */
    ike2_id remote_id;    /**< claimed by the peer: the certificate must contain it */
    uint64_t peer_tag;    /**< ike2_peer_config.tag */
    const ike2_cert *certs; /**< as received, in order: certificates, CRLs and others */
    size_t n_certs;       /**< at most 64 */
    const ike2_bytes *signed_parts; /**< the signed octets, RFC 7296 2.15, as if concatenated */
    size_t n_signed_parts;
    ike2_bytes signature; /**< method 14: what follows the AlgorithmIdentifier */
    uint16_t scheme;      /**< IKE2_SIG_*, one that the definition accepts */
    uint8_t method;       /**< IKE2_AUTH_METHOD_* */
    uint8_t reserved[5];
} ike2_proof;

/** What a VERIFY job is about; NULL for other kinds. Valid until the job is finished. */
IKE2_API const ike2_proof *ike2_job_proof(const ike2_job *job);

/* --- DATAPLANE -------------------------------------------------------------------- */
/* One lane per child: at most one of these is out at a time, and the responses, Deletes and events
 * that depend on it wait. They are finished always, ok or failed, never freed: before its
 * EVENT_SA_DOWN the SA waits for its lanes. A synchronous data plane finishes them at once. */

enum { /* ike2_lane_task.op */
    IKE2_LANE_INSTALL = 1, /**< both directions' keys; inbound usable, outbound not yet used */
    IKE2_LANE_SWITCH = 2,  /**< send on this pair from now on */
    IKE2_LANE_MOVE = 3,    /**< `path` and `encap` of an installed pair have changed, 2.23 */
    IKE2_LANE_REMOVE = 4,  /**< this pair, the halves named; only after a successful INSTALL */
    IKE2_LANE_RELEASE = 5  /**< a reserved SPI (ASK_SPI) that no INSTALL used successfully */
};
enum { IKE2_HALF_IN = 1, IKE2_HALF_OUT = 2, IKE2_HALF_BOTH = 3 };

/** What a data plane is asked to do with one pair. */
typedef struct ike2_lane_task {
    uint8_t op;            /**< IKE2_LANE_* */
    uint8_t halves;        /**< REMOVE: IKE2_HALF_*; with the inbound one the pair ends */
    uint8_t reserved[6];
    const ike2_pair *pair; /**< INSTALL: with keys, given up when the job is finished;
                                RELEASE: child, tag, spi_in, protocol and path only */
} ike2_lane_task;

/** What a DATAPLANE job asks for; NULL for other kinds. Valid until the job is finished. */
IKE2_API const ike2_lane_task *ike2_job_lane(const ike2_job *job);

/** Abandons a KE, SIGN or VERIFY job, on the endpoint's thread; the SA learns at `answer_by`. Any
 *  kind once its endpoint has been freed. NULL is allowed. */
IKE2_API void ike2_job_free(ike2_job *job);

#ifdef __cplusplus
}
#endif
#endif
