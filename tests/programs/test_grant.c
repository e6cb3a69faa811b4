/* What clients get, as a person writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/grant.h"
#include "common/selector.h"

static const char *range(const char *text)
{
    static char out[128];
    struct grant_pool p = { .name = "a" };
    const char *wrong = grant_add_range(&p, text);

    if (wrong != NULL)
        return "wrong";
    selector_list_text(p.ranges.list, p.ranges.n, out, sizeof out);
    return out;
}

static void networks_lose_their_first_and_last_address(void **state)
{
    (void)state;
    assert_string_equal(range("10.9.0.0/24"), "10.9.0.1-10.9.0.254");
    assert_string_equal(range("10.9.0.7/29"), "10.9.0.1-10.9.0.6");
    assert_string_equal(range("10.9.0.0/30"), "10.9.0.1-10.9.0.2");
    assert_string_equal(range("10.9.0.0/16"), "10.9.0.1-10.9.255.254");
    assert_string_equal(range("2001:db8::/126"), "2001:db8::1-2001:db8::3");
    assert_string_equal(range("2001:db8::/64"), "2001:db8::1-2001:db8::ffff:ffff:ffff:ffff");
}

static void networks_of_one_or_two_addresses_have_none_to_lose(void **state)
{
    (void)state;
    assert_string_equal(range("10.9.0.0/31"), "10.9.0.0/31");
    assert_string_equal(range("10.9.0.9"), "10.9.0.9/32");
    assert_string_equal(range("2001:db8::/127"), "2001:db8::/127");
    assert_string_equal(range("2001:db8::5/128"), "2001:db8::5/128");
}

static void ranges_are_what_they_say(void **state)
{
    (void)state;
    assert_string_equal(range("10.9.0.0-10.9.0.255"), "10.9.0.0/24");
    assert_string_equal(range("10.9.0.10-10.9.1.9"), "10.9.0.10-10.9.1.9");
    assert_string_equal(range("10.9.0.10-10.9.0.10"), "10.9.0.10/32");
    assert_string_equal(range("2001:db8::1-2001:db8::ff"), "2001:db8::1-2001:db8::ff");
}

static void other_texts_are_no_ranges(void **state)
{
    static const char *const texts[] = {
        "",
        "-",
        "10.9.0.1-",
        "-10.9.0.1",
        "10.9.0.0/33",
        "10.9.0.2-10.9.0.1",
        "10.9.0.1-2001:db8::1",
        "10.9.0.0/24-10.9.1.0/24",
        "10.9.0.1 - 10.9.0.2",
        "10.9.0.1-10.9.0.2-10.9.0.3",
        "pool",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(range(texts[i]), "wrong");
}

static void overlaps_are_found_in_both_directions(void **state)
{
    static const char *const others[] = { "10.9.0.20", "10.9.0.1-10.9.0.10", "10.9.0.0/16" };
    struct grant_pool a = { .name = "a" };
    size_t i;

    (void)state;
    assert_null(grant_add_range(&a, "10.9.0.10-10.9.0.20"));
    for (i = 0; i < 3; i++) {
        struct grant_pool b = { .name = "b" };

        assert_null(grant_add_range(&b, "2001:db8::/64"));
        assert_false(grant_pools_overlap(&a, &b));
        assert_null(grant_add_range(&b, others[i]));
        assert_true(grant_pools_overlap(&a, &b));
        assert_true(grant_pools_overlap(&b, &a));
        assert_false(grant_pools_overlap(&b, &b));
        assert_null(grant_add_range(&b, others[i]));
        assert_true(grant_pools_overlap(&b, &b));
    }
}

static void netmasks_are_ones_and_then_zeros(void **state)
{
    struct grant g = { 0 };

    (void)state;
    assert_null(grant_apply(&g, OPTION_NETMASK, "255.255.254.0"));
    assert_null(grant_apply(&g, OPTION_NETMASK, "255.255.255.255"));
    assert_non_null(grant_apply(&g, OPTION_NETMASK, "255.0.255.0"));
    assert_non_null(grant_apply(&g, OPTION_NETMASK, "0.0.0.255"));
    assert_non_null(grant_apply(&g, OPTION_NETMASK, "24"));
    assert_int_equal(g.netmask.ip[3], 255);
}

static void wins_is_of_ipv4(void **state)
{
    struct grant g = { 0 };

    (void)state;
    assert_non_null(grant_apply(&g, OPTION_NBNS, "2001:db8::1"));
    assert_int_equal(g.nbns.n, 0);
    assert_null(grant_apply(&g, OPTION_NBNS, "10.2.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_lose_their_first_and_last_address),
        cmocka_unit_test(networks_of_one_or_two_addresses_have_none_to_lose),
        cmocka_unit_test(ranges_are_what_they_say),
        cmocka_unit_test(other_texts_are_no_ranges),
        cmocka_unit_test(overlaps_are_found_in_both_directions),
        cmocka_unit_test(netmasks_are_ones_and_then_zeros),
        cmocka_unit_test(wins_is_of_ipv4),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
