/* lib/crypto/keys.c. Golden values by Python's hmac, those of the AES PRFs over the AES of the
 * package `cryptography`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "crypto/keys.h"
#include "support/crypto_wrap.h"
#include "support/octets.h"
#include "support/suites.h"

static struct crypto_wrap wrap;
static uint8_t ni[16], nr[32], octets[32];
static struct key_seeds seeds;
static ike2_key *shared, *sk_d;
static struct keymat_args keymat;

static ike2_key *import(uint16_t use, uint8_t first)
{
    ike2_key *key = NULL;

    octets_ramp(octets, sizeof octets, first);
    assert_int_equal(wrap.table.key_import(wrap.table.user, use,
                                           (ike2_bytes){ .ptr = octets, .len = sizeof octets },
                                           &key),
                     IKE2_OK);
    return key;
}

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    octets_ramp(ni, sizeof ni, 0x10);
    octets_ramp(nr, sizeof nr, 0x40);
    seeds = (struct key_seeds){
        .ni = { ni, sizeof ni },
        .nr = { nr, sizeof nr },
        .spi_i = 0xa0a1a2a3a4a5a6a7u,
        .spi_r = 0xb0b1b2b3b4b5b6b7u,
    };
    shared = import(IKE2_USE_SHARED, 0x80);
    sk_d = import(IKE2_USE_PRF, 0xc0);
    keymat = (struct keymat_args){
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 },
        .sk_d = sk_d,
        .ni = seeds.ni,
        .nr = seeds.nr,
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    wrap.table.key_free(wrap.table.user, shared);
    wrap.table.key_free(wrap.table.user, sk_d);
    crypto_wrap_clear(&wrap);
    return 0;
}

static void expect_key(const ike2_key *key, const char *hex)
{
    octets_expect_key(&wrap.table, key, hex);
}

static void aead_suite_has_five_keys_with_their_salts(void **state)
{
    ike2_suite suite = *test_suite_named("aes256gcm16");
    struct sa_keys k;

    (void)state;
    suite.prf.id = IKE2_PRF_HMAC_SHA2_256;
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, &suite, shared, &seeds, &k), IKE2_OK);
    assert_null(k.ai);
    assert_null(k.ar);
    expect_key(k.d, "5b972e585e32d3ab96dff08e241c9f902a02f17b39552000aea5c3960356f671");
    expect_key(k.ei, "d3f4b54b18ac8cd1f4aa62d1b129dbd39ff5ef5d6a36491183e0d8402d8752fac879a3ca");
    expect_key(k.er, "43b4db73b51e0f9c5cdfa0563e5298dee93367905b43723e28be8375bcb44a536f4de32a");
    expect_key(k.pi, "5b3cfac99efc6cf0f17a6184d99d2997f8b689ccb6662232685aa14f00b4fd81");
    expect_key(k.pr, "99b334160b9904f6159a3ccb7a53130d0628313b0b75bf67774560de080cca17");
    ike2_sa_keys_clear(&wrap.table, &k);
}

static void other_suites_have_seven_keys_in_the_rfcs_order(void **state)
{
    struct sa_keys k;

    (void)state;
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, test_suite_named("aes192cbc-sha256"),
                                         shared, &seeds, &k),
                     IKE2_OK);
    expect_key(k.d, "5b972e585e32d3ab96dff08e241c9f902a02f17b39552000aea5c3960356f671");
    expect_key(k.ai, "d3f4b54b18ac8cd1f4aa62d1b129dbd39ff5ef5d6a36491183e0d8402d8752fa");
    expect_key(k.ar, "c879a3ca43b4db73b51e0f9c5cdfa0563e5298dee93367905b43723e28be8375");
    expect_key(k.ei, "bcb44a536f4de32a5b3cfac99efc6cf0f17a6184d99d2997");
    expect_key(k.er, "f8b689ccb6662232685aa14f00b4fd8199b334160b9904f6");
    expect_key(k.pi, "159a3ccb7a53130d0628313b0b75bf67774560de080cca172fe1b78ca0e31c0b");
    expect_key(k.pr, "522a4914660f04334a4c52b6654884756e6d2e4631c132290932cca93dcd565f");
    ike2_sa_keys_clear(&wrap.table, &k);
    assert_null(k.d);
    assert_null(k.pr);
}

/* The old PRF, HMAC-SHA-384, makes SKEYSEED from the old SK_d; the new one all the rest. */
static void rekeyed_sa_takes_its_seed_from_the_old_one(void **state)
{
    ike2_suite suite = *test_suite_named("aes256gcm16");
    struct sa_keys k;

    (void)state;
    suite.prf.id = IKE2_PRF_HMAC_SHA2_256;
    seeds.old_d = sk_d;
    seeds.old_prf = (ike2_transform){ .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_384 };
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, &suite, shared, &seeds, &k), IKE2_OK);
    expect_key(k.d, "afb5b77d0d7d2167a4cb2b2cfd9b36136fed566fcfbd674eeb85023751a8cdb3");
    expect_key(k.ei, "da2c79bfc8d4165ea1e1fcf0be7b61b5b1e66480ed7be9d6466ec94cf98976a2f3011933");
    expect_key(k.er, "32c1af9b6bbe92a85ccbeb15df57989ed68627fe6fed791dcadffbfd715998794aa8b822");
    expect_key(k.pi, "39ceb6a9546f13e22601bc7f688e27979c5ad3969d66d7237d01f11c48a4eeaf");
    expect_key(k.pr, "1aa15588dcdaedb150416ae6ca37209d3754ad7856a3161fd2e55f4d59af0f36");
    ike2_sa_keys_clear(&wrap.table, &k);
}

/* KEYMAT = prf+(SK_d, Ni | Nr) = e4f86303... */
static void child_without_key_exchange_comes_from_the_nonces(void **state)
{
    struct child_keys k;

    (void)state;
    assert_int_equal(ike2_child_keys_derive(&wrap.table, test_suite_named("aes128cbc-cmac"),
                                            &keymat, &k),
                     IKE2_OK);
    expect_key(k.encr_i, "e4f86303eae5a8191c69a0b60c57397a");
    expect_key(k.integ_i, "e064c7c8db7c4d95cacac4189c89557f");
    expect_key(k.encr_r, "a6bb5ab7428744959840844b474a40a7");
    expect_key(k.integ_r, "4978d46c788ec2b3ed778b1d2cf620c2");
    ike2_child_keys_clear(&wrap.table, &k);
    assert_null(k.encr_i);
    assert_null(k.integ_r);
}

/* KEYMAT = prf+(SK_d, g^ir (new) | Ni | Nr) = cef13433... */
static void child_with_key_exchange_puts_its_secret_first(void **state)
{
    struct child_keys k;

    (void)state;
    keymat.shared = shared;
    assert_int_equal(ike2_child_keys_derive(&wrap.table, test_suite_named("aes256gcm16"), &keymat,
                                            &k),
                     IKE2_OK);
    expect_key(k.encr_i,
               "cef13433cd084e60539f0545085b2ed4e8d04ee87031131a835b40a863db3c86467b6005");
    expect_key(k.encr_r,
               "2d79006f6c78d0ee27b1b5ea85486748cb40a626558c96ca2837caa58d3d461013a2041b");
    assert_null(k.integ_i);
    assert_null(k.integ_r);
    ike2_child_keys_clear(&wrap.table, &k);
}

static void every_failing_call_of_an_ike_sa_leaves_nothing(void **state)
{
    const ike2_suite *suite = test_suite_named("aes128cbc-cmac");
    int64_t keys_alive = wrap.keys_alive;
    struct sa_keys k, before;
    uint64_t n_calls;

    (void)state;
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, suite, shared, &seeds, &k), IKE2_OK);
    n_calls = wrap.n_calls;
    ike2_sa_keys_clear(&wrap.table, &k);
    assert_int_equal(n_calls, 5);
    memset(&k, 0x5a, sizeof k);
    before = k;
    for (uint64_t n = 1; n <= n_calls; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_int_equal(ike2_sa_keys_derive(&wrap.table, suite, shared, &seeds, &k),
                         IKE2_ERR_MEMORY);
        assert_memory_equal(&k, &before, sizeof k);
        assert_int_equal(wrap.keys_alive, keys_alive);
    }
}

static void every_failing_call_of_a_child_leaves_nothing(void **state)
{
    const ike2_suite *suite = test_suite_named("aes128cbc-cmac");
    int64_t keys_alive = wrap.keys_alive;
    struct child_keys k, before;

    (void)state;
    memset(&k, 0x5a, sizeof k);
    before = k;
    for (uint64_t n = 1; n <= 3; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_int_equal(ike2_child_keys_derive(&wrap.table, suite, &keymat, &k),
                         IKE2_ERR_MEMORY);
        assert_memory_equal(&k, &before, sizeof k);
        assert_int_equal(wrap.keys_alive, keys_alive);
    }
    crypto_wrap_fail_at(&wrap, 4, IKE2_ERR_MEMORY);
    assert_int_equal(ike2_child_keys_derive(&wrap.table, suite, &keymat, &k), IKE2_OK);
    ike2_child_keys_clear(&wrap.table, &k);
}

static void unusable_suite_derives_nothing(void **state)
{
    const ike2_suite none = { 0 };
    struct sa_keys sa;
    struct child_keys child;

    (void)state;
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, &none, shared, &seeds, &sa),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(ike2_child_keys_derive(&wrap.table, &none, &keymat, &child),
                     IKE2_ERR_UNSUPPORTED);
}

/* A provider with one PRF, which tells what it was keyed with. */
static ike2_transform_info aes_prf_info(const ike2_transform *t)
{
    if (t->type == IKE2_TRANSFORM_PRF)
        return (ike2_transform_info){ .key_len = 16, .out_len = 16 };
    return (ike2_transform_info){ .key_len = 16, .iv_len = 8, .icv_len = 16, .aead = true };
}

static ike2_err aes_prf_describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    (void)user;
    *out = aes_prf_info(t);
    return IKE2_OK;
}

static ike2_err aes_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    ike2_prf_args *seen = user;

    (void)out;
    assert_int_equal(args->n_key, 2);
    assert_ptr_equal(args->key[0].octets.ptr, ni);
    assert_ptr_equal(args->key[1].octets.ptr, nr);
    seen->n_key = args->key[0].octets.len;
    seen->n_data = args->key[1].octets.len;
    return IKE2_ERR_CRYPTO;
}

static void aes_key_free(void *user, ike2_key *key)
{
    (void)user;
    assert_null(key);
}

/* RFC 7296 2.14 */
static void aes_prfs_take_64_bits_of_each_nonce(void **state)
{
    static const struct { uint16_t id; size_t ni, nr; } prfs[] = {
        { IKE2_PRF_AES128_XCBC, 8, 8 },
        { IKE2_PRF_AES128_CMAC, 8, 8 },
        { IKE2_PRF_HMAC_SHA2_256, 16, 32 },
    };
    ike2_prf_args seen = { 0 };
    const ike2_crypto c = {
        .user = &seen, .describe = aes_prf_describe, .prf_key = aes_prf_key,
        .key_free = aes_key_free,
    };
    ike2_suite suite = *test_suite_named("aes128gcm16");
    struct sa_keys k;

    (void)state;
    for (size_t i = 0; i < sizeof prfs / sizeof prfs[0]; i++) {
        suite.prf.id = prfs[i].id;
        assert_int_equal(ike2_sa_keys_derive(&c, &suite, shared, &seeds, &k), IKE2_ERR_CRYPTO);
        assert_int_equal(seen.n_key, prfs[i].ni);
        assert_int_equal(seen.n_data, prfs[i].nr);
    }
}

/* RFC 7296 2.14: of the nonces 64 bits each make the key of SKEYSEED, all of them the seed of prf+;
 * SK_d and SK_p* have 128 bits. */
static void aes_prfs_make_keys_of_128_bits(void **state)
{
    struct sa_keys k;

    (void)state;
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, test_suite_named("aes128cbc-cmac"), shared,
                                         &seeds, &k),
                     IKE2_OK);
    expect_key(k.d, "17d84dd72e127ae80bc32061f24dba17");
    expect_key(k.ar, "6721515000cdff4fb332535513214c2e");
    expect_key(k.ei, "48c9d58e9711e4883586abe9e53153d4");
    expect_key(k.pr, "c83bcfa762d8c7aa03d7552c2714dd53");
    ike2_sa_keys_clear(&wrap.table, &k);
    assert_int_equal(ike2_sa_keys_derive(&wrap.table, test_suite_named("aes256ctr-xcbc"), shared,
                                         &seeds, &k),
                     IKE2_OK);
    expect_key(k.d, "93a9d4ac2a4909fb1ff5174d63aae1cb");
    expect_key(k.ar, "57345fbd4cd3667f769350cfa1abe621");
    expect_key(k.ei, "1a97abd2b0f0ccd691232e38dd831f99f4fb6f4e6efc87ad64837f70c09005de796b11dc");
    expect_key(k.pr, "ec5efaae32172ee891cdfa3e399ddd3e");
    ike2_sa_keys_clear(&wrap.table, &k);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(aead_suite_has_five_keys_with_their_salts),
        TEST(other_suites_have_seven_keys_in_the_rfcs_order),
        TEST(rekeyed_sa_takes_its_seed_from_the_old_one),
        TEST(child_without_key_exchange_comes_from_the_nonces),
        TEST(child_with_key_exchange_puts_its_secret_first),
        TEST(every_failing_call_of_an_ike_sa_leaves_nothing),
        TEST(every_failing_call_of_a_child_leaves_nothing),
        TEST(unusable_suite_derives_nothing),
        TEST(aes_prfs_take_64_bits_of_each_nonce),
        TEST(aes_prfs_make_keys_of_128_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
