/* Zeroize. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/secret.h"

static void wipe_clears_what_it_is_given_and_no_more(void **state)
{
    uint8_t room[16];

    (void)state;
    memset(room, 0x5a, sizeof room);
    ike2_secret_wipe(room + 4, 8);
    for (size_t i = 0; i < sizeof room; i++)
        assert_int_equal(room[i], i >= 4 && i < 12 ? 0 : 0x5a);
}

static void nothing_can_be_wiped(void **state)
{
    uint8_t octet = 0x5a;

    (void)state;
    ike2_secret_wipe(NULL, 0);
    ike2_secret_wipe(&octet, 0);
    assert_int_equal(octet, 0x5a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wipe_clears_what_it_is_given_and_no_more),
        cmocka_unit_test(nothing_can_be_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
