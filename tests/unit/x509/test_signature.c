/* lib/x509/signature.c: the signature on a certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/signature.h"
#include "support/proof.h"

enum { ROOM = 4096 };

static ike2_bytes issued(struct pki *p, enum pki_key issuer_key, mbedtls_md_type_t md)
{
    struct pki_certificate c = pki_ca();

    c.issuer_key = issuer_key;
    c.md = md;
    return pki_make(p, c);
}

static ike2_bytes with_key(struct pki *p, enum pki_key key)
{
    struct pki_certificate c = pki_ca();

    c.key = key;
    return pki_make(p, c);
}

static ike2_err verify(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature)
{
    ++*(size_t *)user;
    return ike2_mbedtls_verify(spki, scheme, parts, n, signature);
}

static struct certificate parse(ike2_bytes der)
{
    struct certificate c;

    assert_null(ike2_x509_certificate(der, &c));
    return c;
}

static size_t n_verified;
static const ike2_x509_crypto crypto = { .struct_size = sizeof crypto, .user = &n_verified,
                                         .verify = verify };
static const struct rules rules = { .crypto = &crypto, .max_signatures = 4,
                                   .keys = { .min_rsa_bits = 2048 } };

static bool has_signed(ike2_bytes issuer, ike2_bytes child)
{
    struct certificate a = parse(issuer), b = parse(child);
    struct signatures s = { .n = 0 };

    return ike2_x509_has_signed(&s, &rules, a.spki, &b.seal);
}

/* What has been found once is known, and the number of what is found is limited. */
static void signatures_are_checked_once(void **state)
{
    struct certificate issuer = parse(with_key(*state, PKI_ROOT)), other;
    struct certificate child = parse(issued(*state, PKI_ROOT, MBEDTLS_MD_SHA256));
    struct signatures s = { .n = 0 };

    other = parse(with_key(*state, PKI_OTHER));
    n_verified = 0;
    for (int i = 0; i < 9; i++) {
        assert_true(ike2_x509_has_signed(&s, &rules, issuer.spki, &child.seal));
        assert_false(ike2_x509_has_signed(&s, &rules, other.spki, &child.seal));
    }
    assert_int_equal(n_verified, 2);
    assert_true(ike2_x509_has_not_signed(&s, other.spki, &child.seal));
    assert_false(ike2_x509_has_not_signed(&s, issuer.spki, &child.seal));
    for (int i = 0; i < 9; i++) {
        issuer = parse(with_key(*state, PKI_ROOT));
        (void)ike2_x509_has_signed(&s, &rules, issuer.spki, &child.seal);
        assert_int_equal(s.exhausted, i >= 2);
    }
    assert_int_equal(n_verified, 4);
}

static void signature_is_by_one_key(void **state)
{
    static const enum pki_key keys[] = { PKI_ROOT, PKI_OTHER, PKI_P384, PKI_P521,
                                         PKI_RSA };
    enum { N = sizeof keys / sizeof keys[0] };

    for (size_t i = 0; i < N; i++) {
        ike2_bytes child = issued(*state, keys[i], MBEDTLS_MD_SHA256);

        for (size_t k = 0; k < N; k++)
            assert_int_equal(has_signed(with_key(*state, keys[k]), child), i == k);
        /* The last octet is the signature's. */
        assert_false(has_signed(with_key(*state, keys[i]),
                                pki_spoil(*state, child, child.len - 1)));
    }
}

static void only_sha_2_is_not_weak(void **state)
{
    static const struct {
        mbedtls_md_type_t md;
        bool is_weak;
    } rows[] = {
        { MBEDTLS_MD_MD5, true },     { MBEDTLS_MD_SHA1, true },    { MBEDTLS_MD_SHA224, true },
        { MBEDTLS_MD_SHA256, false }, { MBEDTLS_MD_SHA384, false }, { MBEDTLS_MD_SHA512, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ike2_bytes child = issued(*state, PKI_RSA, rows[i].md);
        struct certificate c = parse(child);

        assert_int_equal(ike2_x509_scheme_is_strong(c.seal.scheme, &rules), !rows[i].is_weak);
        assert_int_equal(has_signed(with_key(*state, PKI_RSA), child), !rows[i].is_weak);
    }
}

/* SEQUENCE of two octets of length around the parts. */
static ike2_bytes sequence(const ike2_bytes *parts, size_t n, uint8_t *room)
{
    size_t len = 4;

    for (size_t i = 0; i < n; i++) {
        assert_true(parts[i].len <= ROOM - len);
        memcpy(room + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
    }
    room[0] = DER_SEQUENCE;
    room[1] = 0x82;
    room[2] = (uint8_t)((len - 4) >> 8);
    room[3] = (uint8_t)(len - 4);
    return bytes_of(room, len);
}

/* The certificate's contents, signed anew by RSASSA-PSS with SHA-256 and a salt of that length. */
static ike2_bytes sign_with_pss(struct pki *p, ike2_bytes der, ike2_bytes algorithm, uint8_t *room)
{
    static const uint8_t begin[] = { DER_BIT_STRING, 0x82, 1, 1, 0 };
    struct reader outer = reader_of(der), r = reader_of(ike2_der_read(&outer, DER_SEQUENCE));
    struct reader tbs = reader_of(ike2_der_read(&r, DER_SEQUENCE));
    const uint8_t *version = tbs.at;
    ike2_bytes parts[3], signature;
    uint8_t tbs_room[ROOM];

    (void)ike2_der_read(&tbs, DER_CONSTRUCTED | 0);
    (void)ike2_der_read(&tbs, DER_INTEGER);
    parts[0] = bytes_of(version, (size_t)(tbs.at - version));
    (void)ike2_der_read(&tbs, DER_SEQUENCE);
    parts[1] = algorithm;
    parts[2] = read_rest(&tbs);
    parts[0] = sequence(parts, 3, tbs_room);
    signature = pki_sign(p, PKI_RSA, IKE2_SIG_RSA_PSS_SHA256, parts[0]);
    assert_int_equal(signature.len, 256);
    parts[2] = bytes_of(begin, sizeof begin);
    return sequence((const ike2_bytes[]){ parts[0], parts[1], parts[2], signature }, 4, room);
}

/* RFC 4055 3.1 */
static void signature_may_be_rsassa_pss(void **state)
{
    uint8_t algorithm[] = "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f"
                          "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa1\x1c"
                          "\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09"
                          "\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa2\x03\x02\x01\x20";
    const ike2_bytes view = bytes_of(algorithm, sizeof algorithm - 1);
    ike2_bytes plain = issued(*state, PKI_RSA, MBEDTLS_MD_SHA256), issuer, child;
    uint8_t room[ROOM];

    issuer = with_key(*state, PKI_RSA);
    child = sign_with_pss(*state, plain, view, room);
    assert_true(has_signed(issuer, child));
    assert_false(has_signed(with_key(*state, PKI_ROOT), child));
    /* Another length of the salt than the signature has. */
    algorithm[sizeof algorithm - 2] = 0x1f;
    child = sign_with_pss(*state, plain, view, room);
    assert_false(has_signed(issuer, child));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_is_by_one_key),
        cmocka_unit_test(signatures_are_checked_once),
        cmocka_unit_test(only_sha_2_is_not_weak),
        cmocka_unit_test(signature_may_be_rsassa_pss),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
