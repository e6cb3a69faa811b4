/* lib/crypto/auth_octets.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "crypto/auth_octets.h"
#include "support/crypto_wrap.h"
#include "support/octets.h"

static struct crypto_wrap wrap;
static uint8_t message[100], received[72], nonce[32], sk_p_octets[32];
static uint8_t id_body[] = { IKE2_ID_FQDN, 0, 0, 0, 'a', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e' };
static ike2_key *sk_p, *psk;
static struct auth_input input;

static ike2_key *import(const void *octets, size_t len)
{
    ike2_key *key = NULL;

    assert_int_equal(wrap.table.key_import(wrap.table.user, IKE2_USE_PRF,
                                           (ike2_bytes){ .ptr = octets, .len = len }, &key),
                     IKE2_OK);
    return key;
}

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    octets_ramp(message, sizeof message, 1);
    octets_ramp(received, sizeof received, 0x81);
    octets_ramp(nonce, sizeof nonce, 0x40);
    octets_ramp(sk_p_octets, sizeof sk_p_octets, 0xd0);
    sk_p = import(sk_p_octets, sizeof sk_p_octets);
    psk = import("secret", 6);
    input = (struct auth_input){
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 },
        .message = { message, sizeof message },
        .nonce = { nonce, sizeof nonce },
        .sk_p = sk_p,
        .id_body = { id_body, sizeof id_body },
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    wrap.table.key_free(wrap.table.user, sk_p);
    wrap.table.key_free(wrap.table.user, psk);
    crypto_wrap_clear(&wrap);
    return 0;
}

static void expect_auth(const char *hex)
{
    uint8_t out[AUTH_OCTETS_MAX];
    size_t len = 0;

    assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, out, &len), IKE2_OK);
    octets_expect_hex((ike2_bytes){ .ptr = out, .len = len }, hex);
}

/* The values are computed by full_transcript.py, and compared there with what stands here. */
static void psk_auth_is_the_nested_prf_of_the_rfc(void **state)
{
    (void)state;
    expect_auth("ed377836dee85dbc458dd6bfebd5813676d70df45872113524f5d93fb915b7a1");
}

/* ZeroPrefix | the message of the other side | the signer's | nonce | MAC of the identity. */
static void both_messages_are_covered_behind_eight_zeros(void **state)
{
    struct signed_octets octets;

    (void)state;
    input.received = (ike2_bytes){ received, sizeof received };
    assert_int_equal(ike2_signed_octets(&wrap.table, &input, &octets), IKE2_OK);
    assert_int_equal(octets.n_parts, 5);
    octets_expect_hex(octets.parts[0], "0000000000000000");
    assert_ptr_equal(octets.parts[1].ptr, received);
    assert_ptr_equal(octets.parts[2].ptr, message);
    expect_auth("05b80801733fc56af6b4c6b78286b4510cd7a825fcd069e8de39f2eb09213be6");
    input.message = (ike2_bytes){ received, sizeof received };
    input.received = (ike2_bytes){ message, sizeof message };
    expect_auth("b39aa307d05377f0567392704b97ffbaa738bdd869583f1400f5d4afe6378cb7");
}

static void length_of_auth_is_that_of_the_prf(void **state)
{
    static const struct { uint16_t id; size_t len; } prfs[] = {
#ifdef IKE2_ENABLE_LEGACY
        { IKE2_PRF_HMAC_SHA1, 20 },
#endif
        { IKE2_PRF_AES128_XCBC, 16 },
        { IKE2_PRF_AES128_CMAC, 16 },
        { IKE2_PRF_HMAC_SHA2_256, 32 },
        { IKE2_PRF_HMAC_SHA2_384, 48 },
        { IKE2_PRF_HMAC_SHA2_512, 64 },
    };
    uint8_t out[AUTH_OCTETS_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof prfs / sizeof prfs[0]; i++) {
        size_t len = 0;

        input.prf.id = prfs[i].id;
        assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, out, &len), IKE2_OK);
        assert_int_equal(len, prfs[i].len);
    }
}

/* Does `octets`, part of the input, matter to the last bit? */
static void expect_bits_matter(uint8_t *octets, size_t len)
{
    uint8_t before[AUTH_OCTETS_MAX], after[AUTH_OCTETS_MAX];
    size_t n;

    assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, before, &n), IKE2_OK);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, after, &n), IKE2_OK);
        assert_memory_not_equal(before, after, n);
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void every_bit_of_messages_nonce_and_identity_matters(void **state)
{
    (void)state;
    input.received = (ike2_bytes){ received, sizeof received };
    expect_bits_matter(message, sizeof message);
    expect_bits_matter(received, sizeof received);
    expect_bits_matter(nonce, sizeof nonce);
    expect_bits_matter(id_body, sizeof id_body);
}

static void every_failing_call_leaves_the_outputs_and_no_key(void **state)
{
    uint8_t out[AUTH_OCTETS_MAX], before[AUTH_OCTETS_MAX];
    int64_t keys_alive = wrap.keys_alive;
    uint64_t n_calls;
    size_t len = 99;

    (void)state;
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
    assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, out, &len), IKE2_OK);
    n_calls = wrap.n_calls;
    assert_int_equal(n_calls, 3);
    for (uint64_t n = 1; n <= n_calls; n++) {
        octets_ramp(out, sizeof out, 9);
        octets_ramp(before, sizeof before, 9);
        len = 99;
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_int_equal(ike2_psk_auth(&wrap.table, &input, psk, out, &len), IKE2_ERR_MEMORY);
        assert_int_equal(len, 99);
        assert_memory_equal(out, before, sizeof out);
        assert_int_equal(wrap.keys_alive, keys_alive);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(psk_auth_is_the_nested_prf_of_the_rfc, setup, teardown),
        cmocka_unit_test_setup_teardown(both_messages_are_covered_behind_eight_zeros, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(length_of_auth_is_that_of_the_prf, setup, teardown),
        cmocka_unit_test_setup_teardown(every_bit_of_messages_nonce_and_identity_matters, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_failing_call_leaves_the_outputs_and_no_key, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
