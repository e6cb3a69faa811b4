/* examples/dataplane/pair.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/pair.h"
#include "memory.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

static struct crypto_wrap wrap;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    fault.text[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

/* A pair whose job is finished: it has the only references to its keys. */
static struct pair *make(enum test_cipher cipher, uint32_t number)
{
    struct test_pair from;
    struct pair *p;

    test_pair_make(&from, &wrap.table, cipher, number, false);
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    test_pair_clear(&from);
    assert_non_null(p);
    return p;
}

static void a_pair_outlives_its_job(void **state)
{
    struct pair *p = make(TEST_CBC, 1);

    (void)state;
    assert_int_equal(wrap.keys_alive, 4);
    assert_int_equal(p->spi_in, 0x1001);
    assert_int_equal(p->in.spi, 0x1001);
    assert_int_equal(p->out.spi, 0x2001);
    assert_int_equal(p->halves, IKE2_HALF_BOTH);
    assert_int_equal(p->selectors.local[0].first[1], 1);
    assert_int_equal(p->selectors.remote[0].first[1], 2);
    pair_free(p);
}

static void halves_give_up_their_keys_one_by_one(void **state)
{
    struct pair *p = make(TEST_CBC, 1);

    (void)state;
    pair_drop(p, IKE2_HALF_OUT);
    assert_int_equal(wrap.keys_alive, 2);
    assert_int_equal(p->halves, IKE2_HALF_IN);
    assert_non_null(p->in.encr_key);
    pair_drop(p, IKE2_HALF_IN);
    assert_int_equal(wrap.keys_alive, 0);
    pair_free(p);
    p = make(TEST_GCM, 1);
    pair_drop(p, IKE2_HALF_IN);
    assert_int_equal(wrap.keys_alive, 1);
    assert_non_null(p->out.encr_key);
    pair_free(p);
    pair_free(NULL);
}

static void a_pair_sends_as_it_is_encapsulated(void **state)
{
    struct test_pair from;
    struct pair *p;

    (void)state;
    test_pair_make(&from, &wrap.table, TEST_GCM, 1, false);
    /* The path is that of IKE, which had not yet moved. */
    from.pair.path.encap = IKE2_ENCAP_NONE;
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    test_pair_clear(&from);
    assert_int_equal(p->path.encap, IKE2_ENCAP_UDP);
    assert_int_equal(p->path.remote.port, 4500);
    pair_free(p);
}

/* 1500 - IP - 8 (UDP) - 8 (ESP) - IV - ICV, down to a multiple of four or of a block, - 2. */
static void mtu_is_what_the_path_leaves(void **state)
{
    struct test_pair from;
    struct pair *p = make(TEST_GCM, 1);

    (void)state;
    assert_int_equal(p->mtu, 1438);
    pair_free(p);
    p = make(TEST_CBC, 1);
    assert_int_equal(p->mtu, 1422);
    pair_free(p);
    test_pair_make(&from, &wrap.table, TEST_GCM, 1, false);
    from.pair.path.remote = test_addr("2001:db8::2", 4500);
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    assert_int_equal(p->mtu, 1418);
    pair_free(p);
    assert_null(pair_new(&wrap.table, &from.pair, 100, &fault));
    assert_non_null(strstr(fault.text, "MTU"));
    test_pair_clear(&from);
}

static void every_failure_leaves_nothing_behind(void **state)
{
    struct test_pair from;
    struct pair *p;

    (void)state;
    test_pair_make(&from, &wrap.table, TEST_CBC, 1, false);
    for (uint64_t n = 1; n <= 2; n++) {
        memory_fail_at(n);
        assert_null(pair_new(&wrap.table, &from.pair, 1500, &fault));
        assert_string_equal(fault.text, "out of memory");
    }
    for (uint64_t n = 1; n <= 4; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_null(pair_new(&wrap.table, &from.pair, 1500, &fault));
        assert_int_equal(wrap.keys_alive, 4);
    }
    crypto_wrap_fail_at(&wrap, 5, IKE2_ERR_MEMORY);
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    assert_non_null(p);
    pair_free(p);
    test_pair_clear(&from);
}

/* --- Many ------------------------------------------------------------------------------- */

static void pairs_are_found_by_their_inbound_spi(void **state)
{
    struct pairs pairs;

    (void)state;
    assert_true(pairs_init(&pairs));
    for (uint32_t i = 1; i <= 300; i++)
        pairs_add(&pairs, make(TEST_GCM, i));
    for (uint32_t i = 1; i <= 300; i++)
        assert_int_equal(pairs_find(&pairs, 0x1000 + i)->out.spi, 0x2000 + i);
    assert_null(pairs_find(&pairs, 0x1000));
    assert_null(pairs_find(&pairs, 0x2001));
    pairs_remove(&pairs, pairs_find(&pairs, 0x1010));
    assert_null(pairs_find(&pairs, 0x1010));
    assert_int_equal(wrap.keys_alive, 2 * 299);
    pairs_clear(&pairs);
}

static void the_pair_that_sends_is_found_by_its_child(void **state)
{
    struct pair *one = make(TEST_GCM, 1), *two = make(TEST_GCM, 2);
    struct pairs pairs;

    (void)state;
    assert_true(pairs_init(&pairs));
    pairs_add(&pairs, one);
    pairs_add(&pairs, two);
    assert_null(pairs_sending(&pairs, 7));
    one->is_sending = true;
    assert_ptr_equal(pairs_sending(&pairs, 7), one);
    assert_null(pairs_sending(&pairs, 8));
    one->is_sending = false;
    two->is_sending = true;
    assert_ptr_equal(pairs_sending(&pairs, 7), two);
    pairs_clear(&pairs);
}

static void a_table_without_memory_is_none(void **state)
{
    struct pairs pairs;

    (void)state;
    for (uint64_t n = 1; n <= 2; n++) {
        memory_fail_at(n);
        assert_false(pairs_init(&pairs));
    }
    memory_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pair_outlives_its_job, setup, teardown),
        cmocka_unit_test_setup_teardown(halves_give_up_their_keys_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pair_sends_as_it_is_encapsulated, setup, teardown),
        cmocka_unit_test_setup_teardown(mtu_is_what_the_path_leaves, setup, teardown),
        cmocka_unit_test_setup_teardown(every_failure_leaves_nothing_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_are_found_by_their_inbound_spi, setup, teardown),
        cmocka_unit_test_setup_teardown(the_pair_that_sends_is_found_by_its_child, setup,
                                        teardown),
        cmocka_unit_test(a_table_without_memory_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
