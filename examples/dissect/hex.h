/* hex.h - hexadecimal and decimal text to values, all bounded; and the wipe of what was a key. */
#ifndef DISSECT_HEX_H
#define DISSECT_HEX_H

#include <ike2/types.h>

/* Fills `out`; false, with a reason, if `text` is not hexadecimal, is odd or does not fit. */
bool hex_decode(ike2_bytes text, ike2_buffer *out, const char **reason);
/* Exactly 16 digits: an IKE SPI as the tables spell it. */
bool hex_spi(ike2_bytes text, uint64_t *out);
/* One to ten decimal digits, at most `max`. */
bool decimal(ike2_bytes text, uint32_t max, uint32_t *out);
/* Overwrites in a way the optimiser cannot remove. */
void octets_wipe(void *ptr, size_t len);

#endif
