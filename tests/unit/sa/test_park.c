/* lib/sa/park.c: datagrams that came before the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sa/park.h"
#include "support/host.h"

static bool add(struct test_host *t, struct park *park, uint64_t tag, size_t len)
{
    static const uint8_t octets[64] = "0123456789";
    const ike2_path path = { .tag = tag };

    return ike2_park_add(&t->host, park, &path, (ike2_bytes){ octets, len });
}

static void what_was_parked_first_goes_first(void **state)
{
    struct test_host *t = *state;
    struct park park = { .n = 0 };

    for (uint64_t tag = 1; tag <= 3; tag++)
        assert_true(add(t, &park, tag, 5 + tag));
    assert_int_equal(t->host.stats.reassembly_octets, 6 + 7 + 8);
    for (uint64_t tag = 1; tag <= 3; tag++) {
        struct parked *p = ike2_park_take(&park);

        assert_non_null(p);
        assert_int_equal(p->path.tag, tag);
        assert_int_equal(p->len, 5 + tag);
        assert_memory_equal(p->octets, "0123456789", p->len);
        ike2_park_release(&t->host, p);
    }
    assert_null(ike2_park_take(&park));
    assert_int_equal(t->host.stats.reassembly_octets, 0);
    assert_true(add(t, &park, 4, 1)); /* and again */
    ike2_park_clear(&t->host, &park);
}

static void an_empty_park_is_zero(void **state)
{
    struct test_host *t = *state;
    struct park park = { .n = 0 };

    assert_null(ike2_park_take(&park));
    ike2_park_clear(&t->host, &park);
}

static void there_is_room_for_so_many(void **state)
{
    struct test_host *t = *state;
    struct park park = { .n = 0 };

    for (size_t i = 0; i < PARK_MAX; i++)
        assert_true(add(t, &park, 0, 1));
    assert_false(add(t, &park, 0, 1));
    assert_int_equal(park.n, PARK_MAX);
    ike2_park_clear(&t->host, &park);
    assert_int_equal(park.n, 0);
    assert_int_equal(t->host.stats.reassembly_octets, 0);
}

static void the_budget_is_shared(void **state)
{
    struct test_host *t = *state;
    struct park park = { .n = 0 };

    t->host.settings.limits.reassembly_octets = 30;
    t->host.stats.reassembly_octets = 11; /* of somebody else */
    assert_true(add(t, &park, 0, 10));
    assert_false(add(t, &park, 0, 10));
    assert_true(add(t, &park, 0, 9));
    ike2_park_clear(&t->host, &park);
    assert_int_equal(t->host.stats.reassembly_octets, 11);
}

static void without_memory_nothing_is_parked(void **state)
{
    struct test_host *t = *state;
    struct park park = { .n = 0 };

    t->allocator.fail_after = 0;
    assert_false(add(t, &park, 0, 10));
    assert_int_equal(park.n, 0);
    assert_int_equal(t->host.stats.reassembly_octets, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, test_host_setup, test_host_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(what_was_parked_first_goes_first),
        CASE(an_empty_park_is_zero),
        CASE(there_is_room_for_so_many),
        CASE(the_budget_is_shared),
        CASE(without_memory_nothing_is_parked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
