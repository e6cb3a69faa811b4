/* sim/world.c - a clock, a network and some sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "sim/invariants.h"
#include "sim/world.h"

enum { START = 1000000 };

/* --- Life ----------------------------------------------------------------------------- */

struct side *world_add(struct world *w, const char *name)
{
    struct side *s = calloc(1, sizeof *s);

    if (s == NULL || w->n_sides == WORLD_SIDES)
        abort();
    w->sides[w->n_sides++] = s;
    side_init(s, w, name, (unsigned)w->n_sides);
    return s;
}

struct world *world_new(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL)
        abort();
    w->now = START;
    w->seed = seed;
    net_init(&w->net, seed);
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
    free(w);
}

void world_fail(const struct world *w, const struct side *s, const char *what)
{
    print_error("%s%s%s; seed %llu, step %llu, %llu ms%s%s %llu\n", s == NULL ? "" : s->name,
                s == NULL ? "" : ": ", what, (unsigned long long)w->seed,
                (unsigned long long)w->n_steps, (unsigned long long)(w->now - START),
                w->note == NULL ? "" : ", ", w->note == NULL ? "" : w->note,
                (unsigned long long)w->number);
    fail();
}

/* --- Steps ---------------------------------------------------------------------------- */

void world_check(struct world *w)
{
    for (size_t i = 0; i < w->n_sides && !w->is_unchecked; i++)
        invariants_check(w, w->sides[i]);
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

    if (s != NULL)
        side_input(s, w->now, p);
    free(p);
}

static ike2_time next_of(const struct world *w)
{
    ike2_time next = net_next(&w->net);

    for (size_t i = 0; i < w->n_sides; i++) {
        ike2_time at = side_next(w->sides[i]);

        next = at < next ? at : next;
    }
    return next;
}

bool world_step(struct world *w, ike2_time until)
{
    ike2_time next = next_of(w);
    struct packet *p;

    if (next > until) {
        w->now = until;
        return false;
    }
    w->n_steps++;
    w->now = next > w->now ? next : w->now;
    p = net_take(&w->net, w->now);
    if (p != NULL) {
        arrive(w, p);
    } else {
        for (size_t i = 0; i < w->n_sides; i++) {
            if (side_next(w->sides[i]) <= w->now)
                side_on_time(w->sides[i], w->now);
        }
    }
    world_check(w);
    return true;
}

void world_run(struct world *w, uint64_t ms)
{
    ike2_time until = w->now + ms;

    while (world_step(w, until))
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

    while (!is_empty(w)) {
        if (!world_step(w, until))
            return false;
    }
    return true;
}
