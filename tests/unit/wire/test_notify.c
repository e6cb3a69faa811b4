/* Notify payload and its typed data. RFC 7296 3.10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static const char rekey_sa[] = "0304400901020304090807";

static bool read_notify(ike2_bytes body)
{
    ike2_notify_data data;
    ike2_notify n;

    if (ike2_notify_read(body, &n) != IKE2_OK)
        return false;
    codec_within(n.spi, body);
    codec_within(n.data, body);
    if (ike2_notify_data_read(&n, &data) == IKE2_OK)
        codec_within(data.octets, body);
    return true;
}

static bool read_list(ike2_bytes octets)
{
    uint16_t value;
    ike2_walk w;

    ike2_notify_list_walk(&w, octets);
    while (ike2_notify_list_next(&w, &value))
        ;
    return ike2_walk_end(&w) == IKE2_OK;
}

static void write_notify(ike2_writer *w, const void *value)
{
    ike2_notify_write(w, value);
}

static void notify_is_read(void **state)
{
    uint8_t body[11];
    ike2_notify n;

    (void)state;
    (void)octets_from_hex(rekey_sa, body, sizeof body);
    assert_int_equal(ike2_notify_read(bytes_of(body, sizeof body), &n), IKE2_OK);

    assert_int_equal(n.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(n.type, IKE2_NOTIFY_REKEY_SA);
    octets_expect_hex(n.spi, "01020304");
    octets_expect_hex(n.data, "090807");
}

static void notify_is_written(void **state)
{
    static const uint8_t spi[] = { 1, 2, 3, 4 }, data[] = { 9, 8, 7 };
    const ike2_notify n = { .protocol = IKE2_PROTOCOL_ESP,
                            .type = IKE2_NOTIFY_REKEY_SA,
                            .spi = { .ptr = spi, .len = sizeof spi },
                            .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_notify, &n, "0000000f0304400901020304090807");
}

static void spi_longer_than_its_size_field_is_refused(void **state)
{
    static const uint8_t spi[256];
    const ike2_notify n = { .spi = { .ptr = spi, .len = sizeof spi } };

    (void)state;
    codec_refuses(write_notify, &n);
}

static void notify_with_short_spi_is_malformed(void **state)
{
    (void)state;
    codec_refuses_truncation(read_notify, "0304400901020304");
    codec_abuse(read_notify, rekey_sa);
}

/* The notify's body and, in the form of its type, what it says. */
static ike2_err read_data(const char *hex, ike2_notify_data *out)
{
    static uint8_t body[128];
    ike2_notify n;

    assert_int_equal(
        ike2_notify_read(bytes_of(body, octets_from_hex(hex, body, sizeof body)), &n), IKE2_OK);
    return ike2_notify_data_read(&n, out);
}

struct typed {
    const char *body;
    ike2_notify_data data; /* `octets` apart */
    const char *octets;
};

/* Every shape, as the sections of RFC 7296, and RFC 7427 4, describe it. */
static const struct typed typed[] = {
    { "0000000130", { .shape = IKE2_SHAPE_NUMBER, .number = 48 }, "" },
    { "0000000900000007", { .shape = IKE2_SHAPE_NUMBER, .number = 7 }, "" },
    { "0000000bdeadbeef", { .shape = IKE2_SHAPE_NUMBER, .number = 0xdeadbeef }, "" },
    { "000000110013", { .shape = IKE2_SHAPE_NUMBER, .number = IKE2_KE_ECP_256 }, "" },
    { "0000400100000005", { .shape = IKE2_SHAPE_NUMBER, .number = 5 }, "" },
    { "00004003123402",
      { .shape = IKE2_SHAPE_IPCOMP, .number = 0x1234, .transform = IKE2_IPCOMP_DEFLATE },
      "" },
    { "00004007", { .shape = IKE2_SHAPE_EMPTY }, "" },
    { "0000402e", { .shape = IKE2_SHAPE_EMPTY }, "" },
    { "0000402f00020003", { .shape = IKE2_SHAPE_LIST }, "00020003" },
    { "00004006c0", { .shape = IKE2_SHAPE_OCTETS }, "c0" },
    { "00004004000102030405060708090a0b0c0d0e0f10111213",
      { .shape = IKE2_SHAPE_OCTETS },
      "000102030405060708090a0b0c0d0e0f10111213" },
    { "0304400901020304",
      { .shape = IKE2_SHAPE_EMPTY, .protocol = IKE2_PROTOCOL_ESP, .spi = 0x01020304 },
      "" },
    { "0204002c01020304",
      { .shape = IKE2_SHAPE_EMPTY, .protocol = IKE2_PROTOCOL_AH, .spi = 0x01020304 },
      "" },
    { "03040027010203044500",
      { .shape = IKE2_SHAPE_OCTETS, .protocol = IKE2_PROTOCOL_ESP, .spi = 0x01020304 },
      "4500" },
    { "0000a0a1010203", { .shape = IKE2_SHAPE_RAW }, "010203" },
};

static void typed_data_survives_a_round_trip(void **state)
{
    uint8_t room[128];

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        ike2_notify_data data, expected = typed[i].data;
        ike2_bytes out;
        ike2_writer w;

        assert_int_equal(read_data(typed[i].body, &data), IKE2_OK);
        octets_expect_hex(data.octets, typed[i].octets);
        expected.octets = data.octets;
        assert_memory_equal(&data, &expected, sizeof data);

        ike2_writer_init(&w, room, sizeof room);
        (void)octets_from_hex(typed[i].body, room + 64, 64);
        ike2_notify_data_write(&w, (uint16_t)(room[66] << 8 | room[67]), &data);
        assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
        octets_expect_hex(bytes_of(out.ptr + 4, out.len - 4), typed[i].body);
    }
}

static void data_of_a_wrong_length_is_malformed(void **state)
{
    static const char *const wrong[] = {
        "00000001",         "000000013000",   "00000011",         "0000001113",
        "00000011001300",   "00004001000005", "0000400100000500ff", "000040031234",
        "0000400312340200", "00004006",       "0000400400",       "0000402f",
        "0000402f00",       "0000402f000200",
    };
    ike2_notify_data data;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_data(wrong[i], &data), IKE2_ERR_MALFORMED);
}

static void cookie_has_at_most_64_octets(void **state)
{
    static const uint8_t octets[65];
    ike2_notify n = { .type = IKE2_NOTIFY_COOKIE, .data = { .ptr = octets, .len = 64 } };
    ike2_notify_data data;

    (void)state;
    assert_int_equal(ike2_notify_data_read(&n, &data), IKE2_OK);
    n.data.len = 65;
    assert_int_equal(ike2_notify_data_read(&n, &data), IKE2_ERR_MALFORMED);
}

/* Some peers send Protocol ID 1 with every notify, some even data where none is expected. */
static void protocol_without_meaning_is_ignored(void **state)
{
    ike2_notify_data data;

    (void)state;
    assert_int_equal(
        read_data("01004004000102030405060708090a0b0c0d0e0f10111213", &data), IKE2_OK);
    assert_int_equal(data.protocol, 0);
    assert_int_equal(read_data("0108402e0102030405060708ffff", &data), IKE2_OK);
    assert_int_equal(data.spi, 0);
    assert_int_equal(data.octets.len, 0);
}

static void child_is_named_by_protocol_and_four_octets(void **state)
{
    static const char *const wrong[] = {
        "00004009",     "0004400901020304", "0104400901020304", "0404400901020304",
        "03004009",     "03034009010203",   "030840090102030405060708",
        "0104002c01020304",
    };
    ike2_notify_data data;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_data(wrong[i], &data), IKE2_ERR_MALFORMED);
}

static void write_rekey(ike2_writer *w, const void *value)
{
    ike2_notify_data_write(w, IKE2_NOTIFY_REKEY_SA, value);
}

static void write_invalid_ke(ike2_writer *w, const void *value)
{
    ike2_notify_data_write(w, IKE2_NOTIFY_INVALID_KE_PAYLOAD, value);
}

static void write_cookie(ike2_writer *w, const void *value)
{
    ike2_notify_data_write(w, IKE2_NOTIFY_COOKIE, value);
}

static void what_could_not_be_read_is_not_written(void **state)
{
    static const uint8_t octets[65];
    const ike2_notify_data ike = { .protocol = IKE2_PROTOCOL_IKE, .spi = 1 };
    const ike2_notify_data number = { .number = 65536 };
    const ike2_notify_data cookie = { .octets = { .ptr = octets, .len = sizeof octets } };

    (void)state;
    codec_refuses(write_rekey, &ike);
    codec_refuses(write_invalid_ke, &number);
    codec_refuses(write_cookie, &cookie);
}

static void write_hashes(ike2_writer *w, const void *value)
{
    ike2_notify_list_write(w, IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS, value, 3);
}

static void hash_algorithms_are_listed(void **state)
{
    static const uint16_t hashes[] = { IKE2_HASH_SHA2_256, IKE2_HASH_SHA2_384,
                                       IKE2_HASH_SHA2_512 };
    ike2_notify_data data;
    uint16_t value;
    ike2_walk w;

    (void)state;
    codec_writes(write_hashes, hashes, "0000000e0000402f000200030004");
    assert_int_equal(read_data("0000402f000200030004", &data), IKE2_OK);
    ike2_notify_list_walk(&w, data.octets);
    for (size_t i = 0; i < 3; i++) {
        assert_true(ike2_notify_list_next(&w, &value));
        assert_int_equal(value, hashes[i]);
    }
    assert_false(ike2_notify_list_next(&w, &value));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
    assert_false(codec_accepts(read_list, "000200"));
    codec_abuse(read_list, "000200030004");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notify_is_read),
        cmocka_unit_test(notify_is_written),
        cmocka_unit_test(spi_longer_than_its_size_field_is_refused),
        cmocka_unit_test(notify_with_short_spi_is_malformed),
        cmocka_unit_test(typed_data_survives_a_round_trip),
        cmocka_unit_test(data_of_a_wrong_length_is_malformed),
        cmocka_unit_test(cookie_has_at_most_64_octets),
        cmocka_unit_test(protocol_without_meaning_is_ignored),
        cmocka_unit_test(child_is_named_by_protocol_and_four_octets),
        cmocka_unit_test(what_could_not_be_read_is_not_written),
        cmocka_unit_test(hash_algorithms_are_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
