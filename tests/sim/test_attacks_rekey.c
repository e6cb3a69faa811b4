/* sim/test_attacks_rekey.c - rekeyings that meet another key exchange method, a refusal or each
 * other. RFC 7296 1.3, 2.8.1, 2.25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

enum { SEEDS = 60, SETTLED_MS = 60 * 1000, SPI_NEW = 0x10000 };

/* One child, one pair of SPIs, the same on both sides; nothing has gone down on the way. */
static void expect_one_pair(struct side *a, struct side *b)
{
    const struct entry *ours = sending_of(a), *theirs = sending_of(b);

    assert_int_equal(ours->spi_out, theirs->spi_in);
    assert_int_equal(ours->spi_in, theirs->spi_out);
    assert_memory_equal(ours->keys.encr_out.octets, theirs->keys.encr_in.octets,
                        ours->keys.encr_out.len);
    assert_int_equal(dataplane_count(&a->dataplane), 1);
    assert_int_equal(dataplane_count(&b->dataplane), 1);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

/* --- Another method in the middle of a rekeying: strongSwan 1729df92 ------------------- */

/* Each prefers the method that the other one does not want. */
static struct world *world_of_two_tastes(uint64_t seed)
{
    struct world *w = world_new(seed);

    setup_ike(&w->sides[0]->setup, "aes256gcm16-prfsha384-x25519-ecp256, "
                                   "aes256gcm16-prfsha384-ecp256");
    setup_ike(&w->sides[1]->setup, "aes256gcm16-prfsha384-ecp256-ecp384");
    setup_esp(&w->sides[0]->setup, 0, "aes256gcm16-x25519-ecp256-noesn");
    setup_esp(&w->sides[1]->setup, 0, "aes256gcm16-ecp384-ecp256-noesn");
    w->note = "of two tastes";
    return w;
}

static void meet_in_the_middle(struct world *w, void (*command)(struct side *s))
{
    struct side *a = w->sides[0], *b = w->sides[1];

    bring_up(a, b);
    w->net.jitter_ms = 40;
    command(a);
    world_run(w, w->seed % 4 * 10);
    command(b);
    world_run(w, SETTLED_MS);
    w->net.jitter_ms = 0;
}

static void another_method_is_found_while_both_rekey_the_child(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(SEEDS); seed++) {
        struct world *w = world_of_two_tastes(seed);

        meet_in_the_middle(w, rekey_child);
        expect_one_pair(w->sides[0], w->sides[1]);
        assert_in_range(record_count(&w->sides[0]->record, IKE2_EVENT_CHILD_REKEYED), 1, 2);
        expect_talking(w->sides[0], w->sides[1]);
        world_free(w);
    }
}

static void another_method_is_found_while_both_rekey_the_ike_sa(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(SEEDS); seed++) {
        struct world *w = world_of_two_tastes(seed);

        meet_in_the_middle(w, rekey_sa);
        expect_one_pair(w->sides[0], w->sides[1]);
        assert_in_range(record_count(&w->sides[0]->record, IKE2_EVENT_SA_REKEYED), 1, 2);
        expect_talking(w->sides[0], w->sides[1]);
        world_free(w);
    }
}

/* The peer answers every request by a wish for the other method. */
static size_t wish_for_ever(struct side *a, struct side *b)
{
    static const uint16_t methods[2] = { IKE2_KE_ECP_256, IKE2_KE_CURVE25519 };
    struct world *w = a->world;
    size_t n = 0;

    while (net_peek(&w->net, &b->addr) != NULL && n < 100) {
        struct utterance u = { .exchange = CREATE, .kind = RESPONSE };
        const uint8_t wish[2] = { 0, (uint8_t)methods[n % 2] };
        struct chain c;
        struct heard h;

        assert_true(voice_hear(b, &h));
        assert_int_equal(h.message.header.exchange, CREATE);
        u.message_id = h.message.header.message_id;
        chain_begin(&c);
        ike2_notify_write(&c.w, &(ike2_notify){ .type = IKE2_NOTIFY_INVALID_KE_PAYLOAD,
                                                .data = { wish, 2 } });
        say_as(b, a, u, &c);
        voice_sa(b)->window.next_in = u.message_id + 1;
        n++;
    }
    return n;
}

static void a_peer_that_wishes_for_ever_is_not_followed(void **state)
{
    static void (*const commands[])(struct side *s) = { rekey_child, rekey_sa };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_new(i);
        struct side *a = w->sides[0], *b = w->sides[1];

        setup_ike(&a->setup, "aes256gcm16-prfsha384-x25519-ecp256");
        setup_esp(&a->setup, 0, "aes256gcm16-x25519-ecp256-noesn");
        bring_up(a, b);
        w->net.is_held = true;
        commands[i](a);
        assert_in_range(wish_for_ever(a, b), 2, 5);
        expect_talking(a, b);
        world_run(w, SETTLED_MS); /* once more, later: 2.25 */
        expect_one_pair(a, b);
        world_free(w);
    }
}

/* --- One of two crossing rekeyings fails: strongSwan caf81bc0, libreswan #2445 --------- */

/* a's request does not arrive; the peer's answer to it is this error. */
static void refuse_ours(struct side *a, struct side *b, uint16_t error)
{
    struct utterance u = { .exchange = CREATE, .kind = RESPONSE };
    struct chain c;
    struct heard h;

    assert_true(voice_hear(b, &h));
    u.message_id = h.message.header.message_id;
    chain_begin(&c);
    chain_notify(&c, error);
    say_as(b, a, u, &c);
    voice_sa(b)->window.next_in = u.message_id + 1;
}

static const uint16_t errors[] = {
    IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_NOTIFY_NO_ADDITIONAL_SAS,
    IKE2_NOTIFY_TEMPORARY_FAILURE, IKE2_NOTIFY_CHILD_SA_NOT_FOUND, IKE2_NOTIFY_INVALID_KE_PAYLOAD,
    IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE, 8000,
};

/* The peer's rekeying is the one that counts, whether it is answered before or behind. */
static void fail_one_of_two(void (*command)(struct side *s), uint16_t error, bool refused_first)
{
    void *world = NULL;
    struct world *w;
    struct side *a, *b;

    (void)attack_world(&world);
    w = world;
    w->note = refused_first ? "refused first" : "refused behind";
    w->number = error;
    a = w->sides[0];
    b = w->sides[1];
    bring_up(a, b);
    w->net.is_held = true;
    command(a);
    if (refused_first) {
        refuse_ours(a, b, error);
        command(b);
        passes(b, a, CREATE, REQUEST);
    } else {
        command(b);
        passes(b, a, CREATE, REQUEST);
        refuse_ours(a, b, error);
    }
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    /* Who lies about what it has gets a child more. */
    if (error != IKE2_NOTIFY_CHILD_SA_NOT_FOUND || command == rekey_sa)
        expect_one_pair(a, b);
    expect_talking(a, b);
    assert_int_equal(info_of(a).n_children, info_of(b).n_children);
    world_free(w);
}

static void of_two_crossing_rekeyings_one_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        for (size_t first = 0; first < 2; first++) {
            fail_one_of_two(rekey_child, errors[i], first == 0);
            fail_one_of_two(rekey_sa, errors[i], first == 0);
        }
    }
}

/* --- Crossing IKE_AUTH: libreswan #2445 ----------------------------------------------- */

/* Two SAs are begun at once; each IKE_AUTH arrives while the other one is under way. */
static void crossing_ike_auth_makes_two_sas_that_do_not_disturb_each_other(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct world *w = *state;

    a->setup.peer.unique = b->setup.peer.unique = IKE2_UNIQUE_KEEP;
    w->net.is_held = true;
    initiate(a, b);
    initiate(b, a);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, REQUEST);
    passes(a, b, SA_INIT, RESPONSE);
    passes(b, a, SA_INIT, RESPONSE);
    passes(a, b, AUTH, REQUEST);
    passes(b, a, AUTH, REQUEST);
    passes(a, b, AUTH, RESPONSE);
    passes(b, a, AUTH, RESPONSE);
    w->net.is_held = false;
    world_run(w, 5000);
    assert_int_equal(side_stats(a).sas, 2);
    assert_int_equal(side_stats(b).sas, 2);
    assert_int_equal(dataplane_count(&a->dataplane), 2);
    assert_int_equal(dataplane_count(&b->dataplane), 2);
    drop_sa(a); /* one goes, the other stays */
    world_run(w, 200 * 1000);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
    expect_talking(a, b);
    assert_int_equal(dataplane_count(&a->dataplane), 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_method_is_found_while_both_rekey_the_child),
        cmocka_unit_test(another_method_is_found_while_both_rekey_the_ike_sa),
        cmocka_unit_test(a_peer_that_wishes_for_ever_is_not_followed),
        cmocka_unit_test(of_two_crossing_rekeyings_one_may_fail),
        CASE(crossing_ike_auth_makes_two_sas_that_do_not_disturb_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
