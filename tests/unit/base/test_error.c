/* Texts of result codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/error.h>

static const struct {
    ike2_err code;
    int value;
    const char *text;
} codes[] = {
#define X(name, value, text) { IKE2_##name, value, text },
    IKE2_ERR_LIST(X)
#undef X
};

static void every_code_has_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_int_equal(codes[i].code, codes[i].value);
        assert_string_equal(ike2_strerror(codes[i].code), codes[i].text);
    }
}

static void foreign_code_has_a_text(void **state)
{
    (void)state;
    assert_string_equal(ike2_strerror((ike2_err)-1000), "unknown error");
    assert_string_equal(ike2_strerror((ike2_err)1), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_text),
        cmocka_unit_test(foreign_code_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
