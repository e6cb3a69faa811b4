/* sim/test_remnant.c - an answer that ends an IKE SA can be lost, and is given again. RFC 7296
 * 2.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { INFO = IKE2_EXCHANGE_INFORMATIONAL, AUTH = IKE2_EXCHANGE_IKE_AUTH };

/* b has ended the SA, and its answer to the Delete is lost. */
static void lose_the_answer(struct world *w, struct side *a, struct side *b)
{
    bring_up(a, b);
    w->net.is_held = true;
    close_sa(a);
    passes(a, b, INFO, REQUEST);
    expect_nothing(b);
    loses(b, a, INFO, RESPONSE);
}

static void a_lost_answer_to_a_delete_is_given_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    lose_the_answer(w, a, b);
    for (size_t i = 0; i < 2; i++) {
        world_run(w, 1000);
        passes(a, b, INFO, REQUEST);
        if (i == 0)
            loses(b, a, INFO, RESPONSE);
    }
    passes(b, a, INFO, RESPONSE);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
}

static void a_lost_refusal_is_given_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.psk_ours = "something else";
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    passes(a, b, AUTH, REQUEST);
    expect_nothing(b);
    loses(b, a, AUTH, RESPONSE);
    world_run(w, 600);
    passes(a, b, AUTH, REQUEST);
    passes(b, a, AUTH, RESPONSE);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void it_is_not_kept_for_ever(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t dropped;

    lose_the_answer(w, a, b);
    while (net_peek(&w->net, &b->addr) != NULL)
        net_remove(&w->net, net_peek(&w->net, &b->addr));
    world_run(w, 31 * 1000);
    dropped = drops(b, IKE2_DROP_SPI);
    passes(a, b, INFO, REQUEST);
    assert_int_equal(drops(b, IKE2_DROP_SPI), dropped + 1);
    assert_null(net_peek(&w->net, &a->addr));
}

/* Of SAs without end only the last ones are remembered. */
static void there_is_a_limit(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t held = 0;

    for (size_t i = 0; i < 200; i++) {
        initiate(a, b);
        world_run(w, 100);
        close_sa(a);
        world_run(w, 20);
        if (i == 100)
            held = side_stats(b).octets_held;
    }
    expect_nothing(b);
    assert_in_range(side_stats(b).octets_held, 1, held);
}

static void an_sa_that_was_dropped_answers_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    drop_sa(b);
    close_sa(a);
    world_run(w, 10 * 1000);
    assert_int_not_equal(side_stats(a).sas, 0);
    assert_true(drops(b, IKE2_DROP_SPI) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_lost_answer_to_a_delete_is_given_again),
        CASE(a_lost_refusal_is_given_again),
        CASE(it_is_not_kept_for_ever),
        CASE(there_is_a_limit),
        CASE(an_sa_that_was_dropped_answers_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
