/* Which nonce is the lower one. RFC 7296 2.8.1. */
#include "sa/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct nonce nonce_of(uint8_t first, size_t len)
{
    struct nonce n = { .len = len };

    memset(n.octets, 0x55, len);
    n.octets[0] = first;
    return n;
}

static void first_octet_that_differs_decides(void **state)
{
    struct nonce a = nonce_of(0x7f, 32), b = nonce_of(0x80, 32);

    (void)state;
    assert_ptr_equal(ike2_nonce_lower(&a, &b), &a); /* octets are unsigned */
    assert_ptr_equal(ike2_nonce_lower(&b, &a), &a);
    b.octets[0] = 0x7f;
    b.octets[31] = 0x54;
    assert_ptr_equal(ike2_nonce_lower(&a, &b), &b);
}

/* Not as numbers: the longer one would be the greater. */
static void length_counts_only_where_one_ends(void **state)
{
    struct nonce shorter = nonce_of(0x55, 16), longer = nonce_of(0x55, 256);

    (void)state;
    assert_ptr_equal(ike2_nonce_lower(&shorter, &longer), &shorter);
    assert_ptr_equal(ike2_nonce_lower(&longer, &shorter), &shorter);
    longer.octets[0] = 0;
    assert_ptr_equal(ike2_nonce_lower(&shorter, &longer), &longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_octet_that_differs_decides),
        cmocka_unit_test(length_counts_only_where_one_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
