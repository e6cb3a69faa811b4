/* lib/x509/time.c: dates of certificates. RFC 5280 4.1.2.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "x509/time.h"

static const int64_t none = INT64_MIN;

static int64_t time_of(uint8_t tag, const char *text)
{
    uint8_t room[64] = { tag, (uint8_t)strlen(text) };
    struct reader r;
    int64_t t;

    memcpy(room + 2, text, strlen(text));
    r = reader_of(bytes_of(room, strlen(text) + 2));
    t = ike2_x509_time(&r);
    return reader_end(&r) ? t : none;
}

static void both_forms_are_read(void **state)
{
    (void)state;
    assert_int_equal(time_of(DER_UTC_TIME, "700101000000Z"), 0);
    assert_int_equal(time_of(DER_UTC_TIME, "500101000000Z"), -631152000);
    assert_int_equal(time_of(DER_UTC_TIME, "491231235959Z"), 2524607999);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "20240229120001Z"), 1709208001);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "99991231235959Z"), 253402300799);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "00000101000000Z"), -62167219200);
}

static void others_are_refused(void **state)
{
    static const char *const bad[] = {
        "20230229000000Z",   "20241301000000Z",
        "20240001000000Z",   "20240100000000Z",
        "20240131240000Z",   "20240131006000Z",
        "20240131000060Z",   "20240131000000",
        "202401310000Z",     "20240131000000z",
        "20240131000000.5Z", "20240131000000+0100",
        "2024013100000 Z",   "",
        "240131000000Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(time_of(DER_GENERALIZED_TIME, bad[i]), none);
    assert_int_equal(time_of(DER_UTC_TIME, "20240131000000Z"), none);
    assert_int_equal(time_of(DER_IA5_STRING, "20240131000000Z"), none);
    assert_int_equal(time_of(DER_IA5_STRING, "240131000000Z"), none);
}

static void dates_are_those_that_were_read(void **state)
{
    char text[TIME_DATE_ROOM];

    (void)state;
    for (int64_t day = -719528; day < 2932897; day += 97) {
        char written[] = "YYYYMMDD000000Z";

        ike2_x509_date(day * 86400, text);
        memcpy(written, text, 4);
        memcpy(written + 4, text + 5, 2);
        memcpy(written + 6, text + 8, 2);
        assert_int_equal(time_of(DER_GENERALIZED_TIME, written), day * 86400);
    }
    ike2_x509_date(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31");
    ike2_x509_date(INT64_MIN, text);
    assert_string_equal(text, "0000-01-01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_are_read),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(dates_are_those_that_were_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
