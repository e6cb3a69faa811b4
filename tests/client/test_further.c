/* Child SAs beside the first one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/further.h"

static void both_sides_are_lists(void **state)
{
    static struct connection c;
    const struct connection_child *child = &c.children[1];

    (void)state;
    c = (struct connection){ .n_children = 1 };
    assert_null(further_add(&c, "10.1.0.0/24,2001:db8::/64=10.2.0.0/16"));
    assert_int_equal(c.n_children, 2);
    assert_string_equal(child->name, "10.1.0.0/24,2001:db8::/64=10.2.0.0/16");
    assert_int_equal(child->local_ts.n, 2);
    assert_int_equal(child->local_ts.list[1].first[0], 0x20);
    assert_int_equal(child->remote_ts.n, 1);
    assert_int_equal(child->remote_ts.list[0].last[2], 255);
}

static void side_may_be_left_open(void **state)
{
    static struct connection c;

    (void)state;
    c = (struct connection){ .n_children = 1 };
    assert_null(further_add(&c, "=10.2.0.0/16"));
    assert_int_equal(c.children[1].local_ts.n, 0);
    assert_int_equal(c.children[1].remote_ts.n, 1);
}

static void mistakes_are_named_and_add_nothing(void **state)
{
    static const char long_network[] = "10.1.0.0/24=2001:db8:0000:0000:0000:0000:0000:0000:0000:"
                                       "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/64";
    static struct connection c;

    (void)state;
    c = (struct connection){ .n_children = 1 };
    assert_non_null(strstr(further_add(&c, "10.1.0.0/24"), "LOCAL=REMOTE"));
    assert_non_null(strstr(further_add(&c, "10.1.0.0/24=10.2.0.0/24=10.3.0.0/24"), "two sides"));
    assert_non_null(strstr(further_add(&c, "10.1.0.0/24=everything"), "no network"));
    assert_non_null(strstr(further_add(&c, ",=10.2.0.0/24"), "no network"));
    assert_non_null(strstr(further_add(&c, long_network), "too long"));
    assert_int_equal(c.n_children, 1);
}

static void there_is_an_end(void **state)
{
    static struct connection c;
    size_t i;

    (void)state;
    c = (struct connection){ .n_children = 1 };
    for (i = 1; i < CHILDREN_MAX; i++)
        assert_null(further_add(&c, "10.1.0.0/24=10.2.0.0/24"));
    assert_non_null(strstr(further_add(&c, "10.1.0.0/24=10.2.0.0/24"), "too many"));
    assert_int_equal(c.n_children, CHILDREN_MAX);
}

static void they_live_as_the_first_one_does(void **state)
{
    static struct connection c;

    (void)state;
    c = (struct connection){ .n_children = 1 };
    assert_null(further_add(&c, "10.1.0.0/24=10.2.0.0/24"));
    c.children[0].rekey_seconds = 7;
    c.children[0].rekey_octets = 8;
    c.children[0].transport = IKE2_WANT_ALLOW;
    further_complete(&c);
    assert_int_equal(c.children[1].rekey_seconds, 7);
    assert_int_equal(c.children[1].rekey_octets, 8);
    assert_int_equal(c.children[1].transport, IKE2_WANT_ALLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_are_lists),
        cmocka_unit_test(side_may_be_left_open),
        cmocka_unit_test(mistakes_are_named_and_add_nothing),
        cmocka_unit_test(there_is_an_end),
        cmocka_unit_test(they_live_as_the_first_one_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
