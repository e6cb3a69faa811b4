/* support/host.h - what the units of lib/sa stand on, without an endpoint: an allocator that
 * counts, the default limits, a clock, and a queue of outputs. */
#ifndef SUPPORT_HOST_H
#define SUPPORT_HOST_H

#include "sa/host.h"
#include "support/allocator.h"

struct test_host {
    struct host host;
    struct allocator allocator;
};

void test_host_init(struct test_host *t);
/* Fails the running test unless all that the unit acquired is released. */
void test_host_clear(struct test_host *t);
/* For cmocka: a struct test_host in *state. */
int test_host_setup(void **state);
int test_host_teardown(void **state);

#endif
