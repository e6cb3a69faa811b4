/* support/suites.h - the IKE suites that tests go through: one per way to protect a message. */
#ifndef SUPPORT_SUITES_H
#define SUPPORT_SUITES_H

#include <ike2/crypto.h>

struct test_suite {
    const char *name;
    ike2_suite suite;
};

/* NULL behind the last one. */
const struct test_suite *test_suite_at(size_t index);
/* By its name; ends the test program if there is none. */
const ike2_suite *test_suite_named(const char *name);

#endif
