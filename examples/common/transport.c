#include "transport.h"

enum { INPUTS_AT_ONCE = 64 }; /* no flood on one socket keeps the others and the timers waiting */

bool transport_open(struct transport *t, const ike2_addr *local, uint16_t port, uint16_t natt_port,
                    struct problem *why)
{
    if (t->n_sockets + 2 > TRANSPORT_SOCKETS_MAX) {
        problem_set(why, "too many local addresses: %d will do", TRANSPORT_PAIRS_MAX);
        return false;
    }
    if (!udp_open_pair(local, port, natt_port, &t->sockets[t->n_sockets], why))
        return false;
    t->n_sockets += 2;
    return true;
}

static void on_readable(uv_poll_t *poll, int status, int events);

/* libuv stops a handle with an error: it is taken off the socket, and the handle started again. */
static void clear_errors(struct transport *t, uv_poll_t *poll)
{
    const struct udp_socket *s = &t->sockets[poll - t->polls];
    ike2_addr remote;
    int error;

    while (udp_take_error(s, &remote, &error)) {
        if (t->refused != NULL)
            t->refused(t->refused_user, &remote, error);
    }
    (void)uv_poll_start(poll, UV_READABLE, on_readable);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    static uint8_t room[UDP_ROOM];
    struct transport *t = poll->data;
    const struct udp_socket *s = &t->sockets[poll - t->polls];
    ike2_path path;
    ike2_bytes payload;
    unsigned n;

    (void)events;
    if (status < 0)
        clear_errors(t, poll);
    for (n = 0; n < INPUTS_AT_ONCE && uv_is_active((const uv_handle_t *)poll) &&
                udp_receive(s, room, sizeof room, &path, &payload);
         n++)
        t->receive(t->user, &path, payload);
}

void transport_want_refusals(struct transport *t, transport_refusal *refused, void *user)
{
    size_t i;

    t->refused = refused;
    t->refused_user = user;
    for (i = 0; i < t->n_sockets; i++)
        udp_want_errors(&t->sockets[i]);
}

bool transport_share(const struct transport *t, struct problem *why)
{
    size_t i;
    bool ok = true;

    for (i = 0; ok && i < t->n_sockets; i++)
        ok = udp_share(&t->sockets[i], why);
    return ok;
}

bool transport_start(struct transport *t, uv_loop_t *loop, transport_receiver *receive, void *user,
                     struct problem *why)
{
    int err = 0;

    t->loop = loop;
    t->receive = receive;
    t->user = user;
    while (err == 0 && t->n_polls < t->n_sockets) {
        uv_poll_t *poll = &t->polls[t->n_polls];

        err = uv_poll_init(loop, poll, t->sockets[t->n_polls].fd);
        if (err != 0)
            break;
        t->n_polls++;
        poll->data = t;
        err = uv_poll_start(poll, UV_READABLE, on_readable);
    }
    if (err != 0)
        problem_set(why, "cannot watch the sockets: %s", uv_strerror(err));
    return err == 0;
}

bool transport_send(struct transport *t, const ike2_send *send, struct problem *why)
{
    return udp_send(t->sockets, t->n_sockets, send, why);
}

void transport_close(struct transport *t)
{
    size_t i;

    for (i = 0; i < t->n_polls; i++) {
        (void)uv_poll_stop(&t->polls[i]);
        uv_close((uv_handle_t *)&t->polls[i], NULL);
    }
    for (i = 0; i < t->n_sockets; i++)
        udp_close(&t->sockets[i]);
    t->n_sockets = t->n_polls = 0;
}
