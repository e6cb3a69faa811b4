#include "pair.h"

#include <stdlib.h>
#include <string.h>

#include "common/outcome.h"
#include "pace.h"

enum { IKE_PORT = 500, LIMIT = 1000000, STEP_MS = 10 };

/* --- The wire ------------------------------------------------------------------------ */

static void inbox_put(struct side *from, const ike2_path *path, ike2_bytes octets)
{
    struct inbox *to = &from->pair->sides[1 - from->number].inbox;
    struct datagram *d;

    if (to->n == INBOX_SLOTS || octets.len > DATAGRAM_MAX) {
        from->counts.lost++;
        return;
    }
    d = &to->slots[(to->first + to->n++) % INBOX_SLOTS];
    d->path = *path;
    d->path.local = path->remote;
    d->path.remote = path->local;
    d->len = octets.len;
    memcpy(d->octets, octets.ptr, octets.len);
    from->counts.datagrams++;
    from->counts.octets += octets.len;
}

static struct datagram *inbox_take(struct inbox *b)
{
    struct datagram *d = &b->slots[b->first];

    if (b->n == 0)
        return NULL;
    b->first = (b->first + 1) % INBOX_SLOTS;
    b->n--;
    return d;
}

/* --- Outputs ------------------------------------------------------------------------- */

/* The signatures that a verdict needs: that of the peer, and that of its certificate. */
static void note_signatures(const struct side *s, const ike2_proof *proof)
{
    const struct pki *pki = &s->pair->suite->pki;
    const struct pki_identity *peer = &pki->sides[1 - s->number];
    const struct signed_call of_certificate = {
        .public_key = { pki->ca.public_key.octets, pki->ca.public_key.len },
        .signature = peer->signature,
        .scheme = pki->scheme,
    };
    const struct signed_call of_peer = {
        .public_key = { peer->public_key.octets, peer->public_key.len },
        .signature = proof->signature,
        .scheme = proof->scheme,
    };

    tape_verify(s->tape, &of_certificate, &peer->tbs, 1);
    tape_verify(s->tape, &of_peer, proof->signed_parts, proof->n_signed_parts);
}

static void work(const struct side *s, ike2_job *job)
{
    const ike2_proof *proof = ike2_job_proof(job);
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    if (proof != NULL && s->tape != NULL)
        note_signatures(s, proof);
    if (proof != NULL)
        (void)ike2_x509_verify(proof, &s->pair->policy, PKI_UTC, &verdict);
    else
        verdict.ok = ike2_job_lane(job) != NULL; /* this data plane does nothing */
    ike2_job_set_verdict(job, &verdict);
}

static void handle(struct side *s, const ike2_output *out)
{
    ike2_time now = s->pair->now;

    if (out->type == IKE2_SEND) {
        for (size_t i = 0; i < out->u.send.n_payloads; i++)
            inbox_put(s, &out->u.send.path, out->u.send.payloads[i]);
    } else if (out->type == IKE2_JOB) {
        work(s, out->u.job);
        (void)ike2_endpoint_finish(s->ep, now, out->u.job);
    } else if (out->type == IKE2_ASK_PEER) {
        (void)ike2_answer_peer(s->ep, now, out->ask, s->peer);
    } else if (out->type > IKE2_ASK_PEER) {
        (void)ike2_refuse(s->ep, now, out->ask, 0);
    } else if (out->type == IKE2_EVENT_CHILD_UP) {
        s->counts.children++;
    } else if (out->type == IKE2_EVENT_SA_DOWN) {
        s->counts.sas_down++;
        s->counts.reason = out->u.sa.reason;
    }
}

static void drain(struct side *s)
{
    const ike2_output *out;

    while ((out = ike2_endpoint_poll(s->ep)) != NULL)
        handle(s, out);
}

/* One side works off its inbox. */
static void side_turn(struct side *s)
{
    uint64_t begin = clock_now();
    const struct datagram *d;

    while ((d = inbox_take(&s->inbox)) != NULL) {
        (void)ike2_endpoint_input(s->ep, s->pair->now, &d->path,
                                  (ike2_bytes){ .ptr = d->octets, .len = d->len });
        drain(s);
    }
    s->counts.cpu_ns += clock_now() - begin;
}

/* --- SAs ----------------------------------------------------------------------------- */

bool pair_connect(struct pair *p, unsigned long n, struct problem *why)
{
    struct side *s = &p->sides[SUITE_INITIATOR];
    const ike2_path path = { .local = s->addr, .remote = p->sides[SUITE_RESPONDER].addr };
    ike2_connect connect = IKE2_INIT(ike2_connect);
    uint64_t begin = clock_now();
    ike2_err err = IKE2_OK;
    ike2_sa_id sa;

    connect.peer = s->peer;
    connect.path = &path;
    for (unsigned long i = 0; i < n && err == IKE2_OK; i++) {
        err = ike2_sa_connect(s->ep, p->now, &connect, &sa);
        drain(s);
    }
    s->counts.cpu_ns += clock_now() - begin;
    if (err != IKE2_OK)
        problem_set(why, "an IKE SA cannot be begun: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

/* Did what was expected, and nothing else, happen? */
static bool check(const struct pair *p, unsigned long n, const struct side_counts *before,
                  struct problem *why)
{
    for (size_t i = 0; i < SUITE_SIDES; i++) {
        const struct side_counts *now = &p->sides[i].counts;

        if (now->sas_down != before[i].sas_down) {
            problem_set(why, "an IKE SA of the %s ended: %s", suite_side_names[i],
                        outcome_reason(now->reason));
            return false;
        }
        if (now->lost != 0 || now->children - before[i].children != n) {
            problem_set(why, "the %s has %lu of %lu Child SAs, and %lu datagrams were lost",
                        suite_side_names[i], now->children - before[i].children, n, now->lost);
            return false;
        }
    }
    return true;
}

void pair_settle(struct pair *p)
{
    size_t turn = SUITE_RESPONDER;

    for (; p->sides[0].inbox.n + p->sides[1].inbox.n > 0; turn = 1 - turn)
        side_turn(&p->sides[turn]);
}

bool pair_establish(struct pair *p, unsigned long n, struct problem *why)
{
    struct side_counts before[SUITE_SIDES];

    for (size_t i = 0; i < SUITE_SIDES; i++)
        before[i] = p->sides[i].counts;
    p->now += STEP_MS;
    if (!pair_connect(p, n, why))
        return false;
    pair_settle(p);
    return check(p, n, before, why);
}

void pair_drop(struct pair *p)
{
    for (size_t i = 0; i < SUITE_SIDES; i++) {
        struct side *s = &p->sides[i];
        ike2_sa_id sa = 0;

        while ((sa = ike2_sa_next(s->ep, sa)) != 0)
            (void)ike2_sa_drop(s->ep, p->now, sa);
        drain(s);
    }
}

/* --- Life ---------------------------------------------------------------------------- */

static ike2_err side_open(struct side *s, const struct pair_means *means)
{
    const struct suite *suite = s->pair->suite;
    ike2_limits limits = IKE2_INIT(ike2_limits);
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);
    ike2_err err;

    /* No cookies, and one address is enough for all. */
    limits.sas = limits.half_open = limits.half_open_cookie = limits.half_open_per_addr = LIMIT;
    s->tape = means->tapes[s->number];
    cfg.crypto = s->tape != NULL ? &s->tape->table : suite->provider->crypto;
    cfg.mem = means->mem[s->number];
    cfg.limits = &limits;
    cfg.cookie = IKE2_OFF;
    err = ike2_endpoint_new(&cfg, s->pair->now, &s->ep);
    return err == IKE2_OK ? suite_define(suite, s->number, s->ep, &s->peer) : err;
}

struct pair *pair_new(const struct suite *suite, const struct pair_means *means,
                      struct problem *why)
{
    struct pair *p = calloc(1, sizeof *p);
    ike2_err err = p != NULL ? IKE2_OK : IKE2_ERR_MEMORY;

    if (p != NULL) {
        p->suite = suite;
        p->policy = suite_policy(suite);
        p->now = 1;
    }
    for (size_t i = 0; i < SUITE_SIDES && err == IKE2_OK; i++) {
        struct side *s = &p->sides[i];

        s->pair = p;
        s->number = i;
        s->addr = (ike2_addr){ .family = 4, .port = IKE_PORT, .ip = { 192, 0, 2, (uint8_t)i } };
        err = side_open(s, means);
    }
    if (err == IKE2_OK)
        return p;
    problem_set(why, "no endpoint: %s", ike2_strerror(err));
    pair_free(p);
    return NULL;
}

void pair_free(struct pair *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        ike2_endpoint_free(p->sides[i].ep);
    free(p);
}
