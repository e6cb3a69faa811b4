/* selector.h - traffic selectors (RFC 7296 2.9, 3.13.1) as text. */
#ifndef COMMON_SELECTOR_H
#define COMMON_SELECTOR_H

#include <ike2/message.h>

/* "10.1.0.0/24", "2001:db8::/32" or a single address: any protocol and port. */
bool selector_parse(const char *text, ike2_ts *out);

/* "10.1.0.0/24,10.2.0.5[6/80],10.3.0.1-10.3.0.9": without blanks, cut to fit. */
void selector_list_text(const ike2_ts *list, size_t n, char *text, size_t cap);

#endif
