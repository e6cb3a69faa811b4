/* lib/crypto/provider.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "crypto/provider.h"
#include "support/crypto_wrap.h"

static struct crypto_wrap wrap;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

static void complete_table_is_good(void **state)
{
    (void)state;
    assert_int_equal(ike2_provider_check(&wrap.table), IKE2_OK);
}

static void no_table_is_an_argument_error(void **state)
{
    (void)state;
    assert_int_equal(ike2_provider_check(NULL), IKE2_ERR_ARGUMENT);
}

/* Function pointers, one behind the other from `random` on. */
enum {
    FIRST = offsetof(ike2_crypto, random),
    STEP = sizeof(ike2_err (*)(void)),
    N_FUNCTIONS = (sizeof(ike2_crypto) - FIRST) / STEP
};

static void every_function_is_needed(void **state)
{
    (void)state;
    assert_int_equal(N_FUNCTIONS, 17);
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        ike2_crypto c = wrap.table;

        memset((uint8_t *)&c + FIRST + i * STEP, 0, STEP);
        assert_int_equal(ike2_provider_check(&c), IKE2_ERR_ARGUMENT);
    }
}

static void table_of_an_older_provider_is_too_short(void **state)
{
    ike2_crypto c = wrap.table;

    (void)state;
    c.struct_size = offsetof(ike2_crypto, sign);
    assert_int_equal(ike2_provider_check(&c), IKE2_ERR_ARGUMENT);
}

static ike2_err no_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                        ike2_buffer *out)
{
    (void)user;
    (void)parts;
    (void)n;
    (void)out;
    return alg == IKE2_HASH_SHA1 ? IKE2_ERR_UNSUPPORTED : IKE2_OK;
}

static void nat_detection_needs_sha1(void **state)
{
    ike2_crypto c = wrap.table;

    (void)state;
    c.hash = no_hash;
    assert_int_equal(ike2_provider_check(&c), IKE2_ERR_UNSUPPORTED);
}

static ike2_err no_prf(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    (void)user;
    (void)out;
    return t->type == IKE2_TRANSFORM_PRF ? IKE2_ERR_UNSUPPORTED : IKE2_OK;
}

static void cookies_need_a_prf(void **state)
{
    ike2_crypto c = wrap.table;

    (void)state;
    c.describe = no_prf;
    assert_int_equal(ike2_provider_check(&c), IKE2_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_table_is_good),
        cmocka_unit_test(no_table_is_an_argument_error),
        cmocka_unit_test(every_function_is_needed),
        cmocka_unit_test(table_of_an_older_provider_is_too_short),
        cmocka_unit_test(nat_detection_needs_sha1),
        cmocka_unit_test(cookies_need_a_prf),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
