/* mbedtls/x509/refusal.h - verdicts, and their text: bounded, terminated, and safe to log. */
#ifndef MBEDTLS_X509_REFUSAL_H
#define MBEDTLS_X509_REFUSAL_H

#include <ike2/x509.h>

#include "mbedtls/x509/certificate.h"

/* A refusal for IKE2_X509_`reason`; its text begins with `words`. */
ike2_verdict ike2_mbed_refusal(uint32_t reason, const char *words);

/* What follows is added to the text, and cut where it ends. */
void ike2_mbed_say(ike2_verdict *v, const char *words);
void ike2_mbed_say_uint(ike2_verdict *v, uint64_t value);
void ike2_mbed_say_hex(ike2_verdict *v, uint64_t value);
/* Octets of the peer: what is not printable ASCII, and the backslash, become \xNN; cut early. */
void ike2_mbed_say_octets(ike2_verdict *v, ike2_bytes octets);
/* "CN=moon.test", or another attribute if there is no CN. */
void ike2_mbed_say_name(ike2_verdict *v, const mbedtls_x509_name *name);
/* "2024-01-31" */
void ike2_mbed_say_date(ike2_verdict *v, const mbedtls_x509_time *t);
/* " (depth 0)" */
void ike2_mbed_say_depth(ike2_verdict *v, size_t depth);

/* "<words>CN=moon.test (depth 0)": what is wrong with one certificate of a path. */
ike2_verdict ike2_mbed_refusal_of(uint32_t reason, const char *words, const struct certificate *c,
                                  size_t depth);

#endif
