/* Messages and payloads of others, $IKE2_VECTORS/messages, and recorded exchanges, captures: they
 * parse to what their origin says, and keep to RFC 7296 Appendix C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "vectors/kv.h"
#include "vectors/tsv.h"
#include "wire/rules.h"

enum { IKE_HEADER_OCTETS = 28, GENERIC_HEADER_OCTETS = 4 };

/* --- AOSP ------------------------------------------------------------------------- */

struct aosp {
    struct kv_file file;
    struct kv_record record;
};

static void aosp_open(struct aosp *a, const char *name)
{
    assert_true(kv_open(&a->file, name));
    assert_true(kv_next(&a->file, &a->record));
}

static ike2_bytes field(const struct aosp *a, const char *name)
{
    ike2_bytes octets = { 0 };

    assert_true(kv_octets(&a->record, name, &octets));
    return octets;
}

static void expect_field(const struct aosp *a, const char *name, ike2_bytes octets)
{
    assert_true(bytes_equal(field(a, name), octets));
}

/* The body of one payload that is given with its generic header. */
static ike2_bytes body_of(ike2_bytes payload)
{
    assert_true(payload.len >= GENERIC_HEADER_OCTETS);
    assert_int_equal(payload.ptr[2] << 8 | payload.ptr[3], payload.len);
    return bytes_of(payload.ptr + GENERIC_HEADER_OCTETS, payload.len - GENERIC_HEADER_OCTETS);
}

static void expect_child_sa(const struct aosp *a, const char *name, const char *spi)
{
    static const ike2_transform expected[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA1_96 },
        { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO },
    };
    ike2_bytes transforms = { 0 };
    ike2_proposal p;
    ike2_transform t;
    ike2_walk w;

    ike2_proposal_walk(&w, body_of(field(a, name)));
    assert_true(ike2_proposal_next(&w, &p, &transforms));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
    assert_int_equal(p.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(p.n_transforms, 3);
    expect_field(a, spi, p.spi);
    ike2_transform_walk(&w, transforms);
    for (size_t i = 0; i < 3; i++) {
        assert_true(ike2_transform_next(&w, &t, NULL));
        assert_memory_equal(&t, &expected[i], sizeof t);
    }
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void child_proposals_of_aosp_are_read(void **state)
{
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_ChildSessionStateMachineTest.kv");
    expect_child_sa(&a, "IKE_AUTH_REQ_SA_PAYLOAD", "CURRENT_CHILD_SA_SPI_IN");
    expect_child_sa(&a, "IKE_AUTH_RESP_SA_PAYLOAD", "CURRENT_CHILD_SA_SPI_OUT");
    kv_close(&a.file);
}

static void auth_of_aosp_is_read(void **state)
{
    ike2_auth_payload auth;
    struct aosp a;
    ike2_id id;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeAuthPayloadTest.kv");
    assert_int_equal(ike2_auth_read(field(&a, "PSK_AUTH_PAYLOAD_HEX_STRING"), &auth), IKE2_OK);
    assert_int_equal(auth.method, IKE2_AUTH_METHOD_SHARED_KEY);
    expect_field(&a, "PSK_AUTH_PAYLOAD_SIGNATURE_HEX_STRING", auth.data);
    assert_int_equal(ike2_id_read(field(&a, "PSK_ID_PAYLOAD_HEX_STRING"), &id), IKE2_OK);
    assert_int_equal(id.type, IKE2_ID_IPV4_ADDR);
    assert_memory_equal(id.data.ptr, "\x0a\x50\x50\x0d", 4);
    kv_close(&a.file);
}

static void certificate_of_aosp_is_read(void **state)
{
    ike2_cert cert;
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeCertX509CertPayloadTest.kv");
    assert_int_equal(ike2_cert_read(field(&a, "CERT_PAYLOAD_BODY_HEX_STRING"), &cert), IKE2_OK);
    assert_int_equal(cert.encoding, IKE2_CERT_X509_SIGNATURE);
    /* SEQUENCE, with its length in two octets. */
    assert_memory_equal(cert.data.ptr, "\x30\x82", 2);
    assert_int_equal(cert.data.ptr[2] << 8 | cert.data.ptr[3], cert.data.len - 4);
    kv_close(&a.file);
}

static void deletes_of_aosp_are_read(void **state)
{
    ike2_delete d;
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeDeletePayloadTest.kv");
    assert_int_equal(ike2_delete_read(body_of(field(&a, "DELETE_IKE_PAYLOAD_HEX_STRING")), &d),
                     IKE2_OK);
    assert_int_equal(d.protocol, IKE2_PROTOCOL_IKE);
    assert_int_equal(d.count, 0);
    assert_int_equal(ike2_delete_read(body_of(field(&a, "DELETE_CHILD_PAYLOAD_HEX_STRING")), &d),
                     IKE2_OK);
    assert_int_equal(d.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(d.count, kv_number(&a.record, "NUM_CHILD_SPI"));
    expect_field(&a, "CHILD_SPI", d.spis);
    kv_close(&a.file);
}

static void expect_address(const struct aosp *a, const char *body, const char *text, uint8_t type)
{
    uint8_t octets[16];
    ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
    ike2_id read, parsed;

    assert_int_equal(ike2_id_read(field(a, body), &read), IKE2_OK);
    assert_int_equal(read.type, type);
    assert_int_equal(ike2_id_parse(kv_get(&a->record, text), &room, &parsed), IKE2_OK);
    assert_int_equal(parsed.type, type);
    assert_true(bytes_equal(parsed.data, read.data));
}

static void identities_of_aosp_are_read(void **state)
{
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeIdPayloadTest.kv");
    expect_address(&a, "IPV4_ADDR_ID_PAYLOAD_RESPONDER_BODY_HEX_STRING", "IPV4_ADDR_STRING",
                   IKE2_ID_IPV4_ADDR);
    expect_address(&a, "IPV6_ADDR_ID_PAYLOAD_RESPONDER_BODY_HEX_STRING", "IPV6_ADDR_STRING",
                   IKE2_ID_IPV6_ADDR);
    kv_close(&a.file);
}

static void key_exchange_of_aosp_is_read(void **state)
{
    ike2_ke_payload ke;
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeKePayloadTest.kv");
    assert_int_equal(ike2_ke_read(field(&a, "KE_PAYLOAD_RAW_PACKET"), &ke), IKE2_OK);
    assert_int_equal(ke.method, IKE2_KE_MODP_1024);
    assert_int_equal(ke.data.len, kv_number(&a.record, "EXPECTED_KE_DATA_LEN"));
    expect_field(&a, "KEY_EXCHANGE_DATA_RAW_PACKET", ke.data);
    kv_close(&a.file);
}

static void nonce_of_aosp_is_read(void **state)
{
    ike2_bytes nonce;
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeNoncePayloadTest.kv");
    assert_int_equal(ike2_nonce_read(body_of(field(&a, "NONCE_PAYLOAD_RAW_HEX_STRING")), &nonce),
                     IKE2_OK);
    expect_field(&a, "NONCE_DATA_RAW_HEX_STRING", nonce);
    kv_close(&a.file);
}

/* One selector, given without the payload's own header. */
static ike2_ts selector_of(const struct aosp *a, const char *name)
{
    ike2_bytes octets = field(a, name);
    uint8_t body[4 + 16] = { 1 };
    ike2_walk w;
    ike2_ts ts;

    assert_int_equal(octets.len, 16);
    memcpy(body + 4, octets.ptr, octets.len);
    ike2_ts_walk(&w, bytes_of(body, sizeof body));
    assert_true(ike2_ts_next(&w, &ts));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
    return ts;
}

static void selectors_of_aosp_are_read(void **state)
{
    struct aosp a;
    ike2_ts ts;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeTrafficSelectorTest.kv");
    ts = selector_of(&a, "TS_IPV4_ONE_HEX_STRING");
    assert_int_equal(ts.type, IKE2_TS_IPV4_ADDR_RANGE);
    assert_int_equal(ts.port_first, kv_number(&a.record, "TS_ONE_START_PORT"));
    assert_int_equal(ts.port_last, kv_number(&a.record, "TS_ONE_END_PORT"));
    assert_memory_equal(ts.first, "\xc0\x00\x02\x64", 4);
    assert_memory_equal(ts.last, "\xc0\x00\x03\x65", 4);
    ts = selector_of(&a, "TS_IPV4_TWO_HEX_STRING");
    assert_int_equal(ts.port_first, kv_number(&a.record, "TS_TWO_START_PORT"));
    assert_int_equal(ts.port_last, kv_number(&a.record, "TS_TWO_END_PORT"));
    /* The codec leaves reversed ranges to whoever uses them. */
    ts = selector_of(&a, "TX_IPV4_INVALID_PORT_RANGE_HEX_STRING");
    assert_true(ts.port_first > ts.port_last);
    ts = selector_of(&a, "TX_IPV4_INVALID_ADDRESS_RANGE_HEX_STRING");
    assert_true(memcmp(ts.first, ts.last, 4) > 0);
    kv_close(&a.file);
}

/* --- Whole messages ----------------------------------------------------------------- */

/* Header, index and rules of an IKE_SA_INIT message, which is not protected. */
static ike2_err check_message(ike2_bytes message)
{
    struct message m;
    ike2_header h;
    uint8_t payload;

    if (ike2_header_read(message, &h) != IKE2_OK ||
        ike2_message_index(&h, h.next_payload,
                           bytes_of(message.ptr + IKE_HEADER_OCTETS,
                                    message.len - IKE_HEADER_OCTETS),
                           false, &m) != IKE2_OK)
        return IKE2_ERR_MALFORMED;
    return ike2_rules_check(&m, &payload);
}

static void datagram_of_aosp_is_classified(void **state)
{
    uint8_t datagram[512] = { 0 };
    ike2_bytes message;
    ike2_peeked peeked;
    struct aosp a;

    (void)state;
    aosp_open(&a, "messages/aosp_IkeSocketTest.kv");
    message = field(&a, "IKE_REQ_MESSAGE_HEX_STRING");
    assert_true(message.len + 4 <= sizeof datagram);
    memcpy(datagram + 4, message.ptr, message.len);
    ike2_peek(bytes_of(datagram, message.len + 4), IKE2_ENCAP_UDP, &peeked);
    assert_int_equal(peeked.kind, IKE2_KIND_IKE);
    assert_true(bytes_equal(peeked.message, message));
    expect_field(&a, "REMOTE_SPI", bytes_of(message.ptr, 8));
    assert_int_equal(peeked.header.spi_r, 0);
    assert_int_equal(check_message(message), IKE2_OK);
    kv_close(&a.file);
}

static void expect_block(struct tsv_row *row)
{
    const char *name = tsv_get(row, 0);
    struct message m;
    ike2_bytes block;

    assert_true(tsv_octets(row, 1, &block));
    if (strcmp(name, "valid_packet") == 0) {
        assert_int_equal(check_message(block), IKE2_OK);
    } else if (strcmp(name, "delete_pld") == 0 || strcmp(name, "cp_pld") == 0) {
        const ike2_header h = { .exchange = IKE2_EXCHANGE_INFORMATIONAL };
        uint8_t type = name[0] == 'd' ? IKE2_PAYLOAD_DELETE : IKE2_PAYLOAD_CP;
        uint8_t payload;

        assert_int_equal(ike2_message_index(&h, type, block, true, &m), IKE2_OK);
        assert_true(ike2_message_count(&m, type) > 1);
        /* Several CP payloads are no legal message. */
        assert_int_equal(ike2_rules_check(&m, &payload),
                         type == IKE2_PAYLOAD_DELETE ? IKE2_OK : IKE2_ERR_MALFORMED);
    } else if (strcmp(name, "id_pld") == 0) {
        ike2_id id;

        assert_int_equal(ike2_id_read(body_of(block), &id), IKE2_OK);
        assert_int_equal(id.type, IKE2_ID_IPV4_ADDR);
    } else if (strcmp(name, "certreq_pld") == 0) {
        ike2_cert cert;

        assert_int_equal(ike2_cert_read(body_of(block), &cert), IKE2_OK);
        assert_int_equal(cert.encoding, IKE2_CERT_RAW_RSA_KEY);
    }
}

static void blocks_of_openiked_are_read(void **state)
{
    struct tsv_file f;
    struct tsv_row row;
    size_t n = 0;

    (void)state;
    assert_true(tsv_open(&f, "messages/openiked_parser_blocks.tsv"));
    for (; tsv_next(&f, &row); n++)
        expect_block(&row);
    tsv_close(&f);
    assert_true(n > 10);
}

/* --- Recorded exchanges --------------------------------------------------------------- */

/* Columns of the captures' tables. */
enum { CAPTURE = 0, FRAME = 1, EXCHANGE = 12, OUTER = 17, HEX = 19 };
enum { PLAIN_FROM = 2, PLAIN_FIRST = 3, PLAIN_HEX = 8 };

/* RFC 5685 has a form of its own, which nobody sends to whom has not asked for it. */
static bool is_redirect(const struct tsv_row *row)
{
    return strstr(tsv_get(row, OUTER), "/n16407") != NULL;
}

static void recorded_first_exchanges_keep_to_the_rules(void **state)
{
    static const char *const tables[] = { "captures/traces.tsv", "captures/decryptable.tsv" };
    struct tsv_file f;
    struct tsv_row row;
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        assert_true(tsv_open(&f, tables[i]));
        while (tsv_next(&f, &row)) {
            const char *exchange = tsv_get(&row, EXCHANGE);
            ike2_bytes message;

            if (exchange == NULL || strcmp(exchange, "34") != 0 || is_redirect(&row))
                continue;
            assert_true(tsv_octets(&row, HEX, &message));
            if (check_message(message) != IKE2_OK)
                fail_msg("%s %s", tsv_get(&row, CAPTURE), tsv_get(&row, FRAME));
            n++;
        }
        tsv_close(&f);
    }
    assert_true(n >= 30);
}

/* Exchange and direction of the message a plaintext came from. */
static ike2_header header_of(const char *capture, const char *frame)
{
    struct tsv_file f;
    struct tsv_row row;
    ike2_header h = { 0 };

    assert_true(tsv_open(&f, "captures/decryptable.tsv"));
    while (tsv_next(&f, &row)) {
        ike2_bytes message;

        if (strcmp(tsv_get(&row, CAPTURE), capture) != 0 ||
            strcmp(tsv_get(&row, FRAME), frame) != 0)
            continue;
        if (tsv_octets(&row, HEX, &message))
            assert_int_equal(ike2_header_read(message, &h), IKE2_OK);
    }
    tsv_close(&f);
    return h;
}

static void decrypted_messages_keep_to_the_rules(void **state)
{
    struct tsv_file f;
    struct tsv_row row;
    size_t n = 0;

    (void)state;
    assert_true(tsv_open(&f, "captures/decryptable.plain.tsv"));
    for (; tsv_next(&f, &row); n++) {
        ike2_header h = header_of(tsv_get(&row, CAPTURE), tsv_get(&row, FRAME));
        const char *first = tsv_get(&row, PLAIN_FIRST);
        uint8_t type = 0, payload = 0;
        ike2_bytes chain = { 0 };
        struct message m;

        for (; first != NULL && *first != '\0'; first++)
            type = (uint8_t)(10 * type + (*first - '0'));
        (void)tsv_octets(&row, PLAIN_HEX, &chain);
        assert_int_equal(ike2_message_index(&h, type, chain, true, &m), IKE2_OK);
        if (ike2_rules_check(&m, &payload) != IKE2_OK)
            fail_msg("%s %s: payload %u", tsv_get(&row, CAPTURE), tsv_get(&row, FRAME), payload);
    }
    tsv_close(&f);
    assert_true(n >= 10);
}

static void malformed_texts_of_identities_are_survived(void **state)
{
    struct tsv_file f;
    struct tsv_row row;

    (void)state;
    assert_true(tsv_open(&f, "malformed/strongswan_ids.tsv"));
    while (tsv_next(&f, &row)) {
        uint8_t octets[512];
        ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
        char text[512];
        ike2_bytes raw;
        ike2_id id;

        assert_true(tsv_octets(&row, 1, &raw) && raw.len < sizeof text);
        memcpy(text, raw.ptr, raw.len);
        text[raw.len] = '\0';
        (void)(ike2_id_parse(text, &room, &id) == IKE2_OK);
        for (unsigned type = 0; type <= UINT8_MAX; type++) {
            id = (ike2_id){ .type = (uint8_t)type, .data = raw };
            (void)ike2_id_text(&id, text, sizeof text);
        }
    }
    tsv_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(child_proposals_of_aosp_are_read),
        cmocka_unit_test(auth_of_aosp_is_read),
        cmocka_unit_test(certificate_of_aosp_is_read),
        cmocka_unit_test(deletes_of_aosp_are_read),
        cmocka_unit_test(identities_of_aosp_are_read),
        cmocka_unit_test(key_exchange_of_aosp_is_read),
        cmocka_unit_test(nonce_of_aosp_is_read),
        cmocka_unit_test(selectors_of_aosp_are_read),
        cmocka_unit_test(datagram_of_aosp_is_classified),
        cmocka_unit_test(blocks_of_openiked_are_read),
        cmocka_unit_test(recorded_first_exchanges_keep_to_the_rules),
        cmocka_unit_test(decrypted_messages_keep_to_the_rules),
        cmocka_unit_test(malformed_texts_of_identities_are_survived),
    };

    if (vectors_directory() == NULL) {
        puts("no reference vectors: set IKE2_VECTORS");
        return VECTORS_SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
