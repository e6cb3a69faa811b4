/* endpoint/look.c - looking at what there is: the endpoint by ike2/info.h, and whatever outputs and
 * jobs view. */
#include "endpoint/script.h"

/* --- Outputs and jobs --------------------------------------------------------------------- */

static void octets_read(const void *ptr, size_t len)
{
    check_readable((ike2_bytes){ .ptr = ptr, .len = len });
}

static void ids_read(const ike2_id *a, const ike2_id *b)
{
    check_readable(a->data);
    check_readable(b->data);
}

void views_read(const ike2_output *out)
{
    switch (out->type) {
    case IKE2_ASK_PEER:
        check_readable(out->u.ask_peer.message);
        break;
    case IKE2_ASK_PSK:
        ids_read(&out->u.ask_secret.local, &out->u.ask_secret.remote);
        break;
    case IKE2_ASK_IDENTITY:
        ids_read(&out->u.ask_identity.local, &out->u.ask_identity.remote);
        break;
    case IKE2_ASK_CHILD:
        octets_read(out->u.ask_child.local, out->u.ask_child.n_local * sizeof(ike2_ts));
        octets_read(out->u.ask_child.remote, out->u.ask_child.n_remote * sizeof(ike2_ts));
        break;
    case IKE2_ASK_CONFIG:
    case IKE2_EVENT_CONFIG:
        check_readable(out->u.config.remote.data);
        for (size_t i = 0; i < out->u.config.n; i++)
            check_readable(out->u.config.attrs[i].value);
        break;
    case IKE2_SEND:
        for (size_t i = 0; i < out->u.send.n_payloads; i++)
            check_readable(out->u.send.payloads[i]);
        break;
    default:
        break;
    }
}

static void lane_read(const ike2_lane_task *task)
{
    if (task == NULL)
        return;
    octets_read(task->pair->ts_local, task->pair->n_ts_local * sizeof(ike2_ts));
    octets_read(task->pair->ts_remote, task->pair->n_ts_remote * sizeof(ike2_ts));
}

static void sign_task_read(const ike2_sign_task *task)
{
    for (size_t i = 0; task != NULL && i < task->n_parts; i++)
        check_readable(task->parts[i]);
}

static void proof_read(const ike2_proof *proof)
{
    if (proof == NULL)
        return;
    ids_read(&proof->local_id, &proof->remote_id);
    for (size_t i = 0; i < proof->n_certs; i++)
        check_readable(proof->certs[i].data);
    for (size_t i = 0; i < proof->n_signed_parts; i++)
        check_readable(proof->signed_parts[i]);
    check_readable(proof->signature);
}

/* All a worker may look at, at any time. */
void job_read(ike2_job *job)
{
    uint32_t kind = ike2_job_kind(job);

    check((ike2_job_lane(job) != NULL) == (kind == IKE2_JOB_DATAPLANE));
    check((ike2_job_sign_task(job) != NULL) == (kind == IKE2_JOB_SIGN));
    check((ike2_job_proof(job) != NULL) == (kind == IKE2_JOB_VERIFY));
    check(ike2_job_sa(job) != 0);
    (void)ike2_job_peer_tag(job);
    (void)ike2_job_answer_by(job);
    lane_read(ike2_job_lane(job));
    sign_task_read(ike2_job_sign_task(job));
    proof_read(ike2_job_proof(job));
    if (kind == IKE2_JOB_DATAPLANE || kind == IKE2_JOB_VERIFY)
        check(ike2_job_run(job) == IKE2_ERR_UNSUPPORTED);
}

/* --- The endpoint --------------------------------------------------------------------------- */

static size_t children_look(const ike2_endpoint *ep, ike2_sa_id sa)
{
    ike2_child_id id = 0;
    size_t n = 0;

    while ((id = ike2_child_next(ep, sa, id)) != 0) {
        ike2_child_info child = IKE2_INIT(ike2_child_info);

        check(ike2_child_get(ep, id, &child) == IKE2_OK);
        check(child.id == id && child.sa == sa && child.state != NULL);
        if (child.pair != NULL) {
            octets_read(child.pair->ts_local, child.pair->n_ts_local * sizeof(ike2_ts));
            octets_read(child.pair->ts_remote, child.pair->n_ts_remote * sizeof(ike2_ts));
        }
        n++;
    }
    return n;
}

void side_look(const struct side *side)
{
    ike2_stats stats = side_stats(side);
    ike2_sa_id id = 0;
    size_t n = 0, n_children = 0;

    while (side->ep != NULL && (id = ike2_sa_next(side->ep, id)) != 0) {
        ike2_sa_info sa = IKE2_INIT(ike2_sa_info);
        size_t of_sa = children_look(side->ep, id);

        check(ike2_sa_get(side->ep, id, &sa) == IKE2_OK && sa.id == id && sa.state != NULL);
        check(sa.n_children == of_sa && sa.spi_local != 0);
        ids_read(&sa.local_id, &sa.remote_id);
        n_children += of_sa;
        n++;
    }
    /* What is left of an SA after its rekeying has no name, nor has what is to be one. */
    check(n <= stats.sas && n_children <= stats.children && stats.half_open <= stats.sas);
    check(stats.sas != 0 || side->ep == NULL || side->ep->host.remnants.n != 0 ||
          ike2_endpoint_deadline(side->ep) == IKE2_TIME_NEVER);
}
