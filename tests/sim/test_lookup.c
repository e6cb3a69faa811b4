/* sim/test_lookup.c - certificates that a peer is to fetch: who says that he does, who sends URLs,
 * and what becomes of those that nobody asked for. RFC 7296 3.6, 3.7. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "sim/voice.h"

static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };
static const uint8_t hash[KEY_HASH] = { 1, 2, 3 };
static const char url[] = "http://example.org/peer.der", bundle_url[] = "http://example.org/all";

static const ike2_hash_url places[] = {
    { .encoding = IKE2_CERT_HASH_AND_URL, .hash = { hash, sizeof hash },
      .url = { (const uint8_t *)url, sizeof url - 1 } },
    { .encoding = IKE2_CERT_HASH_AND_URL_BUNDLE, .hash = { hash, sizeof hash },
      .url = { (const uint8_t *)bundle_url, sizeof bundle_url - 1 } },
};

/* Both sign; what `s` says lies at its URLs, and the other side finds it there. */
static void put_away(struct side *s, struct side *other)
{
    ike2_credential *c = signer_add(signer_of(s), ECDSA_256, p256, NULL, "");

    c->lookups = places;
    c->n_lookups = 2;
    signer_of(other)->fetched = c->chain[0];
    signer_add(signer_of(other), ECDSA_256, p256, NULL, "");
}

static void expect_urls(const struct side *s)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->result, IKE2_OK);
    assert_int_equal(j->n_certs, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(j->certs[i].encoding, places[i].encoding);
        assert_int_equal(j->certs[i].len, KEY_HASH + places[i].url.len);
        assert_int_equal(j->certs[i].last_octet, places[i].url.ptr[places[i].url.len - 1]);
    }
}

static void expect_certificate(const struct side *s)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->result, IKE2_OK);
    assert_int_equal(j->n_certs, 1);
    assert_int_equal(j->certs[0].encoding, IKE2_CERT_X509_SIGNATURE);
}

/* --- Who looks up is sent URLs ----------------------------------------------------------- */

static void responder_that_looks_up_is_sent_urls(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    put_away(a, b);
    b->setup.peer.cert_lookup = IKE2_ON;
    bring_up(a, b);
    expect_urls(b);
    expect_certificate(a);
}

static void initiator_that_looks_up_is_sent_urls(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    put_away(b, a);
    a->setup.peer.cert_lookup = IKE2_ON;
    bring_up(a, b);
    expect_urls(a);
    expect_certificate(b);
}

static void who_does_not_look_up_is_sent_certificates(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    put_away(a, b);
    bring_up(a, b);
    expect_certificate(b);
    expect_certificate(a);
}

static void who_has_no_urls_sends_certificates(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    a->setup.peer.cert_lookup = b->setup.peer.cert_lookup = IKE2_ON;
    bring_up(a, b);
    expect_certificate(b);
    expect_certificate(a);
}

/* RFC 7296 2.15: AUTH covers the identity, not the certificates; the exchange stays short. */
static void urls_keep_ike_auth_in_one_datagram(void **state)
{
    static uint8_t octets[4][1500];
    struct side *a = side_a(state), *b = side_b(state);
    struct signer *g = signer_of(a);

    put_away(a, b);
    for (size_t i = 0; i < 4; i++)
        g->rooms[0].chain[i + 1] = bytes_of(octets[i], sizeof octets[i]);
    g->credentials[0].n_chain = 5;
    b->setup.peer.cert_lookup = IKE2_ON;
    bring_up(a, b);
    expect_urls(b);
    assert_int_equal(a->counts.sent, 2);
}

/* The job may take its time: the peer repeats its request, and the SA comes up. */
static void sa_waits_for_who_fetches(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    put_away(a, b);
    b->setup.peer.cert_lookup = IKE2_ON;
    b->plans[ON_VERIFY] = (struct plan){ .manner = LATER, .ms = 15 * 1000 };
    initiate(a, b);
    world_run(*state, 30 * 1000);
    expect_up(a, b);
    expect_urls(b);
    assert_int_equal(signer_of(b)->judged.n, 1);
}

static void fetching_that_never_ends_ends_the_attempt(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    put_away(a, b);
    b->setup.peer.cert_lookup = IKE2_ON;
    b->plans[ON_VERIFY] = (struct plan){ .manner = NEVER };
    initiate(a, b);
    world_run(*state, 60 * 1000);
    expect_sa_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_int_equal(b->counts.jobs_cancelled, 1);
}

/* --- Who is told ------------------------------------------------------------------------- */

/* HTTP_CERT_LOOKUP_SUPPORTED in the IKE_SA_INIT response. */
static bool hear(void *user, struct packet *p)
{
    ike2_bytes chain = { p->octets + 28, p->len - 28 };
    bool *heard = user;
    ike2_payload payload;
    ike2_notify n;
    ike2_walk w;

    if (p->octets[18] != IKE2_EXCHANGE_IKE_SA_INIT)
        return true;
    ike2_payload_walk(&w, p->octets[16], chain);
    while (ike2_payload_next(&w, &payload)) {
        if (payload.type == IKE2_PAYLOAD_NOTIFY &&
            ike2_notify_read(payload.body, &n) == IKE2_OK &&
            n.type == IKE2_NOTIFY_HTTP_CERT_LOOKUP_SUPPORTED)
            heard[(p->octets[19] & IKE2_FLAG_RESPONSE) != 0] = true;
    }
    return true;
}

static void expect_announced(void **state, ike2_toggle toggle, uint32_t remote_auth, bool announced)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct world *w = *state;
    bool heard[2] = { false };

    w->net.tap = hear;
    w->net.tap_user = heard;
    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    a->setup.peer.cert_lookup = b->setup.peer.cert_lookup = toggle;
    if (remote_auth == IKE2_AUTH_PSK)
        a->setup.peer.local_auth = b->setup.peer.remote_auth = IKE2_AUTH_PSK;
    if (remote_auth == IKE2_AUTH_PSK)
        b->setup.peer.local_auth = a->setup.peer.remote_auth = IKE2_AUTH_PSK;
    bring_up(a, b);
    assert_false(heard[0]);
    assert_int_equal(heard[1], announced);
}

static void lookup_is_announced_where_it_is_switched_on(void **state)
{
    expect_announced(state, IKE2_ON, IKE2_AUTH_SIGNATURE, true);
}

static void lookup_is_off_by_default(void **state)
{
    expect_announced(state, IKE2_DEFAULT, IKE2_AUTH_SIGNATURE, false);
}

static void lookup_is_only_for_peers_that_sign(void **state)
{
    expect_announced(state, IKE2_ON, IKE2_AUTH_PSK, false);
}

/* --- URLs that nobody asked for ---------------------------------------------------------- */

/* An IKE_AUTH request of `from`, with these CERT payloads and a signature that is none. */
static void say_certs(struct side *from, struct side *to, const ike2_cert *certs, size_t n)
{
    static const uint8_t signature[64] = { 1 };
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_ECDSA_256,
                                     .data = bytes_of(signature, sizeof signature) };

    signer_speak(from, to, &auth, certs, n);
}

static ike2_cert place(uint8_t *room, const ike2_hash_url *h)
{
    memcpy(room, h->hash.ptr, h->hash.len);
    memcpy(room + h->hash.len, h->url.ptr, h->url.len);
    return (ike2_cert){ .encoding = h->encoding, .data = bytes_of(room, h->hash.len + h->url.len) };
}

static void url_in_the_place_of_the_certificate_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;
    uint8_t room[128];
    const ike2_cert cert = place(room, &places[0]);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    say_certs(a, b, &cert, 1);
    assert_int_equal(signer_of(b)->judged.n, 0);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->difference,
                        "certificate: the peer sends a URL, and certificates are not looked up");
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void urls_beside_the_certificate_are_left_out(void **state)
{
    static const uint8_t nothing[] = { 0x30, 0x00 };
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t rooms[2][128];
    const ike2_cert certs[] = { { .encoding = IKE2_CERT_X509_SIGNATURE,
                                  .data = { nothing, sizeof nothing } },
                                place(rooms[0], &places[0]),
                                place(rooms[1], &places[1]),
                                { .encoding = IKE2_CERT_CRL, .data = { nothing, 1 } } };

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    say_certs(a, b, certs, 4);
    assert_int_equal(signer_of(b)->judged.n_certs, 2);
    assert_int_equal(signer_of(b)->judged.certs[0].encoding, IKE2_CERT_X509_SIGNATURE);
    assert_int_equal(signer_of(b)->judged.certs[1].encoding, IKE2_CERT_CRL);
}

/* What is announced is handed on as it came: whoever judges it says what is wrong with it. */
static void a_malformed_url_is_judged_where_lookup_is_on(void **state)
{
    static const uint8_t octets[] = { 1, 2, 3 };
    const ike2_cert cert = { .encoding = IKE2_CERT_HASH_AND_URL,
                             .data = bytes_of(octets, sizeof octets) };
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    b->setup.peer.cert_lookup = IKE2_ON;
    say_certs(a, b, &cert, 1);
    assert_int_equal(signer_of(b)->judged.n_certs, 1);
    assert_int_equal(signer_of(b)->judged.certs[0].encoding, IKE2_CERT_HASH_AND_URL);
    assert_int_equal(signer_of(b)->judged.certs[0].len, sizeof octets);
}

/* --- Definitions ------------------------------------------------------------------------- */

static void definition_takes_sound_urls_only(void **state)
{
    struct side *a = side_a(state);
    ike2_credential *c = signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    ike2_hash_url h = places[0];
    ike2_peer_id id;

    assert_int_equal(side_start(a, 0), IKE2_OK);
    c->lookups = &h;
    c->n_lookups = 1;
    assert_int_equal(side_define(a, &id), IKE2_OK);
    h.encoding = IKE2_CERT_X509_SIGNATURE;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    h = places[0];
    h.hash.len = 19;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    h = places[0];
    h.url = bytes_of("http://a b", 10);
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    h = places[0];
    h.url.len = 0;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    h = places[0];
    c->n_lookups = 17;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    c->lookups = NULL;
    c->n_lookups = 1;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, signers_setup, signers_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(responder_that_looks_up_is_sent_urls),
        CASE(initiator_that_looks_up_is_sent_urls),
        CASE(who_does_not_look_up_is_sent_certificates),
        CASE(who_has_no_urls_sends_certificates),
        CASE(urls_keep_ike_auth_in_one_datagram),
        CASE(sa_waits_for_who_fetches),
        CASE(fetching_that_never_ends_ends_the_attempt),
        CASE(lookup_is_announced_where_it_is_switched_on),
        CASE(lookup_is_off_by_default),
        CASE(lookup_is_only_for_peers_that_sign),
        CASE(url_in_the_place_of_the_certificate_is_refused),
        CASE(urls_beside_the_certificate_are_left_out),
        CASE(a_malformed_url_is_judged_where_lookup_is_on),
        CASE(definition_takes_sound_urls_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
