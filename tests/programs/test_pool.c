/* Which identity gets which address of a pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "server/pool.h"

static struct pools pools;

static int setup(void **state)
{
    (void)state;
    return pools_init(&pools, 0x5eed) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pools_clear(&pools);
    return 0;
}

/* --- Words ------------------------------------------------------------------------------- */

static ike2_addr address(const char *text)
{
    ike2_addr a;

    assert_null(value_address(text, &a));
    return a;
}

static ike2_id identity(const char *name)
{
    return (ike2_id){ .type = IKE2_ID_FQDN,
                      .data = { .ptr = (const uint8_t *)name, .len = strlen(name) } };
}

static struct grant_pool make(const char *name, const char *range)
{
    struct grant_pool p = { .name = name };

    assert_null(grant_add_range(&p, range));
    return p;
}

static void configure(const struct grant_pool *list, size_t n)
{
    assert_true(pools_configure(&pools, list, n, NULL, 0));
}

static void configure_one(const char *range)
{
    const struct grant_pool p = make("a", range);

    configure(&p, 1);
}

static const char *const names_a[] = { "a" };

static struct pool_wish wish_of(ike2_sa_id sa, const ike2_id *id)
{
    return (struct pool_wish){
        .names = names_a, .n_names = 1, .owner = id, .sa = sa, .address.family = 4
    };
}

/* What `who` gets from pool a; "none", "exhausted". `wanted` may be "4" or "6". */
static const char *take_as(const char *who, ike2_sa_id sa, const char *wanted, bool replaces)
{
    static char text[INET6_ADDRSTRLEN];
    const ike2_id id = identity(who);
    struct pool_wish wish = wish_of(sa, &id);
    ike2_addr a;

    if (strlen(wanted) > 1)
        wish.address = address(wanted);
    else
        wish.address.family = (uint8_t)(wanted[0] - '0');
    wish.replaces = replaces;
    switch (pools_take(&pools, &wish, &a)) {
    case POOL_OK: break;
    case POOL_NONE: return "none";
    case POOL_EXHAUSTED: return "exhausted";
    case POOL_MEMORY: return "memory";
    }
    assert_int_equal(a.family, wish.address.family);
    assert_non_null(inet_ntop(a.family == 4 ? AF_INET : AF_INET6, a.ip, text, sizeof text));
    return text;
}

static const char *take(const char *who, ike2_sa_id sa, const char *wanted)
{
    return take_as(who, sa, wanted, false);
}

static const struct pool_half *half(size_t pool, bool v6)
{
    return &pools.list[pool].halves[v6];
}

static void assert_counts(size_t held, size_t kept)
{
    assert_int_equal(half(0, false)->book.held.n, held);
    assert_int_equal(half(0, false)->book.kept.n, kept);
}

/* --- Stable addresses -------------------------------------------------------------------- */

static void identities_get_different_addresses(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("bob", 2, "4"), "10.9.0.11");
    assert_counts(2, 0);
}

static void identity_comes_back_to_its_address(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    (void)take("alice", 1, "4");
    (void)take("bob", 2, "4");
    pools_release(&pools, 1);
    pools_release(&pools, 2);
    assert_counts(0, 2);
    assert_string_equal(take("bob", 3, "4"), "10.9.0.11");
    assert_string_equal(take("carol", 4, "4"), "10.9.0.12");
    assert_string_equal(take("alice", 5, "4"), "10.9.0.10");
    assert_counts(3, 0);
}

static void same_octets_of_another_type_are_another_identity(void **state)
{
    const ike2_id key_id = { .type = IKE2_ID_KEY_ID,
                             .data = { .ptr = (const uint8_t *)"alice", .len = 5 } };
    struct pool_wish wish = wish_of(2, &key_id);
    ike2_addr a;

    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    (void)take("alice", 1, "4");
    pools_release(&pools, 1);
    assert_int_equal(pools_take(&pools, &wish, &a), POOL_OK);
    assert_int_equal(a.ip[3], 11);
}

static void who_is_away_the_longest_loses_the_address_first(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.12");
    (void)take("alice", 1, "4");
    (void)take("bob", 2, "4");
    (void)take("carol", 3, "4");
    pools_release(&pools, 2);
    pools_release(&pools, 3);
    pools_release(&pools, 1);
    assert_string_equal(take("dave", 4, "4"), "10.9.0.11");
    assert_string_equal(take("bob", 5, "4"), "10.9.0.12");
    assert_string_equal(take("alice", 6, "4"), "10.9.0.10");
    assert_string_equal(take("carol", 7, "4"), "exhausted");
    assert_counts(3, 0);
}

/* --- Exhaustion -------------------------------------------------------------------------- */

static void exhausted_pool_recovers(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.11");
    (void)take("alice", 1, "4");
    (void)take("bob", 2, "4");
    assert_string_equal(take("carol", 3, "4"), "exhausted");
    assert_string_equal(take("carol", 3, "10.9.0.10"), "exhausted");
    pools_release(&pools, 3); /* it has nothing */
    assert_counts(2, 0);
    pools_release(&pools, 1);
    assert_string_equal(take("carol", 4, "4"), "10.9.0.10");
}

static void family_without_a_range_is_not_exhausted(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.11");
    assert_string_equal(take("alice", 1, "6"), "none");
    configure(NULL, 0);
    assert_string_equal(take("alice", 1, "4"), "none");
}

static void last_address_there_is_can_be_given(void **state)
{
    (void)state;
    configure_one("255.255.255.254-255.255.255.255");
    assert_string_equal(take("alice", 1, "4"), "255.255.255.254");
    assert_string_equal(take("bob", 2, "4"), "255.255.255.255");
    assert_string_equal(take("carol", 3, "4"), "exhausted");
}

/* --- Several SAs ------------------------------------------------------------------------- */

/* RFC 7296 2.8.3: make before break, who is authenticated anew asks for what it has. */
static void both_sas_of_a_reauthentication_share_the_address(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("alice", 2, "10.9.0.10"), "10.9.0.10");
    assert_counts(1, 0);
    pools_release(&pools, 1);
    assert_counts(1, 0);
    assert_string_equal(take("bob", 3, "10.9.0.10"), "10.9.0.11");
    pools_release(&pools, 2);
    assert_counts(1, 1);
}

static void devices_of_one_identity_get_different_addresses(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("alice", 2, "4"), "10.9.0.11");
    pools_release(&pools, 1);
    pools_release(&pools, 2);
    assert_string_equal(take("alice", 3, "10.9.0.10"), "10.9.0.10");
    assert_string_equal(take("alice", 4, "4"), "10.9.0.11");
}

static void sa_that_replaces_others_takes_over_their_address(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    (void)take("alice", 1, "4");
    assert_string_equal(take_as("alice", 2, "4", true), "10.9.0.10");
    assert_string_equal(take_as("bob", 3, "4", true), "10.9.0.11");
}

static void sa_that_asks_again_keeps_what_it_has(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("alice", 1, "10.9.0.15"), "10.9.0.10");
    assert_null(half(0, false)->book.held.first->holders->next);
    pools_release(&pools, 1);
    assert_counts(0, 1);
}

/* --- Asked for --------------------------------------------------------------------------- */

static void free_address_that_is_asked_for_is_given(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.13");
    assert_string_equal(take("alice", 1, "10.9.0.11"), "10.9.0.11");
    assert_string_equal(take("bob", 2, "4"), "10.9.0.10");
    assert_string_equal(take("carol", 3, "4"), "10.9.0.12"); /* past the one of alice */
    assert_string_equal(take("dave", 4, "10.8.0.1"), "10.9.0.13");
}

static void address_of_somebody_else_is_not(void **state)
{
    (void)state;
    configure_one("10.9.0.10-10.9.0.20");
    (void)take("alice", 1, "4");
    assert_string_equal(take("bob", 2, "10.9.0.10"), "10.9.0.11");
    pools_release(&pools, 1);
    assert_string_equal(take("carol", 3, "10.9.0.10"), "10.9.0.12");
}

/* --- Never given ------------------------------------------------------------------------- */

static void reserved_and_own_addresses_are_never_given(void **state)
{
    struct grant_pool p = make("a", "10.9.0.0/29");
    ike2_addr own[2] = { address("10.9.0.4"), address("192.0.2.1") };

    (void)state;
    assert_null(grant_add_reserved(&p, "10.9.0.1"));
    assert_null(grant_add_reserved(&p, "10.9.0.4")); /* counted once */
    assert_true(pools_configure(&pools, &p, 1, own, 2));
    assert_int_equal(half(0, false)->size, 4);
    assert_string_equal(take("alice", 1, "10.9.0.1"), "10.9.0.2");
    assert_string_equal(take("bob", 2, "4"), "10.9.0.3");
    assert_string_equal(take("carol", 3, "10.9.0.0"), "10.9.0.5");
    assert_string_equal(take("dave", 4, "10.9.0.7"), "10.9.0.6");
    assert_string_equal(take("erin", 5, "4"), "exhausted");
}

/* --- Several ranges and pools ------------------------------------------------------------ */

static void ranges_and_pools_are_used_in_order(void **state)
{
    static const char *const names[] = { "b", "a", "missing" };
    struct grant_pool list[2] = { make("a", "10.9.0.10-10.9.0.10"), make("b", "10.8.0.1") };
    const ike2_id ids[] = { identity("1"), identity("2"), identity("3"), identity("4") };
    static const uint8_t expected[][2] = { { 8, 1 }, { 8, 7 }, { 9, 10 } };
    ike2_addr a;
    size_t i;

    (void)state;
    assert_null(grant_add_range(&list[1], "2001:db8::/64"));
    assert_null(grant_add_range(&list[1], "10.8.0.7"));
    configure(list, 2);
    for (i = 0; i < 4; i++) {
        struct pool_wish wish = wish_of(i + 1, &ids[i]);

        wish.names = names;
        wish.n_names = 3;
        assert_int_equal(pools_take(&pools, &wish, &a), i < 3 ? POOL_OK : POOL_EXHAUSTED);
        if (i < 3)
            assert_true(a.ip[1] == expected[i][0] && a.ip[3] == expected[i][1]);
    }
}

static void both_families_of_an_sa_are_released(void **state)
{
    struct grant_pool p = make("a", "10.9.0.10-10.9.0.20");

    (void)state;
    assert_null(grant_add_range(&p, "2001:db8:9::/64"));
    configure(&p, 1);
    assert_string_equal(take("alice", 1, "4"), "10.9.0.10");
    assert_string_equal(take("alice", 1, "6"), "2001:db8:9::1");
    assert_int_equal(half(0, true)->book.held.n, 1);
    pools_release(&pools, 1);
    assert_int_equal(half(0, true)->book.held.n, 0);
    assert_counts(0, 1);
    assert_string_equal(take("alice", 2, "6"), "2001:db8:9::1");
}

/* --- Sizes ------------------------------------------------------------------------------- */

static uint64_t size_of(const char *range, bool v6)
{
    configure_one(range);
    return half(0, v6)->size;
}

static void sizes_are_those_of_the_ranges(void **state)
{
    (void)state;
    assert_int_equal(size_of("10.9.0.0/24", false), 254);
    assert_int_equal(size_of("10.9.0.0/31", false), 2);
    assert_int_equal(size_of("10.9.0.4/32", false), 1);
    assert_int_equal(size_of("10.8.255.255-10.9.1.0", false), 258);
    assert_int_equal(size_of("0.0.0.0-255.255.255.255", false), 1ull << 32);
    assert_int_equal(size_of("2001:db8::/112", true), 65535);
    assert_int_equal(size_of("2001:db8::/64", true), UINT64_MAX);
    assert_int_equal(size_of("2001:db8::/16", true), UINT64_MAX);
    assert_int_equal(size_of("2001:db8::ffff-2001:db8::1:0", true), 2);
}

/* Of what nobody has there is no memory: or this would not end. */
static void huge_ranges_are_as_quick_as_small_ones(void **state)
{
    char who[16];
    ike2_sa_id sa;

    (void)state;
    configure_one("2001:db8::/32");
    for (sa = 1; sa <= 20000; sa++) {
        (void)snprintf(who, sizeof who, "%u", (unsigned)sa);
        (void)take(who, sa, "6");
    }
    assert_string_equal(take("last", sa, "6"), "2001:db8::4e21");
    assert_int_equal(half(0, true)->book.held.n, 20001);
    while (--sa > 0)
        pools_release(&pools, sa);
    assert_int_equal(half(0, true)->book.kept.n, 20000);
    assert_string_equal(take("77", 1, "6"), "2001:db8::4d");
}

static void not_everybody_is_remembered_for_ever(void **state)
{
    char who[16];
    unsigned i;

    (void)state;
    configure_one("2001:db8::/32");
    for (i = 0; i <= 65536; i++) {
        (void)snprintf(who, sizeof who, "%u", i);
        (void)take(who, 1, "6");
        pools_release(&pools, 1);
    }
    assert_int_equal(half(0, true)->book.kept.n, 65536);
    assert_string_equal(take("65536", 1, "6"), "2001:db8::1"); /* was that of "0" */
    assert_string_equal(take("1", 2, "6"), "2001:db8::2");
}

/* --- Reload ------------------------------------------------------------------------------ */

static void reload_keeps_leases(void **state)
{
    struct grant_pool list[2] = { make("b", "10.8.0.0/24"), make("a", "10.9.0.0/24") };

    (void)state;
    configure_one("10.9.0.0/25");
    (void)take("alice", 1, "4");
    (void)take("bob", 2, "4");
    pools_release(&pools, 2);
    configure(list, 2);
    assert_int_equal(half(1, false)->book.held.n, 1);
    assert_int_equal(half(1, false)->book.kept.n, 1);
    assert_string_equal(take("carol", 3, "4"), "10.9.0.3");
    assert_string_equal(take("bob", 4, "4"), "10.9.0.2");
}

static void address_in_use_that_has_no_pool_any_more_is_free_when_it_is_released(void **state)
{
    (void)state;
    configure_one("10.9.0.1-10.9.0.2");
    (void)take("alice", 1, "4");
    (void)take("bob", 2, "4");
    pools_release(&pools, 2);
    configure_one("10.8.0.1-10.8.0.2");
    assert_counts(0, 0);
    assert_int_equal(pools.strays.held.n, 1);
    configure_one("10.9.0.1-10.9.0.2");
    assert_counts(1, 0); /* alice's; bob's is forgotten */
    assert_string_equal(take("carol", 3, "4"), "10.9.0.2");
    assert_string_equal(take("dave", 4, "4"), "exhausted");
    configure_one("10.8.0.1-10.8.0.2");
    pools_release(&pools, 1);
    pools_release(&pools, 3);
    assert_int_equal(pools.strays.held.n, 0);
    assert_string_equal(take("alice", 5, "4"), "10.8.0.1");
}

static void address_that_becomes_reserved_is_not_given_again(void **state)
{
    struct grant_pool p = make("a", "10.9.0.1-10.9.0.3");

    (void)state;
    configure(&p, 1);
    (void)take("alice", 1, "4");
    assert_null(grant_add_reserved(&p, "10.9.0.1"));
    configure(&p, 1);
    pools_release(&pools, 1);
    assert_counts(0, 0);
    assert_string_equal(take("alice", 2, "10.9.0.1"), "10.9.0.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(identities_get_different_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(identity_comes_back_to_its_address, setup, teardown),
        cmocka_unit_test_setup_teardown(same_octets_of_another_type_are_another_identity, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_is_away_the_longest_loses_the_address_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exhausted_pool_recovers, setup, teardown),
        cmocka_unit_test_setup_teardown(family_without_a_range_is_not_exhausted, setup, teardown),
        cmocka_unit_test_setup_teardown(last_address_there_is_can_be_given, setup, teardown),
        cmocka_unit_test_setup_teardown(both_sas_of_a_reauthentication_share_the_address, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(devices_of_one_identity_get_different_addresses, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sa_that_replaces_others_takes_over_their_address, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sa_that_asks_again_keeps_what_it_has, setup, teardown),
        cmocka_unit_test_setup_teardown(free_address_that_is_asked_for_is_given, setup, teardown),
        cmocka_unit_test_setup_teardown(address_of_somebody_else_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(reserved_and_own_addresses_are_never_given, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(ranges_and_pools_are_used_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(both_families_of_an_sa_are_released, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_are_those_of_the_ranges, setup, teardown),
        cmocka_unit_test_setup_teardown(huge_ranges_are_as_quick_as_small_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(not_everybody_is_remembered_for_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(reload_keeps_leases, setup, teardown),
        cmocka_unit_test_setup_teardown(
            address_in_use_that_has_no_pool_any_more_is_free_when_it_is_released, setup, teardown),
        cmocka_unit_test_setup_teardown(address_that_becomes_reserved_is_not_given_again, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
