/* What a server has assigned: only what is right in form and sense goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "client/assigned.h"

static struct assigned a;

static ike2_cfg_attr attr(uint16_t type, const void *octets, size_t len)
{
    return (ike2_cfg_attr){ .type = type, .value = { .ptr = octets, .len = len } };
}

static void read_one(uint16_t type, const void *octets, size_t len)
{
    ike2_cfg_attr one = attr(type, octets, len);

    assigned_read(&a, &one, 1);
}

static const uint8_t ip4[] = { 10, 9, 0, 2, 255, 255, 255, 0 };
static const uint8_t ip6[] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 64 };

static void all_that_is_known_is_read(void **state)
{
    static const uint8_t mask[] = { 255, 255, 255, 0 }, dns[] = { 10, 2, 0, 53 };
    const ike2_cfg_attr list[] = {
        attr(IKE2_CFG_INTERNAL_IP4_ADDRESS, ip4, 4),
        attr(IKE2_CFG_INTERNAL_IP4_NETMASK, mask, 4),
        attr(IKE2_CFG_INTERNAL_IP4_DNS, dns, 4),
        attr(IKE2_CFG_INTERNAL_IP6_DNS, ip6, 16),
        attr(IKE2_CFG_INTERNAL_IP4_NBNS, dns, 4),
        attr(IKE2_CFG_INTERNAL_IP6_ADDRESS, ip6, 17),
        attr(IKE2_CFG_INTERNAL_DNS_DOMAIN, "corp.example.org", 16),
        attr(IKE2_CFG_INTERNAL_IP4_SUBNET, ip4, 8),
        attr(IKE2_CFG_INTERNAL_IP6_SUBNET, ip6, 17),
        attr(23456, ip4, 4),
        attr(IKE2_CFG_APPLICATION_VERSION, "\x1b[31m", 5),
    };

    (void)state;
    assigned_read(&a, list, sizeof list / sizeof list[0]);
    assert_int_equal(a.ignored, 0);
    assert_true(assigned_has_address(&a));
    assert_memory_equal(a.ip4.ip, ip4, 4);
    assert_memory_equal(a.netmask, mask, 4);
    assert_memory_equal(a.ip6.ip, ip6, 16);
    assert_int_equal(a.prefix6, 64);
    assert_int_equal(a.dns.n, 2);
    assert_int_equal(a.dns.list[1].family, 6);
    assert_int_equal(a.nbns.n, 1);
    assert_int_equal(a.n_domains, 1);
    assert_string_equal(a.domains[0], "corp.example.org");
    assert_int_equal(a.n_subnets, 2);
    assert_memory_equal(a.subnets[0].first, "\x0a\x09\x00\x00", 4);
    assert_memory_equal(a.subnets[0].last, "\x0a\x09\x00\xff", 4);
    assert_int_equal(a.subnets[1].last[8], 255);
}

/* Every length from 0 to 20, in a block that ends where the value does. */
static void values_of_other_lengths_are_ignored(void **state)
{
    static const struct {
        uint16_t type;
        size_t lens[2];
    } rows[] = {
        { IKE2_CFG_INTERNAL_IP4_ADDRESS, { 4, 4 } },   { IKE2_CFG_INTERNAL_IP4_NETMASK, { 4, 4 } },
        { IKE2_CFG_INTERNAL_IP4_DNS, { 4, 4 } },       { IKE2_CFG_INTERNAL_IP4_NBNS, { 4, 4 } },
        { IKE2_CFG_INTERNAL_IP6_ADDRESS, { 16, 17 } }, { IKE2_CFG_INTERNAL_IP6_DNS, { 16, 16 } },
        { IKE2_CFG_INTERNAL_IP4_SUBNET, { 8, 8 } },    { IKE2_CFG_INTERNAL_IP6_SUBNET, { 17, 17 } },
    };
    size_t i, len;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (len = 0; len <= 20; len++) {
            uint8_t *octets = malloc(len + 1);
            bool fits = len == rows[i].lens[0] || len == rows[i].lens[1];

            assert_non_null(octets);
            memset(octets, rows[i].type == IKE2_CFG_INTERNAL_IP4_NETMASK ? 255 : 32, len + 1);
            if (rows[i].type == IKE2_CFG_INTERNAL_IP4_SUBNET && len == 8)
                memset(octets + 4, 255, 4);
            octets = realloc(octets, len == 0 ? 1 : len);
            read_one(rows[i].type, octets, len);
            assert_int_equal(a.ignored, fits ? 0 : 1);
            free(octets);
        }
    }
}

static void addresses_of_no_host_are_ignored(void **state)
{
    static const uint8_t v4[][4] = { { 0, 0, 0, 0 },   { 127, 0, 0, 1 },       { 224, 0, 0, 1 },
                                     { 240, 0, 0, 1 }, { 255, 255, 255, 255 }, { 0, 1, 2, 3 } };
    static const uint8_t v6[][17] = {
        { 0 }, { [15] = 1 }, { [0] = 0xff, [1] = 2, [15] = 1 }, { [0] = 0xfe, [1] = 0x80, [15] = 1 }
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v4 / sizeof v4[0]; i++) {
        read_one(IKE2_CFG_INTERNAL_IP4_ADDRESS, v4[i], 4);
        assert_int_equal(a.ignored, 1);
        assert_false(assigned_has_address(&a));
        read_one(IKE2_CFG_INTERNAL_IP4_DNS, v4[i], 4);
        assert_int_equal(a.dns.n, 0);
    }
    for (i = 0; i < sizeof v6 / sizeof v6[0]; i++) {
        read_one(IKE2_CFG_INTERNAL_IP6_ADDRESS, v6[i], 17);
        assert_int_equal(a.ignored, 1);
        assert_false(assigned_has_address(&a));
    }
}

static void masks_and_prefixes_that_are_none_are_ignored(void **state)
{
    static const uint8_t mask[] = { 255, 0, 255, 0 }, net[] = { 10, 0, 0, 0, 255, 0, 255, 0 };
    uint8_t long6[17];

    (void)state;
    memcpy(long6, ip6, sizeof long6);
    long6[16] = 129;
    read_one(IKE2_CFG_INTERNAL_IP4_NETMASK, mask, 4);
    assert_int_equal(a.ignored, 1);
    read_one(IKE2_CFG_INTERNAL_IP4_SUBNET, net, 8);
    assert_int_equal(a.ignored, 1);
    read_one(IKE2_CFG_INTERNAL_IP6_ADDRESS, long6, 17);
    assert_int_equal(a.ignored, 1);
    read_one(IKE2_CFG_INTERNAL_IP6_SUBNET, long6, 17);
    assert_int_equal(a.ignored, 1);
}

static void domains_that_mean_something_to_a_shell_are_ignored(void **state)
{
    static const char *const texts[] = { "a;reboot", "$(id)", "a b", "a\nnameserver 10.6.6.6", "" };
    char longest[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        read_one(IKE2_CFG_INTERNAL_DNS_DOMAIN, texts[i], strlen(texts[i]));
        assert_int_equal(a.ignored, 1);
        assert_int_equal(a.n_domains, 0);
    }
    read_one(IKE2_CFG_INTERNAL_DNS_DOMAIN, "a\0b", 3);
    assert_int_equal(a.n_domains, 0);
    memset(longest, 'a', sizeof longest);
    read_one(IKE2_CFG_INTERNAL_DNS_DOMAIN, longest, sizeof longest);
    assert_int_equal(a.n_domains, 0);
}

static void more_than_there_is_room_for_is_ignored(void **state)
{
    ike2_cfg_attr list[64];
    static const uint8_t dns[] = { 10, 2, 0, 53 };
    size_t i;

    (void)state;
    for (i = 0; i < 64; i++)
        list[i] = i % 2 == 0 ? attr(IKE2_CFG_INTERNAL_IP4_DNS, dns, 4)
                             : attr(IKE2_CFG_INTERNAL_DNS_DOMAIN, "a.example", 9);
    assigned_read(&a, list, 64);
    assert_int_equal(a.dns.n, ASSIGNED_SERVERS);
    assert_int_equal(a.n_domains, ASSIGNED_DOMAINS);
    assert_int_equal(a.ignored, 64 - ASSIGNED_SERVERS - ASSIGNED_DOMAINS);
}

static void first_address_of_a_family_counts(void **state)
{
    static const uint8_t other[] = { 10, 9, 0, 3 };
    const ike2_cfg_attr list[] = { attr(IKE2_CFG_INTERNAL_IP4_ADDRESS, ip4, 4),
                                   attr(IKE2_CFG_INTERNAL_IP4_ADDRESS, other, 4) };

    (void)state;
    assigned_read(&a, list, 2);
    assert_int_equal(a.ip4.ip[3], 2);
    assert_int_equal(a.ignored, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_known_is_read),
        cmocka_unit_test(values_of_other_lengths_are_ignored),
        cmocka_unit_test(addresses_of_no_host_are_ignored),
        cmocka_unit_test(masks_and_prefixes_that_are_none_are_ignored),
        cmocka_unit_test(domains_that_mean_something_to_a_shell_are_ignored),
        cmocka_unit_test(more_than_there_is_room_for_is_ignored),
        cmocka_unit_test(first_address_of_a_family_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
