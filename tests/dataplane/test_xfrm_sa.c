/* examples/dataplane/xfrm_sa.c and xfrm_policy.c: what the kernel is told is what iproute2 tells
 * it. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>
#include <libmnl/libmnl.h>

#include "dataplane/xfrm_policy.h"
#include "dataplane/xfrm_sa.h"
#include "pairs.h"
#include "support/crypto_wrap.h"
#include "xfrm_golden.h"

static struct crypto_wrap wrap;
static struct test_pair pair;
static struct talk_message m;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    fault.text[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_pair_clear(&pair);
    crypto_wrap_clear(&wrap);
    return 0;
}

/* --- Comparing -------------------------------------------------------------------------- */

/* The golden message as one of libmnl's. */
static struct nlmsghdr *golden(uint16_t type, const uint8_t *octets, size_t len)
{
    static struct talk_message g;

    talk_begin(&g, type, 0);
    memcpy(mnl_nlmsg_put_extra_header(g.header, len), octets, len);
    return g.header;
}

struct search {
    const struct nlattr *like, *found;
    size_t n;
};

static int find_same(const struct nlattr *attr, void *data)
{
    struct search *s = data;

    s->n++;
    if (mnl_attr_get_type(attr) == mnl_attr_get_type(s->like))
        s->found = attr;
    return MNL_CB_OK;
}

static size_t head_of;

/* In any order, but the same octets. */
static int is_ours_too(const struct nlattr *attr, void *data)
{
    struct search s = { .like = attr };
    size_t *n = data;

    (*n)++;
    talk_attributes(m.header, head_of, find_same, &s);
    if (s.found == NULL)
        fail_msg("attribute %u is missing", mnl_attr_get_type(attr));
    assert_int_equal(s.found->nla_len, attr->nla_len);
    assert_memory_equal(mnl_attr_get_payload(s.found), mnl_attr_get_payload(attr),
                        mnl_attr_get_payload_len(attr));
    return MNL_CB_OK;
}

static void equals(const struct nlmsghdr *expected, size_t head)
{
    size_t n = 0;

    head_of = head;
    assert_int_equal(m.header->nlmsg_type, expected->nlmsg_type);
    assert_int_equal(m.header->nlmsg_len, expected->nlmsg_len);
    assert_memory_equal(mnl_nlmsg_get_payload(m.header), mnl_nlmsg_get_payload(expected), head);
    talk_attributes(expected, head, is_ours_too, &n);
    assert_true(n > 0 || expected->nlmsg_len == NLMSG_HDRLEN + head);
}

#define GOLDEN(name) golden(golden_##name##_type, golden_##name, sizeof golden_##name)

/* --- SAs -------------------------------------------------------------------------------- */

static void an_outbound_sa_is_that_of_iproute2(void **state)
{
    struct xfrm_half half = { .pair = &pair.pair, .reqid = 7 };

    (void)state;
    test_pair_make(&pair, &wrap.table, TEST_GCM, 1, false);
    pair.pair.spi_out = 0x2001;
    pair.pair.path.remote.port = 4501;
    pair.pair.rekey_octets = 1000;
    assert_true(xfrm_sa_write(&m, XFRM_MSG_NEWSA, &half, &wrap.table, &fault));
    equals(GOLDEN(outbound_in_udp), sizeof(struct xfrm_usersa_info));
}

static void an_inbound_sa_is_that_of_iproute2(void **state)
{
    struct xfrm_half half = { .pair = &pair.pair, .reqid = 7, .is_inbound = true };

    (void)state;
    test_pair_make(&pair, &wrap.table, TEST_CBC, 1, false);
    pair.pair.path.local = test_addr("2001:db8::1", 500);
    pair.pair.path.remote = test_addr("2001:db8::2", 500);
    pair.pair.encap = IKE2_ENCAP_NONE;
    pair.pair.transport = true;
    pair.pair.esn = true;
    assert_true(xfrm_sa_write(&m, XFRM_MSG_NEWSA, &half, &wrap.table, &fault));
    equals(GOLDEN(inbound_esn), sizeof(struct xfrm_usersa_info));
}

static void requests_about_sas_are_those_of_iproute2(void **state)
{
    const struct xfrm_name name = { .to = test_addr("192.0.2.2", 0), .spi = 0x2001 };
    const ike2_path path = { .local = test_addr("192.0.2.1", 500),
                             .remote = test_addr("192.0.2.2", 500) };

    (void)state;
    xfrm_sa_write_name(&m, XFRM_MSG_DELSA, &name);
    assert_int_equal(m.header->nlmsg_type, golden_delete_sa_type);
    /* iproute2 adds the source, which the kernel does not look at. */
    assert_memory_equal(mnl_nlmsg_get_payload(m.header), golden_delete_sa,
                        sizeof(struct xfrm_usersa_id));
    xfrm_sa_write_reserve(&m, &path, IKE2_PROTOCOL_ESP);
    equals(GOLDEN(reserve), sizeof golden_reserve);
}

/* Once it is used, what counts is when to rekey. */
static void the_first_packets_limit_goes_with_the_first_packet(void **state)
{
    struct xfrm_half half = { .pair = &pair.pair, .is_inbound = true, .is_used = true };
    const struct xfrm_usersa_info *info;

    (void)state;
    test_pair_make(&pair, &wrap.table, TEST_GCM, 1, false);
    pair.pair.rekey_octets = 5000;
    assert_true(xfrm_sa_write(&m, XFRM_MSG_UPDSA, &half, &wrap.table, &fault));
    info = mnl_nlmsg_get_payload(m.header);
    assert_true(info->lft.soft_packet_limit == XFRM_INF);
    assert_int_equal(info->lft.soft_use_expires_seconds, 0);
    assert_int_equal(info->lft.soft_byte_limit, 5000);
    assert_true(info->lft.hard_byte_limit == XFRM_INF);
}

/* RFC 3948 3.1.2, RFC 7296 2.23.1 */
static void the_original_address_goes_along_in_transport_mode(void **state)
{
    struct xfrm_half half = { .pair = &pair.pair, .is_inbound = true };
    struct search s;
    const struct xfrm_encap_tmpl *encap;
    struct nlattr like = { .nla_len = 4, .nla_type = XFRMA_ENCAP };

    (void)state;
    test_pair_make(&pair, &wrap.table, TEST_GCM, 1, false);
    pair.pair.original_remote = test_addr("10.9.8.7", 0);
    for (int i = 0; i < 2; i++) {
        pair.pair.transport = i == 1;
        assert_true(xfrm_sa_write(&m, XFRM_MSG_NEWSA, &half, &wrap.table, &fault));
        s = (struct search){ .like = &like };
        talk_attributes(m.header, sizeof(struct xfrm_usersa_info), find_same, &s);
        assert_non_null(s.found);
        encap = mnl_attr_get_payload(s.found);
        assert_memory_equal(&encap->encap_oa, i == 1 ? "\x0a\x09\x08\x07" : "\0\0\0\0", 4);
    }
}

static void keys_that_stay_where_they_are_make_a_fault(void **state)
{
    struct xfrm_half half = { .pair = &pair.pair };

    (void)state;
    test_pair_make(&pair, &wrap.table, TEST_CBC, 1, false);
    for (uint64_t n = 1; n <= 2; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_UNSUPPORTED);
        assert_false(xfrm_sa_write(&m, XFRM_MSG_NEWSA, &half, &wrap.table, &fault));
        assert_non_null(strstr(fault.text, "keeps its keys"));
    }
}

/* --- Policies --------------------------------------------------------------------------- */

static void policies_are_those_of_iproute2(void **state)
{
    const struct xfrm_wish wish = { .from = test_addr("192.0.2.1", 4500),
                                    .to = test_addr("192.0.2.2", 4500),
                                    .spi = 0x2001,
                                    .reqid = 7 };
    struct xfrm_policy_name name = { .dir = XFRM_POLICY_OUT };

    (void)state;
    name.selector.family = AF_INET;
    memcpy(&name.selector.saddr, "\x0a\x01\x00\x00", 4);
    memcpy(&name.selector.daddr, "\x0a\x02\x00\x00", 4);
    name.selector.prefixlen_s = name.selector.prefixlen_d = 16;
    name.selector.proto = 17;
    name.selector.dport = htons(53);
    name.selector.dport_mask = UINT16_MAX;
    xfrm_policy_write(&m, XFRM_MSG_UPDPOLICY, &name, &wish);
    equals(GOLDEN(policy), sizeof(struct xfrm_userpolicy_info));
    xfrm_policy_write_name(&m, XFRM_MSG_DELPOLICY, &name);
    equals(GOLDEN(delete_policy), sizeof(struct xfrm_userpolicy_id));
}

/* --- Answers ---------------------------------------------------------------------------- */

static struct talk_answer answer;

static void write_answer(uint32_t words, size_t octets)
{
    const struct xfrm_replay replay = { .words = words, .sent = 9, .sent_high = 2, .window = 32 };
    struct xfrm_usersa_info *info;

    talk_begin(&m, XFRM_MSG_NEWSA, 0);
    info = mnl_nlmsg_put_extra_header(m.header, sizeof *info);
    info->id.spi = htonl(0xc1000001);
    info->curlft.packets = 77;
    info->stats.replay = 3;
    mnl_attr_put(m.header, XFRMA_REPLAY_ESN_VAL, octets, &replay);
    answer.len = m.header->nlmsg_len;
    memcpy(answer.room.octets, m.room.octets, answer.len);
}

static void an_sas_progress_is_read(void **state)
{
    struct xfrm_progress p;
    uint32_t spi = 0;

    (void)state;
    write_answer(1, 28);
    assert_true(xfrm_sa_read_spi(&answer, &spi));
    assert_int_equal(spi, 0xc1000001);
    assert_true(xfrm_sa_read(&answer, &p));
    assert_int_equal(p.lifetime.packets, 77);
    assert_int_equal(p.stats.replay, 3);
    assert_true(xfrm_progress_sent(&p) == UINT64_C(0x200000009));
    xfrm_progress_skip(&p);
    assert_true(xfrm_progress_sent(&p) == UINT64_C(0x200000009) + 4096);
}

/* RFC 4303 3.3.3: numbers do not begin anew. */
static void skipped_numbers_do_not_wrap(void **state)
{
    struct xfrm_progress p = { .legacy.oseq = UINT32_MAX - 5 };

    (void)state;
    xfrm_progress_skip(&p);
    assert_int_equal(p.legacy.oseq, UINT32_MAX);
    p = (struct xfrm_progress){ .replay = { .window = 32, .sent = UINT32_MAX } };
    xfrm_progress_skip(&p);
    assert_int_equal(p.replay.sent_high, 1);
    assert_int_equal(p.replay.sent, 4095);
}

static void an_answer_that_lies_is_none(void **state)
{
    struct xfrm_progress p;
    uint32_t spi = 0;
    size_t all;

    (void)state;
    write_answer(2, 28);
    assert_true(xfrm_sa_read(&answer, &p));
    assert_int_equal(p.replay.window, 0);
    write_answer(UINT32_MAX, 28);
    assert_true(xfrm_sa_read(&answer, &p));
    assert_int_equal(p.replay.window, 0);
    write_answer(1, 28);
    all = answer.len;
    for (answer.len = 0; answer.len < all; answer.len++) {
        assert_false(xfrm_sa_read_spi(&answer, &spi));
        assert_false(xfrm_sa_read(&answer, &p));
    }
    answer.room.header.nlmsg_len = 20;
    assert_false(xfrm_sa_read(&answer, &p));
    answer.room.header.nlmsg_len = (uint32_t)all;
    answer.room.header.nlmsg_type = XFRM_MSG_EXPIRE;
    assert_false(xfrm_sa_read(&answer, &p));
    assert_int_equal(spi, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_outbound_sa_is_that_of_iproute2, setup, teardown),
        cmocka_unit_test_setup_teardown(an_inbound_sa_is_that_of_iproute2, setup, teardown),
        cmocka_unit_test(requests_about_sas_are_those_of_iproute2),
        cmocka_unit_test_setup_teardown(the_first_packets_limit_goes_with_the_first_packet, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_original_address_goes_along_in_transport_mode, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(keys_that_stay_where_they_are_make_a_fault, setup,
                                        teardown),
        cmocka_unit_test(policies_are_those_of_iproute2),
        cmocka_unit_test(an_sas_progress_is_read),
        cmocka_unit_test(skipped_numbers_do_not_wrap),
        cmocka_unit_test(an_answer_that_lies_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
