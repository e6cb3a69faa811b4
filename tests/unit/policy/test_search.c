/* lib/policy/search.c: what policies say, and how much a peer can make us do */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/search.h"
#include "support/negotiation.h"

enum { RANDOM_ROUNDS = 20000 };

static struct negotiation n;

static void policy_that_allows_changes_nothing(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    negotiation_refuse(&n, NULL);
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519",
                       "1:aes256gcm16-prfsha256-x25519");
    assert_int_equal(n.n_policy_calls, 1);
}

static void refused_suite_yields_to_the_next_one(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256");
    negotiation_refuse(&n, "aes256gcm16");
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256",
                       "1:aes128gcm16-prfsha384-x25519");
    negotiation_refuse(&n, "prfsha384");
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256",
                       "1:aes256gcm16-prfsha256-x25519");
    negotiation_refuse(&n, "x25519");
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256",
                       "1:aes256gcm16-prfsha384-ecp256");
}

static void refused_proposal_yields_to_the_next_one(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes128gcm16-prfsha256-x25519, aes128-sha256-prfsha256-x25519");
    negotiation_refuse(&n, "aes128gcm16");
    negotiation_expect(&n, "aes128gcm16-prfsha256-x25519, aes128-sha256-prfsha256-x25519",
                       "2:aes128-sha256-prfsha256-x25519");
}

static void each_of_two_policies_can_refuse(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    negotiation_refuse(&n, "aes256gcm16");
    n.args.policies[1] = n.args.policies[0];
    n.args.policies[0] = NULL;
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
}

static void policy_that_refuses_all_leaves_nothing(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    negotiation_refuse(&n, "prfsha256");
    negotiation_expect_none(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    assert_int_equal(n.n_policy_calls, 4);
}

static void policy_refuses_the_wanted_method_alone(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519-ecp256");
    negotiation_refuse(&n, "ecp256");
    n.args.wanted_ke = IKE2_KE_ECP_256;
    negotiation_expect(&n, "aes256gcm16-prfsha256-x25519-ecp256",
                       "1:aes256gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes256gcm16-prfsha256-x25519, aes256gcm16-prfsha256-ecp256",
                       "1:aes256gcm16-prfsha256-x25519");
}

static const char *refuse_in_turn(void *user, const ike2_policy_query *query)
{
    unsigned *n_calls = user;

    (void)query;
    return (*n_calls)++ == 0 ? "the first" : "a later one";
}

static void first_refusal_is_kept(void **state)
{
    unsigned n_calls = 0;
    ike2_policy policy = IKE2_INIT(ike2_policy);
    struct search s = { .args = &n.args };
    struct offers offers;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    policy.user = &n_calls;
    policy.refuse = refuse_in_turn;
    n.args.policies[1] = &policy;
    ike2_offers_read(&n.args, &offers);
    assert_false(ike2_search_run(
        &s, &offers, negotiation_offer(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519")));
    assert_int_equal(n_calls, 2);
    assert_string_equal(s.refusal, "the first");
}

static void suite_that_cannot_protect_is_passed_over(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    n.weak = "aes256gcm16";
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
    n.weak = "prfsha256";
    negotiation_expect_none(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519");
}

static void policy_is_asked_about_the_peers_answer(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    negotiation_refuse(&n, "aes256gcm16");
    assert_int_equal(ike2_select_check(&n.args,
                                       negotiation_offer(&n, "aes256gcm16-prfsha256-x25519"), &s),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(ike2_select_check(&n.args,
                                       negotiation_offer(&n, "aes128gcm16-prfsha256-x25519"), &s),
                     IKE2_OK);
}

/* 4 * 4 * 6 candidates in each of 60 proposals. */
static void peer_cannot_make_us_ask_without_end(void **state)
{
    static const char all[] = "aes128-sha1-sha256-sha384-sha512-prfsha1-prfsha256-prfsha384-"
                              "prfsha512-x25519-ecp256-ecp384-ecp521-modp2048-modp3072";
    static char offer[60 * (sizeof all + 2)];

    (void)state;
    for (size_t i = 0; i < 60; i++)
        strcat(strcat(offer, i == 0 ? "" : ", "), all);
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, all);
    negotiation_refuse(&n, "aes128");
    negotiation_expect_none(&n, offer);
    assert_int_equal(n.n_policy_calls, SEARCH_QUERIES_MAX);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Whatever is chosen is one of ours, and what is echoed is what the suite holds. */
static void expect_sound(const struct selection *s)
{
    assert_true(s->n_transforms >= 3 && s->n_transforms <= 5);
    for (size_t i = 0; i < s->n_transforms; i++) {
        const ike2_transform *t = &s->transforms[i];
        bool is_ours = false;

        assert_false(t->strange);
        for (size_t k = 0; k < n.args.ours.n; k++)
            for (size_t j = 0; j < n.ours[k].n_transforms; j++)
                is_ours = is_ours || ike2_transform_equal(&n.ours[k].transforms[j], t);
        assert_true(is_ours);
    }
}

static void changed_octets_never_yield_what_is_not_ours(void **state)
{
    static const char offer[] = "aes256gcm16-aes128gcm16-prfsha256-prfsha384-x25519-ecp256, "
                                "aes256-aes128-sha256-sha384-prfsha256-x25519-modp2048";
    struct selection s;
    struct refusal refusal;
    uint32_t seed = 1;
    size_t n_chosen = 0;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-prfsha384-x25519, aes128-sha256-prfsha256-modp2048");
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        ike2_bytes body = negotiation_offer(&n, offer);

        for (uint32_t flips = next_random(&seed) % 4 + 1; flips > 0; flips--)
            n.offer[next_random(&seed) % body.len] ^= (uint8_t)(1u << next_random(&seed) % 8);
        if (ike2_select(&n.args, body, &s) == IKE2_OK) {
            expect_sound(&s);
            n_chosen++;
        }
        (void)!ike2_select_check(&n.args, body, &s);
        ike2_select_explain(&n.args, body, &refusal);
    }
    assert_true(n_chosen > 0 && n_chosen < RANDOM_ROUNDS);
}

static void random_octets_are_never_a_choice(void **state)
{
    struct selection s;
    struct refusal refusal;
    uint32_t seed = 2;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha384-x25519");
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        ike2_bytes body = { .ptr = n.offer, .len = next_random(&seed) % 200 };

        for (size_t i = 0; i < body.len; i++)
            n.offer[i] = (uint8_t)next_random(&seed);
        assert_int_not_equal(ike2_select(&n.args, body, &s), IKE2_OK);
        assert_int_not_equal(ike2_select_check(&n.args, body, &s), IKE2_OK);
        ike2_select_explain(&n.args, body, &refusal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_that_allows_changes_nothing),
        cmocka_unit_test(refused_suite_yields_to_the_next_one),
        cmocka_unit_test(refused_proposal_yields_to_the_next_one),
        cmocka_unit_test(each_of_two_policies_can_refuse),
        cmocka_unit_test(policy_that_refuses_all_leaves_nothing),
        cmocka_unit_test(policy_refuses_the_wanted_method_alone),
        cmocka_unit_test(first_refusal_is_kept),
        cmocka_unit_test(suite_that_cannot_protect_is_passed_over),
        cmocka_unit_test(policy_is_asked_about_the_peers_answer),
        cmocka_unit_test(peer_cannot_make_us_ask_without_end),
        cmocka_unit_test(changed_octets_never_yield_what_is_not_ours),
        cmocka_unit_test(random_octets_are_never_a_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
