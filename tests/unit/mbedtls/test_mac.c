/* lib/mbedtls/mac.c; keys of other lengths are the business of test_prf.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/mac.h"
#include "support/octets.h"

static const struct mac_kind cmac = { .family = MAC_CMAC, .len = 16 };

/* RFC 4493 4, the first octets of one message. */
static const char message_hex[] =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
    "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const struct {
    size_t len;
    const char *mac;
} vectors[] = {
    { 0, "bb1d6929e95937287fa37d129b756746" },
    { 16, "070a16b46b4d4144f79bdd9dd04a287c" },
    { 40, "dfa66747de9ae63030ca32611497c827" },
    { 64, "51f0bebf7e3b9d92fc49741779363cfe" },
};

enum { N_VECTORS = sizeof vectors / sizeof vectors[0], MESSAGE_LEN = 64, KEY_LEN = 16 };

static void begin(struct mac *m, const struct mac_kind *k, const char *key_hex)
{
    uint8_t key[HASH_BLOCK_MAX];
    const ike2_input input = {
        .octets = bytes_of(key, octets_from_hex(key_hex, key, sizeof key)),
    };

    assert_int_equal(ike2_mbed_mac_begin(m, k, &input, 1), 0);
}

static void expect_end(struct mac *m, const char *hex)
{
    uint8_t out[HASH_OCTETS_MAX];

    assert_int_equal(ike2_mbed_mac_finish(m, out), 0);
    octets_expect_hex(bytes_of(out, m->kind.len), hex);
}

static void cmac_is_that_of_rfc_4493(void **state)
{
    uint8_t message[MESSAGE_LEN];
    struct mac m;

    (void)state;
    assert_int_equal(octets_from_hex(message_hex, message, sizeof message), sizeof message);
    begin(&m, &cmac, "2b7e151628aed2a6abf7158809cf4f3c");
    for (size_t i = 0; i < N_VECTORS; i++) {
        for (size_t cut = 0; cut <= vectors[i].len; cut++) {
            const ike2_input parts[] = {
                { .octets = bytes_of(message, cut) },
                { .octets = bytes_of(message + cut, vectors[i].len - cut) },
            };

            assert_int_equal(ike2_mbed_mac_feed(&m, parts, 2), 0);
            expect_end(&m, vectors[i].mac);
            assert_int_equal(ike2_mbed_mac_reset(&m), 0);
        }
    }
    ike2_mbed_mac_end(&m);
}

/* RFC 4231 4.2, twice with one key. */
static void hmac_is_that_of_rfc_4231(void **state)
{
    const struct mac_kind k = HMAC_KIND(SHA2_256, 32);
    struct mac m;

    (void)state;
    begin(&m, &k, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ike2_mbed_mac_update(&m, bytes_of("Hi There", 8)), 0);
        expect_end(&m, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert_int_equal(ike2_mbed_mac_reset(&m), 0);
    }
    ike2_mbed_mac_end(&m);
}

/* RFC 3566 4, RFC 4494 2, RFC 4868 2.1.1; RFC 2404 5 */
static const struct {
    uint16_t id, key, icv;
} integs[] = {
#ifdef IKE2_ENABLE_LEGACY
    { IKE2_INTEG_HMAC_SHA1_96, 20, 12 },
#endif
    { IKE2_INTEG_HMAC_SHA2_256_128, 32, 16 }, { IKE2_INTEG_HMAC_SHA2_384_192, 48, 24 },
    { IKE2_INTEG_HMAC_SHA2_512_256, 64, 32 }, { IKE2_INTEG_AES_XCBC_96, 16, 12 },
    { IKE2_INTEG_AES_CMAC_96, 16, 12 },
};

static void integrity_transforms_have_the_lengths_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof integs / sizeof integs[0]; i++) {
        const ike2_transform t = { .type = IKE2_TRANSFORM_INTEG, .id = integs[i].id };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        assert_int_equal(ike2_mbed_integ_describe(&t, &info), IKE2_OK);
        assert_int_equal(info.key_len, integs[i].key);
        assert_int_equal(info.icv_len, integs[i].icv);
    }
}

static void other_integrity_transforms_are_unsupported(void **state)
{
    size_t n = 0;

    (void)state;
    for (uint16_t id = 0; id < 1024; id++) {
        const ike2_transform t = { .type = IKE2_TRANSFORM_INTEG, .id = id };
        const ike2_transform long_key = { .type = IKE2_TRANSFORM_INTEG, .id = id,
                                          .key_bits = 128 };
        const ike2_transform prf = { .type = IKE2_TRANSFORM_PRF, .id = id };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        n += ike2_mbed_integ_describe(&t, &info) == IKE2_OK;
        assert_int_equal(ike2_mbed_integ_describe(&long_key, &info), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_integ_describe(&prf, &info), IKE2_ERR_UNSUPPORTED);
    }
    assert_int_equal(n, sizeof integs / sizeof integs[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cmac_is_that_of_rfc_4493),
        cmocka_unit_test(hmac_is_that_of_rfc_4231),
        cmocka_unit_test(integrity_transforms_have_the_lengths_of_the_rfcs),
        cmocka_unit_test(other_integrity_transforms_are_unsupported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
