/* lib/sa/halfopen.c: half-open responder SAs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sa/halfopen.h"
#include "sa/init.h"
#include "support/host.h"

enum { SAS = 32 };

static struct sa sas[SAS];
static struct init_stage stages[SAS];

static ike2_path path_from(uint8_t last_octet, uint16_t port)
{
    return (ike2_path){ .remote = { .family = 4, .port = port, .ip = { 192, 0, 2, last_octet } } };
}

static struct sa *begun(struct test_host *t, size_t n, uint64_t spi_i, ike2_path path)
{
    stages[n] = (struct init_stage){ 0 };
    sas[n] = (struct sa){ .host = &t->host, .role = RESPONDER, .path = path, .init = &stages[n],
                          .spi.i = spi_i };
    assert_int_equal(ike2_half_open_add(&sas[n]), IKE2_OK);
    return &sas[n];
}

static void an_sa_is_found_by_spi_address_and_port(void **state)
{
    struct test_host *t = *state;
    const ike2_path here = path_from(1, 500), there = path_from(2, 500), port = path_from(1, 501);
    struct sa *sa = begun(t, 0, 77, here);

    assert_ptr_equal(ike2_half_open_find(&t->host, 77, &here), sa);
    assert_null(ike2_half_open_find(&t->host, 78, &here));
    assert_null(ike2_half_open_find(&t->host, 77, &there));
    assert_null(ike2_half_open_find(&t->host, 77, &port));
    ike2_half_open_remove(sa);
    assert_null(ike2_half_open_find(&t->host, 77, &here));
    ike2_half_open_remove(sa); /* harmless */
    assert_int_equal(t->host.stats.half_open, 0);
}

static void the_same_initiator_is_noted_once(void **state)
{
    struct test_host *t = *state;
    struct sa *sa = begun(t, 0, 77, path_from(1, 500));

    sas[1] = sas[0];
    sas[1].init = &stages[1];
    stages[1] = (struct init_stage){ 0 };
    assert_int_equal(ike2_half_open_add(&sas[1]), IKE2_ERR_ARGUMENT);
    assert_int_equal(t->host.stats.half_open, 1);
    ike2_half_open_remove(sa);
}

static void an_address_has_its_share(void **state)
{
    struct test_host *t = *state;
    const ike2_path one = path_from(1, 500), other_port = path_from(1, 700),
                    other = path_from(2, 500);

    for (size_t i = 0; i < 10; i++) {
        assert_true(ike2_half_open_has_room(&t->host, &one));
        (void)begun(t, i, i + 1, i % 2 == 0 ? one : other_port);
    }
    assert_false(ike2_half_open_has_room(&t->host, &one));
    assert_false(ike2_half_open_has_room(&t->host, &other_port)); /* the address counts */
    assert_true(ike2_half_open_has_room(&t->host, &other));
    ike2_half_open_remove(&sas[4]);
    assert_true(ike2_half_open_has_room(&t->host, &one));
    for (size_t i = 0; i < 10; i++)
        ike2_half_open_remove(&sas[i]);
    assert_int_equal(t->host.half_open.by_addr.n, 0);
}

static void all_addresses_together_have_a_ceiling(void **state)
{
    struct test_host *t = *state;
    const ike2_path fresh = path_from(200, 500);

    t->host.settings.limits.half_open = 20;
    for (size_t i = 0; i < 20; i++) {
        assert_true(ike2_half_open_has_room(&t->host, &fresh));
        (void)begun(t, i, 5, path_from((uint8_t)i, 500));
    }
    assert_false(ike2_half_open_has_room(&t->host, &fresh));
    for (size_t i = 0; i < 20; i++)
        ike2_half_open_remove(&sas[i]);
}

static void without_memory_nothing_is_noted(void **state)
{
    struct test_host *t = *state;

    for (size_t n = 0; n < 2; n++) {
        stages[n] = (struct init_stage){ 0 };
        sas[n] = (struct sa){ .host = &t->host, .path = path_from(1, 500), .init = &stages[n],
                              .spi.i = 9 };
        t->allocator.fail_after = t->allocator.n_acquired + n;
        assert_int_equal(ike2_half_open_add(&sas[n]), IKE2_ERR_MEMORY);
        assert_int_equal(t->host.stats.half_open, 0);
        assert_int_equal(t->host.half_open.by_spi.n, 0);
        assert_int_equal(t->host.half_open.by_addr.n, 0);
        ike2_map_clear(&t->host.half_open.by_spi, &t->host.mem);
        ike2_half_open_remove(&sas[n]);
    }
}

/* Removing needs no memory. */
static void counts_go_down_without_memory(void **state)
{
    struct test_host *t = *state;

    for (size_t i = 0; i < SAS; i++)
        (void)begun(t, i, 1000 + i, path_from((uint8_t)(i / 5), 500));
    t->allocator.fail_after = 0;
    for (size_t i = 0; i < SAS; i++)
        ike2_half_open_remove(&sas[i]);
    assert_int_equal(t->host.half_open.by_spi.n, 0);
    assert_int_equal(t->host.half_open.by_addr.n, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, test_host_setup, test_host_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(an_sa_is_found_by_spi_address_and_port),
        CASE(the_same_initiator_is_noted_once),
        CASE(an_address_has_its_share),
        CASE(all_addresses_together_have_a_ceiling),
        CASE(without_memory_nothing_is_noted),
        CASE(counts_go_down_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
