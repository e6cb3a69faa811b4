/* support/script.h - the mbedTLS provider with scripted randomness: what a test says first, then
 * octets that repeat from run to run. */
#ifndef SUPPORT_SCRIPT_H
#define SUPPORT_SCRIPT_H

#include <ike2/mbedtls.h>

struct script {
    ike2_bytes head; /* handed out first */
    uint32_t state;  /* of the octets that follow */
    size_t n_drawn;  /* octets so far */
    bool fails;      /* every draw does */
};

/* A provider that draws from `s`, which outlives it; NULL if there is none. */
ike2_mbedtls *script_provider(struct script *s);

#endif
