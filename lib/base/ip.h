/* base/ip.h - IP addresses from text. */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <ike2/types.h>

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"; RFC 4291 2.2, without zone and prefix length.
 * `text` need not be terminated. Returns the octets written to `ip`, 4 or 16; 0 if it is neither,
 * and `ip` is untouched. */
size_t ike2_ip_parse(ike2_bytes text, uint8_t ip[16]);

#endif
