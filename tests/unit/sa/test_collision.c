/* The collision table: a row for each pair, where it is looked for, with a rule and a notify. RFC
 * 7296 2.25. */
#include "sa/collision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

static void every_pair_has_its_row(void **state)
{
    (void)state;
    for (enum doing d = DOING_NOTHING; d < DOING_COUNT; d++) {
        for (enum asking a = ASKING_CREATE_CHILD; a < ASKING_COUNT; a++) {
            const struct collision_row *row = ike2_collision(d, a);

            assert_int_equal(row->doing, d);
            assert_int_equal(row->asking, a);
            assert_non_null(row->rule);
            assert_in_range(row->rule[0], '1', '2');
        }
    }
}

static void what_does_not_exist_is_never_rekeyed(void **state)
{
    (void)state;
    for (enum doing d = DOING_NOTHING; d < DOING_COUNT; d++) {
        enum collision outcome = ike2_collision(d, ASKING_REKEY_UNKNOWN)->outcome;

        assert_true(outcome == COLLISION_NOT_FOUND || outcome == COLLISION_LATER);
    }
}

/* RFC 7296 1.4.1, 2.25: "reply as usual". */
static void a_delete_is_never_refused(void **state)
{
    (void)state;
    for (enum doing d = DOING_NOTHING; d < DOING_COUNT; d++) {
        assert_int_equal(ike2_collision_notify(ike2_collision(d, ASKING_DELETE_CHILD)->outcome),
                         0);
        assert_int_equal(ike2_collision_notify(ike2_collision(d, ASKING_DELETE_SA)->outcome), 0);
    }
}

/* RFC 7296 2.8.1: only the same thing on both sides is decided by nonces. */
static void nonces_decide_about_the_same_thing_only(void **state)
{
    size_t n = 0;

    (void)state;
    for (enum doing d = DOING_NOTHING; d < DOING_COUNT; d++) {
        for (enum asking a = ASKING_CREATE_CHILD; a < ASKING_COUNT; a++)
            n += ike2_collision(d, a)->outcome == COLLISION_COMPARE ? 1 : 0;
    }
    assert_int_equal(n, 3);
    assert_int_equal(ike2_collision(DOING_REKEY_CHILD, ASKING_REKEY_CHILD)->outcome,
                     COLLISION_COMPARE);
    assert_int_equal(ike2_collision(DOING_REKEY_SA, ASKING_REKEY_SA)->outcome, COLLISION_COMPARE);
    assert_int_equal(ike2_collision(DOING_REKEYED_SA, ASKING_REKEY_SA)->outcome,
                     COLLISION_COMPARE);
}

static void refusals_have_their_notify(void **state)
{
    (void)state;
    assert_int_equal(ike2_collision_notify(COLLISION_PROCEED), 0);
    assert_int_equal(ike2_collision_notify(COLLISION_COMPARE), 0);
    assert_int_equal(ike2_collision_notify(COLLISION_CROSSED), 0);
    assert_int_equal(ike2_collision_notify(COLLISION_FORGET), 0);
    assert_int_equal(ike2_collision_notify(COLLISION_UNHEARD), 0);
    assert_int_equal(ike2_collision_notify(COLLISION_LATER), IKE2_NOTIFY_TEMPORARY_FAILURE);
    assert_int_equal(ike2_collision_notify(COLLISION_NOT_FOUND), IKE2_NOTIFY_CHILD_SA_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_has_its_row),
        cmocka_unit_test(what_does_not_exist_is_never_rekeyed),
        cmocka_unit_test(a_delete_is_never_refused),
        cmocka_unit_test(nonces_decide_about_the_same_thing_only),
        cmocka_unit_test(refusals_have_their_notify),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
