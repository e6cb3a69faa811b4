/* lib/trace/keylog.c, compiled here with the option on, whatever the library was built with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#ifndef IKE2_ENABLE_KEYLOG
#define IKE2_ENABLE_KEYLOG
#endif
#define ike2_keylog_write keylog_write_enabled
#include "trace/keylog.c"
#undef ike2_keylog_write

void ike2_keylog_write(const struct tracer *t, const ike2_crypto *c, const struct keylog_entry *e);

/* A key is its octets; one without any may not leave. */
struct ike2_key {
    ike2_bytes octets;
};

static char logged[2048];
static unsigned n_lines;
static struct ike2_key encr_i, encr_r, integ_i, integ_r;

static void on_keylog(void *user, const char *line)
{
    (void)user;
    assert_true(strlen(line) < sizeof logged);
    strcpy(logged, line);
    n_lines++;
}

static ike2_err key_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    (void)user;
    if (key->octets.len == 0)
        return IKE2_ERR_UNSUPPORTED;
    out->len = key->octets.len;
    if (out->len > out->cap)
        return IKE2_ERR_SPACE;
    memcpy(out->ptr, key->octets.ptr, out->len);
    return IKE2_OK;
}

static struct tracer tracer_of(void (*keylog)(void *user, const char *line))
{
    ike2_trace sink = IKE2_INIT(ike2_trace);
    struct tracer t;

    sink.keylog = keylog;
    ike2_tracer_init(&t, &sink);
    return t;
}

static void write_entry(const ike2_suite *suite)
{
    const struct tracer t = tracer_of(on_keylog);
    const struct keylog_entry e = {
        .spi_i = UINT64_C(0x0011223344556677), .spi_r = UINT64_C(0x8899aabbccddeeff),
        .suite = suite, .sk_ei = &encr_i, .sk_er = &encr_r,
        .sk_ai = suite->integ.type != 0 ? &integ_i : NULL,
        .sk_ar = suite->integ.type != 0 ? &integ_r : NULL,
    };
    ike2_crypto c = IKE2_INIT(ike2_crypto);

    c.key_export = key_export;
    n_lines = 0;
    keylog_write_enabled(&t, &c, &e);
    assert_int_equal(n_lines, 1);
}

static ike2_suite suite_of(uint16_t encr, uint16_t bits, uint16_t integ)
{
    return (ike2_suite){
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = encr, .key_bits = bits },
        .integ = { .type = integ != 0 ? IKE2_TRANSFORM_INTEG : 0, .id = integ },
    };
}

static int setup(void **state)
{
    (void)state;
    encr_i.octets = bytes_of("\xa1\xa2\xa3", 3);
    encr_r.octets = bytes_of("\xb1\xb2\xb3", 3);
    integ_i.octets = bytes_of("\xc1\xc2", 2);
    integ_r.octets = bytes_of("\xd1\xd2", 2);
    return 0;
}

static void combined_cipher_has_no_integrity_columns(void **state)
{
    const ike2_suite gcm = suite_of(IKE2_ENCR_AES_GCM_16, 256, 0);
    const ike2_suite ccm = suite_of(IKE2_ENCR_AES_CCM_8, 128, 0);

    (void)state;
    write_entry(&gcm);
    assert_string_equal(logged, "0011223344556677,8899aabbccddeeff,a1a2a3,b1b2b3,"
                                "\"AES-GCM-256 with 16 octet ICV [RFC5282]\",,,"
                                "\"NONE [RFC4306]\"");
    write_entry(&ccm);
    assert_string_equal(logged, "0011223344556677,8899aabbccddeeff,a1a2a3,b1b2b3,"
                                "\"AES-CCM-128 with 8 octet ICV [RFC5282]\",,,"
                                "\"NONE [RFC4306]\"");
}

static void other_cipher_has_both_pairs_of_keys(void **state)
{
    const ike2_suite cbc = suite_of(IKE2_ENCR_AES_CBC, 256, IKE2_INTEG_HMAC_SHA2_256_128);
    const ike2_suite ctr = suite_of(IKE2_ENCR_AES_CTR, 192, IKE2_INTEG_HMAC_SHA1_96);

    (void)state;
    write_entry(&cbc);
    assert_string_equal(logged, "0011223344556677,8899aabbccddeeff,a1a2a3,b1b2b3,"
                                "\"AES-CBC-256 [RFC3602]\",c1c2,d1d2,"
                                "\"HMAC_SHA2_256_128 [RFC4868]\"");
    write_entry(&ctr);
    assert_string_equal(logged, "0011223344556677,8899aabbccddeeff,a1a2a3,b1b2b3,"
                                "\"AES-CTR-192 [RFC5930]\",c1c2,d1d2,\"HMAC_SHA1_96 [RFC2404]\"");
}

static void expect_comment(const ike2_suite *suite, const char *comment)
{
    write_entry(suite);
    assert_string_equal(logged, comment);
    assert_null(strstr(logged, "a1a2"));
    assert_null(strstr(logged, "c1c2"));
}

static void suite_without_a_name_is_a_comment_without_keys(void **state)
{
    const ike2_suite chacha = suite_of(IKE2_ENCR_CHACHA20_POLY1305, 0, 0);
    const ike2_suite odd = suite_of(IKE2_ENCR_AES_CBC, 512, IKE2_INTEG_HMAC_SHA1_96);
    const ike2_suite cmac = suite_of(IKE2_ENCR_AES_CBC, 128, 999);

    (void)state;
    expect_comment(&chacha, "# 0011223344556677,8899aabbccddeeff: no line for encr 28/0, integ 0");
    expect_comment(&odd, "# 0011223344556677,8899aabbccddeeff: no line for encr 12/512, integ 2");
    expect_comment(&cmac, "# 0011223344556677,8899aabbccddeeff: no line for encr 12/128, "
                          "integ 999");
}

static void key_that_may_not_leave_is_a_comment(void **state)
{
    const ike2_suite cbc = suite_of(IKE2_ENCR_AES_CBC, 128, IKE2_INTEG_HMAC_SHA1_96);

    (void)state;
    integ_r.octets.len = 0;
    expect_comment(&cbc, "# 0011223344556677,8899aabbccddeeff: no line for encr 12/128, integ 2");
}

static void keys_of_every_length_fit_or_are_a_comment(void **state)
{
    static const uint8_t octets[200];
    const ike2_suite cbc = suite_of(IKE2_ENCR_AES_CBC, 256, IKE2_INTEG_HMAC_SHA2_512_256);

    (void)state;
    for (size_t len = 1; len <= sizeof octets; len++) {
        encr_i.octets = encr_r.octets = integ_i.octets = integ_r.octets = bytes_of(octets, len);
        write_entry(&cbc);
        if (len <= 64)
            assert_int_equal(logged[0], '0');
        if (len > KEY_CAP)
            assert_int_equal(logged[0], '#');
        if (logged[0] != '#')
            assert_int_equal(logged[strlen(logged) - 1], '"');
    }
}

static void nobody_listens_and_nothing_is_exported(void **state)
{
    const struct tracer t = tracer_of(NULL);
    const ike2_suite cbc = suite_of(IKE2_ENCR_AES_CBC, 128, IKE2_INTEG_HMAC_SHA1_96);
    const struct keylog_entry e = { .suite = &cbc, .sk_ei = &encr_i, .sk_er = &encr_r };
    const ike2_crypto unusable = { 0 };

    (void)state;
    n_lines = 0;
    keylog_write_enabled(&t, &unusable, &e);
    ike2_keylog_write(&t, &unusable, &e);
    assert_int_equal(n_lines, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(combined_cipher_has_no_integrity_columns, setup),
        cmocka_unit_test_setup(other_cipher_has_both_pairs_of_keys, setup),
        cmocka_unit_test_setup(suite_without_a_name_is_a_comment_without_keys, setup),
        cmocka_unit_test_setup(key_that_may_not_leave_is_a_comment, setup),
        cmocka_unit_test_setup(keys_of_every_length_fit_or_are_a_comment, setup),
        cmocka_unit_test_setup(nobody_listens_and_nothing_is_exported, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
