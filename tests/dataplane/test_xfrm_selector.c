/* examples/dataplane/xfrm_selector.c */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "dataplane/xfrm_selector.h"
#include "memory.h"
#include "pairs.h"

static struct fault fault;
static struct xfrm_selectors s;

static int clear(void **state)
{
    (void)state;
    xfrm_selectors_clear(&s);
    return 0;
}

static bool make(const ike2_ts *local, size_t n_local, const ike2_ts *remote, size_t n_remote)
{
    const struct xfrm_traffic traffic = {
        .local = local, .remote = remote, .n_local = n_local, .n_remote = n_remote
    };

    xfrm_selectors_clear(&s);
    return xfrm_selectors_make(&s, &traffic, &fault);
}

static const char *text(size_t i)
{
    static char out[XFRM_SELECTOR_TEXT];

    xfrm_selector_text(&s.list[i], out);
    return out;
}

static void a_prefix_on_either_side_is_one_selector(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("0.0.0.0", "255.255.255.255");

    (void)state;
    assert_true(make(&local, 1, &remote, 1));
    assert_int_equal(s.n, 1);
    assert_string_equal(text(0), "10.1.0.0/16 -> 0.0.0.0/0");
    assert_int_equal(s.list[0].family, AF_INET);
    assert_int_equal(s.list[0].proto, 0);
    assert_int_equal(s.list[0].sport_mask, 0);
    assert_int_equal(s.list[0].dport_mask, 0);
}

static void ranges_become_prefixes_and_families_stay_apart(void **state)
{
    const ike2_ts local[] = { test_ts("10.1.0.1", "10.1.0.2"),
                              test_ts("2001:db8::", "2001:db8::1") };
    const ike2_ts remote[] = { test_ts("10.2.0.0", "10.2.0.255"), test_ts("fd00::", "fd00::") };

    (void)state;
    assert_true(make(local, 2, remote, 2));
    assert_int_equal(s.n, 3);
    assert_string_equal(text(0), "10.1.0.1/32 -> 10.2.0.0/24");
    assert_string_equal(text(1), "10.1.0.2/32 -> 10.2.0.0/24");
    assert_string_equal(text(2), "2001:db8::/127 -> fd00::/128");
    assert_int_equal(s.list[2].family, AF_INET6);
}

/* Every port of 0 to 65535 is in exactly one block, or in none, as the range says. */
static void ports_are_masks_that_cover_the_range_exactly(void **state)
{
    static const uint16_t ranges[][2] = { { 53, 53 },     { 0, 1023 },      { 1, 65534 },
                                          { 1000, 1999 }, { 65535, 65535 }, { 0, 0 } };
    const ike2_ts local = test_ts("10.1.0.1", "10.1.0.1");
    ike2_ts remote = test_ts("10.2.0.1", "10.2.0.1");

    (void)state;
    remote.protocol = 6;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        remote.port_first = ranges[i][0];
        remote.port_last = ranges[i][1];
        assert_true(make(&local, 1, &remote, 1));
        assert_true(s.n <= 30);
        for (unsigned port = 0; port <= UINT16_MAX; port++) {
            unsigned n = 0;

            for (size_t k = 0; k < s.n; k++)
                n += (port & ntohs(s.list[k].dport_mask)) == ntohs(s.list[k].dport);
            assert_int_equal(n, port >= ranges[i][0] && port <= ranges[i][1]);
        }
    }
}

static void protocols_have_to_agree(void **state)
{
    ike2_ts local[] = { test_ts("10.1.0.1", "10.1.0.1"), test_ts("10.1.0.1", "10.1.0.1") };
    ike2_ts remote = test_ts("10.2.0.1", "10.2.0.1");

    (void)state;
    local[0].protocol = 6;
    local[1].protocol = 17;
    assert_true(make(local, 2, &remote, 1));
    assert_int_equal(s.n, 2);
    remote.protocol = 17;
    assert_true(make(local, 2, &remote, 1));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.list[0].proto, 17);
    remote.protocol = 132;
    assert_false(make(local, 2, &remote, 1));
}

/* RFC 4301 4.4.1.3: the kernel has the type as source port and the code as destination port, in
 * either direction. */
static void types_of_icmp_are_the_kernels_ports(void **state)
{
    ike2_ts local = test_ts("10.1.0.1", "10.1.0.1");
    const ike2_ts remote = test_ts("10.2.0.1", "10.2.0.1");
    struct xfrm_selector in;

    (void)state;
    local.protocol = 1;
    local.port_first = 0x0800;
    local.port_last = 0x08ff;
    assert_true(make(&local, 1, &remote, 1));
    assert_int_equal(s.n, 1);
    assert_int_equal(ntohs(s.list[0].sport), 8);
    assert_int_equal(ntohs(s.list[0].sport_mask), 0xffff);
    assert_int_equal(s.list[0].dport_mask, 0);
    in = xfrm_selector_turn(&s.list[0]);
    assert_int_equal(ntohs(in.sport), 8);
    assert_memory_equal(&in.saddr, "\x0a\x02\x00\x01", 4);
    local.port_first = local.port_last = 0x0301;
    assert_true(make(&local, 1, &remote, 1));
    assert_int_equal(ntohs(s.list[0].sport), 3);
    assert_int_equal(ntohs(s.list[0].dport), 1);
    assert_int_equal(ntohs(s.list[0].dport_mask), 0xffff);
    local.port_first = 0;
    local.port_last = UINT16_MAX;
    assert_true(make(&local, 1, &remote, 1));
    assert_int_equal(s.list[0].sport_mask, 0);
}

static void what_comes_in_has_its_ends_exchanged(void **state)
{
    ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.0.255");
    struct xfrm_selector in;

    (void)state;
    local.protocol = 6;
    local.port_first = local.port_last = 80;
    assert_true(make(&local, 1, &remote, 1));
    in = xfrm_selector_turn(&s.list[0]);
    s.list[0] = in;
    assert_string_equal(text(0), "10.2.0.0/24 -> 10.1.0.0/16");
    assert_int_equal(in.sport_mask, 0);
    assert_int_equal(ntohs(in.dport), 80);
    assert_int_equal(in.dport_mask, 0xffff);
}

/* RFC 7296 2.23.1: whatever was in the exchange, the kernel sees the addresses of the path. */
static void transport_mode_is_between_the_ends_themselves(void **state)
{
    const ike2_path path = { .local = test_addr("192.0.2.1", 4500),
                             .remote = test_addr("198.51.100.7", 4500) };
    ike2_ts local = test_ts("10.0.0.9", "10.0.0.9");
    const ike2_ts remote[] = { test_ts("0.0.0.0", "255.255.255.255"), test_ts("::", "::1") };
    const struct xfrm_traffic traffic = {
        .local = &local, .remote = remote, .n_local = 1, .n_remote = 2, .ends = &path
    };

    (void)state;
    local.protocol = 17;
    local.port_first = local.port_last = 1701;
    assert_true(xfrm_selectors_make(&s, &traffic, &fault));
    assert_int_equal(s.n, 1);
    assert_string_equal(text(0), "192.0.2.1/32 -> 198.51.100.7/32");
    assert_int_equal(s.list[0].proto, 17);
    assert_int_equal(ntohs(s.list[0].sport), 1701);
}

static void closer_selectors_are_looked_at_first(void **state)
{
    ike2_ts local[] = { test_ts("0.0.0.0", "255.255.255.255"), test_ts("10.1.0.0", "10.1.255.255"),
                        test_ts("10.1.0.0", "10.1.255.255"), test_ts("10.1.0.0", "10.1.255.255"),
                        test_ts("10.1.0.1", "10.1.0.1") };
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");

    (void)state;
    local[2].protocol = 6;
    local[3].protocol = 6;
    local[3].port_first = local[3].port_last = 80;
    assert_true(make(local, 5, &remote, 1));
    assert_int_equal(s.n, 5);
    for (size_t i = 1; i < 5; i++)
        assert_true(xfrm_selector_priority(&s.list[i]) < xfrm_selector_priority(&s.list[i - 1]));
}

static void there_is_an_end_to_what_a_peer_can_ask_for(void **state)
{
    const ike2_ts local = test_ts("0.0.0.1", "255.255.255.254");
    const ike2_ts remote = test_ts("0.0.0.1", "255.255.255.254");
    ike2_ts opaque = test_ts("10.1.0.1", "10.1.0.1");
    ike2_ts ports = test_ts("10.1.0.1", "10.1.0.1");

    (void)state;
    assert_false(make(&local, 1, &remote, 1));
    assert_non_null(strstr(fault.text, "3844"));
    assert_null(s.list);
    opaque.port_first = UINT16_MAX;
    opaque.port_last = 0;
    assert_false(make(&opaque, 1, &remote, 1));
    assert_non_null(strstr(fault.text, "OPAQUE"));
    ports.protocol = 6;
    memory_fail_at(1);
    assert_false(make(&ports, 1, &ports, 1));
    assert_string_equal(fault.text, "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_prefix_on_either_side_is_one_selector, clear),
        cmocka_unit_test_teardown(ranges_become_prefixes_and_families_stay_apart, clear),
        cmocka_unit_test_teardown(ports_are_masks_that_cover_the_range_exactly, clear),
        cmocka_unit_test_teardown(protocols_have_to_agree, clear),
        cmocka_unit_test_teardown(types_of_icmp_are_the_kernels_ports, clear),
        cmocka_unit_test_teardown(what_comes_in_has_its_ends_exchanged, clear),
        cmocka_unit_test_teardown(transport_mode_is_between_the_ends_themselves, clear),
        cmocka_unit_test_teardown(closer_selectors_are_looked_at_first, clear),
        cmocka_unit_test_teardown(there_is_an_end_to_what_a_peer_can_ask_for, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
