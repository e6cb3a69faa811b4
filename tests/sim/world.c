/* sim/world.c - a clock, a network and some sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "sim/invariants.h"
#include "sim/ladder.h"
#include "sim/trial.h"
#include "sim/world.h"

/* --- Life ----------------------------------------------------------------------------- */

struct side *world_add(struct world *w, const char *name)
{
    struct side *s = calloc(1, sizeof *s);

    if (s == NULL || w->n_sides == WORLD_SIDES)
        abort();
    w->sides[w->n_sides++] = s;
    side_init(s, w, name, (unsigned)w->n_sides);
    world_touch(w, s);
    return s;
}

struct world *world_new(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL)
        abort();
    w->now = WORLD_START;
    w->seed = seed;
    net_init(&w->net, seed);
    w->net.ladder = ladder_new();
    trial_enter(w);
    world_add(w, "a");
    world_add(w, "b");
    return w;
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++) {
        struct side *s = w->sides[i];

        side_stop(s);
        invariants_at_end(w, s);
        side_clear(s);
    }
    net_clear(&w->net);
    for (size_t i = 0; i < w->n_sides; i++)
        free(w->sides[i]);
    trial_leave(w);
    ladder_free(w->net.ladder);
    free(w);
}

void world_fail(const struct world *w, const struct side *s, const char *what)
{
    if (w->on_fail != NULL)
        w->on_fail(w, s, what);
    print_error("%s%s%s; seed %llu, step %llu, %llu ms%s%s %llu\n", s == NULL ? "" : s->name,
                s == NULL ? "" : ": ", what, (unsigned long long)w->seed,
                (unsigned long long)w->n_steps, (unsigned long long)(w->now - WORLD_START),
                w->note == NULL ? "" : ", ", w->note == NULL ? "" : w->note,
                (unsigned long long)w->number);
    fail();
}

/* --- Steps ---------------------------------------------------------------------------- */

void world_touch(struct world *w, const struct side *s)
{
    w->due[s->number - 1] = side_next(s);
}

/* What the test did between two steps need not have gone through side_drain. */
static void touch_all(struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++)
        world_touch(w, w->sides[i]);
}

void world_check(struct world *w)
{
    for (size_t i = 0; i < w->n_sides && !w->is_unchecked; i++)
        invariants_check(w, w->sides[i]);
}

static void check_after_step(struct world *w)
{
    if (w->check_every == 0) {
        world_check(w);
    } else if (w->n_steps % w->check_every == 0) {
        invariants_check(w, w->sides[w->checked]);
        w->checked = (w->checked + 1) % w->n_sides;
    }
}

static struct side *side_at(const struct world *w, const ike2_addr *to)
{
    for (size_t i = 0; i < w->n_sides; i++) {
        if (net_same_ip(&w->sides[i]->addr, to))
            return w->sides[i];
    }
    return NULL;
}

/* Nobody there: the datagram is lost. */
static void arrive(struct world *w, struct packet *p)
{
    struct side *s = side_at(w, &p->to);

    ladder_arrived(w->net.ladder, w->now, p);
    if (s != NULL)
        side_input(s, w->now, p);
    free(p);
}

static void arrive_esp(struct world *w, struct packet *p)
{
    struct side *s = side_at(w, &p->to);

    if (s != NULL)
        traffic_input(s, w->now, p);
    else
        w->net.esp.n_lost++;
    free(p);
}

static bool arrives(struct world *w)
{
    struct packet *p = net_take(&w->net, w->now);

    if (p != NULL) {
        arrive(w, p);
        return true;
    }
    p = net_take_esp(&w->net, w->now);
    if (p != NULL)
        arrive_esp(w, p);
    return p != NULL;
}

static void on_time(struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++) {
        if (w->due[i] > w->now)
            continue;
        side_on_time(w->sides[i], w->now);
        world_touch(w, w->sides[i]);
    }
}

static ike2_time next_of(const struct world *w)
{
    ike2_time next = net_next(&w->net);

    for (size_t i = 0; i < w->n_sides; i++)
        next = w->due[i] < next ? w->due[i] : next;
    return next;
}

static bool step(struct world *w, ike2_time until)
{
    ike2_time next = next_of(w);

    if (next > until) {
        w->now = until;
        return false;
    }
    w->n_steps++;
    w->now = next > w->now ? next : w->now;
    if (!arrives(w))
        on_time(w);
    check_after_step(w);
    return true;
}

bool world_step(struct world *w, ike2_time until)
{
    touch_all(w);
    return step(w, until);
}

void world_run(struct world *w, uint64_t ms)
{
    ike2_time until = w->now + ms;

    touch_all(w);
    while (step(w, until))
        ;
}

static bool is_empty(const struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++) {
        if (side_stats(w->sides[i]).sas != 0)
            return false;
    }
    return true;
}

bool world_run_out(struct world *w, uint64_t ms)
{
    ike2_time until = w->now + ms;

    touch_all(w);
    while (!is_empty(w)) {
        if (!step(w, until))
            return false;
    }
    return true;
}
