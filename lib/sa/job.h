/* sa/job.h - work that may leave the thread. A job's memory is acquired and released on the
 * endpoint's thread; a worker only reads it and fills room set aside. */
#ifndef SA_JOB_H
#define SA_JOB_H

#include <ike2/job.h>

#include "crypto/auth_octets.h"
#include "sa/host.h"

struct exchange;
struct child;

enum ke_step { KE_START, KE_FINISH };

/* One step of a key exchange. */
struct ke_work {
    enum ke_step step;
    uint16_t method;
    ike2_ke_state *state;  /* START: out; FINISH: in */
    ike2_key *secret;      /* FINISH: out */
    size_t peer_len, own_len, room; /* of `octets` */
    ike2_err err;
    uint8_t *octets;       /* START: own public value, out; FINISH: the peer's, in */
};

/* Our signature. The octets that it covers, 2.15, are in the job's own memory. */
struct sign_work {
    ike2_sign_task task;
    ike2_bytes parts[SIGNED_PARTS_MAX];
    ike2_key *key;         /* a reference; NULL: it is kept elsewhere */
    size_t len;            /* of the signature; 0: there is none */
    ike2_err err;
    uint8_t *octets;       /* room for it */
};

/* The peer's. */
struct verify_work {
    ike2_proof proof;
    ike2_bytes parts[SIGNED_PARTS_MAX];
    ike2_verdict verdict;
};

/* One operation of a child's lane. */
struct lane_work {
    ike2_lane_task task;
    ike2_pair pair;        /* with keys in an INSTALL */
    ike2_verdict verdict;
    struct grave *kept;    /* what `pair` views, once the child has gone; else NULL */
};

struct ike2_job {
    struct grave grave;    /* a finished lane job is reused, and buried with its child */
    struct output out, cancel;
    struct list_node node; /* in host->jobs while it is out */
    struct host *host;     /* NULL once the endpoint has been freed */
    ike2_mem mem;          /* for that case */
    const ike2_crypto *crypto;
    size_t size;
    uint32_t kind;
    bool is_posted;        /* the integrator has it */
    ike2_sa_id sa;
    uint64_t peer_tag;
    ike2_time answer_by;
    struct exchange *exchange; /* KE, SIGN, VERIFY: who waits for it; NULL: nobody any more */
    struct child *child;       /* DATAPLANE */
    union {
        struct ke_work ke;
        struct sign_work sign;
        struct verify_work verify;
        struct lane_work lane;
    } u;
};

/* A KE job for `x`; FINISH takes `state` over on success and copies `peer_pub`. NULL: no memory. */
ike2_job *ike2_job_new_start(struct exchange *x, uint16_t method, size_t room);
ike2_job *ike2_job_new_finish(struct exchange *x, uint16_t method, ike2_bytes peer_pub,
                              ike2_ke_state **state);
ike2_job *ike2_job_new_lane(struct child *child);
/* An empty job of IKE2_JOB_SIGN or _VERIFY, with `room` octets behind it. */
ike2_job *ike2_job_new_proof(struct exchange *x, uint32_t kind, size_t room);
/* Hands it out as an output. */
void ike2_job_post(ike2_job *job);
/* Nobody waits for it any more: takes it back, or advises the integrator to give it back. */
void ike2_job_abandon(ike2_job *job);
/* The integrator has given it back. */
void ike2_job_return(ike2_job *job);
/* The endpoint goes away while the integrator has it: ike2_job_free will release it. */
void ike2_job_orphan(ike2_job *job);
/* Releases the job and what it owns; not for one that the integrator has. */
void ike2_job_release(ike2_job *job);
/* Gives up the keys of an INSTALL. */
void ike2_job_drop_keys(ike2_job *job);
void ike2_job_fill(const ike2_job *job, ike2_output *out);

#endif
