/* crl_cache.h - a directory with the CRLs that were fetched, each in a file that is called by the
 * SHA-256 of its URL. What is read is as good as what is fetched: the validator tells whether it
 * serves, and what does not is fetched anew. Any thread, and several processes. */
#ifndef COMMON_CRL_CACHE_H
#define COMMON_CRL_CACHE_H

#include <stdbool.h>

#include <ike2/types.h>

#include "problem.h"

enum { CRL_CACHE_FILES_MAX = 256 }; /* the oldest goes when one more comes */

/* `*octets` is the caller's to free; NULL: it is not there. */
void crl_cache_read(const char *directory, const char *url, uint8_t **octets, size_t *len);
/* As a whole, or not at all. */
bool crl_cache_write(const char *directory, const char *url, ike2_bytes octets,
                     struct problem *why);

#endif
