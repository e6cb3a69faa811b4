/* certificates.h - the DER certificates, or CRLs, of a PEM or DER file. */
#ifndef COMMON_CERTIFICATES_H
#define COMMON_CERTIFICATES_H

#include <stdbool.h>

#include <ike2/types.h>

#include "problem.h"

/* At most `cap` of them, in order; `*octets`, what they view, is the caller's to free. */
bool certificates_load(const char *path, ike2_bytes *out, size_t cap, size_t *n, uint8_t **octets,
                       struct problem *why);
bool crls_load(const char *path, ike2_bytes *out, size_t cap, size_t *n, uint8_t **octets,
               struct problem *why);

#endif
