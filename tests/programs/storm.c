/* storm - many initiators in one process, for test_storm.py: storm COUNT PSK_FILE PORT NATT_PORT.
 * It reads single characters from stdin and answers with lines:
 *
 *   +    begins COUNT IKE SAs at once to the server on 127.0.0.1, with the identities
 *        client-1.example, client-2.example, ...: "up COUNT" when each has its Child SA
 *   -    deletes all of them: "down COUNT" when the last one has gone
 *   end  drops what is left without a word, and ends
 *
 * An attempt that fails is told at once: "failed REASON", and the exit code is 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "common/connection.h"
#include "common/host.h"
#include "common/outcome.h"

struct storm {
    uv_loop_t loop;
    uv_pipe_t input;
    char room[16]; /* for what is read */
    struct provider provider;
    struct credentials credentials;
    struct transport transport;
    struct host host;
    struct host_handlers handlers;
    uint16_t port, natt_port;
    unsigned count, up, down;
    ike2_peer_id *peers;
    bool is_closing, has_failed;
};

static void say(const char *what, unsigned n)
{
    (void)printf("%s %u\n", what, n);
    (void)fflush(stdout);
}

/* --- SAs ---------------------------------------------------------------------------- */

static void on_child_up(void *user, const ike2_output *out)
{
    struct storm *s = user;

    (void)out;
    if (++s->up == s->count)
        say("up", s->up);
}

static void on_sa_down(void *user, const ike2_output *out)
{
    struct storm *s = user;

    if (!s->is_closing) {
        s->has_failed = true;
        (void)printf("failed %s\n", outcome_reason(out->u.sa.reason));
        (void)fflush(stdout);
    }
    if (++s->down == s->count)
        say("down", s->down);
}

static bool connect_one(struct storm *s, ike2_peer_id peer)
{
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path = { .local = s->transport.sockets[0].local, .encap = IKE2_ENCAP_NONE };
    ike2_sa_id sa;

    path.remote = path.local;
    path.remote.port = s->port;
    connect.peer = peer;
    connect.path = &path;
    connect.nat_port_local = s->transport.sockets[1].local.port;
    connect.nat_port_remote = s->natt_port;
    return ike2_sa_connect(s->host.ep, host_now(), &connect, &sa) == IKE2_OK;
}

static void connect_all(struct storm *s)
{
    unsigned i;

    s->up = s->down = 0;
    s->is_closing = false;
    for (i = 0; i < s->count; i++) {
        if (!connect_one(s, s->peers[i]))
            s->has_failed = true;
    }
    if (s->has_failed)
        say("failed at once", 0);
}

static void close_all(struct storm *s)
{
    ike2_sa_id sa;

    s->is_closing = true;
    for (sa = ike2_sa_next(s->host.ep, 0); sa != 0; sa = ike2_sa_next(s->host.ep, sa))
        (void)ike2_sa_close(s->host.ep, host_now(), sa);
}

/* --- Input -------------------------------------------------------------------------- */

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    struct storm *s = handle->data;

    (void)wanted;
    *buf = uv_buf_init(s->room, sizeof s->room);
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct storm *s = stream->data;
    ssize_t i;

    for (i = 0; i < n; i++) {
        if (buf->base[i] == '+')
            connect_all(s);
        else if (buf->base[i] == '-')
            close_all(s);
    }
    if (n >= 0)
        return;
    s->is_closing = true;
    uv_close((uv_handle_t *)stream, NULL);
    host_stop(&s->host, 0);
}

static void on_stopped(void *user)
{
    struct storm *s = user;

    host_close(&s->host);
    transport_close(&s->transport);
}

/* --- Life cycle --------------------------------------------------------------------- */

static bool define(struct storm *s, const struct connection *c, ike2_peer_id *out)
{
    return connection_define(c, &s->credentials, 1, 0, &s->host, out) == IKE2_OK;
}

/* All share one key. */
static bool define_all(struct storm *s, const char *psk_file, struct problem *why)
{
    struct connection c = { .name = "storm", .n_children = 1 };
    char name[32];
    unsigned i;

    c.children[0].name = "net";
    c.local.psk_file = psk_file;
    c.liveness_seconds = IKE2_NEVER;
    (void)value_identity("server.example", &c.remote.id);
    if (!credentials_load(&s->credentials, &s->provider, &c, why))
        return false;
    for (i = 0; i < s->count; i++) {
        (void)snprintf(name, sizeof name, "client-%u.example", i + 1);
        (void)value_identity(name, &c.local.id);
        if (!define(s, &c, &s->peers[i])) {
            problem_set(why, "the library refuses %s", name);
            return false;
        }
    }
    return true;
}

static bool start(struct storm *s, const char *psk_file, struct problem *why)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);
    const ike2_addr loopback = { .family = 4, .ip = { 127, 0, 0, 1 } };

    s->handlers = (struct host_handlers){
        .user = s, .sa_down = on_sa_down, .child_up = on_child_up, .stopped = on_stopped
    };
    if (!provider_open(&s->provider, why) || !transport_open(&s->transport, &loopback, 0, 0, why))
        return false;
    config.crypto = s->provider.crypto;
    return host_open(&s->host, &s->loop, &s->transport, &config, &s->handlers, why) &&
           define_all(s, psk_file, why);
}

static int run(struct storm *s, const char *psk_file)
{
    struct problem why = { "" };

    if (!start(s, psk_file, &why)) {
        (void)fprintf(stderr, "storm: %s\n", why.text);
        return EXIT_FAILURE;
    }
    (void)uv_pipe_init(&s->loop, &s->input, 0);
    s->input.data = s;
    (void)uv_pipe_open(&s->input, 0);
    (void)uv_read_start((uv_stream_t *)&s->input, on_room, on_input);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    host_free(&s->host);
    credentials_clear(&s->credentials);
    provider_close(&s->provider);
    return s->has_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static struct storm s;
    uint32_t count = 0;
    int code;

    if (argc != 5 || value_number(argv[1], 1, 10000, &count) != NULL ||
        value_u16(argv[3], 1, &s.port) != NULL || value_u16(argv[4], 1, &s.natt_port) != NULL) {
        (void)fprintf(stderr, "usage: storm COUNT PSK_FILE PORT NATT_PORT\n");
        return EXIT_FAILURE;
    }
    s.count = count;
    s.peers = calloc(count, sizeof *s.peers);
    if (s.peers == NULL || uv_loop_init(&s.loop) != 0)
        return EXIT_FAILURE;
    code = run(&s, argv[2]);
    (void)uv_loop_close(&s.loop);
    free(s.peers);
    return code;
}
