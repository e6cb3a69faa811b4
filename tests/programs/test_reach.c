/* Which addresses somebody else's URL may lead us to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "common/reach.h"

static bool is_allowed(const char *text, enum reach reach, const struct selectors *networks)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return reach_is_allowed((const struct sockaddr *)&v4, reach, networks);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return reach_is_allowed((const struct sockaddr *)&v6, reach, networks);
}

static const struct selectors none;

static const char *const open[] = { "192.0.2.1", "9.255.255.255", "11.0.0.0", "172.15.255.255",
                                    "172.32.0.0", "192.167.0.1", "192.169.0.1", "100.63.255.255",
                                    "100.128.0.0", "223.255.255.255", "2001:db8::1", "2003::",
                                    "::ffff:192.0.2.1" };
static const char *const private[] = { "10.0.0.0", "10.255.255.255", "172.16.0.0",
                                       "172.31.255.255", "192.168.0.1", "100.64.0.0",
                                       "100.127.255.255", "fc00::", "fdff::1", "fec0::1",
                                       "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:10.0.0.1" };
static const char *const closed[] = { "0.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.169.254",
                                      "224.0.0.1", "255.255.255.255", "::", "::1",
                                      "::ffff:127.0.0.1", "::127.0.0.1", "fe80::1", "ff02::1" };

#define EACH(list, reach, wanted)                                                 \
    for (size_t i = 0; i < sizeof(list) / sizeof(list)[0]; i++) {                 \
        if (is_allowed((list)[i], (reach), &none) != (wanted))                    \
            fail_msg("%s", (list)[i]);                                            \
    }

static void public_addresses_are_for_all(void **state)
{
    (void)state;
    EACH(open, REACH_PROVEN, true)
    EACH(open, REACH_STRANGER, true)
}

static void private_networks_are_not_for_strangers(void **state)
{
    (void)state;
    EACH(private, REACH_STRANGER, false)
}

static void private_networks_are_for_who_is_proven(void **state)
{
    (void)state;
    EACH(private, REACH_PROVEN, true)
}

static void what_has_no_host_is_for_nobody(void **state)
{
    (void)state;
    EACH(closed, REACH_PROVEN, false)
    EACH(closed, REACH_STRANGER, false)
}

static void another_family_is_for_nobody(void **state)
{
    const struct sockaddr local = { .sa_family = AF_UNIX };

    (void)state;
    assert_false(reach_is_allowed(&local, REACH_PROVEN, &none));
}

static void what_is_named_is_allowed(void **state)
{
    struct selectors named = { .n = 0 };

    (void)state;
    assert_null(value_selector("127.0.0.0/30", &named));
    assert_null(value_selector("fd00::/64", &named));
    assert_true(is_allowed("127.0.0.3", REACH_STRANGER, &named));
    assert_true(is_allowed("::ffff:127.0.0.3", REACH_STRANGER, &named));
    assert_true(is_allowed("fd00::ffff", REACH_STRANGER, &named));
    assert_false(is_allowed("127.0.0.4", REACH_STRANGER, &named));
    assert_false(is_allowed("fd00:0:0:1::", REACH_STRANGER, &named));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses_are_for_all),
        cmocka_unit_test(private_networks_are_not_for_strangers),
        cmocka_unit_test(private_networks_are_for_who_is_proven),
        cmocka_unit_test(what_has_no_host_is_for_nobody),
        cmocka_unit_test(another_family_is_for_nobody),
        cmocka_unit_test(what_is_named_is_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
