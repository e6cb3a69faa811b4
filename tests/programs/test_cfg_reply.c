/* What a client gets for its Configuration payload: what it asked for, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "server/cfg_reply.h"

enum { MICROSOFT_IP4_SERVER = 23456, MICROSOFT_IP6_SERVER = 23457, TEXT = 1024 };

static void make_grant(struct grant *g)
{
    static const char *const dns[] = { "10.2.0.53", "2001:db8:2::53" };
    size_t i;

    memset(g, 0, sizeof *g);
    for (i = 0; i < 2; i++)
        assert_null(grant_apply(g, OPTION_DNS, dns[i]));
    assert_null(grant_apply(g, OPTION_NBNS, "10.2.0.54"));
    assert_null(grant_apply(g, OPTION_SUBNETS, "10.2.0.0/15"));
    assert_null(grant_apply(g, OPTION_SUBNETS, "2001:db8:2::/47"));
    assert_null(grant_apply(g, OPTION_DOMAINS, "corp.example"));
    assert_null(grant_apply(g, OPTION_NETMASK, "255.255.255.0"));
}

/* "1=0a090002 3=..." */
static const char *text_of(const struct cfg_reply *r)
{
    static char text[TEXT];
    size_t i, j, len = 0;

    text[0] = '\0';
    for (i = 0; i < r->n; i++) {
        len += (size_t)snprintf(text + len, TEXT - len, "%s%u=", i > 0 ? " " : "", r->list[i].type);
        for (j = 0; j < r->list[i].value.len; j++)
            len += (size_t)snprintf(text + len, TEXT - len, "%02x", r->list[i].value.ptr[j]);
    }
    return text;
}

/* Of a client that has got both addresses and asks for these types. */
static const char *reply(const struct grant *g, const uint16_t *types, size_t n)
{
    static struct cfg_reply r;
    ike2_cfg_attr attrs[16] = { 0 };
    struct cfg_request q = { .attrs = attrs, .n = n };
    size_t i;

    for (i = 0; i < n; i++)
        attrs[i].type = types[i];
    assert_null(value_address("10.9.0.2", &q.ip4));
    assert_null(value_address("2001:db8:9::2", &q.ip6));
    cfg_reply_make(&r, &q, g);
    return text_of(&r);
}

#define IP4 "1=0a090002"
#define IP6                                                                                        \
    "8=20010db8000900000000000000000002"                                                           \
    "80"
#define DNS4 "3=0a020035"
#define DNS6 "10=20010db8000200000000000000000053"
#define NETS                                                                                       \
    "13=0a020000"                                                                                  \
    "fffe0000"                                                                                     \
    " 15=20010db8000200000000000000000000"                                                         \
    "2f"

static void what_is_asked_for_is_answered(void **state)
{
    static const uint16_t all[] = {
        IKE2_CFG_INTERNAL_IP4_ADDRESS, IKE2_CFG_INTERNAL_IP4_NETMASK, IKE2_CFG_INTERNAL_IP4_DNS,
        IKE2_CFG_INTERNAL_IP4_NBNS,    IKE2_CFG_INTERNAL_IP6_ADDRESS, IKE2_CFG_INTERNAL_IP6_DNS,
        IKE2_CFG_INTERNAL_DNS_DOMAIN,
    };
    struct grant g;

    (void)state;
    make_grant(&g);
    assert_string_equal(reply(&g, all, 7), IP4 " 2=ffffff00 " IP6 " " DNS4 " " DNS6
                                               " 25=636f72702e6578616d706c65 4=0a020036 " NETS);
}

/* RFC 7296 3.15.2: networks are told without a question. */
static void what_is_not_asked_for_is_not_told_but_for_networks(void **state)
{
    static const uint16_t one[] = { IKE2_CFG_INTERNAL_IP4_ADDRESS, IKE2_CFG_INTERNAL_IP4_DNS };
    struct grant g;

    (void)state;
    make_grant(&g);
    assert_string_equal(reply(&g, one, 2), IP4 " " IP6 " " DNS4 " " NETS);
}

static void what_is_unknown_or_private_is_passed_over(void **state)
{
    static const uint16_t odd[] = {
        MICROSOFT_IP4_SERVER,
        IKE2_CFG_APPLICATION_VERSION,
        IKE2_CFG_INTERNAL_IP4_DHCP,
        MICROSOFT_IP6_SERVER,
        IKE2_CFG_SUPPORTED_ATTRIBUTES,
        0x7fff,
        0,
    };
    struct grant g;

    (void)state;
    make_grant(&g);
    g.subnets.n = 0;
    assert_string_equal(reply(&g, odd, 7), IP4 " " IP6);
}

/* RFC 8598 3.2 */
static void domains_come_with_a_server_that_knows_them(void **state)
{
    static const uint16_t one[] = { IKE2_CFG_INTERNAL_DNS_DOMAIN };
    struct grant g;

    (void)state;
    make_grant(&g);
    g.subnets.n = 0;
    assert_string_equal(reply(&g, one, 1),
                        IP4 " " IP6 " " DNS4 " " DNS6 " 25=636f72702e6578616d706c65");
}

static void client_without_an_address_of_a_family_gets_nothing_that_goes_with_it(void **state)
{
    static const ike2_cfg_attr attrs[] = { { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS },
                                           { .type = IKE2_CFG_INTERNAL_IP4_NETMASK } };
    struct cfg_request q = { .attrs = attrs, .n = 2 };
    struct cfg_reply r;
    struct grant g;

    (void)state;
    make_grant(&g);
    cfg_reply_make(&r, &q, &g);
    assert_int_equal(r.n, 0);
    assert_null(value_address("10.9.0.2", &q.ip4));
    cfg_reply_make(&r, &q, &g);
    assert_string_equal(text_of(&r), IP4 " 2=ffffff00 13=0a020000fffe0000");
}

/* As many of everything as can be configured. */
static void largest_reply_fits(void **state)
{
    static const uint16_t all[] = {
        IKE2_CFG_INTERNAL_IP4_NETMASK, IKE2_CFG_INTERNAL_IP4_DNS,    IKE2_CFG_INTERNAL_IP6_DNS,
        IKE2_CFG_INTERNAL_IP4_NBNS,    IKE2_CFG_INTERNAL_DNS_DOMAIN,
    };
    static char domain[GRANT_DOMAINS_MAX][8];
    ike2_cfg_attr attrs[5] = { 0 };
    struct cfg_request q = { .attrs = attrs, .n = 5 };
    struct cfg_reply r;
    struct grant g = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        attrs[i].type = all[i];
    for (i = 0; i < GRANT_SERVERS_MAX; i++) {
        assert_null(grant_apply(&g, OPTION_DNS, "2001:db8::53"));
        assert_null(grant_apply(&g, OPTION_NBNS, "10.2.0.54"));
    }
    for (i = 0; i < SELECTORS_MAX; i++)
        assert_null(grant_apply(&g, OPTION_SUBNETS, "2001:db8::/32"));
    for (i = 0; i < GRANT_DOMAINS_MAX; i++) {
        (void)snprintf(domain[i], sizeof domain[i], "d%zu", i);
        assert_null(grant_apply(&g, OPTION_DOMAINS, domain[i]));
    }
    assert_null(grant_apply(&g, OPTION_NETMASK, "255.255.255.0"));
    assert_non_null(grant_apply(&g, OPTION_DNS, "2001:db8::53"));
    assert_null(value_address("10.9.0.2", &q.ip4));
    assert_null(value_address("2001:db8:9::2", &q.ip6));
    cfg_reply_make(&r, &q, &g);
    assert_int_equal(r.n, 3 + 2 * GRANT_SERVERS_MAX + SELECTORS_MAX + GRANT_DOMAINS_MAX);
    assert_memory_equal(r.list[r.n - 1].value.ptr, "\x20\x01\x0d\xb8", 4);
}

/* RFC 7296 3.15.1: 0 or 4 octets, 0 or 17; some send 16. Anything else is no wish. */
static void wish_of_any_other_length_is_none(void **state)
{
    static const uint8_t octets[20] = { 10, 9, 0, 7, 1, 1 };
    uint16_t type;
    size_t len;

    (void)state;
    for (type = IKE2_CFG_INTERNAL_IP4_ADDRESS; type <= IKE2_CFG_INTERNAL_IP6_ADDRESS; type += 7) {
        uint8_t family = type == IKE2_CFG_INTERNAL_IP4_ADDRESS ? 4 : 6;

        for (len = 0; len <= sizeof octets; len++) {
            ike2_cfg_attr attr = { .type = type, .value = { .ptr = octets, .len = len } };
            struct cfg_request q = { .attrs = &attr, .n = 1 };
            bool is_wish = family == 4 ? len == 4 : len == 16 || len == 17;
            ike2_addr a;

            assert_true(cfg_request_address(&q, family, &a));
            assert_int_equal(a.family, family);
            assert_int_equal(a.ip[0], is_wish ? 10 : 0);
            assert_false(cfg_request_address(&q, family == 4 ? 6 : 4, &a));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for_is_answered),
        cmocka_unit_test(what_is_not_asked_for_is_not_told_but_for_networks),
        cmocka_unit_test(what_is_unknown_or_private_is_passed_over),
        cmocka_unit_test(domains_come_with_a_server_that_knows_them),
        cmocka_unit_test(client_without_an_address_of_a_family_gets_nothing_that_goes_with_it),
        cmocka_unit_test(largest_reply_fits),
        cmocka_unit_test(wish_of_any_other_length_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
