/* lib/sa/timers.c: the timers of one SA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sa/timers.h"
#include "support/host.h"

static void timers_new(struct test_host *t, struct timers *timers)
{
    assert_int_equal(ike2_heap_reserve(&t->host.timers, &t->host.mem), IKE2_OK);
    ike2_timers_init(timers);
}

static ike2_time next_of(struct test_host *t)
{
    const struct heap_node *n = ike2_heap_first(&t->host.timers);

    return n == NULL ? IKE2_TIME_NEVER : n->at;
}

static void the_earliest_timer_stands_in_the_heap(void **state)
{
    struct test_host *t = *state;
    struct timers a;

    timers_new(t, &a);
    assert_true(next_of(t) == IKE2_TIME_NEVER);
    ike2_timer_set(&t->host, &a, TIMER_LIVENESS, 5000);
    assert_true(next_of(t) == 5000);
    ike2_timer_set(&t->host, &a, TIMER_RETRANSMIT, 3000);
    assert_true(next_of(t) == 3000);
    ike2_timer_set(&t->host, &a, TIMER_RETRANSMIT, 7000);
    assert_true(next_of(t) == 5000);
    ike2_timer_set(&t->host, &a, TIMER_LIVENESS, IKE2_TIME_NEVER);
    assert_true(next_of(t) == 7000);
    ike2_timers_stop(&t->host, &a);
    assert_true(next_of(t) == IKE2_TIME_NEVER);
}

static void a_due_timer_is_given_once(void **state)
{
    struct test_host *t = *state;
    struct timers a;

    timers_new(t, &a);
    ike2_timer_set(&t->host, &a, TIMER_CHILDREN, 1000);
    ike2_timer_set(&t->host, &a, TIMER_OURS, 900);
    ike2_timer_set(&t->host, &a, TIMER_ASSEMBLY, 1001);
    t->host.now = 1000;
    assert_int_equal(ike2_timer_due(&t->host, &a), TIMER_OURS);
    assert_int_equal(ike2_timer_due(&t->host, &a), TIMER_CHILDREN);
    assert_int_equal(ike2_timer_due(&t->host, &a), TIMER_COUNT);
    assert_true(next_of(t) == 1001);
    ike2_timers_stop(&t->host, &a);
}

static void many_sas_share_the_heap(void **state)
{
    struct test_host *t = *state;
    struct timers many[50];

    for (size_t i = 0; i < 50; i++) {
        timers_new(t, &many[i]);
        ike2_timer_set(&t->host, &many[i], TIMER_LIVENESS, 10000 - 7 * i);
    }
    for (size_t i = 50; i > 0; i--) {
        assert_true(next_of(t) == 10000 - 7 * (i - 1));
        ike2_timers_stop(&t->host, &many[i - 1]);
    }
    assert_true(next_of(t) == IKE2_TIME_NEVER);
}

static void every_timer_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < TIMER_COUNT; i++)
        assert_string_not_equal(ike2_timer_name((enum timer)i), "none");
    assert_string_equal(ike2_timer_name(TIMER_COUNT), "none");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, test_host_setup, test_host_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(the_earliest_timer_stands_in_the_heap),
        CASE(a_due_timer_is_given_once),
        CASE(many_sas_share_the_heap),
        CASE(every_timer_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
