/* support/protector.h - a protector with fixed keys for each suite of support/suites.h. */
#ifndef SUPPORT_PROTECTOR_H
#define SUPPORT_PROTECTOR_H

#include "crypto/protect.h"
#include "support/crypto_wrap.h"

struct test_protector {
    struct protector p;
    ike2_key *encr_key, *integ_key;
    struct crypto_wrap *wrap;
};

/* For cmocka: the provider behind all protectors of one test. */
int test_protector_setup(void **state);
int test_protector_teardown(void **state);

/* False behind the last suite. The calls that fail are counted from here. */
bool test_protector_init(struct test_protector *t, size_t suite_index);
/* With the keys of the other direction. */
bool test_protector_init_other(struct test_protector *t, size_t suite_index);
void test_protector_init_named(struct test_protector *t, const char *suite);
void test_protector_clear(struct test_protector *t);
/* A whole message with `inner`, whose first payload is a Notify. */
struct seal_task test_protector_task(ike2_bytes inner);

#endif
