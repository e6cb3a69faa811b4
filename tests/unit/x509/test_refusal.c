/* lib/x509/refusal.c: verdicts as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"
#include "x509/refusal.h"

static void expect(const struct refusal *r, const char *text)
{
    ike2_verdict v = { .ok = true };

    ike2_x509_tell(r, &v);
    assert_false(v.ok);
    assert_int_equal(v.struct_size, sizeof v);
    assert_int_equal(v.reason, r->reason);
    assert_string_equal(v.text, text);
}

static void parts_are_told_in_order(void **state)
{
    struct certificate c;
    struct refusal r;

    assert_null(ike2_x509_certificate(pki_make(*state, pki_ca()), &c));
    assert_false(ike2_x509_refuse(&r, IKE2_X509_EXPIRED, "expired: ", &c, 1));
    expect(&r, "expired: CN=ca.test (depth 1)");
    r.after = " until ";
    r.date = 1706659200;
    expect(&r, "expired: CN=ca.test until 2024-01-31 (depth 1)");
    r.number = 17;
    r.unit = " of them: ";
    expect(&r, "expired: 17 of them: CN=ca.test until 2024-01-31 (depth 1)");
    r = (struct refusal){
        .reason = IKE2_X509_IDENTITY,
        .words = "x ",
        .who = &c,
        .claimed = &(ike2_id){ .type = IKE2_ID_FQDN, .data = bytes_of("a", 1) },
    };
    expect(&r, "x FQDN a is not in CN=ca.test (depth 0)");
    r = (struct refusal){ .reason = IKE2_X509_LIMIT, .words = "x" };
    expect(&r, "x");
}

static void identities_of_the_peer_are_escaped_and_cut(void **state)
{
    static const struct {
        ike2_bytes data;
        const char *text;
    } rows[] = {
        { { (const uint8_t *)"a b~\x7f\\\0\x1f\xff", 9 },
          "KEY_ID a b~\\x7f\\x5c\\x00\\x1f\\xff is not in " },
        { { (const uint8_t *)"012345678901234567890123456789012345", 36 },
          "KEY_ID 012345678901234567890123456789012345 is not in " },
        { { (const uint8_t *)"0123456789012345678901234567890123456", 37 },
          "KEY_ID 012345678901234567890123456789012345.. is not in " },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const ike2_id id = { .type = IKE2_ID_KEY_ID, .data = rows[i].data };
        const struct refusal r = { .reason = IKE2_X509_IDENTITY, .words = "", .claimed = &id };

        expect(&r, rows[i].text);
    }
}

static void text_is_cut_where_the_room_ends(void **state)
{
    static const char longer[] = "0123456789012345678901234567890123456789012345678901234567890123"
                                 "0123456789012345678901234567890123456789";
    const struct refusal r = { .reason = IKE2_X509_LIMIT, .words = longer };
    ike2_verdict v;

    (void)state;
    ike2_x509_tell(&r, &v);
    assert_int_equal(strlen(v.text), sizeof v.text - 1);
    assert_memory_equal(v.text, longer, sizeof v.text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_told_in_order),
        cmocka_unit_test(identities_of_the_peer_are_escaped_and_cut),
        cmocka_unit_test(text_is_cut_where_the_room_ends),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
