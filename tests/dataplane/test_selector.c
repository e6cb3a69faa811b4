/* examples/dataplane/selector.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataplane/selector.h"
#include "packets.h"
#include "pairs.h"

enum { UDP = 17, TCP = 6, ICMP = 1 };

/* From 10.1.0.1 to 10.2.0.2. */
static struct packet_spec usual(uint8_t protocol, uint16_t src_port, uint16_t dst_port)
{
    return (struct packet_spec){
        .src = "10.1.0.1", .dst = "10.2.0.2",
        .protocol = protocol, .src_port = src_port, .dst_port = dst_port,
    };
}

static ike2_ts with_ports(ike2_ts ts, uint8_t protocol, uint16_t first, uint16_t last)
{
    ts.protocol = protocol;
    ts.port_first = first;
    ts.port_last = last;
    return ts;
}

/* Does a Child SA with one selector of each side carry the packet? */
static bool carries(ike2_ts local, ike2_ts remote, const struct packet_spec *spec, bool outbound)
{
    struct packet packet;
    struct ip_packet parsed;
    struct selectors s;
    struct flow flow;
    bool fits;

    packet_make(&packet, spec);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    flow = flow_of(&parsed, outbound);
    assert_true(selectors_copy(&s, &local, 1, &remote, 1));
    fits = selectors_fit(&s, &flow);
    selectors_clear(&s);
    return fits;
}

static ike2_ts left(void)
{
    return test_ts("10.1.0.0", "10.1.0.9");
}

static ike2_ts right(void)
{
    return test_ts("10.2.0.2", "10.2.0.2");
}

static void addresses_have_to_be_on_their_sides(void **state)
{
    struct packet_spec spec = usual(UDP, 1, 2);

    (void)state;
    assert_true(carries(left(), right(), &spec, true));
    assert_true(carries(right(), left(), &spec, false));
    assert_false(carries(left(), right(), &spec, false));
    assert_false(carries(right(), left(), &spec, true));
    spec.src = "10.1.0.10";
    assert_false(carries(left(), right(), &spec, true));
    spec.src = "10.1.0.9";
    assert_true(carries(left(), right(), &spec, true));
    spec.dst = "10.2.0.3";
    assert_false(carries(left(), right(), &spec, true));
    spec.dst = "10.2.0.1";
    assert_false(carries(left(), right(), &spec, true));
}

static void families_do_not_mix(void **state)
{
    const struct packet_spec v4 = usual(UDP, 1, 2);
    const struct packet_spec v6 = { .src = "a01::1", .dst = "a02::2" };
    const ike2_ts all_v6 = test_ts("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    const ike2_ts all_v4 = test_ts("0.0.0.0", "255.255.255.255");

    (void)state;
    assert_true(carries(all_v6, all_v6, &v6, true));
    assert_false(carries(all_v4, all_v4, &v6, true));
    assert_false(carries(all_v6, all_v6, &v4, true));
    assert_true(carries(all_v4, all_v4, &v4, true));
}

static void protocol_and_ports_have_to_fit(void **state)
{
    const ike2_ts server = with_ports(right(), TCP, 80, 90);
    struct packet_spec spec = usual(TCP, 5000, 80);

    (void)state;
    assert_true(carries(left(), server, &spec, true));
    spec.dst_port = 90;
    assert_true(carries(left(), server, &spec, true));
    spec.dst_port = 91;
    assert_false(carries(left(), server, &spec, true));
    spec.dst_port = 79;
    assert_false(carries(left(), server, &spec, true));
    spec = usual(UDP, 5000, 80);
    assert_false(carries(left(), server, &spec, true));
    /* From the server's side the port is its own. */
    spec = usual(TCP, 5000, 80);
    assert_true(carries(server, left(), &spec, false));
    spec = usual(TCP, 80, 5000);
    assert_false(carries(server, left(), &spec, false));
}

static void what_has_no_ports_fits_any_and_opaque_only(void **state)
{
    struct packet_spec spec = usual(UDP, 80, 80);

    (void)state;
    spec.offset = 8;
    assert_true(carries(left(), right(), &spec, true));
    assert_true(carries(left(), with_ports(right(), UDP, 0, 65535), &spec, true));
    assert_true(carries(left(), with_ports(right(), UDP, 65535, 0), &spec, true));
    assert_false(carries(left(), with_ports(right(), UDP, 80, 80), &spec, true));
    /* OPAQUE is for nothing else. */
    spec.offset = 0;
    assert_false(carries(left(), with_ports(right(), UDP, 65535, 0), &spec, true));
}

/* RFC 4301 4.4.1.3. */
static void icmp_types_are_ports_of_the_sender(void **state)
{
    const ike2_ts echo_left = with_ports(left(), ICMP, 0x0800, 0x0800);
    const ike2_ts echo_right = with_ports(right(), ICMP, 0x0800, 0x0800);
    const ike2_ts opaque_left = with_ports(left(), ICMP, 65535, 0);
    const ike2_ts opaque_right = with_ports(right(), ICMP, 65535, 0);
    const struct packet_spec echo = usual(ICMP, 0x0800, 1), reply = usual(ICMP, 0, 1);

    (void)state;
    assert_true(carries(left(), right(), &echo, true));
    assert_true(carries(echo_left, echo_right, &echo, true));
    assert_false(carries(echo_left, echo_right, &reply, true));
    /* Sent, not received. */
    assert_true(carries(echo_left, opaque_right, &echo, true));
    assert_false(carries(opaque_left, echo_right, &echo, true));
    assert_false(carries(echo_right, opaque_left, &echo, false));
    assert_true(carries(opaque_right, echo_left, &echo, false));
}

static void any_of_several_selectors_will_do(void **state)
{
    const ike2_ts locals[] = { test_ts("10.9.0.0", "10.9.0.9"), left() };
    const ike2_ts remotes[] = { test_ts("10.8.0.0", "10.8.0.9"), right() };
    const struct packet_spec spec = usual(UDP, 1, 2);
    struct packet packet;
    struct ip_packet parsed;
    struct selectors s;
    struct flow flow;

    (void)state;
    packet_make(&packet, &spec);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    flow = flow_of(&parsed, true);
    assert_true(selectors_copy(&s, locals, 2, remotes, 2));
    assert_true(selectors_fit(&s, &flow));
    assert_ptr_equal(selectors_local(&s, &flow), &s.local[1]);
    selectors_clear(&s);
    assert_true(selectors_copy(&s, locals, 1, remotes, 2));
    assert_false(selectors_fit(&s, &flow));
    selectors_clear(&s);
    assert_true(selectors_copy(&s, locals, 2, remotes, 1));
    assert_false(selectors_fit(&s, &flow));
    selectors_clear(&s);
}

static void closer_is_by_protocol_then_ports_then_addresses(void **state)
{
    const ike2_ts wide = test_ts("10.0.0.0", "10.255.255.255");
    const ike2_ts narrow = test_ts("10.0.0.128", "10.0.1.1");
    const ike2_ts udp = with_ports(wide, UDP, 0, 65535);
    const ike2_ts dns = with_ports(wide, UDP, 53, 53);
    const ike2_ts opaque = with_ports(wide, UDP, 65535, 0);

    (void)state;
    assert_true(selector_is_closer(&narrow, &wide));
    assert_false(selector_is_closer(&wide, &narrow));
    assert_false(selector_is_closer(&wide, &wide));
    assert_true(selector_is_closer(&udp, &narrow));
    assert_false(selector_is_closer(&narrow, &udp));
    assert_true(selector_is_closer(&dns, &udp));
    assert_true(selector_is_closer(&opaque, &udp));
    assert_false(selector_is_closer(&udp, &dns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_have_to_be_on_their_sides),
        cmocka_unit_test(families_do_not_mix),
        cmocka_unit_test(protocol_and_ports_have_to_fit),
        cmocka_unit_test(what_has_no_ports_fits_any_and_opaque_only),
        cmocka_unit_test(icmp_types_are_ports_of_the_sender),
        cmocka_unit_test(any_of_several_selectors_will_do),
        cmocka_unit_test(closer_is_by_protocol_then_ports_then_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
