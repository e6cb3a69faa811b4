/* support/octets.h - octets for tests: made from a ramp or from hex text, and compared with it. */
#ifndef SUPPORT_OCTETS_H
#define SUPPORT_OCTETS_H

#include <ike2/crypto.h>

/* first, first + 1, ... modulo 256. */
void octets_ramp(uint8_t *out, size_t len, uint8_t first);
/* Ends the test program if `hex` is no hex text, or is longer than `cap` octets. */
size_t octets_from_hex(const char *hex, uint8_t *out, size_t cap);
/* Fails the running test unless `octets` are what `hex` says. */
void octets_expect_hex(ike2_bytes octets, const char *hex);
/* Likewise for the octets of a key that can be exported. */
void octets_expect_key(const ike2_crypto *c, const ike2_key *key, const char *hex);

#endif
