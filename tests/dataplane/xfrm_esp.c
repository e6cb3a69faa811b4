/* examples/dataplane/xfrm.c with the ESP of a kernel: two namespaces, each with a data plane
 * `xfrm`. For root only, and for kernels that have ESP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "links.h"
#include "support/octets.h"

enum { KEY_ROOM = 96, SKIPPED = 77 };

static struct links links;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    links_open(&links);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    links_close(&links);
    return 0;
}

/* --- Both ends at a time ---------------------------------------------------------------- */

static struct test_pair pairs[2]; /* the last ones, without keys: left and right */

static struct link_end *end_of(int i)
{
    return i == 0 ? &links.left : &links.right;
}

static void install(enum test_cipher cipher, uint32_t number, uint8_t encap, bool switched)
{
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), cipher, number, encap, &pairs[i]);
        if (!link_install(end_of(i), &pairs[i], switched, &fault))
            fail_msg("%s", fault.text);
        test_pair_clear(&pairs[i]);
    }
}

static ike2_pair named(uint32_t number, int i)
{
    return (ike2_pair){ .child = 7, .spi_in = number + (i == 0 ? 0x1000 : 0x2000) };
}

static void remove_pair(uint32_t number, uint8_t halves)
{
    for (int i = 0; i < 2; i++) {
        const ike2_pair pair = named(number, i);

        assert_true(dataplane_xfrm.remove(end_of(i)->plane, &pair, halves, &fault));
    }
}

static struct dataplane_counts counts(int i, uint32_t number)
{
    struct dataplane_counts c;
    uint32_t spi = number == 0 ? 0 : named(number, i).spi_in;

    assert_true(dataplane_xfrm.stats(end_of(i)->plane, spi, &c));
    return c;
}

static void pass(bool v6, unsigned n)
{
    links_pass(&links.left, &links.right, v6, n);
    links_pass(&links.right, &links.left, v6, n);
}

/* --- Modes and ciphers ------------------------------------------------------------------ */

static void a_tunnel_carries_both_families(void **state)
{
    static const uint8_t encaps[] = { IKE2_ENCAP_NONE, IKE2_ENCAP_UDP };

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        install(TEST_GCM, i + 1, encaps[i], true);
        pass(false, 3);
        pass(true, 2);
        assert_int_equal(counts(0, i + 1).packets_out, 5);
        assert_int_equal(counts(0, i + 1).packets_in, 5);
        assert_int_equal(counts(1, i + 1).sequence_out, 5);
        assert_true(counts(1, i + 1).octets_in >= 5 * 128);
        remove_pair(i + 1, IKE2_HALF_BOTH);
    }
    assert_int_equal(counts(0, 0).packets_out, 10);
}

static void a_tunnel_goes_through_ipv6(void **state)
{
    static const char *const ips[] = { "2001:db8::1", "2001:db8::2" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), TEST_CHACHA, 1, IKE2_ENCAP_UDP, &pairs[i]);
        pairs[i].pair.path.local = test_addr(ips[i], 4500);
        pairs[i].pair.path.remote = test_addr(ips[1 - i], 4500);
        if (!link_install(end_of(i), &pairs[i], true, &fault))
            fail_msg("%s", fault.text);
        test_pair_clear(&pairs[i]);
    }
    pass(false, 2);
    pass(true, 2);
    assert_int_equal(counts(0, 1).packets_in, 4);
}

struct suite {
    uint16_t encr, bits, encr_octets; /* of the key with its salt */
    uint16_t integ, integ_octets;
};

static void set_suite(struct test_pair *p, const struct suite *s, bool is_right)
{
    const ike2_crypto *c = p->crypto;
    ike2_key **const keys[] = { &p->pair.encr_in, &p->pair.encr_out, &p->pair.integ_in,
                                &p->pair.integ_out };
    uint8_t octets[KEY_ROOM];

    test_pair_clear(p);
    p->pair.suite.encr =
        (ike2_transform){ .type = IKE2_TRANSFORM_ENCR, .id = s->encr, .key_bits = s->bits };
    p->pair.suite.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = s->integ };
    for (size_t i = 0; i < 4; i++) {
        size_t len = i < 2 ? s->encr_octets : s->integ_octets;
        bool is_first = (i % 2 == 0) != is_right; /* the left end's inbound key */

        octets_ramp(octets, len, (uint8_t)(is_first ? 1 : 101));
        if (len > 0)
            assert_int_equal(c->key_import(c->user, IKE2_USE_CHILD,
                                           (ike2_bytes){ .ptr = octets, .len = len }, keys[i]),
                             IKE2_OK);
    }
}

static void every_cipher_carries_packets(void **state)
{
    static const struct suite suites[] = {
        { IKE2_ENCR_AES_GCM_8, 128, 20, 0, 0 },
        { IKE2_ENCR_AES_GCM_12, 192, 28, 0, 0 },
        { IKE2_ENCR_AES_GCM_16, 256, 36, 0, 0 },
        { IKE2_ENCR_AES_CCM_8, 128, 19, 0, 0 },
        { IKE2_ENCR_AES_CCM_12, 192, 27, 0, 0 },
        { IKE2_ENCR_AES_CCM_16, 256, 35, 0, 0 },
        { IKE2_ENCR_CHACHA20_POLY1305, 0, 36, 0, 0 },
        { IKE2_ENCR_NULL_AUTH_AES_GMAC, 256, 36, 0, 0 },
        { IKE2_ENCR_AES_CBC, 128, 16, IKE2_INTEG_HMAC_SHA1_96, 20 },
        { IKE2_ENCR_AES_CBC, 256, 32, IKE2_INTEG_HMAC_SHA2_256_128, 32 },
        { IKE2_ENCR_AES_CBC, 192, 24, IKE2_INTEG_HMAC_SHA2_384_192, 48 },
        { IKE2_ENCR_AES_CBC, 128, 16, IKE2_INTEG_HMAC_SHA2_512_256, 64 },
        { IKE2_ENCR_AES_CBC, 128, 16, IKE2_INTEG_AES_XCBC_96, 16 },
        { IKE2_ENCR_AES_CTR, 128, 20, IKE2_INTEG_AES_CMAC_96, 16 },
        { IKE2_ENCR_AES_CTR, 256, 36, IKE2_INTEG_HMAC_SHA2_256_128, 32 },
        { IKE2_ENCR_3DES, 0, 24, IKE2_INTEG_HMAC_SHA1_96, 20 },
        { IKE2_ENCR_NULL, 0, 0, IKE2_INTEG_HMAC_SHA2_256_128, 32 },
        { IKE2_ENCR_CAMELLIA_CBC, 128, 16, IKE2_INTEG_HMAC_SHA2_256_128, 32 },
    };

    (void)state;
    for (uint32_t n = 0; n < sizeof suites / sizeof suites[0]; n++) {
        for (int i = 0; i < 2; i++) {
            link_pair(&links, end_of(i), TEST_GCM, n + 1, IKE2_ENCAP_NONE, &pairs[i]);
            set_suite(&pairs[i], &suites[n], i == 1);
            if (!link_install(end_of(i), &pairs[i], true, &fault))
                fail_msg("encryption %u, integrity %u: %s", suites[n].encr, suites[n].integ,
                         fault.text);
            test_pair_clear(&pairs[i]);
        }
        pass(false, 1);
        assert_int_equal(counts(0, n + 1).packets_in, 1);
        remove_pair(n + 1, IKE2_HALF_BOTH);
    }
}

/* Keys that do not fit each other: nothing arrives, and the kernel counts it. */
static void what_is_not_authentic_is_dropped_and_counted(void **state)
{
    (void)state;
    install(TEST_CBC, 1, IKE2_ENCAP_NONE, true);
    remove_pair(1, IKE2_HALF_BOTH);
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), TEST_GCM, 2, IKE2_ENCAP_NONE, &pairs[i]);
        if (i == 1)
            set_suite(&pairs[i], &(struct suite){ IKE2_ENCR_AES_GCM_16, 128, 20, 0, 0 }, false);
        assert_true(link_install(end_of(i), &pairs[i], true, &fault));
        test_pair_clear(&pairs[i]);
    }
    link_send(&links.left, "10.1.0.1", "10.2.0.1", 9);
    assert_int_equal(counts(1, 2).packets_in, 0);
    assert_int_equal(counts(1, 2).dropped[DATAPLANE_DROP_ICV], 1);
}

/* RFC 7296 1.3.1: between the hosts themselves; RFC 4304. */
static void transport_mode_and_extended_numbers_carry_packets(void **state)
{
    uint8_t encaps[] = { IKE2_ENCAP_NONE, IKE2_ENCAP_UDP };

    (void)state;
    for (uint32_t n = 1; n <= 2; n++) {
        for (int i = 0; i < 2; i++) {
            link_pair(&links, end_of(i), n == 1 ? TEST_GCM : TEST_CBC, n, encaps[n - 1], &pairs[i]);
            pairs[i].pair.transport = true;
            pairs[i].pair.esn = true;
            pairs[i].pair.original_local = test_addr("10.9.9.9", 0);
            /* What stood in the exchange, in front of a NAT: of no use for a kernel. */
            pairs[i].local[0].protocol = pairs[i].remote[0].protocol = 17;
            if (!link_install(end_of(i), &pairs[i], true, &fault))
                fail_msg("%s", fault.text);
            test_pair_clear(&pairs[i]);
        }
        link_send(&links.left, "192.0.2.1", "192.0.2.2", 9);
        link_send(&links.left, "192.0.2.1", "192.0.2.2", 9);
        assert_int_equal(counts(0, n).packets_out, 2);
        assert_int_equal(counts(0, n).sequence_out, 2);
        assert_int_equal(counts(1, n).packets_in, 2);
        remove_pair(n, IKE2_HALF_BOTH);
    }
}

/* --- Rekeying --------------------------------------------------------------------------- */

/* RFC 7296 2.8: each step of it at one end after the other, and no datagram is lost. */
static void rekeying_loses_nothing(void **state)
{
    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_UDP, true);
    pass(false, 2);
    for (uint32_t n = 2; n <= 6; n++) {
        for (int i = 0; i < 2; i++) {
            link_pair(&links, end_of(i), n % 2 == 0 ? TEST_CBC : TEST_GCM, n, IKE2_ENCAP_UDP,
                      &pairs[i]);
            assert_true(link_install(end_of(i), &pairs[i], false, &fault));
            test_pair_clear(&pairs[i]);
            pass(false, 2);
        }
        assert_int_equal(counts(0, n).packets_out, 0);
        for (int i = 0; i < 2; i++) {
            const ike2_pair pair = named(n, i);

            assert_true(dataplane_xfrm.switch_out(end_of(i)->plane, &pair, &fault));
            pass(false, 2);
        }
        remove_pair(n - 1, IKE2_HALF_OUT);
        pass(true, 2);
        remove_pair(n - 1, IKE2_HALF_IN);
        pass(false, 2);
        assert_int_equal(counts(0, n).packets_out, 2 + 2 + 2 + 2);
    }
}

static void the_newest_pair_that_is_left_sends(void **state)
{
    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    install(TEST_GCM, 2, IKE2_ENCAP_NONE, true);
    pass(false, 1);
    assert_int_equal(counts(0, 2).packets_out, 1);
    remove_pair(2, IKE2_HALF_BOTH);
    pass(false, 1);
    assert_int_equal(counts(0, 1).packets_out, 1);
}

/* --- Reports ---------------------------------------------------------------------------- */

static void the_first_packet_is_reported_once(void **state)
{
    const struct dataplane_report *r;

    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    links_pass(&links.left, &links.right, false, 1);
    r = links_wait(&links, &links.right, DATAPLANE_FIRST_IN);
    assert_int_equal(r->spi_in, 0x2001);
    assert_int_equal(r->child, 7);
    links_pass(&links.left, &links.right, false, 5);
    link_poll(&links.right);
    link_poll(&links.left);
    assert_int_equal(links.right.n_reports, 1);
    assert_int_equal(links.left.n_reports, 0);
    assert_int_equal(counts(1, 1).packets_in, 6);
}

static void octets_are_reported_as_time_to_rekey(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), TEST_GCM, 1, IKE2_ENCAP_NONE, &pairs[i]);
        pairs[i].pair.rekey_octets = 1000;
        assert_true(link_install(end_of(i), &pairs[i], true, &fault));
        test_pair_clear(&pairs[i]);
    }
    links_pass(&links.left, &links.right, false, 12);
    assert_int_equal(links_wait(&links, &links.left, DATAPLANE_SOFT)->spi_in, 0x1001);
    (void)links_wait(&links, &links.right, DATAPLANE_FIRST_IN);
    links_pass(&links.left, &links.right, false, 2);
    assert_int_equal(links_wait(&links, &links.right, DATAPLANE_SOFT)->spi_in, 0x2001);
}

/* RFC 7296 2.23: a NAT gives the peer another port. */
static void another_source_is_reported_and_followed(void **state)
{
    const struct dataplane_report *r;
    struct test_pair moved;

    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_UDP, true);
    link_run(&links.left,
             "nft 'add table ip nat; add chain ip nat post { type nat hook postrouting "
             "priority 100; }; add rule ip nat post udp sport 4500 snat to "
             "192.0.2.11:4999'");
    links_pass(&links.left, &links.right, false, 1);
    r = links_wait(&links, &links.right, DATAPLANE_SOURCE);
    assert_int_equal(r->spi_in, 0x2001);
    assert_int_equal(r->path.remote.port, 4999);
    assert_memory_equal(r->path.remote.ip, "\xc0\x00\x02\x0b", 4);
    link_pair(&links, &links.right, TEST_GCM, 1, IKE2_ENCAP_UDP, &moved);
    test_pair_clear(&moved);
    moved.pair.path = r->path;
    if (!dataplane_xfrm.move(links.right.plane, &moved.pair, &fault))
        fail_msg("%s", fault.text);
    pass(false, 2);
    assert_int_equal(counts(1, 1).packets_in, 3);
    assert_int_equal(counts(1, 1).packets_out, 2);
}

/* --- Move ------------------------------------------------------------------------------- */

static void move(uint32_t number, uint8_t encap, const char *left, const char *right, uint16_t port,
                 bool transport)
{
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), TEST_GCM, number, encap, &pairs[i]);
        test_pair_clear(&pairs[i]);
        pairs[i].pair.transport = transport;
        pairs[i].pair.path.local = test_addr(i == 0 ? left : right, i == 0 ? port : 4500);
        pairs[i].pair.path.remote = test_addr(i == 0 ? right : left, i == 0 ? 4500 : port);
        if (!dataplane_xfrm.move(end_of(i)->plane, &pairs[i].pair, &fault))
            fail_msg("%s", fault.text);
    }
}

/* Both ends move; numbers and windows go on, so that what was seen is not accepted again. */
static void a_moved_pair_goes_on_where_it_was(void **state)
{
    uint64_t sent;

    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    pass(false, 5);
    sent = counts(0, 1).sequence_out;
    assert_int_equal(sent, 5);
    move(1, IKE2_ENCAP_NONE, "192.0.2.11", "192.0.2.2", 4500, false);
    pass(false, 2);
    assert_int_equal(counts(0, 1).packets_out, 7);
    assert_int_equal(counts(1, 1).packets_in, 7);
    assert_true(counts(0, 1).sequence_out > sent + 2);
    move(1, IKE2_ENCAP_UDP, "192.0.2.11", "192.0.2.12", 4500, false);
    pass(true, 2);
    move(1, IKE2_ENCAP_NONE, "2001:db8::1", "2001:db8::2", 4500, false);
    pass(false, 2);
    assert_int_equal(counts(1, 1).packets_in, 11);
    assert_int_equal(counts(1, 1).dropped[DATAPLANE_DROP_REPLAY], 0);
}

static void both_pairs_of_a_rekeying_move(void **state)
{
    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    install(TEST_GCM, 2, IKE2_ENCAP_NONE, true);
    pass(false, 1);
    move(1, IKE2_ENCAP_NONE, "192.0.2.11", "192.0.2.12", 4500, false);
    move(2, IKE2_ENCAP_NONE, "192.0.2.11", "192.0.2.12", 4500, false);
    pass(false, 1);
    assert_int_equal(counts(0, 2).packets_out, 2);
    remove_pair(1, IKE2_HALF_BOTH);
    pass(false, 1);
    assert_int_equal(counts(1, 2).packets_in, 3);
}

static void transport_mode_moves_with_its_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        link_pair(&links, end_of(i), TEST_GCM, 1, IKE2_ENCAP_NONE, &pairs[i]);
        pairs[i].pair.transport = true;
        assert_true(link_install(end_of(i), &pairs[i], true, &fault));
        test_pair_clear(&pairs[i]);
    }
    link_send(&links.left, "192.0.2.1", "192.0.2.2", 9);
    move(1, IKE2_ENCAP_NONE, "192.0.2.11", "192.0.2.12", 4500, true);
    link_send(&links.left, "192.0.2.11", "192.0.2.12", 9);
    assert_int_equal(counts(1, 1).packets_in, 2);
}

/* --- From a trap to a tunnel ------------------------------------------------------------ */

static void traffic_waits_for_its_tunnel_and_falls_back_into_the_trap(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const struct dataplane_trap trap = { .tag = 9,
                                         .path.remote = test_addr("192.0.2.2", 500),
                                         .ts_local = &local,
                                         .ts_remote = &remote,
                                         .n_ts_local = 1,
                                         .n_ts_remote = 1 };

    (void)state;
    assert_true(dataplane_xfrm.trap(links.left.plane, &trap, true, &fault));
    link_send(&links.left, "10.1.0.1", "10.2.0.1", 9);
    assert_int_equal(links_wait(&links, &links.left, DATAPLANE_ACQUIRE)->trap, 9);
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    pass(false, 2);
    assert_true(counts(0, 1).packets_out >= 2);
    remove_pair(1, IKE2_HALF_BOTH);
    links.left.n_reports = 0;
    link_send(&links.left, "10.1.0.1", "10.2.0.1", 10);
    link_run(&links.left, "ip xfrm policy | grep -q 'dir out'");
    assert_true(dataplane_xfrm.trap(links.left.plane, &trap, false, &fault));
    pass(false, 1);
}

static void an_spi_of_the_kernel_becomes_a_pair(void **state)
{
    const ike2_path path = { .local = test_addr("192.0.2.1", 500),
                             .remote = test_addr("192.0.2.2", 500) };
    char text[64];

    (void)state;
    link_pair(&links, &links.left, TEST_GCM, 1, IKE2_ENCAP_NONE, &pairs[0]);
    assert_true(dataplane_xfrm.ask_spi(links.left.plane, &path, IKE2_PROTOCOL_ESP,
                                       &pairs[0].pair.spi_in, &fault));
    assert_true(link_install(&links.left, &pairs[0], true, &fault));
    test_pair_clear(&pairs[0]);
    link_pair(&links, &links.right, TEST_GCM, 1, IKE2_ENCAP_NONE, &pairs[1]);
    pairs[1].pair.spi_out = pairs[0].pair.spi_in;
    assert_true(link_install(&links.right, &pairs[1], true, &fault));
    test_pair_clear(&pairs[1]);
    pass(false, 1);
    (void)snprintf(text, sizeof text, "test $(ip xfrm state | grep -c 0x%08x) = 1",
                   pairs[0].pair.spi_in);
    link_run(&links.left, "%s", text);
}

/* A client that is given an address: what it sends comes from there, by a route of ours. */
static void packets_come_from_the_inner_address(void **state)
{
    const ike2_addr inner = test_addr("10.1.0.77", 0);
    char *route;

    (void)state;
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    link_run(&links.left, "ip route del 10.2.0.0/16");
    assert_true(dataplane_xfrm.address(links.left.plane, &inner, true, &fault));
    route = link_read(&links.left, "ip route get 10.2.0.1");
    assert_non_null(strstr(route, "dev wire src 10.1.0.77"));
    free(route);
    link_run(&links.left, "ping -n -c 1 -W 10 10.2.0.1 > /dev/null");
    assert_int_equal(counts(0, 1).packets_out, 1);
    assert_int_equal(counts(0, 1).packets_in, 1);
    remove_pair(1, IKE2_HALF_BOTH);
    link_run(&links.left, "! ip route | grep -q 10.2.0.0");
}

/* A program that was killed: its SAs and policies go on, until the next one has taken its place. */
static void what_was_left_behind_is_replaced(void **state)
{
    (void)state;
    link_run(&links.left,
             "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x9001 reqid "
             "0x68000001 mode tunnel aead 'rfc4106(gcm(aes))' "
             "0x0102030405060708090a0b0c0d0e0f1011121314 128");
    link_run(&links.left, "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out tmpl "
                          "src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x9001 reqid 0x68000001 "
                          "mode tunnel");
    link_run(&links.left,
             "ip xfrm state add src 192.0.2.1 dst 192.0.2.9 proto esp spi 0x9002 reqid "
             "5 mode tunnel aead 'rfc4106(gcm(aes))' "
             "0x0102030405060708090a0b0c0d0e0f1011121314 128");
    install(TEST_GCM, 1, IKE2_ENCAP_NONE, true);
    pass(false, 1);
    link_run(&links.left, "! ip xfrm state | grep -q 0x00009001");
    link_run(&links.left, "ip xfrm state | grep -q 0x00009002");
    link_run(&links.left, "ip xfrm state delete src 192.0.2.1 dst 192.0.2.9 proto esp spi 0x9002");
}

/* --- The kernel ------------------------------------------------------------------------- */

static void need_esp(void)
{
    struct test_pair pair;
    bool ok;

    links_open(&links);
    link_pair(&links, &links.left, TEST_GCM, 1, IKE2_ENCAP_NONE, &pair);
    ok = link_install(&links.left, &pair, false, &fault);
    test_pair_clear(&pair);
    links_close(&links);
    if (ok)
        return;
    (void)printf("SKIP: %s\n", fault.text);
    exit(SKIPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tunnel_carries_both_families, setup, teardown),
        cmocka_unit_test_setup_teardown(a_tunnel_goes_through_ipv6, setup, teardown),
        cmocka_unit_test_setup_teardown(every_cipher_carries_packets, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_authentic_is_dropped_and_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(transport_mode_and_extended_numbers_carry_packets, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(rekeying_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_newest_pair_that_is_left_sends, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_packet_is_reported_once, setup, teardown),
        cmocka_unit_test_setup_teardown(octets_are_reported_as_time_to_rekey, setup, teardown),
        cmocka_unit_test_setup_teardown(another_source_is_reported_and_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_moved_pair_goes_on_where_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(both_pairs_of_a_rekeying_move, setup, teardown),
        cmocka_unit_test_setup_teardown(transport_mode_moves_with_its_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(traffic_waits_for_its_tunnel_and_falls_back_into_the_trap,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_spi_of_the_kernel_becomes_a_pair, setup, teardown),
        cmocka_unit_test_setup_teardown(packets_come_from_the_inner_address, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_left_behind_is_replaced, setup, teardown),
    };

    need_esp();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
