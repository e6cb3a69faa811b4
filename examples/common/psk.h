/* psk.h - a pre-shared key from a file, so that the secret is never in an argument list. */
#ifndef COMMON_PSK_H
#define COMMON_PSK_H

#include <stdbool.h>

#include <ike2/crypto.h>

#include "file.h"
#include "problem.h"

/* Takes the octets of the file without one trailing newline; "0x..." is hexadecimal. The caller
 * owns `*out`. After a success `why` holds a warning, or "". */
bool psk_load(const ike2_crypto *crypto, const char *path, ike2_key **out, struct problem *why);

/* Likewise of `*secret`, which it changes; `name` is what the text says of it. A key that is too
 * easy to guess is a warning. */
bool psk_import(const ike2_crypto *crypto, struct file_text *secret, const char *name,
                ike2_key **out, struct problem *why);

#endif
