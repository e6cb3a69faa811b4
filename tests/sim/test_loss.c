/* sim/test_loss.c - networks that lose, duplicate and reorder: hundreds of seeds. RFC 7296 2.1 to
 * 2.4. IKE2_SIM_SEED=n runs one seed only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "sim/scenario.h"

enum { SEEDS = 300, SETTLED_MS = 250 * 1000, ENDED_MS = 300 * 1000 };

struct weather {
    uint32_t loss_percent, duplicate_percent, delay_ms, jitter_ms;
    bool in_fragments;
};

/* Long identities, so that IKE_AUTH takes several fragments of the smallest size. */
static void write_at_length(struct world *w)
{
    static char long_id[2][240];

    for (size_t i = 0; i < 2; i++) {
        ike2_ts ts[40];

        for (size_t j = 0; j < 40; j++)
            ts[j] = setup_net4(0x0a000000 + ((uint32_t)j << 16), 16);
        for (size_t j = 0; j < sizeof long_id[i] - 1; j++)
            long_id[i][j] = (char)('a' + (i + j) % 20);
        w->sides[i]->setup.peer.fragment_octets_v4 = 576;
        setup_selectors(&w->sides[i]->setup, 0, ts, 40, ts, 40);
    }
    setup_ids(&w->sides[0]->setup, long_id[0], long_id[1]);
    setup_ids(&w->sides[1]->setup, long_id[1], long_id[0]);
}

static struct world *world_in(const struct weather *weather, uint64_t seed)
{
    struct world *w = world_new(seed);

    w->net.loss_percent = weather->loss_percent;
    w->net.duplicate_percent = weather->duplicate_percent;
    w->net.delay_ms = weather->delay_ms;
    w->net.jitter_ms = weather->jitter_ms;
    if (weather->in_fragments)
        write_at_length(w);
    return w;
}

/* Who closes, and what, the seed decides. */
static void close_somehow(struct world *w)
{
    struct side *a = w->sides[0], *b = w->sides[1];

    if (w->seed % 2 == 0) {
        close_child(w->seed % 4 == 0 ? a : b);
        world_run(w, 60 * 1000);
        if (side_stats(a).sas == 0 || side_stats(b).sas == 0)
            return;
        expect_up_without_child(a);
        expect_up_without_child(b);
    }
    if (w->seed % 3 != 0)
        close_sa(a);
    if (w->seed % 3 != 1)
        close_sa(b);
}

/* Returns the transcript; counts what came up. */
static uint64_t run(const struct weather *weather, uint64_t seed, size_t *n_up)
{
    struct world *w = world_in(weather, seed);
    struct side *a = w->sides[0], *b = w->sides[1];
    uint64_t transcript;

    initiate(a, b);
    world_run(w, SETTLED_MS);
    if (side_stats(a).sas != 0 && side_stats(b).sas != 0) {
        expect_up(a, b);
        (*n_up)++;
        close_somehow(w);
    }
    if (!world_run_out(w, ENDED_MS))
        world_fail(w, NULL, "an SA without end");
    expect_nothing(a);
    expect_nothing(b);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
    transcript = w->net.transcript;
    world_free(w);
    return transcript;
}

static void sweep(const struct weather *weather, size_t at_least)
{
    const char *only = getenv("IKE2_SIM_SEED");
    size_t n_up = 0;

    if (only != NULL) {
        (void)run(weather, strtoull(only, NULL, 10), &n_up);
        return;
    }
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        (void)run(weather, seed, &n_up);
    assert_true(n_up >= at_least);
}

static void one_datagram_in_five_is_lost(void **state)
{
    const struct weather weather = { .loss_percent = 20, .delay_ms = 20 };

    (void)state;
    sweep(&weather, SEEDS * 95 / 100);
}

static void datagrams_are_duplicated_and_out_of_order(void **state)
{
    const struct weather weather = { .duplicate_percent = 50, .delay_ms = 5, .jitter_ms = 900 };

    (void)state;
    sweep(&weather, SEEDS);
}

static void everything_goes_wrong_at_once(void **state)
{
    const struct weather weather = { .loss_percent = 20, .duplicate_percent = 20, .delay_ms = 10,
                                     .jitter_ms = 700 };

    (void)state;
    sweep(&weather, SEEDS * 95 / 100);
}

static void everything_goes_wrong_with_fragments(void **state)
{
    const struct weather weather = { .loss_percent = 10, .duplicate_percent = 20, .delay_ms = 10,
                                     .jitter_ms = 300, .in_fragments = true };

    (void)state;
    sweep(&weather, SEEDS * 80 / 100);
}

static void two_datagrams_in_three_are_lost(void **state)
{
    const struct weather weather = { .loss_percent = 66, .delay_ms = 20, .jitter_ms = 100 };

    (void)state;
    sweep(&weather, 0);
}

static void the_same_seed_tells_the_same_story(void **state)
{
    const struct weather weather = { .loss_percent = 20, .duplicate_percent = 20, .delay_ms = 10,
                                     .jitter_ms = 700 };
    uint64_t before = 0;
    size_t n_up = 0;

    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(10); seed++) {
        uint64_t first = run(&weather, seed, &n_up), second = run(&weather, seed, &n_up);

        assert_true(first == second);
        assert_true(first != before);
        before = first;
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_datagram_in_five_is_lost),
        cmocka_unit_test(datagrams_are_duplicated_and_out_of_order),
        cmocka_unit_test(everything_goes_wrong_at_once),
        cmocka_unit_test(everything_goes_wrong_with_fragments),
        cmocka_unit_test(two_datagrams_in_three_are_lost),
        cmocka_unit_test(the_same_seed_tells_the_same_story),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
