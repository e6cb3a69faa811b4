/* wire/hash_url.h - what a Hash and URL may say. RFC 7296 3.6. */
#ifndef WIRE_HASH_URL_H
#define WIRE_HASH_URL_H

#include <ike2/message.h>

enum { HASH_URL_HASH_OCTETS = 20, HASH_URL_MAX = 2048 };

/* Is it one of the two encodings? */
bool ike2_is_hash_url(uint8_t encoding);
/* An encoding, a hash and a URL as ike2_hash_url_read yields them. */
bool ike2_hash_url_is_valid(const ike2_hash_url *h);

#endif
