/* embed.c - the excerpt of README.md, compiled. What lies between the marks is the same there. */
#include <ike2/ike2.h>

/* The host's own. */
void net_send(const ike2_path *path, const ike2_bytes *datagrams, size_t n);
void timer_arm(ike2_time deadline);
bool esp_do(const ike2_lane_task *task);

void on_datagram(ike2_endpoint *ep, ike2_time now, const ike2_path *path, ike2_bytes octets);
void on_timer(ike2_endpoint *ep, ike2_time now);

extern ike2_peer_id peer; /* of ike2_peer_define */

/* README begin */
static void drain(ike2_endpoint *ep, ike2_time now)
{
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);
    const ike2_output *out;

    while ((out = ike2_endpoint_poll(ep)) != NULL) {
        if (out->type == IKE2_SEND) {
            net_send(&out->u.send.path, out->u.send.payloads, out->u.send.n_payloads);
        } else if (out->type == IKE2_JOB) { /* install, use or remove a pair of ESP SAs */
            verdict.ok = esp_do(ike2_job_lane(out->u.job));
            ike2_job_set_verdict(out->u.job, &verdict);
            (void)ike2_endpoint_finish(ep, now, out->u.job);
        } else if (out->type == IKE2_ASK_PEER) { /* a responder: who is this? */
            (void)ike2_answer_peer(ep, now, out->ask, peer);
        } /* events may be ignored */
    }
    timer_arm(ike2_endpoint_deadline(ep));
}

void on_datagram(ike2_endpoint *ep, ike2_time now, const ike2_path *path, ike2_bytes octets)
{
    (void)ike2_endpoint_input(ep, now, path, octets);
    drain(ep, now);
}

void on_timer(ike2_endpoint *ep, ike2_time now)
{
    ike2_endpoint_expire(ep, now, 64);
    drain(ep, now);
}
/* README end */
