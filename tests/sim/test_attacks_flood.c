/* sim/test_attacks_flood.c - many requests of somebody who has proved nothing, from addresses that
 * may be others': what is sent there, computed and kept for him. RFC 7296 2.1, 2.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/attack.h"

enum { SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT, AUTH = IKE2_EXCHANGE_IKE_AUTH };
enum { SPOOFED = 100 * 1000, NONCE_MIN = 16, REQUEST_OCTETS = 512 };

/* --- What is sent: CVE-2016-5361 ------------------------------------------------------ */

/* The shortest request that `proposals` can be in. */
static ike2_bytes shortest_request(const char *proposals, uint64_t spi,
                                   uint8_t room[REQUEST_OCTETS])
{
    const ike2_header h = { .spi_i = spi, .version = IKE2_VERSION_2_0, .exchange = SA_INIT,
                            .flags = IKE2_FLAG_INITIATOR };
    static const uint8_t octets[64] = { 7 };
    const ike2_ke_payload ke = { .method = IKE2_KE_CURVE25519, .data = { octets, 32 } };
    struct setup setup;
    ike2_writer w;
    ike2_bytes message;

    setup_init(&setup, 1, 2);
    setup_ike(&setup, proposals);
    ike2_writer_init(&w, room, REQUEST_OCTETS);
    ike2_message_begin(&w, &h);
    ike2_sa_write(&w, setup.ike.list, 1);
    ike2_ke_write(&w, &ke);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, (ike2_bytes){ octets, NONCE_MIN });
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    return message;
}

/* The length of what `b` sends in answer to it, which is one datagram. */
static size_t answer_to(struct side *a, struct side *b, const char *proposals, size_t *request)
{
    uint8_t room[REQUEST_OCTETS];
    ike2_bytes message = shortest_request(proposals, 4711, room);
    struct packet *p;
    size_t len;

    assert_int_equal(side_start(b, a->world->now), IKE2_OK);
    inject(a, b, 500, message);
    assert_int_equal(b->counts.datagrams, 1);
    p = net_peek(&a->world->net, &a->addr);
    assert_non_null(p);
    len = p->len;
    net_remove(&a->world->net, p);
    *request = message.len;
    return len;
}

static void a_refusal_is_shorter_than_the_request(void **state)
{
    static const char *const offers[] = { "aes256gcm16-prfsha384-x25519-ecp384",
                                          "aes128gcm16-prfsha256-x25519" };

    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) { /* another KE; no proposal */
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];
        size_t request, answer;

        setup_ike(&b->setup, "aes256gcm16-prfsha384-ecp384");
        w->net.is_held = true;
        answer = answer_to(a, b, offers[i], &request);
        assert_true(answer < request);
        assert_int_equal(side_stats(b).sas, 0);
        world_free(w);
    }
}

static void a_demand_for_a_cookie_is_shorter_than_the_request(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    size_t request, answer;

    b->setup.endpoint.cookie = IKE2_ON;
    w->net.is_held = true;
    answer = answer_to(a, b, "aes256gcm16-prfsha384-x25519", &request);
    assert_int_equal(side_stats(b).cookies_sent, 1);
    assert_true(answer < request);
}

/* RFC 7296 2.6 leaves no other way without a cookie. */
static void an_answer_is_less_than_twice_as_long_as_the_shortest_request(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    size_t request, answer;

    w->net.is_held = true;
    answer = answer_to(a, b, "aes256gcm16-prfsha384-x25519", &request);
    assert_int_equal(side_stats(b).half_open, 1);
    assert_true(answer < 2 * request);
    world_run(w, 60 * 1000);
    nothing_flies(w);
    assert_int_equal(b->counts.datagrams, 1); /* nothing is sent again by itself */
}

/* --- What is computed: CVE-2002-20001, CVE-2022-40735 ---------------------------------- */

static void a_shared_secret_is_for_who_goes_on(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.cookie = IKE2_ON;
    b->setup.endpoint.offload = IKE2_OFFLOAD_KE;
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    assert_int_equal(b->counts.asked[ON_KE], 0);
    passes(b, a, SA_INIT, RESPONSE); /* COOKIE */
    passes(a, b, SA_INIT, REQUEST);
    assert_int_equal(b->counts.asked[ON_KE], 1); /* our own value */
    passes(b, a, SA_INIT, RESPONSE);
    world_run(w, 10);
    assert_int_equal(b->counts.asked[ON_KE], 1);
    passes(a, b, AUTH, REQUEST);
    assert_int_equal(b->counts.asked[ON_KE], 2); /* the shared secret */
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
}

/* --- What is kept --------------------------------------------------------------------- */

static void spoofed_requests_leave_nothing_behind(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t room[REQUEST_OCTETS];
    struct packet *p = test_malloc(sizeof *p + REQUEST_OCTETS);
    uint64_t held, cookies;

    b->setup.endpoint.cookie = IKE2_ON;
    assert_int_equal(side_start(b, w->now), IKE2_OK);
    w->net.loss_percent = 100;
    held = b->alloc.octets_held;
    alloc_fail(&b->alloc, 0, 0);
    for (uint32_t i = 0; i < SPOOFED; i++) {
        ike2_bytes message = shortest_request("aes256gcm16-prfsha384-x25519", i + 1, room);

        *p = (struct packet){ .from = a->addr, .to = b->addr, .len = message.len };
        p->from.port = p->to.port = 500;
        memcpy(p->from.ip, &i, sizeof i);
        memcpy(p->octets, message.ptr, message.len);
        w->now += i % 50 == 0;
        side_input(b, w->now, p);
    }
    cookies = side_stats(b).cookies_sent;
    assert_true(cookies >= 2000 && cookies < SPOOFED / 10);
    assert_int_equal(side_stats(b).sas, 0);
    assert_int_equal(b->alloc.n_calls, 2 * cookies); /* for the answers themselves */
    assert_int_equal(b->alloc.octets_held, held);
    test_free(p);
}

/* --- What is said in between ---------------------------------------------------------- */

/* RFC 8019: a responder may ask for more than the cookie; who knows nothing of it sends the cookie,
 * 3.3. */
static void a_puzzle_is_not_solved(void **state)
{
    static const uint8_t octets[8] = { 0, IKE2_PRF_HMAC_SHA2_256, 20, 1 };
    const ike2_notify cookie = { .type = IKE2_NOTIFY_COOKIE, .data = { octets, 8 } };
    const ike2_notify puzzle = { .type = IKE2_NOTIFY_PUZZLE, .data = { octets, 4 } };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_header h = { .version = IKE2_VERSION_2_0, .exchange = SA_INIT,
                      .flags = IKE2_FLAG_RESPONSE };
    uint8_t room[REQUEST_OCTETS];
    ike2_writer writer;
    ike2_bytes message;

    w->net.is_held = true;
    initiate(a, b);
    loses(a, b, SA_INIT, REQUEST);
    h.spi_i = info_of(a).spi_local;
    ike2_writer_init(&writer, room, sizeof room);
    ike2_message_begin(&writer, &h);
    ike2_notify_write(&writer, &cookie);
    ike2_notify_write(&writer, &puzzle);
    assert_int_equal(ike2_message_end(&writer, &message), IKE2_OK);
    inject(b, a, 500, message);
    passes(a, b, SA_INIT, REQUEST);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
}

/* The clock of a machine that has just been started may say anything. */
static void cookies_are_good_from_the_first_moment_on(void **state)
{
    static const ike2_time starts[] = { 0, 1, 60 * 1000 - 1 };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];

        w->now = starts[i];
        b->setup.endpoint.cookie = IKE2_ON;
        bring_up(a, b);
        assert_int_equal(side_stats(b).cookies_sent, 1);
        world_free(w);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_shorter_than_the_request),
        CASE(a_demand_for_a_cookie_is_shorter_than_the_request),
        CASE(an_answer_is_less_than_twice_as_long_as_the_shortest_request),
        CASE(a_shared_secret_is_for_who_goes_on),
        CASE(spoofed_requests_leave_nothing_behind),
        CASE(a_puzzle_is_not_solved),
        cmocka_unit_test(cookies_are_good_from_the_first_moment_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
