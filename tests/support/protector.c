/* support/protector.c - protectors for tests. */
#include "support/protector.h"

#include <stdio.h>
#include <stdlib.h>

#include <ike2/iana.h>

#include "support/octets.h"
#include "support/suites.h"

enum { KEY_OCTETS_MAX = 128 };
/* What the keys' octets begin with. */
enum { ONE_DIRECTION = 1, OTHER_DIRECTION = 101 };

static struct crypto_wrap wrap;

int test_protector_setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    return 0;
}

int test_protector_teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

static void require(ike2_err err, const char *what)
{
    if (err == IKE2_OK)
        return;
    (void)fprintf(stderr, "protector: %s: %s\n", what, ike2_strerror(err));
    exit(EXIT_FAILURE);
}

static ike2_key *key_of(uint16_t use, size_t len, unsigned seed)
{
    uint8_t octets[KEY_OCTETS_MAX];
    ike2_key *key = NULL;

    if (len == 0)
        return NULL;
    octets_ramp(octets, len, (uint8_t)seed);
    require(wrap.table.key_import(&wrap, use, (ike2_bytes){ .ptr = octets, .len = len }, &key),
            "key");
    return key;
}

static void init_with(struct test_protector *t, const ike2_suite *suite, uint8_t seed)
{
    struct suite_sizes sizes;

    require(ike2_suite_sizes(&wrap.table, suite, false, &sizes), "suite");
    *t = (struct test_protector){
        .encr_key = key_of(IKE2_USE_CIPHER, sizes.encr_key, seed),
        .integ_key = key_of(IKE2_USE_MAC, sizes.integ_key, seed + 1u),
        .wrap = &wrap,
    };
    t->p = (struct protector){
        .crypto = &wrap.table,
        .encr = suite->encr,
        .integ = suite->integ,
        .encr_key = t->encr_key,
        .integ_key = t->integ_key,
        .sizes = sizes.sk,
        .iv_random = sizes.iv_random,
    };
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
}

static bool init_at(struct test_protector *t, size_t suite_index, uint8_t seed)
{
    const struct test_suite *s = test_suite_at(suite_index);

    if (s != NULL)
        init_with(t, &s->suite, seed);
    return s != NULL;
}

bool test_protector_init(struct test_protector *t, size_t suite_index)
{
    return init_at(t, suite_index, ONE_DIRECTION);
}

bool test_protector_init_other(struct test_protector *t, size_t suite_index)
{
    return init_at(t, suite_index, OTHER_DIRECTION);
}

void test_protector_init_named(struct test_protector *t, const char *suite)
{
    init_with(t, test_suite_named(suite), ONE_DIRECTION);
}

void test_protector_clear(struct test_protector *t)
{
    wrap.table.key_free(&wrap, t->encr_key);
    wrap.table.key_free(&wrap, t->integ_key);
    *t = (struct test_protector){ 0 };
}

struct seal_task test_protector_task(ike2_bytes inner)
{
    return (struct seal_task){
        .header = {
            .spi_i = 0xa0a1a2a3a4a5a6a7u,
            .spi_r = 0xb0b1b2b3b4b5b6b7u,
            .version = 0x20,
            .exchange = IKE2_EXCHANGE_INFORMATIONAL,
            .flags = IKE2_FLAG_INITIATOR,
            .message_id = 7,
        },
        .first = IKE2_PAYLOAD_NOTIFY,
        .inner = inner,
    };
}
