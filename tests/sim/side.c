/* sim/side.c - one integrator: its life and its loop. */
#include "sim/side.h"

#include <stdlib.h>
#include <string.h>

#include "sim/ladder.h"
#include "sim/world.h"

enum { OUTPUTS_MAX = 20000, EXPIRE_MAX = 10000, ROUNDS_MAX = 100, NAT_PORT = 4500 };

void side_init(struct side *s, struct world *w, const char *name, unsigned number)
{
    *s = (struct side){ .name = name, .world = w };
    s->number = number;
    s->addr = (ike2_addr){ .family = 4, .port = 500, .ip = { 192, 0, 2, (uint8_t)number } };
    s->pending = calloc(SIDE_PENDING, sizeof *s->pending);
    if (s->pending == NULL)
        abort();
    s->cap_pending = SIDE_PENDING;
    fake_crypto_init(&s->fake, w->seed * 16 + number);
    traffic_init(&s->traffic, w->seed * 256 + number);
    s->crypto = &s->fake.table;
    alloc_init(&s->alloc);
    record_init(&s->record);
    setup_init(&s->setup, number, number == 1 ? 2 : 1);
}

/* --- Life ----------------------------------------------------------------------------- */

static ike2_err import_psk(struct side *s, const char *text, ike2_key **out)
{
    ike2_bytes octets = { .ptr = (const uint8_t *)text, .len = strlen(text) };

    return s->crypto->key_import(s->crypto->user, IKE2_USE_PRF, octets, out);
}

static ike2_err import_keys(struct side *s, ike2_peer_config *cfg)
{
    ike2_err err;

    if (s->setup.asks_psk || s->setup.cert != NULL)
        return IKE2_OK;
    err = import_psk(s, s->setup.psk_ours, &cfg->psk_local);
    return err == IKE2_OK ? import_psk(s, s->setup.psk_peers, &cfg->psk_remote) : err;
}

static ike2_err define_with_cert(struct side *s, const ike2_peer_config *like, ike2_peer_id *out)
{
    const uint16_t scheme = s->setup.scheme != 0 ? s->setup.scheme : IKE2_SIG_ECDSA_SHA256_DER;
    const char *text = s->setup.cert;
    const ike2_bytes cert = { .ptr = (const uint8_t *)text, .len = strlen(text) };
    ike2_credential credential = IKE2_INIT(ike2_credential);
    ike2_peer_config cfg = *like;
    ike2_err err;

    credential.tag = 77;
    credential.chain = &cert;
    credential.n_chain = 1;
    credential.schemes = &scheme;
    credential.n_schemes = 1;
    if (!s->setup.signs_elsewhere)
        (void)fake_key_of(&s->fake, IKE2_USE_SIGN, cert.ptr, cert.len, &credential.key);
    cfg.credentials = &credential;
    cfg.n_credentials = 1;
    err = ike2_peer_define(s->ep, &cfg, out);
    s->crypto->key_free(s->crypto->user, credential.key);
    return err;
}

ike2_err side_define(struct side *s, ike2_peer_id *out)
{
    ike2_peer_config cfg = s->setup.peer;
    ike2_err err = import_keys(s, &cfg);

    if (err == IKE2_OK)
        err = s->setup.cert == NULL ? ike2_peer_define(s->ep, &cfg, out)
                                    : define_with_cert(s, &cfg, out);
    s->crypto->key_free(s->crypto->user, cfg.psk_local);
    s->crypto->key_free(s->crypto->user, cfg.psk_remote);
    return err;
}

ike2_err side_start(struct side *s, ike2_time now)
{
    ike2_endpoint_config cfg = s->setup.endpoint;
    ike2_err err = IKE2_OK;

    if (s->ep != NULL)
        return IKE2_OK;
    cfg.crypto = s->crypto;
    cfg.mem = &s->alloc.hook;
    cfg.trace = &s->record.trace;
    dataplane_init(&s->dataplane, s->crypto);
    s->record.last_id = 0;
    err = ike2_endpoint_new(&cfg, now, &s->ep);
    if (err != IKE2_OK)
        return err;
    err = side_define(s, &s->peer);
    if (err != IKE2_OK)
        side_stop(s);
    return err;
}

/* Jobs outlive their endpoint: they are freed afterwards, on the same thread. */
void side_stop(struct side *s)
{
    ike2_endpoint_free(s->ep);
    s->ep = NULL;
    for (size_t i = 0; i < s->cap_pending; i++) {
        if (s->pending[i].is_used && s->pending[i].job != NULL) {
            dataplane_forget(&s->dataplane, s->pending[i].job);
            ike2_job_free(s->pending[i].job);
        }
        s->pending[i].is_used = false;
    }
    dataplane_clear(&s->dataplane);
    roll_clear(&s->roll);
}

void side_clear(struct side *s)
{
    side_stop(s);
    free(s->pending);
    fake_crypto_clear(&s->fake);
}

/* --- The loop ------------------------------------------------------------------------- */

ike2_err side_connect_to(struct side *s, ike2_time now, const ike2_addr *remote, uint8_t encap)
{
    ike2_path path = { .local = s->addr, .remote = *remote, .encap = encap, .tag = 7 };
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_err err = side_start(s, now);

    if (err != IKE2_OK)
        return err;
    path.local.port = path.remote.port = encap == IKE2_ENCAP_NONE ? 500 : NAT_PORT;
    connect.peer = s->peer;
    connect.path = &path;
    connect.packet = s->packet;
    err = ike2_sa_connect(s->ep, now, &connect, &s->sa);
    side_drain(s, now);
    return err;
}

void side_input(struct side *s, ike2_time now, const struct packet *p)
{
    ike2_path path = { .local = p->to, .remote = p->from, .tag = 7 };
    uint8_t *exact = malloc(p->len != 0 ? p->len : 1);

    if (exact == NULL)
        abort();
    /* A block of exactly its size: a sanitizer sees the first octet too many. */
    memcpy(exact, p->octets, p->len);
    path.encap = p->to.port == 500 ? IKE2_ENCAP_NONE : IKE2_ENCAP_UDP;
    if (s->ep != NULL && ike2_endpoint_input(s->ep, now, &path, (ike2_bytes){ exact, p->len }) !=
                             IKE2_OK)
        s->fault = "a datagram is an error";
    free(exact);
    side_drain(s, now);
}

ike2_time side_next(const struct side *s)
{
    ike2_time next = s->ep == NULL ? IKE2_TIME_NEVER : ike2_endpoint_deadline(s->ep);

    if (traffic_next(&s->traffic) < next)
        next = traffic_next(&s->traffic);
    for (size_t i = 0; i < s->cap_pending; i++) {
        if (s->pending[i].is_used && s->pending[i].due < next)
            next = s->pending[i].due;
    }
    return next;
}

void side_on_time(struct side *s, ike2_time now)
{
    for (size_t i = 0; i < s->cap_pending; i++) {
        struct pending *p = &s->pending[i];

        if (p->is_used && p->due <= now) {
            side_settle(s, now, p);
            side_drain(s, now);
        }
    }
    traffic_on_time(s, now);
    /* More than once only if the queue of outputs is short: it is polled in between. */
    for (int i = 0; s->ep != NULL && ike2_endpoint_deadline(s->ep) <= now; i++) {
        if (i == ROUNDS_MAX) {
            s->fault = "a deadline in the past after all timers have run";
            return;
        }
        ike2_endpoint_expire(s->ep, now, EXPIRE_MAX);
        side_drain(s, now);
    }
}

static void on_event(struct side *s, ike2_time now, const ike2_output *out)
{
    record_event(&s->record, now, out);
    ladder_event(s->world->net.ladder, now, &s->addr, out);
    switch (out->type) {
    case IKE2_EVENT_CHILD_UP:
        dataplane_child_up(&s->dataplane, out->child);
        break;
    case IKE2_EVENT_CHILD_DOWN:
        dataplane_child_down(&s->dataplane, out->child);
        break;
    case IKE2_EVENT_SA_DOWN:
        dataplane_sa_down(&s->dataplane, out->sa);
        break;
    default:
        break;
    }
}

static void on_output(struct side *s, ike2_time now, const ike2_output *out)
{
    roll_output(&s->roll, out);
    if (out->type == IKE2_SEND)
        side_send(s, now, out);
    else if (out->type == IKE2_JOB || out->type >= IKE2_ASK_PEER)
        side_take(s, now, out);
    else if (out->type == IKE2_EVENT_ASK_CANCEL || out->type == IKE2_EVENT_JOB_CANCEL)
        side_cancel(s, now, out);
    else
        on_event(s, now, out);
}

void side_drain(struct side *s, ike2_time now)
{
    const ike2_output *out;
    size_t n = 0;

    while (s->ep != NULL && (out = ike2_endpoint_poll(s->ep)) != NULL) {
        if (s->between.call != NULL)
            s->between.call(s, now);
        on_output(s, now, out);
        if (++n == OUTPUTS_MAX) {
            s->fault = "outputs without end";
            return;
        }
    }
    world_touch(s->world, s);
}

size_t side_pending(const struct side *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->cap_pending; i++)
        n += s->pending[i].is_used ? 1 : 0;
    return n;
}

ike2_stats side_stats(const struct side *s)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);

    if (s->ep != NULL && ike2_stats_get(s->ep, &stats) != IKE2_OK)
        abort();
    return stats;
}
