/* examples/dataplane/tunnel.c: what is dropped, and what that leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/octets.h"
#include "ends.h"
#include "memory.h"

static struct ends ends;

static int setup(void **state)
{
    (void)state;
    ends_init(&ends, NULL);
    ends_install(&ends, TEST_GCM, 1, true);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ends_clear(&ends);
    return 0;
}

/* A good packet of the left end, which has not come in yet. */
static void send_one(void)
{
    const struct packet_spec spec = end_packet(&ends.left);

    end_outbound(&ends.left, &spec);
}

/* What the left end sent last comes in, and is dropped for this reason. */
static void expect_dropped(enum dataplane_drop why)
{
    uint64_t before = end_dropped(&ends.right, why);
    size_t n_delivered = ends.right.n_delivered;

    end_receive(&ends.right, &ends.left);
    assert_int_equal(end_dropped(&ends.right, why), before + 1);
    assert_int_equal(ends.right.n_delivered, n_delivered);
}

static void a_replayed_packet_is_dropped(void **state)
{
    struct dataplane_counts counts;

    (void)state;
    send_one();
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
    expect_dropped(DATAPLANE_DROP_REPLAY);
    assert_true(tunnel_stats(&ends.right.tunnel, 0x2001, &counts));
    assert_int_equal(counts.dropped[DATAPLANE_DROP_REPLAY], 1);
}

static void a_packet_older_than_the_window_is_dropped(void **state)
{
    struct end early;

    (void)state;
    send_one();
    early = ends.left;
    pairs_find(&ends.left.tunnel.pairs, 0x1001)->sequence += REPLAY_WINDOW - 1;
    send_one();
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
    ends.left.sent_len = early.sent_len;
    memcpy(ends.left.sent, early.sent, early.sent_len);
    expect_dropped(DATAPLANE_DROP_REPLAY);
}

static void forged_packets_do_not_move_the_window(void **state)
{
    struct pair *p = pairs_find(&ends.right.tunnel.pairs, 0x2001);

    (void)state;
    send_one();
    put_u32(ends.left.sent + 4, 0xfffffff0);
    expect_dropped(DATAPLANE_DROP_ICV);
    assert_int_equal(p->replay.top, 0);
    assert_false(p->is_used);
    assert_int_equal(ends.right.n_reports, 0);
    put_u32(ends.left.sent + 4, 1);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    send_one();
    for (size_t bit = 0; bit < ends.left.sent_len * 8; bit++) {
        ends.left.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        end_receive(&ends.right, &ends.left);
        ends.left.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(ends.right.n_delivered, 0);
    assert_int_equal(end_dropped(&ends.right, DATAPLANE_DROP_NO_PAIR), 32);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
}

static void every_truncation_is_dropped(void **state)
{
    size_t full;

    (void)state;
    send_one();
    full = ends.left.sent_len;
    for (ends.left.sent_len = 0; ends.left.sent_len < full; ends.left.sent_len++)
        end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 0);
    assert_int_equal(end_dropped(&ends.right, DATAPLANE_DROP_NO_PAIR), 0);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
}

static void a_source_is_believed_only_from_new_authentic_packets(void **state)
{
    struct end early;

    (void)state;
    ends.right.tunnel.config.follow_source = true;
    send_one();
    early = ends.left;
    send_one();
    end_receive(&ends.right, &ends.left);
    /* An attacker changes a packet, or sends an old one from elsewhere. */
    ends.left.sent_path.local.port = 666;
    ends.left.sent[20] ^= 1;
    expect_dropped(DATAPLANE_DROP_REPLAY);
    send_one();
    ends.left.sent_path.local.port = 666;
    ends.left.sent[20] ^= 1;
    expect_dropped(DATAPLANE_DROP_ICV);
    early.sent_path.local.port = 666;
    end_receive(&ends.right, &early);
    assert_int_equal(ends.right.n_delivered, 2);
    assert_int_equal(ends.right.n_reports, 1);
    assert_int_equal(pairs_find(&ends.right.tunnel.pairs, 0x2001)->path.remote.port, 4500);
}

/* --- A peer with the right keys ----------------------------------------------------------- */

/* The left end seals whatever it likes. */
static void seal(uint8_t next_header, ike2_bytes octets)
{
    struct pair *p = pairs_find(&ends.left.tunnel.pairs, 0x1001);
    const struct esp_payload payload = { .next_header = next_header, .octets = octets };
    ike2_buffer out = { .ptr = ends.left.sent, .cap = sizeof ends.left.sent };

    assert_int_equal(esp_seal(&p->out, ++p->sequence, &payload, &out), IKE2_OK);
    ends.left.sent_len = out.len;
    ends.left.sent_path = p->path;
}

static void seal_packet(const struct packet_spec *spec)
{
    struct packet packet;

    packet_make(&packet, spec);
    seal(strchr(spec->src, ':') == NULL ? ESP_NEXT_IPV4 : ESP_NEXT_IPV6, packet_view(&packet));
}

static void packets_outside_of_the_selectors_are_dropped(void **state)
{
    struct packet_spec spec = end_packet(&ends.left);

    (void)state;
    spec.src = "10.9.0.1";
    seal_packet(&spec);
    expect_dropped(DATAPLANE_DROP_SELECTOR);
    spec = end_packet(&ends.left);
    spec.dst = "10.3.0.1";
    seal_packet(&spec);
    expect_dropped(DATAPLANE_DROP_SELECTOR);
    /* The way back is no way there. */
    spec = end_packet(&ends.right);
    seal_packet(&spec);
    expect_dropped(DATAPLANE_DROP_SELECTOR);
    spec = (struct packet_spec){ .src = "2001:db8::1", .dst = "2001:db8::2" };
    seal_packet(&spec);
    expect_dropped(DATAPLANE_DROP_SELECTOR);
}

static void malformed_inner_packets_are_dropped(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct packet packet;

    (void)state;
    packet_make(&packet, &spec);
    for (size_t len = 0; len < packet.len; len++) {
        seal(ESP_NEXT_IPV4, (ike2_bytes){ .ptr = packet.octets, .len = len });
        expect_dropped(DATAPLANE_DROP_INNER);
    }
    /* IPv4 that calls itself IPv6. */
    seal(ESP_NEXT_IPV6, packet_view(&packet));
    expect_dropped(DATAPLANE_DROP_INNER);
    /* What is dropped is authentic all the same: it cannot be replayed. */
    expect_dropped(DATAPLANE_DROP_REPLAY);
}

static void other_payloads_are_dropped(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct packet packet;

    (void)state;
    packet_make(&packet, &spec);
    seal(17, packet_view(&packet));
    expect_dropped(DATAPLANE_DROP_PADDING);
    seal(ESP_NEXT_NONE, packet_view(&packet));
    expect_dropped(DATAPLANE_DROP_DUMMY);
    seal(ESP_NEXT_NONE, (ike2_bytes){ 0 });
    expect_dropped(DATAPLANE_DROP_DUMMY);
}

static void tfc_padding_is_cut_off(void **state)
{
    const struct packet_spec spec = end_packet(&ends.left);
    struct packet packet;

    (void)state;
    packet_make(&packet, &spec);
    packet.len = 1000;
    seal(ESP_NEXT_IPV4, packet_view(&packet));
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
    assert_int_equal(ends.right.delivered.len, 64);
}

static void congestion_that_cannot_be_expressed_is_a_loss(void **state)
{
    (void)state;
    send_one();
    ends.left.sent_tos = 3;
    expect_dropped(DATAPLANE_DROP_ECN);
}

/* --- Our own side ------------------------------------------------------------------------- */

static void an_interface_that_takes_nothing_is_counted(void **state)
{
    (void)state;
    ends.right.refuses = true;
    send_one();
    expect_dropped(DATAPLANE_DROP_DEVICE);
}

static void malformed_packets_of_the_host_are_dropped(void **state)
{
    const uint8_t junk[] = { 0x45, 0, 0, 100 };

    (void)state;
    tunnel_outbound(&ends.left.tunnel, 0, (ike2_bytes){ .ptr = junk, .len = sizeof junk });
    tunnel_outbound(&ends.left.tunnel, 0, (ike2_bytes){ .ptr = junk, .len = 0 });
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_INNER), 2);
    assert_int_equal(ends.left.n_sent, 0);
}

static void a_failing_provider_loses_packets_and_no_numbers_twice(void **state)
{
    (void)state;
    crypto_wrap_fail_at(&ends.wrap, 1, IKE2_ERR_CRYPTO);
    send_one();
    assert_int_equal(ends.left.n_sent, 0);
    assert_int_equal(end_dropped(&ends.left, DATAPLANE_DROP_CRYPTO), 1);
    crypto_wrap_fail_at(&ends.wrap, 0, IKE2_OK);
    send_one();
    assert_int_equal(get_u32(ends.left.sent + 4), 2);
    crypto_wrap_fail_at(&ends.wrap, 1, IKE2_ERR_CRYPTO);
    expect_dropped(DATAPLANE_DROP_CRYPTO);
    crypto_wrap_fail_at(&ends.wrap, 0, IKE2_OK);
    end_receive(&ends.right, &ends.left);
    assert_int_equal(ends.right.n_delivered, 1);
}

static void without_memory_nothing_is_installed_or_switched(void **state)
{
    struct test_pair pair;
    struct fault fault;
    const ike2_pair second = end_pair(&ends.left, 2);

    (void)state;
    test_pair_make(&pair, &ends.wrap.table, TEST_GCM, 2, false);
    memory_fail_at(1);
    assert_false(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    assert_null(pairs_find(&ends.left.tunnel.pairs, 0x1002));
    assert_true(tunnel_install(&ends.left.tunnel, &pair.pair, &fault));
    test_pair_clear(&pair);
    memory_fail_at(1);
    assert_false(tunnel_switch(&ends.left.tunnel, &second, &fault));
    /* The old pair goes on. */
    send_one();
    assert_int_equal(get_u32(ends.left.sent), 0x2001);
    assert_true(tunnel_switch(&ends.left.tunnel, &second, &fault));
    send_one();
    assert_int_equal(get_u32(ends.left.sent), 0x2002);
}

static void a_tunnel_without_memory_or_random_octets_is_none(void **state)
{
    const struct tunnel_config config = ends.left.tunnel.config;
    static struct tunnel tunnel;
    struct fault fault;

    (void)state;
    for (uint64_t n = 1; n <= 3; n++) {
        memory_fail_at(n);
        assert_false(tunnel_init(&tunnel, &config, &fault));
    }
    crypto_wrap_fail_at(&ends.wrap, 1, IKE2_ERR_CRYPTO);
    assert_false(tunnel_init(&tunnel, &config, &fault));
    crypto_wrap_fail_at(&ends.wrap, 0, IKE2_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_replayed_packet_is_dropped),
        TEST(a_packet_older_than_the_window_is_dropped),
        TEST(forged_packets_do_not_move_the_window),
        TEST(every_flipped_bit_is_noticed),
        TEST(every_truncation_is_dropped),
        TEST(a_source_is_believed_only_from_new_authentic_packets),
        TEST(packets_outside_of_the_selectors_are_dropped),
        TEST(malformed_inner_packets_are_dropped),
        TEST(other_payloads_are_dropped),
        TEST(tfc_padding_is_cut_off),
        TEST(congestion_that_cannot_be_expressed_is_a_loss),
        TEST(an_interface_that_takes_nothing_is_counted),
        TEST(malformed_packets_of_the_host_are_dropped),
        TEST(a_failing_provider_loses_packets_and_no_numbers_twice),
        TEST(without_memory_nothing_is_installed_or_switched),
        TEST(a_tunnel_without_memory_or_random_octets_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
