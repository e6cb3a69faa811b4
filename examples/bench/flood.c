#include "flood.h"

#include <stdlib.h>
#include <string.h>

#include "account.h"

/* The rate of cookies is limited (to 1000 in a second), so each request comes a bit later. */
enum { STEP_MS = 2, SPI_OCTETS = 8, WARM_UP = 16, HALF_OPEN_MAX = 20000, LIMIT = 1000000 };

/* What one measurement works with. */
struct work {
    const struct suite *suite;
    struct datagram request;
    struct account account;
    ike2_endpoint *ep;
    ike2_peer_id peer;
    ike2_time now;
    uint64_t spi; /* of the next request */
    unsigned long answers;
};

static bool endpoint_open(struct work *w, bool cookies, struct problem *why)
{
    ike2_limits limits = IKE2_INIT(ike2_limits);
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);
    ike2_err err;

    limits.sas = limits.half_open = limits.half_open_per_addr = LIMIT;
    account_init(&w->account);
    cfg.crypto = w->suite->provider->crypto;
    cfg.mem = &w->account.hook;
    cfg.limits = &limits;
    cfg.cookie = cookies ? IKE2_ON : IKE2_OFF;
    err = ike2_endpoint_new(&cfg, w->now, &w->ep);
    if (err == IKE2_OK)
        err = suite_define(w->suite, SUITE_RESPONDER, w->ep, &w->peer);
    if (err != IKE2_OK)
        problem_set(why, "no endpoint: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

static void endpoint_close(struct work *w)
{
    ike2_endpoint_free(w->ep);
    w->ep = NULL;
}

/* Another initiator: another SPI, another port. */
static void request_next(struct work *w)
{
    uint64_t spi = ++w->spi;

    for (size_t i = SPI_OCTETS; i > 0; i--) {
        w->request.octets[i - 1] = (uint8_t)spi;
        spi >>= 8;
    }
    w->request.path.remote.port = (uint16_t)(w->spi | 1);
    w->now += STEP_MS;
}

static void receive(struct work *w)
{
    const ike2_output *out;

    (void)ike2_endpoint_input(w->ep, w->now, &w->request.path,
                              (ike2_bytes){ .ptr = w->request.octets, .len = w->request.len });
    while ((out = ike2_endpoint_poll(w->ep)) != NULL) {
        if (out->type == IKE2_SEND)
            w->answers++;
        else if (out->type == IKE2_ASK_PEER)
            (void)ike2_answer_peer(w->ep, w->now, out->ask, w->peer);
    }
}

/* In nanoseconds each. */
static double time_of(struct work *w, unsigned long n)
{
    uint64_t begin = clock_now();

    for (unsigned long i = 0; i < n; i++) {
        request_next(w);
        receive(w);
    }
    return (double)(clock_now() - begin) / (double)n;
}

static bool round_of(struct work *w, bool cookies, struct flood_side *out, struct series *all,
                     struct problem *why)
{
    unsigned long before = w->answers;
    size_t held;

    if (!endpoint_open(w, cookies, why))
        return false;
    (void)time_of(w, WARM_UP);
    held = w->account.held;
    series_add(all, time_of(w, out->count));
    out->octets = ((double)w->account.held - (double)held) / (double)out->count;
    endpoint_close(w);
    if (w->answers - before == out->count + WARM_UP)
        return true;
    problem_set(why, "%lu of %lu requests were answered", w->answers - before,
                out->count + WARM_UP);
    return false;
}

static bool measure(struct work *w, bool cookies, const struct pace *pace, struct flood_side *out,
                    struct problem *why)
{
    struct series all = { 0 };
    double ns;

    if (!endpoint_open(w, cookies, why))
        return false;
    (void)time_of(w, WARM_UP);
    ns = time_of(w, WARM_UP);
    endpoint_close(w);
    out->count = pace_count(pace, ns);
    if (!cookies && out->count > HALF_OPEN_MAX)
        out->count = HALF_OPEN_MAX;
    for (uint32_t i = 0; i < pace->rounds; i++) {
        if (!round_of(w, cookies, out, &all, why))
            return false;
    }
    out->ns = series_spread(&all);
    return true;
}

bool flood_measure(const struct suite *suite, const struct recording *rec,
                   const struct pace *pace, struct flood_result *out, struct problem *why)
{
    struct work *w = calloc(1, sizeof *w);
    bool good;

    *out = (struct flood_result){ .request_octets = rec->request.len };
    if (w == NULL) {
        problem_set(why, "no memory");
        return false;
    }
    w->suite = suite;
    w->request = rec->request;
    w->now = 1;
    good = measure(w, true, pace, &out->cookie, why) &&
           measure(w, false, pace, &out->half_open, why);
    endpoint_close(w);
    free(w);
    return good;
}
