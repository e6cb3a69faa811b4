/* IKE header, and what a datagram is. RFC 7296 2.23, 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static const char golden[] = "0102030405060708"
                             "1112131415161718"
                             "00202208"
                             "00000007"
                             "0000001c";

static const ike2_header header = {
    .spi_i = 0x0102030405060708,
    .spi_r = 0x1112131415161718,
    .version = IKE2_VERSION_2_0,
    .exchange = IKE2_EXCHANGE_IKE_SA_INIT,
    .flags = IKE2_FLAG_INITIATOR,
    .message_id = 7,
    .length = 28,
};

static bool read_header(ike2_bytes message)
{
    ike2_header h;

    return ike2_header_read(message, &h) == IKE2_OK;
}

/* Any encapsulation: the message is all of the datagram behind what is in front of it. */
static bool peek_all(ike2_bytes datagram)
{
    ike2_peeked p;
    uint8_t encap;

    for (encap = IKE2_ENCAP_NONE; encap <= IKE2_ENCAP_TCP; encap++) {
        ike2_peek(datagram, encap, &p);
        codec_within(p.message, datagram);
        if (p.kind == IKE2_KIND_IKE)
            assert_true(p.message.ptr + p.message.len == datagram.ptr + datagram.len);
    }
    return true;
}

static void header_is_read(void **state)
{
    uint8_t message[28];
    ike2_header h;

    (void)state;
    (void)octets_from_hex(golden, message, sizeof message);
    assert_int_equal(ike2_header_read(bytes_of(message, sizeof message), &h), IKE2_OK);

    assert_memory_equal(&h, &header, sizeof h);
}

static void any_version_is_read(void **state)
{
    uint8_t message[28];
    ike2_header h;

    (void)state;
    (void)octets_from_hex(golden, message, sizeof message);
    for (unsigned version = 0; version <= UINT8_MAX; version++) {
        message[17] = (uint8_t)version;
        assert_int_equal(ike2_header_read(bytes_of(message, sizeof message), &h), IKE2_OK);
        assert_int_equal(h.version, version);
    }
}

static void length_other_than_the_messages_is_malformed(void **state)
{
    static const char *const lengths[] = { "00000000", "00000001", "00000002", "00000003",
                                           "0000001b", "0000001d", "ffffffff", "0001001c" };
    char hex[sizeof golden];

    (void)state;
    memcpy(hex, golden, sizeof hex);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memcpy(hex + 48, lengths[i], 8);
        assert_false(codec_accepts(read_header, hex));
    }
    codec_refuses_truncation(read_header, golden);
    codec_abuse(read_header, golden);
}

static void message_is_written_with_its_length(void **state)
{
    uint8_t room[40];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    ike2_data_write(&w, IKE2_PAYLOAD_VENDOR, bytes_of("\xaa\xbb", 2));
    assert_int_equal(ike2_message_end(&w, &out), IKE2_OK);

    octets_expect_hex(out, "0102030405060708"
                           "1112131415161718"
                           "2b202208"
                           "00000007"
                           "00000022"
                           "00000006aabb");
}

static void empty_message_is_a_header(void **state)
{
    uint8_t room[28];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    for (size_t cap = 0; cap <= sizeof room; cap++) {
        ike2_writer_init(&w, room, cap);
        ike2_message_begin(&w, &header);
        assert_int_equal(ike2_message_end(&w, &out),
                         cap == sizeof room ? IKE2_OK : IKE2_ERR_SPACE);
    }
    octets_expect_hex(out, golden);
}

static void message_begins_where_the_room_does(void **state)
{
    uint8_t room[100];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_uint_write(&w, 0, 4);
    ike2_message_begin(&w, &header);
    assert_int_equal(ike2_message_end(&w, &out), IKE2_ERR_SPACE);

    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_message_end(&w, &out), IKE2_ERR_SPACE);
}

static void ike_is_told_from_esp_by_the_marker(void **state)
{
    uint8_t datagram[4 + 28] = { 0 };
    ike2_peeked p;

    (void)state;
    (void)octets_from_hex(golden, datagram + 4, 28);
    ike2_peek(bytes_of(datagram, sizeof datagram), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_IKE);
    assert_memory_equal(&p.header, &header, sizeof header);
    assert_true(p.message.ptr == datagram + 4 && p.message.len == 28);

    datagram[3] = 9;
    ike2_peek(bytes_of(datagram, sizeof datagram), IKE2_ENCAP_TCP, &p);
    assert_int_equal(p.kind, IKE2_KIND_ESP);
    assert_int_equal(p.esp_spi, 9);
    assert_null(p.message.ptr);
}

static void port_500_has_no_marker(void **state)
{
    uint8_t datagram[28];
    ike2_peeked p;

    (void)state;
    (void)octets_from_hex(golden, datagram, sizeof datagram);
    ike2_peek(bytes_of(datagram, sizeof datagram), IKE2_ENCAP_NONE, &p);
    assert_int_equal(p.kind, IKE2_KIND_IKE);
    assert_int_equal(p.header.message_id, 7);

    memset(datagram, 0, 4);
    ike2_peek(bytes_of(datagram, sizeof datagram), IKE2_ENCAP_NONE, &p);
    assert_int_equal(p.kind, IKE2_KIND_IKE);
    ike2_peek(bytes_of(datagram, sizeof datagram), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_GARBAGE);
}

static void keepalive_is_one_octet_of_ones(void **state)
{
    ike2_peeked p;

    (void)state;
    ike2_peek(bytes_of("\xff", 1), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_KEEPALIVE);
    ike2_peek(bytes_of("\xfe", 1), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_GARBAGE);
    ike2_peek(bytes_of("\xff\xff", 2), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_GARBAGE);
}

static void short_datagrams_are_garbage(void **state)
{
    static const uint8_t esp[8] = { 1 }, ike[31];
    ike2_peeked p;

    (void)state;
    for (size_t len = 0; len < sizeof esp; len++) {
        ike2_peek(bytes_of(esp, len), IKE2_ENCAP_UDP, &p);
        assert_int_equal(p.kind, IKE2_KIND_GARBAGE);
    }
    for (size_t len = 0; len <= sizeof ike; len++) {
        ike2_peek(bytes_of(ike, len), IKE2_ENCAP_UDP, &p);
        assert_int_equal(p.kind, IKE2_KIND_GARBAGE);
    }
    codec_abuse(peek_all, golden);
    codec_abuse(peek_all, "00000000");
}

/* Marker and header, RFC 7296 2.23, 3.1: dispatch needs no more, and may have no more at hand. */
static void peek_touches_at_most_32_octets(void **state)
{
    uint8_t *first = malloc(32);
    ike2_peeked p;

    (void)state;
    memset(first, 0, 32);
    ike2_peek(bytes_of(first, 1500), IKE2_ENCAP_UDP, &p);
    assert_int_equal(p.kind, IKE2_KIND_IKE);
    assert_int_equal(p.message.len, 1496);
    free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_is_read),
        cmocka_unit_test(any_version_is_read),
        cmocka_unit_test(length_other_than_the_messages_is_malformed),
        cmocka_unit_test(message_is_written_with_its_length),
        cmocka_unit_test(empty_message_is_a_header),
        cmocka_unit_test(message_begins_where_the_room_does),
        cmocka_unit_test(ike_is_told_from_esp_by_the_marker),
        cmocka_unit_test(port_500_has_no_marker),
        cmocka_unit_test(keepalive_is_one_octet_of_ones),
        cmocka_unit_test(short_datagrams_are_garbage),
        cmocka_unit_test(peek_touches_at_most_32_octets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
