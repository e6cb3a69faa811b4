/* sim/test_real_crypto.c - the same machine with the mbedTLS provider. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"
#include "support/crypto_wrap.h"

/* A world whose sides have real providers. */
struct real {
    struct world *w;
    struct crypto_wrap wraps[2];
};

static struct real *real_new(uint64_t seed)
{
    struct real *r = test_calloc(1, sizeof *r);

    r->w = world_new(seed);
    for (size_t i = 0; i < 2; i++) {
        crypto_wrap_init(&r->wraps[i], 2 * seed + i);
        r->w->sides[i]->crypto = &r->wraps[i].table;
    }
    return r;
}

/* crypto_wrap_clear looks for keys that are left. */
static void real_free(struct real *r)
{
    world_free(r->w);
    crypto_wrap_clear(&r->wraps[0]);
    crypto_wrap_clear(&r->wraps[1]);
    test_free(r);
}

static void live(struct real *r, const char *ike, const char *esp)
{
    struct side *a = r->w->sides[0], *b = r->w->sides[1];

    for (size_t i = 0; i < 2 && ike != NULL; i++) {
        setup_ike(&r->w->sides[i]->setup, ike);
        setup_esp(&r->w->sides[i]->setup, 0, esp);
    }
    initiate(a, b);
    world_run(r->w, 100 * 1000);
    expect_up(a, b);
    close_sa(r->w->seed % 2 == 0 ? a : b);
    assert_true(world_run_out(r->w, 100 * 1000));
    expect_nothing(a);
    expect_nothing(b);
}

static void the_default_proposals_agree(void **state)
{
    struct real *r = real_new(1);

    (void)state;
    live(r, NULL, NULL);
    real_free(r);
}

static void every_algorithm_agrees(void **state)
{
    static const char *const suites[][2] = {
        { "aes128-sha256-prfsha256-modp2048", "aes128-sha256-noesn" },
        { "aes256-sha384-prfsha384-ecp384", "aes256-sha384-esn" },
        { "aes256-sha512-prfsha512-ecp521", "aes256-sha512-noesn" },
        { "aes256gcm16-prfsha256-ecp256", "chacha20poly1305-noesn" },
        { "chacha20poly1305-prfsha384-x25519", "aes128gcm16-esn" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        struct real *r = real_new(i);

        live(r, suites[i][0], suites[i][1]);
        real_free(r);
    }
}

static void a_wrong_key_is_found(void **state)
{
    struct real *r = real_new(1);

    (void)state;
    r->w->sides[0]->setup.psk_ours = "something else";
    initiate(r->w->sides[0], r->w->sides[1]);
    world_run(r->w, 5000);
    expect_nothing(r->w->sides[1]);
    expect_sa_down(r->w->sides[0], IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    real_free(r);
}

/* RFC 7619 2.1: SK_pi and SK_pr in place of the secret. */
static void anonymous_sides_agree(void **state)
{
    struct real *r = real_new(1);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct setup *s = &r->w->sides[i]->setup;

        setup_ids(s, "null", "%any");
        s->peer.local_auth = s->peer.remote_auth = IKE2_AUTH_NULL;
    }
    live(r, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-noesn");
    real_free(r);
}

static void loss_and_fragments_do_no_harm(void **state)
{
    ike2_ts ts[SETUP_TS];

    (void)state;
    for (size_t i = 0; i < SETUP_TS; i++)
        ts[i] = setup_net4(0x0a000000 + ((uint32_t)i << 17), 16);
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(10); seed++) {
        struct real *r = real_new(seed);

        for (size_t i = 0; i < 2; i++) {
            r->w->sides[i]->setup.peer.fragment_octets_v4 = 576;
            setup_selectors(&r->w->sides[i]->setup, 0, ts, SETUP_TS, ts, SETUP_TS);
        }
        r->w->net.loss_percent = 5;
        r->w->net.duplicate_percent = 10;
        r->w->net.jitter_ms = 100;
        live(r, "aes256gcm16-prfsha256-x25519", "aes256gcm16-noesn");
        real_free(r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_proposals_agree),
        cmocka_unit_test(every_algorithm_agrees),
        cmocka_unit_test(a_wrong_key_is_found),
        cmocka_unit_test(anonymous_sides_agree),
        cmocka_unit_test(loss_and_fragments_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
