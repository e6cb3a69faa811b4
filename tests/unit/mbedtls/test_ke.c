/* lib/mbedtls/ke.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/octets.h"
#include "support/script.h"

enum { PUBLIC_MAX = MODP_OCTETS_MAX };

/* RFC 7296 3.4, RFC 5903 7, RFC 6954 2.3, RFC 8031 3.1: octets of the values and of g^ir; with
 * MODP, those of an exponent. */
static const struct method {
    uint16_t id;
    size_t pub, secret, exponent;
} methods[] = {
#ifdef IKE2_ENABLE_LEGACY
    { IKE2_KE_MODP_1024, 128, 128, 32 },
    { IKE2_KE_MODP_1536, 192, 192, 32 },
#endif
    { IKE2_KE_MODP_2048, 256, 256, 48 },
    { IKE2_KE_MODP_3072, 384, 384, 48 },
    { IKE2_KE_MODP_4096, 512, 512, 64 },
    { IKE2_KE_MODP_6144, 768, 768, 64 },
    { IKE2_KE_MODP_8192, 1024, 1024, 64 },
    { IKE2_KE_ECP_256, 64, 32, 0 },
    { IKE2_KE_ECP_384, 96, 48, 0 },
    { IKE2_KE_ECP_521, 132, 66, 0 },
    { IKE2_KE_BRAINPOOL_P256R1, 64, 32, 0 },
    { IKE2_KE_BRAINPOOL_P384R1, 96, 48, 0 },
    { IKE2_KE_BRAINPOOL_P512R1, 128, 64, 0 },
    { IKE2_KE_CURVE25519, 32, 32, 0 },
};

enum { N_METHODS = sizeof methods / sizeof methods[0] };

static struct script script;
static ike2_mbedtls *provider;
static const ike2_crypto *c;

static int setup(void **state)
{
    (void)state;
    script = (struct script){ .state = 1 };
    provider = script_provider(&script);
    if (provider == NULL)
        return -1;
    c = ike2_mbedtls_crypto(provider);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ike2_mbedtls_free(provider);
    return 0;
}

/* One side. */
struct side {
    ike2_ke_state *state;
    uint8_t pub[PUBLIC_MAX];
    size_t len;
};

static void side_start(struct side *s, uint16_t method)
{
    ike2_buffer pub = { .ptr = s->pub, .cap = sizeof s->pub };

    s->state = NULL;
    assert_int_equal(c->ke_start(c->user, method, &pub, &s->state), IKE2_OK);
    assert_non_null(s->state);
    s->len = pub.len;
}

static ike2_key *side_finish(struct side *s, ike2_bytes peer)
{
    ike2_key *secret = NULL;

    assert_int_equal(c->ke_finish(c->user, s->state, peer, &secret), IKE2_OK);
    assert_int_equal(secret->use, IKE2_USE_SHARED);
    return secret;
}

static void expect_same(const ike2_key *a, const ike2_key *b, size_t len)
{
    assert_int_equal(a->len, len);
    assert_int_equal(b->len, len);
    assert_memory_equal(a->octets, b->octets, len);
}

static void describe_tells_the_octets_of_the_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        for (uint8_t type = IKE2_TRANSFORM_KE; type <= IKE2_TRANSFORM_ADDKE7; type++) {
            const ike2_transform t = { .type = type, .id = methods[i].id };
            ike2_transform_info info = IKE2_INIT(ike2_transform_info);
            bool is_ke = type != IKE2_TRANSFORM_ESN;

            assert_int_equal(c->describe(c->user, &t, &info),
                             is_ke ? IKE2_OK : IKE2_ERR_UNSUPPORTED);
            assert_int_equal(info.pub_i, is_ke ? methods[i].pub : 0);
            assert_int_equal(info.pub_r, info.pub_i);
            assert_false(info.kem);
        }
    }
}

static void both_sides_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        struct side a, b;
        ike2_key *secret_a, *secret_b;

        side_start(&a, methods[i].id);
        side_start(&b, methods[i].id);
        assert_int_equal(a.len, methods[i].pub);
        assert_memory_not_equal(a.pub, b.pub, a.len);
        secret_a = side_finish(&a, bytes_of(b.pub, b.len));
        secret_b = side_finish(&b, bytes_of(a.pub, a.len));
        expect_same(secret_a, secret_b, methods[i].secret);
        c->key_free(c->user, secret_a);
        c->key_free(c->user, secret_b);
        c->ke_free(c->user, a.state);
        c->ke_free(c->user, b.state);
    }
}

/* Tests and replays rely on it. */
static void same_randomness_gives_the_same_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        struct side a, b;

        script.state = 42;
        side_start(&a, methods[i].id);
        script.state = 42;
        side_start(&b, methods[i].id);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.pub, b.pub, a.len);
        c->ke_free(c->user, a.state);
        c->ke_free(c->user, b.state);
    }
}

/* At least twice the strength that RFC 3526 8 gives the groups at the least. */
static void modp_exponents_are_as_long_as_the_group_is_strong(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        struct side s;

        if (methods[i].exponent == 0)
            continue;
        script.n_drawn = 0;
        side_start(&s, methods[i].id);
        assert_int_equal(script.n_drawn, methods[i].exponent);
        c->ke_free(c->user, s.state);
    }
}

/* A half-open SA may be given a bad value first, and a good one later. */
static void state_survives_what_was_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        struct side a, b;
        ike2_key *first = NULL, *second;
        uint8_t bad[PUBLIC_MAX] = { 0 };

        side_start(&a, methods[i].id);
        side_start(&b, methods[i].id);
        assert_int_equal(c->ke_finish(c->user, a.state, bytes_of(bad, a.len), &first),
                         IKE2_ERR_MALFORMED);
        assert_int_equal(c->ke_finish(c->user, a.state, bytes_of(b.pub, b.len - 1), &first),
                         IKE2_ERR_MALFORMED);
        assert_int_equal(c->ke_finish(c->user, a.state, (ike2_bytes){ 0 }, &first),
                         IKE2_ERR_MALFORMED);
        assert_null(first);
        first = side_finish(&a, bytes_of(b.pub, b.len));
        second = side_finish(&a, bytes_of(b.pub, b.len));
        expect_same(first, second, methods[i].secret);
        c->key_free(c->user, first);
        c->key_free(c->user, second);
        c->ke_free(c->user, a.state);
        c->ke_free(c->user, b.state);
    }
}

static void too_little_room_tells_the_need(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        uint8_t room[PUBLIC_MAX];
        ike2_buffer pub = { .ptr = room, .cap = methods[i].pub - 1 };
        ike2_ke_state *none = NULL;

        assert_int_equal(c->ke_start(c->user, methods[i].id, &pub, &none), IKE2_ERR_SPACE);
        assert_int_equal(pub.len, methods[i].pub);
        assert_null(none);
    }
}

static void without_randomness_there_is_no_value(void **state)
{
    (void)state;
    script.fails = true;
    for (size_t i = 0; i < N_METHODS; i++) {
        uint8_t room[PUBLIC_MAX];
        ike2_buffer pub = { .ptr = room, .cap = sizeof room };
        ike2_ke_state *none = NULL;

        assert_int_equal(c->ke_start(c->user, methods[i].id, &pub, &none), IKE2_ERR_CRYPTO);
        assert_int_equal(pub.len, 0);
        assert_null(none);
    }
    script.fails = false;
}

static void other_methods_are_unsupported(void **state)
{
    static const uint16_t others[] = { IKE2_KE_NONE, IKE2_KE_MODP_768, IKE2_KE_MODP_2048_256,
                                       IKE2_KE_CURVE448, IKE2_KE_ML_KEM_768, 0xffff };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = others[i] };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);
        uint8_t room[PUBLIC_MAX];
        ike2_buffer pub = { .ptr = room, .cap = sizeof room };
        ike2_ke_state *none = NULL;

        assert_int_equal(c->describe(c->user, &t, &info), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(c->ke_start(c->user, others[i], &pub, &none), IKE2_ERR_UNSUPPORTED);
        assert_null(none);
    }
}

static void key_length_makes_a_method_unsupported(void **state)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_ECP_256, .key_bits = 128 };
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    (void)state;
    assert_int_equal(c->describe(c->user, &t, &info), IKE2_ERR_UNSUPPORTED);
}

static void there_is_no_kem(void **state)
{
    uint8_t room[PUBLIC_MAX] = { 0 };
    ike2_buffer pub = { .ptr = room, .cap = sizeof room };
    ike2_key *secret = NULL;

    (void)state;
    assert_int_equal(c->ke_respond(c->user, IKE2_KE_ML_KEM_768, bytes_of(room, 1), &pub, &secret),
                     IKE2_ERR_UNSUPPORTED);
    assert_null(secret);
}

static void free_of_null_is_harmless(void **state)
{
    (void)state;
    c->ke_free(c->user, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describe_tells_the_octets_of_the_values),
        cmocka_unit_test(both_sides_agree),
        cmocka_unit_test(same_randomness_gives_the_same_value),
        cmocka_unit_test(modp_exponents_are_as_long_as_the_group_is_strong),
        cmocka_unit_test(state_survives_what_was_refused),
        cmocka_unit_test(too_little_room_tells_the_need),
        cmocka_unit_test(without_randomness_there_is_no_value),
        cmocka_unit_test(other_methods_are_unsupported),
        cmocka_unit_test(key_length_makes_a_method_unsupported),
        cmocka_unit_test(there_is_no_kem),
        cmocka_unit_test(free_of_null_is_harmless),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
