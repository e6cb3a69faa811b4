/* psk_table.h - pre-shared keys by the identity of the peer, one a line:
 *
 *     # identity            key
 *     alice@example.org     nRbVOPwSd4n1kcjW3v4vV5lqJyC0zXyDSk2eGq3iA1g=
 *     *@example.org         0x1f2e...
 *     %any                  ...
 */
#ifndef COMMON_PSK_TABLE_H
#define COMMON_PSK_TABLE_H

#include <stdbool.h>

#include <ike2/crypto.h>

#include "problem.h"

struct psk_table;

/* After a success `why` holds a warning, or "". Two lines with one identity are a mistake. */
bool psk_table_load(const ike2_crypto *crypto, const char *path, struct psk_table **out,
                    struct problem *why);
/* NULL is allowed. */
void psk_table_free(struct psk_table *t);

/* The key of the line that says most of `id`: the identity itself, else the longest of the patterns
 * "*.example.org" and "*@example.org", else "%any". Borrowed; NULL: none. */
ike2_key *psk_table_find(const struct psk_table *t, const ike2_id *id);

#endif
