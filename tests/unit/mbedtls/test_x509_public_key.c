/* lib/mbedtls/x509/public_key.c: the key in a certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/keys.h"
#include "support/octets.h"
#include "support/proof.h"

static ike2_bytes make(struct pki *p, enum pki_key key)
{
    struct pki_certificate c = pki_ca();

    c.key = key;
    return pki_make(p, c);
}

static ike2_err match(struct pki *p, enum pki_key key, ike2_bytes certificate)
{
    ike2_key *k = pki_private_key(p, key);
    ike2_err err;

    assert_non_null(k);
    err = ike2_mbedtls_key_matches(k, certificate);
    ike2_mbed_key_free(NULL, k);
    return err;
}

static void key_matches_its_certificate_and_no_other(void **state)
{
    static const enum pki_key keys[] = { PKI_CA, PKI_PEER, PKI_P384, PKI_P521, PKI_RSA };
    enum { N = sizeof keys / sizeof keys[0] };

    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < N; k++)
            assert_int_equal(match(*state, keys[i], make(*state, keys[k])),
                             i == k ? IKE2_OK : IKE2_ERR_AUTH);
    }
    assert_int_equal(match(*state, PKI_CA, make(*state, PKI_RSA_1024)), IKE2_ERR_AUTH);
    assert_int_equal(match(*state, PKI_CA, make(*state, PKI_BRAINPOOL)), IKE2_ERR_AUTH);
}

static void what_is_no_certificate_is_malformed(void **state)
{
    ike2_bytes certificate = make(*state, PKI_CA);
    uint8_t hash[20] = { 0 }, zero[20] = { 0 };

    for (size_t len = 0; len < certificate.len; len += 7) {
        ike2_bytes cut = bytes_of(certificate.ptr, len);

        assert_int_equal(match(*state, PKI_CA, cut), IKE2_ERR_MALFORMED);
        assert_int_equal(ike2_mbedtls_key_hash(cut, hash), IKE2_ERR_MALFORMED);
    }
    assert_memory_equal(hash, zero, sizeof hash);
}

static void handle_of_another_use_is_no_private_key(void **state)
{
    ike2_key *key = NULL;

    assert_int_equal(ike2_mbedtls_key_matches(NULL, make(*state, PKI_CA)), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_PRF, bytes_of("secret", 6), &key),
                     IKE2_OK);
    assert_int_equal(ike2_mbedtls_key_matches(key, make(*state, PKI_CA)), IKE2_ERR_ARGUMENT);
    ike2_mbed_key_free(NULL, key);
}

/* RFC 7296 3.7: of the whole SubjectPublicKeyInfo. */
static void hash_is_that_of_the_public_key_info(void **state)
{
    const struct hash_kind *sha1 = ike2_mbed_hash_kind(IKE2_HASH_SHA1);
    uint8_t spki[1024], expected[HASH_OCTETS_MAX], hash[20];
    ike2_bytes part = bytes_of(spki, octets_from_hex(test_rsa_spki, spki, sizeof spki));

    assert_int_equal(ike2_mbed_digest(sha1, &part, 1, expected), 0);
    assert_int_equal(ike2_mbedtls_key_hash(make(*state, PKI_RSA), hash), IKE2_OK);
    assert_memory_equal(hash, expected, sizeof hash);
    assert_int_equal(ike2_mbedtls_key_hash(make(*state, PKI_CA), hash), IKE2_OK);
    assert_memory_not_equal(hash, expected, sizeof hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_matches_its_certificate_and_no_other),
        cmocka_unit_test(what_is_no_certificate_is_malformed),
        cmocka_unit_test(handle_of_another_use_is_no_private_key),
        cmocka_unit_test(hash_is_that_of_the_public_key_info),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
