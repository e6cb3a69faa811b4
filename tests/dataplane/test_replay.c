/* examples/dataplane/replay.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataplane/replay.h"

static struct replay window;

/* Is the number new? Then it is taken. */
static bool take(uint64_t sequence)
{
    uint64_t full = 0;

    if (!replay_check(&window, (uint32_t)sequence, &full))
        return false;
    assert_int_equal(full, sequence);
    replay_update(&window, full);
    return true;
}

static void a_number_is_taken_once(void **state)
{
    (void)state;
    replay_init(&window, false);
    for (uint64_t i = 1; i < 5000; i++) {
        assert_true(take(i));
        assert_false(take(i));
    }
    for (uint64_t i = 1; i < 5000; i++)
        assert_false(take(i));
}

static void zero_is_no_number(void **state)
{
    (void)state;
    replay_init(&window, false);
    assert_false(take(0));
    replay_init(&window, true);
    assert_false(take(0));
}

static void order_does_not_matter_within_the_window(void **state)
{
    (void)state;
    replay_init(&window, false);
    assert_true(take(10000));
    for (uint64_t i = 9999; i > 10000 - REPLAY_WINDOW; i--)
        assert_true(take(i));
    assert_false(take(10000 - REPLAY_WINDOW));
    assert_false(take(1));
    for (uint64_t i = 10000; i > 10000 - REPLAY_WINDOW; i--)
        assert_false(take(i));
}

static void checking_does_not_move_the_window(void **state)
{
    uint64_t full = 0;

    (void)state;
    replay_init(&window, false);
    assert_true(take(5));
    for (int i = 0; i < 3; i++)
        assert_true(replay_check(&window, 4000000000u, &full));
    assert_int_equal(window.top, 5);
    assert_true(take(4));
}

static void a_jump_far_ahead_forgets_what_is_behind(void **state)
{
    (void)state;
    replay_init(&window, false);
    for (uint64_t i = 1; i <= REPLAY_WINDOW; i++)
        assert_true(take(i));
    assert_true(take(3000000000u));
    for (uint64_t i = 3000000000u - REPLAY_WINDOW + 1; i < 3000000000u; i++)
        assert_true(take(i));
    assert_false(take(REPLAY_WINDOW));
}

static void short_numbers_do_not_wrap(void **state)
{
    (void)state;
    replay_init(&window, false);
    assert_true(take(UINT32_MAX));
    assert_false(take(UINT32_MAX));
    assert_false(take(0));
    assert_false(take(1));
    assert_true(take(UINT32_MAX - 1));
}

/* Steps ahead and back from a fixed sequence: the window says what a set of all numbers says. */
static void random_steps_are_judged_like_a_set(void **state)
{
    static uint8_t seen[200000];
    uint64_t top = 0, x = 88172645463325252u;

    (void)state;
    replay_init(&window, false);
    for (int i = 0; i < 6000; i++) {
        uint64_t at, back;

        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        back = (x >> 8) % 2000;
        at = x % 4 == 0 || top <= back ? top + 1 + (x >> 32) % 100 : top - back;
        assert_true(at < sizeof seen);
        assert_int_equal(take(at), at + REPLAY_WINDOW > top && seen[at] == 0);
        seen[at] = 1;
        top = at > top ? at : top;
    }
    assert_true(top > 50000);
}

/* --- Extended numbers ------------------------------------------------------------------- */

static void extended_numbers_cross_the_border(void **state)
{
    const uint64_t border = (uint64_t)1 << 32;

    (void)state;
    replay_init(&window, true);
    assert_true(take(0x7fffffff));
    assert_true(take(border - 2));
    assert_true(take(border));
    assert_true(take(border + 5));
    /* Behind the border, but within the window. */
    assert_true(take(border - 1));
    assert_false(take(border - 1));
    assert_false(take(border - 2));
    assert_true(take(border + 0x80000000u));
    assert_true(take(2 * border - 1));
    assert_true(take(2 * border));
}

static void extended_numbers_begin_in_the_first_subspace(void **state)
{
    uint64_t full = 0;

    (void)state;
    replay_init(&window, true);
    assert_true(take(3));
    /* Would be a number below zero. */
    assert_false(replay_check(&window, UINT32_MAX, &full));
    assert_int_equal(full, 0);
}

static void extended_numbers_end(void **state)
{
    uint64_t full = 0;

    (void)state;
    replay_init(&window, true);
    replay_update(&window, UINT64_MAX - 1);
    assert_true(take(UINT64_MAX));
    assert_false(take(UINT64_MAX));
    /* Would be the subspace behind the last one. */
    assert_false(replay_check(&window, 1, &full));
}

/* What lies far behind is taken for something far ahead: the ICV then tells. */
static void an_old_number_is_guessed_to_be_ahead(void **state)
{
    const uint64_t top = ((uint64_t)5 << 32) + 100000;
    uint64_t full = 0;

    (void)state;
    replay_init(&window, true);
    replay_update(&window, top);
    assert_true(replay_check(&window, 100000 - REPLAY_WINDOW, &full));
    assert_int_equal(full, ((uint64_t)6 << 32) + 100000 - REPLAY_WINDOW);
    assert_true(replay_check(&window, 100000 - REPLAY_WINDOW + 1, &full));
    assert_int_equal(full, top - REPLAY_WINDOW + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_taken_once),
        cmocka_unit_test(zero_is_no_number),
        cmocka_unit_test(order_does_not_matter_within_the_window),
        cmocka_unit_test(checking_does_not_move_the_window),
        cmocka_unit_test(a_jump_far_ahead_forgets_what_is_behind),
        cmocka_unit_test(short_numbers_do_not_wrap),
        cmocka_unit_test(random_steps_are_judged_like_a_set),
        cmocka_unit_test(extended_numbers_cross_the_border),
        cmocka_unit_test(extended_numbers_begin_in_the_first_subspace),
        cmocka_unit_test(extended_numbers_end),
        cmocka_unit_test(an_old_number_is_guessed_to_be_ahead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
