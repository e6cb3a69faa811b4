/* Identification payloads, and identities from text. RFC 7296 3.5. */
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

static bool read_id(ike2_bytes body)
{
    char text[64];
    ike2_id id;

    if (ike2_id_read(body, &id) != IKE2_OK)
        return false;
    codec_within(id.data, body);
    (void)ike2_id_text(&id, text, sizeof text);
    return true;
}

static void write_idi(ike2_writer *w, const void *value)
{
    ike2_id_write(w, IKE2_PAYLOAD_IDI, value);
}

static void id_is_read(void **state)
{
    static const uint8_t body[] = { IKE2_ID_FQDN, 0xff, 0xff, 0xff, 'm', 'o', 'o', 'n' };
    ike2_id id;

    (void)state;
    assert_int_equal(ike2_id_read(bytes_of(body, sizeof body), &id), IKE2_OK);

    assert_int_equal(id.type, IKE2_ID_FQDN);
    octets_expect_hex(id.data, "6d6f6f6e");
}

static void id_is_written(void **state)
{
    static const uint8_t data[] = { 192, 0, 2, 100 };
    const ike2_id id = { .type = IKE2_ID_IPV4_ADDR,
                         .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_idi, &id, "0000000c01000000c0000264");
}

static void address_of_a_wrong_length_is_malformed(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_id, "01000000c0000264"));
    assert_false(codec_accepts(read_id, "01000000c00002"));
    assert_false(codec_accepts(read_id, "01000000c000026400"));
    assert_true(codec_accepts(read_id, "0500000000002001000000000db8000000000001"));
    assert_false(codec_accepts(read_id, "05000000c0000264"));
}

/* RFC 7619 2.2. */
static void id_null_with_data_is_malformed(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_id, "0d000000"));
    assert_false(codec_accepts(read_id, "0d00000000"));
}

static void other_ids_may_be_empty(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_id, "09000000"));
    codec_refuses_truncation(read_id, "02000000");
    codec_abuse(read_id, "01000000c0000264");
    codec_abuse(read_id, "09000000300e310c300a06035504030c036d6f6f");
}

struct parsed {
    const char *text;
    uint8_t type;
    const char *data; /* hex */
};

static void texts_are_parsed(void **state)
{
    static const struct parsed cases[] = {
        { "vpn.example.org", IKE2_ID_FQDN, "76706e2e6578616d706c652e6f7267" },
        { "user@example.org", IKE2_ID_RFC822_ADDR, "75736572406578616d706c652e6f7267" },
        { "192.0.2.1", IKE2_ID_IPV4_ADDR, "c0000201" },
        { "2001:db8::1", IKE2_ID_IPV6_ADDR, "20010db8000000000000000000000001" },
        { "keyid:glsmith", IKE2_ID_KEY_ID, "676c736d697468" },
        { "keyid:\\x00\\xfFa\\x5c", IKE2_ID_KEY_ID, "00ff615c" },
        { "keyid:", IKE2_ID_KEY_ID, "" },
        { "fqdn:192.0.2.1", IKE2_ID_FQDN, "3139322e302e322e31" },
        { "fqdn:C=CH, CN=moon", IKE2_ID_FQDN, "433d43482c20434e3d6d6f6f6e" },
        { "rfc822:a@b", IKE2_ID_RFC822_ADDR, "614062" },
        { "dn:#300E310C", IKE2_ID_DER_ASN1_DN, "300e310c" },
        { "gn:#8203616263", IKE2_ID_DER_ASN1_GN, "8203616263" },
        { "null", IKE2_ID_NULL, "" },
        { "%any", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t octets[64];
        ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
        ike2_id id;

        assert_int_equal(ike2_id_parse(cases[i].text, &room, &id), IKE2_OK);
        assert_int_equal(id.type, cases[i].type);
        assert_true(id.data.ptr == octets && id.data.len == room.len);
        octets_expect_hex(id.data, cases[i].data);
    }
}

static void texts_that_mean_nothing_are_malformed(void **state)
{
    static const char *const wrong[] = {
        "",         "192.0.2",   "192.0.2.256", "1234",      "a b",      "@example.org",
        "user@",    "moon:500",  "dn:#",        "dn:#300",   "dn:#zz",   "dn:CN=moon",
        "keyid:\\", "keyid:\\x", "keyid:\\x0",  "keyid:\\n", "a\\x40b@c", "caf\xc3\xa9.example",
    };
    uint8_t octets[64];
    ike2_id id = { .type = 99 };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ike2_buffer room = { .ptr = octets, .cap = sizeof octets, .len = 7 };

        assert_int_equal(ike2_id_parse(wrong[i], &room, &id), IKE2_ERR_MALFORMED);
        assert_int_equal(room.len, 7);
        assert_int_equal(id.type, 99);
    }
}

static void room_needed_is_told(void **state)
{
    uint8_t octets[16] = { 0 };
    ike2_id id = { .type = 99 };

    (void)state;
    for (size_t cap = 0; cap < 15; cap++) {
        ike2_buffer room = { .ptr = octets, .cap = cap };

        assert_int_equal(ike2_id_parse("vpn.example.org", &room, &id), IKE2_ERR_SPACE);
        assert_int_equal(room.len, 15);
        assert_int_equal(octets[cap], 0);
        assert_int_equal(id.type, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_is_read),
        cmocka_unit_test(id_is_written),
        cmocka_unit_test(address_of_a_wrong_length_is_malformed),
        cmocka_unit_test(id_null_with_data_is_malformed),
        cmocka_unit_test(other_ids_may_be_empty),
        cmocka_unit_test(texts_are_parsed),
        cmocka_unit_test(texts_that_mean_nothing_are_malformed),
        cmocka_unit_test(room_needed_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
