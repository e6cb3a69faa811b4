/* lib/mbedtls/engine.c, by the transforms that lead to each mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/engine.h"
#include "support/octets.h"

enum { DATA_MAX = 64 };

/* One message. `key` has the salt behind it. */
static const struct vector {
    ike2_transform encr;
    const char *key, *iv, *aad, *plain, *cipher, *icv;
} vectors[] = {
    /* McGrew and Viega, The Galois/Counter Mode of Operation, test case 4. */
    { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 128 },
      .key = "feffe9928665731c6d6a8f9467308308cafebabe",
      .iv = "facedbaddecaf888",
      .aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      .plain =
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
          "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      .cipher =
          "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
          "7d8f6a5aac84aa051ba30b396a0aac973d58e091",
      .icv = "5bc94fbc3221a5db94fae95ae7121a47" },
    /* draft-mcgrew-gcm-test-01, ENCR_NULL_AUTH_AES_GMAC: SPI 0x4321, sequence number 7. */
    { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_NULL_AUTH_AES_GMAC, .key_bits = 128 },
      .key = "4c80cdefbb5d10da906ac73c3613a63422433c64",
      .iv = "0000000000000000",
      .aad = "0000432100000007",
      .plain =
          "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c"
          "6d6e6f707172737401020201",
      .cipher =
          "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c"
          "6d6e6f707172737401020201",
      .icv = "f2a9a836e155106aa8dcd618e4099aaa" },
};

enum { N_VECTORS = sizeof vectors / sizeof vectors[0] };

static ike2_bytes hex(const char *text, uint8_t room[DATA_MAX])
{
    return bytes_of(room, octets_from_hex(text, room, DATA_MAX));
}

static void modes_are_those_of_the_published_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        const struct vector *v = &vectors[i];
        uint8_t key_room[DATA_MAX], iv[DATA_MAX], aad[DATA_MAX], data[DATA_MAX], icv[16];
        ike2_key *key = NULL;

        assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_CHILD, hex(v->key, key_room), &key),
                         IKE2_OK);
        const ike2_seal_args args = {
            .encr = v->encr, .encr_key = key, .iv = hex(v->iv, iv), .aad = hex(v->aad, aad),
            .data = data, .len = hex(v->plain, data).len, .icv = icv, .icv_len = sizeof icv,
        };

        assert_int_equal(ike2_mbed_seal(NULL, &args), IKE2_OK);
        octets_expect_hex(bytes_of(data, args.len), v->cipher);
        octets_expect_hex(bytes_of(icv, sizeof icv), v->icv);
        assert_int_equal(ike2_mbed_open(NULL, &args), IKE2_OK);
        octets_expect_hex(bytes_of(data, args.len), v->plain);
        ike2_mbed_key_free(NULL, key);
    }
}

/* A build of mbedTLS may leave ciphers out; here, one that there is nowhere. */
static void ciphers_that_mbedtls_lacks_do_not_exist(void **state)
{
    const struct encr_kind cbc = { .mode = MODE_CBC, .cipher = MBEDTLS_CIPHER_ID_AES };
    const struct encr_kind none = { .mode = MODE_CBC, .cipher = MBEDTLS_CIPHER_ID_NULL };

    (void)state;
    assert_true(ike2_mbed_engine_exists(&cbc, 16));
    assert_false(ike2_mbed_engine_exists(&cbc, 17));
    assert_false(ike2_mbed_engine_exists(&none, 16));
}

static void engine_that_cannot_begin_can_be_ended(void **state)
{
    static const uint8_t key[32];
    const struct encr_kind kinds[] = {
        { .mode = MODE_CBC, .cipher = MBEDTLS_CIPHER_ID_AES },
        { .mode = MODE_CTR, .cipher = MBEDTLS_CIPHER_ID_AES },
        { .mode = MODE_GCM, .cipher = MBEDTLS_CIPHER_ID_AES },
        { .mode = MODE_CCM, .cipher = MBEDTLS_CIPHER_ID_AES },
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct engine_plan plan = { .kind = &kinds[i], .key = key, .key_len = 17 };
        struct engine e;

        assert_int_not_equal(ike2_mbed_engine_begin(&e, &plan), 0);
        ike2_mbed_engine_end(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_those_of_the_published_examples),
        cmocka_unit_test(ciphers_that_mbedtls_lacks_do_not_exist),
        cmocka_unit_test(engine_that_cannot_begin_can_be_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
