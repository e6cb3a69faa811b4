/* lib/mbedtls/key_schemes.c: what a private key can sign with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/proof.h"

enum { LIST = 16 };

static void each_scheme_of_a_key_signs(void **state)
{
    static const struct {
        enum pki_key key;
        uint16_t best;
        size_t n;
    } rows[] = {
        { PKI_RSA, IKE2_SIG_RSA_PSS_SHA256, 6 },
        { PKI_PEER, IKE2_SIG_ECDSA_SHA256_DER, 4 },
        { PKI_P384, IKE2_SIG_ECDSA_SHA384_DER, 4 },
        { PKI_P521, IKE2_SIG_ECDSA_SHA512_DER, 4 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ike2_key *key = pki_private_key(*state, rows[i].key);
        uint16_t schemes[LIST];
        size_t n = LIST;

        assert_int_equal(ike2_mbedtls_key_schemes(key, schemes, &n), IKE2_OK);
        assert_int_equal(n, rows[i].n);
        assert_int_equal(schemes[0], rows[i].best);
        for (size_t k = 0; k < n; k++) {
            assert_int_not_equal(schemes[k], IKE2_SIG_RSA_PKCS1_SHA1);
            assert_int_not_equal(
                pki_sign(*state, rows[i].key, schemes[k], bytes_of("signed", 6)).len, 0);
        }
        ike2_mbed_key_free(NULL, key);
    }
}

static void too_little_room_tells_what_is_needed(void **state)
{
    ike2_key *key = pki_private_key(*state, PKI_PEER);
    uint16_t schemes[4] = { 7, 7, 7, 7 };
    size_t n = 3;

    assert_int_equal(ike2_mbedtls_key_schemes(key, schemes, &n), IKE2_ERR_SPACE);
    assert_int_equal(n, 4);
    assert_int_equal(schemes[0], 7);
    n = 0;
    assert_int_equal(ike2_mbedtls_key_schemes(key, NULL, &n), IKE2_ERR_SPACE);
    assert_int_equal(n, 4);
    assert_int_equal(ike2_mbedtls_key_schemes(key, schemes, &n), IKE2_OK);
    ike2_mbed_key_free(NULL, key);
}

static void handle_of_another_use_is_no_private_key(void **state)
{
    uint16_t schemes[LIST];
    ike2_key *key = NULL;
    size_t n = LIST;

    (void)state;
    assert_int_equal(ike2_mbedtls_key_schemes(NULL, schemes, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_PRF, bytes_of("secret", 6), &key),
                     IKE2_OK);
    assert_int_equal(ike2_mbedtls_key_schemes(key, schemes, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbedtls_key_schemes(key, NULL, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbedtls_key_schemes(key, schemes, NULL), IKE2_ERR_ARGUMENT);
    assert_int_equal(n, LIST);
    ike2_mbed_key_free(NULL, key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_scheme_of_a_key_signs),
        cmocka_unit_test(too_little_room_tells_what_is_needed),
        cmocka_unit_test(handle_of_another_use_is_no_private_key),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
