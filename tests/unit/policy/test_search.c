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

/* --- What a policy sees, and what it cannot do ------------------------------------------- */

/* A policy that judges received proposals, and what it has seen. */
struct judge {
    ike2_policy policy;
    unsigned refused;          /* bit n: refuses proposals of the number n */
    uint8_t numbers[512];      /* of the proposals that it was asked about, in order */
    size_t n_numbers, n_suites;
    bool changes_its_mind;     /* refuses every candidate from the second one on */
};

static const char *refuse_proposal(void *user, const ike2_policy_query *query)
{
    struct judge *j = user;
    size_t n_seen = 0;
    ike2_walk walk;
    ike2_transform t;

    assert_null(query->suite);
    assert_int_equal(query->peer_tag, 7);
    ike2_transform_walk(&walk, query->transforms);
    while (ike2_transform_next(&walk, &t, NULL))
        n_seen++;
    assert_int_equal(n_seen, query->proposal->n_transforms);
    assert_true(j->n_numbers < sizeof j->numbers);
    j->numbers[j->n_numbers++] = query->proposal->number;
    return (j->refused >> (query->proposal->number & 31) & 1) != 0 ? "not this proposal" : NULL;
}

static bool offers_it(ike2_bytes transforms, const ike2_transform *wanted)
{
    ike2_walk walk;
    ike2_transform t;

    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &t, NULL))
        if (ike2_transform_equal(&t, wanted) && !t.strange)
            return true;
    return false;
}

static bool is_ours(const ike2_transform *t)
{
    for (size_t k = 0; k < n.args.ours.n; k++)
        for (size_t i = 0; i < n.ours[k].n_transforms; i++)
            if (ike2_transform_equal(&n.ours[k].transforms[i], t))
                return true;
    return false;
}

/* Each candidate is of ours and of the proposal that is shown with it. */
static const char *refuse_suite(void *user, const ike2_policy_query *query)
{
    const ike2_suite *s = query->suite;
    const ike2_transform *all[] = { &s->encr, &s->integ, &s->prf, &s->ke };
    struct judge *j = user;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i]->type == 0)
            continue;
        assert_true(offers_it(query->transforms, all[i]));
        assert_true(is_ours(all[i]));
    }
    assert_true((j->refused >> (query->proposal->number & 31) & 1) == 0);
    j->n_suites++;
    return j->changes_its_mind && j->n_suites > 1 ? "not any more" : NULL;
}

static void judge_begin(struct judge *j, unsigned refused)
{
    *j = (struct judge){ .refused = refused, .policy = IKE2_INIT(ike2_policy) };
    j->policy.user = j;
    j->policy.refuse = refuse_suite;
    j->policy.refuse_proposal = refuse_proposal;
    n.args.policies[1] = &j->policy;
}

static void policy_sees_each_received_proposal_once(void **state)
{
    static const uint8_t all[] = { 1, 2, 3 };
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519, "
                                             "aes128-sha256-prfsha256-x25519");
    judge_begin(&j, 0);
    negotiation_expect(&n, "des-md5-prfmd5-modp768, aes128-sha256-prfsha256-x25519, "
                           "aes256gcm16-prfsha256-x25519",
                       "3:aes256gcm16-prfsha256-x25519");
    assert_int_equal(j.n_numbers, 3);
    assert_memory_equal(j.numbers, all, sizeof all);
    assert_int_equal(j.n_suites, 1);
}

static void proposal_for_something_else_is_not_asked_about(void **state)
{
    struct selection s;
    struct judge j;
    ike2_bytes body;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    judge_begin(&j, 0);
    body = negotiation_offer(&n, "aes128gcm16-noesn");
    n.offer[5] = IKE2_PROTOCOL_AH;
    assert_int_equal(ike2_select(&n.args, body, &s), IKE2_ERR_UNSUPPORTED);
    assert_int_equal(j.n_numbers, 0);
}

static void proposal_refused_as_such_yields_to_the_next_one(void **state)
{
    struct selection s = { 0 };
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, 1u << 1);
    negotiation_expect(&n, "aes256gcm16-prfsha256-x25519, aes256gcm16-prfsha256-x25519",
                       "2:aes256gcm16-prfsha256-x25519");
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes256gcm16-prfsha256-x25519, "
                                                                "aes256gcm16-prfsha256-x25519"),
                                 &s),
                     IKE2_OK);
    assert_string_equal(s.passed_over.reason, "not this proposal");
    assert_int_equal(s.passed_over.number, 1);
    assert_int_equal(s.passed_over.suite.encr.type, 0);
}

static void all_proposals_refused_leave_nothing_and_say_why(void **state)
{
    struct refusal refusal;
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, 1u << 1);
    negotiation_expect_none(&n, "aes256gcm16-prfsha256-x25519");
    ike2_select_explain(&n.args, negotiation_offer(&n, "aes256gcm16-prfsha256-x25519"), &refusal);
    assert_string_equal(refusal.difference, "not this proposal");
    assert_int_equal(j.n_suites, 0);
}

/* A refused proposal that nothing of ours fits explains nothing. */
static void refusal_of_what_does_not_fit_is_not_the_reason(void **state)
{
    struct refusal refusal;
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, 1u << 1);
    ike2_select_explain(&n.args, negotiation_offer(&n, "aes256gcm16-prfsha256-ecp256"), &refusal);
    assert_string_equal(refusal.difference, "key exchange: offered ecp256; accepted x25519");
}

static void refused_candidate_is_told_with_the_choice(void **state)
{
    struct selection s = { 0 };
    char text[128];

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    negotiation_refuse(&n, "aes256gcm16");
    assert_int_equal(ike2_select(&n.args,
                                 negotiation_offer(&n,
                                                   "aes256gcm16-aes128gcm16-prfsha256-x25519"),
                                 &s),
                     IKE2_OK);
    assert_string_equal(s.passed_over.reason, "not by this policy");
    ike2_suite_words(&s.passed_over.suite, text, sizeof text);
    assert_string_equal(text, "aes256gcm16-prfsha256-x25519");
    negotiation_refuse(&n, NULL);
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes256gcm16-prfsha256-x25519"),
                                 &s),
                     IKE2_OK);
    assert_null(s.passed_over.reason);
}

static void answer_refused_as_a_proposal_is_refused(void **state)
{
    struct selection s = { 0 };
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, 0);
    assert_int_equal(ike2_select_check(&n.args,
                                       negotiation_offer(&n, "aes256gcm16-prfsha256-x25519"), &s),
                     IKE2_OK);
    assert_int_equal(j.n_numbers, 1);
    judge_begin(&j, 1u << 1);
    assert_int_equal(ike2_select_check(&n.args,
                                       negotiation_offer(&n, "aes256gcm16-prfsha256-x25519"), &s),
                     IKE2_ERR_UNSUPPORTED);
}

/* What is said in the answer is what was chosen, whatever a policy thinks by then. */
static void what_is_settled_is_found_again(void **state)
{
    static const char offer[] = "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256, "
                                "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256";
    struct selection first = { 0 }, again = { 0 };
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    judge_begin(&j, 1u << 1);
    j.changes_its_mind = true;
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, offer), &first), IKE2_OK);
    assert_int_equal(first.number, 2);
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, offer), &again),
                     IKE2_ERR_UNSUPPORTED);
    n.args.settled = (struct settled){ &first.suite, first.number };
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, offer), &again), IKE2_OK);
    assert_int_equal(again.number, 2);
    assert_memory_equal(&again.suite, &first.suite, sizeof first.suite);
}

/* Policies that allow what they like get what is common, and nothing else: refuse_suite fails the
 * test where it is asked about more. */
static void policy_cannot_widen(void **state)
{
    static const char words[][24] = { "aes256gcm16", "aes128gcm16", "aes128", "3des", "sha256",
                                      "sha1", "prfsha256", "prfsha1", "x25519", "ecp256",
                                      "modp1024" };
    uint32_t seed = 3;
    size_t n_chosen = 0;
    struct selection s;
    struct judge j;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-prfsha256-x25519, aes128-sha256-prfsha256-ecp256");
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        char offer[512] = "";

        for (int i = 0; i < 10; i++)
            strcat(strcat(offer, i == 0 ? "" : i % 5 == 0 ? ", " : "-"),
                   words[next_random(&seed) % (sizeof words / sizeof words[0])]);
        judge_begin(&j, next_random(&seed) & 6u);
        if (ike2_select(&n.args, negotiation_offer(&n, offer), &s) != IKE2_OK)
            continue;
        expect_sound(&s);
        assert_true((j.refused >> s.number & 1) == 0);
        n_chosen++;
    }
    assert_true(n_chosen > 0 && n_chosen < RANDOM_ROUNDS);
}

/* RFC 7296 3.3.1: there are no more numbers. */
static void proposals_beyond_the_last_number_are_passed_over(void **state)
{
    static char offer[300 * 32];
    struct judge j;

    (void)state;
    for (int i = 0; i < SEARCH_PROPOSALS_MAX; i++)
        strcat(offer, "1:2-2:2-4:2, ");
    strcat(offer, "aes256gcm16-prfsha256-x25519");
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, 0);
    negotiation_expect_none(&n, offer);
    assert_int_equal(j.n_numbers, SEARCH_PROPOSALS_MAX);
    negotiation_expect(&n, offer + strlen("1:2-2:2-4:2, "), "255:aes256gcm16-prfsha256-x25519");
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
        cmocka_unit_test(policy_sees_each_received_proposal_once),
        cmocka_unit_test(proposal_for_something_else_is_not_asked_about),
        cmocka_unit_test(proposal_refused_as_such_yields_to_the_next_one),
        cmocka_unit_test(all_proposals_refused_leave_nothing_and_say_why),
        cmocka_unit_test(refusal_of_what_does_not_fit_is_not_the_reason),
        cmocka_unit_test(refused_candidate_is_told_with_the_choice),
        cmocka_unit_test(answer_refused_as_a_proposal_is_refused),
        cmocka_unit_test(what_is_settled_is_found_again),
        cmocka_unit_test(policy_cannot_widen),
        cmocka_unit_test(proposals_beyond_the_last_number_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
