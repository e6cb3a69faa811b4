/* examples/dataplane/table.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataplane/table.h"

enum { N = 1000 };

static void nodes_are_found_until_they_are_removed(void **state)
{
    static struct table_node nodes[N];
    struct table t;

    (void)state;
    assert_true(table_init(&t));
    for (size_t i = 0; i < N; i++)
        table_add(&t, &nodes[i], table_mix(i));
    assert_true(t.n_slots >= N);
    for (size_t i = 0; i < N; i++) {
        assert_ptr_equal(table_first(&t, table_mix(i)), &nodes[i]);
        assert_null(table_next(&nodes[i]));
    }
    for (size_t i = 0; i < N; i += 2)
        table_remove(&t, &nodes[i]);
    assert_int_equal(t.n_nodes, N / 2);
    for (size_t i = 0; i < N; i++)
        assert_ptr_equal(table_first(&t, table_mix(i)), i % 2 == 0 ? NULL : &nodes[i]);
    table_clear(&t);
}

static void nodes_of_one_hash_come_newest_first_also_after_growing(void **state)
{
    static struct table_node nodes[N];
    struct table_node *node;
    struct table t;
    size_t n = N;

    (void)state;
    assert_true(table_init(&t));
    for (size_t i = 0; i < N; i++)
        table_add(&t, &nodes[i], i % 2 == 0 ? 5 : 69);
    for (node = table_first(&t, 5); node != NULL; node = table_next(node)) {
        n -= 2;
        assert_ptr_equal(node, &nodes[n]);
    }
    assert_int_equal(n, 0);
    table_clear(&t);
}

static void draining_gives_every_node_once(void **state)
{
    static struct table_node nodes[N];
    struct table_node *node;
    struct table t;
    size_t n = 0;

    (void)state;
    assert_true(table_init(&t));
    for (size_t i = 0; i < N; i++)
        table_add(&t, &nodes[i], table_mix(i));
    for (node = table_drain(&t); node != NULL; node = node->next)
        n++;
    assert_int_equal(n, N);
    assert_int_equal(t.n_nodes, 0);
    assert_null(table_drain(&t));
    table_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_found_until_they_are_removed),
        cmocka_unit_test(nodes_of_one_hash_come_newest_first_also_after_growing),
        cmocka_unit_test(draining_gives_every_node_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
