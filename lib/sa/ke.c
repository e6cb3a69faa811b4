/* sa/ke.c - nonces, and the two steps of a key exchange, run inline or handed out as jobs. RFC 7296
 * 1.2, 1.3, 2.10, 2.14. A half-open responder puts the second step off until the initiator has
 * shown that it goes on, so that a flood of first messages costs little. */
#include "sa/ke.h"

#include <string.h>

#include "sa/note.h"

/* --- Nonces -------------------------------------------------------------------------- */

ike2_err ike2_nonce_draw(const struct host *host, struct nonce *n)
{
    const ike2_crypto *c = host->crypto;
    ike2_err err = c->random(c->user, n->octets, NONCE_OURS);

    if (err == IKE2_OK)
        n->len = NONCE_OURS;
    return err;
}

bool ike2_nonce_of(const struct message *m, struct nonce *n)
{
    ike2_bytes body = ike2_message_body(m, IKE2_PAYLOAD_NONCE);

    if (body.len < NONCE_MIN || body.len > NONCE_MAX)
        return false;
    memcpy(n->octets, body.ptr, body.len);
    n->len = body.len;
    return true;
}

/* --- Key exchange -------------------------------------------------------------------- */

size_t ike2_ke_octets(const struct host *host, uint16_t method)
{
    const ike2_crypto *c = host->crypto;
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    ike2_transform_info info = { .struct_size = sizeof info };

    if (c->describe(c->user, &t, &info) != IKE2_OK || info.kem)
        return 0;
    return info.pub_i;
}

ike2_ke_payload ike2_ke_of(const struct message *m)
{
    ike2_bytes body = ike2_message_body(m, IKE2_PAYLOAD_KE);
    ike2_ke_payload ke;

    if (body.ptr == NULL || ike2_ke_read(body, &ke) != IKE2_OK)
        return (ike2_ke_payload){ 0 };
    return ke;
}

void ike2_ke_drop(struct host *host, struct ke_stage *ke)
{
    host->crypto->ke_free(host->crypto->user, ke->state);
    ike2_mem_release(&host->mem, ke->ours, ke->ours_len);
    ke->state = NULL;
    ke->ours = NULL;
    ke->ours_len = 0;
}

void ike2_ke_clear(struct host *host, struct ke_stage *ke)
{
    ike2_ke_drop(host, ke);
    host->crypto->key_free(host->crypto->user, ke->shared);
    ke->shared = NULL;
}

enum { ROUNDS_MAX = 3 };

bool ike2_ke_take_other(const struct exchange *x, struct ke_stage *ke,
                        const struct select_args *args)
{
    struct host *host = x->sa->host;
    unsigned rounds = ke->rounds + 1;
    ike2_notify n;
    uint16_t method;

    if (!ike2_message_notify(&x->in, IKE2_NOTIFY_INVALID_KE_PAYLOAD, &n) || n.data.len != 2 ||
        rounds > ROUNDS_MAX)
        return false;
    method = (uint16_t)(n.data.ptr[0] << 8 | n.data.ptr[1]);
    if (method == ke->method || method == IKE2_KE_NONE ||
        !ike2_proposals_have_ke(args, method) || ike2_ke_octets(host, method) == 0)
        return false;
    ike2_ke_clear(host, ke);
    *ke = (struct ke_stage){ .method = method, .rounds = rounds };
    return true;
}

enum verdict ike2_ke_refuse(struct exchange *x, uint16_t wanted)
{
    enum verdict v = ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_KE_PAYLOAD,
                                          IKE2_REASON_PROPOSAL, 0);

    x->refusal.data[0] = (uint8_t)(wanted >> 8);
    x->refusal.data[1] = (uint8_t)wanted;
    x->refusal.data_len = 2;
    return v;
}

void ike2_ke_write_ours(ike2_writer *w, const struct ke_stage *ke)
{
    const ike2_ke_payload payload = { .method = ke->method,
                                      .data = { .ptr = ke->ours, .len = ke->ours_len } };

    ike2_ke_write(w, &payload);
}

static enum verdict ke_hand_out(struct exchange *x, ike2_job *job)
{
    bool here = (x->sa->host->settings.offload & IKE2_OFFLOAD_KE) == 0;

    (void)ike2_note_ke(x->sa, job->u.ke.method, job->u.ke.step == KE_START ? "start" : "finish");
    return ike2_exchange_work(x, job, here);
}

static enum verdict ke_late(struct exchange *x)
{
    return ike2_exchange_refuse(x, 0, IKE2_REASON_UNANSWERED, 0);
}

static enum verdict ke_again(struct exchange *x)
{
    x->work.is_back = false;
    return VERDICT_RETRY;
}

static enum verdict ke_take_start(struct exchange *x, struct ke_stage *ke)
{
    ike2_job *job = x->work.job;
    uint8_t *pub;

    if (job == NULL)
        return ke_late(x);
    x->work.job = NULL;
    pub = job->u.ke.err != IKE2_OK ? NULL
                                   : ike2_mem_acquire(&x->sa->host->mem, job->u.ke.own_len);
    if (pub == NULL) {
        ike2_job_release(job);
        return ke_again(x);
    }
    memcpy(pub, job->u.ke.octets, job->u.ke.own_len);
    ke->ours = pub;
    ke->ours_len = job->u.ke.own_len;
    ke->state = job->u.ke.state;
    job->u.ke.state = NULL;
    ike2_job_release(job);
    return VERDICT_NEXT;
}

enum verdict ike2_ke_start(struct exchange *x, struct ke_stage *ke)
{
    enum verdict v = VERDICT_NEXT;
    ike2_job *job;

    if (ke->ours != NULL)
        return VERDICT_NEXT;
    if (x->work.is_out)
        return VERDICT_WAIT;
    if (!x->work.is_back) {
        job = ike2_job_new_start(x, ke->method, ike2_ke_octets(x->sa->host, ke->method));
        if (job == NULL)
            return VERDICT_RETRY;
        v = ke_hand_out(x, job);
    }
    return v == VERDICT_NEXT ? ke_take_start(x, ke) : v;
}

static enum verdict ke_take_finish(struct exchange *x, struct ke_stage *ke)
{
    ike2_job *job = x->work.job;
    ike2_err err;

    if (job == NULL)
        return ke_late(x);
    x->work.job = NULL;
    err = job->u.ke.err;
    ke->state = job->u.ke.state; /* an initiator may need it again */
    ke->shared = job->u.ke.secret;
    job->u.ke.state = NULL;
    job->u.ke.secret = NULL;
    ike2_job_release(job);
    if (err == IKE2_ERR_MALFORMED)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    return err == IKE2_OK ? VERDICT_NEXT : ke_again(x);
}

enum verdict ike2_ke_finish(struct exchange *x, struct ke_stage *ke, ike2_bytes peers)
{
    enum verdict v = VERDICT_NEXT;
    ike2_job *job;

    if (ke->shared != NULL)
        return VERDICT_NEXT;
    if (x->work.is_out)
        return VERDICT_WAIT;
    if (!x->work.is_back) {
        if (ke->state == NULL) /* it went away with a job that was late */
            return ke_late(x);
        job = ike2_job_new_finish(x, ke->method, peers, &ke->state);
        if (job == NULL)
            return VERDICT_RETRY;
        v = ke_hand_out(x, job);
    }
    return v == VERDICT_NEXT ? ke_take_finish(x, ke) : v;
}
