/* lib/crypto/suite.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "crypto/suite.h"
#include "support/crypto_wrap.h"
#include "support/suites.h"

static struct crypto_wrap wrap;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

static void transform_goes_where_its_type_names(void **state)
{
    ike2_suite s = { 0 };

    (void)state;
    for (uint8_t type = 0; type < 255; type++) {
        const ike2_transform t = { .type = type, .id = (uint16_t)(100 + type) };

        assert_int_equal(ike2_suite_put(&s, &t),
                         type >= IKE2_TRANSFORM_ENCR && type <= IKE2_TRANSFORM_ADDKE7);
    }
    assert_int_equal(s.encr.id, 100 + IKE2_TRANSFORM_ENCR);
    assert_int_equal(s.prf.id, 100 + IKE2_TRANSFORM_PRF);
    assert_int_equal(s.integ.id, 100 + IKE2_TRANSFORM_INTEG);
    assert_int_equal(s.ke.id, 100 + IKE2_TRANSFORM_KE);
    assert_int_equal(s.esn.id, 100 + IKE2_TRANSFORM_ESN);
    for (int i = 0; i < 7; i++)
        assert_int_equal(s.addke[i].id, 100 + IKE2_TRANSFORM_ADDKE1 + i);
}

static void expect_sizes(const char *name, const struct suite_sizes *expected)
{
    struct suite_sizes got;

    assert_int_equal(ike2_suite_sizes(&wrap.table, test_suite_named(name), false, &got), IKE2_OK);
    assert_int_equal(got.encr_key, expected->encr_key);
    assert_int_equal(got.integ_key, expected->integ_key);
    assert_int_equal(got.prf_key, expected->prf_key);
    assert_int_equal(got.sk.iv_len, expected->sk.iv_len);
    assert_int_equal(got.sk.icv_len, expected->sk.icv_len);
    assert_int_equal(got.sk.block_len > 1 ? got.sk.block_len : 1, expected->sk.block_len);
    assert_int_equal(got.iv_random, expected->iv_random);
}

/* RFC 3602, RFC 2404, RFC 3566, RFC 4494, RFC 4868, RFC 5930, RFC 5282, RFC 7634. */
static void sizes_are_those_of_the_rfcs(void **state)
{
    (void)state;
#ifdef IKE2_ENABLE_LEGACY
    expect_sizes("aes128cbc-sha1",
                 &(struct suite_sizes){ 16, 20, 20, { 16, 12, 16, { 0 } }, true });
    expect_sizes("3des-sha1",
                 &(struct suite_sizes){ 24, 20, 20, { 8, 12, 8, { 0 } }, true });
#endif
    expect_sizes("aes128cbc-cmac",
                 &(struct suite_sizes){ 16, 16, 16, { 16, 12, 16, { 0 } }, true });
    expect_sizes("aes256ctr-xcbc",
                 &(struct suite_sizes){ 36, 16, 16, { 8, 12, 1, { 0 } }, false });
    expect_sizes("aes192cbc-sha256",
                 &(struct suite_sizes){ 24, 32, 32, { 16, 16, 16, { 0 } }, true });
    expect_sizes("aes256cbc-sha384",
                 &(struct suite_sizes){ 32, 48, 48, { 16, 24, 16, { 0 } }, true });
    expect_sizes("aes256cbc-sha512",
                 &(struct suite_sizes){ 32, 64, 64, { 16, 32, 16, { 0 } }, true });
    expect_sizes("aes192ctr-sha256",
                 &(struct suite_sizes){ 28, 32, 32, { 8, 16, 1, { 0 } }, false });
    expect_sizes("aes128ccm12", &(struct suite_sizes){ 19, 0, 32, { 8, 12, 1, { 0 } }, false });
    expect_sizes("aes256gcm8", &(struct suite_sizes){ 36, 0, 32, { 8, 8, 1, { 0 } }, false });
    expect_sizes("aes128gcm16", &(struct suite_sizes){ 20, 0, 32, { 8, 16, 1, { 0 } }, false });
    expect_sizes("aes256gcm16", &(struct suite_sizes){ 36, 0, 48, { 8, 16, 1, { 0 } }, false });
    expect_sizes("chacha20poly1305",
                 &(struct suite_sizes){ 36, 0, 64, { 8, 16, 1, { 0 } }, false });
}

static void expect_refused(const ike2_crypto *c, const ike2_suite *s, bool child, ike2_err err)
{
    struct suite_sizes sizes, before;

    memset(&sizes, 0x5a, sizeof sizes);
    before = sizes;
    assert_int_equal(ike2_suite_sizes(c, s, child, &sizes), err);
    assert_memory_equal(&sizes, &before, sizeof sizes);
}

static void refuse(const ike2_suite *s, bool child)
{
    expect_refused(&wrap.table, s, child, IKE2_ERR_UNSUPPORTED);
}

static void aead_goes_without_integrity_algorithm(void **state)
{
    const ike2_transform sha256 = { .type = IKE2_TRANSFORM_INTEG,
                                    .id = IKE2_INTEG_HMAC_SHA2_256_128 };
    const ike2_transform none = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_NONE };
    ike2_suite s = *test_suite_named("aes128gcm16");
    struct suite_sizes sizes;

    (void)state;
    s.integ = none;
    assert_int_equal(ike2_suite_sizes(&wrap.table, &s, false, &sizes), IKE2_OK);
    assert_int_equal(sizes.integ_key, 0);
    assert_int_equal(ike2_suite_sizes(&wrap.table, &s, true, &sizes), IKE2_OK);
    s.integ = sha256;
    refuse(&s, false);
    refuse(&s, true);
}

static void other_ciphers_need_an_integrity_algorithm(void **state)
{
    const ike2_transform none = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_NONE };
    ike2_suite s = *test_suite_named("aes128cbc-cmac");

    (void)state;
    s.integ = none;
    refuse(&s, false);
    refuse(&s, true);
    s.integ = (ike2_transform){ 0 };
    refuse(&s, false);
    refuse(&s, true);
}

static void ike_needs_a_prf_and_a_child_does_not(void **state)
{
    ike2_suite s = *test_suite_named("aes128cbc-cmac");
    struct suite_sizes sizes;

    (void)state;
    s.prf = (ike2_transform){ 0 };
    refuse(&s, false);
    assert_int_equal(ike2_suite_sizes(&wrap.table, &s, true, &sizes), IKE2_OK);
    assert_int_equal(sizes.encr_key, 16);
    assert_int_equal(sizes.integ_key, 16);
    assert_int_equal(sizes.prf_key, 0);
}

static void member_of_another_type_or_unknown_id_is_refused(void **state)
{
    const ike2_suite good = *test_suite_named("aes128cbc-cmac");
    ike2_suite s = good;

    (void)state;
    s.encr.type = IKE2_TRANSFORM_PRF;
    refuse(&s, false);
    s = good;
    s.integ = test_suite_named("aes128gcm16")->encr;
    refuse(&s, false);
    s = good;
    s.encr.id = 0xfffe;
    refuse(&s, false);
    s = good;
    s.prf.id = 0xfffe;
    refuse(&s, false);
    s = (ike2_suite){ 0 };
    refuse(&s, false);
    refuse(&s, true);
}

static void every_failing_description_fails_the_whole(void **state)
{
    const ike2_suite *s = test_suite_named("aes128cbc-cmac");
    uint64_t n_calls;
    struct suite_sizes sizes;

    (void)state;
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
    assert_int_equal(ike2_suite_sizes(&wrap.table, s, false, &sizes), IKE2_OK);
    n_calls = wrap.n_calls;
    assert_int_equal(n_calls, 3);
    for (uint64_t n = 1; n <= n_calls; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        expect_refused(&wrap.table, s, false, IKE2_ERR_MEMORY);
    }
}

/* A provider that says what it is told to say. */
struct odd_provider {
    ike2_transform_info encr, integ, prf;
};

static ike2_err odd_describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    const struct odd_provider *odd = user;

    *out = t->type == IKE2_TRANSFORM_ENCR ? odd->encr :
           t->type == IKE2_TRANSFORM_PRF ? odd->prf : odd->integ;
    return IKE2_OK;
}

static const struct odd_provider plain_cbc = {
    .encr = { .key_len = 16, .iv_len = 16, .block_len = 16, .iv_random = true },
    .integ = { .key_len = 20, .icv_len = 12 },
    .prf = { .key_len = 20, .out_len = 20 },
};

static ike2_err odd_sizes(struct odd_provider odd, bool child)
{
    ike2_crypto c = { .struct_size = sizeof c, .user = &odd, .describe = odd_describe };
    ike2_suite s = *test_suite_named("aes128cbc-cmac");
    struct suite_sizes sizes;

    s.integ.type = odd.encr.aead ? 0 : IKE2_TRANSFORM_INTEG;
    return ike2_suite_sizes(&c, &s, child, &sizes);
}

static void lengths_that_no_message_can_carry_are_refused(void **state)
{
    struct odd_provider odd = plain_cbc;

    (void)state;
    assert_int_equal(odd_sizes(odd, false), IKE2_OK);
    odd.encr.iv_len = 256;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd.encr.iv_len = 0;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.encr.block_len = 256;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.integ.icv_len = 256;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.encr.iv_random = false;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd.encr.iv_len = 8;
    assert_int_equal(odd_sizes(odd, false), IKE2_OK);
}

static void keys_and_checksums_of_no_octets_are_refused(void **state)
{
    struct odd_provider odd = plain_cbc;

    (void)state;
    odd.integ.key_len = 0;
    assert_int_equal(odd_sizes(odd, true), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.integ.icv_len = 0;
    assert_int_equal(odd_sizes(odd, true), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.prf.key_len = 0;
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
    odd = plain_cbc;
    odd.encr = (ike2_transform_info){ .key_len = 0, .iv_len = 8, .icv_len = 16, .aead = true };
    assert_int_equal(odd_sizes(odd, true), IKE2_ERR_UNSUPPORTED);
    odd.encr = (ike2_transform_info){ .key_len = 16, .iv_len = 8, .icv_len = 0, .aead = true };
    assert_int_equal(odd_sizes(odd, true), IKE2_ERR_UNSUPPORTED);
}

static void encr_null_is_for_children_only(void **state)
{
    struct odd_provider odd = plain_cbc;

    (void)state;
    odd.encr.key_len = 0;
    assert_int_equal(odd_sizes(odd, true), IKE2_OK);
    assert_int_equal(odd_sizes(odd, false), IKE2_ERR_UNSUPPORTED);
}

/* RFC 4543 3: its sizes are those of AES-GCM, so that only its name tells. */
static void gmac_is_for_children_only(void **state)
{
    const ike2_transform gmac = { .type = IKE2_TRANSFORM_ENCR,
                                  .id = IKE2_ENCR_NULL_AUTH_AES_GMAC, .key_bits = 128 };
    ike2_suite s = *test_suite_named("aes128gcm16");
    struct suite_sizes sizes;

    (void)state;
    s.encr = gmac;
    refuse(&s, false);
    assert_int_equal(ike2_suite_sizes(&wrap.table, &s, true, &sizes), IKE2_OK);
    assert_int_equal(sizes.encr_key, 20);
    assert_int_equal(sizes.integ_key, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transform_goes_where_its_type_names),
        cmocka_unit_test(sizes_are_those_of_the_rfcs),
        cmocka_unit_test(aead_goes_without_integrity_algorithm),
        cmocka_unit_test(other_ciphers_need_an_integrity_algorithm),
        cmocka_unit_test(ike_needs_a_prf_and_a_child_does_not),
        cmocka_unit_test(member_of_another_type_or_unknown_id_is_refused),
        cmocka_unit_test(every_failing_description_fails_the_whole),
        cmocka_unit_test(lengths_that_no_message_can_carry_are_refused),
        cmocka_unit_test(keys_and_checksums_of_no_octets_are_refused),
        cmocka_unit_test(encr_null_is_for_children_only),
        cmocka_unit_test(gmac_is_for_children_only),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
