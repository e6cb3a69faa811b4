/* sa/ke.c - the two steps of a key exchange, run inline or handed out as jobs. RFC 7296 1.2, 2.14.
 * The second step is put off until the initiator has shown that it goes on, so that a flood of
 * first messages costs little. */
#include <string.h>

#include "sa/init.h"
#include "sa/note.h"

size_t ike2_ke_octets(const struct host *host, uint16_t method)
{
    const ike2_crypto *c = host->crypto;
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    ike2_transform_info info = { .struct_size = sizeof info };

    if (c->describe(c->user, &t, &info) != IKE2_OK || info.kem)
        return 0;
    return info.pub_i;
}

void ike2_ke_drop(struct sa *sa)
{
    struct init_stage *init = sa->init;
    struct host *host = sa->host;

    host->crypto->ke_free(host->crypto->user, init->ke);
    ike2_mem_release(&host->mem, init->ke_ours, init->ke_ours_len);
    init->ke = NULL;
    init->ke_ours = NULL;
    init->ke_ours_len = 0;
}

static enum verdict ke_hand_out(struct exchange *x, ike2_job *job)
{
    bool here = (x->sa->host->settings.offload & IKE2_OFFLOAD_KE) == 0;

    (void)ike2_note_ke(x->sa, job->u.ke.method, job->u.ke.step == KE_START ? "start" : "finish");
    return ike2_exchange_work(x, job, here);
}

/* A responder's peer asks again; a command of ours nobody repeats. */
static enum verdict ke_on_late(struct sa *sa, struct exchange *x)
{
    if (sa->role == RESPONDER)
        return VERDICT_IGNORE;
    return ike2_exchange_end(x, 0, IKE2_REASON_UNANSWERED, 0);
}

static enum verdict ke_again(struct exchange *x)
{
    x->work.is_back = false;
    return VERDICT_RETRY;
}

static enum verdict ke_take_start(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;
    ike2_job *job = x->work.job;
    uint8_t *pub;

    if (job == NULL)
        return ke_on_late(sa, x);
    x->work.job = NULL;
    pub = job->u.ke.err != IKE2_OK ? NULL
                                   : ike2_mem_acquire(&sa->host->mem, job->u.ke.own_len);
    if (pub == NULL) {
        ike2_job_release(job);
        return ke_again(x);
    }
    memcpy(pub, job->u.ke.octets, job->u.ke.own_len);
    init->ke_ours = pub;
    init->ke_ours_len = job->u.ke.own_len;
    init->ke = job->u.ke.state;
    job->u.ke.state = NULL;
    ike2_job_release(job);
    return VERDICT_NEXT;
}

enum verdict ike2_ke_start(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;
    enum verdict v = VERDICT_NEXT;
    ike2_job *job;

    if (init->ke_ours != NULL)
        return VERDICT_NEXT;
    if (x->work.is_out)
        return VERDICT_WAIT;
    if (!x->work.is_back) {
        job = ike2_job_new_start(x, init->ke_method, ike2_ke_octets(sa->host, init->ke_method));
        if (job == NULL)
            return VERDICT_RETRY;
        v = ke_hand_out(x, job);
    }
    return v == VERDICT_NEXT ? ke_take_start(sa, x) : v;
}

/* RFC 6989: a bad public value. To an initiator it may have been forged; a responder has answered
 * already, and cannot go on. */
static enum verdict ke_on_bad_value(struct sa *sa, struct exchange *x)
{
    if (sa->role == INITIATOR)
        return VERDICT_IGNORE;
    return ike2_exchange_end(x, 0, IKE2_REASON_PROTOCOL, 0);
}

static enum verdict ke_take_finish(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;
    ike2_job *job = x->work.job;
    ike2_err err;

    if (job == NULL)
        return ke_on_late(sa, x);
    x->work.job = NULL;
    err = job->u.ke.err;
    init->ke = job->u.ke.state; /* an initiator may need it again */
    init->shared = job->u.ke.secret;
    job->u.ke.state = NULL;
    job->u.ke.secret = NULL;
    ike2_job_release(job);
    if (err == IKE2_ERR_MALFORMED)
        return ke_on_bad_value(sa, x);
    return err == IKE2_OK ? VERDICT_NEXT : ke_again(x);
}

enum verdict ike2_ke_finish(struct sa *sa, struct exchange *x, ike2_bytes peers)
{
    struct init_stage *init = sa->init;
    enum verdict v = VERDICT_NEXT;
    ike2_job *job;

    if (init->shared != NULL)
        return VERDICT_NEXT;
    if (x->work.is_out)
        return VERDICT_WAIT;
    if (!x->work.is_back) {
        if (init->ke == NULL) /* it went away with a job that was late */
            return ke_on_late(sa, x);
        job = ike2_job_new_finish(x, init->ke_method, peers, &init->ke);
        if (job == NULL)
            return VERDICT_RETRY;
        v = ke_hand_out(x, job);
    }
    return v == VERDICT_NEXT ? ke_take_finish(sa, x) : v;
}
