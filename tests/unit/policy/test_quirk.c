/* lib/policy/quirk.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "policy/quirk.h"
#include "support/octets.h"

enum { HEADER = 28, NEXT_PAYLOAD = 16, ROOM = 512 };
#define WINDOWS "1e2b516905991c7d7c96fcbfb587e461"

/* Of an IKE_SA_INIT message with these Vendor IDs. */
static uint32_t quirks_of(const char *const *vendor_ids, size_t n)
{
    const ike2_header header = { .exchange = IKE2_EXCHANGE_IKE_SA_INIT };
    uint8_t room[ROOM], data[ROOM];
    struct message m;
    ike2_writer w;
    ike2_bytes all;

    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    for (size_t i = 0; i < n; i++) {
        ike2_payload_begin(&w, IKE2_PAYLOAD_VENDOR, false);
        ike2_octets_write(&w, bytes_of(data, octets_from_hex(vendor_ids[i], data, sizeof data)));
        ike2_payload_end(&w);
    }
    assert_int_equal(ike2_message_end(&w, &all), IKE2_OK);
    assert_int_equal(ike2_message_index(&header, all.ptr[NEXT_PAYLOAD],
                                        bytes_of(all.ptr + HEADER, all.len - HEADER), false, &m),
                     IKE2_OK);
    return ike2_quirks_read(&m);
}

static void windows_is_known_by_its_vendor_id_of_any_version(void **state)
{
    static const char *const versions[] = { WINDOWS "00000007", WINDOWS "00000009", WINDOWS };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(quirks_of(&versions[i], 1), IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA);
}

static void one_of_several_vendor_ids_is_enough(void **state)
{
    static const char *const several[] = { "fb1de3cdf341b7ea16b7e5be0855f120", "",
                                           WINDOWS "00000009" };

    (void)state;
    assert_int_equal(quirks_of(several, 3), IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA);
}

static void others_have_no_quirks(void **state)
{
    static const char *const others[] = { "", "1e", "1e2b516905991c7d7c96fcbfb587e4",
                                          "1e2b516905991c7d7c96fcbfb587e462", ("00" WINDOWS) };

    (void)state;
    assert_int_equal(quirks_of(NULL, 0), 0);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(quirks_of(&others[i], 1), 0);
}

static void quirk_is_about_its_schemes_only(void **state)
{
    static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256, IKE2_SIG_RSA_PSS_SHA384,
                                    IKE2_SIG_RSA_PSS_SHA512 };
    static const uint16_t eddsa[] = { IKE2_SIG_ED25519, IKE2_SIG_ED448 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(ike2_quirks_forbid(IKE2_QUIRK_NO_PSS, pss[i]));
        assert_false(ike2_quirks_forbid(IKE2_QUIRK_NO_EDDSA, pss[i]));
    }
    for (size_t i = 0; i < 2; i++) {
        assert_true(ike2_quirks_forbid(IKE2_QUIRK_NO_EDDSA, eddsa[i]));
        assert_false(ike2_quirks_forbid(IKE2_QUIRK_NO_PSS, eddsa[i]));
    }
    assert_false(ike2_quirks_forbid(UINT32_MAX, IKE2_SIG_RSA_PKCS1_SHA256));
    assert_false(ike2_quirks_forbid(UINT32_MAX, IKE2_SIG_ECDSA_SHA384_DER));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_is_known_by_its_vendor_id_of_any_version),
        cmocka_unit_test(one_of_several_vendor_ids_is_enough),
        cmocka_unit_test(others_have_no_quirks),
        cmocka_unit_test(quirk_is_about_its_schemes_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
