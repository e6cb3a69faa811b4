/* jumble - an initiator that shows its chain as none of our programs does, for
 * test_certificates.py: jumble CERT KEY STRANGER STRANGER_KEY CA PORT NATT_PORT. Its own
 * certificate comes first, RFC 7296 3.6, then those of CERT's chain from the root's end on, each
 * with the stranger's behind it, and all of that once more. It connects to vpn.example.org on
 * 127.0.0.1, says how many it shows, then "up" or "failed REASON", and ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "common/connection.h"
#include "common/host.h"
#include "common/outcome.h"

enum { CERT = 1, KEY, STRANGER, STRANGER_KEY, CA, PORT, NATT_PORT, ARGUMENTS };

struct jumble {
    uv_loop_t loop;
    struct provider provider;
    struct credentials credentials;
    struct transport transport;
    struct host host;
    struct host_handlers handlers;
    bool is_up;
};

static void on_child_up(void *user, const ike2_output *out)
{
    struct jumble *j = user;

    (void)out;
    j->is_up = true;
    host_stop(&j->host, 5000);
}

static void on_sa_down(void *user, const ike2_output *out)
{
    struct jumble *j = user;

    (void)printf(j->is_up ? "up\n" : "failed %s\n", outcome_reason(out->u.sa.reason));
    host_stop(&j->host, 0);
}

static void on_stopped(void *user)
{
    struct jumble *j = user;

    host_close(&j->host);
    transport_close(&j->transport);
}

static struct trust *on_trust(void *user, uint64_t peer_tag)
{
    struct jumble *j = user;

    (void)peer_tag;
    return j->credentials.trust;
}

static void mix(struct keypair *own, const struct keypair *stranger)
{
    ike2_bytes given[CHAIN_MAX];
    size_t n_given = own->own.n_chain, n = 0;

    memcpy(given, own->chain, sizeof given);
    for (size_t round = 0; round < 2; round++) {
        own->chain[n++] = given[0];
        for (size_t i = n_given - 1; i > 0 && n + 2 < CHAIN_MAX; i--) {
            own->chain[n++] = given[i];
            own->chain[n++] = stranger->chain[0];
        }
    }
    own->own.n_chain = n;
    (void)printf("shown %zu\n", n);
}

static bool define(struct jumble *j, char **argv, ike2_peer_id *peer, struct problem *why)
{
    struct connection c = { .name = "jumble", .n_children = 1 };

    c.children[0].name = "net";
    c.local.cert_files[0] = argv[CERT];
    c.local.cert_files[1] = argv[STRANGER];
    c.local.key_files[0] = argv[KEY];
    c.local.key_files[1] = argv[STRANGER_KEY];
    c.local.n_cert_files = c.local.n_key_files = 2;
    c.remote.ca_files[0] = argv[CA];
    c.remote.n_ca_files = 1;
    (void)value_identity("alice@example.org", &c.local.id);
    (void)value_identity("vpn.example.org", &c.remote.id);
    if (!credentials_load(&j->credentials, &j->provider, &c, why))
        return false;
    mix(&j->credentials.pairs.list[0], &j->credentials.pairs.list[1]);
    j->credentials.pairs.n = 1;
    if (connection_define(&c, &j->credentials, 1, 0, &j->host, peer) == IKE2_OK)
        return true;
    problem_set(why, "the library refuses the definition");
    return false;
}

static bool go(struct jumble *j, char **argv, struct problem *why)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);
    const ike2_addr loopback = { .family = 4, .ip = { 127, 0, 0, 1 } };
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path = { .encap = IKE2_ENCAP_NONE };
    ike2_sa_id sa;

    j->handlers = (struct host_handlers){ .user = j,
                                          .sa_down = on_sa_down,
                                          .trust = on_trust,
                                          .child_up = on_child_up,
                                          .stopped = on_stopped };
    if (!provider_open(&j->provider, why) || !transport_open(&j->transport, &loopback, 0, 0, why))
        return false;
    config.crypto = j->provider.crypto;
    if (!host_open(&j->host, &j->loop, &j->transport, &config, &j->handlers, why) ||
        !define(j, argv, &connect.peer, why))
        return false;
    path.local = path.remote = j->transport.sockets[0].local;
    path.remote.port = (uint16_t)strtoul(argv[PORT], NULL, 10);
    connect.path = &path;
    connect.nat_port_local = j->transport.sockets[1].local.port;
    connect.nat_port_remote = (uint16_t)strtoul(argv[NATT_PORT], NULL, 10);
    return ike2_sa_connect(j->host.ep, host_now(), &connect, &sa) == IKE2_OK;
}

int main(int argc, char **argv)
{
    static struct jumble j;
    struct problem why = { "" };

    if (argc != ARGUMENTS || uv_loop_init(&j.loop) != 0 || !go(&j, argv, &why)) {
        (void)fprintf(stderr, "jumble: %s\n", why.text);
        return EXIT_FAILURE;
    }
    (void)uv_run(&j.loop, UV_RUN_DEFAULT);
    host_free(&j.host);
    j.credentials.pairs.n = 2;
    credentials_clear(&j.credentials);
    provider_close(&j.provider);
    (void)uv_loop_close(&j.loop);
    return j.is_up ? EXIT_SUCCESS : EXIT_FAILURE;
}
