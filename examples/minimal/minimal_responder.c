/* minimal_responder - waits for peers that know a pre-shared key and accepts any number of IKE SAs
 * (RFC 7296 1.2), without a data plane. Read `start`, what is made; `run`, the loop; `drain`, what
 * comes out of it; `answer`, the only question a responder must answer. What lacks the prefix ike2_
 * is the example's own. */
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
    CLOSE_MS = 3000,     /* for the peers' answers to our Deletes */
    TIMERS_AT_ONCE = 64, /* no burst of timers keeps the datagrams waiting, */
    INPUTS_AT_ONCE = 64, /* and no flood on one socket the other sockets */
    SOCKETS_MAX = 2 * ADDRESSES_MAX
};

enum stage { SERVING, CLOSING, ENDED };

struct responder {
    struct options options;
    struct sinks sinks;
    struct credentials credentials;
    struct udp_socket sockets[SOCKETS_MAX];
    size_t n_sockets;
    ike2_endpoint *ep;
    ike2_peer_id peer;   /* everybody is matched against this one definition */
    ike2_sa_id first_up; /* the first SA that came up: --once waits for its end */
    enum stage stage;
    ike2_time stage_ends;
    int code; /* our exit code, EXIT_* */
};

/* --- Questions ------------------------------------------------------------------------------ */

/* "Who is this?" comes with the first request, when only its address is known. A gateway with many
 * peers looks the path up; this program has one definition, and IKE_AUTH will tell. */
static void answer(struct responder *p, ike2_time now, const ike2_output *out)
{
    if (out->type == IKE2_ASK_PEER && p->stage == SERVING)
        (void)ike2_answer_peer(p->ep, now, out->ask, p->peer);
    else
        (void)ike2_refuse(p->ep, now, out->ask, 0);
}

/* --- Events --------------------------------------------------------------------------------- */

static void on_sa_up(struct responder *p, const ike2_output *out)
{
    const char *refusal = sinks_refusal(&p->sinks, out->sa);

    show_sa_up(p->ep, out, RESPONDER);
    if (*refusal != '\0') /* RFC 7296 1.2: it is up all the same */
        (void)fprintf(stderr, "%s: no Child SA [%s]\n", p->options.program, refusal);
    if (p->first_up == 0)
        p->first_up = out->sa;
}

static void on_child_down(const struct responder *p, const ike2_output *out)
{
    const ike2_child_event *child = &out->u.child;
    int code = outcome_code(child->reason, child->notify);

    show_child_down(out);
    if (code != EXIT_OK)
        show_failure(p->options.program, code, sinks_find(&p->sinks, child->trace));
}

/* Does the end of this SA end the program? An attempt does that was refused; one that was never
 * finished, or told to choose another group, does not: its peer may be on the way back. */
static bool was_awaited(const struct responder *p, const ike2_output *out, int code)
{
    if (!p->options.once)
        return false;
    if (p->first_up != 0)
        return out->sa == p->first_up;
    return code != EXIT_NO_ANSWER && out->u.sa.notify != IKE2_NOTIFY_INVALID_KE_PAYLOAD;
}

static void on_sa_down(struct responder *p, const ike2_output *out)
{
    const ike2_sa_event *sa = &out->u.sa;
    int code = outcome_code(sa->reason, sa->notify);

    show_sa_down(out, RESPONDER);
    if (code != EXIT_OK)
        show_failure(p->options.program, code, sinks_find(&p->sinks, sa->trace));
    if (p->stage == SERVING && was_awaited(p, out, code)) {
        p->code = code;
        p->stage = CLOSING; /* what the library still has to send goes out first */
        p->stage_ends = 0;
    }
}

/* --- The integration loop ------------------------------------------------------------------ */

/* What the library wants, in its order, until it wants nothing more. */
static void drain(struct responder *p, ike2_time now)
{
    const ike2_output *out;
    struct problem why;

    while ((out = ike2_endpoint_poll(p->ep)) != NULL) {
        switch (out->type) {
        case IKE2_SEND:
            if (!udp_send(p->sockets, p->n_sockets, &out->u.send, &why))
                show_problem(p->options.program, &why);
            break;
        case IKE2_JOB: /* done at once, so it is finished at once; what follows is polled next */
            dataplane_do(out->u.job);
            (void)ike2_endpoint_finish(p->ep, now, out->u.job);
            break;
        case IKE2_EVENT_SA_UP: on_sa_up(p, out); break;
        case IKE2_EVENT_CHILD_UP: show_child_up(out); break;
        case IKE2_EVENT_CHILD_DOWN: on_child_down(p, out); break;
        case IKE2_EVENT_SA_DOWN: on_sa_down(p, out); break;
        default: /* unknown events may be ignored, unknown questions are refused */
            if (out->type >= IKE2_ASK_PEER)
                answer(p, now, out);
            break;
        }
    }
}

/* Every datagram goes in as it is: the library tells IKE from ESP from garbage. */
static void receive(struct responder *p, const struct udp_socket *s, ike2_time now)
{
    static uint8_t room[UDP_ROOM];
    ike2_path path;
    ike2_bytes payload;
    unsigned n;

    for (n = 0; n < INPUTS_AT_ONCE && udp_receive(s, room, sizeof room, &path, &payload); n++) {
        (void)ike2_endpoint_input(p->ep, now, &path, payload);
        drain(p, now);
    }
}

/* Deletes all SAs, and waits for the answers, but not for long. */
static void close_all(struct responder *p, ike2_time now)
{
    ike2_sa_id sa;

    for (sa = ike2_sa_next(p->ep, 0); sa != 0; sa = ike2_sa_next(p->ep, sa)) {
        if (ike2_sa_close(p->ep, now, sa) != IKE2_OK)
            (void)ike2_sa_drop(p->ep, now, sa); /* not yet up: nothing to delete */
    }
    p->stage = CLOSING;
    p->stage_ends = now + CLOSE_MS;
}

static void next_stage(struct responder *p, ike2_time now, bool stop)
{
    if (p->stage == SERVING && stop)
        close_all(p, now);
    else if (p->stage == CLOSING && (stop || now >= p->stage_ends || ike2_sa_next(p->ep, 0) == 0))
        p->stage = ENDED;
}

static void run(struct responder *p, int stop_fd)
{
    struct pollfd fds[SOCKETS_MAX + 1] = { { .fd = stop_fd, .events = POLLIN } };
    ike2_time now, until;
    size_t i;

    for (i = 0; i < p->n_sockets; i++)
        fds[i + 1] = (struct pollfd){ .fd = p->sockets[i].fd, .events = POLLIN };
    while (p->stage != ENDED) {
        until = ike2_endpoint_deadline(p->ep);
        until = until < p->stage_ends ? until : p->stage_ends;
        (void)poll(fds, p->n_sockets + 1, host_wait_ms(host_now(), until));
        now = host_now();

        for (i = 0; i < p->n_sockets; i++)
            receive(p, &p->sockets[i], now);
        ike2_endpoint_expire(p->ep, now, TIMERS_AT_ONCE);
        drain(p, now);
        next_stage(p, now, host_stop_taken(stop_fd));
        drain(p, now);
    }
}

/* --- Start and end -------------------------------------------------------------------------- */

static bool listen_on(struct responder *p, const char *address)
{
    struct udp_socket *pair = &p->sockets[p->n_sockets];
    struct options *o = &p->options;
    struct problem why;
    ike2_addr local;

    if (!udp_resolve(address, 0, 0, &local, &why) ||
        !udp_open_pair(&local, o->port, o->natt_port, pair, &why)) {
        show_problem(o->program, &why);
        return false;
    }
    p->n_sockets += 2;
    o->port = pair[0].local.port; /* port 0: the free one found first serves all addresses */
    o->natt_port = pair[1].local.port;
    show_listening(pair);
    return true;
}

static bool open_sockets(struct responder *p)
{
    static const char *const everywhere[] = { "0.0.0.0", "::" };
    const struct options *o = &p->options;
    const char *const *list = o->n_addresses > 0 ? o->addresses : everywhere;
    size_t i, n = o->n_addresses > 0 ? o->n_addresses : udp_has_ipv6() ? 2 : 1;

    for (i = 0; i < n; i++) {
        if (!listen_on(p, list[i]))
            return false;
    }
    return true;
}

static ike2_err start(struct responder *p, ike2_time now)
{
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);
    ike2_child_config child;
    ike2_peer_config peer;
    ike2_err err;

    cfg.crypto = p->credentials.crypto;
    cfg.trace = &p->sinks.table;
    cfg.nat_port = p->options.natt_port;
    cfg.cookie = p->options.cookie ? IKE2_ON : IKE2_DEFAULT;
    options_peer(&p->options, p->credentials.psk, &child, &peer);

    err = ike2_endpoint_new(&cfg, now, &p->ep);
    if (err == IKE2_OK)
        err = ike2_peer_define(p->ep, &peer, &p->peer);
    return err;
}

/* With open sockets: until a signal comes, or the first SA has gone. */
static int serve(struct responder *p, int stop_fd)
{
    ike2_err err = start(p, host_now());

    p->stage_ends = IKE2_TIME_NEVER;
    if (err == IKE2_OK) {
        show_ready();
        run(p, stop_fd);
    } else {
        (void)fprintf(stderr, "%s: cannot start: %s\n", p->options.program, ike2_strerror(err));
        p->code = EXIT_LOCAL;
    }
    ike2_endpoint_free(p->ep);
    return p->code;
}

int main(int argc, char **argv)
{
    static struct responder p;
    int code = options_read(&p.options, RESPONDER, argc, argv);
    int stop_fd;

    if (code >= 0)
        return code;
    code = EXIT_LOCAL;
    stop_fd = host_stop_open();
    if (stop_fd >= 0 && sinks_open(&p.sinks, p.options.trace, p.options.keylog_file) &&
        credentials_open(&p.credentials, p.options.psk_file) && open_sockets(&p))
        code = serve(&p, stop_fd);
    while (p.n_sockets > 0)
        udp_close(&p.sockets[--p.n_sockets]);
    credentials_close(&p.credentials);
    sinks_close(&p.sinks);
    return code;
}
