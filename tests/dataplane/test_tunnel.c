/* examples/dataplane/tunnel.c: what goes through. What does not is in test_tunnel_hostile.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/octets.h"
#include "ends.h"

static struct ends ends;

static int setup(void **state)
{
    (void)state;
    ends_init(&ends, NULL);
    return 0;
}

static int setup_generous(void **state)
{
    const struct tunnel_config config = {
        .may_loop = true, .copy_tos = true, .follow_source = true
    };

    (void)state;
    ends_init(&ends, &config);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ends_clear(&ends);
    return 0;
}

/* One packet from here to there, which arrives as it was. */
static void pass(struct end *from, struct end *to, const struct packet_spec *spec)
{
    size_t n_sent = from->n_sent, n_delivered = to->n_delivered;
    struct packet packet;

    packet_make(&packet, spec);
    end_outbound(from, spec);
    assert_int_equal(from->n_sent, n_sent + 1);
    end_receive(to, from);
    assert_int_equal(to->n_delivered, n_delivered + 1);
    assert_int_equal(to->delivered.len, packet.len);
    assert_memory_equal(to->delivered.octets, packet.octets, packet.len);
}

static void packets_pass_in_both_directions_with_every_cipher(void **state)
{
    const enum test_cipher ciphers[] = { TEST_GCM, TEST_CHACHA, TEST_CBC };

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        const struct packet_spec there = end_packet(&ends.left), back = end_packet(&ends.right);

        ends_install(&ends, ciphers[i], i + 1, true);
        for (int n = 0; n < 3; n++) {
            pass(&ends.left, &ends.right, &there);
            pass(&ends.right, &ends.left, &back);
        }
        assert_int_equal(get_u32(ends.left.sent), 0x2001 + i);
        assert_int_equal(get_u32(ends.left.sent + 4), 3);
        assert_true(end_remove(&ends.left, i + 1, IKE2_HALF_BOTH));
        assert_true(end_remove(&ends.right, i + 1, IKE2_HALF_BOTH));
    }
}

static void packets_are_counted(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct dataplane_counts counts;

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &spec);
    pass(&ends.left, &ends.right, &spec);
    assert_true(tunnel_stats(&ends.left.tunnel, 0x1001, &counts));
    assert_int_equal(counts.packets_out, 2);
    assert_int_equal(counts.octets_out, 128);
    assert_int_equal(counts.sequence_out, 2);
    assert_int_equal(counts.packets_in, 0);
    assert_true(tunnel_stats(&ends.right.tunnel, 0x2001, &counts));
    assert_int_equal(counts.packets_in, 2);
    assert_int_equal(counts.octets_in, 128);
    assert_false(tunnel_stats(&ends.right.tunnel, 0x1001, &counts));
    /* The whole remembers what pairs did that are gone. */
    assert_true(end_remove(&ends.right, 1, IKE2_HALF_BOTH));
    assert_false(tunnel_stats(&ends.right.tunnel, 0x2001, &counts));
    assert_true(tunnel_stats(&ends.right.tunnel, 0, &counts));
    assert_int_equal(counts.packets_in, 2);
}

/* --- Lane ------------------------------------------------------------------------------- */

static void an_installed_pair_receives_and_does_not_send(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, false);
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 0);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_NO_ROUTE), 1);
    assert_true(end_switch(&ends.left, 1));
    assert_true(end_switch(&ends.left, 1));
    pass(&ends.left, &ends.right, &spec);
}

static void a_rekey_loses_nothing_and_keeps_its_routes(void **state)
{
    const struct packet_spec there = end_packet(&ends.left), back = end_packet(&ends.right);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &there);
    ends_install(&ends, TEST_CHACHA, 2, false);
    pass(&ends.left, &ends.right, &there);
    assert_int_equal(get_u32(ends.left.sent), 0x2001);
    /* The left one switches first: both pairs are in use for a while. */
    assert_true(end_switch(&ends.left, 2));
    pass(&ends.left, &ends.right, &there);
    assert_int_equal(get_u32(ends.left.sent), 0x2002);
    pass(&ends.right, &ends.left, &back);
    assert_int_equal(get_u32(ends.right.sent), 0x1001);
    assert_true(end_switch(&ends.right, 2));
    pass(&ends.right, &ends.left, &back);
    assert_int_equal(get_u32(ends.right.sent), 0x1002);
    assert_true(end_remove(&ends.left, 1, IKE2_HALF_OUT));
    assert_true(end_remove(&ends.left, 1, IKE2_HALF_IN));
    assert_true(end_remove(&ends.right, 1, IKE2_HALF_BOTH));
    pass(&ends.left, &ends.right, &there);
    pass(&ends.right, &ends.left, &back);
    assert_string_equal(ends.left.told, "+10.2.0.0/16 ");
    assert_true(end_remove(&ends.left, 2, IKE2_HALF_BOTH));
    assert_string_equal(ends.left.told, "+10.2.0.0/16 -10.2.0.0/16 ");
}

static void a_pair_that_was_switched_off_never_sends_again(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    ends_install(&ends, TEST_GCM, 2, true);
    assert_true(end_remove(&ends.left, 2, IKE2_HALF_OUT));
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 0);
    assert_string_equal(ends.left.told, "+10.2.0.0/16 -10.2.0.0/16 ");
}

static void without_its_outbound_half_a_pair_still_receives(void **state)
{
    const struct packet_spec there = end_packet(&ends.left), back = end_packet(&ends.right);
    struct packet_spec spec = there;

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    assert_true(end_remove(&ends.left, 1, IKE2_HALF_OUT));
    spec = back;
    pass(&ends.right, &ends.left, &spec);
    end_outbound(&ends.left, &there);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_NO_ROUTE), 1);
    assert_false(end_switch(&ends.left, 1));
    /* Three keys are left: its inbound one and both of the other end. */
    assert_int_equal(ends.wrap.keys_alive, 3);
    assert_true(end_remove(&ends.left, 1, IKE2_HALF_IN));
    end_outbound(&ends.right, &back);
    end_receive(&ends.left, &ends.right);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_NO_PAIR), 1);
}

/* RFC 7296 2.23: the same keys and numbers, another way. */
static void a_moved_pair_sends_elsewhere(void **state)
{
    const struct packet_spec there = end_packet(&ends.left);
    ike2_pair pair = end_pair(&ends.left, 1);
    struct fault fault;

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &there);
    pair.encap = IKE2_ENCAP_UDP;
    pair.path.local = test_addr("192.0.2.1", 4500);
    pair.path.remote = test_addr("198.51.100.7", 61000);
    assert_true(tunnel_move(&ends.left.tunnel, &pair, &fault));
    pass(&ends.left, &ends.right, &there);
    assert_int_equal(ends.left.sent_path.remote.port, 61000);
    assert_memory_equal(ends.left.sent_path.remote.ip, "\xc6\x33\x64\x07", 4);
    assert_int_equal(get_u32(ends.left.sent + 4), 2);
    pair.encap = IKE2_ENCAP_NONE;
    assert_false(tunnel_move(&ends.left.tunnel, &pair, &fault));
    pass(&ends.left, &ends.right, &there);
    assert_int_equal(ends.left.sent_path.remote.port, 61000);
    pair.spi_in = 0x9999;
    assert_false(tunnel_move(&ends.left.tunnel, &pair, &fault));
}

static void transport_mode_is_refused(void **state)
{
    struct test_pair pair;
    struct fault fault;

    (void)state;
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, false);
    pair.pair.transport = true;
    assert_false(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    assert_non_null(strstr(fault.text, "xfrm"));
    test_pair_clear(&pair);
}

static void enough_octets_are_time_to_rekey_once(void **state)
{
    const struct packet_spec there = end_packet(&ends.left);
    struct test_pair pair;
    struct fault fault;

    (void)state;
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, false);
    pair.pair.rekey_octets = 2 * 64; /* the length of the packets */
    assert_true(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    assert_true(tunnel_switch(&ends.left.tunnel, &pair.pair, &fault));
    test_pair_clear(&pair);
    end_outbound(&ends.left, &there);
    assert_int_equal(ends.left.n_reports, 0);
    for (int i = 0; i < 3; i++) {
        end_outbound(&ends.left, &there);
        assert_int_equal(ends.left.n_reports, 1);
    }
    assert_int_equal(ends.left.report.kind, DATAPLANE_SOFT);
    assert_int_equal(ends.left.report.spi_in, 0x1001);
}

/* RFC 7296 2.4 */
static void signs_of_life_are_reported_once_a_second(void **state)
{
    static const struct {
        ike2_time at;
        size_t reports;
        uint8_t kind;
    } steps[] = {
        { 5000, 1, DATAPLANE_FIRST_IN }, { 5999, 1, DATAPLANE_FIRST_IN },
        { 6000, 2, DATAPLANE_IN },       { 6500, 2, DATAPLANE_IN },
        { 6999, 2, DATAPLANE_IN },       { 60000, 3, DATAPLANE_IN },
    };
    const struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        end_outbound(&ends.left, &spec);
        end_receive_at(&ends.right, &ends.left, steps[i].at);
        assert_int_equal(ends.right.n_reports, steps[i].reports);
        assert_int_equal(ends.right.report.kind, steps[i].kind);
        assert_int_equal(ends.right.report.spi_in, 0x2001);
    }
    /* What is not authentic is none. */
    end_outbound(&ends.left, &spec);
    ends.left.sent[ends.left.sent_len - 1] ^= 1;
    end_receive_at(&ends.right, &ends.left, 90000);
    assert_int_equal(ends.right.n_reports, 3);
}

static void what_is_not_installed_cannot_be_switched_or_removed(void **state)
{
    (void)state;
    assert_false(end_switch(&ends.left, 1));
    assert_false(end_remove(&ends.left, 1, IKE2_HALF_BOTH));
    ends_install(&ends, TEST_GCM, 1, true);
    assert_true(end_remove(&ends.left, 1, IKE2_HALF_BOTH));
    assert_false(end_remove(&ends.left, 1, IKE2_HALF_BOTH));
}

/* Changes one thing about a pair, which then cannot be installed for a reason with this word. */
static void expect_refused(void (*change)(struct test_pair *p), const char *word)
{
    struct fault fault = { .text = "" };
    struct test_pair pair;

    test_pair_make(&pair, &ends.wrap.table, TEST_CBC, 1, false);
    change(&pair);
    assert_false(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    assert_non_null(strstr(fault.text, word));
    test_pair_clear(&pair);
    assert_null(pairs_find(&ends.left.tunnel.pairs, 0x1001));
}

static void make_ah(struct test_pair *p)
{
    p->pair.protocol = 2;
}

static void make_bare(struct test_pair *p)
{
    p->pair.encap = IKE2_ENCAP_NONE;
}

static void make_esn(struct test_pair *p)
{
    p->pair.esn = true;
}

static void make_loop(struct test_pair *p)
{
    test_pair_add_remote(p, test_ts("192.0.2.2", "192.0.2.2"));
}

static void what_cannot_be_carried_is_refused(void **state)
{
    struct test_pair pair;
    struct fault fault;

    (void)state;
    expect_refused(make_ah, "ESP");
    expect_refused(make_bare, "encapsulation");
    expect_refused(make_esn, "AEAD");
    expect_refused(make_loop, "mark");
    ends_install(&ends, TEST_GCM, 1, false);
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, false);
    assert_false(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    assert_non_null(strstr(fault.text, "already"));
    test_pair_clear(&pair);
}

static void a_host_with_marks_may_have_the_peer_behind_the_tunnel(void **state)
{
    struct test_pair pair;
    struct fault fault;

    (void)state;
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, false);
    make_loop(&pair);
    assert_true(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    test_pair_clear(&pair);
}

static void extended_numbers_pass_their_border(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct test_pair pair;
    struct fault fault;

    (void)state;
    for (int i = 0; i < 2; i++) {
        test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, i == 1);
        pair.pair.esn = true;
        assert_true(tunnel_install(i == 0 ? &ends.left.tunnel : &ends.right.tunnel, &pair.pair,
                                   &fault));
        test_pair_clear(&pair);
    }
    assert_true(end_switch(&ends.left, 1));
    pairs_find(&ends.left.tunnel.pairs, 0x1001)->sequence = UINT32_MAX - 1u;
    replay_update(&pairs_find(&ends.right.tunnel.pairs, 0x2001)->replay, UINT32_MAX - 1u);
    for (int i = 0; i < 4; i++)
        pass(&ends.left, &ends.right, &spec);
    assert_int_equal(get_u32(ends.left.sent + 4), 2);
    assert_int_equal(pairs_find(&ends.right.tunnel.pairs, 0x2001)->replay.top,
                     (uint64_t)UINT32_MAX + 3);
}

/* --- Reports ------------------------------------------------------------------------------ */

static void the_first_packet_is_reported_once(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &spec);
    pass(&ends.left, &ends.right, &spec);
    assert_int_equal(ends.right.n_reports, 1);
    assert_int_equal(ends.right.report.kind, DATAPLANE_FIRST_IN);
    assert_int_equal(ends.right.report.spi_in, 0x2001);
    assert_int_equal(ends.right.report.child, 7);
}

static void numbers_that_run_out_are_reported_and_never_repeat(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct pair *p;

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    p = pairs_find(&ends.left.tunnel.pairs, 0x1001);
    p->sequence = 0xbffffffe;
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_reports, 0);
    end_outbound(&ends.left, &spec);
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_reports, 1);
    assert_int_equal(ends.left.report.kind, DATAPLANE_SOFT);

    p->sequence = UINT32_MAX - 1u;
    end_outbound(&ends.left, &spec);
    assert_int_equal(get_u32(ends.left.sent + 4), UINT32_MAX);
    assert_int_equal(ends.left.n_sent, 4);
    end_outbound(&ends.left, &spec);
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 4);
    assert_int_equal(ends.left.n_reports, 2);
    assert_int_equal(ends.left.report.kind, DATAPLANE_HARD);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_SEQUENCE), 2);
}

/* --- The outer header ------------------------------------------------------------------- */

static void a_new_source_is_followed_if_the_host_wants(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left), back = end_packet(&ends.right);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &spec);
    end_outbound(&ends.left, &spec);
    ends.left.sent_path.local = test_addr("198.51.100.9", 12345);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.report.kind, DATAPLANE_SOURCE);
    assert_int_equal(ends.right.report.path.remote.port, 12345);
    assert_int_equal(ends.right.n_reports, 2);
    end_outbound(&ends.right, &back);
    assert_int_equal(ends.right.sent_path.remote.port, 12345);
    assert_int_equal(ends.right.sent_path.remote.ip[0], 198);
    assert_int_equal(ends.right.sent_path.encap, IKE2_ENCAP_UDP);
    /* Once for each new one. */
    end_outbound(&ends.left, &spec);
    ends.left.sent_path.local = test_addr("198.51.100.9", 12345);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_reports, 2);
}

static void a_new_source_is_only_reported_else(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left), back = end_packet(&ends.right);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    for (int i = 0; i < 2; i++) {
        end_outbound(&ends.left, &spec);
        ends.left.sent_path.local.port = 12345;
        end_receive(&ends.right, &ends.left);
    }
    assert_int_equal(ends.right.n_reports, 2);
    assert_int_equal(ends.right.report.kind, DATAPLANE_SOURCE);
    end_outbound(&ends.right, &back);
    assert_int_equal(ends.right.sent_path.remote.port, 4500);
}

static void the_traffic_class_is_copied_if_the_host_wants(void **state)
{
    struct packet_spec spec = end_packet(&ends.left);
    struct ip_packet parsed;

    (void)state;
    spec.tos = 0xba; /* EF, ECT(0) */
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &spec);
    assert_int_equal(ends.left.sent_tos, 0xba);
    /* A router on the way marks congestion. */
    end_outbound(&ends.left, &spec);
    ends.left.sent_tos |= 3;
    end_receive(&ends.right, &ends.left);
    assert_true(ip_parse(packet_view(&ends.right.delivered), &parsed));
    assert_int_equal(parsed.tos, 0xbb);
    packet_expect_checksum(ends.right.delivered.octets);
}

static void the_traffic_class_stays_inside_else(void **state)
{
    struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    spec.tos = 0xba;
    ends_install(&ends, TEST_GCM, 1, true);
    pass(&ends.left, &ends.right, &spec);
    assert_int_equal(ends.left.sent_tos, 0);
}

/* --- MTU -------------------------------------------------------------------------------- */

static void a_packet_that_is_too_big_is_answered(void **state)
{
    struct packet_spec spec = end_packet(&ends.left);
    const uint8_t *icmp = ends.left.delivered.octets + IP_V4_HEADER;

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    spec.dont_fragment = true;
    spec.len = 1438;
    pass(&ends.left, &ends.right, &spec);
    /* ESP, UDP and IP fill the path: 1500. */
    assert_in_range(ends.left.sent_len + 8 + 20, 1497, 1500);
    spec.len = 1439;
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 1);
    assert_int_equal(ends.left.n_delivered, 1);
    assert_int_equal(icmp[0], 3);
    assert_int_equal(icmp[1], 4);
    assert_int_equal(get_u16(icmp + 6), 1438);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_TOO_BIG), 1);
    /* Without DF it is the outer packet that is fragmented. */
    spec.dont_fragment = false;
    spec.len = 2000;
    pass(&ends.left, &ends.right, &spec);
}

static void a_flood_of_too_big_packets_is_not_answered(void **state)
{
    struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    ends_install(&ends, TEST_GCM, 1, true);
    spec.dont_fragment = true;
    spec.len = 1500;
    for (int i = 0; i < 200; i++)
        end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_delivered, 50);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_TOO_BIG), 200);
}

/* IPv6 inside: 1280 always passes. */
static void ipv6_is_never_asked_for_less_than_1280(void **state)
{
    const struct tunnel_config config = { .path_mtu = 1200 };
    struct packet_spec spec = { .src = "2001:db8:1::1", .dst = "2001:db8:2::1", .len = 1280 };
    struct test_pair pair;
    struct fault fault;

    (void)state;
    ends_clear(&ends);
    ends_init(&ends, &config);
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 1, false);
    test_pair_add_local(&pair, test_ts("2001:db8:1::", "2001:db8:1::ffff"));
    test_pair_add_remote(&pair, test_ts("2001:db8:2::", "2001:db8:2::ffff"));
    assert_true(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    test_pair_clear(&pair);
    assert_true(end_switch(&ends.left, 1));
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 1);
    spec.len = 1281;
    end_outbound(&ends.left, &spec);
    assert_int_equal(ends.left.n_sent, 1);
    assert_int_equal(ends.left.n_delivered, 1);
    assert_int_equal(get_u32(ends.left.delivered.octets + IP_V6_HEADER + 4), 1280);
}

int main(void)
{
#define TEST(name)     cmocka_unit_test_setup_teardown(name, setup, teardown)
#define GENEROUS(name) cmocka_unit_test_setup_teardown(name, setup_generous, teardown)
    const struct CMUnitTest tests[] = {
        TEST(packets_pass_in_both_directions_with_every_cipher),
        TEST(packets_are_counted),
        TEST(an_installed_pair_receives_and_does_not_send),
        TEST(a_rekey_loses_nothing_and_keeps_its_routes),
        TEST(a_pair_that_was_switched_off_never_sends_again),
        TEST(without_its_outbound_half_a_pair_still_receives),
        TEST(a_moved_pair_sends_elsewhere),
        TEST(transport_mode_is_refused),
        TEST(enough_octets_are_time_to_rekey_once),
        TEST(signs_of_life_are_reported_once_a_second),
        TEST(what_is_not_installed_cannot_be_switched_or_removed),
        TEST(what_cannot_be_carried_is_refused),
        GENEROUS(a_host_with_marks_may_have_the_peer_behind_the_tunnel),
        TEST(extended_numbers_pass_their_border),
        TEST(the_first_packet_is_reported_once),
        TEST(numbers_that_run_out_are_reported_and_never_repeat),
        GENEROUS(a_new_source_is_followed_if_the_host_wants),
        TEST(a_new_source_is_only_reported_else),
        GENEROUS(the_traffic_class_is_copied_if_the_host_wants),
        TEST(the_traffic_class_stays_inside_else),
        TEST(a_packet_that_is_too_big_is_answered),
        TEST(a_flood_of_too_big_packets_is_not_answered),
        TEST(ipv6_is_never_asked_for_less_than_1280),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
