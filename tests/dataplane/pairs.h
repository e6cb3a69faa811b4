/* pairs.h - SPI pairs for tests, as an INSTALL job has them: two ends, `left` and `right`, whose
 * keys fit each other. */
#ifndef TESTS_PAIRS_H
#define TESTS_PAIRS_H

#include <ike2/output.h>

enum { TEST_TS_MAX = 5 };

enum test_cipher { TEST_GCM, TEST_CHACHA, TEST_CBC };

struct test_pair {
    ike2_pair pair; /* views what follows */
    ike2_ts local[TEST_TS_MAX], remote[TEST_TS_MAX];
    const ike2_crypto *crypto;
};

/* "10.1.0.0", "10.1.255.255": any protocol and port. */
ike2_ts test_ts(const char *first, const char *last);
ike2_addr test_addr(const char *ip, uint16_t port);

/* Child SA 7 between 10.1.0.0/16 (left) and 10.2.0.0/16 (right), over 192.0.2.1 and 192.0.2.2.
 * `number` makes the SPIs and keys of one pair: left has 0x1000 + number inbound. */
void test_pair_make(struct test_pair *out, const ike2_crypto *crypto, enum test_cipher cipher,
                    uint32_t number, bool is_right);
/* More selectors, also before installing. */
void test_pair_add_local(struct test_pair *p, ike2_ts ts);
void test_pair_add_remote(struct test_pair *p, ike2_ts ts);
/* Gives up the keys, as a job does that is finished. */
void test_pair_clear(struct test_pair *p);

#endif
