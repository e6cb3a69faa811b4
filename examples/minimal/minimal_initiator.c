/* minimal_initiator - sets up one IKE SA with one Child SA (RFC 7296 1.2), with a pre-shared key
 * and without a data plane, shows it, and deletes it. Read `start`, what is made; `run`, the loop;
 * `drain`, what comes out of it. What lacks the prefix ike2_ is the example's own. */
#include <poll.h>
#include <stdio.h>

#include <ike2/ike2.h>

#include "common/outcome.h"
#include "common/udp.h"
#include "credentials.h"
#include "dataplane.h"
#include "host.h"
#include "options.h"
#include "show.h"
#include "sinks.h"

enum {
    CLOSE_MS = 3000,     /* for the peer's answer to our Delete */
    TIMERS_AT_ONCE = 64, /* no burst of timers keeps the datagrams waiting */
    N_SOCKETS = 2        /* port 500 and port 4500, or what stands for them */
};

/* What this program waits for; `stage_ends` says how long. */
enum stage { CONNECTING, HOLDING, CLOSING, ENDED };

struct initiator {
    struct options options;
    struct sinks sinks;
    struct credentials credentials;
    struct udp_socket sockets[N_SOCKETS];
    ike2_endpoint *ep;
    ike2_sa_id sa;
    enum stage stage;
    ike2_time stage_ends;
    int code; /* our exit code, EXIT_* */
};

/* --- Stages ------------------------------------------------------------------------------ */

static void fail(struct initiator *p, int code, uint64_t record)
{
    p->code = code != EXIT_OK ? code : EXIT_OTHER;
    show_failure(p->options.program, p->code, sinks_find(&p->sinks, record));
}

/* Of the IKE SA, but not for ever. */
static void await_end(struct initiator *p, ike2_time now)
{
    p->stage = CLOSING;
    p->stage_ends = now + CLOSE_MS;
}

/* One stage further, towards the end: its time is over, or somebody wants us to stop. */
static void leave(struct initiator *p, ike2_time now)
{
    if (p->stage == CLOSING) {
        (void)fprintf(stderr, "%s: the peer does not answer our Delete\n", p->options.program);
        p->stage = ENDED;
        return;
    }
    /* Politely; or, if there is nothing yet that could be deleted, without a word. */
    if (ike2_sa_close(p->ep, now, p->sa) != IKE2_OK)
        (void)ike2_sa_drop(p->ep, now, p->sa);
    await_end(p, now);
}

static void on_child_up(struct initiator *p, ike2_time now, const ike2_output *out)
{
    show_child_up(out);
    if (p->stage != CONNECTING)
        return;
    p->code = EXIT_OK;
    p->stage = HOLDING;
    p->stage_ends = now + (ike2_time)p->options.hold_seconds * 1000u;
}

/* Either the IKE SA fails and its child with it, or the peer has refused the child and keeps the
 * IKE SA, 1.2. We have no use for that. */
static void on_child_down(struct initiator *p, ike2_time now, const ike2_output *out)
{
    const ike2_child_event *child = &out->u.child;

    show_child_down(out);
    if (p->stage != CONNECTING)
        return;
    fail(p, outcome_code(child->reason, child->notify), child->trace);
    (void)ike2_sa_close(p->ep, now, p->sa); /* IKE2_ERR_STATE: it is ending already */
    await_end(p, now);
}

static void on_sa_down(struct initiator *p, const ike2_output *out)
{
    const ike2_sa_event *sa = &out->u.sa;
    int code = outcome_code(sa->reason, sa->notify);

    show_sa_down(out, INITIATOR);
    if (p->stage == CONNECTING || (p->stage == HOLDING && code != EXIT_OK))
        fail(p, code, sa->trace);
    p->stage = ENDED;
}

/* --- The integration loop ------------------------------------------------------------------ */

/* What the library wants, in its order, until it wants nothing more. */
static void drain(struct initiator *p, ike2_time now)
{
    const ike2_output *out;
    struct problem why;

    while ((out = ike2_endpoint_poll(p->ep)) != NULL) {
        switch (out->type) {
    case IKE2_SEND:
            if (!udp_send(p->sockets, N_SOCKETS, &out->u.send, &why))
                show_problem(p->options.program, &why);
            break;
        case IKE2_JOB: /* done at once, so it is finished at once; what follows is polled next */
            dataplane_do(out->u.job);
            (void)ike2_endpoint_finish(p->ep, now, out->u.job);
            break;
        case IKE2_EVENT_SA_UP: show_sa_up(p->ep, out, INITIATOR); break;
        case IKE2_EVENT_CHILD_UP: on_child_up(p, now, out); break;
        case IKE2_EVENT_CHILD_DOWN: on_child_down(p, now, out); break;
        case IKE2_EVENT_SA_DOWN: on_sa_down(p, out); break;
        default: /* unknown events may be ignored, unknown questions are refused */
            if (out->type >= IKE2_ASK_PEER)
                (void)ike2_refuse(p->ep, now, out->ask, 0);
            break;
        }
    }
}

/* Every datagram goes in as it is: the library tells IKE from ESP from garbage. */
static void receive(struct initiator *p, const struct udp_socket *s, ike2_time now)
{
    static uint8_t room[UDP_ROOM];
    ike2_path path;
    ike2_bytes payload;

    while (p->stage != ENDED && udp_receive(s, room, sizeof room, &path, &payload)) {
        (void)ike2_endpoint_input(p->ep, now, &path, payload);
        drain(p, now);
    }
}

static void run(struct initiator *p, int stop_fd)
{
    struct pollfd fds[N_SOCKETS + 1] = { { .fd = stop_fd, .events = POLLIN } };
    ike2_time now = host_now(), until;

    for (size_t i = 0; i < N_SOCKETS; i++)
        fds[i + 1] = (struct pollfd){ .fd = p->sockets[i].fd, .events = POLLIN };
    drain(p, now); /* what ike2_sa_connect has to send */
    while (p->stage != ENDED) {
        until = ike2_endpoint_deadline(p->ep);
        until = until < p->stage_ends ? until : p->stage_ends;
        (void)poll(fds, N_SOCKETS + 1, host_wait_ms(now, until));
        now = host_now();

        for (size_t i = 0; i < N_SOCKETS; i++)
            receive(p, &p->sockets[i], now);
        if (p->stage != ENDED && (host_stop_taken(stop_fd) || now >= p->stage_ends)) {
            if (p->stage == CONNECTING)
                fail(p, EXIT_NO_ANSWER, 0);
            leave(p, now);
        }
        ike2_endpoint_expire(p->ep, now, TIMERS_AT_ONCE);
        drain(p, now);
    }
}

/* --- Start and end -------------------------------------------------------------------------- */

/* From where to where; NAT detection hashes our address, so "any" would not do. */
static bool open_sockets(struct initiator *p, ike2_path *path)
{
    const struct options *o = &p->options;
    struct problem why;
    bool ok = o->n_addresses == 0 || udp_resolve(o->addresses[0], 0, 0, &path->local, &why);

    ok = ok && udp_resolve(o->host, path->local.family, o->port, &path->remote, &why) &&
         (o->n_addresses == 1 || udp_source(&path->remote, &path->local, &why)) &&
         udp_open_pair(&path->local, 0, 0, p->sockets, &why);
    if (ok)
        path->local = p->sockets[0].local; /* now with its port */
    else
        show_problem(o->program, &why);
    return ok;
}

static ike2_err start(struct initiator *p, ike2_time now, const ike2_path *path)
{
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_child_config child;
    ike2_peer_config peer;
    ike2_err err;

    cfg.crypto = p->credentials.crypto;
    cfg.trace = &p->sinks.table;
    cfg.nat_port = p->sockets[1].local.port;
    options_peer(&p->options, p->credentials.psk, &child, &peer);
    connect.path = path;
    connect.nat_port_remote = p->options.natt_port;

    err = ike2_endpoint_new(&cfg, now, &p->ep);
    if (err == IKE2_OK)
        err = ike2_peer_define(p->ep, &peer, &connect.peer);
    if (err == IKE2_OK)
        err = ike2_sa_connect(p->ep, now, &connect, &p->sa);
    return err;
}

/* With open sockets: until the SA is down. */
static int serve(struct initiator *p, const ike2_path *path, int stop_fd)
{
    ike2_time now = host_now();
    uint32_t timeout = p->options.timeout_seconds;
    ike2_err err = start(p, now, path);

    p->stage_ends = timeout == 0 ? IKE2_TIME_NEVER : now + (ike2_time)timeout * 1000u;
    if (err == IKE2_OK) {
        run(p, stop_fd);
    } else {
        (void)fprintf(stderr, "%s: cannot start: %s\n", p->options.program, ike2_strerror(err));
        p->code = EXIT_LOCAL;
    }
    ike2_endpoint_free(p->ep);
    udp_close(&p->sockets[0]);
    udp_close(&p->sockets[1]);
    return p->code;
}

int main(int argc, char **argv)
{
    static struct initiator p;
    ike2_path path = { .encap = IKE2_ENCAP_NONE };
    int code = options_read(&p.options, INITIATOR, argc, argv), stop_fd;

    if (code >= 0)
        return code;
    code = EXIT_LOCAL;
    stop_fd = host_stop_open();
    if (stop_fd >= 0 && sinks_open(&p.sinks, p.options.trace, p.options.keylog_file) &&
        credentials_open(&p.credentials, p.options.psk_file) && open_sockets(&p, &path))
        code = serve(&p, &path, stop_fd);
    credentials_close(&p.credentials);
    sinks_close(&p.sinks);
    return code;
}
