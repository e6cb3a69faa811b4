/* What a script is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/environment.h"
#include "common/value.h"

static struct environment e;

/* The value, or NULL. */
static const char *value(const char *name)
{
    size_t i, len = strlen(name);

    for (i = 0; i < e.n; i++) {
        if (strncmp(e.list[i], name, len) == 0 && e.list[i][len] == '=')
            return e.list[i] + len + 1;
    }
    return NULL;
}

#define assert_value(name, expected) assert_string_equal(value(name), expected)
#define assert_unset(name)           assert_null(value(name))

static struct inner inner;
static struct assigned assigned;
static struct selectors remote;
static ike2_addr gateway;

static struct environment_facts facts(const char *const *networks)
{
    memset(&inner, 0, sizeof inner);
    memset(&assigned, 0, sizeof assigned);
    memset(&remote, 0, sizeof remote);
    assert_null(value_address("192.0.2.1", &gateway));
    assert_null(value_address("10.9.0.70", &inner.list[inner.n++]));
    assert_null(value_address("2001:db8:9::2", &inner.list[inner.n++]));
    for (; *networks != NULL; networks++)
        assert_null(value_selector(*networks, &remote));
    return (struct environment_facts){ .reason = "connect",
                                       .gateway = &gateway,
                                       .device = "ike2-0",
                                       .mtu = 1400,
                                       .inner = &inner,
                                       .assigned = &assigned,
                                       .remote = &remote };
}

static void reason_gateway_and_device_are_always_there(void **state)
{
    struct environment_facts f = { .reason = "pre-init", .gateway = &gateway, .device = "ike2-0" };

    (void)state;
    assert_null(value_address("2001:db8::1", &gateway));
    environment_make(&e, &f);
    assert_value("reason", "pre-init");
    assert_value("VPNGATEWAY", "2001:db8::1");
    gateway.family = 0; /* its name has not been found yet */
    environment_make(&e, &f);
    assert_unset("VPNGATEWAY");
    assert_value("TUNDEV", "ike2-0");
    assert_unset("INTERNAL_IP4_ADDRESS");
    assert_unset("CISCO_SPLIT_INC");
    assert_null(e.list[e.n]);
}

static void nothing_of_our_own_environment_is_there(void **state)
{
    struct environment_facts f = { .reason = "pre-init" };

    (void)state;
    environment_make(&e, &f);
    assert_int_equal(e.n, 3);
    assert_value("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    assert_non_null(value("VPNPID"));
}

static void split_tunnel_lists_its_networks(void **state)
{
    static const char *const networks[] = { "10.2.0.0/15", "10.7.0.1", "2001:db8:2::/48", NULL };
    struct environment_facts f = facts(networks);

    (void)state;
    environment_make(&e, &f);
    assert_value("INTERNAL_IP4_ADDRESS", "10.9.0.70");
    assert_value("INTERNAL_IP4_MTU", "1400");
    assert_value("INTERNAL_IP6_ADDRESS", "2001:db8:9::2");
    assert_value("INTERNAL_IP6_NETMASK", "2001:db8:9::2/128");
    assert_value("CISCO_SPLIT_INC", "2");
    assert_value("CISCO_SPLIT_INC_0_ADDR", "10.2.0.0");
    assert_value("CISCO_SPLIT_INC_0_MASK", "255.254.0.0");
    assert_value("CISCO_SPLIT_INC_0_MASKLEN", "15");
    assert_value("CISCO_SPLIT_INC_1_MASK", "255.255.255.255");
    assert_value("CISCO_IPV6_SPLIT_INC", "1");
    assert_value("CISCO_IPV6_SPLIT_INC_0_ADDR", "2001:db8:2::");
    assert_value("CISCO_IPV6_SPLIT_INC_0_MASKLEN", "48");
    assert_unset("CISCO_IPV6_SPLIT_INC_0_MASK");
    assert_unset("INTERNAL_IP4_NETMASK");
}

/* Without the number, a script takes the default route. */
static void full_tunnel_lists_none(void **state)
{
    static const char *const everything[] = { "0.0.0.0/0", "::/0", NULL };
    static const char *const only4[] = { "0.0.0.0/0", NULL };
    struct environment_facts f = facts(everything);

    (void)state;
    environment_make(&e, &f);
    assert_unset("CISCO_SPLIT_INC");
    assert_unset("CISCO_IPV6_SPLIT_INC");
    f = facts(only4);
    environment_make(&e, &f);
    assert_unset("CISCO_SPLIT_INC");
    assert_value("CISCO_IPV6_SPLIT_INC", "0");
}

static void range_becomes_prefixes(void **state)
{
    static const char *const one[] = { "10.2.0.1", NULL };
    struct environment_facts f = facts(one);

    (void)state;
    remote.list[0].last[3] = 4; /* 10.2.0.1-10.2.0.4 */
    environment_make(&e, &f);
    assert_value("CISCO_SPLIT_INC", "3");
    assert_value("CISCO_SPLIT_INC_1_ADDR", "10.2.0.2");
    assert_value("CISCO_SPLIT_INC_1_MASKLEN", "31");
}

static void names_and_netmask_are_lists_as_scripts_know_them(void **state)
{
    static const char *const one[] = { "10.2.0.0/16", NULL };
    struct environment_facts f = facts(one);

    (void)state;
    memcpy(assigned.netmask, "\xff\xff\xff\xc0", 4);
    assert_null(value_address("2001:db8:9::2", &assigned.ip6));
    assigned.prefix6 = 64;
    assert_null(value_address("10.2.0.53", &assigned.dns.list[assigned.dns.n++]));
    assert_null(value_address("2001:db8::53", &assigned.dns.list[assigned.dns.n++]));
    assert_null(value_address("10.2.0.54", &assigned.dns.list[assigned.dns.n++]));
    assert_null(value_address("10.2.0.55", &assigned.nbns.list[assigned.nbns.n++]));
    strcpy(assigned.domains[assigned.n_domains++], "corp.example");
    strcpy(assigned.domains[assigned.n_domains++], "example.net");
    environment_make(&e, &f);
    assert_value("INTERNAL_IP4_DNS", "10.2.0.53 10.2.0.54");
    assert_value("INTERNAL_IP6_DNS", "2001:db8::53");
    assert_value("INTERNAL_IP4_NBNS", "10.2.0.55");
    assert_value("INTERNAL_IP4_NETMASK", "255.255.255.192");
    assert_value("INTERNAL_IP4_NETMASKLEN", "26");
    assert_value("INTERNAL_IP4_NETADDR", "10.9.0.64");
    assert_value("INTERNAL_IP6_NETMASK", "2001:db8:9::2/64");
    assert_value("CISCO_DEF_DOMAIN", "corp.example");
    assert_value("CISCO_SPLIT_DNS", "corp.example,example.net");
}

static void network_of_one_address_is_none(void **state)
{
    static const char *const one[] = { "10.2.0.0/16", NULL };
    struct environment_facts f = facts(one);

    (void)state;
    memset(assigned.netmask, 255, 4);
    environment_make(&e, &f);
    assert_unset("INTERNAL_IP4_NETMASK");
    assert_unset("INTERNAL_IP4_NETADDR");
}

/* As much of everything as there can be. */
static void largest_environment_fits(void **state)
{
    static const char *const none[] = { NULL };
    struct environment_facts f = facts(none);
    size_t i;

    (void)state;
    for (i = 0; i < SELECTORS_MAX; i++) {
        assert_null(value_selector(i % 2 == 0 ? "10.0.0.1" : "2001:db8::1", &remote));
        remote.list[i].last[0] = i % 2 == 0 ? 200 : 0xfe;
    }
    for (i = 0; i < ASSIGNED_DOMAINS; i++) {
        memset(assigned.domains[i], 'a', DOMAIN_TEXT - 1);
        assigned.n_domains++;
    }
    environment_make(&e, &f);
    assert_false(e.is_full);
    assert_value("CISCO_SPLIT_INC", "64");
    assert_non_null(value("CISCO_IPV6_SPLIT_INC_63_MASKLEN"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reason_gateway_and_device_are_always_there),
        cmocka_unit_test(nothing_of_our_own_environment_is_there),
        cmocka_unit_test(split_tunnel_lists_its_networks),
        cmocka_unit_test(full_tunnel_lists_none),
        cmocka_unit_test(range_becomes_prefixes),
        cmocka_unit_test(names_and_netmask_are_lists_as_scripts_know_them),
        cmocka_unit_test(network_of_one_address_is_none),
        cmocka_unit_test(largest_environment_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
