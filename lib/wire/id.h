/* wire/id.h - which identity a text without a prefix means. */
#ifndef WIRE_ID_H
#define WIRE_ID_H

#include <ike2/message.h>

/* IKE2_ID_IPV4_ADDR, _IPV6_ADDR, _FQDN, _RFC822_ADDR or _NULL; 0 if the text needs a prefix.
 * Parsing and printing agree by asking the same function. */
uint8_t ike2_id_plain_type(ike2_bytes text);

#endif
