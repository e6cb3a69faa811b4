/* examples/common/token_none.c, whatever p11-kit is here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/token.h"

static void key_in_a_token_is_refused_with_the_remedy(void **state)
{
    struct problem why = { "" };
    struct token *token = NULL;

    (void)state;
    assert_false(token_open("pkcs11:object=a?pin-value=1", NULL, NULL, &token, &why));
    assert_null(token);
    assert_string_equal(why.text, "pkcs11:object=a: this program was built without PKCS#11: build "
                                  "it with p11-kit and IKE2_PKCS11=ON, or name a file");
}

static void nobody_has_a_token(void **state)
{
    size_t n = 1;

    (void)state;
    assert_null(token_ref(NULL));
    assert_null(token_schemes(NULL, &n));
    assert_int_equal(n, 0);
    token_close(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_in_a_token_is_refused_with_the_remedy),
        cmocka_unit_test(nobody_has_a_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
