/* psk.h - a pre-shared key from a file, so that the secret is never in an argument list. */
#ifndef COMMON_PSK_H
#define COMMON_PSK_H

#include <stdbool.h>

#include <ike2/crypto.h>

#include "problem.h"

/* Takes the octets of the file without one trailing newline; "0x..." is hexadecimal. The caller
 * owns `*out`. After a success `why` holds a warning, or "". */
bool psk_load(const ike2_crypto *crypto, const char *path, ike2_key **out, struct problem *why);

#endif
