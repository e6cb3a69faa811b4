#include "handshake.h"

#include <stdlib.h>
#include <string.h>

#include "replay.h"

enum { WARM_UP = 2 * PAIR_AT_A_TIME };

/* What one measurement works with. */
struct work {
    const struct recording *rec;
    const struct pace *pace;
    struct handshake_result *out;
    struct pair *pair;
    uint64_t replay_ns[SUITE_SIDES];
    struct series handshakes[SUITE_SIDES], primitives[SUITE_SIDES], ratios[SUITE_SIDES], rates;
};

/* Some handshakes, and their primitives as often: what disturbs the one disturbs the other. */
static bool batch(struct work *w, unsigned long n, struct problem *why)
{
    bool good = pair_establish(w->pair, n, why);

    pair_drop(w->pair);
    for (size_t i = 0; i < SUITE_SIDES && good; i++) {
        uint64_t begin = clock_now();

        for (unsigned long k = 0; k < n && good; k++)
            good = replay_tape(w->rec->tapes[i]);
        w->replay_ns[i] += clock_now() - begin;
        if (!good)
            problem_set(why, "a primitive failed when it was repeated");
    }
    return good;
}

static bool batches(struct work *w, unsigned long n, struct problem *why)
{
    for (unsigned long done = 0, some; done < n; done += some) {
        some = n - done < PAIR_AT_A_TIME ? n - done : PAIR_AT_A_TIME;
        if (!batch(w, some, why))
            return false;
    }
    return true;
}

static uint64_t cpu_of(const struct work *w, size_t side)
{
    return w->pair->sides[side].counts.cpu_ns;
}

static bool round_of(struct work *w, struct problem *why)
{
    unsigned long n = w->out->count;
    uint64_t cpu[SUITE_SIDES], replay[SUITE_SIDES];
    double sum = 0;

    for (size_t i = 0; i < SUITE_SIDES; i++) {
        cpu[i] = cpu_of(w, i);
        replay[i] = w->replay_ns[i];
    }
    if (!batches(w, n, why))
        return false;
    for (size_t i = 0; i < SUITE_SIDES; i++) {
        double handshake = (double)(cpu_of(w, i) - cpu[i]) / (double)n;
        double primitives = (double)(w->replay_ns[i] - replay[i]) / (double)n;

        series_add(&w->handshakes[i], handshake);
        series_add(&w->primitives[i], primitives);
        series_add(&w->ratios[i], primitives > 0 ? handshake / primitives : 0);
        sum += handshake;
    }
    series_add(&w->rates, sum > 0 ? 1e9 / sum : 0);
    return true;
}

/* --- The primitives one by one ------------------------------------------------------- */

static struct call_cost *cost_of(struct handshake_side *s, const struct call *c)
{
    struct call_cost *row = s->costs;

    for (; row < s->costs + s->n_costs; row++) {
        if (row->name == call_names[c->kind] && strcmp(row->detail, c->detail) == 0)
            return row;
    }
    s->n_costs++;
    *row = (struct call_cost){ .name = call_names[c->kind] };
    memcpy(row->detail, c->detail, sizeof row->detail);
    return row;
}

static void count_calls(const struct tape *t, unsigned long times, struct handshake_side *out)
{
    out->n_calls = t->n;
    for (size_t i = 0; i < t->n; i++) {
        struct call_cost *row = cost_of(out, &t->calls[i]);
        uint64_t begin = clock_now();

        for (unsigned long k = 0; k < times; k++)
            (void)replay_call(t->inner, &t->calls[i]);
        row->ns += (double)(clock_now() - begin) / (double)times;
        row->n++;
    }
}

/* --- All together -------------------------------------------------------------------- */

static void finish(struct work *w)
{
    unsigned long done = WARM_UP + w->out->count * w->pace->rounds;

    w->out->per_second = series_spread(&w->rates);
    for (size_t i = 0; i < SUITE_SIDES; i++) {
        const struct side_counts *counts = &w->pair->sides[i].counts;
        struct handshake_side *s = &w->out->sides[i];

        s->handshake_ns = series_spread(&w->handshakes[i]);
        s->primitives_ns = series_spread(&w->primitives[i]);
        s->ratio = series_spread(&w->ratios[i]);
        s->datagrams = (double)counts->datagrams / (double)done;
        s->octets = (double)counts->octets / (double)done;
        count_calls(w->rec->tapes[i], w->out->count, s);
    }
}

static bool run(struct work *w, struct problem *why)
{
    if (!batches(w, WARM_UP, why))
        return false;
    w->out->count = pace_count(w->pace, (double)(cpu_of(w, 0) + cpu_of(w, 1)) / (double)WARM_UP);
    for (uint32_t i = 0; i < w->pace->rounds; i++) {
        if (!round_of(w, why))
            return false;
    }
    finish(w);
    return true;
}

bool handshake_measure(const struct suite *suite, const struct recording *rec,
                       const struct pace *pace, struct handshake_result *out,
                       struct problem *why)
{
    const struct pair_means means = { 0 };
    struct work w = { .rec = rec, .pace = pace, .out = out };
    bool good;

    *out = (struct handshake_result){ 0 };
    w.pair = pair_new(suite, &means, why);
    good = w.pair != NULL && run(&w, why);
    pair_free(w.pair);
    return good;
}
