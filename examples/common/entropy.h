/* entropy.h - how hard a pre-shared key is to guess. Whoever answers in the peer's place can try
 * out keys at home (RFC 7296 2.15), so that what a person remembers is not enough. */
#ifndef COMMON_ENTROPY_H
#define COMMON_ENTROPY_H

#include <ike2/types.h>

enum { ENTROPY_LEAST = 112 }; /* bits: what a group of 2048 bits has, NIST SP 800-57 */

/* An estimate in bits, from above: it sees the alphabet, runs, repetitions and words, but not where
 * the octets come from. */
unsigned entropy_bits(ike2_bytes secret);

#endif
