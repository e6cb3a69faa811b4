/* sa/job.c - jobs: key exchange steps, signatures, what a data plane is asked to do. */
#include "sa/job.h"

#include <string.h>

#include "sa/child.h"
#include "sa/exchange.h"

static ike2_job *job_new(struct sa *sa, uint32_t kind, size_t room)
{
    struct host *host = sa->host;
    size_t size = sizeof(ike2_job) + room;
    ike2_job *job = ike2_mem_acquire(&host->mem, size);

    if (job == NULL)
        return NULL;
    job->host = host;
    job->mem = host->mem.hook;
    job->crypto = host->crypto;
    job->size = size;
    job->kind = kind;
    job->sa = sa->id;
    job->peer_tag = sa_peer_tag(sa);
    return job;
}

ike2_job *ike2_job_new_start(struct exchange *x, uint16_t method, size_t room)
{
    ike2_job *job = job_new(x->sa, IKE2_JOB_KE, room);

    if (job == NULL)
        return NULL;
    job->exchange = x;
    job->u.ke = (struct ke_work){
        .step = KE_START, .method = method, .room = room, .err = IKE2_ERR_STATE,
        .octets = (uint8_t *)(job + 1),
    };
    return job;
}

ike2_job *ike2_job_new_finish(struct exchange *x, uint16_t method, ike2_bytes peer_pub,
                              ike2_ke_state **state)
{
    ike2_job *job = job_new(x->sa, IKE2_JOB_KE, peer_pub.len);

    if (job == NULL)
        return NULL;
    job->exchange = x;
    job->u.ke = (struct ke_work){
        .step = KE_FINISH, .method = method, .state = *state, .err = IKE2_ERR_STATE,
        .peer_len = peer_pub.len, .room = peer_pub.len, .octets = (uint8_t *)(job + 1),
    };
    *state = NULL;
    if (peer_pub.len != 0)
        memcpy(job->u.ke.octets, peer_pub.ptr, peer_pub.len);
    return job;
}

ike2_job *ike2_job_new_lane(struct child *child)
{
    ike2_job *job = job_new(child->sa, IKE2_JOB_DATAPLANE, 0);

    if (job != NULL)
        job->child = child;
    return job;
}

void ike2_job_post(ike2_job *job)
{
    struct host *host = job->host;

    list_append(&host->jobs, &job->node);
    ike2_output_push(host, &job->out, IKE2_JOB, job);
}

void ike2_job_return(ike2_job *job)
{
    if (job->host != NULL) {
        ike2_output_withdraw(job->host, &job->out);
        ike2_output_withdraw(job->host, &job->cancel);
    }
    list_remove(&job->node);
    job->is_posted = false;
}

void ike2_job_orphan(ike2_job *job)
{
    ike2_output_withdraw(job->host, &job->cancel);
    list_remove(&job->node);
    if (job->child != NULL)
        job->u.lane.kept = ike2_child_leave_job(job->child);
    if (job->exchange != NULL)
        job->exchange->work.job = NULL;
    job->child = NULL;
    job->exchange = NULL;
    job->host = NULL;
}

void ike2_job_abandon(ike2_job *job)
{
    job->exchange = NULL;
    if (job->is_posted)
        ike2_output_push(job->host, &job->cancel, IKE2_EVENT_JOB_CANCEL, job);
    else
        ike2_job_release(job);
}

void ike2_job_drop_keys(ike2_job *job)
{
    const ike2_crypto *c = job->crypto;
    ike2_pair *pair = &job->u.lane.pair;

    c->key_free(c->user, pair->encr_in);
    c->key_free(c->user, pair->encr_out);
    c->key_free(c->user, pair->integ_in);
    c->key_free(c->user, pair->integ_out);
    pair->encr_in = pair->encr_out = pair->integ_in = pair->integ_out = NULL;
}

static void job_release_memory(ike2_job *job)
{
    struct grave *kept = job->kind == IKE2_JOB_DATAPLANE ? job->u.lane.kept : NULL;
    size_t kept_size = kept != NULL ? kept->size : 0;
    struct mem orphan = { .hook = job->mem, .octets_held = job->size + kept_size };

    ike2_mem_release(&orphan, kept, kept_size);
    ike2_mem_release(job->host != NULL ? &job->host->mem : &orphan, job, job->size);
}

static void job_drop_secrets(ike2_job *job)
{
    const ike2_crypto *c = job->crypto;

    switch (job->kind) {
    case IKE2_JOB_KE:
        c->ke_free(c->user, job->u.ke.state);
        c->key_free(c->user, job->u.ke.secret);
        job->u.ke.state = NULL;
        job->u.ke.secret = NULL;
        break;
    case IKE2_JOB_SIGN:
        c->key_free(c->user, job->u.sign.key);
        job->u.sign.key = NULL;
        break;
    case IKE2_JOB_DATAPLANE:
        ike2_job_drop_keys(job);
        break;
    default: /* VERIFY holds none */
        break;
    }
}

/* A polled output may still view it: its memory goes at the next poll. */
void ike2_job_release(ike2_job *job)
{
    ike2_job_return(job);
    job_drop_secrets(job);
    if (job->host != NULL)
        ike2_output_bury(job->host, &job->grave, job->size);
    else
        job_release_memory(job);
}

void ike2_job_fill(const ike2_job *job, ike2_output *out)
{
    out->sa = job->sa;
    out->peer_tag = job->peer_tag;
    out->answer_by = job->answer_by;
    if (job->child != NULL) {
        out->child = job->child->id;
        out->child_tag = job->child->tag;
    }
}

ike2_job *ike2_job_new_proof(struct exchange *x, uint32_t kind, size_t room)
{
    ike2_job *job = job_new(x->sa, kind, room);

    if (job != NULL)
        job->exchange = x;
    return job;
}

/* --- Public -------------------------------------------------------------------------- */

uint32_t ike2_job_kind(const ike2_job *job)
{
    return job->kind;
}

ike2_sa_id ike2_job_sa(const ike2_job *job)
{
    return job->sa;
}

uint64_t ike2_job_peer_tag(const ike2_job *job)
{
    return job->peer_tag;
}

ike2_time ike2_job_answer_by(const ike2_job *job)
{
    return job->answer_by;
}

const ike2_lane_task *ike2_job_lane(const ike2_job *job)
{
    return job->kind == IKE2_JOB_DATAPLANE ? &job->u.lane.task : NULL;
}

const ike2_sign_task *ike2_job_sign_task(const ike2_job *job)
{
    return job->kind == IKE2_JOB_SIGN ? &job->u.sign.task : NULL;
}

const ike2_proof *ike2_job_proof(const ike2_job *job)
{
    return job->kind == IKE2_JOB_VERIFY ? &job->u.verify.proof : NULL;
}

void ike2_job_set_verdict(ike2_job *job, const ike2_verdict *verdict)
{
    ike2_verdict v = { 0 };

    memcpy(&v, verdict, verdict->struct_size < sizeof v ? verdict->struct_size : sizeof v);
    v.text[sizeof v.text - 1] = '\0';
    if (job->kind == IKE2_JOB_DATAPLANE)
        job->u.lane.verdict = v;
    else if (job->kind == IKE2_JOB_VERIFY)
        job->u.verify.verdict = v;
}

ike2_err ike2_job_set_signature(ike2_job *job, ike2_bytes signature)
{
    struct sign_work *sign = &job->u.sign;

    if (job->kind != IKE2_JOB_SIGN)
        return IKE2_ERR_UNSUPPORTED;
    if (signature.len > sign->task.room)
        return IKE2_ERR_SPACE;
    if (signature.len != 0)
        memcpy(sign->octets, signature.ptr, signature.len);
    sign->len = signature.len;
    return IKE2_OK;
}

static ike2_err run_ke(const ike2_crypto *c, struct ke_work *ke)
{
    ike2_buffer own = { .ptr = ke->octets, .cap = ke->room };
    ike2_bytes peer = { .ptr = ke->octets, .len = ke->peer_len };

    if (ke->err != IKE2_ERR_STATE)
        return ke->err; /* it has been run */
    switch (ke->step) {
    case KE_START:
        ke->err = c->ke_start(c->user, ke->method, &own, &ke->state);
        ke->own_len = own.len;
        break;
    case KE_FINISH:
        ke->err = c->ke_finish(c->user, ke->state, peer, &ke->secret);
        break;
    }
    return ke->err;
}

static ike2_err run_sign(const ike2_crypto *c, struct sign_work *sign)
{
    ike2_buffer signature = { .ptr = sign->octets, .cap = sign->task.room };

    if (sign->key == NULL)
        return IKE2_ERR_UNSUPPORTED;
    sign->err = c->sign(c->user, sign->key, sign->task.scheme, sign->parts, sign->task.n_parts,
                        &signature);
    sign->len = sign->err == IKE2_OK ? signature.len : 0;
    return sign->err;
}

ike2_err ike2_job_run(ike2_job *job)
{
    switch (job->kind) {
    case IKE2_JOB_KE:
        return run_ke(job->crypto, &job->u.ke);
    case IKE2_JOB_SIGN:
        return run_sign(job->crypto, &job->u.sign);
    default:
        return IKE2_ERR_UNSUPPORTED;
    }
}

void ike2_job_free(ike2_job *job)
{
    if (job == NULL || (job->host != NULL && job->kind == IKE2_JOB_DATAPLANE))
        return;
    if (job->exchange != NULL)
        job->exchange->work.job = NULL; /* its deadline stays: the SA learns then */
    ike2_job_release(job);
}
