/* sim/test_fragments.c - IKE_AUTH in fragments, both ways. RFC 7383. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"
#include "sim/voice.h"

/* Selectors that neither contains another, so that narrowing keeps them all. */
static void talk_at_length(struct side *a, struct side *b, size_t n)
{
    ike2_ts here[SETUP_TS], there[SETUP_TS];

    for (size_t i = 0; i < n; i++) {
        here[i] = setup_net4(0x0a000000 + ((uint32_t)i << 17), 16);
        there[i] = setup_net4(0x0b000000 + ((uint32_t)i << 17), 16);
    }
    setup_selectors(&a->setup, 0, here, n, there, n);
    setup_selectors(&b->setup, 0, there, n, here, n);
}

static void over_v6(struct world *w)
{
    for (size_t i = 0; i < 2; i++)
        w->sides[i]->addr = (ike2_addr){ .family = 6, .port = 500,
                                         .ip = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(i + 1) } };
}

static void in_small_packets(struct world *w)
{
    for (size_t i = 0; i < 2; i++)
        w->sides[i]->setup.peer.fragment_octets_v4 = 576;
    talk_at_length(w->sides[0], w->sides[1], SETUP_TS);
}

static void expect_selectors(const struct side *s, size_t n)
{
    assert_int_equal(dataplane_pair(&s->dataplane, 0)->n_ts_local, n);
    assert_int_equal(dataplane_pair(&s->dataplane, 0)->n_ts_remote, n);
}

/* --- Sizes ---------------------------------------------------------------------------- */

static void both_messages_fit_packets_of_576_octets(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    in_small_packets(w);
    bring_up(a, b);
    expect_selectors(a, SETUP_TS);
    expect_selectors(b, SETUP_TS);
    assert_true(info_of(a).fragmentation && info_of(b).fragmentation);
    assert_true(a->counts.largest <= 576 - 28 && b->counts.largest <= 576 - 28);
    assert_true(a->counts.datagrams - a->counts.sent >= 4);
    assert_true(b->counts.datagrams - b->counts.sent >= 4);
}

static void both_messages_fit_packets_of_1280_octets_of_ipv6(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    over_v6(w);
    talk_at_length(a, b, SETUP_TS);
    bring_up(a, b);
    expect_selectors(a, SETUP_TS);
    assert_true(a->counts.largest <= 1280 - 48);
    assert_true(a->counts.largest > 1100); /* no smaller than they have to be */
    assert_true(a->counts.datagrams > a->counts.sent);
    assert_true(b->counts.datagrams > b->counts.sent);
}

static void a_message_that_fits_is_not_cut(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(a->counts.datagrams, a->counts.sent);
    assert_int_equal(b->counts.datagrams, b->counts.sent);
}

static void the_marker_has_its_place_in_the_packet(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    in_small_packets(w);
    a->setup.peer.force_encap = IKE2_ON;
    bring_up(a, b);
    assert_int_equal(info_of(a).path.encap, IKE2_ENCAP_UDP);
    assert_true(a->counts.largest <= 576 - 28);
}

/* RFC 7383 2.3: offered by the initiator, answered by the responder. */
static void fragments_are_a_matter_of_agreement(void **state)
{
    static const struct {
        ike2_want a, b;
        bool agreed;
    } wishes[] = {
        { IKE2_WANT_OFF, IKE2_WANT_PREFER, false },   { IKE2_WANT_PREFER, IKE2_WANT_OFF, false },
        { IKE2_WANT_ALLOW, IKE2_WANT_ALLOW, false },  { IKE2_WANT_ALLOW, IKE2_WANT_PREFER, false },
        { IKE2_WANT_PREFER, IKE2_WANT_ALLOW, true },  { IKE2_WANT_PREFER, IKE2_WANT_PREFER, true },
        { IKE2_WANT_REQUIRE, IKE2_WANT_ALLOW, true },
        { IKE2_WANT_DEFAULT, IKE2_WANT_DEFAULT, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];

        in_small_packets(w);
        a->setup.peer.fragmentation = wishes[i].a;
        b->setup.peer.fragmentation = wishes[i].b;
        bring_up(a, b);
        assert_int_equal(info_of(a).fragmentation, wishes[i].agreed);
        assert_int_equal(a->counts.datagrams > a->counts.sent, wishes[i].agreed);
        assert_int_equal(b->counts.datagrams > b->counts.sent, wishes[i].agreed);
        assert_int_equal(a->counts.largest > 1280, !wishes[i].agreed);
        world_free(w);
    }
}

static void long_identities_come_whole(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    char one[250], two[250];

    memset(one, 'a', sizeof one - 1);
    memset(two, 'b', sizeof two - 1);
    one[sizeof one - 1] = two[sizeof two - 1] = '\0';
    setup_ids(&a->setup, one, two);
    setup_ids(&b->setup, two, one);
    in_small_packets(w);
    bring_up(a, b);
    assert_int_equal(info_of(b).remote_id.data.len, sizeof one - 1);
}

/* --- Trouble on the way --------------------------------------------------------------- */

enum mishap { LOST, TAMPERED };

/* Something happens to the n-th datagram with a fragment. */
struct accident {
    enum mishap what;
    size_t n, seen;
};

static bool happen(void *user, struct packet *p)
{
    struct accident *x = user;
    ike2_header h;

    if (p->to.port != 500 ||
        ike2_header_read((ike2_bytes){ p->octets, p->len }, &h) != IKE2_OK ||
        h.next_payload != IKE2_PAYLOAD_SKF || x->seen++ != x->n)
        return true;
    if (x->what == LOST)
        return false;
    p->octets[p->len / 2] ^= 0x10;
    return true;
}

static void each_fragment_may_be(enum mishap what)
{
    struct accident x = { .what = what };
    uint64_t dropped = 0;

    for (x.n = 0, x.seen = 1; x.seen > x.n; x.n++) {
        struct world *w = world_new(x.n);

        x.seen = 0;
        w->number = x.n;
        in_small_packets(w);
        w->net.tap = happen;
        w->net.tap_user = &x;
        initiate(w->sides[0], w->sides[1]);
        world_run(w, 3000);
        expect_up(w->sides[0], w->sides[1]);
        expect_selectors(w->sides[0], SETUP_TS);
        dropped += drops(w->sides[0], IKE2_DROP_ICV) + drops(w->sides[1], IKE2_DROP_ICV);
        world_free(w);
    }
    assert_true(x.n >= 10);
    assert_int_equal(dropped, what == TAMPERED ? x.n - 1 : 0);
}

static void each_fragment_may_be_lost(void **state)
{
    (void)state;
    each_fragment_may_be(LOST);
}

static void each_fragment_may_be_tampered_with(void **state)
{
    (void)state;
    each_fragment_may_be(TAMPERED);
}

static void fragments_may_come_in_any_order_and_twice(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(50); seed++) {
        struct world *w = world_new(seed);

        in_small_packets(w);
        w->net.duplicate_percent = 60;
        w->net.jitter_ms = 200;
        initiate(w->sides[0], w->sides[1]);
        world_run(w, 60 * 1000);
        expect_up(w->sides[0], w->sides[1]);
        assert_int_equal(side_stats(w->sides[1]).reassembly_octets, 0);
        world_free(w);
    }
}

static void a_repeated_request_in_fragments_is_answered_once(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    in_small_packets(w);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    world_run(w, 600);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST); /* and again, fragment by fragment */
    sent = b->counts.sent;
    assert_int_equal(sent, 3); /* IKE_SA_INIT, IKE_AUTH and the same again */
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_up(a, b);
}

/* --- Memory --------------------------------------------------------------------------- */

static void speak_fragment(struct side *from, struct side *to, uint16_t number, uint16_t total)
{
    static const uint8_t octets[100];
    const struct utterance u = { .exchange = IKE2_EXCHANGE_INFORMATIONAL,
                                 .message_id = voice_next_id(to), .fragment = number,
                                 .fragments = total, .chain = { octets, sizeof octets } };

    speak(from, to, &u);
}

static void an_incomplete_message_is_forgotten(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.liveness_seconds = a->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    speak_fragment(a, b, 1, 4);
    speak_fragment(a, b, 3, 4);
    speak_fragment(a, b, 3, 4); /* a duplicate */
    speak_fragment(a, b, 2, 3); /* of an older set: dropped */
    assert_int_equal(side_stats(b).reassembly_octets, 200);
    assert_int_equal(drops(b, IKE2_DROP_FRAGMENT), 2);
    speak_fragment(a, b, 5, 5); /* of a newer set, which replaces the old one */
    assert_int_equal(side_stats(b).reassembly_octets, 100);
    world_run(w, 31 * 1000);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
    expect_up(a, b);
}

static void reassembly_keeps_to_its_budget(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.reassembly_octets = 1050;
    bring_up(a, b);
    for (uint16_t i = 1; i <= 15; i++)
        speak_fragment(a, b, i, 20);
    assert_int_equal(side_stats(b).reassembly_octets, 1000);
    assert_int_equal(drops(b, IKE2_DROP_BUDGET), 5);
    close_sa(b);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

static void a_message_that_is_too_large_is_dropped(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.message_octets = 1280;
    bring_up(a, b);
    for (uint16_t i = 1; i <= 20; i++)
        speak_fragment(a, b, i, 20);
    assert_int_equal(side_stats(b).reassembly_octets, 1200);
    assert_true(drops(b, IKE2_DROP_BUDGET) >= 8);
    expect_up(a, b);
}

static void a_responder_may_require_fragmentation(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.fragmentation = IKE2_WANT_OFF;
    b->setup.peer.fragmentation = IKE2_WANT_REQUIRE;
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(b, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_string_equal(expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN),
                                         "policy.proposal")->offered, "no fragmentation");
}

/* The notify is not protected: the attempt waits for a better response until the doubt ends it. */
static void an_initiator_may_require_fragmentation(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.fragmentation = IKE2_WANT_REQUIRE;
    b->setup.peer.fragmentation = IKE2_WANT_OFF;
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_string_equal(expect_explained(a, record_last(&a->record, IKE2_EVENT_SA_DOWN),
                                         "policy.proposal")->offered, "no fragmentation");
}

static void fragments_that_were_not_agreed_are_dropped(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.fragmentation = IKE2_WANT_OFF;
    bring_up(a, b);
    speak_fragment(a, b, 1, 2);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
    expect_up(a, b);
}

/* --- Sizes that do not get through ---------------------------------------------------- */

/* The path has a smaller MTU, and says nothing of it. */
static bool is_small(void *user, struct packet *p)
{
    const size_t *max = user;

    return p->len + 28 <= *max;
}

static void fragments_that_are_lost_for_their_size_become_smaller(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    size_t max = 700;

    talk_at_length(a, b, SETUP_TS);
    w->net.tap = is_small;
    w->net.tap_user = &max;
    initiate(a, b);
    world_run(w, 20 * 1000);
    expect_up(a, b);
    expect_selectors(a, SETUP_TS);
    assert_true(a->counts.largest > max); /* it was tried in the configured size before */
    assert_true(b->counts.largest > max);
}

/* What was learned holds for the rest of the SA. */
static void what_follows_is_small_from_the_beginning(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t retransmits;
    size_t max = 700;

    talk_at_length(a, b, SETUP_TS);
    w->net.tap = is_small;
    w->net.tap_user = &max;
    initiate(a, b);
    world_run(w, 20 * 1000);
    retransmits = side_stats(a).retransmits_out + side_stats(b).retransmits_out;
    for (size_t i = 0; i < 2; i++) {
        struct side *who = i == 0 ? a : b;

        assert_int_equal(ike2_child_rekey(who->ep, w->now, ike2_child_next(who->ep, 0, 0), 0),
                         IKE2_OK);
        side_drain(who, w->now);
        world_run(w, 20 * 1000);
    }
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 2);
    assert_int_equal(side_stats(a).retransmits_out + side_stats(b).retransmits_out, retransmits);
    expect_up(a, b);
}

/* RFC 7383 2.5.2: as many fragments of another size would be taken for those that are there
 * already. */
static void smaller_fragments_are_more_fragments(void **state)
{
    (void)state;
    for (size_t n = 2; n <= SETUP_TS; n++) {
        struct world *w = world_new(n);
        struct side *a = w->sides[0], *b = w->sides[1];
        size_t max = 590;

        talk_at_length(a, b, n);
        a->setup.peer.fragment_octets_v4 = b->setup.peer.fragment_octets_v4 = 600;
        w->net.tap = is_small;
        w->net.tap_user = &max;
        initiate(a, b);
        world_run(w, 300 * 1000);
        if (side_stats(a).sas == 0)
            expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
        world_free(w);
    }
}

/* RFC 7383 2.5.2: the other size has as many tries as the first one would have had. */
static void smaller_fragments_have_all_their_tries(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint32_t configured = 2, smaller = 8;
    size_t max = 100;

    a->setup.retransmit.tries = (uint16_t)smaller;
    talk_at_length(a, b, SETUP_TS);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    w->net.is_held = false;
    w->net.tap = is_small;
    w->net.tap_user = &max;
    world_run(w, 60 * 1000);
    assert_int_equal(side_stats(a).sas, 1);
    world_run(w, 60 * 1000);
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
    assert_int_equal(side_stats(a).retransmits_out, configured + smaller - 1);
}

/* Without fragmentation there is nothing to be made smaller. */
static void a_message_in_one_piece_stays_as_it_is(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    size_t max = 700;

    talk_at_length(a, b, SETUP_TS);
    b->setup.peer.fragmentation = IKE2_WANT_OFF;
    w->net.tap = is_small;
    w->net.tap_user = &max;
    initiate(a, b);
    world_run(w, 100 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(both_messages_fit_packets_of_576_octets),
        CASE(both_messages_fit_packets_of_1280_octets_of_ipv6),
        CASE(a_message_that_fits_is_not_cut),
        CASE(the_marker_has_its_place_in_the_packet),
        cmocka_unit_test(fragments_are_a_matter_of_agreement),
        CASE(long_identities_come_whole),
        cmocka_unit_test(each_fragment_may_be_lost),
        cmocka_unit_test(each_fragment_may_be_tampered_with),
        cmocka_unit_test(fragments_may_come_in_any_order_and_twice),
        CASE(a_repeated_request_in_fragments_is_answered_once),
        CASE(an_incomplete_message_is_forgotten),
        CASE(reassembly_keeps_to_its_budget),
        CASE(a_message_that_is_too_large_is_dropped),
        CASE(a_responder_may_require_fragmentation),
        CASE(an_initiator_may_require_fragmentation),
        CASE(fragments_that_were_not_agreed_are_dropped),
        CASE(fragments_that_are_lost_for_their_size_become_smaller),
        CASE(what_follows_is_small_from_the_beginning),
        cmocka_unit_test(smaller_fragments_are_more_fragments),
        CASE(smaller_fragments_have_all_their_tries),
        CASE(a_message_in_one_piece_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
