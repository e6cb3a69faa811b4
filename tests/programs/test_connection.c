/* Which connection a peer fits: address, proposals, suite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "common/connection.h"

static struct connection *make(const char *proposal, const char *network)
{
    static struct connection c;

    memset(&c, 0, sizeof c);
    if (proposal != NULL)
        assert_null(value_proposal(proposal, IKE2_PROTOCOL_IKE, &c.ike));
    if (network != NULL)
        assert_null(value_selector(network, &c.remote.networks));
    return &c;
}

static ike2_addr address(const char *text)
{
    ike2_addr a;

    assert_null(value_address(text, &a));
    return a;
}

static void networks_have_ends(void **state)
{
    const struct connection *c = make(NULL, "192.0.2.16/28");
    ike2_addr first = address("192.0.2.16"), last = address("192.0.2.31");
    ike2_addr before = address("192.0.2.15"), behind = address("192.0.2.32");
    ike2_addr v6 = address("2001:db8::1");

    (void)state;
    assert_true(connection_is_from(c, &first));
    assert_true(connection_is_from(c, &last));
    assert_false(connection_is_from(c, &before));
    assert_false(connection_is_from(c, &behind));
    assert_false(connection_is_from(c, &v6));
    assert_true(connection_is_from(make(NULL, NULL), &v6));
}

/* The body of an SA payload that offers this. */
static ike2_bytes offer(const char *text)
{
    static uint8_t room[512];
    static struct proposals p;
    ike2_bytes chain;
    ike2_writer w;

    p.n = 0;
    assert_null(value_proposal(text, IKE2_PROTOCOL_IKE, &p));
    ike2_writer_init(&w, room, sizeof room);
    ike2_sa_write(&w, p.list, p.n);
    assert_int_equal(ike2_writer_end(&w, &chain), IKE2_OK);
    return (ike2_bytes){ .ptr = chain.ptr + 4, .len = chain.len - 4 };
}

static void offer_meets_what_has_one_of_each_type(void **state)
{
    (void)state;
    assert_true(connection_meets(make("aes256gcm16-prfsha384-ecp384", NULL),
                                 offer("aes128gcm16-aes256gcm16-prfsha384-ecp256-ecp384")));
    assert_false(connection_meets(make("aes256gcm16-prfsha384-ecp384", NULL),
                                  offer("aes256gcm16-prfsha384-ecp256")));
    assert_false(connection_meets(make("aes256-sha256-ecp256", NULL),
                                  offer("aes256gcm16-prfsha256-ecp256")));
}

static void without_proposals_the_policy_decides(void **state)
{
    ike2_named_policy cnsa = IKE2_INIT(ike2_named_policy);
    struct connection *c = make(NULL, NULL);

    (void)state;
    assert_true(connection_meets(c, offer("aes128-sha256-modp2048")));
    assert_false(connection_meets(c, offer("aes128-aesxcbc-modp2048")));
    assert_int_equal(ike2_named_policy_find("cnsa", &cnsa), IKE2_OK);
    c->policy = cnsa;
    assert_false(connection_meets(c, offer("aes128-sha256-modp2048")));
    assert_true(connection_meets(c, offer("aes256gcm16-prfsha384-ecp384")));
}

static void malformed_offers_meet_nothing(void **state)
{
    ike2_bytes good = offer("aes256gcm16-prfsha384-ecp384"), cut = good;

    (void)state;
    for (cut.len = 0; cut.len < good.len; cut.len++)
        assert_false(connection_meets(make("aes256gcm16-prfsha384-ecp384", NULL), cut));
    assert_true(connection_meets(make("aes256gcm16-prfsha384-ecp384", NULL), good));
}

static void suite_has_to_be_ours(void **state)
{
    ike2_suite suite = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 256 },
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_384 },
        .ke = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_ECP_384 },
    };

    (void)state;
    assert_true(connection_allows_suite(make("aes256gcm16-prfsha384-ecp384", NULL), &suite));
    assert_true(connection_allows_suite(make(NULL, NULL), &suite));
    suite.encr.key_bits = 128;
    assert_false(connection_allows_suite(make("aes256gcm16-prfsha384-ecp384", NULL), &suite));
    /* What another connection grants, this one does not. */
    suite.ke.id = IKE2_KE_MODP_1024;
    assert_false(connection_allows_suite(make(NULL, NULL), &suite));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_have_ends),
        cmocka_unit_test(offer_meets_what_has_one_of_each_type),
        cmocka_unit_test(without_proposals_the_policy_decides),
        cmocka_unit_test(malformed_offers_meet_nothing),
        cmocka_unit_test(suite_has_to_be_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
