/* domain.h - names of the DNS in presentation format, as peers send them (RFC 8598) and people
 * write them: only those go on that mean nothing to a shell, a log or a resolver's file but
 * themselves. */
#ifndef COMMON_DOMAIN_H
#define COMMON_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

enum { DOMAIN_TEXT = 254 }; /* with the terminator: RFC 1035 2.3.4 */

/* Labels of letters, digits, '-' and '_', with dots between them: "corp.example.org". One dot at
 * the end is allowed. */
bool domain_is_plain(const char *text, size_t len);

#endif
