/* lib/mbedtls/private_key.c; keys in all forms by OpenSSL, most of them support/keys.c's P-256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/keys.h"
#include "support/octets.h"
#include "support/script.h"

enum { DER_ROOM = 4096 };

static struct script script;
static ike2_mbedtls *provider;

static int setup(void **state)
{
    (void)state;
    script = (struct script){ .state = 1 };
    provider = script_provider(&script);
    return provider != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ike2_mbedtls_free(provider);
    return 0;
}

static const char sec1[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIC0bl7yaNYDqyAwuUhKNaDYKDVsw7D/s8jtazB8Wzho7oAoGCCqGSM49\n"
    "AwEHoUQDQgAE3yB2jBhfedpn7diXQrMkWbXBlGLkcfKsvLLLJ9+4Z7aDAmVUQFX7\n"
    "JkxvzPyXFLrekODCnNUTPuYgippZkusfgQ==\n"
    "-----END EC PRIVATE KEY-----\n";

static const char sec1_without_public_key[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MDECAQEEIC0bl7yaNYDqyAwuUhKNaDYKDVsw7D/s8jtazB8Wzho7oAoGCCqGSM49\n"
    "AwEH\n"
    "-----END EC PRIVATE KEY-----\n";

static const char sec1_encrypted[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,228C7E6144821737292104460AEB6930\n"
    "\n"
    "iCVkAcksRvy4ztpad0uArrMPL01c4cMUsn0uy7Z7WgwWW6X9jI89v4N5LGzV6Rmc\n"
    "lfMEWbd6oGxmPetGYyhcTi/KUVWEaXbF+PgOiaD+N6xoQDFwuJp9y/Abe9tXnJx0\n"
    "LH6c3cnZP6bbLxVyeq0yybhjrrbO2UbXSBv5dWiOlxM=\n"
    "-----END EC PRIVATE KEY-----\n";

static const char pkcs8_encrypted[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHjME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAh8kHNuI9O9bAICA+gw\n"
    "DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQI7l1z7N9Wu9AEgZC3V6h1phoXYTty\n"
    "ZE9n0gc9xkh8yf1lrMFU6jHAuw3TqFGZUHyRchHVIUipLnfsR8kMRERVkbReI5UK\n"
    "//wCGnVgBrnky1xqbYfPPdSQTTeMIMe9DeN1z6JvK+prhJMtaAUr1VQygxhW1SgW\n"
    "yQcGUp7EXbYPixk7hOPIiGg3UFbxV07rrnwKRiwObu8aZhvgZ3E=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char pkcs8_der[] =
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104202d1b97bc"
    "9a3580eac80c2e52128d68360a0d5b30ec3fecf23b5acc1f16ce1a3ba14403420004df20768c185f"
    "79da67edd89742b32459b5c19462e471f2acbcb2cb27dfb867b6830265544055fb264c6fccfc9714"
    "bade90e0c29cd5133ee6208a9a5992eb1f81";

static const char sec1_der[] =
    "307702010104202d1b97bc9a3580eac80c2e52128d68360a0d5b30ec3fecf23b5acc1f16ce1a3ba0"
    "0a06082a8648ce3d030107a14403420004df20768c185f79da67edd89742b32459b5c19462e471f2"
    "acbcb2cb27dfb867b6830265544055fb264c6fccfc9714bade90e0c29cd5133ee6208a9a5992eb1f"
    "81";

static const char pkcs8_encrypted_der[] =
    "3081e3304e06092a864886f70d01050d3041302906092a864886f70d01050c301c040815e8a4d5f8"
    "0f431e020203e8300c06082a864886f70d02090500301406082a864886f70d03070408a6efdabb9b"
    "3e771d048190707b017f44722523ddf18b6029b12df80276592282edebb8f7252ee7a96a679566dc"
    "850e5bd440a19b39abceca6082a1363f89e1ea07e0f6163de6293402cb23680d4496fd36a2e49856"
    "e0e59bf94fe64a0b70a0b41b6326afdf4f2808a99f1395f6ffc83e6962db0ad9132ba4c941c2fda1"
    "6d7edd7ad51b8906bf8b32f6070af4db79acff9ad79bb70352fbd73ee4cf";

static const char pkcs8_by_aes[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjMJQKE2PsFPwICA+gw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHgpzD8df4mP+7evhmYYFFsEgZCB\n"
    "FMdcxsgo2M8Z6GG9kIvhlQgAkb8busMsFKzTHDdjFO//Gu408tBmh9SAfaw1TgEQ\n"
    "va21c89UwtDF5mQ/eADtcl7iuBUZ8QsYLv7qRMGaQlA7g4U0dgj/2DNtHeM5fie0\n"
    "b5sgsy+F3YRCAT1S8bZM+rXdM9MVvRwNmR6NsNHExyCt8/UEPVZ1gcvjx8tPv2E=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char ed25519[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMqaoqb8GmLKR3762V0LNqdNPuGCGLK1S7E7Ka9WsIEy\n"
    "-----END PRIVATE KEY-----\n";

static const char ed25519_der[] =
    "302e020100300506032b657004220420ca9aa2a6fc1a62ca477efad95d0b36a74d3ee18218b2b54b"
    "b13b29af56b08132";

static const char secp256k1[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgnHSkDZlIfFpl03cPshf0\n"
    "cEGUYZISCuO93oJXf3yoD+6hRANCAAT4MZi1bO3nDHlX2KLVxdNNO9VCtFaYa9GJ\n"
    "K022H3c2pxGL9AsVE6gLGcOSJO+2o7KruOU1TRp4HrTZEfHPc92c\n"
    "-----END PRIVATE KEY-----\n";

static const char rsa_1024[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAMAVxAZnDuixNTFL\n"
    "m7lM9WeUEkVs2IICvWxhS9WJFX06oukUTaisqy8yIWA5mRw6OpsNXUN5q8YHaal7\n"
    "adESxXlnw4b+6XnF/XFofd5iHnGvU6x4hS3yAbneU2tExFa/RuFRYCSC/wzfnhXL\n"
    "faMUvCzIR9W6yd6W1gt3zRmmQoXRAgMBAAECgYEAuvDz9F88bU55vF4fUjoJ5CKB\n"
    "nbuPAwjznZUbnthpZ5U3k6vE4NIbUDVzshicYJJzEw/wooi5mmMAfIe1tlqUgCHC\n"
    "gEZOKv1/0qJtJ85sWoI7g9jixH+o4TKfZV93WzlulxSCBAQ/u7xrqv+cjeV41Yks\n"
    "Fse7BZtULqdKukYzRbkCQQDhSaTijNDAeE/nUDbRfrLUiOvGgfD4QsMVXhv99ati\n"
    "ydHKFOwb6i7ZlhgUYk90ZmZ1P6WL3uQw/z5N+10xoEjbAkEA2kVgUku/3FYlc/tz\n"
    "W1Z+BgLY889wsavCWCfXgVLecbKPk4XqBcqGr3mKSPMF+ktoSLPJ9rw80Iwhkq7V\n"
    "wxhFwwJBAM+buBD2R2E2/hth9kJ0iYQGcZBLKq79hx1nzk/oVvoAlg2t3i+TTX1C\n"
    "LgqK1kGkJAMklgAhdRQaA2aFn8odtUUCQDKhWSB91blkejeXIkETpRP74RtdCQUN\n"
    "lH0icMjc0iCJjOhpbcl+GxPlG4CkbsSKbVw/6B9Fts2hU8BUsd0ZakUCQH2zfXcJ\n"
    "TGB16vCZ8fCBWk94mfx4DcXQg9V+6KbWxwJ5jEwCl7vel92F1Gvrjm4keUsLAn9s\n"
    "V7OtEwaHEGQQdAQ=\n"
    "-----END PRIVATE KEY-----\n";

static ike2_bytes text(const char *s)
{
    return bytes_of(s, strlen(s));
}

/* The key, or NULL after the error that is expected. */
static ike2_key *read_key(ike2_bytes octets, const char *password, ike2_err expected)
{
    ike2_key *key = NULL;

    assert_int_equal(ike2_mbedtls_private_key(provider, octets, text(password), &key), expected);
    assert_int_equal(key != NULL, expected == IKE2_OK);
    return key;
}

static void expect_err(ike2_bytes octets, const char *password, ike2_err err)
{
    assert_null(read_key(octets, password, err));
}

/* Whatever form it had, it is the key that the PEM of support/keys.c has. */
static void expect_p256(ike2_bytes octets, const char *password)
{
    ike2_key *reference = read_key(text(test_p256_pem), "", IKE2_OK);
    ike2_key *key = read_key(octets, password, IKE2_OK);

    assert_int_equal(key->use, IKE2_USE_SIGN);
    assert_int_equal(key->len, reference->len);
    assert_memory_equal(key->octets, reference->octets, key->len);
    ike2_mbed_key_free(NULL, key);
    ike2_mbed_key_free(NULL, reference);
}

static ike2_bytes der(const char *hex)
{
    static uint8_t room[DER_ROOM];

    return bytes_of(room, octets_from_hex(hex, room, sizeof room));
}

static void form_does_not_matter(void **state)
{
    (void)state;
    expect_p256(text(sec1), "");
    expect_p256(text(sec1_without_public_key), "");
    expect_p256(der(pkcs8_der), "");
    expect_p256(der(sec1_der), "");
    /* A terminator, if the caller counts it, is no harm; nor is a password too many. */
    expect_p256(bytes_of(sec1, sizeof sec1), "");
    expect_p256(text(sec1), "secret");
}

static void encrypted_key_needs_its_password(void **state)
{
    static const char *const pems[] = { sec1_encrypted, pkcs8_encrypted };

    (void)state;
    for (size_t i = 0; i < sizeof pems / sizeof pems[0]; i++) {
        expect_p256(text(pems[i]), "secret");
        expect_err(text(pems[i]), "Secret", IKE2_ERR_AUTH);
        expect_err(text(pems[i]), "", IKE2_ERR_AUTH);
    }
    expect_p256(der(pkcs8_encrypted_der), "secret");
    expect_err(der(pkcs8_encrypted_der), "Secret", IKE2_ERR_AUTH);
    expect_err(der(pkcs8_encrypted_der), "", IKE2_ERR_AUTH);
}

/* mbedTLS 2.28 does not have PBES2 with AES, later ones do. */
static void encryption_that_mbedtls_lacks_is_unsupported(void **state)
{
    ike2_key *key = NULL;
    ike2_err err = ike2_mbedtls_private_key(provider, text(pkcs8_by_aes), text("secret"), &key);

    (void)state;
    assert_true(err == IKE2_ERR_UNSUPPORTED || err == IKE2_OK);
    assert_int_equal(key != NULL, err == IKE2_OK);
    ike2_mbed_key_free(NULL, key);
    expect_err(text(pkcs8_by_aes), "", IKE2_ERR_AUTH);
}

static void exported_key_is_der_that_reads_again(void **state)
{
    static const char *const pems[] = { test_rsa_pem, test_p256_pem, test_p384_pem,
                                        test_p521_pem };

    (void)state;
    for (size_t i = 0; i < sizeof pems / sizeof pems[0]; i++) {
        ike2_key *key = read_key(text(pems[i]), "", IKE2_OK), *again;
        uint8_t room[DER_ROOM];
        ike2_buffer out = { .ptr = room, .cap = sizeof room };

        assert_int_equal(ike2_mbed_key_export(NULL, key, &out), IKE2_OK);
        again = read_key(bytes_of(room, out.len), "", IKE2_OK);
        assert_int_equal(again->len, key->len);
        assert_memory_equal(again->octets, key->octets, key->len);
        ike2_mbed_key_free(NULL, again);
        ike2_mbed_key_free(NULL, key);
    }
}

static void keys_that_are_not_ours_are_unsupported(void **state)
{
    (void)state;
    expect_err(text(ed25519), "", IKE2_ERR_UNSUPPORTED);
    expect_err(der(ed25519_der), "", IKE2_ERR_UNSUPPORTED);
    expect_err(text(secp256k1), "", IKE2_ERR_UNSUPPORTED);
    expect_err(text(rsa_1024), "", IKE2_ERR_UNSUPPORTED);
}

static void what_is_no_key_is_malformed(void **state)
{
    (void)state;
    expect_err((ike2_bytes){ 0 }, "", IKE2_ERR_MALFORMED);
    expect_err(text("0"), "", IKE2_ERR_MALFORMED);
    expect_err(text("hello"), "", IKE2_ERR_MALFORMED);
    expect_err(text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "",
               IKE2_ERR_MALFORMED);
    expect_err(der(test_p256_spki), "", IKE2_ERR_MALFORMED);
}

static void every_truncation_is_refused(void **state)
{
    size_t len = der(pkcs8_der).len;

    (void)state;
    while (len-- > 0) {
        ike2_key *key = NULL;
        ike2_bytes cut = bytes_of(der(pkcs8_der).ptr, len);

        assert_int_not_equal(ike2_mbedtls_private_key(provider, cut, (ike2_bytes){ 0 }, &key),
                             IKE2_OK);
        assert_null(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_does_not_matter),
        cmocka_unit_test(encrypted_key_needs_its_password),
        cmocka_unit_test(encryption_that_mbedtls_lacks_is_unsupported),
        cmocka_unit_test(exported_key_is_der_that_reads_again),
        cmocka_unit_test(keys_that_are_not_ours_are_unsupported),
        cmocka_unit_test(what_is_no_key_is_malformed),
        cmocka_unit_test(every_truncation_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
