/* examples/dataplane/xfrm_event.c, and of talk.c what looks at a message. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>

#include "dataplane/talk.h"
#include "dataplane/xfrm_event.h"

static struct talk_message m;
static struct xfrm_event event;

static bool read_all(void)
{
    return xfrm_event_read(m.header, m.header->nlmsg_len, &event);
}

static void write_acquire(uint8_t proto, uint16_t sport, uint16_t dport)
{
    struct xfrm_user_acquire *a;
    struct xfrm_user_tmpl tmpl = { .reqid = 0x69000007 };

    talk_begin(&m, XFRM_MSG_ACQUIRE, 0);
    a = mnl_nlmsg_put_extra_header(m.header, sizeof *a);
    a->sel.family = AF_INET;
    a->sel.proto = proto;
    memcpy(&a->sel.saddr, "\x0a\x01\x00\x01", 4);
    memcpy(&a->sel.daddr, "\x0a\x02\x00\x01", 4);
    a->sel.sport = htons(sport);
    a->sel.dport = htons(dport);
    a->sel.sport_mask = a->sel.dport_mask = UINT16_MAX;
    mnl_attr_put(m.header, XFRMA_TMPL, sizeof tmpl, &tmpl);
}

static void an_acquire_names_trap_and_packet(void **state)
{
    (void)state;
    write_acquire(6, 1025, 443);
    assert_true(read_all());
    assert_int_equal(event.kind, XFRM_EVENT_ACQUIRE);
    assert_int_equal(event.reqid, 0x69000007);
    assert_int_equal(event.local.type, IKE2_TS_IPV4_ADDR_RANGE);
    assert_memory_equal(event.local.first, "\x0a\x01\x00\x01", 4);
    assert_memory_equal(event.local.last, "\x0a\x01\x00\x01", 4);
    assert_memory_equal(event.remote.first, "\x0a\x02\x00\x01", 4);
    assert_int_equal(event.local.port_first, 1025);
    assert_int_equal(event.local.port_last, 1025);
    assert_int_equal(event.remote.port_first, 443);
    assert_int_equal(event.remote.protocol, 6);
}

static void an_acquire_of_icmp_has_type_and_code(void **state)
{
    (void)state;
    write_acquire(1, 8, 3);
    assert_true(read_all());
    assert_int_equal(event.local.port_first, 0x0803);
    assert_int_equal(event.local.port_last, 0x0803);
    assert_int_equal(event.remote.port_first, 0);
    assert_int_equal(event.remote.port_last, UINT16_MAX);
}

static void an_acquire_of_another_family_is_none(void **state)
{
    struct xfrm_user_acquire *a;

    (void)state;
    write_acquire(6, 1, 2);
    a = mnl_nlmsg_get_payload(m.header);
    a->sel.family = 77;
    assert_false(read_all());
    a->sel.family = AF_INET6;
    assert_true(read_all());
    assert_int_equal(event.remote.type, IKE2_TS_IPV6_ADDR_RANGE);
}

static void an_expire_names_sa_and_limit(void **state)
{
    struct xfrm_user_expire *e;

    (void)state;
    talk_begin(&m, XFRM_MSG_EXPIRE, 0);
    e = mnl_nlmsg_put_extra_header(m.header, sizeof *e);
    e->state.id.spi = htonl(0xc1000001);
    e->state.reqid = 9;
    e->state.curlft.packets = UINT64_C(0x100000002);
    assert_true(read_all());
    assert_int_equal(event.kind, XFRM_EVENT_EXPIRE);
    assert_int_equal(event.spi, 0xc1000001);
    assert_int_equal(event.reqid, 9);
    assert_true(event.packets == UINT64_C(0x100000002));
    assert_false(event.is_hard);
    e->hard = 1;
    assert_true(read_all());
    assert_true(event.is_hard);
}

static void a_mapping_names_sa_and_source(void **state)
{
    struct xfrm_user_mapping *map;

    (void)state;
    talk_begin(&m, XFRM_MSG_MAPPING, 0);
    map = mnl_nlmsg_put_extra_header(m.header, sizeof *map);
    map->id.spi = htonl(0x1001);
    map->id.family = AF_INET;
    map->reqid = 5;
    memcpy(&map->new_saddr, "\xc6\x33\x64\x07", 4);
    map->new_sport = htons(61000);
    assert_true(read_all());
    assert_int_equal(event.kind, XFRM_EVENT_MAPPING);
    assert_int_equal(event.spi, 0x1001);
    assert_int_equal(event.source.family, 4);
    assert_int_equal(event.source.port, 61000);
    assert_memory_equal(event.source.ip, "\xc6\x33\x64\x07\x00", 5);
    map->id.family = 0;
    assert_false(read_all());
}

static void other_messages_are_passed_over(void **state)
{
    (void)state;
    talk_begin(&m, XFRM_MSG_POLEXPIRE, 0);
    (void)mnl_nlmsg_put_extra_header(m.header, 600);
    assert_false(read_all());
    assert_int_equal(event.kind, 0);
}

/* In a block of its own, so that reading behind it is noticed. */
static bool read_cut(size_t len, size_t claimed)
{
    uint8_t *octets = malloc(len);
    bool ok;

    assert_non_null(octets);
    memcpy(octets, m.room.octets, len);
    if (len >= sizeof(struct nlmsghdr))
        ((struct nlmsghdr *)(void *)octets)->nlmsg_len = (uint32_t)claimed;
    ok = len >= sizeof(struct nlmsghdr) &&
         xfrm_event_read((const struct nlmsghdr *)(const void *)octets, len, &event);
    free(octets);
    return ok;
}

static void nothing_is_read_behind_the_end(void **state)
{
    const size_t head = sizeof(struct nlmsghdr) + sizeof(struct xfrm_user_acquire);
    size_t all;

    (void)state;
    write_acquire(6, 1, 2);
    all = m.header->nlmsg_len;
    for (size_t len = 0; len < all; len++) {
        /* What it claims is what there is, and what it claims is more. */
        assert_int_equal(read_cut(len, len), len >= head);
        assert_false(read_cut(len, all));
        if (len < all - sizeof(struct xfrm_user_tmpl))
            assert_int_equal(event.reqid, 0);
    }
    assert_false(read_cut(all, 4));
    assert_true(read_cut(all, all));
}

/* An attribute whose length lies: too short to be one, or beyond the message. */
static void attributes_that_lie_are_passed_over(void **state)
{
    static const uint16_t lengths[] = { 0, 1, 3, 5, 60, 200, UINT16_MAX };
    struct nlattr *attr;

    (void)state;
    write_acquire(6, 1, 2);
    attr = mnl_nlmsg_get_payload_offset(m.header, sizeof(struct xfrm_user_acquire));
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        attr->nla_len = lengths[i];
        assert_true(read_cut(m.header->nlmsg_len, m.header->nlmsg_len));
        assert_int_equal(event.reqid, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acquire_names_trap_and_packet),
        cmocka_unit_test(an_acquire_of_icmp_has_type_and_code),
        cmocka_unit_test(an_acquire_of_another_family_is_none),
        cmocka_unit_test(an_expire_names_sa_and_limit),
        cmocka_unit_test(a_mapping_names_sa_and_source),
        cmocka_unit_test(other_messages_are_passed_over),
        cmocka_unit_test(nothing_is_read_behind_the_end),
        cmocka_unit_test(attributes_that_lie_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
