/* lib/crypto/scheme.c. The octets are those of RFC 7427 Appendix A. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "crypto/scheme.h"
#include "support/octets.h"

enum { PAYLOAD_MAX = 256, SIGNATURE = 5 };

static const uint8_t signature[SIGNATURE] = { 0x30, 0x00, 0xff, 0x0d, 0x06 };

#define SHA256 "0609608648016503040201"
#define SHA384 "0609608648016503040202"
#define SHA512 "0609608648016503040203"
#define PSS "06092a864886f70d01010a"
#define MGF1 "06092a864886f70d010108"

static const struct row {
    uint16_t scheme;
    uint8_t method;
    uint16_t hash;     /* to be announced by the peer */
    bool is_default;  /* accepted without being named */
    const char *algorithm; /* AlgorithmIdentifier; NULL = older than RFC 7427 */
} rows[] = {
    { IKE2_SIG_RSA_PKCS1_SHA1, 1, 0, false, NULL },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, 9, 0, true, NULL },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, 10, 0, true, NULL },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, 11, 0, true, NULL },
    { IKE2_SIG_RSA_PKCS1_SHA256, 14, 2, true, "300d06092a864886f70d01010b0500" }, /* A.1.2 */
    { IKE2_SIG_RSA_PKCS1_SHA384, 14, 3, true, "300d06092a864886f70d01010c0500" }, /* A.1.3 */
    { IKE2_SIG_RSA_PKCS1_SHA512, 14, 4, true, "300d06092a864886f70d01010d0500" }, /* A.1.4 */
    /* A.4.3 without the trailerField, which is the default: DER leaves it out. */
    { IKE2_SIG_RSA_PSS_SHA256, 14, 2, true,
      "3041" PSS "3034a00f300d" SHA256 "0500a11c301a" MGF1 "300d" SHA256 "0500a203020120" },
    { IKE2_SIG_RSA_PSS_SHA384, 14, 3, true,
      "3041" PSS "3034a00f300d" SHA384 "0500a11c301a" MGF1 "300d" SHA384 "0500a203020130" },
    { IKE2_SIG_RSA_PSS_SHA512, 14, 4, true,
      "3041" PSS "3034a00f300d" SHA512 "0500a11c301a" MGF1 "300d" SHA512 "0500a203020140" },
    { IKE2_SIG_ECDSA_SHA256_DER, 14, 2, true, "300a06082a8648ce3d040302" }, /* A.3.2 */
    { IKE2_SIG_ECDSA_SHA384_DER, 14, 3, true, "300a06082a8648ce3d040303" }, /* A.3.3 */
    { IKE2_SIG_ECDSA_SHA512_DER, 14, 4, true, "300a06082a8648ce3d040304" }, /* A.3.4 */
    { IKE2_SIG_ED25519, 14, 5, false, "300506032b6570" }, /* RFC 8420 A.1 */
    { IKE2_SIG_ED448, 14, 5, false, "300506032b6571" },   /* RFC 8420 A.2 */
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

/* The data of an AUTH payload: length and algorithm (NULL: none), then the signature. */
struct data {
    uint8_t at[PAYLOAD_MAX];
    size_t len, algorithm_len;
};

static struct data data_of(const char *algorithm)
{
    struct data d = { 0 };

    if (algorithm != NULL) {
        d.algorithm_len = octets_from_hex(algorithm, d.at + 1, sizeof d.at - 1);
        d.at[0] = (uint8_t)d.algorithm_len;
        d.len = 1 + d.algorithm_len;
    }
    memcpy(d.at + d.len, signature, SIGNATURE);
    d.len += SIGNATURE;
    return d;
}

static ike2_err read_scheme(uint8_t method, ike2_bytes data, uint16_t *scheme)
{
    const ike2_auth_payload auth = { .method = method, .data = data };
    ike2_bytes at = { 0 };
    ike2_err err;

    *scheme = 0xaaaa;
    err = ike2_scheme_read(&auth, scheme, &at);
    if (err == IKE2_OK) {
        assert_ptr_equal(at.ptr + at.len, data.ptr + data.len);
    } else {
        assert_int_equal(*scheme, 0xaaaa);
        assert_null(at.ptr);
    }
    return err;
}

static void expect_algorithm(const char *algorithm, ike2_err wanted, uint16_t scheme)
{
    struct data d = data_of(algorithm);
    uint16_t read;

    assert_int_equal(read_scheme(14, bytes_of(d.at, d.len), &read), wanted);
    if (wanted == IKE2_OK)
        assert_int_equal(read, scheme);
}

/* --- What a scheme is ---------------------------------------------------------------- */

static void every_scheme_has_its_method_and_hash_and_may_need_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        assert_int_equal(ike2_scheme_method(rows[i].scheme), rows[i].method);
        assert_int_equal(ike2_scheme_hash(rows[i].scheme), rows[i].hash);
        assert_int_equal(ike2_scheme_is_default(rows[i].scheme), rows[i].is_default);
    }
}

static void names_of_schemes_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        assert_string_not_equal(ike2_scheme_name(rows[i].scheme), "unknown");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ike2_scheme_name(rows[i].scheme),
                                    ike2_scheme_name(rows[j].scheme));
    }
}

static void unknown_scheme_has_nothing_and_is_no_default(void **state)
{
    static const uint16_t unknown[] = { 0, 2, 12, 14, 0xff, 0x103, 0x123, 0x132,
                                        UINT16_MAX };
    uint8_t out[SCHEME_ALGORITHM_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_int_equal(ike2_scheme_method(unknown[i]), 0);
        assert_int_equal(ike2_scheme_hash(unknown[i]), 0);
        assert_false(ike2_scheme_is_default(unknown[i]));
        assert_int_equal(ike2_scheme_prefix(unknown[i], out), 0);
        assert_string_equal(ike2_scheme_name(unknown[i]), "unknown");
    }
}

/* --- Written ------------------------------------------------------------------------- */

static void algorithm_is_written_as_in_rfc7427(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        uint8_t out[SCHEME_ALGORITHM_MAX];
        size_t len = ike2_scheme_prefix(rows[i].scheme, out);

        if (rows[i].algorithm == NULL) {
            assert_int_equal(len, 0);
            continue;
        }
        assert_int_equal(out[0], len - 1);
        octets_expect_hex(bytes_of(out + 1, len - 1), rows[i].algorithm);
    }
}

/* --- Read ---------------------------------------------------------------------------- */

static void every_scheme_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct data d = data_of(rows[i].algorithm);
        const ike2_auth_payload auth = { .method = rows[i].method,
                                         .data = bytes_of(d.at, d.len) };
        uint16_t scheme = 0;
        ike2_bytes at;

        assert_int_equal(ike2_scheme_read(&auth, &scheme, &at), IKE2_OK);
        assert_int_equal(scheme, rows[i].scheme);
        assert_int_equal(at.len, SIGNATURE);
        assert_memory_equal(at.ptr, signature, SIGNATURE);
    }
}

/* RFC 7427 A.4.3 as printed there, with its trailerField; RFC 4055 1.2: NULL or nothing. */
static void pss_is_read_with_and_without_trailer_and_null(void **state)
{
    (void)state;
    expect_algorithm("304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a0609"
                     "2a864886f70d010108300d06096086480165030402010500a203020120a303020101",
                     IKE2_OK, IKE2_SIG_RSA_PSS_SHA256);
    expect_algorithm("303d" PSS "3030a00d300b" SHA256 "a11a3018" MGF1 "300b" SHA256
                     "a203020120", IKE2_OK, IKE2_SIG_RSA_PSS_SHA256);
    expect_algorithm("3042" PSS "3035a00d300b" SHA384 "a11a3018" MGF1 "300b" SHA384
                     "a203020130a303020101", IKE2_OK, IKE2_SIG_RSA_PSS_SHA384);
    expect_algorithm("3046" PSS "3039a00f300d" SHA512 "0500a11c301a" MGF1 "300d" SHA512
                     "0500a203020140a303020101", IKE2_OK, IKE2_SIG_RSA_PSS_SHA512);
}

static void pss_with_other_parameters_is_unsupported(void **state)
{
    static const char *const others[] = {
        "300d" PSS "3000", /* A.4.1: SHA-1 */
        /* A.4.2: SHA-1, spelled out */
        "303e" PSS "3031a00b300906052b0e03021a0500a1183016" MGF1 "300906052b0e03021a0500"
        "a203020114a303020101",
        /* two hashes */
        "3041" PSS "3034a00f300d" SHA256 "0500a11c301a" MGF1 "300d" SHA384 "0500a203020120",
        /* another length of the salt */
        "3041" PSS "3034a00f300d" SHA256 "0500a11c301a" MGF1 "300d" SHA256 "0500a203020114",
        "3041" PSS "3034a00f300d" SHA256 "0500a11c301a" MGF1 "300d" SHA256 "0500a203020100",
        /* another trailer */
        "3046" PSS "3039a00f300d" SHA256 "0500a11c301a" MGF1 "300d" SHA256
        "0500a203020120a303020102",
        /* no parameters */
        "300b06092a864886f70d01010a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_algorithm(others[i], IKE2_ERR_UNSUPPORTED, 0);
}

static void algorithms_that_are_not_known_are_unsupported(void **state)
{
    static const char *const others[] = {
        "300d06092a864886f70d0101050500", /* A.1.1: SHA-1 with RSA */
        "300d06092a864886f70d0101010500", /* rsaEncryption */
        "300906072a8648ce380403",         /* A.2.1 */
        "300b0609608648016503040302",     /* A.2.2 */
        "300906072a8648ce3d0401",         /* A.3.1: SHA-1 with ECDSA */
        "300a06082a8648ce3d040301",       /* SHA-224 with ECDSA */
        "300b06092a864886f70d01010b",     /* without the NULL that RSA has to have */
        "300c06082a8648ce3d0403020500",   /* with a NULL that ECDSA must not have */
        "300506032b656e",                 /* X25519, which does not sign */
        "300706032b65700500",             /* Ed25519 with parameters, RFC 8420 A.1 */
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_algorithm(others[i], IKE2_ERR_UNSUPPORTED, 0);
}

static void other_methods_are_unsupported(void **state)
{
    (void)state;
    for (unsigned method = 0; method <= UINT8_MAX; method++) {
        bool is_known = method == 1 || (method >= 9 && method <= 11) || method == 14;
        uint16_t scheme;

        if (!is_known)
            assert_int_equal(read_scheme((uint8_t)method, bytes_of(signature, SIGNATURE), &scheme),
                             IKE2_ERR_UNSUPPORTED);
    }
}

static void auth_without_a_signature_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct data d = data_of(rows[i].algorithm);
        uint16_t scheme;

        assert_int_equal(read_scheme(rows[i].method, bytes_of(d.at, d.len - SIGNATURE), &scheme),
                         IKE2_ERR_MALFORMED);
    }
}

static void every_truncated_algorithm_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct data d = data_of(rows[i].algorithm), shorter = d;
        uint16_t scheme;

        for (size_t len = 0; len <= d.algorithm_len; len++) {
            /* the payload ends early */
            assert_int_equal(read_scheme(rows[i].method, bytes_of(d.at, len), &scheme),
                             IKE2_ERR_MALFORMED);
            /* the algorithm does */
            shorter.at[0] = (uint8_t)len;
            if (len < d.algorithm_len)
                assert_int_equal(read_scheme(14, bytes_of(shorter.at, shorter.len), &scheme),
                                 IKE2_ERR_UNSUPPORTED);
        }
    }
}

/* A flip may make another scheme that is known, SHA-384 of SHA-512 say, but never the same one. */
static void no_flipped_bit_leaves_the_scheme(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct data d = data_of(rows[i].algorithm);
        size_t n_bits = rows[i].algorithm == NULL ? 0 : 8 * (1 + d.algorithm_len);
        uint16_t scheme;

        for (size_t bit = 0; bit < n_bits; bit++) {
            d.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
            (void)read_scheme(14, bytes_of(d.at, d.len), &scheme);
            assert_int_not_equal(scheme, rows[i].scheme);
            d.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_int_equal(read_scheme(rows[i].method, bytes_of(d.at, d.len), &scheme), IKE2_OK);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scheme_has_its_method_and_hash_and_may_need_a_name),
        cmocka_unit_test(names_of_schemes_differ),
        cmocka_unit_test(unknown_scheme_has_nothing_and_is_no_default),
        cmocka_unit_test(algorithm_is_written_as_in_rfc7427),
        cmocka_unit_test(every_scheme_is_read),
        cmocka_unit_test(pss_is_read_with_and_without_trailer_and_null),
        cmocka_unit_test(pss_with_other_parameters_is_unsupported),
        cmocka_unit_test(algorithms_that_are_not_known_are_unsupported),
        cmocka_unit_test(other_methods_are_unsupported),
        cmocka_unit_test(auth_without_a_signature_is_malformed),
        cmocka_unit_test(every_truncated_algorithm_is_refused),
        cmocka_unit_test(no_flipped_bit_leaves_the_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
