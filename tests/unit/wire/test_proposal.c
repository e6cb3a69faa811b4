/* SA payload. RFC 7296 3.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

/* Two proposals: ESP with AES-CBC-128, HMAC-SHA1-96 and no ESN; with AES-GCM-16-256 and no ESN. */
static const char golden[] = "02000028010304032ad4c0a2"
                             "0300000c0100000c800e0080"
                             "0300000803000002"
                             "0000000805000000"
                             "00000020020304022ad4c0a2"
                             "0300000c01000014800e0100"
                             "0000000805000000";

static const uint8_t spi[] = { 0x2a, 0xd4, 0xc0, 0xa2 };
static const ike2_transform cbc[] = {
    { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
    { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA1_96 },
    { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO },
};
static const ike2_transform gcm[] = {
    { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 256 },
    { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO },
};
static const ike2_proposal proposals[] = {
    { .protocol = IKE2_PROTOCOL_ESP,
      .spi = { .ptr = spi, .len = sizeof spi },
      .transforms = cbc,
      .n_transforms = 3 },
    { .protocol = IKE2_PROTOCOL_ESP,
      .spi = { .ptr = spi, .len = sizeof spi },
      .transforms = gcm,
      .n_transforms = 2 },
};

static void read_transforms(ike2_bytes transforms, size_t expected)
{
    ike2_bytes attrs;
    ike2_transform t;
    ike2_walk w;
    size_t n = 0;

    ike2_transform_walk(&w, transforms);
    while (ike2_transform_next(&w, &t, &attrs)) {
        codec_within(attrs, transforms);
        n++;
    }
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
    assert_int_equal(n, expected);
}

static bool read_sa(ike2_bytes body)
{
    ike2_bytes transforms;
    ike2_proposal p;
    ike2_walk w;

    ike2_proposal_walk(&w, body);
    while (ike2_proposal_next(&w, &p, &transforms)) {
        codec_within(p.spi, body);
        codec_within(transforms, body);
        read_transforms(transforms, p.n_transforms);
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

static void write_two(ike2_writer *w, const void *value)
{
    ike2_sa_write(w, value, 2);
}

static void write_one(ike2_writer *w, const void *value)
{
    ike2_sa_write(w, value, 1);
}

static void write_none(ike2_writer *w, const void *value)
{
    ike2_sa_write(w, value, 0);
}

static void proposals_are_read_in_order(void **state)
{
    uint8_t body[128];
    size_t len = octets_from_hex(golden, body, sizeof body);
    ike2_bytes transforms, attrs;
    ike2_walk w, inner;
    ike2_transform t;
    ike2_proposal p;

    (void)state;
    ike2_proposal_walk(&w, bytes_of(body, len));
    for (size_t i = 0; i < 2; i++) {
        assert_true(ike2_proposal_next(&w, &p, &transforms));
        assert_int_equal(p.number, i + 1);
        assert_int_equal(p.protocol, IKE2_PROTOCOL_ESP);
        octets_expect_hex(p.spi, "2ad4c0a2");
        assert_int_equal(p.n_transforms, proposals[i].n_transforms);
        assert_null(p.transforms);
        ike2_transform_walk(&inner, transforms);
        for (size_t k = 0; k < p.n_transforms; k++) {
            assert_true(ike2_transform_next(&inner, &t, &attrs));
            assert_memory_equal(&t, &proposals[i].transforms[k], sizeof t);
            assert_int_equal(attrs.len, t.key_bits != 0 ? 4 : 0);
        }
        assert_int_equal(ike2_walk_end(&inner), IKE2_OK);
    }
    assert_false(ike2_proposal_next(&w, &p, &transforms));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void proposals_are_written(void **state)
{
    char hex[sizeof golden + 8] = "0000004c";

    (void)state;
    memcpy(hex + 8, golden, sizeof golden);
    codec_writes(write_two, proposals, hex);
}

static void number_that_is_set_is_kept(void **state)
{
    const ike2_proposal p = { .number = 9, .protocol = IKE2_PROTOCOL_IKE };

    (void)state;
    codec_writes(write_one, &p, "0000000c0000000809010000");
}

static void what_does_not_fit_its_field_is_refused(void **state)
{
    static ike2_transform many[256];
    static const uint8_t octets[256];
    const ike2_proposal too_many = { .transforms = many, .n_transforms = 256 };
    const ike2_proposal long_spi = { .spi = { .ptr = octets, .len = sizeof octets } };

    (void)state;
    codec_refuses(write_one, &too_many);
    codec_refuses(write_one, &long_spi);
    codec_refuses(write_none, NULL);
}

/* One transform, AES-CBC, with these attributes. */
static ike2_transform transform_with(const char *attributes)
{
    uint8_t octets[64] = { 0, 0, 0, 0, IKE2_TRANSFORM_ENCR, 0, 0, IKE2_ENCR_AES_CBC };
    size_t len = 8 + octets_from_hex(attributes, octets + 8, sizeof octets - 8);
    ike2_transform t = { .type = 99 };
    ike2_walk w;

    octets[3] = (uint8_t)len;
    ike2_transform_walk(&w, bytes_of(octets, len));
    if (ike2_transform_next(&w, &t, NULL))
        assert_int_equal(ike2_walk_end(&w), IKE2_OK);
    return t;
}

static void key_length_is_understood(void **state)
{
    ike2_transform t = transform_with("800e0080");

    (void)state;
    assert_false(t.strange);
    assert_int_equal(t.key_bits, 128);
}

static void transform_with_another_attribute_is_strange(void **state)
{
    static const char *const strange[] = {
        "800f0001",         /* an unknown type */
        "800e0080800f0001", /* behind a known one */
        "000f0000",         /* empty, type-length-value */
        "000f0003010203",   /* not empty */
        "000e00020080",     /* Key Length in the wrong format */
        "800e0080800e0100", /* Key Length twice */
        "800e0000",         /* no key at all */
    };

    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        ike2_transform t = transform_with(strange[i]);

        assert_int_equal(t.type, IKE2_TRANSFORM_ENCR);
        assert_true(t.strange);
    }
}

static void attribute_that_ends_behind_its_transform_is_malformed(void **state)
{
    static const char *const short_ones[] = { "80", "800e", "800e00", "000f0001", "000f0004010203",
                                              "000fffff", "800e008000" };

    (void)state;
    for (size_t i = 0; i < sizeof short_ones / sizeof short_ones[0]; i++)
        assert_int_equal(transform_with(short_ones[i]).type, 99);
}

static void count_of_transforms_is_checked(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_sa, "00000010010100010000000802000002"));
    assert_false(codec_accepts(read_sa, "00000010010100000000000802000002"));
    assert_false(codec_accepts(read_sa, "00000010010100020000000802000002"));
    assert_true(codec_accepts(read_sa, "0000000801010000"));
}

static void substructure_that_lies_about_being_last_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_sa, "0200000801010000"));
    assert_false(codec_accepts(read_sa, "00000008010100000000000802010000"));
    assert_true(codec_accepts(read_sa, "02000008010100000000000802010000"));
    assert_false(codec_accepts(read_sa, "03000008010100000000000802010000"));
    assert_false(codec_accepts(read_sa, "00000010010100010300000802000002"));
}

static void sa_without_proposal_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_sa, ""));
}

static void damaged_proposals_are_malformed_or_within_bounds(void **state)
{
    static const char *const lengths[] = { "0000", "0001", "0002", "0003", "0004", "0007" };
    char hex[sizeof golden];

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memcpy(hex, golden, sizeof hex);
        memcpy(hex + 4, lengths[i], 4);
        assert_false(codec_accepts(read_sa, hex));
        memcpy(hex, golden, sizeof hex);
        memcpy(hex + 28, lengths[i], 4);
        assert_false(codec_accepts(read_sa, hex));
    }
    codec_refuses_truncation(read_sa, golden);
    codec_abuse(read_sa, golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals_are_read_in_order),
        cmocka_unit_test(proposals_are_written),
        cmocka_unit_test(number_that_is_set_is_kept),
        cmocka_unit_test(what_does_not_fit_its_field_is_refused),
        cmocka_unit_test(key_length_is_understood),
        cmocka_unit_test(transform_with_another_attribute_is_strange),
        cmocka_unit_test(attribute_that_ends_behind_its_transform_is_malformed),
        cmocka_unit_test(count_of_transforms_is_checked),
        cmocka_unit_test(substructure_that_lies_about_being_last_is_malformed),
        cmocka_unit_test(sa_without_proposal_is_malformed),
        cmocka_unit_test(damaged_proposals_are_malformed_or_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
