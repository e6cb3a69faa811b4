/* lib/policy/narrow.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/narrow.h"

enum { SELECTORS_MAX = 255, HEADER_OCTETS = 4, RANDOM_ROUNDS = 20000 };

static uint8_t body_octets[4 + SELECTORS_MAX * 40 + HEADER_OCTETS];
static struct selectors result;
static char said[4096];

/* 10.0.`a`.0 to 10.0.`b`.255 with the protocol and ports given. */
static ike2_ts v4(uint8_t a, uint8_t b, uint8_t protocol, uint16_t first, uint16_t last)
{
    return (ike2_ts){ .type = IKE2_TS_IPV4_ADDR_RANGE, .protocol = protocol,
                      .port_first = first, .port_last = last,
                      .first = { 10, 0, a, 0 }, .last = { 10, 0, b, 255 } };
}

static ike2_ts net4(uint8_t a, uint8_t b)
{
    return v4(a, b, 0, 0, 65535);
}

static ike2_ts net6(uint8_t a, uint8_t b)
{
    ike2_ts ts = { .type = IKE2_TS_IPV6_ADDR_RANGE, .port_last = 65535,
                   .first = { 0x20, 0x01, 0x0d, 0xb8, a }, .last = { 0x20, 0x01, 0x0d, 0xb8, b } };

    memset(ts.last + 5, 0xff, 11);
    return ts;
}

static ike2_bytes body_of(const ike2_ts *ts, size_t n)
{
    ike2_writer w;
    ike2_bytes payload = { 0 };

    ike2_writer_init(&w, body_octets, sizeof body_octets);
    ike2_ts_write(&w, IKE2_PAYLOAD_TSI, ts, n);
    assert_int_equal(ike2_writer_end(&w, &payload), IKE2_OK);
    return (ike2_bytes){ payload.ptr + HEADER_OCTETS, payload.len - HEADER_OCTETS };
}

/* What the peer's payload asks for, cut down to `ours`. */
static ike2_err narrow(ike2_bytes body, const ike2_ts *ours, size_t n_ours, struct selectors *out)
{
    static struct selectors theirs, allowed;
    ike2_err err = ike2_selectors_read(body, &theirs);

    memcpy(allowed.ts, ours, n_ours * sizeof *ours);
    allowed.n = n_ours;
    if (err == IKE2_OK)
        ike2_narrow(&theirs, &allowed, out);
    return err;
}

static const char *narrowed(const ike2_ts *asked, size_t n_asked, const ike2_ts *ours,
                            size_t n_ours)
{
    assert_int_equal(narrow(body_of(asked, n_asked), ours, n_ours, &result), IKE2_OK);
    ike2_selectors_text(result.ts, result.n, said, sizeof said);
    return said;
}

/* One selector on each side, in both orders. */
static void expect_pair(ike2_ts a, ike2_ts b, const char *common)
{
    assert_string_equal(narrowed(&a, 1, &b, 1), common);
    assert_string_equal(narrowed(&b, 1, &a, 1), common);
}

static void addresses_are_intersected(void **state)
{
    ike2_ts host = net4(1, 1);

    (void)state;
    host.last[3] = 0;
    expect_pair(net4(0, 255), net4(1, 1), "10.0.1.0/24");
    expect_pair(net4(1, 4), net4(3, 9), "10.0.3.0-10.0.4.255");
    expect_pair(net4(1, 1), net4(2, 2), "");
    expect_pair(host, host, "10.0.1.0");
    expect_pair(host, net4(0, 3), "10.0.1.0");
    expect_pair(net4(1, 2), net4(2, 2), "10.0.2.0/24");
    expect_pair(net6(0, 0xff), net6(1, 1), "2001:db8:100::/40");
    expect_pair(net6(0, 3), net6(2, 9), "2001:db8:200::/39");
}

static void families_have_nothing_in_common(void **state)
{
    ike2_ts four = net4(0, 255), six = net6(0, 255);

    (void)state;
    expect_pair(four, six, "");
    memset(six.first, 0, sizeof six.first);
    expect_pair(four, six, "");
}

static void protocols_are_intersected(void **state)
{
    (void)state;
    expect_pair(v4(1, 1, 0, 0, 65535), v4(1, 1, 6, 0, 65535), "10.0.1.0/24[tcp]");
    expect_pair(v4(1, 1, 17, 0, 65535), v4(1, 1, 17, 0, 65535), "10.0.1.0/24[udp]");
    expect_pair(v4(1, 1, 17, 0, 65535), v4(1, 1, 6, 0, 65535), "");
}

static void ports_are_intersected(void **state)
{
    (void)state;
    expect_pair(v4(1, 1, 6, 0, 65535), v4(1, 1, 6, 80, 80), "10.0.1.0/24[tcp/80]");
    expect_pair(v4(1, 1, 6, 100, 200), v4(1, 1, 6, 150, 300), "10.0.1.0/24[tcp/150-200]");
    expect_pair(v4(1, 1, 6, 100, 200), v4(1, 1, 6, 201, 300), "");
    expect_pair(v4(1, 1, 0, 0, 65535), v4(1, 1, 6, 443, 443), "10.0.1.0/24[tcp/443]");
}

static void icmp_types_and_codes_are_ports(void **state)
{
    (void)state;
    expect_pair(v4(1, 1, 1, 0x0000, 0xffff), v4(1, 1, 1, 0x0800, 0x08ff),
                "10.0.1.0/24[icmp/8]");
    expect_pair(v4(1, 1, 1, 0x0300, 0x0800), v4(1, 1, 1, 0x0303, 0x0303),
                "10.0.1.0/24[icmp/3(3)]");
    expect_pair(v4(1, 1, 1, 0x0800, 0x08ff), v4(1, 1, 1, 0x0000, 0x00ff), "");
}

static void opaque_ports_are_no_range(void **state)
{
    (void)state;
    expect_pair(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 65535, 0), "10.0.1.0/24[tcp/opaque]");
    expect_pair(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 0, 65535), "10.0.1.0/24[tcp/opaque]");
    expect_pair(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 80, 80), "");
    expect_pair(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 0, 65534), "");
    expect_pair(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 65535, 65535), "");
}

static void reversed_range_has_nothing_in_common(void **state)
{
    (void)state;
    expect_pair(net4(5, 2), net4(0, 255), "");
    expect_pair(net4(5, 2), net4(5, 2), "");
    expect_pair(v4(1, 1, 6, 200, 100), v4(1, 1, 6, 0, 65535), "");
}

static void first_choice_comes_first(void **state)
{
    const ike2_ts asked[] = { v4(7, 7, 6, 80, 80), net4(1, 3), net6(1, 1) };
    const ike2_ts ours[] = { net6(0, 255), net4(0, 255) };

    (void)state;
    assert_string_equal(narrowed(asked, 3, ours, 2),
                        "10.0.7.0/24[tcp/80], 10.0.1.0-10.0.3.255, 2001:db8:100::/40");
}

static void each_of_ours_within_a_wide_request_is_returned(void **state)
{
    const ike2_ts asked = net4(0, 255);
    const ike2_ts ours[] = { net4(1, 1), net4(9, 9), net6(1, 1) };

    (void)state;
    assert_string_equal(narrowed(&asked, 1, ours, 3), "10.0.1.0/24, 10.0.9.0/24");
}

static void what_another_one_contains_is_left_out(void **state)
{
    const ike2_ts asked[] = { v4(1, 1, 6, 80, 80), net4(1, 1), net4(1, 1), net4(0, 3) };
    const ike2_ts wide = net4(0, 255);
    const ike2_ts twice[] = { net4(1, 1), net4(0, 255) };

    (void)state;
    assert_string_equal(narrowed(asked, 2, &wide, 1), "10.0.1.0/24");
    assert_string_equal(narrowed(asked + 1, 2, &wide, 1), "10.0.1.0/24");
    assert_string_equal(narrowed(asked, 4, &wide, 1), "10.0.0.0/22");
    assert_string_equal(narrowed(asked, 1, twice, 2), "10.0.1.0/24[tcp/80]");
}

static void opaque_is_contained_in_any(void **state)
{
    const ike2_ts asked[] = { v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 0, 65535) };
    const ike2_ts ours = net4(0, 255);

    (void)state;
    assert_string_equal(narrowed(asked, 2, &ours, 1), "10.0.1.0/24[tcp]");
    assert_string_equal(narrowed(asked, 1, &ours, 1), "10.0.1.0/24[tcp/opaque]");
}

static void unknown_type_is_passed_over(void **state)
{
    const ike2_ts asked[] = { { .type = IKE2_TS_SECLABEL,
                                .label = { (const uint8_t *)"label", 5 } }, net4(1, 1) };
    const ike2_ts ours[] = { asked[0], net4(0, 255) };

    (void)state;
    assert_string_equal(narrowed(asked, 2, ours, 2), "10.0.1.0/24");
    assert_string_equal(narrowed(asked, 1, ours, 2), "");
}

/* 64 * 64 intersections, no two of them alike: the peer's first ones stay. */
static void result_is_cut_behind_the_first_choices(void **state)
{
    ike2_ts asked[NARROW_MAX], ours[64];

    (void)state;
    for (size_t i = 0; i < NARROW_MAX; i++)
        asked[i] = net4((uint8_t)i, (uint8_t)i);
    for (size_t i = 0; i < 64; i++)
        ours[i] = v4(0, 255, (uint8_t)(i + 1), 0, 65535);
    (void)narrowed(asked, NARROW_MAX, ours, 64);
    assert_int_equal(result.n, NARROW_MAX);
    for (size_t i = 0; i < NARROW_MAX; i++)
        assert_int_equal(result.ts[i].first[2], 0);

    (void)narrowed(asked, NARROW_MAX, ours, 1);
    assert_int_equal(result.n, NARROW_MAX);
    for (size_t i = 0; i < NARROW_MAX; i++)
        assert_int_equal(result.ts[i].first[2], i);
}

static void wide_selector_still_replaces_in_a_full_list(void **state)
{
    ike2_ts asked[NARROW_MAX / 2 + 1];
    const ike2_ts ours[] = { v4(0, 255, 0, 0, 79), v4(0, 255, 0, 80, 65535) };

    (void)state;
    for (size_t i = 0; i < NARROW_MAX / 2; i++)
        asked[i] = net4((uint8_t)(2 * i), (uint8_t)(2 * i));
    (void)narrowed(asked, NARROW_MAX / 2, ours, 2);
    assert_int_equal(result.n, NARROW_MAX);
    asked[NARROW_MAX / 2] = net4(0, 255);
    (void)narrowed(asked, NARROW_MAX / 2 + 1, ours, 2);
    assert_int_equal(result.n, 2);
}

static void body_that_does_not_parse_is_malformed(void **state)
{
    const ike2_ts asked[] = { net4(1, 1), net6(1, 1) };
    ike2_bytes body = body_of(asked, 2);

    (void)state;
    memset(&result, 0, sizeof result);
    result.n = 99;
    for (size_t len = 0; len < body.len; len++) {
        ike2_bytes cut = { body.ptr, len };

        assert_int_equal(ike2_selectors_read(cut, &result), IKE2_ERR_MALFORMED);
    }
    assert_int_equal(result.n, 99);
}

static void list_is_read_as_it_is(void **state)
{
    const ike2_ts asked[] = { net4(1, 1), net4(1, 1), net6(1, 1),
                              { .type = 77, .label = { (const uint8_t *)"x", 1 } } };

    (void)state;
    assert_int_equal(ike2_selectors_read(body_of(asked, 4), &result), IKE2_OK);
    assert_int_equal(result.n, 4);
    ike2_selectors_text(result.ts, result.n, said, sizeof said);
    assert_string_equal(said, "10.0.1.0/24, 10.0.1.0/24, 2001:db8:100::/40, type 77");
}

static void list_that_is_too_long_is_a_limit(void **state)
{
    ike2_ts asked[NARROW_MAX + 1];

    (void)state;
    for (size_t i = 0; i <= NARROW_MAX; i++)
        asked[i] = net4(1, 1);
    assert_int_equal(ike2_selectors_read(body_of(asked, NARROW_MAX), &result), IKE2_OK);
    assert_int_equal(result.n, NARROW_MAX);
    assert_int_equal(ike2_selectors_read(body_of(asked, NARROW_MAX + 1), &result),
                     IKE2_ERR_LIMIT);
    assert_int_equal(result.n, NARROW_MAX);
}

static bool within(ike2_ts inner, ike2_ts outer)
{
    const struct selectors one = { .ts = { inner }, .n = 1 };

    return ike2_selectors_within(&one, &outer, 1);
}

static void within_means_in_one_of_ours(void **state)
{
    const ike2_ts ours[] = { net4(1, 2), net4(3, 4), net6(1, 1) };
    struct selectors answer = { .ts = { net4(1, 1), net4(4, 4), net6(1, 1) }, .n = 3 };

    (void)state;
    assert_true(ike2_selectors_within(&answer, ours, 3));
    assert_false(ike2_selectors_within(&answer, ours, 2));
    answer.ts[0] = net4(2, 3);
    assert_false(ike2_selectors_within(&answer, ours, 3));
    assert_false(ike2_selectors_within(&answer, ours, 0));
    answer.n = 0;
    assert_true(ike2_selectors_within(&answer, ours, 0));
}

static void within_respects_every_field(void **state)
{
    (void)state;
    assert_true(within(v4(1, 1, 6, 80, 80), v4(1, 1, 6, 80, 80)));
    assert_true(within(v4(1, 1, 6, 80, 80), net4(0, 3)));
    assert_false(within(net4(0, 3), v4(0, 3, 6, 0, 65535)));
    assert_false(within(v4(1, 1, 6, 80, 81), v4(1, 1, 6, 80, 80)));
    assert_false(within(v4(1, 1, 6, 0, 65535), v4(1, 1, 6, 65535, 0)));
    assert_true(within(v4(1, 1, 6, 65535, 0), v4(1, 1, 6, 0, 65535)));
    assert_false(within(net4(5, 2), net4(0, 255)));
    assert_false(within(net4(1, 1), net6(0, 255)));
    assert_false(within((ike2_ts){ .type = 77 }, (ike2_ts){ .type = 77 }));
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Few values, so that they meet. */
static ike2_ts random_ts(uint32_t *seed)
{
    static const uint8_t protocols[] = { 0, 0, 1, 6, 17 };
    static const uint16_t ports[] = { 0, 1, 80, 0x0800, 0x08ff, 65535 };
    ike2_ts ts = next_random(seed) % 4 ? net4(0, 0) : net6(0, 0);

    ts.protocol = protocols[next_random(seed) % 5];
    ts.port_first = ports[next_random(seed) % 6];
    ts.port_last = ports[next_random(seed) % 6];
    if (next_random(seed) % 2) {
        ts.port_first = 0;
        ts.port_last = 65535;
    }
    ts.first[2] = (uint8_t)(next_random(seed) % 4);
    ts.last[2] = (uint8_t)(next_random(seed) % 4);
    ts.first[3] = (uint8_t)(next_random(seed) % 2 ? 128 : 0);
    return ts;
}

static void result_is_within_both_sides(void **state)
{
    uint32_t seed = 3;
    size_t n_found = 0;

    (void)state;
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        ike2_ts asked[6], ours[6];
        size_t n_asked = next_random(&seed) % 6 + 1, n_ours = next_random(&seed) % 6 + 1;

        for (size_t i = 0; i < 6; i++) {
            asked[i] = random_ts(&seed);
            ours[i] = random_ts(&seed);
        }
        (void)narrowed(asked, n_asked, ours, n_ours);
        assert_true(ike2_selectors_within(&result, asked, n_asked));
        assert_true(ike2_selectors_within(&result, ours, n_ours));
        for (size_t i = 0; i < result.n; i++)
            for (size_t k = 0; k < result.n; k++)
                assert_true(i == k || !within(result.ts[i], result.ts[k]));
        n_found += result.n;
    }
    assert_true(n_found > RANDOM_ROUNDS / 4);
}

static bool packet_matches(const ike2_ts *ts, size_t n, const uint8_t ip[4], uint8_t protocol,
                           uint16_t port)
{
    for (size_t i = 0; i < n; i++)
        if (ts[i].type == IKE2_TS_IPV4_ADDR_RANGE &&
            (ts[i].protocol == 0 || ts[i].protocol == protocol) && ts[i].port_first <= port &&
            port <= ts[i].port_last && memcmp(ts[i].first, ip, 4) <= 0 &&
            memcmp(ip, ts[i].last, 4) <= 0)
            return true;
    return false;
}

static void packet_passes_if_both_sides_let_it(void **state)
{
    uint32_t seed = 4;
    size_t n_passed = 0;

    (void)state;
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        uint8_t ip[4] = { 10, 0, (uint8_t)(next_random(&seed) % 4), (uint8_t)next_random(&seed) };
        uint8_t protocol = next_random(&seed) % 2 ? 6 : 17;
        uint16_t port = next_random(&seed) % 2 ? 80 : 0x0880;
        ike2_ts asked[3], ours[3];
        bool both;

        for (size_t i = 0; i < 3; i++) {
            asked[i] = random_ts(&seed);
            ours[i] = random_ts(&seed);
        }
        (void)narrowed(asked, 3, ours, 3);
        both = packet_matches(asked, 3, ip, protocol, port) &&
               packet_matches(ours, 3, ip, protocol, port);
        assert_int_equal(packet_matches(result.ts, result.n, ip, protocol, port), both);
        n_passed += both;
    }
    assert_true(n_passed > 100);
}

static void changed_octets_never_widen(void **state)
{
    const ike2_ts asked[] = { net4(1, 1), net6(1, 1), v4(2, 3, 6, 80, 80) };
    const ike2_ts ours[] = { net4(1, 2), net6(0, 1) };
    uint32_t seed = 5;

    (void)state;
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        ike2_bytes body = body_of(asked, 3);
        size_t at = HEADER_OCTETS + next_random(&seed) % body.len;

        body_octets[at] = (uint8_t)next_random(&seed);
        if (narrow(body, ours, 2, &result) == IKE2_OK)
            assert_true(ike2_selectors_within(&result, ours, 2));
        (void)!ike2_selectors_read(body, &result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_intersected),
        cmocka_unit_test(families_have_nothing_in_common),
        cmocka_unit_test(protocols_are_intersected),
        cmocka_unit_test(ports_are_intersected),
        cmocka_unit_test(icmp_types_and_codes_are_ports),
        cmocka_unit_test(opaque_ports_are_no_range),
        cmocka_unit_test(reversed_range_has_nothing_in_common),
        cmocka_unit_test(first_choice_comes_first),
        cmocka_unit_test(each_of_ours_within_a_wide_request_is_returned),
        cmocka_unit_test(what_another_one_contains_is_left_out),
        cmocka_unit_test(opaque_is_contained_in_any),
        cmocka_unit_test(unknown_type_is_passed_over),
        cmocka_unit_test(result_is_cut_behind_the_first_choices),
        cmocka_unit_test(wide_selector_still_replaces_in_a_full_list),
        cmocka_unit_test(body_that_does_not_parse_is_malformed),
        cmocka_unit_test(list_is_read_as_it_is),
        cmocka_unit_test(list_that_is_too_long_is_a_limit),
        cmocka_unit_test(within_means_in_one_of_ours),
        cmocka_unit_test(within_respects_every_field),
        cmocka_unit_test(result_is_within_both_sides),
        cmocka_unit_test(packet_passes_if_both_sides_let_it),
        cmocka_unit_test(changed_octets_never_widen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
