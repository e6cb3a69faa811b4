/* support/host.c - what the units of lib/sa stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "support/host.h"

void test_host_init(struct test_host *t)
{
    static const uint8_t seed[16] = { 1, 2, 3 };
    ike2_mem hook;

    *t = (struct test_host){ .host = { .now = 1000 } };
    allocator_init(&t->allocator);
    hook = allocator_hook(&t->allocator);
    ike2_mem_init(&t->host.mem, &hook);
    ike2_outputs_init(&t->host.outputs);
    list_init(&t->host.jobs);
    list_init(&t->host.remnants.list);
    ike2_map_init(&t->host.half_open.by_spi, seed);
    ike2_map_init(&t->host.half_open.by_addr, seed);
    t->host.settings.limits = (ike2_limits){
        .sas = 100, .half_open = 100, .half_open_cookie = 50, .half_open_per_addr = 10,
        .message_octets = 65535, .reassembly_octets = 100000, .queued_outputs = 100,
    };
}

void test_host_clear(struct test_host *t)
{
    struct host *host = &t->host;

    assert_null(ike2_outputs_next(host)); /* what is buried goes now */
    ike2_heap_clear(&host->timers, &host->mem);
    ike2_map_clear(&host->half_open.by_spi, &host->mem);
    ike2_map_clear(&host->half_open.by_addr, &host->mem);
    assert_int_equal(host->mem.octets_held, 0);
    allocator_expect_empty(&t->allocator);
}

int test_host_setup(void **state)
{
    struct test_host *t = malloc(sizeof *t);

    if (t == NULL)
        return -1;
    test_host_init(t);
    *state = t;
    return 0;
}

int test_host_teardown(void **state)
{
    test_host_clear(*state);
    free(*state);
    return 0;
}
