/* lib/mbedtls/x509/pem.c: certificates and CRLs out of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/pem.h>

#include <ike2/error.h>

#include "base/bytes.h"
#include "support/proof.h"

enum { ROOM = 8192, LIST = 4 };

static const char begin_line[] = "-----BEGIN CERTIFICATE-----\n";
static const char end_line[] = "-----END CERTIFICATE-----\n";

struct reading {
    uint8_t room[ROOM];
    ike2_buffer buffer;
    ike2_bytes out[LIST];
    size_t n;
};

static ike2_err read_text(struct reading *r, ike2_bytes text)
{
    *r = (struct reading){ .n = LIST };
    r->buffer = (ike2_buffer){ .ptr = r->room, .cap = ROOM };
    return ike2_mbedtls_certificates(text, &r->buffer, r->out, &r->n);
}

static ike2_err read_crls(struct reading *r, ike2_bytes text)
{
    *r = (struct reading){ .n = LIST };
    r->buffer = (ike2_buffer){ .ptr = r->room, .cap = ROOM };
    return ike2_mbedtls_crls(text, &r->buffer, r->out, &r->n);
}

static void add_text(char *text, const char *more)
{
    assert_true(strlen(text) + strlen(more) < ROOM);
    strcat(text, more);
}

static void add_pem(char *text, const char *begin, ike2_bytes der, const char *end)
{
    unsigned char pem[ROOM];
    size_t len;

    assert_int_equal(mbedtls_pem_write_buffer(begin, end, der.ptr, der.len, pem, sizeof pem, &len),
                     0);
    add_text(text, (char *)pem);
}

static void add_certificate(char *text, ike2_bytes der)
{
    add_pem(text, begin_line, der, end_line);
}

static ike2_bytes view(const char *text)
{
    return bytes_of(text, strlen(text));
}

static void expect_equal(ike2_bytes a, ike2_bytes b)
{
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.ptr, b.ptr, a.len);
}

static void blocks_come_in_order_whatever_is_between(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca()), root = pki_make(*state, pki_root());
    char text[ROOM] = "The CA:\n";
    struct reading r;

    add_certificate(text, ca);
    add_pem(text, "-----BEGIN PRIVATE KEY-----\n", root, "-----END PRIVATE KEY-----\n");
    add_text(text, "The root:\r\n");
    add_certificate(text, root);
    assert_int_equal(read_text(&r, view(text)), IKE2_OK);
    assert_int_equal(r.n, 2);
    expect_equal(r.out[0], ca);
    expect_equal(r.out[1], root);
    assert_int_equal(r.buffer.len, ca.len + root.len);
}

static void lines_may_end_with_cr_lf(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca());
    char text[ROOM] = "", dos[ROOM] = "";
    struct reading r;
    size_t n = 0;

    add_certificate(text, ca);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            dos[n++] = '\r';
        dos[n++] = *c;
    }
    assert_int_equal(read_text(&r, view(dos)), IKE2_OK);
    assert_int_equal(r.n, 1);
    expect_equal(r.out[0], ca);
}

static void der_is_taken_as_it_is(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca());
    struct reading r;

    assert_int_equal(read_text(&r, ca), IKE2_OK);
    assert_int_equal(r.n, 1);
    expect_equal(r.out[0], ca);
    assert_ptr_equal(r.out[0].ptr, r.room);
    assert_int_equal(r.buffer.len, ca.len);
    assert_int_equal(read_text(&r, bytes_of(ca.ptr, ca.len - 1)), IKE2_ERR_MALFORMED);
}

static void expect_malformed(const char *text)
{
    struct reading r;

    assert_int_equal(read_text(&r, view(text)), IKE2_ERR_MALFORMED);
    assert_int_equal(r.n, LIST);
    assert_int_equal(r.buffer.len, 0);
    for (size_t i = 0; i < LIST; i++)
        assert_null(r.out[i].ptr);
}

static void what_is_no_certificate_is_malformed(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca());
    char text[ROOM] = "";

    expect_malformed("");
    expect_malformed("no certificate");
    expect_malformed("-----BEGIN CERTIFICATE-----");
    expect_malformed("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    expect_malformed("-----BEGIN CERTIFICATE-----\nMAA!\n-----END CERTIFICATE-----\n");
    expect_malformed("-----BEGIN CERTIFICATE-----\nBQA=\n-----END CERTIFICATE-----\n");
    /* A good one does not save a bad one, in either order. */
    add_certificate(text, ca);
    add_pem(text, begin_line, bytes_of("\x30\x01", 2), end_line);
    add_certificate(text, ca);
    expect_malformed(text);
}

static void block_that_is_cut_is_malformed(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca());
    char text[ROOM] = "";
    struct reading r;
    size_t one;

    add_certificate(text, ca);
    one = strlen(text);
    add_certificate(text, ca);
    /* The last line may lack its end. */
    for (size_t len = one + strlen(begin_line) - 1; len + 1 < strlen(text); len++)
        assert_int_equal(read_text(&r, bytes_of(text, len)), IKE2_ERR_MALFORMED);
    assert_int_equal(read_text(&r, bytes_of(text, strlen(text) - 1)), IKE2_OK);
}

static void too_little_room_tells_what_is_needed(void **state)
{
    ike2_bytes ca = pki_make(*state, pki_ca());
    char text[ROOM] = "";
    uint8_t room[ROOM];
    ike2_buffer buffer = { .ptr = room };
    ike2_bytes out[2] = { { 0 } };
    size_t n = 0;

    add_certificate(text, ca);
    add_certificate(text, ca);
    assert_int_equal(ike2_mbedtls_certificates(view(text), &buffer, NULL, &n), IKE2_ERR_SPACE);
    assert_int_equal(n, 2);
    assert_in_range(buffer.len, 2 * ca.len, 2 * ca.len + 4);
    buffer.cap = buffer.len;
    n = 1;
    assert_int_equal(ike2_mbedtls_certificates(view(text), &buffer, out, &n), IKE2_ERR_SPACE);
    assert_int_equal(n, 2);
    assert_int_equal(ike2_mbedtls_certificates(view(text), &buffer, out, &n), IKE2_OK);
    expect_equal(out[1], ca);
    buffer.cap = ca.len - 1;
    assert_int_equal(ike2_mbedtls_certificates(ca, &buffer, out, &n), IKE2_ERR_SPACE);
    assert_int_equal(buffer.len, ca.len);
}

/* --- CRLs: RFC 7468 6 ---------------------------------------------------------------- */

static const char begin_crl[] = "-----BEGIN X509 CRL-----\n";
static const char end_crl[] = "-----END X509 CRL-----\n";

/* Only the outermost element counts here. */
static const ike2_bytes one = { .ptr = (const uint8_t *)"\x30\x03\x02\x01\x01", .len = 5 },
                        two = { .ptr = (const uint8_t *)"\x30\x04\x04\x02\x61\x62", .len = 6 };

static void crls_come_in_order_and_certificates_are_passed_over(void **state)
{
    char text[ROOM] = "The CRLs:\n";
    struct reading r;

    add_pem(text, begin_crl, one, end_crl);
    add_certificate(text, pki_make(*state, pki_ca()));
    add_pem(text, begin_crl, two, end_crl);
    assert_int_equal(read_crls(&r, view(text)), IKE2_OK);
    assert_int_equal(r.n, 2);
    expect_equal(r.out[0], one);
    expect_equal(r.out[1], two);
    assert_int_equal(r.buffer.len, one.len + two.len);
    assert_int_equal(read_text(&r, view(text)), IKE2_OK);
    assert_int_equal(r.n, 1);
}

static void crl_in_der_is_one(void **state)
{
    struct reading r;

    (void)state;
    assert_int_equal(read_crls(&r, two), IKE2_OK);
    assert_int_equal(r.n, 1);
    expect_equal(r.out[0], two);
    assert_int_equal(read_crls(&r, bytes_of(two.ptr, two.len - 1)), IKE2_ERR_MALFORMED);
}

static void expect_no_crl(const char *text)
{
    struct reading r;

    assert_int_equal(read_crls(&r, view(text)), IKE2_ERR_MALFORMED);
    assert_int_equal(r.n, LIST);
    assert_int_equal(r.buffer.len, 0);
    assert_null(r.out[0].ptr);
}

static void what_is_no_crl_is_malformed(void **state)
{
    char text[ROOM] = "";

    expect_no_crl("");
    expect_no_crl("no CRL");
    expect_no_crl("-----BEGIN X509 CRL-----");
    expect_no_crl("-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n");
    expect_no_crl("-----BEGIN X509 CRL-----\nMAA!\n-----END X509 CRL-----\n");
    expect_no_crl("-----BEGIN X509 CRL-----\nMAA=\n-----END CERTIFICATE-----\n");
    add_certificate(text, pki_make(*state, pki_ca()));
    expect_no_crl(text);
    /* A good one does not save a bad one. */
    add_pem(text, begin_crl, one, end_crl);
    add_pem(text, begin_crl, bytes_of("\x30\x01", 2), end_crl);
    expect_no_crl(text);
}

static void too_many_crls_tell_how_many(void **state)
{
    char text[ROOM] = "";
    struct reading r;

    (void)state;
    for (int i = 0; i <= LIST; i++)
        add_pem(text, begin_crl, one, end_crl);
    assert_int_equal(read_crls(&r, view(text)), IKE2_ERR_SPACE);
    assert_int_equal(r.n, LIST + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_in_order_whatever_is_between),
        cmocka_unit_test(lines_may_end_with_cr_lf),
        cmocka_unit_test(der_is_taken_as_it_is),
        cmocka_unit_test(what_is_no_certificate_is_malformed),
        cmocka_unit_test(block_that_is_cut_is_malformed),
        cmocka_unit_test(too_little_room_tells_what_is_needed),
        cmocka_unit_test(crls_come_in_order_and_certificates_are_passed_over),
        cmocka_unit_test(crl_in_der_is_one),
        cmocka_unit_test(what_is_no_crl_is_malformed),
        cmocka_unit_test(too_many_crls_tell_how_many),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
