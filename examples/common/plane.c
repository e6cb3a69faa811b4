#include "plane.h"

/* --- What the data plane wants of us ----------------------------------------------------- */

/* To lose a packet is allowed; who tells the peer of it is the transport above. */
static void send_packet(void *user, const ike2_path *path, uint8_t tos, ike2_bytes payload)
{
    struct plane *p = user;
    ike2_send send = { .path = *path, .payloads = &payload, .n_payloads = 1 };
    struct problem ignored;

    (void)tos;
    if (p->transport != NULL)
        (void)transport_send(p->transport, &send, &ignored);
}

static uint32_t report_of(uint8_t kind)
{
    switch (kind) {
    case DATAPLANE_FIRST_IN: return IKE2_REPORT_FIRST_IN;
    case DATAPLANE_SOURCE: return IKE2_REPORT_SOURCE;
    case DATAPLANE_SOFT: return IKE2_REPORT_SOFT_EXPIRE;
    case DATAPLANE_HARD: return IKE2_REPORT_HARD_EXPIRE;
    default: return 0;
    }
}

/* RFC 7296 2.4: who sends ESP lives. */
static void report_life(const struct plane *p, uint32_t spi_in)
{
    ike2_report report = IKE2_INIT(ike2_report);

    report.spi_in = spi_in;
    report.what = IKE2_REPORT_IN;
    report.value = host_now();
    (void)journal_child_report(p->host->journal, p->host->ep, report.value, &report);
}

/* A pair that the endpoint has given up meanwhile is of no interest any more. */
static void on_report(void *user, const struct dataplane_report *r)
{
    struct plane *p = user;
    ike2_report report = IKE2_INIT(ike2_report);

    report.spi_in = r->spi_in;
    report.what = report_of(r->kind);
    if (r->kind == DATAPLANE_SOURCE)
        report.source = r->path.remote;
    if (r->kind == DATAPLANE_ACQUIRE && p->acquired != NULL)
        p->acquired(p->user, r);
    if (p->host == NULL)
        return;
    if (report.what != 0)
        (void)journal_child_report(p->host->journal, p->host->ep, host_now(), &report);
    if (r->kind == DATAPLANE_FIRST_IN || r->kind == DATAPLANE_IN)
        report_life(p, r->spi_in);
}

/* --- Life cycle -------------------------------------------------------------------------- */

bool plane_open(struct plane *p, const struct dataplane_ops *ops,
                const struct dataplane_config *config, const ike2_crypto *crypto,
                struct problem *why)
{
    const struct dataplane_host host = {
        .user = p, .crypto = crypto, .send = send_packet, .report = on_report
    };
    struct fault fault = { "" };

    *p = (struct plane){ 0 };
    if (ops->open(config, &host, &p->dataplane, &fault))
        return true;
    problem_set(why, "the data plane '%s' cannot be used: %s", ops->name, fault.text);
    return false;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct plane *p = poll->data;

    (void)status;
    (void)events;
    p->dataplane->ops->readable(p->dataplane, p->fds[poll - p->polls]);
}

static bool watch(struct plane *p, uv_loop_t *loop, struct problem *why)
{
    int fd, err = 0;

    while (err == 0 && p->n_polls < PLANE_FDS_MAX &&
           (fd = p->dataplane->ops->fd(p->dataplane, p->n_polls)) >= 0) {
        uv_poll_t *poll = &p->polls[p->n_polls];

        err = uv_poll_init(loop, poll, fd);
        if (err != 0)
            break;
        p->fds[p->n_polls++] = fd;
        poll->data = p;
        err = uv_poll_start(poll, UV_READABLE, on_readable);
    }
    if (err != 0)
        problem_set(why, "cannot watch the data plane: %s", uv_strerror(err));
    return err == 0;
}

bool plane_start(struct plane *p, struct host *host, struct problem *why)
{
    p->host = host;
    p->transport = host->transport;
    return (!p->dataplane->ops->wants_udp_encap || transport_share(p->transport, why)) &&
           watch(p, host->loop, why);
}

void plane_close(struct plane *p)
{
    size_t i;

    for (i = 0; i < p->n_polls; i++) {
        (void)uv_poll_stop(&p->polls[i]);
        uv_close((uv_handle_t *)&p->polls[i], NULL);
    }
    p->n_polls = 0;
    p->transport = NULL;
    p->host = NULL;
}

void plane_free(struct plane *p)
{
    if (p->dataplane != NULL)
        p->dataplane->ops->close(p->dataplane);
    p->dataplane = NULL;
}

/* --- Work -------------------------------------------------------------------------------- */

void plane_job(struct plane *p, struct host *host, ike2_job *job)
{
    ike2_verdict verdict;

    dataplane_do(p->dataplane, ike2_job_lane(job), &verdict);
    journal_job_set_verdict(host->journal, job, &verdict);
    host_finish(host, job);
}

ike2_toggle plane_asks_spi(const struct plane *p)
{
    return p->dataplane->ops->gives_spis ? IKE2_ON : IKE2_DEFAULT;
}

bool plane_ask_spi(struct plane *p, const ike2_output *ask)
{
    const struct dataplane_ops *ops = p->dataplane->ops;
    ike2_pair pair = { .path = ask->u.ask_spi.path, .protocol = ask->u.ask_spi.protocol };
    struct fault ignored;

    if (!ops->gives_spis ||
        !ops->ask_spi(p->dataplane, &pair.path, pair.protocol, &pair.spi_in, &ignored))
        return false;
    if (journal_answer_spi(p->host->journal, p->host->ep, host_now(), ask->ask, pair.spi_in) ==
        IKE2_OK)
        return true;
    (void)ops->release(p->dataplane, &pair, &ignored);
    return false;
}

void plane_esp(struct plane *p, const ike2_path *path, ike2_bytes packet)
{
    p->dataplane->ops->datagram_in(p->dataplane, path, 0, packet);
}
