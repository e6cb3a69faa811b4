/* trace/keylog.h - one line of Wireshark's ikev2_decryption_table for an IKE SA. The code exists
 * only in a build with IKE2_ENABLE_KEYLOG; without it the call is empty. */
#ifndef TRACE_KEYLOG_H
#define TRACE_KEYLOG_H

#include <ike2/crypto.h>

#include "trace/trace.h"

struct keylog_entry {
    uint64_t spi_i, spi_r;
    const ike2_suite *suite;
    const ike2_key *sk_ei, *sk_er, *sk_ai, *sk_ar; /* the last two NULL with an AEAD */
};

/* A suite that Wireshark has no name for becomes a comment line. Nothing happens without a sink. */
void ike2_keylog_write(const struct tracer *t, const ike2_crypto *c, const struct keylog_entry *e);

#endif
