/* sim/test_soak.c - a crowd for hours: everything is rekeyed again and again while packets flow, on
 * a network that loses, duplicates and reorders, behind NATs that are restarted. Nothing is lost
 * but by the network, and no memory grows. IKE2_SOAK_INITIATORS, IKE2_SOAK_HOURS,
 * IKE2_SOAK_TRAFFIC_MS, IKE2_SOAK_LOSS_PERCENT and IKE2_SIM_SEED say how much of it:
 * doc/testing.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "sim/crowd.h"

/* Lifetimes are so short that each SA is rekeyed more than REKEYINGS times. */
enum { INITIATORS = 50, HOURS = 6, TRAFFIC_MS = 2000, LOSS_PERCENT = 5 };
enum { REKEYINGS = 20, HOUR_MS = 3600 * 1000, CALM_MS = 120 * 1000 };
/* What an endpoint holds each hour, in percent of what it held in the first: rekeyings under way
 * come and go. */
enum { HELD_LEAST = 90, HELD_MOST = 110 };

struct soak {
    struct world *w;
    struct crowd_plan plan;
    uint64_t hours;
    uint64_t held_responder, held_others; /* after the first hour */
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static struct soak soak_new(void)
{
    struct soak s = { .hours = setting("IKE2_SOAK_HOURS", HOURS) };
    uint32_t all = (uint32_t)s.hours * 3600;

    s.plan = (struct crowd_plan){
        .n = setting("IKE2_SOAK_INITIATORS", INITIATORS), .n_behind_nats = 10,
        .ike_seconds = all / 24, .child_seconds = all / 28, .liveness_seconds = 30,
        .traffic_ms = (uint32_t)setting("IKE2_SOAK_TRAFFIC_MS", TRAFFIC_MS),
        .install = { .manner = LATER, .ms = 20 },
    };
    s.w = crowd_new(setting("IKE2_SIM_SEED", 1), &s.plan);
    s.w->check_every = 20;
    return s;
}

static void make_bad_weather(struct world *w)
{
    w->net.loss_percent = (uint32_t)setting("IKE2_SOAK_LOSS_PERCENT", LOSS_PERCENT);
    w->net.duplicate_percent = 2;
    w->net.delay_ms = 20;
    w->net.jitter_ms = 80;
}

static void print_hour(const struct soak *s, uint64_t hour, const struct crowd_sums *sums)
{
    const struct side *r = crowd_responder(s->w);
    const struct net_esp *esp = &s->w->net.esp;

    print_message("%3llu h: %llu + %llu octets held, %llu + %llu rekeyings, %llu messages, "
                  "%llu packets, %llu lost by the network, %llu without an SA\n",
                  (unsigned long long)hour, (unsigned long long)side_stats(r).octets_held,
                  (unsigned long long)sums->octets_held, (unsigned long long)sums->sa_rekeyed,
                  (unsigned long long)sums->child_rekeyed, (unsigned long long)sums->messages_out,
                  (unsigned long long)esp->n_sent, (unsigned long long)esp->n_lost,
                  (unsigned long long)traffic_missed(s->w));
}

static void expect_band(uint64_t held, uint64_t first)
{
    assert_in_range(held, first * HELD_LEAST / 100, first * HELD_MOST / 100);
}

static void pass_hour(struct soak *s, uint64_t hour)
{
    struct crowd_sums sums;
    uint64_t held;

    world_run(s->w, HOUR_MS / 2);
    crowd_rebind(s->w, &s->plan, (uint16_t)(20000 + 100 * hour));
    world_run(s->w, HOUR_MS / 2);
    sums = crowd_sums(s->w);
    held = side_stats(crowd_responder(s->w)).octets_held;
    print_hour(s, hour, &sums);
    if (hour == 1) {
        s->held_responder = held;
        s->held_others = sums.octets_held;
    }
    expect_band(held, s->held_responder);
    expect_band(sums.octets_held, s->held_others);
    crowd_expect_no_down(s->w);
    traffic_expect_whole(s->w);
}

static void hours_in_a_crowd_lose_nothing(void **state)
{
    struct soak s = soak_new();
    struct crowd_sums sums;

    (void)state;
    make_bad_weather(s.w);
    crowd_connect(s.w, 60 * 1000);
    crowd_start_traffic(s.w, &s.plan);
    for (uint64_t hour = 1; hour <= s.hours; hour++)
        pass_hour(&s, hour);
    traffic_start_all(s.w, 0);
    s.w->net.loss_percent = s.w->net.duplicate_percent = 0;
    world_run(s.w, CALM_MS);
    traffic_expect_whole(s.w);
    crowd_expect_up(s.w);
    sums = crowd_sums(s.w);
    crowd_expect_no_down(s.w);
    assert_true(sums.least_sa_rekeyed >= REKEYINGS);
    assert_true(sums.least_child_rekeyed >= REKEYINGS);
    world_free(s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hours_in_a_crowd_lose_nothing) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
