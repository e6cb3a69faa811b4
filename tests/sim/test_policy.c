/* sim/test_policy.c - what policies see and refuse, in every exchange that negotiates. RFC 7296
 * 1.2, 1.3, 2.7, 2.8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/select.h"
#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

#define BOTH_IKE "aes256gcm16-aes128gcm16-prfsha256-x25519"
#define BOTH_ESP "aes256gcm16-aes128gcm16-x25519-noesn"

enum { TEXT = 128 };

/* A policy that refuses what is named, and remembers the last question about a suite. */
struct judge {
    ike2_policy policy;
    uint8_t protocol;        /* it is about SAs of this one only */
    const char *refused;     /* suites with this word; NULL: none */
    unsigned proposals;      /* bit n: proposals of the number n */
    unsigned patience;       /* refuses everything behind so many questions; 0: never */
    unsigned n_suites, n_proposals;
    bool answer, rekeying, knows_peer, knows_ike, has_proposal;
};

/* RFC 7296 3.2: the message is there, and the proposal in it. */
static bool stands_in_message(const ike2_policy_query *q)
{
    ike2_walk walk, proposals;
    ike2_bytes transforms;
    ike2_payload payload;
    ike2_proposal p;

    ike2_payload_walk(&walk, q->first_payload, q->payloads);
    while (ike2_payload_next(&walk, &payload)) {
        if (payload.type != IKE2_PAYLOAD_SA)
            continue;
        ike2_proposal_walk(&proposals, payload.body);
        while (ike2_proposal_next(&proposals, &p, &transforms))
            if (transforms.ptr == q->transforms.ptr && p.number == q->proposal->number)
                return true;
    }
    return false;
}

static const char *refuse(void *user, const ike2_policy_query *q)
{
    char words[TEXT];
    struct judge *j = user;

    if (q->protocol != j->protocol)
        return NULL;
    j->n_suites++;
    j->answer = q->answer;
    j->rekeying = q->rekeying;
    j->knows_peer = q->remote_id != NULL && q->remote_id->type != 0;
    j->knows_ike = q->ike != NULL && q->ike->encr.id != 0;
    j->has_proposal = stands_in_message(q);
    ike2_suite_words(q->suite, words, sizeof words);
    if (j->patience != 0 && j->n_suites > j->patience)
        return "not any more";
    return j->refused != NULL && strstr(words, j->refused) != NULL ? "not with this peer" : NULL;
}

static const char *refuse_proposal(void *user, const ike2_policy_query *q)
{
    struct judge *j = user;

    if (q->protocol != j->protocol)
        return NULL;
    j->n_proposals++;
    return (j->proposals >> q->proposal->number & 1) != 0 ? "not this proposal" : NULL;
}

static void judge_begin(struct judge *j, struct side *s, uint8_t protocol, const char *refused)
{
    *j = (struct judge){ .policy = IKE2_INIT(ike2_policy), .protocol = protocol,
                         .refused = refused };
    j->policy.user = j;
    j->policy.refuse = refuse;
    j->policy.refuse_proposal = refuse_proposal;
    s->setup.peer.policy = &j->policy;
}

static void both_offer_two(struct side *a, struct side *b)
{
    setup_ike(&a->setup, BOTH_IKE);
    setup_ike(&b->setup, BOTH_IKE);
    setup_esp(&a->setup, 0, BOTH_ESP);
    setup_esp(&b->setup, 0, BOTH_ESP);
}

static unsigned ike_bits(struct side *s)
{
    return info_of(s).suite.encr.key_bits;
}

static unsigned esp_bits(struct side *s)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    assert_int_equal(ike2_child_get(s->ep, ike2_child_next(s->ep, 0, 0), &info), IKE2_OK);
    return info.pair->suite.encr.key_bits;
}

/* The last record about a policy. */
static const struct explained *told(const struct side *s)
{
    assert_int_not_equal(s->record.n_explained, 0);
    return &s->record.explained[(s->record.n_explained - 1) % RECORD_REFUSALS];
}

static void expect_passed_over(const struct side *s, const char *candidate, const char *reason,
                               uint8_t protocol)
{
    const struct explained *x = told(s);

    assert_string_equal(x->name, "policy.passed_over");
    assert_string_equal(x->offered, candidate);
    assert_string_equal(x->difference, reason);
    assert_int_equal(x->protocol, protocol);
}

static void expect_refused(const struct side *s, const char *reason, uint8_t protocol)
{
    const struct explained *x = told(s);

    assert_string_equal(x->name, "policy.proposal");
    assert_string_equal(x->difference, reason);
    assert_int_equal(x->protocol, protocol);
}

static void rekey(struct side *s)
{
    assert_int_equal(ike2_sa_rekey(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
    world_run(s->world, 1000);
}

static void rekey_child(struct side *s)
{
    assert_int_equal(ike2_child_rekey(s->ep, s->world->now, ike2_child_next(s->ep, 0, 0), 0),
                     IKE2_OK);
    side_drain(s, s->world->now);
    world_run(s->world, 12 * 1000);
}

/* --- Who answers ---------------------------------------------------------------------- */

static void a_refused_suite_of_an_ike_sa_yields_to_the_next_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, "aes256gcm16");
    bring_up(a, b);
    assert_int_equal(ike_bits(b), 128);
    assert_int_equal(ike_bits(a), 128);
    expect_passed_over(b, "aes256gcm16-prfsha256-x25519", "not with this peer",
                       IKE2_PROTOCOL_IKE);
    assert_true(j.has_proposal && !j.answer && !j.rekeying && !j.knows_peer && !j.knows_ike);
    assert_int_equal(j.n_proposals, 1);
}

static void a_refused_proposal_yields_to_the_next_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    setup_ike(&a->setup, "aes256gcm16-prfsha256-x25519, aes128gcm16-prfsha256-x25519");
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, NULL);
    j.proposals = 1u << 1;
    bring_up(a, b);
    assert_int_equal(ike_bits(b), 128);
    expect_passed_over(b, "", "not this proposal", IKE2_PROTOCOL_IKE);
    assert_int_equal(j.n_proposals, 2);
}

static void a_refused_suite_of_the_first_child_yields_to_the_next_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_ESP, "aes256gcm16");
    bring_up(a, b);
    assert_int_equal(ike_bits(b), 256);
    assert_int_equal(esp_bits(b), 128);
    assert_int_equal(esp_bits(a), 128);
    expect_passed_over(b, "aes256gcm16-noesn", "not with this peer", IKE2_PROTOCOL_ESP);
    assert_true(j.has_proposal && !j.answer && !j.rekeying && j.knows_peer && j.knows_ike);
}

static void a_child_that_is_refused_altogether_says_why(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_ESP, "gcm16");
    initiate(a, b);
    world_run(a->world, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_refused(b, "not with this peer", IKE2_PROTOCOL_ESP);
}

static void a_refused_suite_of_a_rekeyed_child_yields_to_the_next_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_ESP, NULL);
    bring_up(a, b);
    assert_int_equal(esp_bits(b), 256);
    j.refused = "aes256gcm16";
    rekey_child(a);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_equal(esp_bits(b), 128);
    assert_int_equal(esp_bits(a), 128);
    expect_passed_over(b, "aes256gcm16-x25519-noesn", "not with this peer", IKE2_PROTOCOL_ESP);
    assert_true(j.has_proposal && !j.answer && j.rekeying && j.knows_peer && j.knows_ike);
}

static void a_refused_suite_of_a_rekeyed_ike_sa_yields_to_the_next_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, NULL);
    bring_up(a, b);
    j.refused = "aes256gcm16";
    rekey(a);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    assert_int_equal(ike_bits(a), 128);
    assert_int_equal(ike_bits(b), 128);
    expect_up(a, b);
    expect_passed_over(b, "aes256gcm16-prfsha256-x25519", "not with this peer",
                       IKE2_PROTOCOL_IKE);
    assert_true(j.has_proposal && !j.answer && j.rekeying && j.knows_peer && j.knows_ike);
}

static void a_rekeying_that_is_refused_altogether_leaves_the_sa(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, NULL);
    bring_up(a, b);
    j.refused = "gcm16";
    rekey(a);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 0);
    expect_up(a, b);
    expect_refused(b, "not with this peer", IKE2_PROTOCOL_IKE);
}

/* What was chosen is what the answer says and what the keys are made of. */
static void a_policy_that_changes_its_mind_does_not_split_the_two(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, NULL);
    j.patience = 1;
    bring_up(a, b);
    assert_int_equal(ike_bits(a), 256);
    assert_int_equal(ike_bits(b), 256);
    j.patience = j.n_suites + 1;
    rekey(a);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_up(a, b);
}

/* --- Who has asked -------------------------------------------------------------------- */

static void an_initiators_policy_judges_the_answer(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, a, IKE2_PROTOCOL_IKE, "aes256gcm16");
    initiate(a, b);
    world_run(a->world, 10 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_refused(a, "not with this peer", IKE2_PROTOCOL_IKE);
    assert_true(j.answer && j.has_proposal && !j.rekeying);
}

static void an_initiators_policy_judges_the_answer_about_a_child(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, a, IKE2_PROTOCOL_ESP, "aes256gcm16");
    initiate(a, b);
    world_run(a->world, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_refused(a, "not with this peer", IKE2_PROTOCOL_ESP);
    assert_true(j.answer && j.knows_peer && j.knows_ike);
}

static void an_initiators_policy_judges_the_answer_about_new_keys(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    both_offer_two(a, b);
    judge_begin(&j, a, IKE2_PROTOCOL_IKE, NULL);
    bring_up(a, b);
    j.refused = "aes256gcm16";
    rekey(a);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 0);
    expect_refused(a, "not with this peer", IKE2_PROTOCOL_IKE);
    assert_true(j.answer && j.rekeying && j.knows_peer);
}

/* --- What is too old -------------------------------------------------------------------- */

static unsigned count_legacy(const struct side *s, const char *algorithms, uint8_t protocol)
{
    unsigned n = 0;

    assert_true(s->record.n_explained <= RECORD_REFUSALS);
    for (size_t i = 0; i < s->record.n_explained; i++) {
        const struct explained *x = &s->record.explained[i];

        assert_string_equal(x->name, "sa.legacy");
        assert_string_equal(x->offered, algorithms);
        assert_int_equal(x->protocol, protocol);
        n++;
    }
    return n;
}

static void every_use_of_a_legacy_algorithm_is_told_by_both_sides(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    setup_ike(&a->setup, "aes256gcm16-prfsha1-x25519");
    setup_ike(&b->setup, "aes256gcm16-prfsha1-x25519");
    bring_up(a, b);
    assert_int_equal(count_legacy(a, "prfsha1", IKE2_PROTOCOL_IKE), 1);
    assert_int_equal(count_legacy(b, "prfsha1", IKE2_PROTOCOL_IKE), 1);
    rekey(a);
    assert_int_equal(count_legacy(a, "prfsha1", IKE2_PROTOCOL_IKE), 2);
    assert_int_equal(count_legacy(b, "prfsha1", IKE2_PROTOCOL_IKE), 2);
}

static void what_is_not_too_old_is_not_told(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    rekey(b);
    rekey_child(a);
    assert_int_equal(a->record.n_explained, 0);
    assert_int_equal(b->record.n_explained, 0);
}

/* --- Never wider ---------------------------------------------------------------------- */

static void a_policy_that_allows_everything_adds_nothing(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct judge j;

    setup_ike(&a->setup, "aes128gcm16-prfsha256-x25519");
    setup_ike(&b->setup, "aes256gcm16-prfsha256-x25519");
    judge_begin(&j, b, IKE2_PROTOCOL_IKE, NULL);
    initiate(a, b);
    world_run(a->world, 400); /* before it is asked again */
    expect_sa_down(b, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_int_equal(j.n_proposals, 1); /* it sees what was received */
    assert_int_equal(j.n_suites, 0);    /* and is asked about nothing that is not common */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(a_refused_suite_of_an_ike_sa_yields_to_the_next_one),
        CASE(a_refused_proposal_yields_to_the_next_one),
        CASE(a_refused_suite_of_the_first_child_yields_to_the_next_one),
        CASE(a_child_that_is_refused_altogether_says_why),
        CASE(a_refused_suite_of_a_rekeyed_child_yields_to_the_next_one),
        CASE(a_refused_suite_of_a_rekeyed_ike_sa_yields_to_the_next_one),
        CASE(a_rekeying_that_is_refused_altogether_leaves_the_sa),
        CASE(a_policy_that_changes_its_mind_does_not_split_the_two),
        CASE(an_initiators_policy_judges_the_answer),
        CASE(an_initiators_policy_judges_the_answer_about_a_child),
        CASE(an_initiators_policy_judges_the_answer_about_new_keys),
        CASE(every_use_of_a_legacy_algorithm_is_told_by_both_sides),
        CASE(what_is_not_too_old_is_not_told),
        CASE(a_policy_that_allows_everything_adds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
