/* sa/verify.h - how the peer proves its identity: what may be used, and whether it holds. RFC 7296
 * 2.15, 3.7, 3.8; RFC 7427. */
#ifndef SA_VERIFY_H
#define SA_VERIFY_H

#include "sa/exchange.h"

/* Steps, in this order; REFUSE, explained, if the peer may not or does not. */
enum verdict ike2_verify_method(struct sa *sa, struct exchange *x);
enum verdict ike2_verify_proof(struct sa *sa, struct exchange *x);

/* HTTP_CERT_LOOKUP_SUPPORTED, in front of CERTREQ: if the definition wants it of a peer that signs;
 * and does the peer say so? RFC 7296 3.6, 3.7. */
void ike2_verify_write_lookup(ike2_writer *w, const struct sa *sa);
bool ike2_verify_reads_lookup(const struct message *m);
/* CERTREQ with the CAs that the definition trusts. */
void ike2_verify_write_certreq(ike2_writer *w, const struct sa *sa);
/* SIGNATURE_HASH_ALGORITHMS, if signatures are in play: those of the schemes that are accepted, and
 * nothing if method 14 is not; and what the peer says there. */
void ike2_verify_write_hashes(ike2_writer *w, const struct sa *sa);
bool ike2_verify_announces_hashes(const struct sa *sa);
uint32_t ike2_verify_read_hashes(const struct message *m);

#endif
