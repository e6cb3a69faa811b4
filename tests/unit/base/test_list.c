/* Intrusive list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"

struct thing {
    int value;
    struct list_node node;
};

static struct thing *thing_of(struct list_node *n)
{
    return LIST_ENTRY(n, struct thing, node);
}

static void elements_come_in_order(void **state)
{
    struct thing things[3] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
    struct list_node *n;
    struct list l;
    int expected = 1;

    (void)state;
    list_init(&l);
    for (size_t i = 0; i < 3; i++)
        list_append(&l, &things[i].node);
    for (n = list_first(&l); n != NULL; n = list_next(&l, n))
        assert_int_equal(thing_of(n)->value, expected++);
    assert_int_equal(expected, 4);
}

static void removed_element_is_unlinked(void **state)
{
    struct thing things[3] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
    struct list l;

    (void)state;
    list_init(&l);
    assert_null(list_first(&l));
    for (size_t i = 0; i < 3; i++)
        list_append(&l, &things[i].node);
    list_remove(&things[1].node);
    list_remove(&things[1].node);

    assert_false(list_node_is_linked(&things[1].node));
    assert_true(list_next(&l, &things[0].node) == &things[2].node);
    list_remove(&things[0].node);
    list_remove(&things[2].node);
    assert_true(list_is_empty(&l));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_come_in_order),
        cmocka_unit_test(removed_element_is_unlinked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
