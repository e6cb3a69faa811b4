/* threads/rig.h - the two endpoints and the pool of the example worker_pool, on a clock that only
 * the test moves. */
#ifndef THREADS_RIG_H
#define THREADS_RIG_H

#include <stdatomic.h>

#include "common/provider.h"
#include "demo.h"
#include "duo.h"
#include "pool.h"
#include "threads/gate.h"

enum { RIG_KEPT_MAX = 8 };

/* What several rigs may share: read by all threads, written by none. */
struct common {
    struct provider provider;
    struct demo demo;
    ike2_x509_policy policy;
};

struct counts {
    unsigned up, down, cancelled;
    unsigned reasons[32]; /* of `down`, by IKE2_REASON_* */
    unsigned stale;       /* jobs that came back in vain */
};

struct rig {
    const struct common *common;
    struct duo duo;
    struct pool *pool;
    ike2_time now;
    struct counts counts[DUO_SIDES];
    bool elsewhere;       /* definitions have no keys: SIGN jobs are all there is to sign with */
    atomic_uint n_signed; /* by workers, with such a key */
    uint32_t held_kind;   /* jobs of this kind ... */
    size_t held_side;     /* ... and side stop at the gate; 0 = none */
    struct gate gate;
    unsigned n_held;     /* that came */
    ike2_time answer_by; /* of the last of them */
    unsigned n_together; /* so many of them reach the workers at once; 0 = each as it comes */
    ike2_job *kept[RIG_KEPT_MAX]; /* until then */
    unsigned n_kept;
};

/* A failure ends the program. */
void common_open(struct common *c);
void common_close(struct common *c);

void rig_open(struct rig *r, const struct common *c, unsigned n_threads);
/* The same, and private keys are where only workers get at them, as if in a token. */
void rig_open_elsewhere(struct rig *r, const struct common *c, unsigned n_threads);
/* The gate opens, the workers end, then the endpoints do, and all jobs are given back. */
void rig_close(struct rig *r);

void rig_connect(struct rig *r, unsigned n);
/* Deals with all there is, but not with what time brings. */
void rig_drain(struct rig *r);
/* Waits for one job at least, if any is on its way back; others stay out. */
void rig_step(struct rig *r);
/* Until all jobs are back but those that stand at the gate. */
void rig_settle(struct rig *r);
/* At this time, which is later. */
void rig_expire(struct rig *r, ike2_time at);
/* Closes all SAs; time goes on until neither side has one. */
void rig_run_out(struct rig *r);
unsigned rig_sas(const struct rig *r, size_t side);

#endif
