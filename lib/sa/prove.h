/* sa/prove.h - how we prove our identity: a pre-shared key, a credential and a signature made here
 * or elsewhere, or not at all. RFC 7296 2.15, 3.6 to 3.8; RFC 7427, RFC 7619. */
#ifndef SA_PROVE_H
#define SA_PROVE_H

#include "sa/exchange.h"

/* Steps, in this order. The first chooses method, credential and identity; RFC 7296 1.2. */
enum verdict ike2_prove_choose(struct sa *sa, struct exchange *x);
enum verdict ike2_prove_sign(struct sa *sa, struct exchange *x);

/* IKE2_AUTH_METHOD_* of what was chosen. */
uint8_t ike2_prove_method(const struct exchange *x);
/* CERT payloads of the chosen credential, and AUTH. */
void ike2_prove_write_certs(ike2_writer *w, const struct exchange *x);
void ike2_prove_write_auth(ike2_writer *w, const struct exchange *x);

/* The octets that one side's AUTH covers. */
ike2_err ike2_prove_octets(const struct sa *sa, bool by_initiator, ike2_bytes id_body,
                           struct signed_octets *out);
/* Copies them to `at` and views them there; returns the end. */
uint8_t *ike2_prove_octets_copy(const struct signed_octets *from, uint8_t *at,
                                ike2_bytes parts[SIGNED_PARTS_MAX]);
size_t ike2_prove_octets_len(const struct signed_octets *s);

#endif
