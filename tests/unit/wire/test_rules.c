/* Which payloads each message may and must carry. RFC 7296 Appendix C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "wire/rules.h"

#include "base/bytes.h"
#include "support/octets.h"

enum { TYPES_MAX = 20, SA = IKE2_PAYLOAD_SA, KE, IDI, IDR, CERT, CERTREQ, AUTH, NONCE, NOTIFY,
       DEL, V, TSI, TSR, SK, CP, EAP };
/* Notifies with a meaning. */
enum { ERROR = 101, COOKIE = 102 };
enum { INIT = IKE2_EXCHANGE_IKE_SA_INIT, IKE_AUTH, CHILD, INFO };
enum { REQUEST = 0, RESPONSE = IKE2_FLAG_RESPONSE };

struct sample {
    uint8_t exchange, flags;
    uint8_t types[TYPES_MAX]; /* ends with 0 */
    uint8_t offender;         /* 0: the message is legal */
};

static const char *body_of(uint8_t type)
{
    static const char *const bodies[] = {
        "0000000801010000", "001f0000aa", "02000000aa", "02000000aa",
        "04", "04", "02000000aa", "00112233445566778899aabbccddeeff",
        "00004000", "01000000", "aabb", "01000000070000100000ffff0000000000000000",
        "01000000070000100000ffff0000000000000000", "", "01000000", "0101000501",
    };

    if (type == ERROR)
        return "0000000e";
    if (type == COOKIE)
        return "00004006c0";
    return type >= SA && type <= EAP ? bodies[type - SA] : "";
}

static uint8_t wire_type(uint8_t type)
{
    return type == ERROR || type == COOKIE ? IKE2_PAYLOAD_NOTIFY : type;
}

static void payload_write(ike2_writer *w, uint8_t type, const char *hex)
{
    uint8_t body[64];

    ike2_data_write(w, wire_type(type), bytes_of(body, octets_from_hex(hex, body, sizeof body)));
}

static ike2_err check(const struct sample *s, bool is_protected, uint8_t *payload)
{
    const ike2_header header = { .exchange = s->exchange, .flags = s->flags };
    static uint8_t room[4096];
    struct message m;
    ike2_bytes chain;
    ike2_writer w;

    ike2_writer_init(&w, room, sizeof room);
    for (size_t i = 0; s->types[i] != 0; i++)
        payload_write(&w, s->types[i], body_of(s->types[i]));
    assert_int_equal(ike2_writer_end(&w, &chain), IKE2_OK);
    assert_int_equal(ike2_message_index(&header, wire_type(s->types[0]), chain, is_protected, &m),
                     IKE2_OK);
    return ike2_rules_check(&m, payload);
}

static void expect(const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t payload = 0;
        ike2_err err = check(&samples[i], samples[i].exchange != INIT, &payload);

        if (err != (samples[i].offender == 0 ? IKE2_OK : IKE2_ERR_MALFORMED) ||
            (err != IKE2_OK && payload != samples[i].offender))
            fail_msg("sample %zu: %s, payload %u", i, ike2_strerror(err), payload);
    }
}

#define EXPECT(samples) expect(samples, sizeof(samples) / sizeof(samples)[0])

static void messages_of_appendix_c_are_legal(void **state)
{
    static const struct sample samples[] = {
        { INIT, REQUEST, { COOKIE, SA, KE, NONCE, NOTIFY, NOTIFY, V, V }, 0 },
        { INIT, RESPONSE, { SA, KE, NONCE, NOTIFY, NOTIFY, CERTREQ, CERTREQ, V }, 0 },
        { INIT, RESPONSE, { COOKIE, V }, 0 },
        { INIT, RESPONSE, { ERROR }, 0 },
        { IKE_AUTH, REQUEST, { IDI, CERT, CERT, NOTIFY, CERTREQ, IDR, AUTH, CP, SA, TSI, TSR }, 0 },
        { IKE_AUTH, RESPONSE, { IDR, CERT, AUTH, CP, NOTIFY, SA, TSI, TSR, V }, 0 },
        { IKE_AUTH, RESPONSE, { IDR, CERT, AUTH, ERROR }, 0 },
        { IKE_AUTH, RESPONSE, { ERROR }, 0 },
        { IKE_AUTH, REQUEST, { IDI, CERTREQ, IDR, CP, SA, TSI, TSR }, 0 },
        { IKE_AUTH, RESPONSE, { IDR, CERT, AUTH, EAP }, 0 },
        { IKE_AUTH, REQUEST, { EAP }, 0 },
        { IKE_AUTH, RESPONSE, { EAP }, 0 },
        { IKE_AUTH, REQUEST, { AUTH }, 0 },
        { IKE_AUTH, RESPONSE, { AUTH, CP, SA, TSI, TSR }, 0 },
        { IKE_AUTH, RESPONSE, { AUTH, ERROR }, 0 },
        { CHILD, REQUEST, { NOTIFY, CP, SA, NONCE, KE, TSI, TSR }, 0 },
        { CHILD, REQUEST, { SA, NONCE, TSI, TSR }, 0 },
        { CHILD, RESPONSE, { SA, NONCE, TSI, TSR, V }, 0 },
        { CHILD, RESPONSE, { CP, SA, NONCE, KE, TSI, TSR }, 0 },
        { CHILD, RESPONSE, { ERROR }, 0 },
        { CHILD, REQUEST, { SA, NONCE, KE }, 0 },
        { CHILD, RESPONSE, { SA, NONCE, KE }, 0 },
        { INFO, REQUEST, { 0 }, 0 },
        { INFO, RESPONSE, { 0 }, 0 },
        { INFO, REQUEST, { NOTIFY, ERROR, DEL, DEL, CP, V }, 0 },
        { INFO, RESPONSE, { DEL, NOTIFY, CP }, 0 },
    };

    (void)state;
    EXPECT(samples);
}

/* RFC 6023 */
static void an_ike_sa_needs_no_child(void **state)
{
    static const struct sample samples[] = {
        { IKE_AUTH, REQUEST, { IDI, AUTH }, 0 },
        { IKE_AUTH, REQUEST, { IDI, CERT, IDR, AUTH, CP }, 0 },
        { IKE_AUTH, RESPONSE, { IDR, AUTH }, 0 },
        { IKE_AUTH, RESPONSE, { IDR, CERT, AUTH, CP }, 0 },
        { IKE_AUTH, RESPONSE, { IDR }, AUTH },
        { IKE_AUTH, REQUEST, { IDI, AUTH, TSI }, SA },
    };

    (void)state;
    EXPECT(samples);
}

static void missing_payload_is_named(void **state)
{
    static const struct sample samples[] = {
        { INIT, REQUEST, { KE, NONCE }, SA },
        { INIT, REQUEST, { SA, NONCE }, KE },
        { INIT, REQUEST, { SA, KE }, NONCE },
        { INIT, REQUEST, { COOKIE }, SA },
        { INIT, REQUEST, { ERROR }, SA },
        { INIT, RESPONSE, { NOTIFY }, SA },
        { INIT, RESPONSE, { SA, KE, ERROR }, NONCE },
        { IKE_AUTH, REQUEST, { 0 }, AUTH },
        { IKE_AUTH, REQUEST, { IDI, AUTH, TSI, TSR }, SA },
        { IKE_AUTH, REQUEST, { IDI, AUTH, SA, TSR }, TSI },
        { IKE_AUTH, REQUEST, { IDI, AUTH, SA, TSI }, TSR },
        { IKE_AUTH, RESPONSE, { IDR, SA, TSI, TSR }, AUTH },
        { IKE_AUTH, RESPONSE, { IDR, AUTH, TSI, TSR }, SA },
        { IKE_AUTH, RESPONSE, { COOKIE }, SA },
        { IKE_AUTH, RESPONSE, { 0 }, SA },
        { CHILD, REQUEST, { SA, NONCE, TSI }, TSR },
        { CHILD, REQUEST, { SA, NONCE }, KE },
        { CHILD, REQUEST, { SA, KE }, NONCE },
        { CHILD, REQUEST, { ERROR }, SA },
        { CHILD, RESPONSE, { SA, TSI, TSR }, NONCE },
    };

    (void)state;
    EXPECT(samples);
}

static void payload_too_many_is_named(void **state)
{
    static const struct sample samples[] = {
        { INIT, REQUEST, { SA, SA, KE, NONCE }, SA },
        { INIT, REQUEST, { SA, KE, KE, NONCE }, KE },
        { INIT, REQUEST, { SA, KE, NONCE, NONCE }, NONCE },
        { INIT, REQUEST, { SA, KE, NONCE, AUTH }, AUTH },
        { INIT, RESPONSE, { COOKIE, EAP }, EAP },
        { IKE_AUTH, REQUEST, { IDI, IDI, AUTH, SA, TSI, TSR }, IDI },
        { IKE_AUTH, REQUEST, { IDI, IDR, IDR, AUTH, SA, TSI, TSR }, IDR },
        { IKE_AUTH, REQUEST, { IDI, AUTH, AUTH, SA, TSI, TSR }, AUTH },
        { IKE_AUTH, REQUEST, { IDI, AUTH, CP, CP, SA, TSI, TSR }, CP },
        { IKE_AUTH, REQUEST, { IDI, AUTH, SA, TSI, TSR, KE }, KE },
        { IKE_AUTH, RESPONSE, { IDR, IDI, AUTH, SA, TSI, TSR }, IDI },
        { CHILD, REQUEST, { SA, NONCE, KE, KE, TSI, TSR }, KE },
        { CHILD, REQUEST, { SA, NONCE, TSI, TSR, DEL }, DEL },
        { CHILD, REQUEST, { SA, NONCE, KE, CP }, CP },
        { INFO, REQUEST, { CP, CP }, CP },
        { INFO, REQUEST, { SA }, SA },
        { INFO, RESPONSE, { EAP }, EAP },
        { INFO, REQUEST, { SK }, SK },
        { INFO, REQUEST, { NOTIFY, IKE2_PAYLOAD_SKF }, IKE2_PAYLOAD_SKF },
    };

    (void)state;
    EXPECT(samples);
}

static void unknown_payloads_are_ignored(void **state)
{
    static const struct sample samples[] = {
        { INIT, REQUEST, { 1, SA, KE, 200, NONCE, 49, 54 }, 0 },
        { INFO, REQUEST, { 255, 128, 52 }, 0 },
    };

    (void)state;
    EXPECT(samples);
}

static void exchange_without_a_rule_is_refused(void **state)
{
    static const struct sample samples[] = {
        { 33, REQUEST, { NOTIFY }, 0 },
        { IKE2_EXCHANGE_IKE_INTERMEDIATE, REQUEST, { NOTIFY }, 0 },
        { 255, RESPONSE, { ERROR }, 0 },
    };
    uint8_t payload;

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        payload = 99;
        assert_int_equal(check(&samples[i], true, &payload), IKE2_ERR_MALFORMED);
        assert_int_equal(payload, IKE2_PAYLOAD_NONE);
    }
}

static void only_the_first_exchange_is_unprotected(void **state)
{
    static const struct sample init = { INIT, REQUEST, { SA, KE, NONCE }, 0 };
    static const struct sample info = { INFO, REQUEST, { DEL }, 0 };
    static const struct sample error = { IKE_AUTH, RESPONSE, { ERROR }, 0 };
    uint8_t payload;

    (void)state;
    assert_int_equal(check(&init, true, &payload), IKE2_ERR_MALFORMED);
    assert_int_equal(payload, SK);
    assert_int_equal(check(&info, false, &payload), IKE2_ERR_MALFORMED);
    assert_int_equal(payload, SK);
    assert_int_equal(check(&error, false, &payload), IKE2_ERR_MALFORMED);
    assert_int_equal(payload, SK);
}

/* One malformed body in a message that is legal otherwise. */
static ike2_err check_body(uint8_t exchange, const uint8_t *types, uint8_t bad, const char *hex)
{
    const ike2_header header = { .exchange = exchange };
    uint8_t room[1024], payload = 0;
    struct message m;
    ike2_bytes chain;
    ike2_writer w;
    ike2_err err;

    ike2_writer_init(&w, room, sizeof room);
    for (size_t i = 0; types[i] != 0; i++)
        payload_write(&w, types[i], types[i] == bad ? hex : body_of(types[i]));
    assert_int_equal(ike2_writer_end(&w, &chain), IKE2_OK);
    assert_int_equal(ike2_message_index(&header, types[0], chain, exchange != INIT, &m), IKE2_OK);
    err = ike2_rules_check(&m, &payload);
    if (err != IKE2_OK)
        assert_int_equal(payload, bad);
    return err;
}

static void malformed_body_is_found_in_every_payload(void **state)
{
    static const uint8_t init[] = { SA, KE, NONCE, 0 };
    static const uint8_t auth[] = { IDI, IDR, CERT, CERTREQ, AUTH, CP, SA, TSI, TSR, 0 };
    static const uint8_t info[] = { NOTIFY, DEL, 0 };
    static const uint8_t eap[] = { EAP, 0 };

    (void)state;
    assert_int_equal(check_body(INIT, init, SA, ""), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(INIT, init, KE, "001f00"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(INIT, init, NONCE, "00112233"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, IDI, "01000000aa"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, IDR, "0100"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, CERT, ""), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, CERTREQ, ""), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, AUTH, "0200"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, CP, "0100000000010004"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, TSI, "02000000"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, TSR, ""), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(INFO, info, NOTIFY, "00044000"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(INFO, info, DEL, "03040001"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, eap, EAP, "01010004"), IKE2_ERR_MALFORMED);
    assert_int_equal(check_body(IKE_AUTH, auth, AUTH, "02000000"), IKE2_OK);
}

/* Whatever the combination: a verdict, and no payload that is neither there nor demanded. */
static void every_pair_of_payloads_has_a_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4 * 16 * 16; i++) {
        uint8_t a = (uint8_t)(SA + i % 16), b = (uint8_t)(SA + i / 16 % 16);
        const struct sample s = { (uint8_t)(INIT + i / 256), RESPONSE, { a, b }, 0 };
        uint8_t payload = 0;

        if (a == SK || b == SK || check(&s, s.exchange != INIT, &payload) == IKE2_OK)
            continue;
        assert_true(payload >= SA && payload <= EAP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_appendix_c_are_legal),
        cmocka_unit_test(an_ike_sa_needs_no_child),
        cmocka_unit_test(missing_payload_is_named),
        cmocka_unit_test(payload_too_many_is_named),
        cmocka_unit_test(unknown_payloads_are_ignored),
        cmocka_unit_test(exchange_without_a_rule_is_refused),
        cmocka_unit_test(only_the_first_exchange_is_unprotected),
        cmocka_unit_test(malformed_body_is_found_in_every_payload),
        cmocka_unit_test(every_pair_of_payloads_has_a_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
