/* Names of code points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>
#include <ike2/message.h>

static void names_are_ianas(void **state)
{
    (void)state;
    assert_string_equal(ike2_exchange_name(IKE2_EXCHANGE_IKE_SA_INIT), "IKE_SA_INIT");
    assert_string_equal(ike2_payload_name(IKE2_PAYLOAD_TSR), "TSr");
    assert_string_equal(ike2_notify_name(IKE2_NOTIFY_REKEY_SA), "REKEY_SA");
    assert_string_equal(ike2_notify_name(IKE2_NOTIFY_FRAGMENTATION_SUPPORTED),
                        "IKEV2_FRAGMENTATION_SUPPORTED");
}

static void transforms_are_named_by_type_and_id(void **state)
{
    (void)state;
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_ENCR, 20), "ENCR_AES_GCM_16");
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_PRF, 5), "PRF_HMAC_SHA2_256");
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_INTEG, 0), "NONE");
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_KE, 31), "Curve25519");
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_ADDKE7, 36), "ml-kem-768");
    assert_string_equal(ike2_transform_name(IKE2_TRANSFORM_ESN, 1),
                        "Extended Sequence Numbers");
}

static void what_is_unassigned_has_no_name(void **state)
{
    (void)state;
    assert_null(ike2_exchange_name(33));
    assert_null(ike2_exchange_name(42));
    assert_null(ike2_payload_name(IKE2_PAYLOAD_NONE));
    assert_null(ike2_payload_name(55));
    assert_null(ike2_notify_name(0));
    assert_null(ike2_notify_name(40960));
    assert_null(ike2_transform_name(IKE2_TRANSFORM_ENCR, 17));
    assert_null(ike2_transform_name(0, 1));
    assert_null(ike2_transform_name(13, 1));
    assert_null(ike2_transform_name(UINT8_MAX, UINT16_MAX));
}

static void no_two_notifies_share_a_name(void **state)
{
    static const char *names[UINT16_MAX + 1];
    size_t n = 0;

    (void)state;
    for (unsigned type = 0; type <= UINT16_MAX; type++) {
        const char *name = ike2_notify_name((uint16_t)type);

        if (name != NULL)
            names[n++] = name;
    }
    assert_int_equal(n, 86);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_ianas),
        cmocka_unit_test(transforms_are_named_by_type_and_id),
        cmocka_unit_test(what_is_unassigned_has_no_name),
        cmocka_unit_test(no_two_notifies_share_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
