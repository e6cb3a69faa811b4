/* lib/sa/fragment.c: reassembly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "sa/fragment.h"
#include "support/host.h"

enum { ID = 5 };

static enum assembly_result add(void *const *state, struct assembly *a, uint16_t number,
                                uint16_t total, const char *text)
{
    struct test_host *t = *state;
    const struct opened piece = {
        .first = number == 1 ? IKE2_PAYLOAD_IDI : IKE2_PAYLOAD_NONE, .fragment = number,
        .fragments = total, .inner = { (const uint8_t *)text, strlen(text) },
    };

    return ike2_assembly_add(&t->host, a, ID, &piece);
}

static void expect_whole(void *const *state, struct assembly *a, const char *text)
{
    struct test_host *t = *state;
    uint8_t room[256];
    struct opened whole = ike2_assembly_take(&t->host, a, room);

    assert_int_equal(whole.inner.len, strlen(text));
    assert_memory_equal(whole.inner.ptr, text, strlen(text));
    assert_int_equal(whole.first, IKE2_PAYLOAD_IDI);
    assert_int_equal(t->host.stats.reassembly_octets, 0);
    assert_int_equal(a->total, 0);
}

static void fragments_in_any_order_make_the_message(void **state)
{
    static const uint16_t orders[][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 },
                                          { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } };
    static const char *const texts[] = { "", "one ", "two ", "three" };

    for (size_t i = 0; i < 6; i++) {
        struct assembly a = { 0 };

        assert_int_equal(add(state, &a, orders[i][0], 3, texts[orders[i][0]]), ASSEMBLY_STORED);
        assert_int_equal(add(state, &a, orders[i][1], 3, texts[orders[i][1]]), ASSEMBLY_STORED);
        assert_int_equal(add(state, &a, orders[i][2], 3, texts[orders[i][2]]), ASSEMBLY_WHOLE);
        expect_whole(state, &a, "one two three");
    }
}

static void a_single_fragment_is_a_message(void **state)
{
    struct assembly a = { 0 };

    assert_int_equal(add(state, &a, 1, 1, "all"), ASSEMBLY_WHOLE);
    expect_whole(state, &a, "all");
}

static void a_duplicate_is_ignored_and_the_first_one_counts(void **state)
{
    struct assembly a = { 0 };

    assert_int_equal(add(state, &a, 2, 2, "two"), ASSEMBLY_STORED);
    assert_int_equal(add(state, &a, 2, 2, "TWO"), ASSEMBLY_IGNORED);
    assert_int_equal(add(state, &a, 1, 2, "one "), ASSEMBLY_WHOLE);
    expect_whole(state, &a, "one two");
}

/* RFC 7383 2.6: the sender has lowered its fragment size. */
static void a_larger_total_replaces_the_set(void **state)
{
    struct test_host *t = *state;
    struct assembly a = { 0 };

    assert_int_equal(add(state, &a, 1, 2, "large one"), ASSEMBLY_STORED);
    assert_int_equal(add(state, &a, 3, 3, "c"), ASSEMBLY_STORED);
    assert_int_equal(t->host.stats.reassembly_octets, 1);
    assert_int_equal(add(state, &a, 2, 2, "late"), ASSEMBLY_IGNORED);
    assert_int_equal(add(state, &a, 1, 3, "a"), ASSEMBLY_STORED);
    assert_int_equal(add(state, &a, 2, 3, "b"), ASSEMBLY_WHOLE);
    expect_whole(state, &a, "abc");
}

static void another_message_replaces_the_set(void **state)
{
    struct test_host *t = *state;
    struct assembly a = { 0 };
    const struct opened piece = { .fragment = 1, .fragments = 2,
                                  .inner = { (const uint8_t *)"new", 3 } };

    assert_int_equal(add(state, &a, 1, 3, "old"), ASSEMBLY_STORED);
    assert_int_equal(add(state, &a, 2, 3, "older"), ASSEMBLY_STORED);
    assert_int_equal(ike2_assembly_add(&t->host, &a, ID + 1, &piece), ASSEMBLY_STORED);
    assert_int_equal(a.total, 2);
    assert_int_equal(a.n, 1);
    assert_int_equal(t->host.stats.reassembly_octets, 3);
    ike2_assembly_clear(&t->host, &a);
}

static void numbers_that_make_no_sense_are_ignored(void **state)
{
    struct assembly a = { 0 };

    assert_int_equal(add(state, &a, 0, 2, "x"), ASSEMBLY_IGNORED);
    assert_int_equal(add(state, &a, 3, 2, "x"), ASSEMBLY_IGNORED);
    assert_int_equal(add(state, &a, 1, 2, ""), ASSEMBLY_IGNORED);
    assert_int_equal(a.total, 0);
}

static void there_is_a_ceiling_for_everything(void **state)
{
    struct test_host *t = *state;
    struct assembly a = { 0 };

    assert_int_equal(add(state, &a, 1, FRAGMENTS_MAX + 1, "x"), ASSEMBLY_BUDGET);
    t->host.settings.limits.message_octets = 6;
    assert_int_equal(add(state, &a, 1, FRAGMENTS_MAX, "four"), ASSEMBLY_STORED);
    assert_int_equal(add(state, &a, 2, FRAGMENTS_MAX, "more"), ASSEMBLY_BUDGET);
    t->host.settings.limits.message_octets = 1000;
    t->host.settings.limits.reassembly_octets = 7;
    assert_int_equal(add(state, &a, 2, FRAGMENTS_MAX, "more"), ASSEMBLY_BUDGET);
    assert_int_equal(add(state, &a, 2, FRAGMENTS_MAX, "fit"), ASSEMBLY_STORED);
    assert_int_equal(t->host.stats.reassembly_octets, 7);
    ike2_assembly_clear(&t->host, &a);
    assert_int_equal(t->host.stats.reassembly_octets, 0);
}

static void without_memory_the_set_stays_as_it_was(void **state)
{
    struct test_host *t = *state;

    for (size_t n = 0; n < 3; n++) {
        struct assembly a = { 0 };

        t->allocator.fail_after = t->allocator.n_acquired + n;
        if (add(state, &a, 2, 2, "two") == ASSEMBLY_MEMORY) {
            assert_int_equal(a.total, 0);
            assert_int_equal(t->host.stats.reassembly_octets, 0);
        } else {
            assert_int_equal(n, 2);
            assert_int_equal(add(state, &a, 1, 2, "one"), ASSEMBLY_MEMORY);
            assert_int_equal(a.n, 1);
            t->allocator.fail_after = SIZE_MAX;
            assert_int_equal(add(state, &a, 1, 2, "one"), ASSEMBLY_WHOLE);
            expect_whole(state, &a, "onetwo");
        }
        t->allocator.fail_after = SIZE_MAX;
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, test_host_setup, test_host_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(fragments_in_any_order_make_the_message),
        CASE(a_single_fragment_is_a_message),
        CASE(a_duplicate_is_ignored_and_the_first_one_counts),
        CASE(a_larger_total_replaces_the_set),
        CASE(another_message_replaces_the_set),
        CASE(numbers_that_make_no_sense_are_ignored),
        CASE(there_is_a_ceiling_for_everything),
        CASE(without_memory_the_set_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
